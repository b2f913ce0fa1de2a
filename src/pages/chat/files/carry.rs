use js_sys::{Array, Uint8Array};
use sotto_api::{Bytes, Command, FILE_PART_BYTES, Failure, FileId, FileProblem, NewFile, Reply};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag};

use crate::state::State;

/// The bytes of a file that is on this device, as a file of this type. `None` when it is not here any more.
pub async fn read(state: State, file: FileId, media_type: &str) -> Option<Blob> {
    let parts = Array::new();
    for part in 0.. {
        let Ok(Reply::Part(Bytes(bytes))) = state.engine.call(Command::ReadFile { file, part }).await else {
            return None;
        };
        if !bytes.is_empty() {
            parts.push(&Uint8Array::from(bytes.as_slice()));
        }
        if bytes.len() < FILE_PART_BYTES {
            break;
        }
    }
    blob(&parts, media_type)
}

/// Hands a file to the engine, part by part; `told` hears how many bytes it has and says whether to go on.
///
/// # Errors
/// The engine's own; [`FileProblem::Incomplete`] when the browser can not read the file,
/// [`FileProblem::Cancelled`] when `told` wanted no more.
pub async fn store(
    state: State,
    new: NewFile,
    from: &Blob,
    told: impl Fn(u32) -> bool,
) -> Result<FileId, Failure> {
    let size = from.size();
    let file = match state.engine.call(Command::BeginFile(new)).await? {
        Reply::File(file) => file,
        _ => return Err(Failure::Internal),
    };
    let mut at = 0.0;
    while at < size {
        let part = part(from, at).await;
        let problem = match &part {
            _ if !told(at as u32) => Some(FileProblem::Cancelled),
            None => Some(FileProblem::Incomplete),
            Some(_) => None,
        };
        if let Some(problem) = problem {
            state.engine.tell(Command::DropFile(file));
            return Err(Failure::File(problem));
        }
        let bytes = Bytes(part.unwrap_or_default());
        at += bytes.0.len() as f64;
        state.engine.call(Command::AddPart { file, bytes }).await?;
    }
    Ok(file)
}

/// One part; `None` when the file can not be read, or has become shorter.
async fn part(from: &Blob, at: f64) -> Option<Vec<u8>> {
    let end = (at + FILE_PART_BYTES as f64).min(from.size());
    let bytes = bytes(&from.slice_with_f64_and_f64(at, end).ok()?).await?;
    (bytes.len() as f64 == end - at).then_some(bytes)
}

/// All bytes of a small file.
pub async fn bytes(blob: &Blob) -> Option<Vec<u8>> {
    let buffer = JsFuture::from(blob.array_buffer()).await.ok()?;
    Some(Uint8Array::new(&buffer).to_vec())
}

/// A file of these parts.
pub fn blob(parts: &Array, media_type: &str) -> Option<Blob> {
    let properties = BlobPropertyBag::new();
    properties.set_type(media_type);
    Blob::new_with_u8_array_sequence_and_options(parts, &properties).ok()
}
