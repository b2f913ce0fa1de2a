//! A large file goes up and comes down in no more than three times its size of memory. The network runs in a process
//! of its own, so that only the engine is measured.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that can not go on has failed"
)]

mod common;
#[path = "files/hands.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod hands;
mod people;

use std::{
    io::{BufRead, BufReader, Read, Write},
    process::{Child, Command as Process, Stdio},
};

use common::on_this_thread;
use hands::noise;
use peak_alloc::PeakAlloc;
use people::{friends, until};
use sotto_api::{Command, FileState};
use sotto_engine::{NetworkConfig, platform::Platform as _};

#[global_allocator]
static PEAK: PeakAlloc = PeakAlloc;

/// Code that is not optimised takes too long for the largest file.
const SIZE: usize = if cfg!(debug_assertions) { 4_000_000 } else { 10_000_000 };
const MARK: &str = "network: ";

/// Not a test: the network of the other one.
#[test]
#[ignore = "started by the test below"]
fn serve() {
    on_this_thread(async {
        let (network, _) = people::network().await;
        println!("\n{MARK}{}", network.network_json());
        std::io::stdout().flush().unwrap();
        // Until the test lets go.
        tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await.unwrap().unwrap();
        network.shutdown().await;
    });
}

fn start() -> (Child, NetworkConfig) {
    let mut server = Process::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "serve", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let told = lines.find_map(|line| line.unwrap().strip_prefix(MARK).map(str::to_owned)).unwrap();
    // Whatever else it says is read, so that it does not wait for that.
    std::thread::spawn(move || lines.for_each(drop));
    (server, NetworkConfig::parse(told.as_bytes()).unwrap())
}

#[test]
fn a_large_file_takes_three_times_its_size_at_most() {
    let (mut server, config) = start();
    on_this_thread(async {
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        bob.done(Command::SetAutoLoad { conversation: with_ann, load: false }).await;
        for person in [&ann, &bob] {
            person.machine.net().set_forgetful();
        }
        ann.settled().await;
        let bytes = noise(SIZE);

        let before = measured();
        ann.machine.net().set_unplugged(true);
        let message = ann.send_picture(with_bob, &bytes).await;
        let handing_over = PEAK.peak_usage() - before;
        // What is stored is not in memory anywhere else.
        let before = measured();
        ann.machine.net().set_unplugged(false);
        ann.done(Command::Online(true)).await;
        assert!(until(async || ann.network().await.queued == 0).await, "{message}");
        let sending = PEAK.peak_usage() - before;

        let (message, files) = bob.files_when(with_ann, |state| state == FileState::NotLoaded).await;
        let before = measured();
        bob.done(Command::LoadFile { message: message.id, file: files[0].id }).await;
        assert_eq!(bob.file_event(files[0].id).await, FileState::Here);
        let loading = PEAK.peak_usage() - before;
        assert!(bob.read_file(files[0].id).await.unwrap() == bytes);

        let times = |peak: usize| peak as f64 / SIZE as f64;
        println!(
            "handing over {:.2}, sending {:.2}, loading {:.2} times the file; each with what is stored",
            times(handing_over),
            times(sending),
            times(loading)
        );
        // The store of these tests is itself in memory: one file more where something is stored.
        assert!(handing_over < SIZE * 3 / 2, "{handing_over}");
        assert!(sending < SIZE * 3, "{sending}");
        assert!(loading < SIZE * 3, "{loading}");
    });
    drop(server.stdin.take());
    server.wait().unwrap();
}

/// What is in use now; the peak begins here.
fn measured() -> usize {
    PEAK.reset_peak_usage();
    PEAK.current_usage()
}
