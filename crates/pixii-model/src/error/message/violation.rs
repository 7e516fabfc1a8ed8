//! Constraint violations, gathered in one message.

use crate::error::violation::VIOLATIONS_MAX;
use crate::error::{Constraint, ViolatingValue, Violation};
use std::fmt;

pub(super) fn gathered(violations: &[Violation], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let listed = &violations[..violations.len().min(VIOLATIONS_MAX)];
    let plural = if listed.len() == 1 { "" } else { "s" };
    write!(f, "{} validation error{plural} detected: ", listed.len())?;
    for (at, violation) in listed.iter().enumerate() {
        if at > 0 {
            f.write_str("; ")?;
        }
        write!(f, "{violation}")?;
    }
    Ok(())
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Value")?;
        match &self.value {
            ViolatingValue::Printed(value) => write!(f, " '{value}'")?,
            ViolatingValue::Null => f.write_str(" null")?,
            ViolatingValue::Untold => {}
        }
        write!(f, " at '{}' failed to satisfy constraint: {}", self.path, self.constraint)
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotNull => f.write_str("Member must not be null"),
            Self::Enum(values) => write!(f, "Member must satisfy enum value set: [{}]", values.join(", ")),
            Self::LengthMin(min) => write!(f, "Member must have length greater than or equal to {min}"),
            Self::LengthMax(max) => write!(f, "Member must have length less than or equal to {max}"),
            Self::ValueMin(min) => write!(f, "Member must have value greater than or equal to {min}"),
            Self::ValueMax(max) => write!(f, "Member must have value less than or equal to {max}"),
            Self::ValueBetween(min, max) => write!(f, "Member must have value between {min} and {max}"),
            Self::Pattern(pattern) => write!(f, "Member must satisfy regular expression pattern: {pattern}"),
            Self::MapKey(constraints) => nested("Map keys must satisfy constraint: ", constraints, f),
            Self::MapValue(constraints) => nested("Map value must satisfy constraint: ", constraints, f),
        }
    }
}

fn nested(lead: &str, constraints: &[Constraint], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{lead}[")?;
    for (at, constraint) in constraints.iter().enumerate() {
        if at > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{constraint}")?;
    }
    f.write_str("]")
}
