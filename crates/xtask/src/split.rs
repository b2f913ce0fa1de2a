//! Cuts the page's wasm into the file that every visit needs and those that a screen loads when it is shown
//! (`src/screens/files.rs`).
//!
//! The cut needs the linker's relocations, which wasm-bindgen drops. So what Trunk has made of the page is
//! replaced: the linker's file is cut, then bound and optimised again.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::{
    error::{Error, Result},
    files, shell,
};

/// The page's binary, and what its files' names begin with.
const PAGE: &str = "sotto";
/// The script that loads the other files, as the cutting names it.
const LOADERS: &str = "parts.js";

/// Replaces the page in `folder` by its parts; gives `html` with their names.
pub fn split(folder: &Path, html: &str) -> Result<String> {
    let release = env::var("TRUNK_PROFILE").is_ok_and(|profile| profile == "release");
    let parts = files::target().join("parts");
    cut(&built(release), &parts)?;
    bind(&parts)?;
    if release {
        for file in wasm_files(&parts)? {
            shell::run(shell::command("wasm-opt").arg("-Os").arg(&file).arg("-o").arg(&file), "wasm-opt")?;
        }
    }
    place(&parts, folder, html)
}

/// What the linker made.
fn built(release: bool) -> PathBuf {
    let profile = if release { "release" } else { "debug" };
    files::target().join("wasm32-unknown-unknown").join(profile).join(format!("{PAGE}.wasm"))
}

fn cut(built: &Path, parts: &Path) -> Result {
    if parts.is_dir() {
        fs::remove_dir_all(parts).map_err(|source| Error::File { path: parts.into(), source })?;
    }
    let input = files::read(built)?;
    let main = parts.join("main.wasm");
    let (link_name, main_module) = (format!("./{LOADERS}"), format!("./{PAGE}.js"));
    let mut options = wasm_split_cli_support::Options::new(&input);
    options.output_dir = parts;
    options.main_out_path = &main;
    options.link_name = &link_name;
    options.main_module = &main_module;
    wasm_split_cli_support::transform(options)
        .map(drop)
        .map_err(|error| Error::Bundle(format!("the page could not be cut into parts: {error:#}")))
}

/// Makes `sotto.js` and `sotto_bg.wasm` of the main part.
fn bind(parts: &Path) -> Result {
    let main = parts.join("main.wasm");
    let mut bindgen = shell::command("wasm-bindgen");
    bindgen.args([
        "--target",
        "web",
        "--no-typescript",
        "--keep-lld-exports",
        "--out-name",
        PAGE,
        "--out-dir",
    ]);
    shell::run(bindgen.arg(parts).arg(&main), "wasm-bindgen")?;
    files::remove(&main)
}

fn wasm_files(parts: &Path) -> Result<Vec<PathBuf>> {
    let mut found = files::list(parts, &|_| true)?;
    found.retain(|path| path.extension().is_some_and(|extension| extension == "wasm"));
    Ok(found)
}

/// Gives the parts names that follow from their content, and puts them where Trunk's files were. They name
/// each other, so one digest of all of them is in all names.
fn place(parts: &Path, folder: &Path, html: &str) -> Result<String> {
    let mut all = Vec::new();
    let mut old_names = Vec::new();
    for file in files::list(parts, &|_| true)? {
        all.extend(files::read(&file)?);
        old_names.push(file.file_name().unwrap_or_default().to_string_lossy().into_owned());
    }
    let stem = format!("{PAGE}-{}", files::digest(&all));
    for old in &old_names {
        let new = folder.join(new_name(&stem, old));
        if old.ends_with(".js") {
            let text = files::read_text(&parts.join(old))?;
            files::write(&new, rename(text, &old_names, &stem))?;
        } else {
            files::write(&new, files::read(&parts.join(old))?)?;
        }
    }
    let (before, html) = point(html, &stem)?;
    for suffix in [".js", "_bg.wasm"] {
        files::remove(&folder.join(format!("{before}{suffix}")))?;
    }
    Ok(html)
}

/// Renames what a script loads. The main wasm names its imports by the old names, and so must the script that
/// gives them to it; only where it has them from changes.
fn rename(script: String, old_names: &[String], stem: &str) -> String {
    const LOADING: [&str; 3] = ["from \"./", "URL(\"./", "URL('"];
    let pairs = old_names.iter().flat_map(|old| LOADING.map(|before| (before, old)));
    pairs.fold(script, |script, (before, old)| {
        script.replace(&format!("{before}{old}"), &format!("{before}{}", new_name(stem, old)))
    })
}

fn new_name(stem: &str, old: &str) -> String {
    match old.strip_prefix(PAGE) {
        Some(suffix) => format!("{stem}{suffix}"),
        None => format!("{stem}-{old}"),
    }
}

/// Replaces what the names of Trunk's files begin with, and lets the loaders be fetched along with the page's
/// script, which asks for them only when it is there itself. Gives the old beginning and the new markup.
fn point(html: &str, stem: &str) -> Result<(String, String)> {
    let wrong = || Error::Bundle(format!("index.html does not preload {PAGE}-….js and {PAGE}-…_bg.wasm"));
    let wasm_end = html.find("_bg.wasm").ok_or_else(wrong)?;
    let start = html[..wasm_end].rfind('/').ok_or_else(wrong)? + 1;
    let before = html[start..wasm_end].to_owned();
    let html = html.replace(&before, stem);

    let begin = html.find("modulepreload").and_then(|at| html[..at].rfind('<')).ok_or_else(wrong)?;
    let end = begin + html[begin..].find('>').ok_or_else(wrong)? + 1;
    let loaders = html[begin..end].replace(&format!("{stem}.js"), &new_name(stem, LOADERS));
    let html = format!("{}{loaders}{}", &html[..end], &html[end..]);
    Ok((before, html))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_markup_names_the_new_files_and_preloads_the_loaders() {
        let html =
            "<head><link href=/sotto-1.js rel=modulepreload><link href=/sotto-1_bg.wasm rel=preload></head>";
        let (before, html) = point(html, "sotto-2").unwrap();
        assert_eq!(before, "sotto-1");
        assert_eq!(
            html,
            "<head><link href=/sotto-2.js rel=modulepreload><link href=/sotto-2-parts.js rel=modulepreload>\
             <link href=/sotto-2_bg.wasm rel=preload></head>"
        );
        assert!(point("<head></head>", "sotto-2").is_err());
    }

    #[test]
    fn parts_are_placed_under_names_by_content_and_find_each_other() {
        let top = env::temp_dir().join(format!("sotto-split-{}", std::process::id()));
        let (parts, folder) = (top.join("parts"), top.join("dist"));
        let put = |path: PathBuf, text: &str| files::write(&path, text).unwrap();
        put(
            parts.join("sotto.js"),
            "import * as a from \"./parts.js\"; b = { \"./parts.js\": a }; new URL('sotto_bg.wasm')",
        );
        put(parts.join("sotto_bg.wasm"), "main");
        put(parts.join("parts.js"), "import { a } from \"./sotto.js\"; new URL(\"./split_chat.wasm\")");
        put(parts.join("split_chat.wasm"), "chat");
        put(folder.join("sotto-1.js"), "trunk's");
        put(folder.join("sotto-1_bg.wasm"), "trunk's");
        let html = "<link href=/sotto-1.js rel=modulepreload><link href=/sotto-1_bg.wasm rel=preload>";

        let html = place(&parts, &folder, html).unwrap();

        let stem = html.split(['/', '.']).find(|part| part.starts_with("sotto-")).unwrap();
        let text = |name: &str| files::read_text(&folder.join(format!("{stem}{name}"))).unwrap();
        assert_eq!(text("_bg.wasm"), "main");
        assert_eq!(text("-split_chat.wasm"), "chat");
        let script = format!(
            "import * as a from \"./{stem}-parts.js\"; b = {{ \"./parts.js\": a }}; new URL('{stem}_bg.wasm')"
        );
        assert_eq!(text(".js"), script);
        assert_eq!(
            text("-parts.js"),
            format!("import {{ a }} from \"./{stem}.js\"; new URL(\"./{stem}-split_chat.wasm\")")
        );
        assert_eq!(files::list(&folder, &|_| true).unwrap().len(), 4);
        fs::remove_dir_all(top).unwrap();
    }
}
