//! Members of the API that this service does not honour yet. It refuses them, rather than pretend.

use crate::error::{SerializationFault, TableFault};
use crate::wire::decode::Structure;

/// Which of them a request has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unsupported(Vec<&'static str>);

impl Unsupported {
    /// Takes these members out of an input, whatever they are.
    pub fn take(input: &mut Structure<'_, '_>, members: &[&'static str]) -> Result<Self, SerializationFault> {
        Ok(Self(members.iter().copied().filter(|member| input.take(member).is_some()).collect()))
    }

    /// Refuses a request that has one.
    pub fn check(&self) -> Result<(), TableFault> {
        match self.0.first() {
            Some(member) => Err(TableFault::NotSupported { member }),
            None => Ok(()),
        }
    }
}
