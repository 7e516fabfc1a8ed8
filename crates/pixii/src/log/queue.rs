//! Lines on their way to stderr. Nobody who logs waits for whoever reads: what the queue has no room for is counted and left
//! out, and the log says so as soon as it gets through again.

use parking_lot::{Condvar, Mutex};
use std::io::{self, Write};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// How many bytes may wait to be written.
const BYTES_MAX: usize = 4 << 20;
/// How many are written at once: small enough that a pipe takes them while somebody reads at all.
const PIECE_BYTES: usize = 16 << 10;
/// How long to wait for a reader whose pipe is full and does not block.
const READER_PAUSE: Duration = Duration::from_millis(10);

/// The queue. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Queue(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    lines: Mutex<Lines>,
    filled: Condvar,
    emptied: Condvar,
}

#[derive(Debug, Default)]
struct Lines {
    bytes: Vec<u8>,
    /// Whether some are being written.
    writing: bool,
    /// How many were left out since the log last said so.
    dropped: u64,
}

impl Queue {
    /// Starts the thread that writes to `out`. It calls `tell` with the number of lines that were left out.
    pub fn start(out: impl Write + Send + 'static, tell: impl Fn(u64) + Send + 'static) -> io::Result<Self> {
        let queue = Self::default();
        let writing = queue.clone();
        thread::Builder::new().name("pixii-log".to_owned()).spawn(move || writing.run(out, tell))?;
        Ok(queue)
    }

    /// Adds a line, or counts it as left out.
    fn push(&self, line: &[u8]) {
        let mut lines = self.0.lines.lock();
        if lines.bytes.len() + line.len() > BYTES_MAX {
            lines.dropped += 1;
            return;
        }
        lines.bytes.extend_from_slice(line);
        drop(lines);
        self.0.filled.notify_one();
    }

    fn run(&self, mut out: impl Write, tell: impl Fn(u64)) {
        let mut taken = Vec::new();
        loop {
            let mut lines = self.0.lines.lock();
            lines.writing = false;
            if lines.bytes.is_empty() {
                self.0.emptied.notify_all();
                self.0.filled.wait_while(&mut lines, |lines| lines.bytes.is_empty());
            }
            std::mem::swap(&mut lines.bytes, &mut taken);
            lines.writing = true;
            drop(lines);
            let written = write(&mut out, &taken);
            taken.clear();
            // As large as one flood made it, it need not stay.
            taken.shrink_to(PIECE_BYTES);
            // Whoever has gone for good is told nothing.
            if written.is_ok() {
                let dropped = std::mem::take(&mut self.0.lines.lock().dropped);
                if dropped > 0 {
                    tell(dropped);
                }
            }
        }
    }

    /// Waits until all is written, but not for longer than that. Whether it is.
    pub fn finish(&self, within: Duration) -> bool {
        let mut lines = self.0.lines.lock();
        let waits = |lines: &mut Lines| lines.writing || !lines.bytes.is_empty();
        !self.0.emptied.wait_while_for(&mut lines, waits, within).timed_out()
    }
}

fn write(out: &mut impl Write, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match out.write(&bytes[..bytes.len().min(PIECE_BYTES)]) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::sleep(READER_PAUSE),
            Err(error) => return Err(error),
        }
    }
    out.flush()
}

impl Write for Queue {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.push(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Receiver, Sender, channel};

    /// Reads nothing before the test says so.
    struct Reader {
        opened: Receiver<()>,
        is_open: bool,
        got: Sender<usize>,
    }

    impl Write for Reader {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if !self.is_open {
                self.is_open = self.opened.recv().is_ok();
            }
            _ = self.got.send(bytes.len());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A stderr that nobody read held up every request at the level of debug, and the server hung with it.
    #[test]
    fn nobody_waits_for_a_reader_and_what_was_left_out_is_told() {
        let (open, opened) = channel();
        let (got, read) = channel();
        let (tell, told) = channel();
        let reader = Reader { opened, is_open: false, got };
        let queue = Queue::start(reader, move |dropped| _ = tell.send(dropped)).expect("a thread");
        let line = [b'x'; 1024];
        let lines = 3 * BYTES_MAX / line.len();
        for _ in 0..lines {
            queue.push(&line);
        }
        assert!(!queue.finish(Duration::from_millis(1)), "nothing was read yet");
        open.send(()).expect("the thread is there");
        assert!(queue.finish(Duration::from_secs(60)), "all is read");
        let dropped = told.try_iter().sum::<u64>() as usize;
        assert!(dropped >= lines / 3, "{dropped} of {lines} were left out");
        assert_eq!(read.try_iter().sum::<usize>() + dropped * line.len(), lines * line.len());
    }
}
