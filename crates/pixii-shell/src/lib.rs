//! `pixii shell`: PartiQL at a prompt, for any DynamoDB endpoint.
//!
//! ```text
//! editor (a person) ─┐                          ┌─ table, value, status: items to text
//! stdin, -c ─────────┴─ split ─ session ─ client ┴─ pointer: an error to a place in the statement
//! ```
//!
//! It is a client like any other: ExecuteStatement, ListTables and DescribeTable, signed, over HTTP. Of the server's crates
//! it knows the parser of statements alone, which tells it where a statement stops to be one.

mod client;
mod clock;
mod command;
mod completion;
mod describe;
mod editor;
mod endpoint;
mod environment;
mod history;
mod names;
mod session;
mod signature;
mod statement;
mod status;
mod table;
mod text;
mod value;
mod waiting;

use client::{Client, ClientError};
use environment::Environment;
use names::Names;
use session::{Flow, Reader, Session, Settings, Trouble};
use statement::split::{Numbered, Splitter};
use std::cell::RefCell;
use std::fmt;
use std::io::{self, BufRead, BufWriter, IsTerminal, Write};
use std::rc::Rc;
use table::Layout;
use waiting::{Asking, NoAnswer};

pub use environment::DEFAULT_ENDPOINT;
pub use session::Output;

/// What a shell is to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// The endpoint's URL; without one, the environment's or [`DEFAULT_ENDPOINT`].
    pub endpoint: Option<String>,
    /// The region that requests are signed for.
    pub region: Option<String>,
    /// Statements and commands to run instead of reading any.
    pub statements: Vec<String>,
    /// How items are printed.
    pub output: Output,
    /// Whether items are printed below each other.
    pub expanded: bool,
    /// Whether to tell what statements consume.
    pub capacity: bool,
    /// Whether to read what was written last.
    pub consistent_read: bool,
    /// How many items to examine at most for a page.
    pub limit: Option<u32>,
    /// Whether to keep a history.
    pub history: bool,
}

/// Why a shell ended before it was done.
#[derive(Debug)]
pub struct ShellError {
    /// A sentence, perhaps with lines that point at a place.
    text: String,
}

impl fmt::Display for ShellError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl ShellError {
    fn new(error: impl fmt::Display) -> Self {
        Self { text: error.to_string() }
    }
}

/// Runs a shell: over the statements given, or at a prompt, or over what comes from stdin. The first error ends it, save at
/// a prompt.
pub fn run(options: Options) -> Result<(), ShellError> {
    let variable = |name: &str| std::env::var(name).ok();
    let environment = Environment::read(options.endpoint.as_deref(), options.region.as_deref(), variable);
    let Environment { endpoint, credentials, ca_bundle } = environment.map_err(ShellError::new)?;
    let client = Client::new(endpoint, credentials, ca_bundle.as_deref()).map_err(ShellError::new)?;
    let settings = Settings {
        output: options.output,
        layout: if options.expanded { Layout::Records } else { Layout::Auto },
        capacity: options.capacity,
        consistent_read: options.consistent_read,
        limit: options.limit,
    };
    let at_a_prompt =
        options.statements.is_empty() && io::stdin().is_terminal() && io::stdout().is_terminal();
    let done = if at_a_prompt {
        prompt(client, settings, options.history)
    } else if options.statements.is_empty() {
        script(client, settings, [io::stdin().lock()])
    } else {
        script(client, settings, options.statements.iter().map(String::as_bytes))
    };
    match done {
        // Who closes stdout, as `head` does, has seen enough.
        Err(Trouble::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done.map_err(ShellError::new),
    }
}

fn prompt(client: Client, settings: Settings, keep_history: bool) -> Result<(), Trouble> {
    let names = Rc::new(RefCell::new(Names::default()));
    let asking = Rc::new(Asking::until_interrupted(client.clone())?);
    let tables = match asking.ask(Client::list_tables) {
        Ok(tables) => {
            let count = describe::counted(tables.len() as u64, "table");
            names.borrow_mut().take_tables(Some(tables));
            format!(", {count}")
        }
        // It answers; perhaps it answers statements too.
        Err(NoAnswer::Client(error @ ClientError::Refused { .. })) => {
            eprintln!("cannot list tables: {error}");
            String::new()
        }
        Err(NoAnswer::Client(error)) => return Err(Trouble::Told(error.to_string())),
        Err(NoAnswer::Interrupted) => return Err(Trouble::Interrupted),
    };
    let endpoint = client.endpoint();
    let version = env!("CARGO_PKG_VERSION");
    println!(
        "Pixii shell {version} at {endpoint} ({}){tables}. \\help helps, \\quit leaves.",
        endpoint.region()
    );
    let history = history::path(|name| std::env::var_os(name)).filter(|_| keep_history);
    // Where no history can be kept there is none.
    let history = history.filter(|file| history::make_directory(file).is_ok());
    let mut session =
        Session::new(asking, names.clone(), settings, Reader::Person, terminal_columns, io::stdout());
    editor::converse(&mut session, &client, names, history.as_deref())
}

/// Runs what comes from these sources, until something fails.
fn script<R: BufRead>(
    client: Client,
    settings: Settings,
    sources: impl IntoIterator<Item = R>,
) -> Result<(), Trouble> {
    let asking = Rc::new(Asking::patiently(client));
    let out = BufWriter::new(io::stdout().lock());
    let mut session = Session::new(asking, Rc::default(), settings, Reader::Program, terminal_columns, out);
    for source in sources {
        if read(source, &mut session)? == Flow::Quit {
            break;
        }
    }
    Ok(())
}

/// Runs a source line by line, as it comes.
fn read<W: Write>(mut source: impl BufRead, session: &mut Session<W>) -> Result<Flow, Trouble> {
    let mut splitter = Splitter::default();
    let mut line = String::new();
    loop {
        line.clear();
        let unreadable = |error: io::Error| Trouble::Told(format!("cannot read statements: {error}"));
        let ended = source.read_line(&mut line).map_err(unreadable)? == 0;
        let pieces = if ended { splitter.finish() } else { splitter.push(&line) };
        for Numbered { piece, line } in pieces {
            match session.run(&piece) {
                Ok(Flow::On) => {}
                Ok(Flow::Quit) => return Ok(Flow::Quit),
                Err(Trouble::Told(text)) if line > 1 => {
                    return Err(Trouble::Told(format!("line {line}: {text}")));
                }
                Err(trouble) => return Err(trouble),
            }
        }
        if ended {
            return Ok(Flow::On);
        }
    }
}

/// How wide the terminal is that stdout is, if it is one.
fn terminal_columns() -> Option<usize> {
    let (terminal_size::Width(columns), _) = terminal_size::terminal_size_of(io::stdout())?;
    Some(columns.into())
}
