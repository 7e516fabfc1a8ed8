//! TagResource.

use crate::catalog::{Change, Found};
use crate::engine::Engine;
use pixii_model::error::{
    Constraint, MissingResource, TableFault, ValidationError, ViolatingValue, Violation,
};
use pixii_model::limits::TAGS_MAX;
use pixii_model::operation::{Execute, Operation, TagResource, TagResourceInput, TagResourceOutput};
use pixii_model::table::check_tags;
use pixii_model::{ApiError, RequestContext};
use pixii_store::Store;

impl<S: Store> Execute<TagResource> for Engine<S> {
    async fn execute(
        &self,
        _: &RequestContext,
        input: TagResourceInput,
    ) -> Result<TagResourceOutput, ApiError> {
        let arn = self.resource_arn(input.resource_arn, TagResource::NAME)?;
        let tags = input.tags.ok_or_else(|| missing_member("tags"))?;
        let table = self.tagged_table(&arn)?;
        if tags.is_empty() {
            return Err(TableFault::NoTags.into());
        }
        check_tags(&tags)?;
        let decide = move |found: Found| {
            let mut record = found.record.ok_or_else(|| missing_resource(&arn))?;
            record.tags.extend(tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())));
            if record.tags.len() > TAGS_MAX {
                return Err(TableFault::TooManyTags.into());
            }
            Ok(Change { record: Some(record), answer: TagResourceOutput })
        };
        self.change_table(&table, 0, decide).await
    }
}

impl<S: Store> Engine<S> {
    /// The ARN that a request names a resource by. AWS refuses what has not even the form of one as forbidden, unless it does
    /// not begin as one.
    pub(super) fn resource_arn(
        &self,
        arn: Option<String>,
        operation: &'static str,
    ) -> Result<String, ApiError> {
        let arn = arn.ok_or(TableFault::TableArn { arn: None })?;
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let has_form = parts.len() == 6
            && parts[..5].iter().all(|part| !part.is_empty())
            && parts[5].split_once('/').is_some_and(|(kind, name)| !kind.is_empty() && !name.is_empty());
        if has_form {
            return Ok(arn);
        }
        if !arn.is_empty() && !arn.starts_with("arn:") {
            return Err(TableFault::NoArn.into());
        }
        let account = self.settings.account.clone();
        Err(ApiError::AccessDenied { account, operation, resource: arn })
    }

    /// The name of the table that an ARN names. (A table of another region or account is never found.)
    pub(super) fn tagged_table(&self, arn: &str) -> Result<String, ApiError> {
        let invalid = || TableFault::TableArn { arn: Some(arn.to_owned()) };
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let ["arn", "aws", "dynamodb", _, account, resource] = parts[..] else {
            return Err(invalid().into());
        };
        let name = resource.strip_prefix("table/").filter(|name| name.len() >= 3 && !name.contains('/'));
        if name.is_none() || !account.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(invalid().into());
        }
        self.own_table_name(arn).map(str::to_owned).ok_or_else(|| missing_resource(arn))
    }
}

pub(super) fn missing_resource(arn: &str) -> ApiError {
    ApiError::ResourceNotFound(MissingResource::Arn(arn.to_owned()))
}

pub(super) fn missing_member(path: &str) -> ApiError {
    let violation =
        Violation { value: ViolatingValue::Null, path: path.to_owned(), constraint: Constraint::NotNull };
    ValidationError::Constraints(vec![violation]).into()
}
