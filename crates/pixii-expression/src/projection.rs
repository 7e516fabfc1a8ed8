//! Projection expressions: which attributes, and which parts of them, an answer holds.

use crate::attribute_source::AttributeSource;
use crate::path::DocumentPath;
use crate::placeholder::Placeholders;
use pixii_model::Item;
use pixii_model::error::ExpressionError;
use std::sync::Arc;

/// What to return of an item.
#[derive(Clone, Debug)]
pub struct Projection {
    paths: Vec<DocumentPath>,
    /// The attributes' names, if no path is nested.
    attributes: Option<Arc<[String]>>,
}

impl Projection {
    /// Reads a ProjectionExpression.
    pub fn parse(text: &str, placeholders: &mut Placeholders<'_>) -> Result<Self, ExpressionError> {
        let _ = (text, placeholders);
        unimplemented!("the parser is being written")
    }

    /// The parts of an item at these paths. Paths that clash are the caller's to refuse.
    pub fn new(paths: Vec<DocumentPath>) -> Self {
        let attributes = (!paths.iter().any(DocumentPath::is_nested))
            .then(|| paths.iter().map(|path| path.attribute.clone()).collect());
        Self { paths, attributes }
    }

    /// Whole attributes, as AttributesToGet and indexes name them.
    pub fn attributes(names: impl IntoIterator<Item = String>) -> Self {
        Self::new(names.into_iter().map(DocumentPath::attribute).collect())
    }

    /// The names of the attributes, if only whole ones are wanted.
    pub fn top_level_only(&self) -> Option<&Arc<[String]>> {
        self.attributes.as_ref()
    }

    /// The paths, in order of appearance.
    pub fn paths(&self) -> &[DocumentPath] {
        &self.paths
    }

    /// What of `source` lies at the paths. Elements of one list keep their order and close up.
    pub fn project(&self, source: &impl AttributeSource) -> Item {
        let _ = source;
        unimplemented!("the projection is being written")
    }
}
