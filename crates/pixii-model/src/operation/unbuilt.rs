//! Operations of AWS that are not built yet. Whoever asks for one is told so by its name, instead of AWS's word for a target that
//! means nothing.

/// As `X-Amz-Target` names them, and as `docs/compatibility.md` lists them.
pub const UNBUILT: &[&str] = &[
    "DynamoDB_20120810.CancelBulkOperation",
    "DynamoDB_20120810.CreateBackup",
    "DynamoDB_20120810.CreateGlobalTable",
    "DynamoDB_20120810.DeleteBackup",
    "DynamoDB_20120810.DeleteResourcePolicy",
    "DynamoDB_20120810.DescribeBackup",
    "DynamoDB_20120810.DescribeBulkOperation",
    "DynamoDB_20120810.DescribeExport",
    "DynamoDB_20120810.DescribeGlobalTable",
    "DynamoDB_20120810.DescribeGlobalTableSettings",
    "DynamoDB_20120810.DescribeImport",
    "DynamoDB_20120810.DisableKinesisStreamingDestination",
    "DynamoDB_20120810.EnableKinesisStreamingDestination",
    "DynamoDB_20120810.ExportTableToPointInTime",
    "DynamoDB_20120810.ImportTable",
    "DynamoDB_20120810.PutResourcePolicy",
    "DynamoDB_20120810.RestoreTableFromBackup",
    "DynamoDB_20120810.RestoreTableToPointInTime",
    "DynamoDB_20120810.SearchVectors",
    "DynamoDB_20120810.StartBulkPutItems",
    "DynamoDB_20120810.UpdateContinuousBackups",
    "DynamoDB_20120810.UpdateGlobalTable",
    "DynamoDB_20120810.UpdateGlobalTableSettings",
    "DynamoDB_20120810.UpdateKinesisStreamingDestination",
    "AnyScaleFrontendService.GetPredictiveScalingForecast",
];

/// Which of them a target names.
pub fn unbuilt(target: &str) -> Option<usize> {
    UNBUILT.iter().position(|unbuilt| *unbuilt == target)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::OperationName;

    #[test]
    fn the_page_of_compatibility_lists_what_is_not_built() {
        let page = include_str!("../../../../docs/compatibility.md");
        let unknown = page.lines().filter(|line| line.starts_with("| `") && line.contains("` | unknown |"));
        let unknown = unknown.filter_map(|line| line.split('`').nth(1));
        let listed: Vec<String> = unknown
            .map(
                |name| if name.contains('.') { name.to_owned() } else { format!("DynamoDB_20120810.{name}") },
            )
            .collect();
        assert_eq!(listed, UNBUILT);
        for target in UNBUILT {
            assert_eq!(OperationName::from_target(target), None, "{target} is built");
        }
        assert_eq!(unbuilt("DynamoDB_20120810.Invented"), None);
    }
}
