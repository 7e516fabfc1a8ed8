//! The constraints of the API model, as data beside the member they bind.

use super::json::Json;
use crate::error::Constraint;

/// What a member's value must satisfy. [`Rule::NONE`] is the start of every rule; the methods add to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// Fewest characters, elements or entries.
    pub length_min: Option<usize>,
    /// Most characters, elements or entries.
    pub length_max: Option<usize>,
    /// Smallest number.
    pub value_min: Option<i64>,
    /// Largest number.
    pub value_max: Option<i64>,
    /// A regular expression.
    pub pattern: Option<Pattern>,
    /// What each element of a list, or each value of a map, must satisfy.
    pub members: Option<&'static Rule>,
    /// What each key of a map must satisfy.
    pub keys: Option<&'static Rule>,
    /// In whose words AWS tells of violations.
    pub wording: Wording,
}

/// AWS has two validation frameworks, whose sentences differ. The newer one names members as the API does, and does not
/// tell the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wording {
    /// `Value '0' at 'limit' failed to satisfy constraint: ...`
    LongStanding,
    /// `Value at 'Limit' failed to satisfy constraint: ...`
    New,
    /// The new wording for what is too long, the other one for what is too short.
    NewMaximum,
    /// The new wording for what is too large: `Value at 'totalSegments' failed to satisfy constraint: Member must have value
    /// between 1 and 1000000`.
    NewRange,
}

/// The regular expressions of the API model that AWS enforces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// `[a-zA-Z0-9_.-]+`: names of tables and indexes.
    Name,
    /// The same where a table's ARN may stand instead. An empty text is told of as too short, not as a wrong name.
    NameOrArn,
    /// Names of scaling policies.
    Printable,
    /// ARNs of scalable targets.
    ScalableTargetArn,
}

/// What every ARN begins with, and no name.
const ARN_PREFIX: &str = "arn:";
/// Longest name of a table or index.
const NAME_LENGTH_MAX: usize = 255;
/// Shortest name of a table or index.
const NAME_LENGTH_MIN: usize = 3;

impl Pattern {
    /// As AWS prints it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name | Self::NameOrArn => "[a-zA-Z0-9_.-]+",
            Self::Printable => r"\p{Print}+",
            Self::ScalableTargetArn => {
                r"^arn:.+:application-autoscaling:.+:[0-9]+:scalable-target\/[a-zA-Z0-9-]+$"
            }
        }
    }

    /// Whether the whole text matches.
    pub fn matches(self, text: &str) -> bool {
        let is_of_names =
            text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'));
        match self {
            Self::Name => is_of_names && !text.is_empty(),
            Self::NameOrArn => is_of_names || text.starts_with(ARN_PREFIX),
            Self::Printable => !text.is_empty() && !text.chars().any(char::is_control),
            Self::ScalableTargetArn => is_scalable_target_arn(text),
        }
    }
}

/// Whether a text is `arn:PARTITION:application-autoscaling:REGION:ACCOUNT:scalable-target/ID`.
fn is_scalable_target_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, "application-autoscaling", region, account, resource] = parts[..] else {
        return false;
    };
    let is_id = |id: &str| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let id = resource.strip_prefix("scalable-target/");
    !partition.is_empty()
        && !region.is_empty()
        && !account.is_empty()
        && account.bytes().all(|byte| byte.is_ascii_digit())
        && id.is_some_and(|id| !id.is_empty() && is_id(id))
}

impl Rule {
    /// No constraint.
    pub const NONE: Self = Self {
        length_min: None,
        length_max: None,
        value_min: None,
        value_max: None,
        pattern: None,
        members: None,
        keys: None,
        wording: Wording::LongStanding,
    };

    /// Between `min` and `max` characters, elements or entries.
    pub const fn length(min: usize, max: usize) -> Self {
        Self { length_min: Some(min), length_max: Some(max), ..Self::NONE }
    }

    /// At least `min` characters, elements or entries.
    pub const fn length_min(min: usize) -> Self {
        Self { length_min: Some(min), ..Self::NONE }
    }

    /// At most `max` characters, elements or entries.
    pub const fn length_max(max: usize) -> Self {
        Self { length_max: Some(max), ..Self::NONE }
    }

    /// A number between `min` and `max`.
    pub const fn value(min: i64, max: i64) -> Self {
        Self { value_min: Some(min), value_max: Some(max), ..Self::NONE }
    }

    /// A number of at least `min`.
    pub const fn value_min(min: i64) -> Self {
        Self { value_min: Some(min), ..Self::NONE }
    }

    /// This rule, and a pattern.
    pub const fn pattern(self, pattern: Pattern) -> Self {
        Self { pattern: Some(pattern), ..self }
    }

    /// This rule, and one for each element or map value.
    pub const fn members(self, rule: &'static Rule) -> Self {
        Self { members: Some(rule), ..self }
    }

    /// This rule, and one for each map key.
    pub const fn keys(self, rule: &'static Rule) -> Self {
        Self { keys: Some(rule), ..self }
    }

    /// This rule, told in other words.
    pub const fn wording(self, wording: Wording) -> Self {
        Self { wording, ..self }
    }

    /// This rule for a value whose length has been checked elsewhere.
    pub(super) fn without_length(&self) -> Self {
        Self { length_min: None, length_max: None, ..*self }
    }

    /// The constraints a text breaks, in AWS's order: pattern, then lengths.
    pub fn broken_by_text(&self, text: &str) -> Vec<Constraint> {
        let mut broken = Vec::new();
        if let Some(pattern) = self.pattern
            && !pattern.matches(text)
        {
            broken.push(Constraint::Pattern(pattern.as_str()));
        }
        let rule = match self.pattern {
            Some(Pattern::NameOrArn) if !text.starts_with(ARN_PREFIX) => {
                Self { length_max: Some(NAME_LENGTH_MAX), ..*self }
            }
            _ => *self,
        };
        if rule.length_min.is_some() || rule.length_max.is_some() {
            // AWS counts UTF-16 units; only beyond the basic plane does that differ from characters.
            rule.push_broken_length(text.encode_utf16().count(), &mut broken);
        }
        broken
    }

    /// Whether a list, a map or a text is too short or too long.
    pub(super) fn is_broken_by_length_of(&self, json: &Json<'_>) -> bool {
        match json {
            Json::Array(elements) => !self.broken_by_length(elements.len()).is_empty(),
            Json::Object(entries) => !self.broken_by_length(entries.len()).is_empty(),
            Json::String(text) => !self.broken_by_text(text).is_empty(),
            _ => false,
        }
    }

    /// All its constraints on lengths and texts, in AWS's order: a message prints them where a map's key or value breaks
    /// one.
    pub(super) fn constraints(&self) -> Vec<Constraint> {
        // Names that may be ARNs are told of as names.
        let (min, max) = match self.pattern {
            Some(Pattern::NameOrArn) => (Some(NAME_LENGTH_MIN), Some(NAME_LENGTH_MAX)),
            _ => (self.length_min, self.length_max),
        };
        let mut constraints = Vec::new();
        constraints.extend(max.map(Constraint::LengthMax));
        constraints.extend(min.map(Constraint::LengthMin));
        constraints.extend(self.pattern.map(|pattern| Constraint::Pattern(pattern.as_str())));
        constraints
    }

    /// The constraints a number of elements or entries breaks.
    pub fn broken_by_length(&self, length: usize) -> Vec<Constraint> {
        let mut broken = Vec::new();
        self.push_broken_length(length, &mut broken);
        broken
    }

    fn push_broken_length(&self, length: usize, broken: &mut Vec<Constraint>) {
        if let Some(max) = self.length_max
            && length > max
        {
            broken.push(Constraint::LengthMax(max));
        }
        if let Some(min) = self.length_min
            && length < min
        {
            broken.push(Constraint::LengthMin(min));
        }
    }

    /// The constraints a number breaks.
    pub fn broken_by_number(&self, value: i64) -> Vec<Constraint> {
        let mut broken = Vec::new();
        if let Some(max) = self.value_max
            && value > max
        {
            broken.push(match (self.wording, self.value_min) {
                (Wording::NewRange, Some(min)) => Constraint::ValueBetween(min, max),
                _ => Constraint::ValueMax(max),
            });
        }
        if let Some(min) = self.value_min
            && value < min
        {
            broken.push(Constraint::ValueMin(min));
        }
        broken
    }
}
