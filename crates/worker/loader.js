// Starts the engine in a SharedWorker or a dedicated worker.
//
// A worker's first events come as soon as this script has run, long before the engine is compiled, and
// nobody repeats them. So they are taken here at once, kept, and handed over when the engine is there.
// `cargo xtask finish` fills in the two file names.

const SCRIPT = new URL("./__SCRIPT__", import.meta.url);
const ENGINE = new URL("./__WASM__", import.meta.url);

// `ToPage::Fatal` as it crosses the boundary: the page knows then that this worker will not serve it.
const FATAL = [__FATAL__];

const shared = "onconnect" in self;
const early = [];
const keep = (event) => early.push(event);

if (shared) {
    self.onconnect = keep;
} else {
    self.onmessage = keep;
}

const tellFailure = (port) => port.postMessage(Uint8Array.from(FATAL).buffer);

async function start() {
    const engine = fetch(ENGINE);
    // Its failure is reported where it is awaited, also if the script below fails first.
    engine.catch(() => {});
    const worker = await import(SCRIPT);
    await worker.default({ module_or_path: engine });
    if (shared) {
        self.onconnect = (event) => worker.accept_port(event.ports[0]);
        early.forEach((event) => worker.accept_port(event.ports[0]));
    } else {
        self.onmessage = null;
        worker.accept_scope();
        early.forEach((event) => worker.accept_message(event.data));
    }
    early.length = 0;
}

start().catch((error) => {
    console.error("The engine did not start:", error);
    if (shared) {
        self.onconnect = (event) => tellFailure(event.ports[0]);
        early.forEach((event) => tellFailure(event.ports[0]));
    } else {
        tellFailure(self);
    }
    // A SharedWorker that stays would be given to the next page that asks, so it ends itself.
    self.close();
});
