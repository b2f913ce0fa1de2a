//! `style/` as one file, so that the page waits for one answer instead of thirty.

use crate::{
    error::{Error, Result},
    files,
};

/// Writes `target/style/sotto.css`: `style/main.css` with every import replaced by what it names.
pub fn styles() -> Result {
    let folder = files::root().join("style");
    let main = files::read_text(&folder.join("main.css"))?;
    let joined = join(&main, &|name| files::read_text(&folder.join(name)))?;
    let target = files::root().join("target/style/sotto.css");
    // Untouched when nothing changed: its time decides whether `trunk serve` builds again.
    if files::read_text(&target).is_ok_and(|old| old == joined) {
        return Ok(());
    }
    files::write(&target, joined)
}

fn join(main: &str, read: &dyn Fn(&str) -> Result<String>) -> Result<String> {
    let mut joined = String::new();
    for line in main.lines() {
        let Some(import) = line.trim().strip_prefix("@import") else {
            joined.push_str(line);
            joined.push('\n');
            continue;
        };
        let (name, layer) = parse(import).ok_or_else(|| {
            Error::Bundle(format!("style/main.css has an import that is not `\"file\" layer(name)`: {line}"))
        })?;
        joined.push_str(&format!("@layer {layer} {{\n{}}}\n", read(name)?));
    }
    Ok(joined)
}

/// File and layer of `"file" layer(name);`.
fn parse(import: &str) -> Option<(&str, &str)> {
    let (name, rest) = import.trim().strip_prefix('"')?.split_once('"')?;
    let layer = rest.trim().strip_prefix("layer(")?.strip_suffix(");")?;
    Some((name, layer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_become_layers_in_their_order() {
        let main = "@layer a, b;\n@import \"x.css\" layer(a);\n\n@import \"y/z.css\" layer(b);\n";
        let joined = join(main, &|name| Ok(format!("/* {name} */\n"))).unwrap();
        assert_eq!(joined, "@layer a, b;\n@layer a {\n/* x.css */\n}\n\n@layer b {\n/* y/z.css */\n}\n");
    }

    #[test]
    fn an_import_without_a_layer_is_refused() {
        assert!(join("@import url(x.css);", &|_| Ok(String::new())).is_err());
    }
}
