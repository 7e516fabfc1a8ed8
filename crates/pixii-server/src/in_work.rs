//! What each connection is working on, for whoever must know while nothing answers any more.
//!
//! A connection notes its request in a place of its own, behind a lock that nobody else wants but to look. The list of all
//! places is locked when a connection comes or goes, and to look.

use pixii_model::operation::OperationName;
use pixii_model::tally::Tally;
use pixii_model::wire::json::Json;
use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Longest name of a table; what is longer is none.
const NAME_BYTES_MAX: usize = 255;
/// What a request that is about several tables is said to be about: no table can be called so.
const SEVERAL: &str = "(several)";
/// Of how many members of a batch the table is looked up.
const MEMBERS_LOOKED_AT: usize = 100;

/// The places of all connections that are open.
#[derive(Debug, Default)]
pub(crate) struct AllWork(Mutex<Places>);

#[derive(Debug, Default)]
struct Places {
    next: u64,
    by_connection: HashMap<u64, Arc<Work>>,
}

/// The place of one connection, which has one request at a time.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) peer: SocketAddr,
    pub(crate) tally: Arc<Tally>,
    request: Mutex<Option<Request>>,
}

/// A request that is being worked on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request {
    pub(crate) since: Instant,
    /// `None` while its head and body are being read, and where there is no such operation.
    pub(crate) operation: Option<OperationName>,
    pub(crate) table: TableName,
}

/// The name of the table that a request is about: here and not on the heap, as every request has one.
#[derive(Clone, Copy)]
pub(crate) struct TableName {
    length: u8,
    bytes: [u8; NAME_BYTES_MAX],
}

/// Keeps a connection in the list.
#[derive(Debug)]
pub(crate) struct Place {
    all: Arc<AllWork>,
    id: u64,
    work: Arc<Work>,
}

/// Takes the request out of its place when it ends, however it ends.
pub(crate) struct Working<'w>(&'w Work);

impl AllWork {
    fn places(&self) -> MutexGuard<'_, Places> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a connection.
    pub(crate) fn place(self: &Arc<Self>, peer: SocketAddr) -> Place {
        let work = Arc::new(Work { peer, tally: Arc::default(), request: Mutex::new(None) });
        let mut places = self.places();
        let id = places.next;
        places.next += 1;
        places.by_connection.insert(id, Arc::clone(&work));
        drop(places);
        Place { all: Arc::clone(self), id, work }
    }

    /// How many connections are open.
    pub(crate) fn connections(&self) -> usize {
        self.places().by_connection.len()
    }

    /// What is being worked on, oldest first.
    pub(crate) fn requests(&self) -> Vec<(SocketAddr, Request)> {
        let all: Vec<Arc<Work>> = self.places().by_connection.values().cloned().collect();
        let mut requests: Vec<_> =
            all.iter().filter_map(|work| Some((work.peer, (*work.request())?))).collect();
        requests.sort_by_key(|(_, request)| request.since);
        requests
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // What is taken out is dropped when the lock is free again.
        let _work = self.all.places().by_connection.remove(&self.id);
    }
}

impl std::ops::Deref for Place {
    type Target = Work;
    fn deref(&self) -> &Work {
        &self.work
    }
}

impl Work {
    fn request(&self) -> MutexGuard<'_, Option<Request>> {
        self.request.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request begins.
    pub(crate) fn begin(&self, since: Instant) -> Working<'_> {
        self.tally.clear();
        *self.request() = Some(Request { since, operation: None, table: TableName::default() });
        Working(self)
    }

    /// It is this operation.
    pub(crate) fn runs(&self, operation: Option<OperationName>) {
        if let Some(request) = &mut *self.request() {
            request.operation = operation;
        }
    }

    /// This is its input.
    pub(crate) fn is_about(&self, input: &Json<'_>) {
        let table = TableName::of(input);
        if let Some(request) = &mut *self.request() {
            request.table = table;
        }
    }

    /// The table it is about.
    pub(crate) fn table(&self) -> TableName {
        self.request().as_ref().map(|request| request.table).unwrap_or_default()
    }
}

impl Drop for Working<'_> {
    fn drop(&mut self) {
        *self.0.request() = None;
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.operation.map_or("(no operation yet)", OperationName::unique_name))?;
        if !self.table.as_str().is_empty() {
            write!(f, " of {}", self.table.as_str())?;
        }
        let age: Duration = self.since.elapsed();
        write!(f, " for {:.1} s", age.as_secs_f64())
    }
}

impl Default for TableName {
    fn default() -> Self {
        Self { length: 0, bytes: [0; NAME_BYTES_MAX] }
    }
}

impl fmt::Debug for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl TableName {
    /// The name; empty where there is none.
    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.length)]).expect("the name was text")
    }

    fn new(name: &str) -> Self {
        let mut made = Self::default();
        // Names have letters, digits and three signs. Whatever else stands there may be anything, data for one.
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        if name == SEVERAL || (name.len() <= NAME_BYTES_MAX && name.bytes().all(is_name)) {
            made.length = name.len() as u8;
            made.bytes[..name.len()].copy_from_slice(name.as_bytes());
        }
        made
    }

    /// The table that an operation's input names.
    fn of(input: &Json<'_>) -> Self {
        let mut found = None;
        let mut see = |name: &str| match &found {
            None => {
                found = Some(Self::new(without_arn(name)));
                true
            }
            Some(first) if first.as_str() == without_arn(name) => true,
            Some(_) => {
                found = Some(Self::new(SEVERAL));
                false
            }
        };
        for (name, value) in members(input) {
            match (name, value) {
                ("TableName" | "StreamArn" | "ResourceArn", Json::String(text)) => {
                    see(text);
                }
                ("RequestItems", requests) => {
                    members(requests).take(MEMBERS_LOOKED_AT).all(|(table, _)| see(table));
                }
                ("TransactItems", Json::Array(items)) => {
                    let actions = items.iter().take(MEMBERS_LOOKED_AT).flat_map(members);
                    let mut inputs = actions.flat_map(|(_, action)| members(action));
                    inputs.all(|member| match member {
                        ("TableName", Json::String(text)) => see(text),
                        _ => true,
                    });
                }
                _ => {}
            }
        }
        found.unwrap_or_default()
    }
}

fn members<'j>(json: &'j Json<'_>) -> impl Iterator<Item = (&'j str, &'j Json<'j>)> {
    let members = match json {
        Json::Object(members) => members.as_slice(),
        _ => &[],
    };
    members.iter().map(|(name, value)| (name.as_ref(), value))
}

/// The name that an ARN of a table, of its stream or of its index holds.
fn without_arn(name_or_arn: &str) -> &str {
    match name_or_arn.strip_prefix("arn:").and_then(|arn| arn.split_once(":table/")) {
        Some((_, path)) => path.split('/').next().unwrap_or_default(),
        None => name_or_arn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pixii_model::wire::json;

    fn peer() -> SocketAddr {
        "192.0.2.1:5000".parse().expect("an address")
    }

    #[test]
    fn the_table_is_found_wherever_an_input_names_it() {
        for (input, table) in [
            (r#"{"TableName":"Music"}"#, "Music"),
            (r#"{"TableName":"arn:aws:dynamodb:us-east-1:000000000000:table/Music"}"#, "Music"),
            (r#"{"StreamArn":"arn:aws:dynamodb:us-east-1:000000000000:table/Music/stream/2026"}"#, "Music"),
            (r#"{"RequestItems":{"Music":[]}}"#, "Music"),
            (r#"{"RequestItems":{"Music":[],"Films":[]}}"#, SEVERAL),
            (r#"{"TransactItems":[{"Put":{"TableName":"Music"}},{"Get":{"TableName":"Music"}}]}"#, "Music"),
            (r#"{"TransactItems":[{"Put":{"TableName":"Music"}},{"Get":{"TableName":"Films"}}]}"#, SEVERAL),
            (r#"{"TableName":5}"#, ""),
            (r#"{"TableName":"not a name, but \"data\""}"#, ""),
            (r#"{"Statement":"SELECT * FROM Music"}"#, ""),
            ("[]", ""),
        ] {
            let input = json::parse(input.as_bytes()).expect("JSON");
            assert_eq!(TableName::of(&input).as_str(), table, "{input:?}");
        }
    }

    #[test]
    fn a_request_is_in_work_from_its_beginning_to_its_end() {
        let all = Arc::new(AllWork::default());
        let place = all.place(peer());
        assert_eq!((all.connections(), all.requests().len()), (1, 0));
        let working = place.begin(Instant::now());
        place.runs(Some(OperationName::PutItem));
        place.is_about(&json::parse(br#"{"TableName":"Music"}"#).expect("JSON"));
        let [(from, request)] = all.requests()[..] else { panic!("one request") };
        assert_eq!(from, peer());
        assert!(request.to_string().starts_with("PutItem of Music for "), "{request}");
        drop(working);
        assert!(all.requests().is_empty());
        drop(place);
        assert_eq!(all.connections(), 0);
    }
}
