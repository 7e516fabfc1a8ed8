//! Where expressions find attributes: a decoded item, a stored one, or none.

use crate::path::{DocumentPath, PathElement};
use pixii_model::encoded::EncodedMap;
use pixii_model::{AttributeType, AttributeValue, EncodedItem, EncodedValue, Item, Number};

/// Something that has attributes by name.
pub trait AttributeSource {
    /// The value of a top-level attribute.
    fn attribute(&self, name: &str) -> Option<ValueRef<'_>>;
}

/// A value where it lies: decoded, or in a stored item.
#[derive(Clone, Copy, Debug)]
pub enum ValueRef<'a> {
    /// Decoded.
    Decoded(&'a AttributeValue),
    /// In a stored item.
    Encoded(EncodedValue<'a>),
    /// A Number that is nowhere stored, such as a size.
    Number(Number),
}

impl<'a> From<&'a AttributeValue> for ValueRef<'a> {
    fn from(value: &'a AttributeValue) -> Self {
        Self::Decoded(value)
    }
}

impl<'a> From<EncodedValue<'a>> for ValueRef<'a> {
    fn from(value: EncodedValue<'a>) -> Self {
        Self::Encoded(value)
    }
}

impl AttributeSource for Item {
    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        self.get(name).map(ValueRef::Decoded)
    }
}

impl AttributeSource for EncodedItem {
    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        EncodedItem::attribute(self, name).map(ValueRef::Encoded)
    }
}

impl AttributeSource for EncodedMap<'_> {
    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        EncodedMap::attribute(*self, name).map(ValueRef::Encoded)
    }
}

/// No item has no attributes.
impl<S: AttributeSource> AttributeSource for Option<S> {
    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        self.as_ref()?.attribute(name)
    }
}

impl<S: AttributeSource + ?Sized> AttributeSource for &S {
    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        (**self).attribute(name)
    }
}

impl<'a> ValueRef<'a> {
    /// Its type.
    pub fn attribute_type(self) -> AttributeType {
        match self {
            Self::Decoded(value) => value.attribute_type(),
            Self::Encoded(value) => value.attribute_type(),
            Self::Number(_) => AttributeType::N,
        }
    }

    /// A map's value of that name.
    pub fn value(self, name: &str) -> Option<Self> {
        match self {
            Self::Decoded(AttributeValue::M(map)) => map.get(name).map(Self::Decoded),
            Self::Encoded(EncodedValue::M(map)) => map.attribute(name).map(Self::Encoded),
            _ => None,
        }
    }

    /// A list's element, counted from 0.
    pub fn element(self, at: usize) -> Option<Self> {
        match self {
            Self::Decoded(AttributeValue::L(list)) => list.get(at).map(Self::Decoded),
            Self::Encoded(EncodedValue::L(mut list)) => list.nth(at).map(Self::Encoded),
            _ => None,
        }
    }

    /// A decoded copy.
    pub fn to_value(self) -> AttributeValue {
        match self {
            Self::Decoded(value) => value.clone(),
            Self::Encoded(value) => value.decode(),
            Self::Number(number) => AttributeValue::N(number),
        }
    }
}

impl DocumentPath {
    /// The value it leads to.
    pub fn find<'a>(&self, source: &'a impl AttributeSource) -> Option<ValueRef<'a>> {
        self.rest.iter().try_fold(source.attribute(&self.attribute)?, |value, element| match element {
            PathElement::Name(name) => value.value(name),
            PathElement::Index(at) => value.element(*at),
        })
    }
}
