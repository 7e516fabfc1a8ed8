//! Who may sign, and who did.

use std::borrow::Cow;

/// The access keys that are accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// Any key id with any secret, for any region: `pixii dev`. Signatures and dates are not checked, only their form.
    Any,
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal<'a> {
    /// The access key's id.
    pub access_key_id: Cow<'a, str>,
    /// The region the request is signed for.
    pub region: Cow<'a, str>,
}
