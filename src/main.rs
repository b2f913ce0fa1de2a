//! The page: what a person sees and does. It holds no key and knows no wire format; all of that is the
//! engine's, which runs in a worker.

mod app;
mod components;
mod device;
mod engine;
mod i18n;
mod once;
mod pages;
mod route;
mod screens;
mod state;
mod stickers;
mod words;

fn main() {
    console_error_panic_hook::set_once();
    // The framework's own way to spawn is there only once something is mounted.
    wasm_bindgen_futures::spawn_local(async {
        i18n::load::load().await;
        leptos::mount::mount_to_body(app::App);
    });
}

#[cfg(test)]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);
