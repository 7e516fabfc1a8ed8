//! Golden tests: requests and the answers they must get, as text.
//!
//! ```text
//! # A comment.
//! > sweep                                  deletes what has expired, which is not done unasked
//! include tables/music                     runs that file first, and only asks that it succeeds
//! advance 600                              moves the clock by that many seconds
//! await Music                              waits until the table and its indexes are ACTIVE, and what expires is in order
//! await shardId-00000001793548800000-00000000   waits until a stream has that shard
//! [ops]> PutItem {"TableName":"Music",     a request; [ops] also prints what it committed
//!   "Item":{"Artist":{"S":"${A*3}"}}}      ${A*3} stands for AAA, in answers too; ${iterator 1} for the first shard
//!                                          iterator in an answer, and others likewise
//! ---
//! 400 ValidationException: One or more ...
//! ```
//!
//! What AWS was recorded to answer is the authority: an expectation is reviewed against it, not taken from the program.

mod layout;
mod names;
mod operations;

use crate::clock::SimulatedClock;
use crate::world::{self, Answer, Refusal, World};
use names::Names;
use pixii_engine::Settings;
use pixii_engine::catalog::read_record;
use pixii_store::recording::RecordingStore;
use pixii_store::{Freshness, Store};
use serde_json::Value as Json;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// One line or block of a file.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    /// A comment or an empty line, kept as it is.
    Text(String),
    Include(String),
    Advance(u64),
    Await(String),
    Request {
        operations: bool,
        /// As written, without `> `.
        text: String,
        /// The expected answer.
        expect: String,
    },
}

/// A file of golden tests.
#[derive(Clone, Debug)]
pub struct Golden {
    root: PathBuf,
    path: PathBuf,
    steps: Vec<Step>,
}

/// All files of golden tests under a folder, `tables` left out: it holds what others include.
pub fn files(root: &Path) -> Vec<PathBuf> {
    let sorted = |folder: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).expect("the folder can be read");
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
        paths.sort();
        paths
    };
    let folders = sorted(root).into_iter().filter(|path| path.is_dir() && !path.ends_with("tables"));
    folders.flat_map(|folder| sorted(&folder)).collect()
}

impl Golden {
    /// Reads a file; `root` is where included files are looked for.
    pub fn read(root: &Path, path: &Path) -> Self {
        let text =
            std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self { root: root.to_owned(), path: path.to_owned(), steps: parse(&text) }
    }

    /// Runs it over a fresh Store, and answers the file as it should read.
    pub async fn run<S: Store + Clone>(&self, store: S) -> String {
        let clock = SimulatedClock::default();
        let never = Duration::from_secs(1 << 32);
        let settings = Settings { ttl_sweep_delay: never, usage_interval: never, ..Settings::default() };
        let world = World::open(RecordingStore::new(store), clock, 7, settings).await;
        let mut out = String::new();
        let mut names = Names::default();
        for step in &self.steps {
            match step {
                Step::Text(line) => out += &format!("{line}\n"),
                Step::Include(name) => {
                    self.include(&world, name).await;
                    out += &format!("include {name}\n");
                }
                Step::Advance(seconds) => {
                    world.clock.advance(Duration::from_secs(*seconds));
                    settle().await;
                    out += &format!("advance {seconds}\n");
                }
                Step::Await(awaited) => {
                    match awaited.starts_with("shardId-") {
                        true => wait_for_shard(&world, awaited).await,
                        false => wait_until_active(&world, awaited).await,
                    }
                    out += &format!("await {awaited}\n");
                }
                Step::Request { operations, text, .. } => {
                    let mark = if *operations { "[ops]> " } else { "> " };
                    let answer = self.answer(&world, &mut names, *operations, text).await;
                    out += &format!("{mark}{text}\n---\n{answer}\n");
                }
            }
        }
        out
    }

    /// The file as it reads now.
    pub fn text(&self) -> String {
        std::fs::read_to_string(&self.path).expect("the file was there a moment ago")
    }

    async fn include<S: Store + Clone>(&self, world: &World<RecordingStore<S>>, name: &str) {
        let included = Self::read(&self.root, &self.root.join(name));
        for step in &included.steps {
            if let Step::Request { text, .. } = step {
                let answer = call(world, text).await;
                assert!(answer.is_ok(), "{name}, included by {}: {text}\n{answer:?}", self.path.display());
            }
        }
    }

    async fn answer<S: Store + Clone>(
        &self,
        world: &World<RecordingStore<S>>,
        names: &mut Names,
        operations: bool,
        text: &str,
    ) -> String {
        world.store.take();
        let mut answer = match text {
            "sweep" => {
                let deleted = world.engine.sweep_expired().await.expect("a sweep comes to its end");
                format!("deleted {deleted}")
            }
            request => {
                let answer = call(world, &names.resolve(request)).await;
                let answer = answer.map(|mut json| {
                    names.name(&mut json);
                    json
                });
                layout::fold(&print(&answer))
            }
        };
        settle().await;
        if operations {
            for committed in world.store.take() {
                answer += &operations::print(&committed);
            }
        }
        answer
    }
}

/// Lets background work that needs no time run.
async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

/// Waits until a table and its indexes are ACTIVE.
async fn wait_until_active<S: Store + Clone>(world: &World<S>, table: &str) {
    let request = format!("DescribeTable {{\"TableName\": \"{table}\"}}");
    for _ in 0..5000 {
        let description = call(world, &request).await.expect("a table that is waited for is there");
        let indexes = description["Table"]["GlobalSecondaryIndexes"].as_array().cloned().unwrap_or_default();
        let busy = indexes.iter().any(|index| index["IndexStatus"] != "ACTIVE");
        let snapshot = world.store.snapshot(Freshness::Latest).await.expect("a snapshot can be taken");
        let record = read_record(&snapshot, table).await.expect("a record can be read");
        let busy = busy || record.is_some_and(|record| record.time_to_live.is_backfilling());
        if description["Table"]["TableStatus"] == "ACTIVE" && !busy {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("{table} does not become ACTIVE");
}

/// Waits until a stream has a shard: shards end and begin in the background.
async fn wait_for_shard<S: Store + Clone>(world: &World<S>, shard: &str) {
    for _ in 0..5000 {
        let streams = call(world, "ListStreams").await.expect("streams can be listed");
        for stream in streams["Streams"].as_array().into_iter().flatten() {
            let request = format!("DescribeStream {{\"StreamArn\": {}}}", stream["StreamArn"]);
            let description = call(world, &request).await.expect("a stream that is listed is there");
            let mut shards = description["StreamDescription"]["Shards"].as_array().into_iter().flatten();
            if shards.any(|found| found["ShardId"] == shard) {
                return;
            }
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("{shard} does not appear");
}

async fn call<S: Store + Clone>(world: &World<S>, text: &str) -> Answer {
    let (name, body) = text.split_once([' ', '\n']).unwrap_or((text, "{}"));
    let operation = world::operation(name).unwrap_or_else(|| panic!("there is no operation {name}"));
    world.call_text(operation, &layout::unfold(body)).await
}

fn print(answer: &Answer) -> String {
    match answer {
        Ok(Json::Null) => "200".to_owned(),
        Ok(json) => format!("200 {}", layout::json(json)),
        Err(Refusal { status, code, message, rest, .. }) => {
            let mut text = format!("{status} {code}");
            if !message.is_empty() {
                text += &format!(": {message}");
            }
            if !rest.is_empty() {
                text += &format!("\n{}", layout::json(&Json::Object(rest.clone())));
            }
            text
        }
    }
}

fn parse(text: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let request = line.strip_prefix("> ").map(|text| (false, text));
        let request = request.or(line.strip_prefix("[ops]> ").map(|text| (true, text)));
        steps.push(if let Some((operations, first)) = request {
            let mut text = first.to_owned();
            while let Some(line) = lines.next_if(|line| !["---", ""].contains(line)) {
                text += &format!("\n{line}");
            }
            let mut expect = Vec::new();
            if lines.next_if_eq(&"---").is_some() {
                while let Some(line) = lines.next_if(|line| !line.is_empty()) {
                    expect.push(line);
                }
            }
            Step::Request { operations, text, expect: expect.join("\n") }
        } else if let Some(name) = line.strip_prefix("include ") {
            Step::Include(name.to_owned())
        } else if let Some(table) = line.strip_prefix("await ") {
            Step::Await(table.to_owned())
        } else if let Some(seconds) = line.strip_prefix("advance ") {
            Step::Advance(seconds.parse().expect("advance takes seconds"))
        } else {
            assert!(line.is_empty() || line.starts_with('#'), "not a comment, request or directive: {line}");
            Step::Text(line.to_owned())
        });
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_end_at_empty_lines() {
        let request = |operations, text: &str, expect: &str| Step::Request {
            operations,
            text: text.to_owned(),
            expect: expect.to_owned(),
        };
        let steps = parse("# c\ninclude t/x\n> A {\n}\n---\n200 {\n}\n\n[ops]> B\n");
        let expect = [
            Step::Text("# c".to_owned()),
            Step::Include("t/x".to_owned()),
            request(false, "A {\n}", "200 {\n}"),
            Step::Text(String::new()),
            request(true, "B", ""),
        ];
        assert_eq!(steps, expect);
    }
}
