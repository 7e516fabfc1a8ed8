//! What a shell does with statements and commands: asks, prints, remembers where a statement's next page begins.

use crate::client::{ClientError, Page, StatementRequest};
use crate::clock::Stopwatch;
use crate::command::{self, Command};
use crate::describe::{counted, describe};
use crate::names::Names;
use crate::statement::anatomy::Anatomy;
use crate::statement::pointer;
use crate::statement::split::Piece;
use crate::status::{elapsed, units};
use crate::table::{self, Layout};
use crate::text::printable;
use crate::waiting::{Asking, NoAnswer};
use serde_json::Value as Json;
use std::cell::RefCell;
use std::fmt;
use std::io::{self, Write};
use std::rc::Rc;

/// How items are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// As tables.
    Table,
    /// As DynamoDB's JSON.
    Json,
}

/// What a session does unless it is told otherwise.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How items are printed.
    pub output: Output,
    /// How tables are laid out.
    pub layout: Layout,
    /// Whether to tell what statements consume.
    pub capacity: bool,
    /// Whether to read what was written last.
    pub consistent_read: bool,
    /// How many items to examine at most for a page.
    pub limit: Option<u32>,
}

/// Who is at the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// A person: one page at a time, with times, as wide as the terminal.
    Person,
    /// A program or a file: everything, and nothing but that.
    Program,
}

/// Why a statement or command did not do what it should.
#[derive(Debug)]
pub enum Trouble {
    /// What to tell: a sentence, perhaps with lines that point at a place.
    Told(String),
    /// The user would not wait.
    Interrupted,
    /// The answer cannot be printed.
    Output(io::Error),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Told(text) => f.write_str(text),
            Self::Interrupted => f.write_str("not waited for; what was asked for may still be done"),
            Self::Output(error) => write!(f, "cannot print: {error}"),
        }
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// Whether there is more to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// There may be.
    On,
    /// The user leaves.
    Quit,
}

/// A shell's state.
pub struct Session<W> {
    asking: Rc<Asking>,
    names: Rc<RefCell<Names>>,
    settings: Settings,
    reader: Reader,
    /// The terminal's width, asked anew each time, because it changes.
    columns: fn() -> Option<usize>,
    out: W,
    /// The statement whose next page has not been asked for.
    more: Option<Statement>,
}

/// A statement on its way.
#[derive(Clone, Debug)]
struct Statement {
    request: StatementRequest,
    anatomy: Anatomy,
}

impl<W: Write> Session<W> {
    /// A new one.
    pub fn new(
        asking: Rc<Asking>,
        names: Rc<RefCell<Names>>,
        settings: Settings,
        reader: Reader,
        columns: fn() -> Option<usize>,
        out: W,
    ) -> Self {
        Self { asking, names, settings, reader, columns, out, more: None }
    }

    /// Does one thing.
    pub fn run(&mut self, piece: &Piece) -> Result<Flow, Trouble> {
        let done = match piece {
            Piece::Statement(text) => match command::is_plain_word(text) {
                Some(command) => self.command(command),
                None => self.statement(text).map(|()| Flow::On),
            },
            Piece::Command(text) => {
                command::parse(text).map_err(Trouble::Told).and_then(|command| self.command(command))
            }
        };
        self.out.flush()?;
        done
    }

    fn statement(&mut self, text: &str) -> Result<(), Trouble> {
        let request = StatementRequest {
            statement: text.to_owned(),
            consistent_read: self.settings.consistent_read,
            capacity: self.settings.capacity,
            limit: self.settings.limit,
            next_token: None,
        };
        self.more = Some(Statement { request, anatomy: Anatomy::of(text) });
        // A program wants all of it, unless it says how much.
        let all = self.reader == Reader::Program && self.settings.limit.is_none();
        self.pages(all)
    }

    /// Prints the next page of the statement at hand, or all that are left.
    fn pages(&mut self, all: bool) -> Result<(), Trouble> {
        let mut printed = 0;
        loop {
            let Some(mut statement) = self.more.take() else {
                return Err(Trouble::Told("there is no next page".to_owned()));
            };
            let watch = Stopwatch::start();
            let page = self.fetch(&statement)?;
            let elapsed = elapsed(watch.elapsed());
            let is_cut = self.items(&statement.anatomy, &page)?;
            printed += page.items.len();
            statement.request.next_token = page.next_token.clone();
            let follows = page.next_token.is_some();
            if follows {
                self.more = Some(statement.clone());
            }
            let consumed = page.capacity.as_ref().map(|capacity| units(capacity, statement.anatomy.reads));
            match self.reader {
                Reader::Person => {
                    let count = count(page.items.len(), &statement.anatomy);
                    let facts =
                        [Some(count), Some(elapsed), consumed].into_iter().flatten().collect::<Vec<_>>();
                    let next = if follows && !all { "; \\more for the next page" } else { "" };
                    let cut = if is_cut { "; \\x on for whole values" } else { "" };
                    writeln!(self.out, "({}{next}{cut})", facts.join(", "))?;
                }
                Reader::Program => {
                    if let Some(consumed) = consumed {
                        eprintln!("pixii: {consumed}");
                    }
                    if follows && !all {
                        eprintln!("pixii: there is more; without --limit all of it is read");
                    }
                    if self.settings.output == Output::Table && !(follows && all) {
                        writeln!(self.out, "({})", count(printed, &statement.anatomy))?;
                    }
                }
            }
            if !(follows && all) {
                return Ok(());
            }
        }
    }

    fn fetch(&mut self, statement: &Statement) -> Result<Page, Trouble> {
        let request = statement.request.clone();
        let answer = self.asking.ask(move |client| client.execute_statement(&request));
        answer.map_err(|no_answer| match no_answer {
            NoAnswer::Interrupted => Trouble::Interrupted,
            NoAnswer::Client(error) => {
                if let Some(table) = &statement.anatomy.table {
                    self.names.borrow_mut().forget_if_gone(&table.value, &error);
                }
                Trouble::Told(self.explain(&statement.request.statement, &error))
            }
        })
    }

    /// An error, and the place in the statement that it is about.
    fn explain(&self, statement: &str, error: &ClientError) -> String {
        // What the endpoint says can hold what somebody wrote into a table.
        let told = error.to_string().lines().map(printable).collect::<Vec<_>>().join("\n");
        let ClientError::Refused { kind, message } = error else { return told };
        match pointer::place(statement, kind, message) {
            Some(place) => format!("{told}\n{}", pointer::draw(statement, &place, (self.columns)())),
            None => told,
        }
    }

    /// Prints items. Whether some values had to be cut.
    fn items(&mut self, anatomy: &Anatomy, page: &Page) -> Result<bool, Trouble> {
        if page.items.is_empty() {
            return Ok(false);
        }
        if let Some(table) = &anatomy.table {
            self.names.borrow_mut().see(&table.value, &page.items);
        }
        if self.settings.output == Output::Json {
            for item in &page.items {
                match self.reader {
                    Reader::Person => writeln!(self.out, "{item:#}")?,
                    Reader::Program => writeln!(self.out, "{item}")?,
                }
            }
            return Ok(false);
        }
        let first = self.first_columns(anatomy);
        let columns = table::columns(&page.items, &first);
        let printed = table::print(&page.items, &columns, self.settings.layout, (self.columns)());
        self.out.write_all(printed.text.as_bytes())?;
        Ok(printed.is_cut)
    }

    /// The columns that go first: those listed, or else the key attributes.
    fn first_columns(&self, anatomy: &Anatomy) -> Vec<String> {
        if !anatomy.columns.is_empty() {
            return anatomy.columns.clone();
        }
        let Some(table) = &anatomy.table else { return Vec::new() };
        if self.names.borrow().described(&table.value).is_none() {
            let name = table.value.clone();
            // Who may not describe a table sees its attributes by name.
            if let Ok(description) = self.asking.ask(move |client| client.describe_table(&name)) {
                self.names.borrow_mut().take_description(&table.value, &description);
            }
        }
        let index = anatomy.index.as_ref().map(|index| index.value.as_str());
        self.names.borrow().keys(&table.value, index)
    }

    fn command(&mut self, command: Command) -> Result<Flow, Trouble> {
        match command {
            Command::Quit => return Ok(Flow::Quit),
            Command::Help => self.out.write_all(command::help().as_bytes())?,
            Command::Tables(part) => self.tables(&part)?,
            Command::Describe(table) => self.describe(&table)?,
            Command::More { all } => self.pages(all)?,
            Command::Json(on) => {
                let on = on.unwrap_or(self.settings.output != Output::Json);
                self.settings.output = if on { Output::Json } else { Output::Table };
                self.say(if on { "Items are printed as JSON." } else { "Items are printed as tables." })?;
            }
            Command::Expanded(layout) => {
                let other =
                    if self.settings.layout == Layout::Records { Layout::Auto } else { Layout::Records };
                self.settings.layout = layout.unwrap_or(other);
                self.say(match self.settings.layout {
                    Layout::Auto => "Items are printed below each other if a table would be too wide.",
                    Layout::Table => "Items are always printed as tables.",
                    Layout::Records => "Items are printed below each other.",
                })?;
            }
            Command::Capacity(on) => {
                self.settings.capacity = on.unwrap_or(!self.settings.capacity);
                let on = self.settings.capacity;
                self.say(if on { "Consumed capacity is told." } else { "Consumed capacity is not told." })?;
            }
            Command::Consistent(on) => {
                self.settings.consistent_read = on.unwrap_or(!self.settings.consistent_read);
                let on = self.settings.consistent_read;
                self.say(if on {
                    "Reads are strongly consistent."
                } else {
                    "Reads are eventually consistent."
                })?;
            }
            Command::Limit(limit) => {
                self.settings.limit = limit;
                self.say(&match limit {
                    Some(limit) => format!("A page examines {} at most.", counted(limit.into(), "item")),
                    None => "A page examines as many items as fit into it.".to_owned(),
                })?;
            }
        }
        Ok(Flow::On)
    }

    /// What only a person wants to be told.
    fn say(&mut self, text: &str) -> Result<(), Trouble> {
        if self.reader == Reader::Person {
            writeln!(self.out, "{text}")?;
        }
        Ok(())
    }

    fn tables(&mut self, part: &str) -> Result<(), Trouble> {
        let tables = self.ask(|client| client.list_tables())?;
        let part = part.to_lowercase();
        let fitting: Vec<_> = tables.iter().filter(|table| table.to_lowercase().contains(&part)).collect();
        for table in &fitting {
            writeln!(self.out, "{}", printable(table))?;
        }
        self.say(&format!("({})", counted(fitting.len() as u64, "table")))?;
        self.names.borrow_mut().take_tables(Some(tables));
        Ok(())
    }

    fn describe(&mut self, table: &str) -> Result<(), Trouble> {
        let name = table.to_owned();
        let description: Json = self.ask(move |client| client.describe_table(&name))?;
        match (self.settings.output, self.reader) {
            (Output::Table, _) => self.out.write_all(describe(&description).as_bytes())?,
            (Output::Json, Reader::Person) => writeln!(self.out, "{description:#}")?,
            (Output::Json, Reader::Program) => writeln!(self.out, "{description}")?,
        }
        self.names.borrow_mut().take_description(table, &description);
        Ok(())
    }

    /// Asks what is about no statement.
    fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&crate::client::Client) -> Result<T, ClientError> + Send + 'static,
    ) -> Result<T, Trouble> {
        self.asking.ask(question).map_err(|no_answer| match no_answer {
            NoAnswer::Interrupted => Trouble::Interrupted,
            NoAnswer::Client(error) => Trouble::Told(printable(&error.to_string())),
        })
    }
}

/// `2 items`; `done` of a write that returns none.
fn count(items: usize, anatomy: &Anatomy) -> String {
    if items == 0 && !anatomy.reads { "done".to_owned() } else { counted(items as u64, "item") }
}
