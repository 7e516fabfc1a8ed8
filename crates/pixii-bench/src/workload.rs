//! What is asked of the endpoint: rendered requests, chosen by a seed.

use crate::Options;
use crate::client::render;
use clap::ValueEnum;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use std::ops::Range;
use std::sync::Arc;

const TABLE: &str = "Bench";
/// Items of one partition key: what `query` returns.
const COLLECTION: u64 = 100;
/// How skewed YCSB's choice of keys is.
const ZIPFIAN_THETA: f64 = 0.99;

/// What to ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Workload {
    /// GetItem, uniform keys.
    Get,
    /// PutItem, uniform keys.
    Put,
    /// PutItem into a table with two global secondary indexes.
    PutIndexed,
    /// PutItem into a table with a stream of new and old images.
    PutStream,
    /// PutItem into a table with both.
    PutIndexedStream,
    /// UpdateItem that adds to a number, uniform keys.
    Update,
    /// The same, on one key.
    UpdateHot,
    /// Query of 100 items.
    Query,
    /// Scan, a page of 1 MB at a time.
    Scan,
    /// BatchWriteItem of 25 puts.
    BatchWrite,
    /// TransactWriteItems of 4 puts.
    Transact,
    /// YCSB A: half reads, half updates.
    YcsbA,
    /// YCSB B: 95 % reads, 5 % updates.
    YcsbB,
    /// YCSB C: reads.
    YcsbC,
    /// YCSB D: 95 % reads of the latest, 5 % inserts.
    YcsbD,
    /// YCSB E: 95 % short queries, 5 % inserts.
    YcsbE,
    /// YCSB F: half reads, half read-modify-writes.
    YcsbF,
}

/// The requests of one connection.
pub struct Requests {
    workload: Workload,
    random: SmallRng,
    zipfian: Zipfian,
    items: u64,
    payload: Arc<Payload>,
    rendered: Vec<Vec<u8>>,
    /// Inserted by this connection so far.
    inserted: u64,
    connection: u64,
    connections: u64,
    /// Behind which key a scan goes on: as the last answer said, in JSON. From the front without one.
    position: Option<String>,
}

impl Requests {
    pub fn new(workload: Workload, options: &Options, connection: u64, payload: &Arc<Payload>) -> Self {
        Self {
            workload,
            random: SmallRng::seed_from_u64(options.seed.wrapping_mul(1_000_003).wrapping_add(connection)),
            zipfian: Zipfian::new(options.items.max(1)),
            items: options.items.max(1),
            payload: Arc::clone(payload),
            rendered: Vec::new(),
            inserted: 0,
            connection,
            connections: options.connections as u64,
            position: None,
        }
    }

    /// Renders the next requests, to be sent one after the other, and answers how many they are.
    pub fn next(&mut self) -> usize {
        self.rendered.clear();
        let uniform = self.random.random_range(0..self.items);
        let percent = self.random.random_range(0..100);
        match self.workload {
            Workload::Get => self.get(uniform),
            Workload::Put | Workload::PutIndexed | Workload::PutStream | Workload::PutIndexedStream => {
                self.put(uniform);
            }
            Workload::Update => self.update(uniform),
            Workload::UpdateHot => self.update(0),
            Workload::Query => self.query(uniform / COLLECTION, COLLECTION),
            Workload::Scan => self.scan(),
            Workload::BatchWrite => self.batch_write(),
            Workload::Transact => self.transact(),
            Workload::YcsbA if percent < 50 => self.get_zipfian(),
            Workload::YcsbA => self.update_zipfian(),
            Workload::YcsbB if percent < 95 => self.get_zipfian(),
            Workload::YcsbB => self.update_zipfian(),
            Workload::YcsbC => self.get_zipfian(),
            Workload::YcsbD if percent < 95 => {
                let latest = self.items - 1 - self.zipfian.rank(&mut self.random);
                self.get(latest);
            }
            Workload::YcsbE if percent < 95 => {
                let item = self.zipfian.next(&mut self.random);
                let length = self.random.random_range(1..=COLLECTION);
                self.query(item / COLLECTION, length);
            }
            Workload::YcsbD | Workload::YcsbE => {
                self.inserted += 1;
                self.put(self.items + self.inserted * self.connections + self.connection);
            }
            Workload::YcsbF if percent < 50 => self.get_zipfian(),
            Workload::YcsbF => {
                let item = self.zipfian.next(&mut self.random);
                self.get(item);
                self.update(item);
            }
        }
        self.rendered.len()
    }

    /// One of the rendered requests.
    pub fn rendered(&self, at: usize) -> &[u8] {
        &self.rendered[at]
    }

    fn get_zipfian(&mut self) {
        let item = self.zipfian.next(&mut self.random);
        self.get(item);
    }

    fn update_zipfian(&mut self) {
        let item = self.zipfian.next(&mut self.random);
        self.update(item);
    }

    fn get(&mut self, item: u64) {
        let body = format!(r#"{{"TableName":"{TABLE}","Key":{{{}}}}}"#, key(item));
        self.rendered.push(render("GetItem", &body));
    }

    fn put(&mut self, item: u64) {
        let body = format!(r#"{{"TableName":"{TABLE}","Item":{}}}"#, self.attributes(item));
        self.rendered.push(render("PutItem", &body));
    }

    fn update(&mut self, item: u64) {
        let body = format!(
            r#"{{"TableName":"{TABLE}","Key":{{{}}},"UpdateExpression":"ADD hits :one","ExpressionAttributeValues":{{":one":{{"N":"1"}}}}}}"#,
            key(item)
        );
        self.rendered.push(render("UpdateItem", &body));
    }

    fn query(&mut self, collection: u64, limit: u64) {
        let body = format!(
            r#"{{"TableName":"{TABLE}","KeyConditionExpression":"p = :p","ExpressionAttributeValues":{{":p":{{"S":"{}"}}}},"Limit":{limit}}}"#,
            partition(collection)
        );
        self.rendered.push(render("Query", &body));
    }

    /// The next page; behind the last one, the first again.
    fn scan(&mut self) {
        let start =
            self.position.take().map(|key| format!(r#","ExclusiveStartKey":{key}"#)).unwrap_or_default();
        self.rendered.push(render("Scan", &format!(r#"{{"TableName":"{TABLE}"{start}}}"#)));
    }

    /// Takes note of an answer that the next request depends on.
    pub fn answered(&mut self, body: &[u8]) {
        if self.workload == Workload::Scan {
            self.position = last_evaluated_key(body);
        }
    }

    /// A new revision of an item.
    fn attributes(&mut self, item: u64) -> String {
        attributes(item, self.random.random(), &self.payload)
    }

    /// Distinct items around a random one.
    fn neighbours(&mut self, count: u64) -> Vec<u64> {
        let first = self.random.random_range(0..self.items);
        let step = (self.items / count).max(1);
        (0..count).map(|at| (first + at * step) % self.items.max(count)).collect()
    }

    fn batch_write(&mut self) {
        let puts: Vec<String> = self
            .neighbours(25)
            .into_iter()
            .map(|item| format!(r#"{{"PutRequest":{{"Item":{}}}}}"#, self.attributes(item)))
            .collect();
        let body = format!(r#"{{"RequestItems":{{"{TABLE}":[{}]}}}}"#, puts.join(","));
        self.rendered.push(render("BatchWriteItem", &body));
    }

    fn transact(&mut self) {
        let puts: Vec<String> = self
            .neighbours(4)
            .into_iter()
            .map(|item| format!(r#"{{"Put":{{"TableName":"{TABLE}","Item":{}}}}}"#, self.attributes(item)))
            .collect();
        let body = format!(r#"{{"TransactItems":[{}]}}"#, puts.join(","));
        self.rendered.push(render("TransactWriteItems", &body));
    }
}

/// The key behind which a page ends, as it stands in the answer. Our keys hold no braces.
fn last_evaluated_key(body: &[u8]) -> Option<String> {
    const MEMBER: &[u8] = br#""LastEvaluatedKey":"#;
    let at = body.windows(MEMBER.len()).rposition(|window| window == MEMBER)? + MEMBER.len();
    let mut open = 0;
    let end = body[at..].iter().position(|byte| {
        open += i32::from(*byte == b'{') - i32::from(*byte == b'}');
        open == 0
    })?;
    String::from_utf8(body[at..=at + end].to_vec()).ok()
}

fn partition(collection: u64) -> String {
    format!("{collection:010}")
}

fn key(item: u64) -> String {
    format!(r#""p":{{"S":"{}"}},"s":{{"N":"{}"}}"#, partition(item / COLLECTION), item % COLLECTION)
}

/// Text that fills items up to about so many bytes. Each item has another piece of it, of words as they come: on disk it takes
/// about two thirds.
pub struct Payload {
    text: String,
    piece: usize,
}

impl Payload {
    pub fn new(item_bytes: usize) -> Self {
        const OTHERS: usize = 40;
        const PIECES: usize = 1 << 20;
        const SYLLABLES: [&str; 16] = [
            "an", "be", "cor", "di", "el", "fra", "go", "hin", "is", "ju", "ka", "lom", "mer", "no", "ost",
            "pur",
        ];
        let piece = item_bytes.saturating_sub(OTHERS);
        let mut random = SmallRng::seed_from_u64(1);
        let mut text = String::with_capacity(PIECES + piece + 16);
        while text.len() < PIECES + piece {
            for _ in 0..random.random_range(1..4) {
                text.push_str(SYLLABLES[random.random_range(0..SYLLABLES.len())]);
            }
            text.push(' ');
        }
        Self { text, piece }
    }

    fn of(&self, item: u64, revision: u32) -> &str {
        let pieces = (self.text.len() - self.piece) as u64;
        let from = (item ^ u64::from(revision) << 32).wrapping_mul(0x9E37_79B9_7F4A_7C15) % pieces;
        &self.text[from as usize..][..self.piece]
    }
}

/// An item. One that is put again has another revision, and so other attributes, keys of indexes among them: a put that
/// changes nothing would have nothing to make durable.
fn attributes(item: u64, revision: u32, payload: &Payload) -> String {
    let text = payload.of(item, revision);
    let (one, other) = ((item + u64::from(revision)) % 1000, (item / 3 + u64::from(revision)) % 1000);
    format!(
        r#"{{{},"g":{{"S":"g{one}"}},"h":{{"N":"{other}"}},"hits":{{"N":"{revision}"}},"v":{{"S":"{text}"}}}}"#,
        key(item)
    )
}

pub fn delete_table() -> Vec<u8> {
    render("DeleteTable", &format!(r#"{{"TableName":"{TABLE}"}}"#))
}

pub fn describe_table() -> Vec<u8> {
    render("DescribeTable", &format!(r#"{{"TableName":"{TABLE}"}}"#))
}

pub fn create_table(workload: Workload) -> Vec<u8> {
    let indexed = matches!(workload, Workload::PutIndexed | Workload::PutIndexedStream);
    let streams = matches!(workload, Workload::PutStream | Workload::PutIndexedStream);
    let index = |name: &str, attribute: &str| {
        format!(
            r#"{{"IndexName":"{name}","KeySchema":[{{"AttributeName":"{attribute}","KeyType":"HASH"}}],"Projection":{{"ProjectionType":"ALL"}}}}"#
        )
    };
    let definition =
        |name: &str, kind: &str| format!(r#"{{"AttributeName":"{name}","AttributeType":"{kind}"}}"#);
    let mut definitions = vec![definition("p", "S"), definition("s", "N")];
    let mut indexes = String::new();
    if indexed {
        definitions.extend([definition("g", "S"), definition("h", "N")]);
        indexes = format!(r#","GlobalSecondaryIndexes":[{},{}]"#, index("by-g", "g"), index("by-h", "h"));
    }
    let stream = match streams {
        true => r#","StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"}"#,
        false => "",
    };
    let body = format!(
        r#"{{"TableName":"{TABLE}","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{}],"KeySchema":[{{"AttributeName":"p","KeyType":"HASH"}},{{"AttributeName":"s","KeyType":"RANGE"}}]{indexes}{stream}}}"#,
        definitions.join(",")
    );
    render("CreateTable", &body)
}

/// Batches that put a range of items.
pub fn fill(options: &Options, items: Range<u64>) -> impl Iterator<Item = Vec<u8>> + use<> {
    let payload = Payload::new(options.item_bytes);
    items.clone().step_by(25).map(move |first| {
        let puts: Vec<String> = (first..(first + 25).min(items.end))
            .map(|item| format!(r#"{{"PutRequest":{{"Item":{}}}}}"#, attributes(item, 0, &payload)))
            .collect();
        render("BatchWriteItem", &format!(r#"{{"RequestItems":{{"{TABLE}":[{}]}}}}"#, puts.join(",")))
    })
}

/// YCSB's skewed choice (Gray et al., "Quickly generating billion-record synthetic databases", 1994).
struct Zipfian {
    items: u64,
    zeta: f64,
    eta: f64,
    alpha: f64,
}

impl Zipfian {
    fn new(items: u64) -> Self {
        let zeta_of =
            |count: u64| (1..=count).map(|rank| 1.0 / (rank as f64).powf(ZIPFIAN_THETA)).sum::<f64>();
        // Exact up to a million, then by the integral, which is close enough for a choice of keys.
        let exact = items.min(1_000_000);
        let tail = |from: f64, to: f64| {
            (to.powf(1.0 - ZIPFIAN_THETA) - from.powf(1.0 - ZIPFIAN_THETA)) / (1.0 - ZIPFIAN_THETA)
        };
        let zeta = zeta_of(exact) + tail(exact as f64, items as f64);
        let eta = (1.0 - (2.0 / items as f64).powf(1.0 - ZIPFIAN_THETA)) / (1.0 - zeta_of(2) / zeta);
        Self { items, zeta, eta, alpha: 1.0 / (1.0 - ZIPFIAN_THETA) }
    }

    /// An item; the frequent ones are not neighbours.
    fn next(&self, random: &mut SmallRng) -> u64 {
        self.rank(random).wrapping_mul(0x9E37_79B9_7F4A_7C15) % self.items
    }

    /// A rank, 0 the most frequent.
    fn rank(&self, random: &mut SmallRng) -> u64 {
        let uniform: f64 = random.random();
        let scaled = uniform * self.zeta;
        let rank = if scaled < 1.0 {
            0
        } else if scaled < 1.0 + 0.5f64.powf(ZIPFIAN_THETA) {
            1
        } else {
            (self.items as f64 * (self.eta * uniform - self.eta + 1.0).powf(self.alpha)) as u64
        };
        rank.min(self.items - 1)
    }
}
