//! Decimals: how many digits they have, and those of a default.

use crate::{
    config::ColumnConfig,
    diagnostics::{Code, Diagnostic, Diagnostics},
    model::{Backend, table::ColumnType},
    settings::model::MAX_PRECISION,
    source::{Span, Spanned},
};

/// Most digits that `SQLite` keeps exactly: it has them as a whole number of 64 bits.
const SQLITE_PRECISION: u32 = 18;

/// The type of a column of decimals, whose word stands at `span`. Reports what is wrong with it.
pub(super) fn kind(
    column: &ColumnConfig,
    span: Span,
    backend: Option<Backend>,
    diagnostics: &mut Diagnostics,
) -> Option<ColumnType> {
    let (Some(precision), Some(scale)) = (&column.precision, &column.scale) else {
        // What could not be read is not missing.
        if column.sound {
            diagnostics.push(missing(column, span));
        }
        return None;
    };
    let (most, why) = if backend == Some(Backend::Sqlite) {
        (SQLITE_PRECISION, "SQLite has no decimals: they are kept as whole numbers of 64 bits")
    } else {
        (MAX_PRECISION, "more digits are not exact in Rust")
    };
    let kind = digits("precision", precision, (1, most), why).and_then(|digits| {
        let behind = self::digits("scale", scale, (0, MAX_PRECISION), why)?;
        if behind <= digits {
            return Ok(ColumnType::Decimal { precision: digits, scale: behind });
        }
        let message = "`scale` is larger than `precision`";
        let diagnostic = Diagnostic::new(Code::ColumnSetting, scale.span, message)
            .label("the digits behind the point")
            .also(precision.span, "all digits");
        Err(diagnostic.help("raise `precision`, or lower `scale`"))
    });
    kind.map_err(|problem| diagnostics.push(problem)).ok()
}

fn missing(column: &ColumnConfig, span: Span) -> Diagnostic {
    let missing = match (&column.precision, &column.scale) {
        (None, None) => "`precision` and `scale`",
        (None, _) => "`precision`",
        _ => "`scale`",
    };
    let help = format!(
        "say how many digits it has, and how many of them behind the point, like \
         `{} = {{ type = \"{}\", precision = 12, scale = 2 }}`",
        column.name.value,
        column.kind.as_ref().map_or("decimal", |kind| &kind.value),
    );
    Diagnostic::new(Code::ColumnType, span, format!("a decimal needs {missing}")).help(help)
}

/// A number of digits. `why` says why there are no more.
fn digits(
    setting: &str,
    typed: &Spanned<i128>,
    (least, most): (u32, u32),
    why: &str,
) -> Result<u8, Diagnostic> {
    let found = u8::try_from(typed.value).ok();
    found.filter(|digits| (least..=most).contains(&u32::from(*digits))).ok_or_else(|| {
        let message = format!("`{setting}` is out of range");
        let diagnostic = Diagnostic::new(Code::OutOfRange, typed.span, message)
            .label(format!("allowed are {least} to {most}"));
        if typed.value > most.into() { diagnostic.help(why) } else { diagnostic }
    })
}

/// Reports digits of a column that is no decimal.
pub(super) fn only(column: &ColumnConfig, kind: &ColumnType, diagnostics: &mut Diagnostics) {
    if matches!(kind, ColumnType::Decimal { .. }) {
        return;
    }
    for (setting, typed) in [("precision", &column.precision), ("scale", &column.scale)] {
        if let Some(typed) = typed {
            let message = format!("`{setting}` is for decimals, and this is `{}`", kind.word());
            let diagnostic = Diagnostic::new(Code::ColumnSetting, typed.span, message);
            diagnostics.push(diagnostic.help("remove it, or write `type = \"decimal\"`"));
        }
    }
}

/// A decimal in units of its last digit: `1.5` with two digits behind the point is 150. The error
/// says what is wrong, and what helps.
pub(super) fn scaled(text: &str, precision: u8, scale: u8) -> Result<i128, (&'static str, String)> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) {
        let help = "write digits with a point between them, like `default = \"0.00\"`";
        return Err(("the default is no number", help.to_owned()));
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > usize::from(scale) {
        let help = format!("the column has `scale = {scale}`, and nothing is rounded");
        return Err(("the default has too many digits behind the point", help));
    }
    let digits = format!("{whole}{fraction:0<0$}", usize::from(scale));
    let digits = digits.trim_start_matches('0');
    if digits.len() > usize::from(precision) {
        let before = precision - scale;
        let help = format!("the column has at most {before} digits before the point");
        return Err(("the default is out of range", help));
    }
    // At most 28 digits, which fit.
    let value: i128 = digits.parse().unwrap_or_default();
    Ok(if text.starts_with('-') { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::scaled;

    #[test]
    fn decimals_in_units_of_their_last_digit() {
        let cases = [
            ("0", 0),
            ("-0.00", 0),
            ("1.5", 150),
            ("1.50000", 150),
            ("-0.01", -1),
            ("007", 700),
            ("99.99", 9999),
        ];
        for (text, value) in cases {
            assert_eq!(scaled(text, 4, 2), Ok(value), "{text}");
        }
        let most = "9".repeat(28);
        assert_eq!(scaled(&most, 28, 0), Ok(most.parse().expect("a number")));
        assert_eq!(scaled("0.5", 1, 1), Ok(5));
    }

    #[test]
    fn what_is_no_such_decimal() {
        let bad = ["", "-", ".5", "5.", "+1", "1e2", "1 ", "1,5", "--1", "1.2.3", "0x1", "١"];
        for text in bad.into_iter().chain(["0.001", "100", "-100.00", &"9".repeat(1 << 20)]) {
            assert!(scaled(text, 4, 2).is_err(), "{}", text.len());
        }
    }
}
