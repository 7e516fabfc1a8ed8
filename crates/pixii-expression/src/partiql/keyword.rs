//! Words that PartiQL keeps for itself: as a name, each has to be quoted.

/// As DynamoDB has them: those of SQL-92 and of PartiQL, sorted.
const KEYWORDS: &str = "\
absolute action add all allocate alter and any are as asc assertion at authorization avg \
bag begin between bigint bit bit_length blob bool boolean by \
can_cast can_lossless_cast cascade cascaded case cast catalog char char_length character character_length check clob \
close coalesce collate collation column commit conflict connect connection constraint constraints continue convert \
corresponding count create cross current current_date current_time current_timestamp current_user cursor \
date date_add date_diff deallocate dec decimal declare default deferrable deferred delete desc describe descriptor \
diagnostics disconnect distinct do domain double drop \
else end escape except exception exec execute exists external extract \
false fetch first float for foreign found from full get global go goto grant group having \
identity immediate in index indicator initially inner input insensitive insert int integer integer2 integer4 integer8 \
intersect interval into is isolation join key language last left let level like limit list local lower \
match max min missing modified module names national natural nchar new next no not nothing null nullif nulls numeric \
octet_length of offset old on only open option or order outer output overlaps \
pad partial pivot position precision prepare preserve primary prior privileges procedure public \
read real references relative remove restrict returning revoke right rollback rows \
schema scroll section select session session_user set sexp size smallint some space sql sqlcode sqlerror sqlstate \
string struct substring sum symbol system_user \
table temporary then time timestamp to transaction translate trim true tuple \
union unique unknown unpivot update upper usage user using value values varchar varying view \
when whenever where with work write zone";

/// Longest of them.
const KEYWORD_BYTES_MAX: usize = 17;

/// Whether a word, in any case, is a keyword.
pub fn is_keyword(word: &str) -> bool {
    word.len() <= KEYWORD_BYTES_MAX && KEYWORDS.split(' ').any(|keyword| keyword.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sorted_and_within_their_length() {
        assert!(KEYWORDS.split(' ').is_sorted());
        assert_eq!(KEYWORDS.split(' ').map(str::len).max(), Some(KEYWORD_BYTES_MAX));
        assert_eq!(KEYWORDS.split(' ').count(), 249);
    }

    #[test]
    fn case_does_not_matter() {
        for (word, expect) in
            [("select", true), ("SeLeCt", true), ("name", false), ("selects", false), ("", false)]
        {
            assert_eq!(is_keyword(word), expect, "{word}");
        }
    }
}
