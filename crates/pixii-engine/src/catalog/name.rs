//! Names and ARNs of tables.

use crate::engine::{Engine, Settings};
use pixii_store::Store;

impl Settings {
    /// The ARN of a table.
    pub fn table_arn(&self, name: &str) -> String {
        format!("{}{name}", self.table_arn_prefix())
    }

    /// How the ARNs of tables begin here.
    pub fn table_arn_prefix(&self) -> String {
        format!("arn:aws:dynamodb:{}:{}:table/", self.region, self.account)
    }
}

impl<S: Store> Engine<S> {
    /// The name of a table, given by name or ARN; `None` for an ARN of no table, or where ARNs are taken strictly of another
    /// region or account.
    pub(crate) fn own_table_name<'a>(&self, name_or_arn: &'a str) -> Option<&'a str> {
        let Some(rest) = name_or_arn.strip_prefix("arn:aws:dynamodb:") else { return Some(name_or_arn) };
        let (region, rest) = rest.split_once(':')?;
        let (account, resource) = rest.split_once(':')?;
        let name = resource.strip_prefix("table/")?;
        let own = region == self.settings.region && account == self.settings.account;
        ((own || !self.settings.strict_arns) && !name.contains('/')).then_some(name)
    }
}
