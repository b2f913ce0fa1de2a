//! Everything that the page keeps in the browser, as raw bytes.

use crate::{Outcome, Trouble, User, secrets::Haystack};

/// Flattens whatever is stored into `{place, hex}` rows. Keys that the browser does not hand out are
/// rows without bytes.
const DUMP: &str = r#"
    const rows = [];
    const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const add = (place, bytes) => rows.push({ place, hex: hex(bytes) });
    const text = (place, value) => add(place, new TextEncoder().encode(value));
    const walk = (place, value) => {
        if (value instanceof ArrayBuffer) add(place, new Uint8Array(value));
        else if (ArrayBuffer.isView(value)) add(place, new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
        else if (value instanceof CryptoKey) rows.push({ place: `${place} (CryptoKey, extractable: ${value.extractable})`, hex: "" });
        else if (Array.isArray(value)) value.forEach((part, at) => walk(`${place}[${at}]`, part));
        else if (value !== null && typeof value === "object") {
            for (const [name, part] of Object.entries(value)) { text(`${place}.key`, name); walk(`${place}.${name}`, part); }
        } else text(place, String(value));
    };
    const asked = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    for (const { name } of await indexedDB.databases()) {
        text("database name", name);
        const database = await asked(indexedDB.open(name));
        for (const store of database.objectStoreNames) {
            text("store name", store);
            const objects = database.transaction(store).objectStore(store);
            walk(`${name}/${store} keys`, await asked(objects.getAllKeys()));
            walk(`${name}/${store} values`, await asked(objects.getAll()));
        }
        database.close();
    }
    for (const [kind, storage] of [["local", localStorage], ["session", sessionStorage]]) {
        for (const [name, value] of Object.entries(storage)) { text(`${kind} ${name}`, name); text(`${kind} ${name}`, value); }
    }
    for (const name of await caches.keys()) text("cache", name);
    const folder = await navigator.storage.getDirectory();
    for await (const name of folder.keys()) text("private file", name);
    text("cookies", document.cookie);
    text("address", location.href);
    text("history state", JSON.stringify(history.state));
    return rows;
"#;

impl User {
    /// IndexedDB with all keys and values, local and session storage, caches, private files, cookies,
    /// the address bar and the state of the history.
    pub async fn stored(&self) -> Outcome<Vec<Haystack>> {
        let dump = self.async_script(DUMP).await?;
        let rows = dump.as_array().ok_or_else(|| Trouble::Unexpected(dump.to_string()))?;
        rows.iter()
            .map(|row| {
                let place = row["place"].as_str().unwrap_or_default().to_owned();
                let bytes = hex::decode(row["hex"].as_str().unwrap_or_default())
                    .map_err(|error| Trouble::Unexpected(error.to_string()))?;
                Ok(Haystack { place, bytes })
            })
            .collect()
    }
}
