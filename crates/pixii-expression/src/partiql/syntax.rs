//! Expressions of statements as written: tokens to a syntax tree.
//!
//! ```text
//! or := and (OR and)*    and := not (AND not)*    not := NOT* comparison
//! comparison := sum ((= <> ...) sum | [NOT] BETWEEN sum AND sum | [NOT] IN (sum, ...) | IS [NOT] type | [NOT] LIKE sum)*
//! sum := term ((+ - * / % ||) term)*
//! term := literal | ? | path | name(or, ...) | (or) | [or, ...] | {or: or, ...} | <<or, ...>>
//! ```
//!
//! Parentheses and literals nest at most [`DEPTH_MAX`] deep, and a clause has at most 300 operators: so reading a statement,
//! walking its tree and dropping it may recurse. Of each fault AWS's sentence depends on what stands where it is found.

use super::lexer::{Lexeme, Span, Token, tokens};
use super::tree::{Expr, Kind, PathExpr, Step, TypeName};
use crate::condition::Comparator;
use pixii_model::error::ExpressionFault;
use pixii_model::error::partiql::{StatementFault, StatementSyntaxFault as Fault};
use pixii_model::limits::EXPRESSION_OPERATORS_MAX;
use std::borrow::Cow;

/// How deep parentheses and literals may nest. Values nest 32 levels. Reading that many takes some hundred kilobytes of the
/// stack where the program is not optimised; a test holds it.
const DEPTH_MAX: usize = 40;

/// The tokens of a statement, read one after the other.
pub(super) struct Parser<'t> {
    pub text: &'t str,
    lexemes: Vec<Lexeme<'t>>,
    at: usize,
    depth: usize,
    /// Of the clause at hand.
    operators: usize,
    /// How many question marks have been read.
    pub parameters: usize,
}

/// An operator that compares, and is still to be passed.
#[derive(Clone, Copy)]
enum Comparing {
    Comparator(Comparator),
    Is,
    Predicate { predicate: Predicate, negated: bool },
}

#[derive(Clone, Copy)]
enum Predicate {
    Between,
    In,
    Like,
}

/// What opens a level.
enum Bracket<'t> {
    List,
    Bag,
    Map,
    Group,
    Call(Cow<'t, str>),
}

type Parsed<T> = Result<T, StatementFault>;

/// Whether a keyword is an operator.
fn is_operator(word: &str) -> bool {
    ["AND", "OR", "NOT", "IN", "IS", "LIKE", "BETWEEN"]
        .iter()
        .any(|operator| operator.eq_ignore_ascii_case(word))
}

/// The only expression there is, or all of them joined.
fn one_or<'t>(mut exprs: Vec<Expr<'t>>, join: fn(Vec<Expr<'t>>) -> Kind<'t>, at: Span) -> Expr<'t> {
    match exprs.pop() {
        Some(only) if exprs.is_empty() => only,
        last => {
            exprs.extend(last);
            Expr { kind: join(exprs), at }
        }
    }
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str) -> Parsed<Self> {
        Ok(Self { text, lexemes: tokens(text)?, at: 0, depth: 0, operators: 0, parameters: 0 })
    }

    pub(super) fn peek(&self) -> &Token<'t> {
        &self.lexemes[self.at].token
    }

    fn peek_next(&self) -> &Token<'t> {
        &self.lexemes[(self.at + 1).min(self.lexemes.len() - 1)].token
    }

    pub(super) fn span(&self) -> Span {
        self.lexemes[self.at].at
    }

    pub(super) fn advance(&mut self) {
        // The end is never passed.
        self.at = (self.at + 1).min(self.lexemes.len() - 1);
    }

    pub(super) fn is_keyword(&self, word: &str) -> bool {
        matches!(self.peek(), Token::Keyword(found) if found.eq_ignore_ascii_case(word))
    }

    /// Passes a keyword, if it is there.
    pub(super) fn keyword(&mut self, word: &str) -> bool {
        let found = self.is_keyword(word);
        if found {
            self.advance();
        }
        found
    }

    pub(super) fn is_symbol(&self, symbol: &str) -> bool {
        matches!(self.peek(), Token::Symbol(found) if *found == symbol)
    }

    pub(super) fn symbol(&mut self, symbol: &str) -> bool {
        let found = self.is_symbol(symbol);
        if found {
            self.advance();
        }
        found
    }

    fn expect(&mut self, symbol: &str, name: &'static str) -> Parsed<()> {
        if self.symbol(symbol) { Ok(()) } else { Err(Fault::Expected(name).into()) }
    }

    /// Whether the statement ends here.
    pub(super) fn at_end(&self) -> bool {
        matches!(self.peek(), Token::End | Token::Symbol(";"))
    }

    /// An expression in a clause of its own, whose operators are counted from 0.
    pub(super) fn clause(&mut self) -> Parsed<Expr<'t>> {
        self.operators = 0;
        self.or()
    }

    fn count_operator(&mut self) -> Parsed<()> {
        self.operators += 1;
        if self.operators > EXPRESSION_OPERATORS_MAX {
            return Err(ExpressionFault::TooManyOperators.into());
        }
        Ok(())
    }

    /// OR, AND and NOT, all in one frame of the stack: parentheses come back here.
    fn or(&mut self) -> Parsed<Expr<'t>> {
        let at = self.span();
        let mut alternatives = Vec::new();
        let mut conditions = Vec::new();
        loop {
            let condition_at = self.span();
            let negated = self.negations()?;
            let condition = self.comparison()?;
            conditions.push(if negated {
                Expr { kind: Kind::Not(Box::new(condition)), at: condition_at }
            } else {
                condition
            });
            let or = self.is_keyword("OR");
            if or || self.is_keyword("AND") {
                self.advance();
                self.count_operator()?;
                if self.at_end() {
                    return Err(Fault::MissingRightHandSide.into());
                }
                if !or {
                    continue;
                }
            }
            let all = std::mem::take(&mut conditions);
            alternatives.push(one_or(all, Kind::And, at));
            if !or {
                return Ok(one_or(alternatives, Kind::Or, at));
            }
        }
    }

    /// Passes NOTs; tells whether they negate. Two are none.
    fn negations(&mut self) -> Parsed<bool> {
        let mut negated = false;
        while self.keyword("NOT") {
            self.count_operator()?;
            negated = !negated;
        }
        Ok(negated)
    }

    /// What stands behind an operator.
    fn right_side(&mut self) -> Parsed<Expr<'t>> {
        if self.at_end() {
            return Err(Fault::MissingRightHandSide.into());
        }
        self.sum()
    }

    fn comparison(&mut self) -> Parsed<Expr<'t>> {
        let mut left = self.sum()?;
        while let Some(operator) = self.comparing_operator() {
            left = self.compared(operator, left)?;
        }
        Ok(left)
    }

    /// The operator that stands next, if it compares.
    fn comparing_operator(&self) -> Option<Comparing> {
        let comparator = match self.peek() {
            Token::Symbol("=") => Comparator::Equal,
            Token::Symbol("<>" | "!=") => Comparator::NotEqual,
            Token::Symbol("<") => Comparator::Less,
            Token::Symbol("<=") => Comparator::LessOrEqual,
            Token::Symbol(">") => Comparator::Greater,
            Token::Symbol(">=") => Comparator::GreaterOrEqual,
            Token::Keyword(_) => {
                if self.is_keyword("IS") {
                    return Some(Comparing::Is);
                }
                let negated = self.is_keyword("NOT");
                let operator = if negated { self.peek_next() } else { self.peek() };
                let Token::Keyword(word) = operator else { return None };
                let predicate = match word.to_ascii_uppercase().as_str() {
                    "BETWEEN" => Predicate::Between,
                    "IN" => Predicate::In,
                    "LIKE" => Predicate::Like,
                    _ => return None,
                };
                return Some(Comparing::Predicate { predicate, negated });
            }
            _ => return None,
        };
        Some(Comparing::Comparator(comparator))
    }

    fn compared(&mut self, operator: Comparing, left: Expr<'t>) -> Parsed<Expr<'t>> {
        let at = left.at;
        self.advance();
        self.count_operator()?;
        let kind = match operator {
            Comparing::Comparator(comparator) => {
                Kind::Compare(comparator, Box::new([left, self.right_side()?]))
            }
            Comparing::Is => {
                let negated = self.keyword("NOT");
                let kind = Kind::Is(Box::new(left), self.type_name()?);
                self.negate_if(negated, kind, at)?
            }
            Comparing::Predicate { predicate, negated } => {
                if negated {
                    self.advance();
                }
                let kind = match predicate {
                    Predicate::Between => self.between(left)?,
                    Predicate::In => self.in_list(left)?,
                    Predicate::Like => Kind::Operator("LIKE", Box::new([left, self.right_side()?])),
                };
                self.negate_if(negated, kind, at)?
            }
        };
        Ok(Expr { kind, at })
    }

    fn negate_if(&mut self, negated: bool, kind: Kind<'t>, at: Span) -> Parsed<Kind<'t>> {
        if !negated {
            return Ok(kind);
        }
        self.count_operator()?;
        Ok(Kind::Not(Box::new(Expr { kind, at })))
    }

    fn between(&mut self, operand: Expr<'t>) -> Parsed<Kind<'t>> {
        let low = self.right_side()?;
        if !self.keyword("AND") {
            return Err(Fault::ExpectedAnd.into());
        }
        if self.at_end() {
            return Err(Fault::ExpectedAfterAnd.into());
        }
        Ok(Kind::Between(Box::new([operand, low, self.sum()?])))
    }

    fn in_list(&mut self, operand: Expr<'t>) -> Parsed<Kind<'t>> {
        let list = if self.symbol("(") {
            self.elements(")", "RIGHT_PAREN")?
        } else {
            match self.right_side()?.kind {
                Kind::List(list) => list,
                _ => return Err(StatementFault::InOperand),
            }
        };
        if list.is_empty() {
            return Err(StatementFault::InOperand);
        }
        Ok(Kind::In(Box::new(operand), list))
    }

    fn sum(&mut self) -> Parsed<Expr<'t>> {
        let mut left = self.term()?;
        while let Token::Symbol(symbol @ ("+" | "-" | "*" | "/" | "%" | "||")) = *self.peek() {
            self.advance();
            self.count_operator()?;
            if self.at_end() {
                return Err(Fault::MissingRightHandSide.into());
            }
            let at = left.at;
            let right = self.term()?;
            left = Expr { kind: Kind::Operator(symbol, Box::new([left, right])), at };
        }
        Ok(left)
    }

    /// A term: what is in brackets of some kind, one level deeper, or something simple.
    fn term(&mut self) -> Parsed<Expr<'t>> {
        let at = self.span();
        let bracket = match self.peek() {
            Token::Symbol("[") => Bracket::List,
            Token::Symbol("<<") => Bracket::Bag,
            Token::Symbol("{") => Bracket::Map,
            Token::Symbol("(") => Bracket::Group,
            Token::Word(_) | Token::Keyword(_) if *self.peek_next() == Token::Symbol("(") => {
                Bracket::Call(self.function_name()?)
            }
            _ => return self.simple_term(),
        };
        self.advance();
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(StatementFault::NestedTooDeep(None));
        }
        let kind = match bracket {
            Bracket::List => Kind::List(self.elements("]", "RIGHT_BRACKET")?),
            Bracket::Bag => Kind::Bag(self.elements(">>", "RIGHT_DOUBLE_ANGLE_BRACKET")?),
            Bracket::Map => self.map()?,
            Bracket::Group => self.group()?,
            Bracket::Call(name) => Kind::Call { name, arguments: self.arguments()? },
        };
        self.depth -= 1;
        Ok(Expr { kind, at })
    }

    /// The name of a function, which is passed; the parenthesis behind it is not.
    fn function_name(&mut self) -> Parsed<Cow<'t, str>> {
        let name = match *self.peek() {
            Token::Keyword(word) if is_operator(word) => return Err(Fault::UnexpectedOperator.into()),
            Token::Keyword(word) => Cow::Owned(word.to_ascii_lowercase()),
            Token::Word(word) => Cow::Borrowed(word),
            _ => unreachable!("a call begins with a word"),
        };
        self.count_operator()?;
        self.advance();
        Ok(name)
    }

    fn arguments(&mut self) -> Parsed<Vec<Expr<'t>>> {
        let at = self.span();
        if self.is_keyword("SELECT") {
            return Ok(vec![Expr { kind: self.group()?, at }]);
        }
        if self.symbol("*") {
            // COUNT(*), which nothing takes.
            self.expect(")", "RIGHT_PAREN")?;
            return Ok(Vec::new());
        }
        self.elements(")", "RIGHT_PAREN")
    }

    fn simple_term(&mut self) -> Parsed<Expr<'t>> {
        let at = self.span();
        let token = self.peek().clone();
        let kind = match token {
            Token::Text(text) => self.literal(Kind::Text(text)),
            Token::Number(digits) => self.literal(Kind::Number { negative: false, digits }),
            Token::Ion(text) => self.literal(Kind::Ion(text)),
            Token::Symbol(sign @ ("+" | "-")) => {
                self.advance();
                let Token::Number(digits) = *self.peek() else { return Err(Fault::UnexpectedTerm.into()) };
                let at = Span { start: at.start, end: self.span().end };
                self.advance();
                return Ok(Expr { kind: Kind::Number { negative: sign == "-", digits }, at });
            }
            Token::Symbol("?") => {
                self.parameters += 1;
                self.literal(Kind::Parameter(self.parameters - 1))
            }
            Token::Word(name) => {
                self.advance();
                Kind::Path(self.path(Cow::Borrowed(name))?)
            }
            Token::Quoted(name) => {
                self.advance();
                Kind::Path(self.path(name)?)
            }
            Token::Keyword(word) if is_operator(word) => return Err(Fault::UnexpectedOperator.into()),
            Token::Keyword(word) => match word.to_ascii_uppercase().as_str() {
                "TRUE" => self.literal(Kind::Bool(true)),
                "FALSE" => self.literal(Kind::Bool(false)),
                "NULL" => self.literal(Kind::Null),
                "MISSING" => self.literal(Kind::Missing),
                "FROM" | "SET" | "REMOVE" if *self.peek_next() != Token::End => {
                    return Err(Fault::ExpectedDataManipulation.into());
                }
                _ => return Err(Fault::UnexpectedKeyword.into()),
            },
            Token::Symbol("=" | "<>" | "!=" | "<" | "<=" | ">" | ">=" | "*" | "/" | "%" | "||") => {
                return Err(Fault::UnexpectedOperator.into());
            }
            Token::Symbol(_) | Token::End => return Err(Fault::UnexpectedTerm.into()),
        };
        Ok(Expr { kind, at })
    }

    fn literal(&mut self, kind: Kind<'t>) -> Kind<'t> {
        self.advance();
        kind
    }

    /// Elements between commas, up to and including the closing bracket.
    fn elements(&mut self, close: &str, name: &'static str) -> Parsed<Vec<Expr<'t>>> {
        let mut elements = Vec::new();
        if self.symbol(close) {
            return Ok(elements);
        }
        loop {
            elements.push(self.or()?);
            if !self.symbol(",") {
                self.expect(close, name)?;
                return Ok(elements);
            }
        }
    }

    fn map(&mut self) -> Parsed<Kind<'t>> {
        let mut entries = Vec::new();
        if self.symbol("}") {
            return Ok(Kind::Map(entries));
        }
        loop {
            let key = self.or()?;
            self.expect(":", "COLON")?;
            entries.push((key, self.or()?));
            if !self.symbol(",") {
                self.expect("}", "RIGHT_CURLY")?;
                return Ok(Kind::Map(entries));
            }
        }
    }

    /// What is in parentheses: an expression, a list, or a SELECT.
    fn group(&mut self) -> Parsed<Kind<'t>> {
        if self.is_keyword("SELECT") {
            let at = self.span();
            let select = super::statement::select(self, at)?;
            self.expect(")", "RIGHT_PAREN")?;
            return Ok(Kind::Subquery(Box::new(select)));
        }
        let first = self.or()?;
        if !self.is_symbol(",") {
            self.expect(")", "RIGHT_PAREN")?;
            return Ok(first.kind);
        }
        self.advance();
        let mut list = vec![first];
        list.extend(self.elements(")", "RIGHT_PAREN")?);
        Ok(Kind::List(list))
    }

    /// The steps of a path whose name has been read.
    pub(super) fn path(&mut self, name: Cow<'t, str>) -> Parsed<PathExpr<'t>> {
        let mut steps = Vec::new();
        loop {
            if self.symbol(".") {
                steps.push(match self.peek().clone() {
                    Token::Word(name) => Step::Name(Cow::Borrowed(name)),
                    Token::Quoted(name) => Step::Name(name),
                    Token::Symbol("*") => Step::Wildcard,
                    _ => return Err(Fault::InvalidDotComponent.into()),
                });
                self.advance();
            } else if self.symbol("[") {
                steps.push(match self.peek().clone() {
                    Token::Number(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                        Step::Index(digits)
                    }
                    Token::Text(name) => Step::Name(name),
                    Token::Symbol("*") => Step::Wildcard,
                    _ => return Err(Fault::UnexpectedTerm.into()),
                });
                self.advance();
                self.expect("]", "RIGHT_BRACKET")?;
            } else {
                return Ok(PathExpr { name, steps });
            }
        }
    }

    fn type_name(&mut self) -> Parsed<TypeName> {
        let word = match *self.peek() {
            Token::Keyword(word) | Token::Word(word) => word.to_ascii_uppercase(),
            _ => return Err(Fault::ExpectedTypeName.into()),
        };
        self.advance();
        let followed = match word.as_str() {
            "DOUBLE" => self.keyword("PRECISION"),
            "CHARACTER" => self.keyword("VARYING"),
            _ => false,
        };
        use TypeName::Unsupported;
        let name = match (word.as_str(), followed) {
            ("MISSING", _) => TypeName::Missing,
            ("NULL", _) => TypeName::Null,
            ("BOOL" | "BOOLEAN", _) => TypeName::Boolean,
            ("BLOB", _) => TypeName::Blob,
            ("STRING", _) => TypeName::String,
            ("NUMERIC", _) => TypeName::Numeric,
            ("STRUCT" | "TUPLE", _) => TypeName::Struct,
            ("LIST", _) => TypeName::List,
            ("SMALLINT", _) => Unsupported("SmallintType"),
            ("INT" | "INTEGER", _) => Unsupported("IntegerType"),
            ("INT4", _) => Unsupported("Integer4Type"),
            ("INT8" | "BIGINT", _) => Unsupported("Integer8Type"),
            ("FLOAT", _) => Unsupported("FloatType"),
            ("REAL", _) => Unsupported("RealType"),
            ("DOUBLE", true) => Unsupported("DoublePrecisionType"),
            ("DECIMAL", _) => Unsupported("DecimalType"),
            ("TIMESTAMP", _) => Unsupported("TimestampType"),
            ("DATE", _) => Unsupported("DateType"),
            ("TIME", _) => Unsupported("TimeType"),
            ("CHARACTER", true) | ("VARCHAR", _) => Unsupported("CharacterVaryingType"),
            ("CHAR" | "CHARACTER", _) => Unsupported("CharacterType"),
            ("SYMBOL", _) => Unsupported("SymbolType"),
            ("CLOB", _) => Unsupported("ClobType"),
            ("SEXP", _) => Unsupported("SexpType"),
            ("BAG", _) => Unsupported("BagType"),
            ("ANY", _) => Unsupported("AnyType"),
            _ => return Err(Fault::ExpectedTypeName.into()),
        };
        if self.symbol("(") {
            self.elements(")", "RIGHT_PAREN")?;
        }
        Ok(name)
    }
}
