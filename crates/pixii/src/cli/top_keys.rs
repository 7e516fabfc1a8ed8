//! `pixii top-keys`: which keys are used and throttled most.

use super::Failure;
use super::admin::{self, DEFAULT_URL};
use super::columns::{Columns, number, printable};
use super::moment::Utc;
use clap::Args;
use pixii_model::admin::{KeyValue, RuleReport, TopKeysReport};
use pixii_model::table::ContributorInsightsStatus;
use std::io::{self, Write};

const EXAMPLES: &str = "\
Examples:
  pixii top-keys --table Music
  pixii top-keys --table Music --index by-genre --minutes 5 --keys 3
  pixii top-keys --table Music --json | jq '.Rules[0].Contributors[0].Key'

A table or index tells of its keys once its Contributor Insights are on, and of the last hour at most:
  aws dynamodb update-contributor-insights --table-name Music --contributor-insights-action ENABLE \\
    --endpoint-url http://127.0.0.1:8000";

/// How much of a key's value is shown.
const VALUE_CHARS_MAX: usize = 48;

/// Options of `pixii top-keys`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct TopKeys {
    /// The table, by name or ARN
    #[arg(long, value_name = "TABLE")]
    table: String,

    /// One of its global secondary indexes
    #[arg(long, value_name = "INDEX")]
    index: Option<String>,

    /// Of how many minutes, the running one included
    #[arg(long, value_name = "MINUTES", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=60))]
    minutes: u64,

    /// How many keys of each list
    #[arg(long, value_name = "COUNT", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=100))]
    keys: u64,

    /// The server's admin endpoint
    #[arg(long, value_name = "URL", default_value = DEFAULT_URL)]
    url: String,

    /// Print what the endpoint answers
    #[arg(long)]
    json: bool,
}

/// Asks the server and prints the keys.
pub fn run(top_keys: &TopKeys) -> Result<(), Failure> {
    let mut parameters = vec![
        ("table", top_keys.table.clone()),
        ("minutes", top_keys.minutes.to_string()),
        ("keys", top_keys.keys.to_string()),
    ];
    parameters.extend(top_keys.index.iter().map(|index| ("index", index.clone())));
    let (json, report) = admin::ask::<TopKeysReport>(&top_keys.url, "/top-keys", &parameters)?;
    let text = if top_keys.json { json + "\n" } else { told(&report) };
    // Who closes stdout has seen enough.
    _ = io::stdout().lock().write_all(text.as_bytes());
    Ok(())
}

fn told(report: &TopKeysReport) -> String {
    let mut name = report.table_name.clone();
    if let Some(index) = &report.index_name {
        name = format!("{name}, index {index}");
    }
    let status = report.contributor_insights_status;
    if !matches!(status, ContributorInsightsStatus::Enabled | ContributorInsightsStatus::Enabling) {
        return format!(
            "The Contributor Insights of {name} are {}: there is nothing to tell. `pixii top-keys --help` shows how to \
             turn them on.\n",
            status.as_str()
        );
    }
    let mut out = format!("{name}, since {}\n", Utc(report.from));
    for rule in &report.rules {
        out += &format!("\n{}\n", heading(rule));
        out += &list(rule);
    }
    out
}

fn heading(rule: &RuleReport) -> String {
    let (title, unit) = match rule.rule.as_str() {
        "PKC" => ("Most accessed partition keys", "capacity units"),
        "SKC" => ("Most accessed keys", "capacity units"),
        "PKT" => ("Most throttled partition keys", "throttled requests"),
        "SKT" => ("Most throttled keys", "throttled requests"),
        other => (other, "in all"),
    };
    format!("{title}: {} {unit}", number(rule.total, decimals(rule)))
}

fn decimals(rule: &RuleReport) -> usize {
    usize::from(rule.rule.ends_with('C'))
}

fn list(rule: &RuleReport) -> String {
    if rule.contributors.is_empty() {
        return String::new();
    }
    let mut columns = Columns::default();
    let counted = if rule.rule.ends_with('C') { "units" } else { "requests" };
    columns.row([String::new(), counted.into(), "share".into(), "busiest minute".into()]);
    for contributor in &rule.contributors {
        let value = |value: &KeyValue| match value {
            KeyValue::S(text) => format!("{:?}", Shown(text)),
            KeyValue::N(number) => number.clone(),
            KeyValue::B(base64) => format!("{:?} (base64)", Shown(base64)),
        };
        let key: Vec<String> = contributor
            .key
            .iter()
            .map(|(name, attribute)| format!("{}={}", printable(name, VALUE_CHARS_MAX), value(attribute)))
            .collect();
        columns.row([
            key.join("  "),
            number(contributor.value, decimals(rule)),
            format!("{} %", number(100.0 * contributor.value / rule.total, 1)),
            number(contributor.busiest_minute, decimals(rule)),
        ]);
    }
    let mut out = columns.lines("  ");
    if rule.error > 0.0 {
        let error = number(rule.error, decimals(rule));
        out += &format!(
            "  There were many keys: each of these may have up to {error} more, and so may others.\n"
        );
    }
    out
}

/// A text in quotes, for a terminal.
struct Shown<'a>(&'a str);

impl std::fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "\"{}\"", printable(self.0, VALUE_CHARS_MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pixii_model::admin::ContributorReport;
    use std::collections::BTreeMap;

    fn report(status: ContributorInsightsStatus, rules: Vec<RuleReport>) -> TopKeysReport {
        TopKeysReport {
            table_name: "Music".into(),
            index_name: Some("by-genre".into()),
            contributor_insights_status: status,
            contributor_insights_mode: None,
            from: 1_795_420_800,
            to: 1_795_424_400,
            rules,
        }
    }

    #[test]
    fn keys_are_told_in_columns() {
        let key = |genre: &str, year: &str| {
            BTreeMap::from([
                ("Genre".to_owned(), KeyValue::S(genre.to_owned())),
                ("Year".to_owned(), KeyValue::N(year.to_owned())),
            ])
        };
        let contributor = |key, value| ContributorReport { key, value, busiest_minute: value / 2.0 };
        let accessed = RuleReport {
            rule: "SKC".into(),
            name: String::new(),
            total: 2_000.0,
            error: 1.5,
            contributors: vec![
                contributor(key("Jazz", "1965"), 1_500.0),
                contributor(key("bad\u{1b}[2J", "-1"), 12.5),
            ],
        };
        let throttled = RuleReport {
            rule: "SKT".into(),
            name: String::new(),
            total: 0.0,
            error: 0.0,
            contributors: Vec::new(),
        };
        let text = told(&report(ContributorInsightsStatus::Enabled, vec![accessed, throttled]));
        let expected = "\
Music, index by-genre, since 2026-11-23 08:00:00 UTC

Most accessed keys: 2,000.0 capacity units
                                   units   share  busiest minute
  Genre=\"Jazz\"  Year=1965        1,500.0  75.0 %           750.0
  Genre=\"bad\\u{1b}[2J\"  Year=-1     12.5   0.6 %             6.2
  There were many keys: each of these may have up to 1.5 more, and so may others.

Most throttled keys: 0 throttled requests
";
        assert_eq!(text, expected);
        let off = told(&report(ContributorInsightsStatus::Disabled, Vec::new()));
        assert!(off.starts_with("The Contributor Insights of Music, index by-genre are DISABLED"), "{off}");
    }
}
