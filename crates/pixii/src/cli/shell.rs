//! `pixii shell`: PartiQL at a prompt.

use super::Failure;
use clap::{Args, ValueEnum};
use pixii_shell::{Options, Output};

const EXAMPLES: &str = "\
Examples:
  pixii shell                                      A prompt for the server on this machine
  pixii shell -c 'SELECT * FROM \"Music\"'           One statement, or several with ; between them
  pixii shell -c '\\describe Music'                 A command of the shell's, as at the prompt
  pixii shell < statements.sql                     Statements from stdin, until one fails
  pixii shell -o json -c 'SELECT * FROM \"Music\"' | jq .Artist.S
                                                   One item a line, as DynamoDB's JSON
  pixii shell --endpoint https://dynamodb.eu-west-1.amazonaws.com

At the prompt a statement ends with ; or an empty line, Tab completes, and \\help says what there is.
The history is kept in $XDG_STATE_HOME/pixii/shell_history, by default under ~/.local/state; a line
that begins with a blank is not kept.

Requests are signed with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; without
them any will do, except for AWS. AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL, AWS_REGION,
AWS_DEFAULT_REGION and AWS_CA_BUNDLE are heeded too.

Exit codes:
  0  done
  1  a statement failed, or the endpoint cannot be reached
  2  wrong arguments";

/// Options of `pixii shell`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Shell {
    /// The endpoint [default: AWS_ENDPOINT_URL_DYNAMODB, or http://127.0.0.1:8000]
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,

    /// The region that requests are signed for [default: that of AWS's endpoint, or AWS_REGION, or us-east-1]
    #[arg(long, value_name = "REGION")]
    region: Option<String>,

    /// Run this and leave; may be given more than once
    #[arg(short, long, value_name = "STATEMENT")]
    command: Vec<String>,

    /// How items are printed
    #[arg(short, long, value_name = "FORM", default_value = "table")]
    output: Form,

    /// Print items below each other, values whole
    #[arg(short = 'x', long)]
    expanded: bool,

    /// Tell what statements consume
    #[arg(long)]
    capacity: bool,

    /// Read what was written last
    #[arg(long)]
    consistent: bool,

    /// Examine at most so many items a page, and without a prompt read one page
    #[arg(long, value_name = "ITEMS", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,

    /// Neither read nor keep a history
    #[arg(long)]
    no_history: bool,
}

/// How items are printed.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    /// As tables
    Table,
    /// As DynamoDB's JSON
    Json,
}

/// Runs until the user leaves, or the statements end.
pub fn run(shell: Shell) -> Result<(), Failure> {
    let options = Options {
        endpoint: shell.endpoint,
        region: shell.region,
        statements: shell.command,
        output: match shell.output {
            Form::Table => Output::Table,
            Form::Json => Output::Json,
        },
        expanded: shell.expanded,
        capacity: shell.capacity,
        consistent_read: shell.consistent,
        limit: shell.limit,
        history: !shell.no_history,
    };
    pixii_shell::run(options).map_err(Failure::Shell)
}
