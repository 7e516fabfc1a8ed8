//! Torn and damaged journals: a commit that was never acknowledged may go, and never keeps the Store from opening; one
//! that was acknowledged is there, or the Store does not open and says why.
#![allow(clippy::unwrap_used, reason = "a test")]

use bytes::Bytes;
use pixii_embedded::{EmbeddedStore, OpenError, Options};
use pixii_store::{Direction, Freshness, KeyRange, Read, ScanLimit, Store, Transaction};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const COMMITS: usize = 6;
const KEYS: usize = 8;
const JOURNAL: &str = "store/0.jnl";

fn open(dir: &Path) -> Result<EmbeddedStore, OpenError> {
    EmbeddedStore::open(dir, Options { reserve_bytes: 0, ..Options::default() })
}

/// Commit number `n` gives each key the value `n`, so that half a commit would show. It takes about 5 KiB.
async fn commit(store: &EmbeddedStore, n: usize) {
    let mut txn = store.begin(&[]).await.unwrap();
    (0..KEYS).for_each(|key| txn.set(format!("key{key}").into(), Bytes::from(vec![n as u8; 600])));
    txn.commit().await.unwrap();
}

/// Which commit a Store holds, all of it.
async fn held(store: &EmbeddedStore) -> usize {
    let snapshot = store.snapshot(Freshness::Latest).await.unwrap();
    let all = ScanLimit { entries: usize::MAX, bytes: usize::MAX };
    let entries = snapshot.scan(&KeyRange::all(), Direction::Forward, all).await.unwrap().entries;
    let held: Vec<usize> = entries.iter().map(|(_, value)| value[0].into()).collect();
    assert!(held.is_empty() || held == vec![held[0]; KEYS], "half a commit: {held:?}");
    held.first().copied().unwrap_or(0)
}

/// A directory after some commits, and what its files were after each.
struct History {
    dir: tempfile::TempDir,
    /// The journal's length after so many commits.
    lengths: Vec<u64>,
    journal: Vec<u8>,
    synced: Vec<Vec<u8>>,
}

async fn history() -> History {
    let dir = tempfile::tempdir().unwrap();
    let (mut lengths, mut synced) = (Vec::new(), Vec::new());
    for n in 0..=COMMITS {
        let store = open(dir.path()).unwrap();
        if n > 0 {
            commit(&store, n).await;
        }
        drop(store);
        // Opening once more cuts off the space that was set aside.
        drop(open(dir.path()).unwrap());
        lengths.push(fs::metadata(dir.path().join(JOURNAL)).unwrap().len());
        synced.push(fs::read(dir.path().join("SYNCED")).unwrap());
    }
    let journal = fs::read(dir.path().join(JOURNAL)).unwrap();
    assert_eq!(journal.len() as u64, lengths[COMMITS]);
    History { dir, lengths, journal, synced }
}

impl History {
    /// A copy of the directory with this journal, where so many commits are noted as synced.
    fn with(&self, journal: &[u8], synced: usize) -> tempfile::TempDir {
        // In memory where that is possible: there are many, and their syncs are of no interest.
        let copy = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        copy_tree(self.dir.path(), copy.path());
        fs::write(copy.path().join(JOURNAL), journal).unwrap();
        fs::write(copy.path().join("SYNCED"), &self.synced[synced]).unwrap();
        copy
    }
}

fn copy_tree(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&to).unwrap();
            copy_tree(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn damage(dir: &Path) -> String {
    match open(dir) {
        Err(OpenError::Damaged { detail, .. }) => detail,
        outcome => panic!("{outcome:?}"),
    }
}

fn cut_file(dir: &Path) -> PathBuf {
    dir.join("CUT")
}

/// What a power cut may leave of the last commit: some of its sectors, or its beginning.
fn tears(history: &History) -> Vec<Vec<u8>> {
    let (start, end) = (history.lengths[COMMITS - 1] as usize, history.lengths[COMMITS] as usize);
    let mut tears = Vec::new();
    let sectors: Vec<usize> = (start / 512..=(end - 1) / 512).collect();
    let lose = |lost: &dyn Fn(usize) -> bool| {
        let mut journal = history.journal.clone();
        for (_, sector) in sectors.iter().enumerate().filter(|(index, _)| lost(*index)) {
            let (from, to) = ((sector * 512).max(start), (sector * 512 + 512).min(end));
            journal[from..to].fill(0);
        }
        journal
    };
    for lost in 0..sectors.len() {
        tears.push(lose(&|index| index == lost));
        tears.push(lose(&|index| index >= lost));
        tears.push(lose(&|index| index < lost));
        tears.push(lose(&|index| index != lost));
    }
    for length in (start..end).step_by(397) {
        tears.push(history.journal[..length].to_vec());
    }
    // The space that was set aside lies behind it, as it does until a journal is full.
    tears.iter_mut().step_by(2).for_each(|journal| journal.resize(journal.len() + 10_000, 0));
    tears
}

#[tokio::test(flavor = "multi_thread")]
async fn a_torn_commit_goes_and_the_store_opens() {
    let history = history().await;
    for (n, journal) in tears(&history).into_iter().enumerate() {
        let dir = history.with(&journal, COMMITS - 1);
        let store = match open(dir.path()) {
            Ok(store) => store,
            Err(error) => panic!("tear {n}: {error}"),
        };
        let found = held(&store).await;
        assert!(found == COMMITS - 1 || found == COMMITS, "tear {n}: commit {found}");
        assert!(!cut_file(dir.path()).exists());
        commit(&store, 77).await;
        drop(store);
        assert_eq!(held(&open(dir.path()).unwrap()).await, 77, "tear {n}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_torn_first_commit_of_a_journal_goes_too() {
    let history = history().await;
    // Right after a close that emptied the journals, and with a note that a power cut has left behind.
    let empty = history.with(&[], 0);
    drop(open(empty.path()).unwrap());
    let first = &history.journal[..history.lengths[1] as usize];
    for lost in
        [20..80, 500..600, first.len() - 9..first.len() - 1, first.len() - 60..first.len() - 40, 0..13]
    {
        let mut journal = first.to_vec();
        journal[lost.clone()].fill(0);
        let dir = history.with(&journal, 0);
        let store = open(dir.path()).unwrap_or_else(|error| panic!("{lost:?}: {error}"));
        assert_eq!(held(&store).await, 0, "{lost:?}");
        assert!(!cut_file(dir.path()).exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_before_the_last_commit_is_refused_and_nothing_is_changed() {
    let history = history().await;
    let before_last = history.lengths[COMMITS - 1] as usize;
    for at in (0..before_last).step_by(211) {
        let mut journal = history.journal.clone();
        journal[at] ^= 0x40;
        // Whatever the note says: the commits behind the damage vouch for it. And whatever it is: fjall does not check
        // the sequence number of a batch, but a number that is out of order is refused as well.
        let dir = history.with(&journal, 0);
        let batch = history.lengths.iter().rfind(|length| **length <= at as u64).unwrap();
        let in_header = (at as u64 - batch) < 13;
        match open(dir.path()) {
            Err(OpenError::Damaged { detail, .. }) => {
                let place = "its journal store/0.jnl is broken at byte ";
                assert!(detail.starts_with(place), "byte {at}: {detail}");
                assert!(detail.starts_with(&format!("{place}{batch}:")) || in_header, "byte {at}: {detail}");
                assert_eq!(fs::read(dir.path().join(JOURNAL)).unwrap(), journal, "byte {at}: it was changed");
                assert!(!cut_file(dir.path()).exists());
            }
            Ok(store) => assert!(in_header && held(&store).await == COMMITS, "byte {at} was not missed"),
            Err(error) => panic!("byte {at}: {error}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_to_the_last_commit_is_refused_if_it_is_known_to_be_synced() {
    let history = history().await;
    let start = history.lengths[COMMITS - 1] as usize;
    for at in (start..history.journal.len()).step_by(397) {
        let mut journal = history.journal.clone();
        journal[at] ^= 1;
        let dir = history.with(&journal, COMMITS);
        match open(dir.path()) {
            Err(OpenError::Damaged { detail, .. }) => {
                assert!(
                    detail.contains(&format!("store/0.jnl is broken at byte {start}: ")),
                    "byte {at}: {detail}"
                );
                assert!(
                    detail.ends_with("commits 6 to 6 behind it were acknowledged"),
                    "byte {at}: {detail}"
                );
            }
            // fjall's sequence number may be any that is larger.
            Ok(store) => {
                assert!(at - start < 13 && held(&store).await == COMMITS, "byte {at} was not missed")
            }
            Err(error) => panic!("byte {at}: {error}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_commits_are_missed() {
    let history = history().await;
    for length in [0, history.lengths[1], history.lengths[COMMITS - 1]] {
        let dir = history.with(&history.journal[..length as usize], COMMITS);
        let expect = format!(
            "commits {} to {COMMITS} were acknowledged and are missing",
            history.lengths.iter().position(|known| *known == length).unwrap() + 1
        );
        assert_eq!(damage(dir.path()), expect);
        assert_eq!(damage(dir.path()), expect, "and again");
    }
    // A whole commit out of the middle.
    let without =
        [&history.journal[..history.lengths[2] as usize], &history.journal[history.lengths[3] as usize..]]
            .concat();
    assert!(damage(history.with(&without, 0).path()).ends_with("does not follow the one before"));
    let dir = history.with(&history.journal, COMMITS);
    fs::remove_file(dir.path().join(JOURNAL)).unwrap();
    assert_eq!(damage(dir.path()), "its journal is missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn journals_form_a_row() {
    let history = history().await;
    let (first, second) = history.journal.split_at(history.lengths[3] as usize);
    let in_two = |sealed: &[u8], active: &[u8]| {
        let dir = history.with(sealed, 0);
        fs::write(dir.path().join("store/1.jnl"), active).unwrap();
        dir
    };
    assert_eq!(held(&open(in_two(first, second).path()).unwrap()).await, COMMITS);
    let torn = in_two(&first[..first.len() - 100], second);
    assert!(damage(torn.path()).ends_with("there are commits in journals behind it"));
    // A write that failed, and then a new journal: if nobody knows of the commit, it is like any that was torn.
    let failed = in_two(&first[..first.len() - 100], &[]);
    assert_eq!(held(&open(failed.path()).unwrap()).await, 2);
    let gap = in_two(first, second);
    fs::rename(gap.path().join("store/1.jnl"), gap.path().join("store/2.jnl")).unwrap();
    assert_eq!(damage(gap.path()), "its journal 1.jnl is missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_first_journal_is_missed() {
    let history = history().await;
    let (first, second) = history.journal.split_at(history.lengths[3] as usize);
    let dir = history.with(first, 0);
    fs::write(dir.path().join("store/1.jnl"), second).unwrap();
    fs::remove_file(dir.path().join(JOURNAL)).unwrap();
    let expect = "commits 1 to 3 are missing: its tables end before them, and they should be in a journal before \
                  store/1.jnl, which begins with commit 4";
    assert_eq!(damage(dir.path()), expect);
    assert_eq!(damage(dir.path()), expect, "and again");
    assert_eq!(fs::read(dir.path().join("store/1.jnl")).unwrap(), second, "nothing is changed");
}

const ROTATED_DIR: &str = "PIXII_TEST_ROTATED_DIR";
/// About how many transactions it takes until a journal is full and the next one is begun.
const ROTATING: u32 = 24;
/// After so many, however slowly the engine follows, it has begun the next one.
const ROTATED: u32 = ROTATING + 20;

/// fjall removes a journal when all of it is in tables, and it removes none before. Runs itself again as a child, which is
/// killed when journals were begun and removed.
#[test]
fn a_journal_that_is_no_longer_needed_is_not_missed() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    if let Ok(dir) = std::env::var(ROTATED_DIR) {
        return runtime.block_on(rotate_until_killed(Path::new(&dir)));
    }
    for kill_after in [ROTATING - 3, ROTATING, ROTATED] {
        let dir = tempfile::tempdir().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["a_journal_that_is_no_longer_needed_is_not_missed", "--exact", "--nocapture"])
            .env(ROTATED_DIR, dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut acknowledged = 0;
        for line in lines {
            if let Some(n) = line.strip_prefix("acknowledged ") {
                acknowledged = n.parse().unwrap();
            }
            if acknowledged == kill_after {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        // Before, a child that is killed at once may not have come so far; that is what is tried there.
        assert!(
            kill_after < ROTATED
                || !dir.path().join(JOURNAL).exists()
                || dir.path().join("store/1.jnl").exists(),
            "no journal was full after {acknowledged}"
        );
        let store = open(dir.path()).unwrap_or_else(|error| panic!("after {acknowledged}: {error}"));
        runtime.block_on(async {
            let snapshot = store.snapshot(Freshness::Latest).await.unwrap();
            for n in acknowledged.saturating_sub(9)..=acknowledged {
                let value = snapshot.get(format!("key{}", n % 10).as_bytes()).await.unwrap().unwrap();
                let found = u32::from_be_bytes(value[..4].try_into().unwrap());
                assert!(found >= n, "commit {n} was acknowledged, and {found} is there");
            }
        });
    }
}

async fn rotate_until_killed(dir: &Path) {
    let options = Options { reserve_bytes: 0, memtable_bytes: 8 << 20, ..Options::default() };
    let store = EmbeddedStore::open(dir, options).unwrap();
    for n in 0u32.. {
        let mut txn = store.begin(&[]).await.unwrap();
        let mut value = vec![7; 3 << 20];
        value[..4].copy_from_slice(&n.to_be_bytes());
        txn.set(format!("key{}", n % 10).into(), value.into());
        txn.commit().await.unwrap();
        println!("acknowledged {n}");
    }
}

/// What can happen to a journal, from a byte on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Damage {
    Flipped,
    ZeroSector,
    Garbage,
    ZeroToTheEnd,
    Truncated,
}

impl Damage {
    fn apply(self, journal: &mut Vec<u8>, at: usize) {
        let sector = at..(at + 512).min(journal.len());
        match self {
            Self::Flipped => journal[at] ^= 0x10,
            Self::ZeroSector => journal[sector].fill(0),
            Self::Garbage => {
                journal[sector].iter_mut().enumerate().for_each(|(n, byte)| *byte ^= n as u8 | 1)
            }
            Self::ZeroToTheEnd => journal[at..].fill(0),
            Self::Truncated => journal.truncate(at),
        }
    }
}

/// Every kind of damage, in a sealed and in the active journal, at its beginning, in its middle and at its end, with a
/// note of what was synced that is right and with one that a power cut has left behind.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_to_a_journal_nothing_acknowledged_goes_missing_in_silence() {
    let history = history().await;
    let sealed = history.lengths[3] as usize;
    for damage in
        [Damage::Flipped, Damage::ZeroSector, Damage::Garbage, Damage::ZeroToTheEnd, Damage::Truncated]
    {
        for at in (0..history.journal.len()).step_by(2999).chain([sealed - 1, history.journal.len() - 1]) {
            let (number, offset) = if at < sealed { (0, at) } else { (1, at - sealed) };
            let mut journals = [history.journal[..sealed].to_vec(), history.journal[sealed..].to_vec()];
            damage.apply(&mut journals[number], offset);
            let whole = history.lengths.iter().rposition(|length| *length <= at as u64).unwrap();
            for noted in [0, COMMITS] {
                let case = format!("{damage:?} at byte {offset} of {number}.jnl, {noted} noted");
                let dir = history.with(&journals[0], noted);
                fs::write(dir.path().join("store/1.jnl"), &journals[1]).unwrap();
                match open(dir.path()) {
                    Ok(store) => {
                        let found = held(&store).await;
                        // fjall does not check the number of a batch, so that may be any that is larger.
                        let in_header = at as u64 - history.lengths[whole] < 13;
                        let is_harmless = found == COMMITS && damage == Damage::Flipped && in_header;
                        // The last thing in the journals, of which nothing else is known.
                        let reaches_the_end = [Damage::ZeroToTheEnd, Damage::Truncated].contains(&damage);
                        let is_last = number == 1 && (reaches_the_end || whole == COMMITS - 1);
                        let is_ambiguous = noted == 0 && is_last && found == whole;
                        assert!(is_harmless || is_ambiguous, "{case}: it opens with commit {found}");
                    }
                    Err(OpenError::Damaged { detail, .. }) => {
                        let names = format!("store/{number}.jnl is broken at byte ");
                        let is_named = detail.contains(&names)
                            || detail.contains("acknowledged and are missing")
                            || detail.contains("does not follow the one before")
                            || detail.contains("should be in a journal before store/1.jnl");
                        assert!(is_named, "{case}: {detail}");
                        let place = detail.split(&names).nth(1).and_then(|rest| rest.split(':').next());
                        if let Some(byte) = place {
                            assert!(byte.parse::<usize>().unwrap() <= offset, "{case}: {detail}");
                        }
                        let kept =
                            [0, 1].map(|n| fs::read(dir.path().join(format!("store/{n}.jnl"))).unwrap());
                        assert!(kept == journals, "{case}: a journal was changed");
                    }
                    Err(error) => panic!("{case}: {error}"),
                }
            }
        }
    }
}

/// A note that was lost or zeroed was taken for "nothing was synced": with the journal's second half damaged too, half of the
/// acknowledged writes vanished, and the log said that they had never been acknowledged.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_note_is_refused_and_the_way_out_is_named() {
    let history = history().await;
    let half = history.lengths[3] as usize;
    let whole_note = &history.synced[COMMITS];
    let mut journals = vec![history.journal.clone(), history.journal[..half].to_vec()];
    for damaged in [half, half + 700, history.journal.len() - 1] {
        let mut journal = history.journal.clone();
        journal[damaged..].fill(0);
        journals.push(journal);
    }
    let notes: [Option<Vec<u8>>; 6] = [
        None,
        Some(Vec::new()),
        Some(vec![0; 16]),
        Some(vec![0; whole_note.len()]),
        Some(whole_note[..30].to_vec()),
        Some(whole_note.iter().map(|byte| byte ^ 0x55).collect()),
    ];
    for (n, journal) in journals.iter().enumerate() {
        for (m, note) in notes.iter().enumerate() {
            let dir = history.with(journal, COMMITS);
            let path = dir.path().join("SYNCED");
            match note {
                Some(note) => fs::write(&path, note).unwrap(),
                None => fs::remove_file(&path).unwrap(),
            }
            for _ in 0..2 {
                let error = open(dir.path()).map(|_| ()).unwrap_err();
                assert!(matches!(error, OpenError::NoteLost { .. }), "{n}, {m}: {error}");
                let text = error.to_string();
                assert!(text.contains("backup") && text.contains("pixii check --trust-journals"), "{text}");
                assert_eq!(&fs::read(dir.path().join(JOURNAL)).unwrap(), journal, "it is left as it was");
            }
            let options = Options { reserve_bytes: 0, trust_journals: true, ..Options::default() };
            let trusting = EmbeddedStore::open(dir.path(), options).unwrap();
            let there = held(&trusting).await;
            assert!(there >= 3, "{n}, {m}: {there}");
            drop(trusting);
            assert_eq!(held(&open(dir.path()).unwrap()).await, there, "{n}, {m}: and it opens from then on");
        }
    }
}

/// Before format 3 there was one copy, of another form, which an upgrade has to believe; and none before the first commit.
#[tokio::test(flavor = "multi_thread")]
async fn the_note_of_an_older_format_is_believed_and_replaced() {
    let history = history().await;
    let old = |group: u64| [group.to_be_bytes(), (!group).to_be_bytes()].concat();
    let with = |journal: &[u8], note: &[u8]| {
        let dir = history.with(journal, 0);
        let format = fs::read_to_string(dir.path().join("FORMAT")).unwrap();
        fs::write(dir.path().join("FORMAT"), format.replace("format 3", "format 2")).unwrap();
        fs::write(dir.path().join("SYNCED"), note).unwrap();
        dir
    };
    let cut = &history.journal[..history.lengths[3] as usize];
    let refused = damage(with(cut, &old(COMMITS as u64)).path());
    assert_eq!(refused, format!("commits 4 to {COMMITS} were acknowledged and are missing"));
    assert!(matches!(open(with(cut, &[0; 16]).path()), Err(OpenError::NoteLost { .. })));
    let dir = with(cut, &[]);
    assert_eq!(held(&open(dir.path()).unwrap()).await, 3, "nobody had written it yet");
    let dir = with(&history.journal, &old(COMMITS as u64));
    assert_eq!(held(&open(dir.path()).unwrap()).await, COMMITS);
    assert!(fs::read_to_string(dir.path().join("FORMAT")).unwrap().starts_with("pixii data format 3\n"));
    assert_eq!(held(&open(dir.path()).unwrap()).await, COMMITS);
    fs::write(dir.path().join("SYNCED"), old(COMMITS as u64)).unwrap();
    assert!(matches!(open(dir.path()), Err(OpenError::NoteLost { .. })), "that form is not format 3's");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_that_was_itself_cut_short_still_speaks() {
    let history = history().await;
    // An earlier start put the rest of the journal aside and cut it off, and then the power failed. What it put aside
    // shows that commit 5 was acknowledged, and it is gone.
    let dir = history.with(&history.journal[..history.lengths[3] as usize], 3);
    fs::write(cut_file(dir.path()), &history.journal[history.lengths[3] as usize..]).unwrap();
    assert_eq!(damage(dir.path()), "commits 4 to 5 were acknowledged and are missing");
    // Here it was torn, as it should be.
    let dir = history.with(&history.journal[..history.lengths[5] as usize], 3);
    fs::write(cut_file(dir.path()), &history.journal[history.lengths[5] as usize..]).unwrap();
    assert_eq!(held(&open(dir.path()).unwrap()).await, 5);
    assert!(!cut_file(dir.path()).exists());
}
