//! What AWS says of requests for which there is no throughput left.

use crate::error::throttling::{Flow, Throttle, ThrottledKind, ThroughputLimit};
use std::fmt;

impl Throttle {
    /// The reason in one word: `TableReadProvisionedThroughputExceeded` (API reference: ThrottlingReason).
    pub fn reason(&self) -> String {
        let kind = match self.kind {
            ThrottledKind::Table => "Table",
            ThrottledKind::Index => "Index",
        };
        let flow = match self.flow {
            Flow::Read => "Read",
            Flow::Write => "Write",
        };
        let limit = match self.limit {
            ThroughputLimit::ProvisionedThroughput => "ProvisionedThroughput",
            ThroughputLimit::KeyRangeThroughput => "KeyRangeThroughput",
            ThroughputLimit::MaxOnDemandThroughput => "MaxOnDemandThroughput",
        };
        format!("{kind}{flow}{limit}Exceeded")
    }
}

impl fmt::Display for Throttle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whose ceiling it is, this sentence leaves to the reason.
        if self.limit == ThroughputLimit::MaxOnDemandThroughput {
            return f
                .write_str("Throughput exceeds the maximum OnDemandThroughput configured on table or index");
        }
        f.write_str(match (self.on_demand, self.kind) {
            (false, ThrottledKind::Table) => {
                "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API."
            }
            (false, ThrottledKind::Index) => {
                "The level of configured provisioned throughput for one or more global secondary indexes of the table was exceeded. Consider increasing your provisioning level for the under-provisioned global secondary indexes with the UpdateTable API"
            }
            (true, ThrottledKind::Table) => {
                "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly. If exceptions persist, check if you have a hot key: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html."
            }
            (true, ThrottledKind::Index) => {
                "Throughput exceeds the current capacity for one or more global secondary indexes. DynamoDB is automatically scaling your index so please try again shortly."
            }
        })
    }
}
