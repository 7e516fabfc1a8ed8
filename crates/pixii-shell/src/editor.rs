//! The prompt: a line editor that knows where statements end, completes names and keeps a history.

use crate::client::Client;
use crate::command::is_plain_word;
use crate::completion::{self, Known};
use crate::history;
use crate::names::Names;
use crate::session::{Flow, Session, Trouble};
use crate::statement::split::{Splitter, is_complete};
use crate::statement::token::{Kind, tokens};
use rustyline::completion::{Completer, Pair};
use rustyline::config::Configurer;
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Config, Context, Editor, Helper};
use std::borrow::Cow;
use std::cell::RefCell;
use std::io::{self, Write};
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

const PROMPT: &str = "pixii> ";
/// How long Tab may wait for the endpoint.
const COMPLETION_PATIENCE: Duration = Duration::from_secs(2);

/// Reads statements and runs them until the user leaves. History goes to a file, if there is one.
pub fn converse<W: Write>(
    session: &mut Session<W>,
    client: &Client,
    names: Rc<RefCell<Names>>,
    history_file: Option<&Path>,
) -> Result<(), Trouble> {
    let mut editor = editor(client, names).map_err(unusable)?;
    if let Some(file) = history_file {
        // The first time there is none.
        _ = editor.load_history(file);
    }
    loop {
        let typed = match editor.readline(PROMPT) {
            Ok(typed) => typed,
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => return Ok(()),
            Err(error) => return Err(unusable(error)),
        };
        remember(&mut editor, &typed, history_file);
        let mut splitter = Splitter::default();
        let mut pieces = splitter.push(&typed);
        pieces.extend(splitter.finish());
        for numbered in pieces {
            match session.run(&numbered.piece) {
                Ok(Flow::On) => {}
                Ok(Flow::Quit) => return Ok(()),
                Err(Trouble::Output(error)) => return Err(Trouble::Output(error)),
                Err(trouble) => {
                    eprintln!("{trouble}");
                    break;
                }
            }
        }
    }
}

fn editor(client: &Client, names: Rc<RefCell<Names>>) -> rustyline::Result<Editor<Prompt, FileHistory>> {
    let config = Config::builder()
        .completion_type(CompletionType::List)
        .completion_show_all_if_ambiguous(true)
        .history_ignore_space(true)
        .history_ignore_dups(true)?
        .max_history_size(history::ENTRIES_MAX)?
        .bracketed_paste(true)
        .build();
    let mut editor = Editor::with_config(config)?;
    editor.set_auto_add_history(false);
    let lookup = Lookup { client: client.patient_for(COMPLETION_PATIENCE), names };
    editor.set_helper(Some(Prompt { lookup }));
    Ok(editor)
}

/// Keeps what was typed, and at once, because other shells write the same file.
fn remember(editor: &mut Editor<Prompt, FileHistory>, typed: &str, file: Option<&Path>) {
    // The empty line that ran it is no part of it.
    let added = editor.add_history_entry(typed.trim_end()).unwrap_or(false);
    if let Some(file) = file.filter(|_| added) {
        _ = editor.append_history(file);
    }
}

fn unusable(error: ReadlineError) -> Trouble {
    Trouble::Output(match error {
        ReadlineError::Io(error) => error,
        error => io::Error::other(error.to_string()),
    })
}

/// What the editor asks while something is typed.
struct Prompt {
    lookup: Lookup,
}

impl Helper for Prompt {}

impl Validator for Prompt {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let typed = context.input();
        let runs = is_complete(typed) || is_plain_word(typed).is_some();
        Ok(if runs { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}

impl Completer for Prompt {
    type Candidate = Pair;

    fn complete(&self, typed: &str, cursor: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let (start, candidates) = completion::complete(typed, cursor, &self.lookup);
        let pairs =
            candidates.into_iter().map(|one| Pair { display: one.display, replacement: one.replacement });
        Ok((start, pairs.collect()))
    }
}

/// Dim text behind the cursor, not to be accepted.
struct Remark(&'static str);

impl Hint for Remark {
    fn display(&self) -> &str {
        self.0
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Hinter for Prompt {
    type Hint = Remark;

    fn hint(&self, typed: &str, cursor: usize, _: &Context<'_>) -> Option<Remark> {
        let new_line = cursor == typed.len() && typed.ends_with('\n') && !typed.trim().is_empty();
        (new_line && is_complete(typed)).then_some(Remark("-- Enter runs it; so does ; at the end"))
    }
}

impl Highlighter for Prompt {
    fn highlight<'l>(&self, typed: &'l str, _: usize) -> Cow<'l, str> {
        let mut shown = String::with_capacity(typed.len() + 64);
        let mut copied = 0;
        for token in tokens(typed) {
            let style = match token.kind {
                Kind::Word if completion::is_statement_keyword(token.text) => "1",
                Kind::Text | Kind::Ion => "32",
                Kind::Comment => "2",
                _ => continue,
            };
            shown.push_str(&typed[copied..token.start]);
            shown.push_str(&format!("\x1b[{style}m{}\x1b[0m", token.text));
            copied = token.end();
        }
        shown.push_str(&typed[copied..]);
        Cow::Owned(shown)
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(format!("\x1b[2m{hint}\x1b[0m"))
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        kind != CmdKind::MoveCursor
    }
}

/// Names from the endpoint, asked for when they are needed first. Who cannot be asked knows none.
struct Lookup {
    client: Client,
    names: Rc<RefCell<Names>>,
}

impl Lookup {
    fn describe(&self, table: &str) {
        let known = self.names.borrow().described(table).is_some();
        // A name that is being typed is no table yet.
        if known || !self.tables().iter().any(|name| name == table) {
            return;
        }
        if let Ok(description) = self.client.describe_table(table) {
            self.names.borrow_mut().take_description(table, &description);
        }
    }
}

impl Known for Lookup {
    fn tables(&self) -> Vec<String> {
        if self.names.borrow().is_stale() {
            let tables = self.client.list_tables().ok();
            self.names.borrow_mut().take_tables(tables);
        }
        self.names.borrow().tables().to_vec()
    }

    fn indexes(&self, table: &str) -> Vec<String> {
        self.describe(table);
        let names = self.names.borrow();
        names.described(table).map(|table| table.indexes.keys().cloned().collect()).unwrap_or_default()
    }

    fn attributes(&self, table: &str) -> Vec<String> {
        self.describe(table);
        self.names.borrow().attributes(table)
    }
}
