//! bt-encoding (bencode): integers `i…e`, byte strings `length:bytes`, lists `l…e`, dictionaries `d…e` with keys in
//! strictly ascending byte order.
//!
//! Decoding holds at most 128 bytes of memory for each byte of input, and descends at most [`MAX_DEPTH`] levels.

mod dict;
mod reader;

pub use self::dict::Dict;
pub(crate) use self::reader::Reader;

/// Containers that may stand within each other.
pub const MAX_DEPTH: usize = 64;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `i…e`.
    Int(i64),
    /// `length:bytes`.
    Bytes(Vec<u8>),
    /// `l…e`.
    List(Vec<Value>),
    /// `d…e`.
    Dict(Dict),
}

/// How exact numbers and the end must be. Order of keys, lengths and depth are always checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// Canonical: no leading zeros, no `-0`, nothing behind the value.
    Canonical,
    /// As the reference parser: leading zeros and `-0` are taken, bytes behind the value are left.
    Lenient,
}

/// Why bytes are not a bt-encoded value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BtError {
    /// The input ends within a value, or a string is longer than the rest of the input.
    #[error("the input ends too early")]
    Truncated,
    /// No value begins with this byte.
    #[error("unexpected byte {0:#04x}")]
    Unexpected(u8),
    /// Not a number, not within 64 bits, or not canonical.
    #[error("not a number")]
    Number,
    /// Keys are not byte strings in strictly ascending order.
    #[error("keys out of order")]
    KeyOrder,
    /// More than [`MAX_DEPTH`] containers within each other.
    #[error("nested too deeply")]
    Depth,
    /// Bytes behind the value.
    #[error("{0} bytes behind the value")]
    Trailing(usize),
}

/// Reads one canonical value that fills the whole input.
pub fn decode(bytes: &[u8]) -> Result<Value, BtError> {
    decode_with(bytes, Strictness::Canonical).map(|(value, _)| value)
}

/// Reads one value and says how many bytes it took.
pub fn decode_with(bytes: &[u8], strictness: Strictness) -> Result<(Value, usize), BtError> {
    let mut reader = Reader::new(bytes, strictness);
    let value = reader.value(MAX_DEPTH)?;
    let rest = bytes.len() - reader.position();
    match strictness {
        Strictness::Canonical if rest > 0 => Err(BtError::Trailing(rest)),
        _ => Ok((value, reader.position())),
    }
}

/// Writes a value in its canonical form. Values deeper than [`MAX_DEPTH`] are written, but not read back.
pub fn encode(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write(value, &mut out);
    out
}

impl Value {
    /// The number, if it is one.
    pub fn as_int(&self) -> Option<i64> {
        if let Self::Int(number) = self { Some(*number) } else { None }
    }

    /// The bytes, if it is a byte string.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }

    /// The values, if it is a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        if let Self::List(values) = self { Some(values) } else { None }
    }

    /// The dictionary, if it is one.
    pub fn as_dict(&self) -> Option<&Dict> {
        if let Self::Dict(dict) = self { Some(dict) } else { None }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Bytes(text.into())
    }
}

impl From<Vec<Value>> for Value {
    fn from(values: Vec<Value>) -> Self {
        Self::List(values)
    }
}

impl From<Dict> for Value {
    fn from(dict: Dict) -> Self {
        Self::Dict(dict)
    }
}

pub(crate) fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Int(number) => out.extend_from_slice(format!("i{number}e").as_bytes()),
        Value::Bytes(bytes) => write_bytes(bytes, out),
        Value::List(values) => {
            out.push(b'l');
            values.iter().for_each(|value| write(value, out));
            out.push(b'e');
        }
        Value::Dict(dict) => write_dict(dict, out),
    }
}

pub(crate) fn write_dict(dict: &Dict, out: &mut Vec<u8>) {
    out.push(b'd');
    for (key, value) in dict.iter() {
        write_bytes(key, out);
        write(value, out);
    }
    out.push(b'e');
}

pub(crate) fn write_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(format!("{}:", bytes.len()).as_bytes());
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(bytes: &[u8]) -> (BtError, Option<BtError>) {
        (decode(bytes).unwrap_err(), decode_with(bytes, Strictness::Lenient).err())
    }

    #[test]
    fn writes_and_reads_every_kind() {
        let dict =
            Dict::new().with("b", vec![Value::from(0), Value::from(-7)]).with("a", "x").with("", Dict::new());
        let value = Value::from(vec![Value::from(i64::MIN), Value::from(&b"\0\xff"[..]), dict.into()]);
        let bytes = encode(&value);
        assert_eq!(bytes, b"li-9223372036854775808e2:\0\xffd0:de1:a1:x1:bli0ei-7eeee");
        assert_eq!(decode(&bytes), Ok(value));
    }

    #[test]
    fn dictionary_finds_and_replaces() {
        let mut dict = Dict::new().with("k", 1);
        assert_eq!(dict.insert("k", 2), Some(Value::Int(1)));
        assert_eq!(dict.get(b"k").and_then(Value::as_int), Some(2));
        assert_eq!((dict.get(b"l"), dict.len()), (None, 1));
    }

    #[test]
    fn strictness_decides_about_numbers_and_the_end() {
        for (bytes, taken) in [("i007e", 5), ("i-0e", 4), ("01:x", 4), ("i1exyz", 3)] {
            let (value, length) = decode_with(bytes.as_bytes(), Strictness::Lenient).unwrap();
            assert_eq!(length, taken, "{bytes}");
            assert_ne!(encode(&value), bytes.as_bytes());
            assert!(decode(bytes.as_bytes()).is_err(), "{bytes}");
        }
        assert_eq!(decode(b"i1exyz"), Err(BtError::Trailing(3)));
    }

    #[test]
    fn malformed_is_refused_by_both() {
        let cases: [(&[u8], BtError); 14] = [
            (b"", BtError::Truncated),
            (b"i1", BtError::Truncated),
            (b"5:abc", BtError::Truncated),
            (b"99999999999999999999:", BtError::Number),
            (b"18446744073709551615:", BtError::Truncated),
            (b"l", BtError::Truncated),
            (b"x", BtError::Unexpected(b'x')),
            (b"ie", BtError::Number),
            (b"i--1e", BtError::Number),
            (b"i9223372036854775808e", BtError::Number),
            (b"di1e0:e", BtError::KeyOrder),
            (b"d1:b0:1:a0:e", BtError::KeyOrder),
            (b"d1:a0:1:a0:e", BtError::KeyOrder),
            (b"d1:ae", BtError::Unexpected(b'e')),
        ];
        for (bytes, error) in cases {
            assert_eq!(refused(bytes), (error, Some(error)), "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "l".repeat(depth), "e".repeat(depth));
        assert!(decode(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert_eq!(refused(nested(MAX_DEPTH + 1).as_bytes()), (BtError::Depth, Some(BtError::Depth)));
        assert_eq!(decode("l".repeat(1_000_000).as_bytes()), Err(BtError::Depth));
    }
}
