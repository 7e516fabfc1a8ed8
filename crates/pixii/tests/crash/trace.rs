//! Runs a program and stops it at every system call that touches files or answers a client.
//!
//! The kernel does the stopping (`ptrace`, with a seccomp filter that picks the calls), so no library underneath can write
//! around it, and the program is the one that is shipped.
#![allow(
    unsafe_code,
    reason = "ptrace and seccomp have no safe interface; nothing outside this file needs them"
)]

use std::collections::{HashMap, HashSet};
use std::io;
use std::mem;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};

/// The calls at which the program stops.
const CALLS: [i64; 38] = [
    libc::SYS_write,
    libc::SYS_pwrite64,
    libc::SYS_writev,
    libc::SYS_pwritev,
    libc::SYS_pwritev2,
    libc::SYS_ftruncate,
    libc::SYS_truncate,
    libc::SYS_fallocate,
    libc::SYS_copy_file_range,
    libc::SYS_sendfile,
    libc::SYS_fsync,
    libc::SYS_fdatasync,
    libc::SYS_sync_file_range,
    libc::SYS_sync,
    libc::SYS_syncfs,
    libc::SYS_open,
    libc::SYS_openat,
    libc::SYS_openat2,
    libc::SYS_creat,
    libc::SYS_close,
    libc::SYS_close_range,
    libc::SYS_dup,
    libc::SYS_dup2,
    libc::SYS_dup3,
    libc::SYS_fcntl,
    libc::SYS_rename,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_link,
    libc::SYS_linkat,
    libc::SYS_unlink,
    libc::SYS_unlinkat,
    libc::SYS_mkdir,
    libc::SYS_mkdirat,
    libc::SYS_rmdir,
    libc::SYS_sendto,
    libc::SYS_sendmsg,
    libc::SYS_io_uring_setup,
];

/// A call of the program, which waits at its beginning or its end.
#[derive(Clone, Debug)]
pub struct Call {
    /// The process, for looks into `/proc`.
    pub pid: i32,
    /// Which thread of it.
    pub tid: i32,
    /// Its number.
    pub number: i64,
    /// Its arguments.
    pub args: [u64; 6],
}

impl Call {
    /// Memory of the program. The call may have fewer bytes than asked for.
    pub fn memory(&self, address: u64, bytes: usize) -> Vec<u8> {
        let mut buffer = vec![0; bytes];
        let local = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: bytes };
        let remote = libc::iovec { iov_base: address as *mut _, iov_len: bytes };
        // SAFETY: the local vector describes the buffer; the kernel checks the remote one.
        let read = unsafe { libc::process_vm_readv(self.pid, &local, 1, &remote, 1, 0) };
        buffer.truncate(usize::try_from(read).unwrap_or(0));
        buffer
    }

    /// A string of the program that ends with a zero.
    pub fn text(&self, address: u64) -> Vec<u8> {
        let mut text = Vec::new();
        loop {
            // Never past the end of a page, behind which there may be nothing.
            let at = address + text.len() as u64;
            let bytes = self.memory(at, 256.min(4096 - (at % 4096) as usize));
            let end = bytes.iter().position(|&byte| byte == 0);
            text.extend_from_slice(&bytes[..end.unwrap_or(bytes.len())]);
            if end.is_some() || bytes.is_empty() {
                return text;
            }
        }
    }

    /// The bytes that a vector of buffers points to.
    pub fn vector(&self, address: u64, count: usize) -> Vec<u8> {
        let word = |bytes: &[u8]| u64::from_ne_bytes(bytes.try_into().expect("eight bytes"));
        let vectors = self.memory(address, count * 16);
        vectors.chunks_exact(16).flat_map(|v| self.memory(word(&v[..8]), word(&v[8..]) as usize)).collect()
    }
}

/// What is to become of a call that begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It goes on, and nobody wants to see its end.
    Pass,
    /// It goes on, and [`Observer::ended`] is told its outcome.
    Watch,
    /// It does not happen, and the program is told of this error.
    Fail(i32),
}

/// Who is told of the calls.
pub trait Observer {
    /// A call begins.
    fn begun(&mut self, call: &Call) -> Verdict;
    /// A watched call ends, with this result or negative error.
    fn ended(&mut self, call: &Call, result: i64);
}

/// Starts a program that will stop at its calls. [`follow`] must be called in the same thread.
pub fn spawn(command: &mut Command) -> io::Result<Child> {
    let filter = filter();
    let install = move || {
        let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_ptr().cast_mut() };
        // SAFETY: plain system calls; the filter lives as long as this closure.
        let done = unsafe {
            libc::ptrace(libc::PTRACE_TRACEME, 0, 0, 0) == 0
                && libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
                && libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &program) == 0
        };
        if done { Ok(()) } else { Err(io::Error::last_os_error()) }
    };
    // SAFETY: between fork and exec only system calls are made.
    unsafe { command.pre_exec(install) };
    command.spawn()
}

/// Lets the program run to its end, and tells of its calls. Returns the status of its end as `wait` has it.
pub fn follow(mut child: Child, observer: &mut dyn Observer) -> i32 {
    let leader = i32::try_from(child.id()).expect("a process id");
    let mut watched: HashMap<i32, Call> = HashMap::new();
    let mut threads: HashSet<i32> = HashSet::new();
    let mut end = 0;
    loop {
        let mut status = 0;
        // SAFETY: plain system call. Only children of this thread are waited for.
        let tid = unsafe { libc::waitpid(-1, &mut status, libc::__WALL | libc::__WNOTHREAD) };
        if tid < 0 {
            // Its end was told above already.
            _ = child.wait();
            return end;
        }
        if libc::WIFEXITED(status) || libc::WIFSIGNALED(status) {
            watched.remove(&tid);
            if tid == leader {
                end = status;
            }
            continue;
        }
        let signal = libc::WSTOPSIG(status);
        let is_event = status >> 8 == libc::SIGTRAP | (libc::PTRACE_EVENT_SECCOMP << 8);
        let (request, pass_on) = if is_event {
            let registers = registers(tid);
            let call = Call {
                pid: leader,
                tid,
                number: registers.orig_rax as i64,
                args: [
                    registers.rdi,
                    registers.rsi,
                    registers.rdx,
                    registers.r10,
                    registers.r8,
                    registers.r9,
                ],
            };
            match observer.begun(&call) {
                Verdict::Pass => (libc::PTRACE_CONT, 0),
                Verdict::Watch => {
                    watched.insert(tid, call);
                    (libc::PTRACE_SYSCALL, 0)
                }
                Verdict::Fail(error) => {
                    skip(tid, registers, error);
                    (libc::PTRACE_CONT, 0)
                }
            }
        } else if signal == libc::SIGTRAP | 0x80 {
            if let Some(call) = watched.remove(&tid) {
                observer.ended(&call, registers(tid).rax as i64);
            }
            (libc::PTRACE_CONT, 0)
        } else if threads.insert(tid) && (signal == libc::SIGSTOP || signal == libc::SIGTRAP) {
            if tid == leader {
                set_options(tid);
            }
            (libc::PTRACE_CONT, 0)
        } else if status >> 16 != 0 || signal == libc::SIGTRAP {
            (libc::PTRACE_CONT, 0)
        } else {
            (libc::PTRACE_CONT, signal)
        };
        // SAFETY: the thread is stopped. It may have been killed by now, which the next wait tells.
        unsafe { libc::ptrace(request, tid, 0, pass_on) };
    }
}

fn set_options(tid: i32) {
    let options = libc::PTRACE_O_TRACESECCOMP
        | libc::PTRACE_O_TRACESYSGOOD
        | libc::PTRACE_O_TRACECLONE
        | libc::PTRACE_O_TRACEFORK
        | libc::PTRACE_O_TRACEVFORK
        | libc::PTRACE_O_EXITKILL;
    // SAFETY: the thread is stopped.
    let done = unsafe { libc::ptrace(libc::PTRACE_SETOPTIONS, tid, 0, options) };
    assert_eq!(done, 0, "ptrace: {}", io::Error::last_os_error());
}

fn registers(tid: i32) -> libc::user_regs_struct {
    // SAFETY: the kernel fills in the structure, which may hold any bits. A thread that was killed leaves zeros.
    unsafe {
        let mut registers: libc::user_regs_struct = mem::zeroed();
        libc::ptrace(libc::PTRACE_GETREGS, tid, 0, &mut registers);
        registers
    }
}

/// Lets a call that begins not happen, and fail.
fn skip(tid: i32, registers: libc::user_regs_struct, error: i32) {
    let error = -i64::from(error) as u64;
    let registers = libc::user_regs_struct { orig_rax: u64::MAX, rax: error, ..registers };
    // SAFETY: the thread is stopped.
    unsafe { libc::ptrace(libc::PTRACE_SETREGS, tid, 0, &registers) };
}

/// A seccomp filter that stops at [`CALLS`] and lets everything else pass.
fn filter() -> Vec<libc::sock_filter> {
    let statement = |code: u32, k: u32| libc::sock_filter { code: code as u16, jt: 0, jf: 0, k };
    // The number of the call is the first word of what the filter sees.
    let mut filter = vec![statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0)];
    for (index, number) in CALLS.iter().enumerate() {
        // Over the calls that are left, and over the statement that lets pass.
        let to_stop = (CALLS.len() - index) as u8;
        let code = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
        filter.push(libc::sock_filter { code, jt: to_stop, jf: 0, k: *number as u32 });
    }
    filter.push(statement(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_ALLOW));
    filter.push(statement(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_TRACE));
    filter
}
