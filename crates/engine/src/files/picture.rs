//! Profile pictures: the own one goes up, those of others come down.

use sotto_api::{ConversationId, Failure, FileId, FileProblem, MAX_PICTURE_BYTES};
use sotto_protocol::{
    attachment::{MAX_BLOB, profile_picture, stream},
    files::DownloadUrl,
};

use super::{Stop, part, parts::put_all};
use crate::{
    model::{AccountRecord, FileHead, Owner, Picture},
    network::FilesError,
    platform::Platform,
    session::Session,
};

/// How often the file server is asked to keep the own picture, ms: a day. It keeps it for two weeks.
const RENEW_MS: u64 = 24 * 60 * 60 * 1_000;

/// Makes a file the own picture.
///
/// # Errors
/// When it is not whole, too large, or can not be uploaded now.
pub(crate) async fn set<P: Platform>(session: &Session<P>, id: FileId) -> Result<(), Failure> {
    let size = {
        let drafts = session.files.drafts.borrow();
        let draft = drafts.get(&id).ok_or(Failure::NotFound)?;
        if draft.written < draft.file.size || draft.file.size == 0 {
            return Err(Failure::File(FileProblem::Incomplete));
        }
        draft.file.size
    };
    if size > MAX_PICTURE_BYTES {
        return Err(Failure::File(FileProblem::TooLarge));
    }
    let picture = upload(session, id).await.map_err(Failure::from)?;
    let writer = session.writer().await?;
    session.files.drafts.borrow_mut().remove(&id);
    writer
        .commit(|edit| {
            let before = edit.state().account.picture.as_ref().map(|picture| picture.file);
            before.into_iter().for_each(|before| edit.remove_file(before));
            edit.put_file(FileHead { id, owner: Owner::Us, size, whole: true });
            let now_ms = edit.now_ms;
            change(edit.account(), now_ms, Some(picture));
            Ok(())
        })
        .await
}

/// Takes the own picture away.
///
/// # Errors
/// When the store refuses.
pub(crate) async fn remove<P: Platform>(session: &Session<P>) -> Result<(), Failure> {
    let writer = session.writer().await?;
    writer
        .commit(|edit| {
            let Some(before) = edit.state().account.picture.as_ref().map(|picture| picture.file) else {
                return Ok(());
            };
            edit.remove_file(before);
            let now_ms = edit.now_ms;
            change(edit.account(), now_ms, None);
            Ok(())
        })
        .await
}

fn change(account: &mut AccountRecord, now_ms: u64, picture: Option<Picture>) {
    account.profile_updated_s = (now_ms / 1_000).max(account.profile_updated_s.saturating_add(1));
    account.picture = picture;
}

/// Has the file server keep the own picture for longer, once a day; puts it there again when it is gone.
pub(super) async fn renew<P: Platform>(session: &Session<P>) {
    session.network.connected().await;
    let now_ms = session.network.now_ms();
    let picture = session.state.borrow().account.picture.clone();
    let Some(picture) = picture.filter(|picture| picture.renewed_ms.saturating_add(RENEW_MS) <= now_ms)
    else {
        return;
    };
    let Ok(url) = picture.url.parse::<DownloadUrl>() else { return };
    let renewed = match session.network.extend_file(&url, None).await {
        Ok(_) => Some(Picture { renewed_ms: now_ms, ..picture.clone() }),
        Err(FilesError::Refused(_)) => upload(session, picture.file).await.ok(),
        Err(_) => None,
    };
    let (Some(renewed), Ok(writer)) = (renewed, session.writer().await) else { return };
    // Without this the next start tries again.
    let _tried = writer
        .commit(|edit| {
            let now_ms = edit.now_ms;
            if edit.state().account.picture.as_ref() == Some(&picture) {
                match renewed.url == picture.url {
                    true => edit.account().picture = Some(renewed),
                    false => change(edit.account(), now_ms, Some(renewed)),
                }
            }
            Ok(())
        })
        .await;
}

/// Encrypts a file that is here under a new key, and uploads it.
async fn upload<P: Platform>(session: &Session<P>, file: FileId) -> Result<Picture, Stop> {
    let mut bytes = Vec::new();
    for number in 0.. {
        let part = part(session, file, number).await?;
        if part.is_empty() {
            break;
        }
        bytes.extend_from_slice(&part);
    }
    let key = session.random.bytes();
    let sealed = profile_picture::seal(&key, &bytes, &mut session.random.clone());
    let sealed = sealed.map_err(|_| FileProblem::TooLarge)?;
    let uploaded = session.network.upload(sealed, false, None).await?;
    Ok(Picture { file, url: uploaded.url.to_string(), key, renewed_ms: session.network.now_ms() })
}

/// Loads the picture that a profile names.
pub(super) async fn load<P: Platform>(
    session: &Session<P>,
    head: FileHead,
    conversation: ConversationId,
) -> Result<(), Stop> {
    let (url, key) = {
        let state = session.state.borrow();
        let known = state.conversations.get(&conversation).ok_or(Failure::NotFound)?;
        if known.named_picture != Some(head.id) {
            return Err(Failure::NotFound.into());
        }
        (known.profile.picture_url.clone(), known.profile.picture_key.clone())
    };
    let url: DownloadUrl = url.parse().map_err(|_| FileProblem::UnknownServer)?;
    let blob = session.network.download(&url).await?.blob;
    if blob.len() > MAX_BLOB {
        return Err(FileProblem::TooLarge.into());
    }
    let opened = if url.stream {
        stream::Opener::new(blob, &key).and_then(stream::Opener::finish)
    } else {
        profile_picture::open(blob, &key)
    };
    let opened = opened.map_err(|_| FileProblem::Broken)?;
    put_all(session, head.id, &opened).await?;
    let size = u32::try_from(opened.len()).unwrap_or(u32::MAX);
    let writer = session.writer().await?;
    writer
        .commit(|edit| {
            if edit.state().files.heads.contains_key(&head.id)
                && let Some(of) = edit.conversation(conversation)
                && of.named_picture == Some(head.id)
            {
                of.picture = Some(head.id);
                edit.put_file(FileHead { size, whole: true, ..head });
            }
            Ok(())
        })
        .await?;
    Ok(())
}

/// A picture does not come: the one before stays, until the profile names another.
pub(super) async fn give_up<P: Platform>(
    session: &Session<P>,
    head: FileHead,
    conversation: ConversationId,
) -> Result<(), Failure> {
    let writer = session.writer().await?;
    writer
        .commit(|edit| {
            edit.remove_file(head.id);
            if let Some(of) = edit.conversation(conversation)
                && of.named_picture == Some(head.id)
            {
                of.named_picture = of.picture;
            }
            Ok(())
        })
        .await
}
