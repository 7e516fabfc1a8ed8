//! The shell's own commands. Each is one line of one table, from which names, completion and help follow.

use crate::table::Layout;

/// What a command wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Say what there is.
    Help,
    /// List the tables whose name contains a text.
    Tables(String),
    /// Describe a table.
    Describe(String),
    /// Print the next page, or all that follow.
    More {
        /// All of them.
        all: bool,
    },
    /// Print items as JSON, or change to the other.
    Json(Option<bool>),
    /// Lay items out another way, or change to the other.
    Expanded(Option<Layout>),
    /// Tell what statements cost.
    Capacity(Option<bool>),
    /// Read consistently.
    Consistent(Option<bool>),
    /// Examine at most so many items a page.
    Limit(Option<u32>),
    /// Leave.
    Quit,
}

/// What may follow a command's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// Nothing that could be completed.
    None,
    /// A table.
    Table,
    /// One of these words.
    OneOf(&'static [&'static str]),
}

struct Entry {
    name: &'static str,
    short: &'static str,
    shown: &'static str,
    argument: Argument,
    says: &'static str,
}

const ON_OFF: Argument = Argument::OneOf(&["on", "off"]);

const ENTRIES: [Entry; 10] = [
    Entry { name: "help", short: "?", shown: "", argument: Argument::None, says: "this page" },
    Entry {
        name: "tables",
        short: "t",
        shown: "[TEXT]",
        argument: Argument::None,
        says: "list the tables, or those with TEXT in their name",
    },
    Entry {
        name: "describe",
        short: "d",
        shown: "TABLE",
        argument: Argument::Table,
        says: "a table's keys, indexes and state",
    },
    Entry {
        name: "more",
        short: "m",
        shown: "[all]",
        argument: Argument::OneOf(&["all"]),
        says: "the next page of the last statement, or all that follow",
    },
    Entry {
        name: "json",
        short: "j",
        shown: "[on|off]",
        argument: ON_OFF,
        says: "print items as DynamoDB's JSON",
    },
    Entry {
        name: "expanded",
        short: "x",
        shown: "[on|off|auto]",
        argument: Argument::OneOf(&["on", "off", "auto"]),
        says: "print items below each other, values whole; auto: if a table is too wide",
    },
    Entry {
        name: "capacity",
        short: "c",
        shown: "[on|off]",
        argument: ON_OFF,
        says: "tell what statements consume",
    },
    Entry {
        name: "consistent",
        short: "",
        shown: "[on|off]",
        argument: ON_OFF,
        says: "read with ConsistentRead",
    },
    Entry {
        name: "limit",
        short: "l",
        shown: "[N]",
        argument: Argument::None,
        says: "examine at most N items a page; without N, as many as fit into 1 MB",
    },
    Entry { name: "quit", short: "q", shown: "", argument: Argument::None, says: "leave; so does Ctrl-D" },
];

/// All names, without their backslash.
pub fn names() -> impl Iterator<Item = &'static str> {
    ENTRIES.iter().map(|entry| entry.name)
}

/// What may follow a name.
pub fn argument(name: &str) -> Argument {
    entry(name).map_or(Argument::None, |entry| entry.argument)
}

fn entry(name: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.name == name || (!name.is_empty() && entry.short == name))
}

/// What `\help` prints.
pub fn help() -> String {
    let mut text = "Statements are DynamoDB's PartiQL. A semicolon runs them, and so does Enter on an empty line:\n\n  \
        SELECT * FROM \"Music\" WHERE \"Artist\" = 'Nina Simone';\n  \
        INSERT INTO \"Music\" VALUE {'Artist': 'Nina Simone', 'SongTitle': 'Sinnerman', 'Year': 1965};\n  \
        UPDATE \"Music\" SET \"Year\" = 1965 WHERE \"Artist\" = 'Nina Simone' AND \"SongTitle\" = 'Sinnerman';\n  \
        DELETE FROM \"Music\" WHERE \"Artist\" = 'Nina Simone' AND \"SongTitle\" = 'Sinnerman';\n\n"
        .to_owned();
    for entry in &ENTRIES {
        let short = if entry.short.is_empty() { String::new() } else { format!("\\{}", entry.short) };
        let named = format!("\\{} {}", entry.name, entry.shown);
        text.push_str(&format!("  {named:<24} {short:<3} {}\n", entry.says));
    }
    text.push_str(
        "\nTab completes keywords, tables, indexes, attributes and commands; Ctrl-R searches the history;\n",
    );
    text.push_str("Ctrl-C gives up a line, or waiting for an answer.\n");
    text
}

/// Reads a command, without its backslash.
pub fn parse(text: &str) -> Result<Command, String> {
    let (name, argument) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let argument = argument.trim();
    let entry = entry(name).ok_or_else(|| format!("there is no command \\{name}; \\help lists them"))?;
    let usage = || format!("\\{} {}", entry.name, entry.shown).trim_end().to_owned();
    let wrong = || format!("{argument:?} is not what follows \\{}: {}", entry.name, usage());
    let switch = || match argument {
        "" => Ok(None),
        "on" => Ok(Some(true)),
        "off" => Ok(Some(false)),
        _ => Err(wrong()),
    };
    let nothing = |command| if argument.is_empty() { Ok(command) } else { Err(wrong()) };
    match entry.name {
        "help" => nothing(Command::Help),
        "quit" => nothing(Command::Quit),
        "tables" => Ok(Command::Tables(argument.to_owned())),
        "describe" if argument.is_empty() => Err(format!("describe which table? {}", usage())),
        "describe" => Ok(Command::Describe(unquoted(argument))),
        "more" if argument == "all" => Ok(Command::More { all: true }),
        "more" => nothing(Command::More { all: false }),
        "json" => switch().map(Command::Json),
        "capacity" => switch().map(Command::Capacity),
        "consistent" => switch().map(Command::Consistent),
        "expanded" if argument == "auto" => Ok(Command::Expanded(Some(Layout::Auto))),
        "expanded" => {
            let layout = |on| if on { Layout::Records } else { Layout::Table };
            switch().map(|on| Command::Expanded(on.map(layout)))
        }
        "limit" if matches!(argument, "" | "off") => Ok(Command::Limit(None)),
        "limit" => match argument.parse() {
            Ok(limit) if limit > 0 => Ok(Command::Limit(Some(limit))),
            _ => Err(wrong()),
        },
        _ => unreachable!("every command of the table is read"),
    }
}

/// Names are quoted in statements, and so perhaps here.
fn unquoted(name: &str) -> String {
    let inner = name.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
    inner.map_or_else(|| name.to_owned(), |inner| inner.replace("\"\"", "\""))
}

/// What those type who do not know about backslashes yet.
pub fn is_plain_word(typed: &str) -> Option<Command> {
    match typed.trim().trim_end_matches(';').to_ascii_lowercase().as_str() {
        "help" => Some(Command::Help),
        "quit" | "exit" => Some(Command::Quit),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read() {
        for (text, expect) in [
            ("help", Command::Help),
            ("?", Command::Help),
            ("q", Command::Quit),
            ("tables", Command::Tables(String::new())),
            ("tables  mu", Command::Tables("mu".into())),
            ("d \"my \"\"table\"", Command::Describe("my \"table".into())),
            ("more", Command::More { all: false }),
            ("m all", Command::More { all: true }),
            ("json", Command::Json(None)),
            ("json on", Command::Json(Some(true))),
            ("x auto", Command::Expanded(Some(Layout::Auto))),
            ("x off", Command::Expanded(Some(Layout::Table))),
            ("limit 5", Command::Limit(Some(5))),
            ("limit", Command::Limit(None)),
        ] {
            assert_eq!(parse(text), Ok(expect), "{text}");
        }
    }

    #[test]
    fn what_is_no_command_is_told() {
        for (text, expect) in [
            ("", "there is no command \\; \\help lists them"),
            ("nothing", "there is no command \\nothing; \\help lists them"),
            ("json maybe", "\"maybe\" is not what follows \\json: \\json [on|off]"),
            ("limit 0", "\"0\" is not what follows \\limit: \\limit [N]"),
            ("describe", "describe which table? \\describe TABLE"),
            ("quit now", "\"now\" is not what follows \\quit: \\quit"),
        ] {
            assert_eq!(parse(text), Err(expect.into()), "{text}");
        }
    }

    #[test]
    fn every_command_can_be_read_and_is_in_the_help() {
        for name in names() {
            assert!(parse(name).is_ok() || name == "describe", "{name}");
            assert!(help().contains(&format!("\\{name}")), "{name}");
        }
    }
}
