//! Filters of a list: `status=draft`, `created_at.gte=…`. The name of the parameter is that of a
//! column, alone or with an operator; the value is parsed as the column's type has it.

use super::problem::Refusal;
use super::query::{listed, takes, unknown};
use crate::model::{Codec, Column, ColumnName, DatabaseOf, Filter, Model, Resource, Text, Visit};

/// The most values that `in` takes; every database has a limit, and this is far below.
const MOST_VALUES: usize = 1_000;

/// How a column is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Eq,
    Ne,
    Lt,
    Lte,
    Gt,
    Gte,
    In,
    Null,
    Contains,
    StartsWith,
}

/// Their names in a query.
const OPERATORS: [(&str, Operator); 10] = [
    ("eq", Operator::Eq),
    ("ne", Operator::Ne),
    ("lt", Operator::Lt),
    ("lte", Operator::Lte),
    ("gt", Operator::Gt),
    ("gte", Operator::Gte),
    ("in", Operator::In),
    ("null", Operator::Null),
    ("contains", Operator::Contains),
    ("starts_with", Operator::StartsWith),
];

/// The filter that a parameter stands for.
pub(super) fn read<M: Resource>(parameter: &str, value: &str) -> Result<Filter<M>, Refusal> {
    let (name, operator) = match parameter.split_once('.') {
        Some((name, operator)) => (name, Some(operator)),
        None => (parameter, None),
    };
    let column = M::FILTER.iter().copied().find(|column| column.name() == name);
    let Some(column) = column else {
        return Err(unknown::<M>(parameter));
    };
    let operator = match operator {
        None => Operator::Eq,
        Some(operator) => {
            let known = OPERATORS.iter().find(|(known, _)| *known == operator);
            let Some((_, operator)) = known else {
                let operators = listed(OPERATORS.iter().map(|(known, _)| *known), "and");
                return Err(Refusal::bad_request(format!(
                    "`{name}` is compared with another operator than there is. There are \
                     {operators}, as in `{name}.ne`."
                )));
            };
            *operator
        }
    };
    // Not every database compares with it, and none keeps it everywhere.
    if value.contains('\0') {
        return Err(takes(parameter, "no character of the number 0"));
    }
    M::visit(column, Comparison { parameter, operator, value })
        .unwrap_or_else(|| Err(unknown::<M>(parameter)))
}

/// A comparison with a column whose type is not known yet.
struct Comparison<'a> {
    parameter: &'a str,
    operator: Operator,
    value: &'a str,
}

impl<M: Model> Visit<M> for Comparison<'_> {
    type Output = Result<Filter<M>, Refusal>;

    fn visit<T, C>(self, column: Column<M, T, C>) -> Self::Output
    where
        T: Text + Send + Sync + 'static,
        C: Codec<DatabaseOf<M>, T> + 'static,
    {
        let one = || T::parse(self.value).ok_or_else(|| takes(self.parameter, &T::looks_like()));
        let texts_only = || {
            Refusal::bad_request(format!(
                "`{}` is not for this column: it has no texts.",
                self.parameter
            ))
        };
        Ok(match self.operator {
            Operator::Eq => column.eq(one()?),
            Operator::Ne => column.ne(one()?),
            Operator::Lt => column.lt(one()?),
            Operator::Lte => column.lte(one()?),
            Operator::Gt => column.gt(one()?),
            Operator::Gte => column.gte(one()?),
            Operator::In => column.one_of(self.many::<T>()?),
            Operator::Null => match self.value {
                "true" => column.is_null(),
                "false" => column.is_not_null(),
                _ => return Err(takes(self.parameter, "`true` or `false`")),
            },
            Operator::Contains => column.contains_if_text(self.value).ok_or_else(texts_only)?,
            Operator::StartsWith => {
                column.starts_with_if_text(self.value).ok_or_else(texts_only)?
            }
        })
    }
}

impl Comparison<'_> {
    fn many<T: Text>(&self) -> Result<Vec<T>, Refusal> {
        let texts = split(self.value);
        let values = texts.iter().map(|text| T::parse(text)).collect::<Option<Vec<_>>>();
        values.filter(|values| values.len() <= MOST_VALUES).ok_or_else(|| {
            let each = T::looks_like();
            takes(
                self.parameter,
                &format!("at most {MOST_VALUES} values with commas between them, each {each}"),
            )
        })
    }
}

/// The values between commas. A comma that is part of one has `\` before it, and so has `\`.
fn split(list: &str) -> Vec<String> {
    let mut values = Vec::new();
    let mut value = String::new();
    let mut letters = list.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            ',' => values.push(std::mem::take(&mut value)),
            '\\' => value.push(letters.next_if(|next| matches!(next, ',' | '\\')).unwrap_or('\\')),
            _ => value.push(letter),
        }
    }
    values.push(value);
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_can_be_part_of_a_value() {
        for (list, values) in [
            ("a,b", &["a", "b"][..]),
            ("", &[""]),
            (r"a\,b,c", &["a,b", "c"]),
            (r"a\\,b", &[r"a\", "b"]),
            (r"a\b\", &[r"a\b\"]),
            (",", &["", ""]),
        ] {
            assert_eq!(split(list), values, "{list}");
        }
    }

    #[test]
    fn every_operator_has_a_name_of_its_own() {
        for (at, (name, operator)) in OPERATORS.iter().enumerate() {
            let others = &OPERATORS[at + 1..];
            assert!(others.iter().all(|(known, other)| known != name && other != operator));
        }
    }
}
