//! Turns the calls of a program into a record of what it did to a directory, in order: what a disk would have been told.

use crate::trace::{self, Call, Observer, Verdict};
use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

/// A file or folder that there is or was; its place in the record's numbering.
pub type FileId = usize;

/// One thing that a call does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Writes bytes into a file.
    Write {
        /// The file.
        file: FileId,
        /// Where.
        offset: u64,
        /// What.
        data: Vec<u8>,
    },
    /// Makes a file shorter or longer.
    SetLength {
        /// The file.
        file: FileId,
        /// Its length afterwards.
        length: u64,
    },
    /// Waits until a file, or a folder's entries, are on stable storage.
    Sync(FileId),
    /// Gives a folder an entry.
    Link {
        /// The folder.
        folder: FileId,
        /// The name in it.
        name: OsString,
        /// The file that is there now, whatever was before.
        file: FileId,
        /// The name in the same folder that it had before and has no longer.
        renamed_from: Option<OsString>,
    },
    /// Takes an entry from a folder.
    Unlink {
        /// The folder.
        folder: FileId,
        /// The name in it.
        name: OsString,
    },
    /// Sends an answer to a client: whatever it promises must hold by now.
    Answer {
        /// The answer's request id.
        request: String,
    },
}

/// A moment of the program's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A call begins: from here on it may have had its effect.
    Begun(usize),
    /// It has ended.
    Ended(usize),
}

/// What a program did to a folder.
#[derive(Debug, Default)]
pub struct Record {
    /// What each call did. Nothing, if it failed.
    pub calls: Vec<Vec<Action>>,
    /// The order of their beginnings and ends.
    pub moments: Vec<Moment>,
    /// Whether each file is a folder.
    pub folders: Vec<bool>,
}

/// Says which call must fail, and how. It sees the call's name and the path it is about.
pub type Faults = Box<dyn FnMut(&str, &Path) -> Option<i32> + Send>;

/// Records what a program does below a folder.
pub struct Recorder {
    root: PathBuf,
    faults: Option<Faults>,
    record: Record,
    /// What is where, as the program sees it.
    paths: BTreeMap<PathBuf, FileId>,
    open: HashMap<i32, FileId>,
    /// The recorded call of each thread.
    pending: HashMap<i32, usize>,
}

impl Recorder {
    /// Watches a folder, whose present content is taken as given. File 0 is the folder itself.
    pub fn new(root: &Path, faults: Option<Faults>) -> Self {
        let mut recorder = Self {
            root: root.to_owned(),
            faults,
            record: Record::default(),
            paths: BTreeMap::new(),
            open: HashMap::new(),
            pending: HashMap::new(),
        };
        recorder.add(root.to_owned(), true);
        recorder
    }

    /// What is recorded so far, and where its files are.
    pub fn finish(self) -> Record {
        self.record
    }

    /// The files that there are in the beginning, folders first. Numbers them.
    pub fn take_stock(&mut self) -> Vec<(PathBuf, FileId)> {
        let mut found = vec![(self.root.clone(), 0)];
        let mut at = 0;
        while at < found.len() {
            let (path, id) = found[at].clone();
            at += 1;
            if !self.record.folders[id] {
                continue;
            }
            for entry in fs::read_dir(&path).expect("it is readable") {
                let entry = entry.expect("it is readable");
                let is_folder = entry.file_type().expect("it has a type").is_dir();
                found.push((entry.path(), self.add(entry.path(), is_folder)));
            }
        }
        found
    }

    fn add(&mut self, path: PathBuf, is_folder: bool) -> FileId {
        let id = self.record.folders.len();
        self.record.folders.push(is_folder);
        self.paths.insert(path, id);
        id
    }

    /// The path that a call names, if it lies below the folder.
    fn path(&self, call: &Call, folder: u64, name: u64) -> Option<PathBuf> {
        let name = PathBuf::from(OsString::from_vec(call.text(name)));
        let base = || match folder as i32 {
            libc::AT_FDCWD => fs::read_link(format!("/proc/{}/cwd", call.pid)).ok(),
            descriptor => fs::read_link(format!("/proc/{}/fd/{descriptor}", call.pid)).ok(),
        };
        let path = if name.is_absolute() { name } else { base()?.join(name) };
        let path: PathBuf = path.components().collect();
        path.starts_with(&self.root).then_some(path)
    }

    fn entry(&self, path: &Path) -> (FileId, OsString) {
        let folder = self.paths[path.parent().expect("it lies below the root")];
        (folder, path.file_name().expect("it has a name").to_owned())
    }

    /// The path of an open file, for faults.
    fn path_of(&self, file: FileId) -> PathBuf {
        self.paths.iter().find(|(_, id)| **id == file).map(|(path, _)| path.clone()).unwrap_or_default()
    }

    fn create(&mut self, path: PathBuf, is_folder: bool, actions: &mut Vec<Action>) -> FileId {
        let file = self.add(path.clone(), is_folder);
        let (folder, name) = self.entry(&path);
        actions.push(Action::Link { folder, name, file, renamed_from: None });
        file
    }

    /// What a call did that ended well.
    fn actions(&mut self, call: &Call, result: i64) -> Vec<Action> {
        let mut actions = Vec::new();
        let [a, b, c, d, ..] = call.args;
        let file = self.open.get(&(a as i32)).copied();
        match (call.number, file) {
            (libc::SYS_write, Some(file)) => {
                let data = call.memory(b, result as usize);
                actions.push(Action::Write { file, offset: position(call) - data.len() as u64, data });
            }
            (libc::SYS_writev, Some(file)) => {
                let mut data = call.vector(b, c as usize);
                data.truncate(result as usize);
                actions.push(Action::Write { file, offset: position(call) - data.len() as u64, data });
            }
            (libc::SYS_pwrite64, Some(file)) => {
                actions.push(Action::Write { file, offset: d, data: call.memory(b, result as usize) });
            }
            (libc::SYS_ftruncate, Some(file)) => actions.push(Action::SetLength { file, length: b }),
            (libc::SYS_fsync | libc::SYS_fdatasync, Some(file)) => actions.push(Action::Sync(file)),
            (libc::SYS_dup | libc::SYS_dup2 | libc::SYS_dup3, Some(file)) => {
                self.open.insert(result as i32, file);
            }
            (libc::SYS_fcntl, Some(file)) if [libc::F_DUPFD, libc::F_DUPFD_CLOEXEC].contains(&(b as i32)) => {
                self.open.insert(result as i32, file);
            }
            (libc::SYS_open, _) => {
                if let Some(path) = self.path(call, libc::AT_FDCWD as u64, a) {
                    self.opened(path, b as i32, result as i32, &mut actions);
                }
            }
            (libc::SYS_openat, _) => {
                if let Some(path) = self.path(call, a, b) {
                    self.opened(path, c as i32, result as i32, &mut actions);
                }
            }
            (libc::SYS_mkdir, _) => {
                if let Some(path) = self.path(call, libc::AT_FDCWD as u64, a) {
                    self.create(path, true, &mut actions);
                }
            }
            (libc::SYS_mkdirat, _) => {
                if let Some(path) = self.path(call, a, b) {
                    self.create(path, true, &mut actions);
                }
            }
            (libc::SYS_unlink | libc::SYS_rmdir, _) => {
                self.removed(self.path(call, libc::AT_FDCWD as u64, a), &mut actions);
            }
            (libc::SYS_unlinkat, _) => self.removed(self.path(call, a, b), &mut actions),
            (libc::SYS_rename, _) => {
                let cwd = libc::AT_FDCWD as u64;
                self.renamed(self.path(call, cwd, a), self.path(call, cwd, b), &mut actions);
            }
            (libc::SYS_renameat | libc::SYS_renameat2, _) => {
                self.renamed(self.path(call, a, b), self.path(call, c, d), &mut actions);
            }
            _ => {}
        }
        actions
    }

    fn opened(&mut self, path: PathBuf, flags: i32, descriptor: i32, actions: &mut Vec<Action>) {
        let is_new = !self.paths.contains_key(&path);
        let file = if is_new { self.create(path, false, actions) } else { self.paths[&path] };
        if flags & libc::O_TRUNC != 0 && !is_new {
            actions.push(Action::SetLength { file, length: 0 });
        }
        self.open.insert(descriptor, file);
    }

    fn removed(&mut self, path: Option<PathBuf>, actions: &mut Vec<Action>) {
        let Some(path) = path else { return };
        let (folder, name) = self.entry(&path);
        self.paths.remove(&path);
        actions.push(Action::Unlink { folder, name });
    }

    fn renamed(&mut self, from: Option<PathBuf>, to: Option<PathBuf>, actions: &mut Vec<Action>) {
        let (Some(from), Some(to)) = (from, to) else { return };
        let file = self.paths.remove(&from).expect("it was there");
        assert!(!self.record.folders[file], "no folder is renamed");
        self.paths.insert(to.clone(), file);
        let ((folder, name), (same, old)) = (self.entry(&to), self.entry(&from));
        assert_eq!(folder, same, "nothing is moved to another folder");
        actions.push(Action::Link { folder, name, file, renamed_from: Some(old) });
    }

    /// What the call is about, if that lies below the folder; also its name for faults.
    fn subject(&self, call: &Call) -> Option<(&'static str, PathBuf)> {
        let [a, b, c, d, ..] = call.args;
        let cwd = libc::AT_FDCWD as u64;
        let open = |name| Some((name, self.path_of(*self.open.get(&(a as i32))?)));
        let named = |name, path: Option<PathBuf>| Some((name, path?));
        match call.number {
            libc::SYS_write | libc::SYS_writev | libc::SYS_pwrite64 => open("write"),
            libc::SYS_ftruncate => open("truncate"),
            libc::SYS_fsync | libc::SYS_fdatasync => open("sync"),
            libc::SYS_dup | libc::SYS_dup2 | libc::SYS_dup3 | libc::SYS_fcntl => open("dup"),
            libc::SYS_open => named("open", self.path(call, cwd, a)),
            libc::SYS_openat => named("open", self.path(call, a, b)),
            libc::SYS_mkdir => named("mkdir", self.path(call, cwd, a)),
            libc::SYS_mkdirat => named("mkdir", self.path(call, a, b)),
            libc::SYS_unlink | libc::SYS_rmdir => named("unlink", self.path(call, cwd, a)),
            libc::SYS_unlinkat => named("unlink", self.path(call, a, b)),
            libc::SYS_rename => named("rename", self.path(call, cwd, b)),
            libc::SYS_renameat | libc::SYS_renameat2 => named("rename", self.path(call, c, d)),
            // What this does not know, it must not overlook. A sync of everything promises more than is needed here.
            libc::SYS_sync | libc::SYS_syncfs | libc::SYS_sync_file_range => None,
            libc::SYS_truncate | libc::SYS_creat => named("unknown", self.path(call, cwd, a)),
            libc::SYS_openat2 | libc::SYS_link | libc::SYS_linkat => named("unknown", Some(PathBuf::new())),
            libc::SYS_io_uring_setup => named("unknown", Some(PathBuf::new())),
            _ => open("unknown"),
        }
    }

    fn begin(&mut self) -> usize {
        self.record.calls.push(Vec::new());
        self.record.moments.push(Moment::Begun(self.record.calls.len() - 1));
        self.record.calls.len() - 1
    }
}

impl Observer for Recorder {
    fn begun(&mut self, call: &Call) -> Verdict {
        let [a, b, c, ..] = call.args;
        if call.number == libc::SYS_close {
            self.open.remove(&(a as i32));
            return Verdict::Pass;
        }
        let Some((name, path)) = self.subject(call) else {
            let head = match call.number {
                libc::SYS_write | libc::SYS_sendto => call.memory(b, 1024.min(c as usize)),
                libc::SYS_writev => call.vector(b, c as usize),
                libc::SYS_sendmsg => {
                    let message = call.memory(b, 32);
                    let word =
                        |at: usize| u64::from_ne_bytes(message[at..at + 8].try_into().expect("eight bytes"));
                    call.vector(word(16), word(24) as usize)
                }
                _ => return Verdict::Pass,
            };
            if let Some(request) = request_id(&head) {
                let answer = self.begin();
                self.record.calls[answer].push(Action::Answer { request });
            }
            return Verdict::Pass;
        };
        assert_ne!(name, "unknown", "a call that is not understood touches the folder: {call:?}");
        if let Some(error) = self.faults.as_mut().and_then(|faults| faults(name, &path)) {
            return Verdict::Fail(error);
        }
        let begun = self.begin();
        self.pending.insert(call.tid, begun);
        Verdict::Watch
    }

    fn ended(&mut self, call: &Call, result: i64) {
        let begun = self.pending.remove(&call.tid).expect("it has begun");
        if result >= 0 {
            self.record.calls[begun] = self.actions(call, result);
        }
        self.record.moments.push(Moment::Ended(begun));
    }
}

/// Where an open file is written to next.
fn position(call: &Call) -> u64 {
    let info = fs::read_to_string(format!("/proc/{}/fdinfo/{}", call.pid, call.args[0])).expect("it is open");
    info.lines().find_map(|line| line.strip_prefix("pos:")?.trim().parse().ok()).expect("it has a position")
}

/// The id that an answer of the server carries.
fn request_id(bytes: &[u8]) -> Option<String> {
    let head = bytes.strip_prefix(b"HTTP/1.1 ")?;
    let head = String::from_utf8_lossy(&head[..head.len().min(1024)]).into_owned();
    head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("x-amzn-requestid").then(|| value.to_owned())
    })
}

/// A program that runs under a recorder, in a thread of its own.
pub struct Recorded {
    thread: std::thread::JoinHandle<(Recorder, i32)>,
    /// Its process id.
    pub pid: u32,
    /// What it says.
    pub stdout: Option<std::process::ChildStdout>,
    /// Its log.
    pub stderr: Option<std::process::ChildStderr>,
}

impl Recorded {
    /// Starts the program.
    pub fn start(mut command: std::process::Command, mut recorder: Recorder) -> Self {
        let (tell, told) = std::sync::mpsc::channel();
        // Only the thread that starts a program is told of its calls.
        let thread = std::thread::spawn(move || {
            let mut child = trace::spawn(&mut command).expect("the program starts, and may be traced");
            tell.send((child.id(), child.stdout.take(), child.stderr.take())).expect("somebody waits");
            let end = trace::follow(child, &mut recorder);
            recorder.open.clear();
            (recorder, end)
        });
        let (pid, stdout, stderr) = told.recv().expect("the program starts");
        Self { thread, pid, stdout, stderr }
    }

    /// Waits until it has ended. Its status is as `wait` has it.
    pub fn wait(self) -> (Recorder, i32) {
        self.thread.join().expect("the recorder understands the program")
    }
}
