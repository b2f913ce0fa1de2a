//! Turns `languages/en.json` into one function per string, so that a missing or misspelt string stops the
//! build. `"list": {"title": "Chats"}` becomes `t::list::title()`; each `{name}` in a string becomes a
//! parameter; an object with `one`/`other`/… becomes a function that picks by `count`.

use std::{env, error::Error, fmt::Write, fs, path::Path};

use serde_json::{Map, Value};

const SOURCE: &str = "languages/en.json";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={SOURCE}");
    println!("cargo::rerun-if-changed=build.rs");
    let Value::Object(sections) = serde_json::from_str(&fs::read_to_string(SOURCE)?)? else {
        return Err("the language file is not an object".into());
    };
    let mut out = Output::default();
    for (section, strings) in &sections {
        let Value::Object(strings) = strings else {
            return Err(format!("section {section} is not an object").into());
        };
        out.section(section, strings)?;
    }
    fs::write(Path::new(&env::var("OUT_DIR")?).join("strings.rs"), out.finish()?)?;
    // What `cargo xtask finish` needs to cut the page into several files.
    if env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
    Ok(())
}

#[derive(Default)]
struct Output {
    functions: String,
    table: String,
    count: usize,
}

impl Output {
    fn section(&mut self, name: &str, strings: &Map<String, Value>) -> Result<(), Box<dyn Error>> {
        writeln!(self.functions, "pub mod {name} {{")?;
        for (key, value) in strings {
            match value {
                Value::String(text) => self.text(name, key, text)?,
                Value::Object(forms) => self.plural(name, key, forms)?,
                _ => return Err(format!("{name}.{key} is neither text nor plural forms").into()),
            }
        }
        writeln!(self.functions, "}}")?;
        Ok(())
    }

    fn text(&mut self, section: &str, key: &str, text: &str) -> Result<(), Box<dyn Error>> {
        let index = self.entry(section, key, &format!("Entry::Text({text:?})"))?;
        let names = placeholders(text);
        writeln!(self.functions, "/// {}", text.replace('\n', " "))?;
        if names.is_empty() {
            writeln!(self.functions, "pub fn {key}() -> &'static str {{ crate::i18n::text({index}) }}")?;
        } else {
            writeln!(
                self.functions,
                "pub fn {key}({}) -> String {{ crate::i18n::filled({index}, &[{}]) }}",
                parameters(&names),
                pairs(&names)
            )?;
        }
        Ok(())
    }

    fn plural(&mut self, section: &str, key: &str, forms: &Map<String, Value>) -> Result<(), Box<dyn Error>> {
        let mut rows = Vec::new();
        for (form, text) in forms {
            let text = text.as_str().ok_or("a plural form is not text")?;
            rows.push((form.as_str(), text));
        }
        let other = rows.iter().find(|row| row.0 == "other").ok_or("plural forms need `other`")?.1;
        let index = self.entry(section, key, &format!("Entry::Plural(&{rows:?})"))?;
        let names: Vec<_> = placeholders(other).into_iter().filter(|name| name != "count").collect();
        writeln!(self.functions, "/// {}", other.replace('\n', " "))?;
        writeln!(
            self.functions,
            "pub fn {key}(count: u64, {}) -> String {{ crate::i18n::plural({index}, count, &[{}]) }}",
            parameters(&names),
            pairs(&names)
        )?;
        Ok(())
    }

    fn entry(&mut self, section: &str, key: &str, value: &str) -> Result<usize, Box<dyn Error>> {
        writeln!(self.table, "    ({:?}, {value}),", format!("{section}.{key}"))?;
        self.count += 1;
        Ok(self.count - 1)
    }

    fn finish(self) -> Result<String, Box<dyn Error>> {
        let mut file = String::from("#[allow(dead_code)]\npub mod t {\n");
        writeln!(file, "{}}}", self.functions)?;
        write!(
            file,
            "static ENGLISH: [(&str, Entry<&'static str>); {}] = [\n{}];\n",
            self.count, self.table
        )?;
        Ok(file)
    }
}

/// The names in braces, each once, in order.
fn placeholders(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for part in text.split('{').skip(1) {
        if let Some((name, _)) = part.split_once('}')
            && !names.iter().any(|known| known == name)
        {
            names.push(name.to_owned());
        }
    }
    names
}

fn parameters(names: &[String]) -> String {
    names.iter().map(|name| format!("{name}: &str")).collect::<Vec<_>>().join(", ")
}

fn pairs(names: &[String]) -> String {
    names.iter().map(|name| format!("({name:?}, {name})")).collect::<Vec<_>>().join(", ")
}
