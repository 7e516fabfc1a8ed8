//! Power cuts: what was synced is there, and of the rest whatever a disk may have kept.
//!
//! A server runs under [`crate::record`], which sees every system call that it makes on its directory and every answer that
//! it gives, in order. Its memtables are tiny, so that flushes and compactions happen all the time. Then
//! the machine is cut off at moments that the seed picks, and [`crate::disk`] builds what may be found afterwards. On each
//! such image the server must start, every write must be there that was answered before the cut, nothing may be half
//! there, and `pixii check` must find all clean. Some starts are recorded as well, and cut off in turn.
//!
//! A server that acknowledges before it syncs, and a disk whose syncs do nothing, are noticed: that is tested too.

use crate::disk::{Disk, Entries, Sectors};
use crate::ledger::{Change, Ledger};
use crate::record::{Action, Moment, Record, Recorded, Recorder};
use crate::rounds_and_dice;
use crate::server::{self, Connection, Server};
use crate::workload::{CLIENTS, Checked, check, create_table, random_write, verify};
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rustix::process::{Pid, Signal, kill_process};
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a client sent and how that was answered, in order.
struct History {
    client: String,
    writes: Vec<(Change, String)>,
}

/// A server's life as a disk saw it, and what its clients were told.
struct Life {
    record: Record,
    disk: Disk,
    histories: Vec<History>,
    /// The answer to the creation of the table.
    created: String,
}

/// How a server is run.
struct Manner {
    /// How many times it is started.
    sessions: usize,
    /// How much each client writes in each.
    writes: usize,
    /// Its durability.
    durability: &'static str,
    /// One write in so many is large; some number for each session if this is none.
    rarity: Option<u32>,
}

/// Lets a server live, and its clients write. The folder is its own.
fn live(root: &Path, manner: &Manner, dice: &mut SmallRng) -> Life {
    let data = root.join("data");
    let mut recorder = Recorder::new(root, None);
    let disk = Disk::holding(&recorder.take_stock());
    let mut ledgers: Vec<Ledger> = (0..CLIENTS).map(|at| Ledger::new(format!("client{at}"))).collect();
    let mut histories: Vec<History> =
        ledgers.iter().map(|ledger| History { client: ledger.client.clone(), writes: Vec::new() }).collect();
    let mut created = String::new();
    for session in 0..manner.sessions {
        let mut command = server::command(&data);
        command.args(["--memtable-size", "64KiB", "--durability", manner.durability]);
        let mut server = Recorded::start(command, recorder);
        let (stdout, stderr) = (server.stdout.take().expect("piped"), server.stderr.take().expect("piped"));
        let authority = server::ready(stdout, stderr).expect("it starts");
        if session == 0 {
            let mut connection = Connection::to(&authority);
            assert_eq!(connection.ask("CreateTable", &create_table()).expect("it is up").0, 200);
            created = connection.request_id;
        }
        let rarity = manner.rarity.unwrap_or(*[3, 20, 1000].choose(dice).expect("there are some"));
        std::thread::scope(|scope| {
            for (ledger, history) in ledgers.iter_mut().zip(&mut histories) {
                let mut dice = SmallRng::seed_from_u64(dice.random());
                let authority = &authority;
                scope.spawn(move || {
                    let mut connection = Connection::to(authority);
                    for _ in 0..manner.writes {
                        write(&mut connection, ledger, history, rarity, &mut dice);
                    }
                });
            }
        });
        // To its end, so that its last acts are in the record.
        let pid = Pid::from_raw(i32::try_from(server.pid).expect("an id")).expect("an id");
        kill_process(pid, Signal::TERM).expect("it runs");
        let end;
        (recorder, end) = server.wait();
        assert_eq!(end, 0, "it ends as it should");
    }
    Life { record: recorder.finish(), disk, histories, created }
}

fn write(
    connection: &mut Connection,
    ledger: &mut Ledger,
    history: &mut History,
    rarity: u32,
    dice: &mut SmallRng,
) {
    let (operation, request, change) = random_write(ledger, rarity, dice);
    ledger.begin(change.clone());
    match connection.ask(operation, &request).expect("it is up") {
        (200, _) => {
            ledger.acknowledged();
            history.writes.push((change, connection.request_id.clone()));
        }
        (400, refusal) if refusal.to_string().contains("TransactionConflict") => ledger.refused(),
        (status, answer) => panic!("{operation} {request} was answered {status} {answer}"),
    }
}

impl Life {
    /// At which moment each answer was given.
    fn answers(&self) -> HashMap<&str, usize> {
        let mut answers = HashMap::new();
        for (at, moment) in self.record.moments.iter().enumerate() {
            if let Moment::Begun(call) = moment
                && let [Action::Answer { request }] = self.record.calls[*call].as_slice()
            {
                answers.insert(request.as_str(), at);
            }
        }
        answers
    }

    /// What the clients knew when so many moments had passed. `None` before there was a table.
    fn promises(&self, answers: &HashMap<&str, usize>, now: usize) -> Promises {
        let is_answered = |request: &str| answers[request] < now;
        let ledgers = self.histories.iter().map(|history| {
            let mut ledger = Ledger::new(history.client.clone());
            for (change, request) in &history.writes {
                ledger.begin(change.clone());
                if !is_answered(request) {
                    break;
                }
                ledger.acknowledged();
            }
            ledger
        });
        Promises { has_table: is_answered(&self.created), ledgers: ledgers.collect() }
    }

    /// Moments worth a cut: right after answers, among changes of folders and lengths, before there is a table, and anywhere.
    fn moments(&self, count: usize, answers: &HashMap<&str, usize>, dice: &mut SmallRng) -> Vec<usize> {
        let (mut answered, mut reshaped) = (Vec::new(), Vec::new());
        for (at, moment) in self.record.moments.iter().enumerate() {
            let (Moment::Begun(call) | Moment::Ended(call)) = moment;
            for action in &self.record.calls[*call] {
                match action {
                    Action::Answer { .. } => answered.push(at + 1),
                    Action::Link { .. } | Action::Unlink { .. } | Action::SetLength { .. } => {
                        reshaped.push(at + 1)
                    }
                    _ => {}
                }
            }
        }
        let last = self.record.moments.len();
        let mut moments: Vec<usize> = (0..count)
            .map(|n| match n % 4 {
                0 => *answered.choose(dice).expect("there were answers"),
                1 => (reshaped.choose(dice).expect("files were made") + dice.random_range(0..4)).min(last),
                2 => dice.random_range(0..=answers[self.created.as_str()]),
                _ => dice.random_range(0..=last),
            })
            .collect();
        moments.sort_unstable();
        moments
    }
}

/// What must be there after a cut.
#[derive(Clone)]
struct Promises {
    has_table: bool,
    ledgers: Vec<Ledger>,
}

/// A cut, and how the disk takes it.
#[derive(Clone, Copy, Debug)]
struct Cut {
    moment: usize,
    entries: Entries,
    sectors: Sectors,
    seed: u64,
}

impl Cut {
    fn random(moment: usize, dice: &mut SmallRng) -> Self {
        let some = Sectors::Some {
            percent: *[10, 50, 90, 98].choose(dice).expect("there are some"),
            together: if dice.random() { 1 } else { 8 },
        };
        let sectors = [Sectors::Lost, Sectors::Kept, Sectors::Beginning, Sectors::End, some, some, some];
        let entries = [Entries::Lenient, Entries::Ordered, Entries::Strict];
        Self {
            moment,
            entries: *entries.choose(dice).expect("there are some"),
            sectors: *sectors.choose(dice).expect("there are some"),
            seed: dice.random(),
        }
    }

    /// Builds what it leaves in a new folder.
    fn image(&self, disk: &Disk) -> tempfile::TempDir {
        // In memory where that is possible: these syncs are of no interest.
        let image = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a directory");
        disk.write_image(image.path(), self.entries, self.sectors, &mut SmallRng::seed_from_u64(self.seed));
        image
    }
}

/// Starts a server on what a cut has left, and looks at everything.
fn hold(image: &Path, promises: &mut Promises, checks_first: bool) -> Result<(), String> {
    let data = image.join("data");
    if checks_first && check(&data)? == Checked::Absent && promises.has_table {
        return Err("there is no data directory any more".to_owned());
    }
    let server = Server::try_start(&data)?;
    let outcome = match verify(&server, &mut promises.ledgers) {
        Err(refusal) if refusal.contains("ResourceNotFoundException") && !promises.has_table => Ok(()),
        outcome => outcome,
    };
    server.kill();
    outcome?;
    check(&data).map(|_| ())
}

/// Records how `pixii check` recovers what a cut has left, and cuts that off as well.
fn hold_twice(image: &Path, promises: &Promises, dice: &mut SmallRng) -> Result<(), String> {
    let image = image.canonicalize().expect("it is there");
    let mut recorder = Recorder::new(&image, None);
    let mut disk = Disk::holding(&recorder.take_stock());
    let mut command = Command::new(env!("CARGO_BIN_EXE_pixii"));
    command.arg("check").arg(image.join("data")).stdout(Stdio::null()).stderr(Stdio::null());
    let (recorder, _) = Recorded::start(command, recorder).wait();
    let record = recorder.finish();
    let mut moments: Vec<usize> = (0..2).map(|_| dice.random_range(0..=record.moments.len())).collect();
    moments.sort_unstable();
    for moment in moments {
        disk.advance(&record, moment);
        let cut = Cut::random(moment, dice);
        hold(cut.image(&disk).path(), &mut promises.clone(), dice.random())
            .map_err(|fault| format!("after a second {cut:?} in recovery: {fault}"))?;
    }
    disk.advance(&record, record.moments.len());
    disk.compare(&image, dice)
}

/// Cuts a life at many moments, two at a time, and counts what was found wanting. The first fault's image is kept if it
/// is not expected.
fn cut_often(life: &mut Life, rounds: usize, expects_faults: bool, dice: &mut SmallRng) -> usize {
    let mut disk = std::mem::take(&mut life.disk);
    let answers = life.answers();
    let (mut faults, mut torn) = (0, 0);
    for pair in life.moments(rounds, &answers, dice).chunks(2) {
        let mut images = Vec::new();
        for &moment in pair {
            disk.advance(&life.record, moment);
            torn += usize::from(disk.is_uncertain());
            let cut = Cut::random(moment, dice);
            images.push((
                cut,
                cut.image(&disk),
                life.promises(&answers, moment),
                SmallRng::seed_from_u64(cut.seed),
            ));
        }
        let outcomes: Vec<(Cut, tempfile::TempDir, Result<(), String>)> = std::thread::scope(|scope| {
            let running: Vec<_> = images
                .into_iter()
                .map(|(cut, image, mut promises, mut dice)| {
                    scope.spawn(move || {
                        let twice = !expects_faults && dice.random_ratio(1, 4);
                        let outcome = match twice {
                            true => hold_twice(image.path(), &promises, &mut dice),
                            false => hold(image.path(), &mut promises, dice.random()),
                        };
                        (cut, image, outcome)
                    })
                })
                .collect();
            running.into_iter().map(|thread| thread.join().expect("no panic")).collect()
        });
        for (cut, image, outcome) in outcomes {
            let Err(fault) = outcome else { continue };
            faults += 1;
            if !expects_faults {
                let kept: PathBuf = image.keep();
                panic!(
                    "{cut:?}: {fault}\nleft in {}, of what the disk knew:\n{}",
                    kept.display(),
                    last_calls(life, cut.moment)
                );
            }
        }
    }
    assert!(torn * 3 > rounds, "of {rounds} cuts only {torn} found anything that was not certain");
    disk.advance(&life.record, life.record.moments.len());
    life.disk = disk;
    faults
}

/// The last calls before a cut, without what they wrote.
fn last_calls(life: &Life, moment: usize) -> String {
    let moments = &life.record.moments[moment.saturating_sub(30)..moment];
    let lines = moments.iter().map(|at| {
        let (Moment::Begun(call) | Moment::Ended(call)) = at;
        let actions = life.record.calls[*call].iter().map(|action| match action {
            Action::Write { file, offset, data } => format!("{} bytes to {file} at {offset}", data.len()),
            other => format!("{other:?}"),
        });
        format!("{at:?} {}", actions.collect::<Vec<_>>().join(", "))
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a directory");
    let root = dir.path().canonicalize().expect("it is there");
    (dir, root)
}

#[test]
fn nothing_acknowledged_is_lost_when_the_power_fails() {
    let (total, mut dice) = rounds_and_dice(60);
    let mut cuts = 0;
    while cuts < total {
        let (_dir, root) = folder();
        let usual = Manner { sessions: 2, writes: 60, durability: "durable", rarity: None };
        // So much is written that journals fill up and are replaced, which takes long.
        let large = Manner { sessions: 1, writes: 250, rarity: Some(1), ..usual };
        let is_large = total >= 300 && cuts % 300 == 0;
        let mut life = live(&root, if is_large { &large } else { &usual }, &mut dice);
        let rounds = (total - cuts).min(if is_large { 12 } else { 200 });
        cut_often(&mut life, usize::try_from(rounds).expect("few"), false, &mut dice);
        // The recorder has missed nothing: without any cut the disk holds what the folder does.
        life.disk.compare(&root, &mut dice).unwrap_or_else(|fault| panic!("{fault}"));
        let tables =
            fs::read_dir(root.join("data/store/keyspaces/1/tables")).expect("there are tables").count();
        let (moments, calls) = (life.record.moments.len(), life.record.calls.len());
        cuts += rounds;
        let journals = fs::read_dir(root.join("data/store"))
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path());
        let journal =
            journals.filter(|path| path.extension().is_some_and(|extension| extension == "jnl")).max();
        println!(
            "{cuts} cuts; {calls} calls with {moments} moments; {tables} tables and {journal:?} in the end"
        );
    }
}

#[test]
fn acknowledging_before_a_sync_is_noticed() {
    let (_, mut dice) = rounds_and_dice(0);
    let (_dir, root) = folder();
    let manner = Manner { sessions: 1, writes: 30, durability: "relaxed", rarity: None };
    let mut life = live(&root, &manner, &mut dice);
    assert!(cut_often(&mut life, 20, true, &mut dice) > 0, "no cut found anything missing");
}

#[test]
fn a_disk_that_does_not_sync_is_noticed() {
    let (_, mut dice) = rounds_and_dice(0);
    let (_dir, root) = folder();
    let manner = Manner { sessions: 1, writes: 30, durability: "durable", rarity: None };
    let mut life = live(&root, &manner, &mut dice);
    life.disk.ignores_syncs = true;
    assert!(cut_often(&mut life, 20, true, &mut dice) > 0, "no cut found anything missing");
}
