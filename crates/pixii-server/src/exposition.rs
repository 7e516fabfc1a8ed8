//! Figures in Prometheus' text form, version 0.0.4.

use std::fmt::{Display, Write};

/// The content type of an exposition.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A page of figures that is being written.
#[derive(Debug, Default)]
pub struct Exposition {
    text: String,
}

/// What kind of figure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only grows, until the process ends.
    Counter,
    /// Goes up and down.
    Gauge,
    /// How often what was seen in each bucket and below it.
    Histogram,
}

/// All figures of one name.
pub struct Family<'e> {
    text: &'e mut String,
    name: &'static str,
}

/// The labels of a figure.
pub type Labels<'l> = [(&'l str, &'l str)];

impl Exposition {
    /// Begins the figures of that name. Each name is begun once.
    pub fn family(&mut self, name: &'static str, kind: Kind, help: &str) -> Family<'_> {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        self.write(format_args!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
        Family { text: &mut self.text, name }
    }

    /// The only counter of its name.
    pub fn counter(&mut self, name: &'static str, help: &str, value: impl Display) {
        self.family(name, Kind::Counter, help).value(&[], value);
    }

    /// The only gauge of its name.
    pub fn gauge(&mut self, name: &'static str, help: &str, value: impl Display) {
        self.family(name, Kind::Gauge, help).value(&[], value);
    }

    fn write(&mut self, what: std::fmt::Arguments<'_>) {
        self.text.write_fmt(what).expect("text takes everything");
    }

    /// Adds the figures of another page, which has none of the same name.
    pub(crate) fn append(&mut self, other: Self) {
        self.text.push_str(&other.text);
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }
}

impl Family<'_> {
    /// The figure with those labels.
    pub fn value(&mut self, labels: &Labels<'_>, value: impl Display) {
        self.line("", labels, None, &value);
    }

    /// A histogram with those labels: the bounds of its buckets in rising order, how many values lie in each and above
    /// the last, and their sum.
    pub fn histogram(&mut self, labels: &Labels<'_>, bounds: &[f64], counts: &[u64], sum: f64) {
        let mut below = 0;
        for (index, count) in counts.iter().enumerate() {
            below += count;
            let bound = bounds.get(index).map_or_else(|| "+Inf".to_owned(), f64::to_string);
            self.line("_bucket", labels, Some(&bound), &below);
        }
        self.line("_sum", labels, None, &sum);
        self.line("_count", labels, None, &below);
    }

    fn line(&mut self, suffix: &str, labels: &Labels<'_>, bound: Option<&str>, value: &dyn Display) {
        self.text.push_str(self.name);
        self.text.push_str(suffix);
        let bound = bound.map(|bound| ("le", bound));
        let mut before = '{';
        for (name, value) in labels.iter().copied().chain(bound) {
            self.text.push(before);
            before = ',';
            self.text.push_str(name);
            self.text.push_str("=\"");
            for letter in value.chars() {
                match letter {
                    '\\' => self.text.push_str("\\\\"),
                    '"' => self.text.push_str("\\\""),
                    '\n' => self.text.push_str("\\n"),
                    other => self.text.push(other),
                }
            }
            self.text.push('"');
        }
        if before == ',' {
            self.text.push('}');
        }
        writeln!(self.text, " {value}").expect("text takes everything");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_as_prometheus_reads_them() {
        let mut page = Exposition::default();
        page.gauge("pixii_up", "Whether.", 1);
        let mut family = page.family("pixii_seconds", Kind::Histogram, "How long.");
        family.histogram(&[("table", "a\"b\\c\nd")], &[0.5, 1.0], &[2, 0, 1], 3.25);
        let expected = "# HELP pixii_up Whether.\n# TYPE pixii_up gauge\npixii_up 1\n\
            # HELP pixii_seconds How long.\n# TYPE pixii_seconds histogram\n\
            pixii_seconds_bucket{table=\"a\\\"b\\\\c\\nd\",le=\"0.5\"} 2\n\
            pixii_seconds_bucket{table=\"a\\\"b\\\\c\\nd\",le=\"1\"} 2\n\
            pixii_seconds_bucket{table=\"a\\\"b\\\\c\\nd\",le=\"+Inf\"} 3\n\
            pixii_seconds_sum{table=\"a\\\"b\\\\c\\nd\"} 3.25\n\
            pixii_seconds_count{table=\"a\\\"b\\\\c\\nd\"} 3\n";
        assert_eq!(page.into_text(), expected);
    }
}
