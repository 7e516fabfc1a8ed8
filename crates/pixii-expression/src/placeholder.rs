//! ExpressionAttributeNames and ExpressionAttributeValues: what `#name` and `:value` stand for, and which were used.

use pixii_model::AttributeValue;
use pixii_model::error::{ExpressionFault, PlaceholderFault};
use pixii_model::limits::{ATTRIBUTE_NAME_BYTES_MAX, PLACEHOLDER_BYTES_MAX, SUBSTITUTION_BYTES_MAX};
use std::collections::{BTreeMap, BTreeSet};

/// The substitutions of one request, shared by all its expressions.
#[derive(Debug, Default)]
pub struct Placeholders<'a> {
    names: Option<&'a BTreeMap<String, String>>,
    values: Option<&'a BTreeMap<String, AttributeValue>>,
    used_names: BTreeSet<&'a str>,
    used_values: BTreeSet<&'a str>,
}

impl<'a> Placeholders<'a> {
    /// Checks the maps: not empty, keys of the form `#name` and `:value`, within the limits.
    pub fn new(
        names: Option<&'a BTreeMap<String, String>>,
        values: Option<&'a BTreeMap<String, AttributeValue>>,
    ) -> Result<Self, PlaceholderFault> {
        if let Some(names) = names {
            check_names(names)?;
        }
        if let Some(values) = values {
            check_values(values)?;
        }
        let names_size = names.into_iter().flatten().map(|(key, name)| key.len() + name.len());
        let values_size = values.into_iter().flatten().map(|(key, value)| key.len() + value.size());
        if names_size.chain(values_size).sum::<usize>() > SUBSTITUTION_BYTES_MAX {
            return Err(PlaceholderFault::TooLarge);
        }
        Ok(Self { names, values, ..Self::default() })
    }

    /// No substitutions.
    pub fn none() -> Self {
        Self::default()
    }

    /// What `#name` stands for.
    pub fn name(&mut self, placeholder: &str) -> Result<&'a str, ExpressionFault> {
        let defined = self.names.and_then(|names| names.get_key_value(placeholder));
        let Some((key, name)) = defined else {
            return Err(ExpressionFault::UndefinedName { placeholder: placeholder.to_owned() });
        };
        self.used_names.insert(key);
        Ok(name)
    }

    /// What `:value` stands for.
    pub fn value(&mut self, placeholder: &str) -> Result<&'a AttributeValue, ExpressionFault> {
        let defined = self.values.and_then(|values| values.get_key_value(placeholder));
        let Some((key, value)) = defined else {
            return Err(ExpressionFault::UndefinedValue { placeholder: placeholder.to_owned() });
        };
        self.used_values.insert(key);
        Ok(value)
    }

    /// Refuses names, then values, that no expression used. Call after all expressions are parsed.
    pub fn finish(self) -> Result<(), PlaceholderFault> {
        let unused = |keys: Vec<&String>, used: &BTreeSet<&str>| -> Vec<String> {
            keys.into_iter().filter(|key| !used.contains(key.as_str())).cloned().collect()
        };
        let names = unused(self.names.into_iter().flat_map(BTreeMap::keys).collect(), &self.used_names);
        if !names.is_empty() {
            return Err(PlaceholderFault::UnusedNames(names));
        }
        let values = unused(self.values.into_iter().flat_map(BTreeMap::keys).collect(), &self.used_values);
        if !values.is_empty() {
            return Err(PlaceholderFault::UnusedValues(values));
        }
        Ok(())
    }
}

fn check_names(names: &BTreeMap<String, String>) -> Result<(), PlaceholderFault> {
    if names.is_empty() {
        return Err(PlaceholderFault::NoNames);
    }
    for (key, name) in names {
        if !is_placeholder(key, '#') {
            return Err(PlaceholderFault::NameSyntax { key: key.clone() });
        }
        if key.len() > PLACEHOLDER_BYTES_MAX {
            return Err(PlaceholderFault::NameTooLong { key: key.clone() });
        }
        if name.is_empty() || name.len() > ATTRIBUTE_NAME_BYTES_MAX {
            return Err(PlaceholderFault::InvalidName { key: key.clone(), bytes: name.len() });
        }
    }
    Ok(())
}

fn check_values(values: &BTreeMap<String, AttributeValue>) -> Result<(), PlaceholderFault> {
    if values.is_empty() {
        return Err(PlaceholderFault::NoValues);
    }
    for key in values.keys() {
        if !is_placeholder(key, ':') {
            return Err(PlaceholderFault::ValueSyntax { key: key.clone() });
        }
        if key.len() > PLACEHOLDER_BYTES_MAX {
            return Err(PlaceholderFault::ValueTooLong { key: key.clone() });
        }
    }
    Ok(())
}

/// Whether `key` is the sign and at least one letter, digit or underscore.
fn is_placeholder(key: &str, sign: char) -> bool {
    key.strip_prefix(sign).is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
        entries.iter().map(|(key, name)| ((*key).to_owned(), (*name).to_owned())).collect()
    }

    fn values(keys: &[&str]) -> BTreeMap<String, AttributeValue> {
        keys.iter().map(|key| ((*key).to_owned(), AttributeValue::Null)).collect()
    }

    #[track_caller]
    fn refuse(
        names: Option<BTreeMap<String, String>>,
        values: Option<BTreeMap<String, AttributeValue>>,
        sentence: &str,
    ) {
        let fault = Placeholders::new(names.as_ref(), values.as_ref()).unwrap_err();
        assert_eq!(fault.to_string(), sentence);
    }

    #[test]
    fn maps_are_not_empty_and_keys_well_formed() {
        refuse(Some(names(&[])), Some(values(&[])), "ExpressionAttributeNames must not be empty");
        refuse(None, Some(values(&[])), "ExpressionAttributeValues must not be empty");
        for key in ["a", "#", "##", "#a.b", "#é", "", ":a"] {
            let sentence =
                format!("ExpressionAttributeNames contains invalid key: Syntax error; key: \"{key}\"");
            refuse(Some(names(&[(key, "a")])), Some(values(&[])), &sentence);
        }
        for key in ["a", ":", ":a-b", "#a"] {
            let sentence =
                format!("ExpressionAttributeValues contains invalid key: Syntax error; key: \"{key}\"");
            refuse(None, Some(values(&[key])), &sentence);
        }
        assert!(Placeholders::new(Some(&names(&[("#0_a", "x y")])), Some(&values(&[":_"]))).is_ok());
    }

    #[test]
    fn keys_and_maps_have_limits() {
        let key = |sign: &str, bytes: usize| format!("{sign}{}", "k".repeat(bytes - 1));
        assert!(
            Placeholders::new(Some(&names(&[(&key("#", 255), "a")])), Some(&values(&[&key(":", 255)])))
                .is_ok()
        );
        assert!(Placeholders::new(Some(&names(&[(&key("#", 256), "a")])), None).is_err());
        assert!(Placeholders::new(None, Some(&values(&[&key(":", 256)]))).is_err());
        let large = |bytes: usize| BTreeMap::from([(":v".to_owned(), AttributeValue::S("x".repeat(bytes)))]);
        assert!(Placeholders::new(None, Some(&large(SUBSTITUTION_BYTES_MAX - 2))).is_ok());
        assert_eq!(
            Placeholders::new(None, Some(&large(SUBSTITUTION_BYTES_MAX - 1))).unwrap_err(),
            PlaceholderFault::TooLarge
        );
    }

    #[test]
    fn what_nothing_used_is_told() {
        let (names, values) = (names(&[("#a", "a"), ("#b", "b"), ("#c", "c")]), values(&[":a", ":b"]));
        let used = |used_names: &[&str], used_values: &[&str]| {
            let mut placeholders = Placeholders::new(Some(&names), Some(&values)).unwrap();
            used_names.iter().for_each(|name| assert!(placeholders.name(name).is_ok()));
            used_values.iter().for_each(|value| assert!(placeholders.value(value).is_ok()));
            placeholders.finish().map_err(|fault| fault.to_string())
        };
        assert_eq!(used(&["#a", "#b", "#c"], &[":a", ":b"]), Ok(()));
        assert_eq!(
            used(&["#b"], &[":a"]).unwrap_err(),
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #c}"
        );
        assert_eq!(
            used(&["#a", "#b", "#c"], &[":a"]).unwrap_err(),
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}"
        );
    }
}
