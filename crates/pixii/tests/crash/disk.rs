//! A disk as a power cut may find it: what was synced is there, and of the rest some.
//!
//! The rules, for a cut at any moment of a record:
//!
//! - What a call wrote is certain once a sync of the same file, begun after that call ended, has ended before the cut.
//!   The same goes for the entries of a folder and a sync of the folder. A sync of a file says nothing about its entry.
//! - Every other write that had begun may be there or not, each sector for itself and with the content of any moment since
//!   the last sync; a file's length may be any that it had since.
//! - A truncation happens as a whole: it took effect for the length and all sectors behind it, or for nothing.
//! - Changes of entries that are not certain: [`Entries`].
//! - Nothing else happens to a disk: sectors are not damaged, and a sync does not lie.

use crate::record::{Action, FileId, Moment, Record};
use rand::Rng;
use rand::rngs::SmallRng;
use std::collections::{BTreeMap, HashSet};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

const SECTOR_BYTES: usize = 512;

/// What becomes of the changes to folders that are not certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entries {
    /// All are there, as on a file system that writes its metadata soon.
    Lenient,
    /// They were written in their order, up to some moment.
    Ordered,
    /// Each is there or not. A rename is there as a whole or not at all.
    Strict,
}

/// What becomes of the sectors that are not certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sectors {
    /// All are there.
    Kept,
    /// None is.
    Lost,
    /// So many of a hundred are there, each group of so many sectors for itself.
    Some {
        /// Of a hundred.
        percent: u32,
        /// How many sectors share a fate: 1, or 8 for disks that write 4 KiB at a time.
        together: u64,
    },
    /// Those before a random place in each file are there.
    Beginning,
    /// Those behind it are: they were written first.
    End,
}

type Sector = [u8; SECTOR_BYTES];
const ZEROS: Sector = [0; SECTOR_BYTES];

/// A file's content. Sectors that are missing are zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Content {
    length: u64,
    sectors: BTreeMap<u64, Sector>,
}

impl Content {
    fn sector(&self, number: u64) -> Sector {
        self.sectors.get(&number).copied().unwrap_or(ZEROS)
    }

    fn apply(&mut self, change: &Change) {
        match change {
            Change::Write { offset, data } => {
                for (number, at, part) in parts(*offset, data) {
                    self.sectors.entry(number).or_insert(ZEROS)[at..at + part.len()].copy_from_slice(part);
                }
                self.length = self.length.max(offset + data.len() as u64);
            }
            Change::SetLength(length) => {
                self.cut(*length);
                self.length = *length;
            }
        }
    }

    /// Forgets what lies behind this length.
    fn cut(&mut self, length: u64) {
        let (first, within) = (length / SECTOR_BYTES as u64, (length % SECTOR_BYTES as u64) as usize);
        self.sectors.split_off(&(first + u64::from(within > 0)));
        if let Some(last) = self.sectors.get_mut(&first) {
            last[within..].fill(0);
        }
    }

    fn read(path: &Path) -> std::io::Result<Self> {
        let mut bytes = Vec::new();
        File::open(path)?.read_to_end(&mut bytes)?;
        let mut content = Self::default();
        for (number, at, part) in parts(0, &bytes) {
            if part.iter().any(|&byte| byte != 0) {
                content.sectors.entry(number).or_insert(ZEROS)[at..at + part.len()].copy_from_slice(part);
            }
        }
        content.length = bytes.len() as u64;
        Ok(content)
    }

    fn write(&self, path: &Path) -> std::io::Result<()> {
        let file = File::create(path)?;
        let mut sectors = self.sectors.iter().filter(|(_, sector)| **sector != ZEROS).peekable();
        while let Some((&first, sector)) = sectors.next() {
            let mut run = sector.to_vec();
            while let Some((_, next)) =
                sectors.next_if(|(number, _)| **number == first + (run.len() / SECTOR_BYTES) as u64)
            {
                run.extend_from_slice(next);
            }
            file.write_all_at(&run, first * SECTOR_BYTES as u64)?;
        }
        file.set_len(self.length)
    }

    fn is_same(&self, other: &Self) -> bool {
        let filled = |content: &Self| -> BTreeMap<u64, Sector> {
            let sectors = content.sectors.iter().filter(|(_, sector)| **sector != ZEROS);
            sectors.map(|(number, sector)| (*number, *sector)).collect()
        };
        self.length == other.length && filled(self) == filled(other)
    }
}

/// Bytes by the sector in which they lie, and where in it.
fn parts(offset: u64, mut data: &[u8]) -> Vec<(u64, usize, &[u8])> {
    let mut parts = Vec::new();
    let mut at = offset;
    while !data.is_empty() {
        let within = (at % SECTOR_BYTES as u64) as usize;
        let (part, rest) = data.split_at(data.len().min(SECTOR_BYTES - within));
        parts.push((at / SECTOR_BYTES as u64, within, part));
        at += part.len() as u64;
        data = rest;
    }
    parts
}

#[derive(Clone, Debug)]
enum Change {
    Write { offset: u64, data: Vec<u8> },
    SetLength(u64),
}

/// Something that has begun and is not certain.
#[derive(Clone, Debug)]
struct Pending<T> {
    call: usize,
    /// At which moment it ended.
    ended: Option<usize>,
    what: T,
}

/// A change of one entry: what is gone and what is there.
#[derive(Clone, Debug)]
struct EntryChange {
    folder: FileId,
    gone: Option<OsString>,
    there: Option<(OsString, FileId)>,
}

/// The state of a disk while a record goes on.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    folders: Vec<bool>,
    /// What is certain about files, and what is not.
    contents: BTreeMap<FileId, (Content, Vec<Pending<Change>>)>,
    entries: BTreeMap<(FileId, OsString), FileId>,
    pending_entries: Vec<Pending<EntryChange>>,
    began: BTreeMap<usize, usize>,
    /// How many moments have passed.
    pub now: usize,
    /// As if no sync did anything: what a test must notice.
    pub ignores_syncs: bool,
}

impl Disk {
    /// A disk on which these files are certain.
    pub fn holding(stock: &[(PathBuf, FileId)]) -> Self {
        let mut disk = Self::default();
        let ids: BTreeMap<&Path, FileId> = stock.iter().map(|(path, id)| (path.as_path(), *id)).collect();
        for (path, id) in stock {
            if path.is_file() {
                disk.contents.insert(*id, (Content::read(path).expect("it is readable"), Vec::new()));
            }
            if *id != 0 {
                let folder = ids[path.parent().expect("it has one")];
                disk.entries.insert((folder, path.file_name().expect("it has one").to_owned()), *id);
            }
        }
        disk
    }

    /// Lets the record go on until so many moments have passed.
    pub fn advance(&mut self, record: &Record, until: usize) {
        self.folders.clone_from(&record.folders);
        while self.now < until {
            match record.moments[self.now] {
                Moment::Begun(call) => {
                    self.began.insert(call, self.now);
                    record.calls[call].iter().for_each(|action| self.begin(call, action));
                }
                Moment::Ended(call) => self.end(call, &record.calls[call]),
            }
            self.now += 1;
        }
    }

    fn begin(&mut self, call: usize, action: &Action) {
        let (file, what) = match action.clone() {
            Action::Write { file, offset, data } => (file, Change::Write { offset, data }),
            Action::SetLength { file, length } => (file, Change::SetLength(length)),
            Action::Link { folder, name, file, renamed_from } => {
                let what = EntryChange { folder, gone: renamed_from, there: Some((name, file)) };
                return self.pending_entries.push(Pending { call, ended: None, what });
            }
            Action::Unlink { folder, name } => {
                let what = EntryChange { folder, gone: Some(name), there: None };
                return self.pending_entries.push(Pending { call, ended: None, what });
            }
            Action::Sync(_) | Action::Answer { .. } => return,
        };
        self.contents.entry(file).or_default().1.push(Pending { call, ended: None, what });
    }

    fn end(&mut self, call: usize, actions: &[Action]) {
        let now = self.now;
        for action in actions {
            match action {
                Action::Write { file, .. } | Action::SetLength { file, .. } => {
                    let pending = &mut self.contents.get_mut(file).expect("it began").1;
                    pending.iter_mut().filter(|p| p.call == call).for_each(|p| p.ended = Some(now));
                }
                Action::Link { .. } | Action::Unlink { .. } => {
                    let pending = self.pending_entries.iter_mut();
                    pending.filter(|p| p.call == call).for_each(|p| p.ended = Some(now));
                }
                Action::Sync(file) if !self.ignores_syncs => self.synced(*file, self.began[&call]),
                Action::Sync(_) | Action::Answer { .. } => {}
            }
        }
        self.began.remove(&call);
    }

    /// Makes certain what had ended when the sync began.
    fn synced(&mut self, file: FileId, began: usize) {
        let certain = |ended: Option<usize>| ended.is_some_and(|ended| ended < began);
        if let Some((content, pending)) = self.contents.get_mut(&file) {
            pending.retain(|p| {
                let is_certain = certain(p.ended);
                if is_certain {
                    content.apply(&p.what);
                }
                !is_certain
            });
        }
        let entries = &mut self.entries;
        self.pending_entries.retain(|p| {
            let is_certain = p.what.folder == file && certain(p.ended);
            if is_certain {
                apply(entries, &p.what);
            }
            !is_certain
        });
    }

    /// Whether anything is not certain.
    pub fn is_uncertain(&self) -> bool {
        !self.pending_entries.is_empty() || self.contents.values().any(|(_, pending)| !pending.is_empty())
    }

    /// Writes to `to` what a cut at this moment may leave.
    pub fn write_image(&self, to: &Path, entries: Entries, sectors: Sectors, dice: &mut SmallRng) {
        let mut tree = self.entries.clone();
        let pending = &self.pending_entries;
        let horizon = dice.random_range(0..=pending.len());
        for (index, change) in pending.iter().enumerate() {
            let there = match entries {
                Entries::Lenient => true,
                Entries::Ordered => index < horizon,
                Entries::Strict => dice.random_bool(0.5),
            };
            if there {
                apply(&mut tree, &change.what);
            }
        }
        self.write_folder(0, &tree, to, sectors, dice);
    }

    fn write_folder(
        &self,
        folder: FileId,
        tree: &BTreeMap<(FileId, OsString), FileId>,
        to: &Path,
        sectors: Sectors,
        dice: &mut SmallRng,
    ) {
        for ((_, name), file) in tree.range((folder, OsString::new())..(folder + 1, OsString::new())) {
            let to = to.join(name);
            if self.folders[*file] {
                fs::create_dir(&to).expect("there is room");
                self.write_folder(*file, tree, &to, sectors, dice);
            } else if let Some((content, pending)) = self.contents.get(file) {
                torn(content, pending, sectors, dice).write(&to).expect("there is room");
            } else {
                File::create(&to).expect("there is room");
            }
        }
    }

    /// Holds the disk as if nothing could be lost against the folder itself.
    pub fn compare(&self, with: &Path, dice: &mut SmallRng) -> Result<(), String> {
        let image = tempfile::tempdir().expect("a directory");
        self.write_image(image.path(), Entries::Lenient, Sectors::Kept, dice);
        compare_folders(image.path(), with)
    }
}

fn apply(entries: &mut BTreeMap<(FileId, OsString), FileId>, change: &EntryChange) {
    if let Some(name) = &change.gone {
        entries.remove(&(change.folder, name.clone()));
    }
    if let Some((name, file)) = &change.there {
        entries.insert((change.folder, name.clone()), *file);
    }
}

/// A file of which some of what is not certain is there.
fn torn(certain: &Content, pending: &[Pending<Change>], sectors: Sectors, dice: &mut SmallRng) -> Content {
    // Up to which change the length, and every truncation, is there.
    let horizon = match sectors {
        Sectors::Kept => pending.len(),
        Sectors::Lost => 0,
        _ => dice.random_range(0..=pending.len()),
    };
    // The contents that each touched sector had: (after which change, what), and which of them may be found.
    let mut now = certain.clone();
    let mut versions: BTreeMap<u64, Vec<(usize, Sector)>> = BTreeMap::new();
    let mut bounds: BTreeMap<u64, (usize, usize)> = BTreeMap::new();
    let mut length = certain.length;
    for (index, change) in pending.iter().enumerate() {
        let touched: HashSet<u64> = match &change.what {
            Change::Write { offset, data } => parts(*offset, data).iter().map(|part| part.0).collect(),
            Change::SetLength(length) => {
                now.sectors.range(length / SECTOR_BYTES as u64..).map(|(number, _)| *number).collect()
            }
        };
        let before: Vec<(u64, Sector)> =
            touched.iter().map(|number| (*number, now.sector(*number))).collect();
        now.apply(&change.what);
        for (number, before) in before {
            let seen = versions.entry(number).or_insert_with(|| vec![(0, before)]);
            seen.push((index + 1, now.sector(number)));
            let (oldest, newest) = bounds.entry(number).or_insert((0, pending.len()));
            if matches!(change.what, Change::SetLength(_)) {
                if index < horizon {
                    *oldest = index + 1;
                } else {
                    *newest = (*newest).min(index);
                }
            }
        }
        if index < horizon {
            length = now.length;
        }
    }
    let place = versions.len().checked_sub(1).map_or(0, |last| dice.random_range(0..=last));
    let mut fate: BTreeMap<u64, u32> = BTreeMap::new();
    let mut found = certain.clone();
    for (position, (number, versions)) in versions.iter().enumerate() {
        let (oldest, newest) = bounds[number];
        let possible: Vec<&Sector> = versions
            .iter()
            .filter(|(after, _)| (oldest..=newest).contains(after))
            .map(|(_, sector)| sector)
            .collect();
        let Some(last) = possible.len().checked_sub(1) else { continue };
        let index = match sectors {
            Sectors::Kept => last,
            Sectors::Lost => 0,
            Sectors::Beginning => {
                if position <= place {
                    last
                } else {
                    0
                }
            }
            Sectors::End => {
                if position >= place {
                    last
                } else {
                    0
                }
            }
            Sectors::Some { percent, together } => {
                let rolled = *fate.entry(number / together).or_insert_with(|| dice.random_range(0..100));
                match rolled < percent {
                    true => last,
                    // Seldom something between.
                    false => {
                        if dice.random_ratio(1, 4) {
                            dice.random_range(0..=last)
                        } else {
                            0
                        }
                    }
                }
            }
        };
        found.sectors.insert(*number, *possible[index]);
    }
    found.cut(length);
    found.length = length;
    found
}

fn compare_folders(expected: &Path, found: &Path) -> Result<(), String> {
    let names = |folder: &Path| -> BTreeMap<OsString, bool> {
        let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
        entries.map(|entry| (entry.file_name(), entry.file_type().expect("a type").is_dir())).collect()
    };
    let (wanted, there) = (names(expected), names(found));
    if wanted != there {
        return Err(format!("{} holds {there:?}, and the record says {wanted:?}", found.display()));
    }
    for (name, is_folder) in wanted {
        let (expected, found) = (expected.join(&name), found.join(&name));
        if is_folder {
            compare_folders(&expected, &found)?;
        } else {
            let contents = [&expected, &found].map(|path| Content::read(path).expect("a file"));
            if !contents[0].is_same(&contents[1]) {
                return Err(format!("{} is not what the record says", found.display()));
            }
        }
    }
    Ok(())
}
