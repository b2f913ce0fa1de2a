// Starts the pictures worker. It says itself when it is ready; nobody writes to it before.
// `cargo xtask finish` fills in the two file names.

import init from "./__SCRIPT__";

init({ module_or_path: new URL("./__WASM__", import.meta.url) }).catch((error) => {
    // A rejected promise stays within the worker; a thrown error reaches the page.
    setTimeout(() => { throw error; });
});
