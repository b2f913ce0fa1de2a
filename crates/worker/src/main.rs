//! Start of the worker: everything else waits for a tab.

fn main() {
    sotto_worker::end_on_panic();
}
