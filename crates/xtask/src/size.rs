//! `cargo xtask size`: what a first visit has to load.

use std::path::Path;

use crate::{
    build,
    error::{Error, Result},
    files,
};

/// Compression quality of the precompressed files and of the printed sizes.
pub const QUALITY: i32 = 11;

/// Prints a table of every wasm, JS, CSS and HTML file of the bundle.
pub fn size() -> Result {
    build::build()?;
    let dist = files::dist();
    let shown = |path: &Path| path.is_dir() || is_code(path);
    let (mut raw_sum, mut brotli_sum) = (0, 0);
    println!("| file | raw | brotli |\n|---|--:|--:|");
    for file in files::list(&dist, &shown)? {
        let content = files::read(&file)?;
        let brotli = compress(&content, &file)?.len();
        let name = file.strip_prefix(&dist).unwrap_or(&file).display();
        println!("| `{name}` | {} | {brotli} |", content.len());
        raw_sum += content.len();
        brotli_sum += brotli;
    }
    println!("| all | {raw_sum} | {brotli_sum} |");
    Ok(())
}

/// Whether a file is code, style or markup, which is worth compressing.
pub fn is_code(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    matches!(extension, "wasm" | "js" | "css" | "html" | "json" | "svg" | "webmanifest")
}

/// The bytes as brotli; `path` is only for the error.
pub fn compress(content: &[u8], path: &Path) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams { quality: QUALITY, lgwin: 22, ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut compressed, &parameters)
        .map_err(|source| Error::File { path: path.into(), source })?;
    Ok(compressed)
}
