//! The last step of a build, run by Trunk on the folder that becomes `dist/`.
//!
//! Trunk names the page's own files by their content, but not those of the workers; a browser's cache could then mix files of two builds. Here they get such names too, and the `meta`
//! elements through which the page finds them are rewritten.

use std::{
    env,
    path::{Path, PathBuf},
};

use crate::{
    error::{Error, Result},
    files, size, split,
};

/// A worker of the bundle.
struct Worker {
    /// The binary that Trunk has built.
    built: &'static str,
    /// Its files' new names begin with this.
    module: &'static str,
    /// The script that starts it; see the file.
    loader: &'static str,
    /// The script's name begins with this.
    script: &'static str,
    /// The `meta` element that names the script.
    meta: &'static str,
}

/// The network program lets no script with "worker" in its name be cached without asking, because such a
/// script carries the worker's policy; the module behind it is called otherwise.
const WORKERS: [Worker; 3] = [
    Worker {
        built: "sotto-worker",
        module: "sotto-engine",
        loader: include_str!("../../worker/loader.js"),
        script: "sotto-worker",
        meta: "worker",
    },
    Worker {
        built: "sotto-qr",
        module: "sotto-qr-codes",
        loader: include_str!("../../qr/loader.js"),
        script: "sotto-qr",
        meta: "qr",
    },
    Worker {
        built: "sotto-pictures",
        module: "sotto-picture-tools",
        loader: include_str!("../../pictures/loader.js"),
        script: "sotto-pictures",
        meta: "pictures",
    },
];

/// Scripts that are a whole by themselves: their file, and the `meta` element that the page finds them by.
const SCRIPTS: [&str; 1] = ["recorder"];

/// The postcard bytes of `ToPage::Fatal`; a test compares them with the real ones.
const FATAL: u8 = 5;

/// Finishes the folder that Trunk names in its environment.
pub fn finish() -> Result {
    let folder = env::var_os("TRUNK_STAGING_DIR").map_or_else(files::dist, PathBuf::from);
    let index = folder.join("index.html");
    files::write(&index, split::split(&folder, &files::read_text(&index)?)?)?;
    finish_folder(&folder)?;
    if env::var("TRUNK_PROFILE").is_ok_and(|profile| profile == "release") {
        compress(&folder)?;
    }
    Ok(())
}

fn finish_folder(folder: &Path) -> Result {
    let index = folder.join("index.html");
    let mut html = files::read_text(&index)?;
    for worker in &WORKERS {
        let module = rename(folder, worker)?;
        let loader = fill(worker.loader, &module)?;
        let name = format!("{}-{}.js", worker.script, files::digest(loader.as_bytes()));
        files::write(&folder.join(&name), loader)?;
        html = point(&html, worker.meta, &name)?;
    }
    for script in SCRIPTS {
        let old = folder.join(format!("{script}.js"));
        let text = files::read(&old)?;
        let name = format!("sotto-{script}-{}.js", files::digest(&text));
        files::write(&folder.join(&name), text)?;
        files::remove(&old)?;
        html = point(&html, script, &name)?;
    }
    files::write(&index, html)
}

/// The two files of one module, under their new names.
struct Module {
    script: String,
    wasm: String,
}

/// Gives a module's files names by content, and lets the script name its new wasm file.
fn rename(folder: &Path, worker: &Worker) -> Result<Module> {
    let Worker { built, module, .. } = worker;
    let old_script = folder.join(format!("{built}.js"));
    let old_wasm_name = format!("{built}_bg.wasm");
    let old_wasm = folder.join(&old_wasm_name);

    let bytes = files::read(&old_wasm)?;
    let wasm = format!("{module}-{}_bg.wasm", files::digest(&bytes));
    let text = files::read_text(&old_script)?.replace(&old_wasm_name, &wasm);
    let script = format!("{module}-{}.js", files::digest(text.as_bytes()));

    files::write(&folder.join(&wasm), bytes)?;
    files::write(&folder.join(&script), text)?;
    files::remove(&old_script)?;
    files::remove(&old_wasm)?;
    files::remove(&folder.join(format!("{built}_loader.js")))?;
    Ok(Module { script, wasm })
}

fn fill(loader: &str, module: &Module) -> Result<String> {
    let filled = loader
        .replace("__SCRIPT__", &module.script)
        .replace("__WASM__", &module.wasm)
        .replace("__FATAL__", &FATAL.to_string());
    if filled.contains("__") {
        return Err(Error::Bundle("a loader has a placeholder that nobody fills".into()));
    }
    Ok(filled)
}

/// Puts a new file name into `<meta name=… content=…>`, keeping the folder in front of it. Works on
/// minified markup too, where quotes may be missing.
fn point(html: &str, name: &str, file: &str) -> Result<String> {
    let missing = || Error::Bundle(format!("index.html has no <meta name=\"{name}\" content=\"…\">"));
    let is_ours = |tag: &str| {
        let quoted = format!("name=\"{name}\"");
        let bare = format!("name={name}");
        tag.contains(&quoted) || tag.split([' ', '>', '/']).any(|part| part == bare)
    };
    let mut from = 0;
    while let Some(start) = html[from..].find("<meta").map(|at| from + at) {
        let end = html[start..].find('>').map(|at| start + at).ok_or_else(missing)?;
        if is_ours(&html[start..end]) {
            let value = value_of(html, start, end).ok_or_else(missing)?;
            let folder = html[value.clone()].rfind('/').map_or(0, |at| at + 1);
            return Ok(format!("{}{file}{}", &html[..value.start + folder], &html[value.end..]));
        }
        from = end;
    }
    Err(missing())
}

/// Where the value of `content` is, within a tag.
fn value_of(html: &str, start: usize, end: usize) -> Option<std::ops::Range<usize>> {
    let begin = start + html[start..end].find("content=")? + "content=".len();
    let rest = &html[begin..end];
    match rest.strip_prefix('"') {
        Some(quoted) => quoted.find('"').map(|length| begin + 1..begin + 1 + length),
        None => Some(begin..begin + rest.find(' ').unwrap_or(rest.len())),
    }
}

/// Writes a `.br` beside every file that is worth it, so that the host need not compress.
fn compress(folder: &Path) -> Result {
    for file in files::list(folder, &|path| path.is_dir() || size::is_code(path))? {
        // A self-hoster edits this one, and would not know of the other.
        if file.ends_with("network.json") {
            continue;
        }
        let content = files::read(&file)?;
        let compressed = size::compress(&content, &file)?;
        if compressed.len() < content.len() {
            let mut name = file.into_os_string();
            name.push(".br");
            files::write(Path::new(&name), compressed)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loaders_failure_frame_is_the_real_one() {
        let frame = sotto_api::frame::encode(&sotto_api::frame::ToPage::Fatal).unwrap();
        assert_eq!(frame, [FATAL]);
    }

    #[test]
    fn every_placeholder_of_the_loaders_is_filled() {
        let module = Module { script: "w-1.js".into(), wasm: "w-2.wasm".into() };
        for worker in &WORKERS {
            let loader = fill(worker.loader, &module).unwrap();
            assert!(loader.contains("\"./w-1.js\"") && loader.contains("\"./w-2.wasm\""));
        }
        assert!(fill("__OTHER__", &module).is_err());
    }

    #[test]
    fn meta_elements_are_found_plain_and_minified() {
        let plain = "<meta charset=\"utf-8\"><meta name=\"worker\" content=\"/old.js\"><p>";
        assert_eq!(
            point(plain, "worker", "new.js").unwrap(),
            "<meta charset=\"utf-8\"><meta name=\"worker\" content=\"/new.js\"><p>"
        );
        let minified = "<meta name=worker content=./a/old.js><meta name=qr content=x.js>";
        assert_eq!(
            point(minified, "worker", "new.js").unwrap(),
            "<meta name=worker content=./a/new.js><meta name=qr content=x.js>"
        );
        assert!(point(minified, "qr", "q.js").unwrap().ends_with("content=q.js>"));
        assert!(point(minified, "work", "n.js").is_err());
    }

    #[test]
    fn a_bundle_is_renamed_by_content() {
        let folder = env::temp_dir().join(format!("sotto-finish-{}", std::process::id()));
        let put = |name: &str, text: &str| files::write(&folder.join(name), text).unwrap();
        put(
            "index.html",
            "<meta name=\"worker\" content=\"/sotto-worker_loader.js\"><meta name=qr content=/sotto-qr.js>\
             <meta name=pictures content=/sotto-pictures.js><meta name=recorder content=/recorder.js>",
        );
        put("recorder.js", "registerProcessor()");
        put("sotto-pictures.js", "new URL('sotto-pictures_bg.wasm', import.meta.url)");
        put("sotto-pictures_bg.wasm", "pictures");
        put("sotto-worker.js", "new URL('sotto-worker_bg.wasm', import.meta.url)");
        put("sotto-worker_bg.wasm", "worker");
        put("sotto-worker_loader.js", "trunk's own");
        put("sotto-qr.js", "new URL('sotto-qr_bg.wasm', import.meta.url)");
        put("sotto-qr_bg.wasm", "qr");

        finish_folder(&folder).unwrap();

        let names: Vec<String> = files::list(&folder, &|_| true)
            .unwrap()
            .iter()
            .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        let html = files::read_text(&folder.join("index.html")).unwrap();
        for (before, after, script, module, wasm) in [
            ("\"/", "\"", "sotto-worker", "sotto-engine", b"worker".as_slice()),
            ("content=/", ">", "sotto-qr", "sotto-qr-codes", b"qr"),
            ("content=/", ">", "sotto-pictures", "sotto-picture-tools", b"pictures"),
        ] {
            let pointed = |name: &&String| html.contains(&format!("{before}{name}{after}"));
            let loader = names.iter().filter(|name| name.starts_with(script)).find(pointed).unwrap();
            let loader = files::read_text(&folder.join(loader)).unwrap();
            let wasm = format!("{module}-{}_bg.wasm", files::digest(wasm));
            assert!(names.contains(&wasm) && loader.contains(&wasm));
            let script =
                names.iter().find(|name| loader.contains(&format!("./{name}\"")) && name.ends_with("js"));
            assert!(files::read_text(&folder.join(script.unwrap())).unwrap().contains(&wasm));
        }
        assert!(!names.iter().any(|name| name.ends_with("_loader.js") || name == "sotto-worker.js"));
        let recorder = names.iter().find(|name| name.starts_with("sotto-recorder-")).unwrap();
        assert!(
            html.contains(&format!("content=/{recorder}>")) && !names.contains(&"recorder.js".to_owned())
        );
        std::fs::remove_dir_all(folder).unwrap();
    }
}
