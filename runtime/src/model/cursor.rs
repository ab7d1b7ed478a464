//! Where a page of a list begins: the values of a row in the columns of the order, as a text that
//! fits into a URL.
//!
//! The text is `1`, for this way of writing it, and then the base64 (of URLs, without padding) of:
//! a letter for the side of the row that is meant, eight bytes that tell one order of one model
//! from another, and for each column the length of its value plus one, and the value as text; a
//! length of zero is NULL.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const VERSION: char = '1';

/// A place in a list, to go on from: of a [`KeysetPage`](super::KeysetPage).
///
/// It is made to be handed out and taken back as a text of letters, digits, `-` and `_`. What is in
/// it is not secret, the values of one row in the columns of the order, and means something only to
/// a list of the same model in the same order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cursor(String);

/// A text that is no cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidCursor;

/// What is in a cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) side: Side,
    /// Of the order and its model.
    pub(super) print: u64,
    /// A value for each column of the order; `None` is NULL.
    pub(super) values: Vec<Option<String>>,
}

/// Which rows are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// Those after the row.
    After,
    /// Those before it.
    Before,
    /// The row, if it is still there, and those after it.
    From,
    /// Those before the row, and the row if it is still there.
    UpTo,
}

impl Side {
    const ALL: [Self; 4] = [Self::After, Self::Before, Self::From, Self::UpTo];

    fn letter(self) -> u8 {
        match self {
            Self::After => b'a',
            Self::Before => b'b',
            Self::From => b'f',
            Self::UpTo => b'u',
        }
    }

    /// Whether the rows are read from the end to the beginning.
    pub(super) fn is_backward(self) -> bool {
        matches!(self, Self::Before | Self::UpTo)
    }

    /// The rows on the other side.
    pub(super) fn turned(self) -> Self {
        match self {
            Self::After => Self::UpTo,
            Self::Before => Self::From,
            Self::From => Self::Before,
            Self::UpTo => Self::After,
        }
    }

    /// Whether the row itself is meant too.
    pub(super) fn is_inclusive(self) -> bool {
        matches!(self, Self::From | Self::UpTo)
    }
}

impl Cursor {
    /// The most letters that a cursor has.
    pub const MAX_LENGTH: usize = 4_096;

    /// `None` if the values are too long.
    pub(super) fn new(place: &Place) -> Option<Self> {
        let mut bytes = vec![place.side.letter()];
        bytes.extend(place.print.to_be_bytes());
        for value in &place.values {
            let Some(value) = value else {
                bytes.extend([0, 0]);
                continue;
            };
            bytes.extend(u16::try_from(value.len() + 1).ok()?.to_be_bytes());
            bytes.extend(value.as_bytes());
        }
        let text = base64::write(VERSION, &bytes);
        (text.len() <= Self::MAX_LENGTH).then_some(Self(text))
    }

    pub(super) fn place(&self) -> Option<Place> {
        place(&self.0)
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn place(text: &str) -> Option<Place> {
    if text.len() > Cursor::MAX_LENGTH {
        return None;
    }
    let bytes = base64::read(text.strip_prefix(VERSION)?)?;
    let (letter, rest) = bytes.split_first()?;
    let side = Side::ALL.into_iter().find(|side| side.letter() == *letter)?;
    let (print, mut rest) = rest.split_first_chunk()?;
    let mut values = Vec::new();
    while !rest.is_empty() {
        let (length, more) = rest.split_first_chunk()?;
        rest = more;
        let Some(length) = u16::from_be_bytes(*length).checked_sub(1) else {
            values.push(None);
            continue;
        };
        let (value, more) = rest.split_at_checked(length.into())?;
        rest = more;
        values.push(Some(String::from_utf8(value.to_owned()).ok()?));
    }
    Some(Place { side, print: u64::from_be_bytes(*print), values })
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    /// Whether it belongs to a list, the list tells.
    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        place(text).map(|_| Self(text.to_owned())).ok_or(InvalidCursor)
    }
}

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl fmt::Display for InvalidCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is no cursor of a page")
    }
}

impl std::error::Error for InvalidCursor {}

/// Base64 with the letters of URLs and without padding (RFC 4648, section 5).
mod base64 {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    pub(super) fn write(first: char, bytes: &[u8]) -> String {
        let mut text = String::from(first);
        for chunk in bytes.chunks(3) {
            let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
            let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
            for at in 0..=chunk.len() {
                let index = bits >> (18 - 6 * at) & 63;
                text.push(char::from(LETTERS[index as usize]));
            }
        }
        text
    }

    /// Only the one text that [`write`] makes of the bytes is read.
    pub(super) fn read(text: &str) -> Option<Vec<u8>> {
        let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
        for chunk in text.as_bytes().chunks(4) {
            let mut bits = 0;
            for (at, letter) in chunk.iter().enumerate() {
                let index = LETTERS.iter().position(|known| known == letter)?;
                bits |= u32::try_from(index).ok()? << (18 - 6 * at);
            }
            let [_, all @ ..] = bits.to_be_bytes();
            let (some, none) = all.split_at(chunk.len().checked_sub(1).filter(|len| *len > 0)?);
            if none.iter().any(|byte| *byte != 0) {
                return None;
            }
            bytes.extend(some);
        }
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[Option<&str>]) -> Place {
        let values = values.iter().map(|value| value.map(str::to_owned)).collect();
        Place { side: Side::After, print: u64::MAX - 7, values }
    }

    #[test]
    fn what_is_written_is_read_whatever_it_is() {
        let long = "😀".repeat(700);
        for values in [
            &[][..],
            &[None],
            &[Some("")],
            &[Some("a"), None, Some("")],
            &[Some("1"), Some("é😀\0\u{1} \"'/?&=+%\r\n")],
            &[Some(&long)],
        ] {
            for side in Side::ALL {
                let place = Place { side, ..of(values) };
                let cursor = Cursor::new(&place).expect("short enough");
                let text = cursor.to_string();
                assert!(text.starts_with('1'), "{text}");
                assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)));
                assert_eq!(text.parse(), Ok(cursor.clone()));
                assert_eq!(cursor.place(), Some(place));
                let json = serde_json::to_string(&cursor).expect("a text");
                assert_eq!(serde_json::from_str::<Cursor>(&json).expect("a cursor"), cursor);
            }
        }
    }

    #[test]
    fn values_that_are_too_long_make_none() {
        for length in [3_100, 70_000] {
            assert_eq!(Cursor::new(&of(&[Some(&"x".repeat(length))])), None);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let good = Cursor::new(&of(&[Some("ab"), None])).expect("short enough").to_string();
        let changed = |change: fn(&mut Vec<u8>)| {
            let mut bytes = base64::read(&good[1..]).expect("base64");
            change(&mut bytes);
            base64::write('1', &bytes)
        };
        let bad = [
            String::new(),
            "1".to_owned(),
            "x".to_owned(),
            good[1..].to_owned(),
            format!("2{}", &good[1..]),
            format!("{good}="),
            format!("{good}AA"),
            format!("{good}é"),
            good[..good.len() - 1].to_owned(),
            "1".repeat(Cursor::MAX_LENGTH + 1),
            changed(|bytes| bytes[0] = b'x'),
            changed(|bytes| bytes[10] = 200),
            changed(|bytes| bytes[11] = 0xff),
            changed(|bytes| bytes.truncate(5)),
        ];
        for text in bad {
            assert_eq!(text.parse::<Cursor>(), Err(InvalidCursor), "{text}");
        }
        assert_eq!(changed(|_| {}), good);
    }
}
