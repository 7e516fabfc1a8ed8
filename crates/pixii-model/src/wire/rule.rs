//! The constraints of the API model, as data beside the member they bind.

use crate::error::{Constraint, Violation};

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
}

/// The regular expressions of the API model that AWS enforces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// `[a-zA-Z0-9_.-]+`: names of tables and indexes.
    Name,
}

impl Pattern {
    /// As AWS prints it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "[a-zA-Z0-9_.-]+",
        }
    }

    /// Whether the whole text matches.
    pub fn matches(self, text: &str) -> bool {
        match self {
            Self::Name => {
                !text.is_empty()
                    && text
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
            }
        }
    }
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

    /// The constraints a text breaks, in AWS's order: pattern, then lengths.
    pub fn broken_by_text(&self, text: &str) -> Vec<Constraint> {
        let mut broken = Vec::new();
        if let Some(pattern) = self.pattern
            && !pattern.matches(text)
        {
            broken.push(Constraint::Pattern(pattern.as_str()));
        }
        // AWS counts UTF-16 units; only beyond the basic plane does that differ from characters.
        self.push_broken_length(text.encode_utf16().count(), &mut broken);
        broken
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
            broken.push(Constraint::ValueMax(max));
        }
        if let Some(min) = self.value_min
            && value < min
        {
            broken.push(Constraint::ValueMin(min));
        }
        broken
    }
}

/// The violations of one value: one for each constraint it breaks.
pub(super) fn violations<'a>(
    broken: Vec<Constraint>,
    value: &'a str,
    path: &'a str,
) -> impl Iterator<Item = Violation> + 'a {
    broken.into_iter().map(move |constraint| Violation {
        value: Some(value.to_owned()),
        path: path.to_owned(),
        constraint,
    })
}
