//! A disk that fails, and a disk that is full: what an answer promises holds, and nothing is promised that cannot be.
//!
//! Faults are injected where the kernel would report them, at the system calls ([`crate::trace`]). Whoever may mount file
//! systems also fills a real one.

use crate::ledger::Ledger;
use crate::record::{Faults, Recorded, Recorder};
use crate::server::{self, Connection, Server};
use crate::workload::{CLIENTS, Checked, check, create_table, random_write, verify};
use crate::{rounds_and_dice, workload};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{ChildStderr, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// A server under a tracer, with clients.
struct Scene {
    recorded: Option<Recorded>,
    authority: String,
    log: JoinHandle<String>,
    ledgers: Vec<Ledger>,
    dice: SmallRng,
}

/// How a client's writes went.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    done: usize,
    failed: usize,
}

impl Scene {
    fn start(root: &Path, faults: Faults) -> Self {
        let (_, dice) = rounds_and_dice(1);
        let root = root.canonicalize().expect("it is there");
        let mut recorder = Recorder::new(&root, Some(faults));
        recorder.take_stock();
        let mut command = server::command(&root.join("data"));
        command.args(["--memtable-size", "1MiB"]);
        let mut recorded = Recorded::start(command, recorder);
        let (stdout, stderr) =
            (recorded.stdout.take().expect("piped"), recorded.stderr.take().expect("piped"));
        let log = std::thread::spawn(move || read_all(stderr));
        let authority = server::address(stdout).expect("it starts");
        let ledgers = (0..CLIENTS).map(|at| Ledger::new(format!("client{at}"))).collect();
        assert_eq!(Connection::to(&authority).ask("CreateTable", &create_table()).expect("it is up").0, 200);
        Self { recorded: Some(recorded), authority, log, ledgers, dice }
    }

    /// What `pixii health` says of it.
    fn health(&self) -> Result<(), String> {
        let url = format!("http://{}", self.authority);
        let health = Command::new(env!("CARGO_BIN_EXE_pixii")).args(["health", "--url", &url]).output();
        let health = health.expect("it can be run");
        match health.status.success() {
            true => Ok(()),
            false => Err(String::from_utf8_lossy(&health.stderr).into_owned()),
        }
    }

    /// Lets every client write so many times, or until one of its writes fails. That one is in doubt from then on.
    fn write(&mut self, times: usize) -> Outcome {
        let mut dices: Vec<SmallRng> =
            self.ledgers.iter().map(|_| SmallRng::seed_from_u64(self.dice.random())).collect();
        let authority = &self.authority;
        let outcomes: Vec<Outcome> = std::thread::scope(|scope| {
            let writing: Vec<_> = self
                .ledgers
                .iter_mut()
                .zip(&mut dices)
                .map(|(ledger, dice)| scope.spawn(move || write(authority, ledger, times, dice)))
                .collect();
            writing.into_iter().map(|client| client.join().expect("it does not panic")).collect()
        });
        let sum = |of: fn(&Outcome) -> usize| outcomes.iter().map(of).sum();
        Outcome { done: sum(|outcome| outcome.done), failed: sum(|outcome| outcome.failed) }
    }

    /// A write that belongs to nobody's books, and how it is answered.
    fn probe(&self) -> (u16, String) {
        let put = json!({"TableName": workload::TABLE, "Item": {"pk": {"S": "probe"}, "sk": {"S": "1"}}});
        let (status, answer) = Connection::to(&self.authority).ask("PutItem", &put).expect("it is up");
        (status, answer.to_string())
    }

    /// What the clients hold to be true is what the server answers, without a restart.
    fn verify_reads(&self) {
        let mut connection = Connection::to(&self.authority);
        for ledger in &self.ledgers {
            ledger.verify_certain(|key| {
                let get = json!({"TableName": workload::TABLE, "Key": key, "ConsistentRead": true});
                let (status, answer) = connection.ask("GetItem", &get).expect("it is up");
                assert_eq!(status, 200, "{answer}");
                answer["Item"].as_object().cloned()
            });
        }
    }

    /// Ends the server, and says what it has logged.
    fn stop(mut self) -> (String, Vec<Ledger>) {
        let recorded = self.recorded.take().expect("it runs");
        let pid = Pid::from_raw(i32::try_from(recorded.pid).expect("an id")).expect("an id");
        kill_process(pid, Signal::TERM).expect("it runs");
        let (_, end) = recorded.wait();
        assert_eq!(end, 0, "it ends as it should");
        (self.log.join().expect("it is read"), self.ledgers)
    }
}

fn read_all(stderr: ChildStderr) -> String {
    let mut log = String::new();
    for line in BufReader::new(stderr).lines().map_while(Result::ok) {
        log += &line;
        log.push('\n');
    }
    log
}

fn write(authority: &str, ledger: &mut Ledger, times: usize, dice: &mut SmallRng) -> Outcome {
    let mut connection = Connection::to(authority);
    let mut outcome = Outcome::default();
    while outcome.done < times && ledger.is_certain() {
        let (operation, request, change) = random_write(ledger, 20, dice);
        ledger.begin(change);
        match connection.ask(operation, &request).expect("it is up") {
            (200, _) => {
                ledger.acknowledged();
                outcome.done += 1;
            }
            (400, refusal) if refusal.to_string().contains("TransactionConflict") => ledger.refused(),
            (500, answer) if answer.to_string().contains("InternalServerError") => outcome.failed += 1,
            (status, answer) => panic!("{operation} {request} was answered {status} {answer}"),
        }
    }
    outcome
}

/// Everything is as it should be after a start without faults.
fn verify_restarted(data: &Path, mut ledgers: Vec<Ledger>) {
    let server = Server::start(data);
    verify(&server, &mut ledgers).unwrap_or_else(|fault| panic!("{fault}"));
    server.kill();
    assert_eq!(check(data), Ok(Checked::Clean));
}

/// Fails calls of one kind on journals once so many were let through; never by itself.
struct Trap(Arc<AtomicU32>);

const OFF: u32 = u32::MAX;

impl Trap {
    fn new(kind: &'static str, error: i32, lasts: bool) -> (Self, Faults) {
        let left = Arc::new(AtomicU32::new(OFF));
        let shared = Arc::clone(&left);
        let faults = move |name: &str, path: &Path| {
            if name != kind || path.extension().is_none_or(|extension| extension != "jnl") {
                // A disk that is full is so for every file.
                let full = lasts && shared.load(Ordering::SeqCst) == 0 && name == "write";
                return full.then_some(error);
            }
            match shared.load(Ordering::SeqCst) {
                OFF => None,
                0 => {
                    if !lasts {
                        shared.store(OFF, Ordering::SeqCst);
                    }
                    Some(error)
                }
                left => {
                    shared.store(left - 1, Ordering::SeqCst);
                    None
                }
            }
        };
        (Self(left), Box::new(faults))
    }

    fn set(&self, after: u32) {
        self.0.store(after, Ordering::SeqCst);
    }
}

/// After a failed sync nobody knows what is on disk, and even a sync that succeeds afterwards proves nothing.
#[test]
fn a_failed_write_or_sync_stops_all_writing_until_a_restart() {
    for kind in ["sync", "write"] {
        let dir = tempfile::tempdir().expect("a directory");
        let (trap, faults) = Trap::new(kind, libc::EIO, false);
        let mut scene = Scene::start(dir.path(), faults);
        assert_eq!(scene.write(20), Outcome { done: 20 * CLIENTS, failed: 0 });
        assert_eq!(scene.health(), Ok(()), "{kind}");
        trap.set(30);
        let outcome = scene.write(1000);
        assert_eq!(outcome.failed, CLIENTS, "{kind}: every client has seen the end: {outcome:?}");
        for _ in 0..3 {
            let (status, answer) = scene.probe();
            assert!(status == 500 && answer.contains("InternalServerError"), "{kind}: {status} {answer}");
        }
        scene.verify_reads();
        let unhealthy = scene.health().expect_err("only a restart helps");
        assert!(unhealthy.contains("the store has stopped"), "{kind}: {unhealthy}");
        let (log, ledgers) = scene.stop();
        assert!(log.contains("failed: Input/output error"), "{kind}: it says why: {log}");
        assert!(log.contains("check the disk and start again"), "{kind}: it says what to do: {log}");
        verify_restarted(&dir.path().join("data"), ledgers);
    }
}

#[test]
fn a_disk_that_runs_full_stops_writing_until_there_is_room() {
    let dir = tempfile::tempdir().expect("a directory");
    let (trap, faults) = Trap::new("write", libc::ENOSPC, true);
    let mut scene = Scene::start(dir.path(), faults);
    for _ in 0..2 {
        scene.write(20);
        trap.set(30);
        let outcome = scene.write(1000);
        assert!(outcome.failed > 0, "{outcome:?}");
        for _ in 0..3 {
            assert_eq!(scene.probe().0, 500);
            scene.verify_reads();
        }
        assert_eq!(scene.health(), Ok(()), "it reads, and will write again by itself");
        trap.set(OFF);
        wait_for_writes(&scene);
        // What was in doubt is settled by now, one way or the other.
        settle(&mut scene);
    }
    assert_eq!(scene.write(20), Outcome { done: 20 * CLIENTS, failed: 0 });
    let (log, ledgers) = scene.stop();
    assert!(log.contains("the disk is full: writes are refused until there is more room"), "{log}");
    assert!(log.contains("writes go on"), "{log}");
    verify_restarted(&dir.path().join("data"), ledgers);
}

fn wait_for_writes(scene: &Scene) {
    for _ in 0..200 {
        if scene.probe().0 == 200 {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("writing does not go on");
}

fn settle(scene: &mut Scene) {
    workload::verify_with(&mut Connection::to(&scene.authority), &mut scene.ledgers)
        .unwrap_or_else(|fault| panic!("{fault}"));
}

/// A file system of its own, where that is allowed. Unmounted when dropped.
struct Mounted(tempfile::TempDir);

impl Mounted {
    fn new(size: &str) -> Option<Self> {
        let dir = tempfile::tempdir().expect("a directory");
        let size = format!("size={size}");
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(dir.path()).output();
        mount.is_ok_and(|mount| mount.status.success()).then_some(Self(dir))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        _ = Command::new("umount").arg("--lazy").arg(self.0.path()).status();
    }
}

/// Takes what is free on a disk, except so much.
fn fill(dir: &Path, except: u64) {
    let disk = rustix::fs::statvfs(dir).expect("a disk");
    let mut left = (disk.f_bavail * disk.f_frsize).saturating_sub(except);
    let mut file = File::create(dir.join("filler")).expect("there is room");
    let block = vec![1; 1 << 16];
    while left > 0 {
        let bytes = left.min(block.len() as u64);
        if file.write_all(&block[..bytes as usize]).is_err() {
            return;
        }
        left -= bytes;
    }
}

#[test]
fn a_real_disk_is_filled_and_emptied() {
    let Some(disk) = Mounted::new("200m") else {
        return println!("no file system may be mounted here: nothing is tested");
    };
    let mut scene = Scene::start(disk.0.path(), Box::new(|_, _| None));
    scene.write(20);
    for left in [20 << 20, 1 << 20, 0] {
        fill(disk.0.path(), left);
        let outcome = scene.write(2000);
        assert!(outcome.failed > 0, "{left} bytes left: {outcome:?}");
        // Compactions may make room now and then, and writes go on for a while.
        scene.verify_reads();
        fs::remove_file(disk.0.path().join("filler")).expect("it is there");
        wait_for_writes(&scene);
        settle(&mut scene);
    }
    assert_eq!(scene.write(20), Outcome { done: 20 * CLIENTS, failed: 0 });
    let (_, ledgers) = scene.stop();
    verify_restarted(&disk.0.path().join("data"), ledgers);
}
