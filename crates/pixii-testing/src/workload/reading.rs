//! Queries and scans: first all there is to read, held against the model; then the same in pages, filtered and projected,
//! each page predicted from the order that the first reading showed.

use super::Run;
use crate::generate::{Reading, shape};
use crate::naive::{Access, Item, ReadShape, SortPredicate, Value, item_from_json, same};
use pixii_store::Store;
use serde_json::{Value as Json, json};

impl<S: Store + Clone> Run<S> {
    /// Holds a query or scan against the model.
    pub(super) async fn check_reading(&mut self, reading: &Reading) -> Result<(), String> {
        let told = |fault: String| format!("{reading:?}\n{fault}");
        let whole = self.read_whole(reading).await.map_err(told)?;
        self.check_pages(reading, &whole).await.map_err(told)?;
        self.check_start(reading, &whole).await.map_err(told)
    }

    /// Reads all there is, and checks what and in which order.
    async fn read_whole(&mut self, reading: &Reading) -> Result<Vec<Item>, String> {
        let model = self.model.clone();
        let access = reading.access(&model);
        let whole = self.read_all(reading, access).await?;
        let sort = |entries: &[Item]| {
            let mut sorted = entries.to_vec();
            sorted.sort();
            sorted
        };
        if let Some(query) = &reading.query {
            equal(&sort(&whole), &sort(&access.matching(&query.partition, &query.sort)))?;
            let keys: Vec<_> = whole.iter().map(|entry| access.sort_values(entry)).collect();
            let ordered = if query.forward { keys.is_sorted() } else { keys.iter().rev().is_sorted() };
            return if ordered { Ok(whole) } else { Err(format!("not in the order of sort keys: {keys:?}")) };
        }
        // Segments are consecutive parts of the whole scan.
        let all = match reading.segment {
            None => whole.clone(),
            Some(_) => self.read_all(&Reading { segment: None, ..reading.clone() }, access).await?,
        };
        equal(&sort(&all), &sort(&access.entries()))?;
        check_grouped(access, &all)?;
        if let Some((_, total)) = reading.segment {
            let mut joined = Vec::new();
            for segment in 0..total {
                let part = Reading { segment: Some((segment, total)), ..reading.clone() };
                joined.extend(self.read_all(&part, access).await?);
            }
            equal(&joined, &all)?;
        }
        Ok(whole)
    }

    /// Reads page by page without limit, filter or projection.
    async fn read_all(&mut self, reading: &Reading, access: Access<'_>) -> Result<Vec<Item>, String> {
        let plain = ReadShape { consumed: "NONE", ..ReadShape::default() };
        let mut whole = Vec::new();
        let mut start: Option<Item> = None;
        loop {
            let body = reading.request(access, &plain, false, start.as_ref());
            let answer = self.sure(reading.operation(), &body).await?;
            self.note(reading.operation(), &body, &Ok(answer.clone()));
            let items = answer["Items"].as_array().ok_or("an answer without items")?;
            whole.extend(items.iter().map(item_from_json));
            start = answer.get("LastEvaluatedKey").map(item_from_json);
            if start.is_none() {
                return Ok(whole);
            }
            if whole.len() > 100_000 {
                return Err("pages without end".to_owned());
            }
        }
    }

    /// The same in pages of some shape.
    async fn check_pages(&mut self, reading: &Reading, whole: &[Item]) -> Result<(), String> {
        let model = self.model.clone();
        let access = reading.access(&model);
        let must_be_legacy = reading.query.as_ref().is_some_and(|query| query.legacy);
        let mut shape = shape(&mut self.dice, access, must_be_legacy);
        shape.finds_one = reading.query.is_some() && access.sort().is_empty() && access.index.is_none();
        let legacy = shape.filter.as_ref().is_none_or(|filter| filter.legacy().is_some())
            && shape.projection.iter().flatten().all(|path| path.rest.is_empty())
            && self.dice.chance(0.3);
        let mut at = 0;
        let mut start: Option<Item> = None;
        loop {
            let mut expect = access.page(&whole[at..], &shape);
            // A partition key of a table without sort key has one item, and nothing to go on with.
            if reading.query.is_some() && access.index.is_none() && access.schema().sort.is_none() {
                expect.answer.as_object_mut().expect("an answer is an object").remove("LastEvaluatedKey");
            }
            let body = reading.request(access, &shape, legacy, start.as_ref());
            self.page(reading, &body, &expect.answer).await?;
            at += expect.scanned;
            start = expect.answer.get("LastEvaluatedKey").map(item_from_json);
            if start.is_none() {
                return if at == whole.len() { Ok(()) } else { Err("the pages end too early".to_owned()) };
            }
        }
    }

    async fn page(&mut self, reading: &Reading, body: &Json, expect: &Json) -> Result<(), String> {
        let answer = self.world.call(reading.operation(), body).await;
        self.note(reading.operation(), body, &answer);
        match &answer {
            Ok(found) if same(found, expect) => Ok(()),
            _ => Err(format!("{body}\n  expected {expect}\n  found    {answer:?}")),
        }
    }

    /// A query of a table may start behind a key that no item has.
    async fn check_start(&mut self, reading: &Reading, whole: &[Item]) -> Result<(), String> {
        let model = self.model.clone();
        let access = reading.access(&model);
        let (Some(query), None, Some(sort)) = (&reading.query, access.index, &access.schema().sort) else {
            return Ok(());
        };
        let value = crate::generate::key_value(&mut self.dice, sort.kind, 16);
        if !query.sort.iter().all(|predicate| predicate.holds(&value)) {
            return Ok(());
        }
        if let [SortPredicate::Compare("=", _)] = query.sort[..] {
            // Such a query is at its end already; how AWS takes a start key there belongs to golden tests.
            return Ok(());
        }
        let partition = query.partition[0].clone();
        let start = Item::from([
            (access.schema().partition.name.clone(), partition),
            (sort.name.clone(), value.clone()),
        ]);
        let behind = |entry: &Item| {
            let found: &Value = &entry[&sort.name];
            if query.forward { *found > value } else { *found < value }
        };
        let rest: Vec<Item> = whole.iter().filter(|entry| behind(entry)).cloned().collect();
        let plain = ReadShape { consumed: "INDEXES", ..ReadShape::default() };
        let expect = access.page(&rest, &plain);
        let body = reading.request(access, &plain, false, Some(&start));
        self.page(reading, &body, &expect.answer).await
    }
}

fn equal(found: &[Item], expect: &[Item]) -> Result<(), String> {
    if found == expect {
        return Ok(());
    }
    let json = |items: &[Item]| json!(items.iter().map(crate::naive::item_json).collect::<Vec<_>>());
    Err(format!("  expected {}\n  found    {}", json(expect), json(found)))
}

/// A scan shows each partition's items together, sorted.
fn check_grouped(access: Access<'_>, entries: &[Item]) -> Result<(), String> {
    let partition = |entry: &Item| -> Vec<Value> {
        access.partition().iter().map(|key| entry[&key.name].clone()).collect()
    };
    let mut seen = Vec::new();
    for group in entries.chunk_by(|one, other| partition(one) == partition(other)) {
        let of = partition(&group[0]);
        if seen.contains(&of) {
            return Err(format!("the scan comes to {of:?} twice"));
        }
        seen.push(of);
        if !group.iter().map(|entry| access.sort_values(entry)).is_sorted() {
            return Err("the scan is not sorted within a partition".to_owned());
        }
    }
    Ok(())
}
