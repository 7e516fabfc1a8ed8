//! How fast an expression's text becomes a tree, and the tree a verdict or a new item. `cargo bench -p pixii-expression`
#![allow(clippy::unwrap_used, reason = "a benchmark may stop")]

use divan::{AllocProfiler, Bencher};
use pixii_expression::{Condition, ExpressionKind, Placeholders, Update};
use pixii_model::{AttributeValue, EncodedItem, Item};
use std::collections::BTreeMap;

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

const CONDITION: &str = "attribute_exists(customer) AND (#s = :shipped OR amount BETWEEN :low AND :high)";
const UPDATE: &str = "SET #s = :shipped, address.zip = :zip ADD amount :low";

fn main() {
    divan::main();
}

fn number(text: &str) -> AttributeValue {
    AttributeValue::number(text).unwrap()
}

fn item(attributes: &[(&str, AttributeValue)]) -> Item {
    attributes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn order() -> Item {
    item(&[
        (
            "address",
            AttributeValue::M(item(&[("street", "Rue de Seine 12".into()), ("zip", "75006".into())])),
        ),
        ("customer", "c-0001927".into()),
        ("note", AttributeValue::S("x".repeat(100))),
        ("state", "paid".into()),
        ("amount", number("129.95")),
    ])
}

struct Substitutions {
    names: BTreeMap<String, String>,
    values: BTreeMap<String, AttributeValue>,
}

impl Substitutions {
    fn new() -> Self {
        let values = [
            (":shipped", "shipped".into()),
            (":low", number("1")),
            (":high", number("500")),
            (":zip", "75007".into()),
        ];
        Self {
            names: BTreeMap::from([("#s".to_owned(), "state".to_owned())]),
            values: values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        }
    }

    fn condition(&self) -> Condition {
        let mut placeholders = Placeholders::new(Some(&self.names), Some(&self.values)).unwrap();
        Condition::parse(CONDITION, &mut placeholders, ExpressionKind::Condition).unwrap()
    }

    fn update(&self) -> Update {
        let mut placeholders = Placeholders::new(Some(&self.names), Some(&self.values)).unwrap();
        Update::parse(UPDATE, &mut placeholders).unwrap()
    }
}

#[divan::bench]
fn bind_condition(bencher: Bencher) {
    let substitutions = Substitutions::new();
    bencher.bench(|| substitutions.condition());
}

#[divan::bench]
fn evaluate_condition_on_stored_item(bencher: Bencher) {
    let (condition, order) = (Substitutions::new().condition(), EncodedItem::encode(&order()));
    bencher.bench(|| condition.holds(&order));
}

#[divan::bench]
fn bind_update(bencher: Bencher) {
    let substitutions = Substitutions::new();
    bencher.bench(|| substitutions.update());
}

#[divan::bench]
fn apply_update(bencher: Bencher) {
    let (update, order) = (Substitutions::new().update(), order());
    let key = item(&[("customer", "c-0001927".into())]);
    bencher.bench(|| update.apply(Some(&order), &key).unwrap());
}
