//! The network part of the engine against a real local network.

mod common;

#[test]
fn compiles() {
    common::on_this_thread(async { drop(common::Machine::new()) });
}
