use super::{BtError, Dict, Strictness, Value, write_bytes};

/// Reads value by value, so that a format can look at parts before it decides about them.
pub(crate) struct Reader<'a> {
    all: &'a [u8],
    rest: &'a [u8],
    strictness: Strictness,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8], strictness: Strictness) -> Self {
        Self { all: bytes, rest: bytes, strictness }
    }

    /// Bytes that were read.
    pub(crate) fn position(&self) -> usize {
        self.all.len() - self.rest.len()
    }

    /// Begins a list.
    pub(crate) fn open_list(&mut self) -> Result<(), BtError> {
        self.expect(b'l')
    }

    /// Begins a dictionary. Its keys are read with [`Self::bytes`]; their order is the caller's to check.
    pub(crate) fn open_dict(&mut self) -> Result<(), BtError> {
        self.expect(b'd')
    }

    /// Ends the list or dictionary, if nothing more is in it.
    pub(crate) fn close(&mut self) -> Result<bool, BtError> {
        let ends = self.peek()? == b'e';
        if ends {
            self.skip();
        }
        Ok(ends)
    }

    /// Any value, with at most `depth` containers within each other.
    pub(crate) fn value(&mut self, depth: usize) -> Result<Value, BtError> {
        match self.peek()? {
            b'i' => self.int().map(Value::Int),
            b'0'..=b'9' => self.bytes().map(|bytes| Value::Bytes(bytes.to_vec())),
            b'l' => self.list(depth.checked_sub(1).ok_or(BtError::Depth)?).map(Value::List),
            b'd' => self.dict(depth).map(Value::Dict),
            other => Err(BtError::Unexpected(other)),
        }
    }

    /// A dictionary.
    pub(crate) fn dict(&mut self, depth: usize) -> Result<Dict, BtError> {
        let depth = depth.checked_sub(1).ok_or(BtError::Depth)?;
        self.open_dict()?;
        let mut entries: Vec<(Vec<u8>, Value)> = Vec::new();
        loop {
            match self.peek()? {
                b'e' => break,
                b'0'..=b'9' => {}
                _ => return Err(BtError::KeyOrder),
            }
            let key = self.bytes()?;
            if entries.last().is_some_and(|(last, _)| last.as_slice() >= key) {
                return Err(BtError::KeyOrder);
            }
            let value = self.value(depth)?;
            entries.push((key.to_vec(), value));
        }
        self.skip();
        // Many small dictionaries would otherwise hold room for several entries each.
        entries.shrink_to_fit();
        Ok(Dict(entries))
    }

    /// Passes over any value without looking at order or ranges.
    pub(crate) fn pass(&mut self, depth: usize) -> Result<(), BtError> {
        match self.peek()? {
            b'i' => self.wide_int().map(drop),
            b'0'..=b'9' => self.bytes().map(drop),
            b'l' | b'd' => {
                let depth = depth.checked_sub(1).ok_or(BtError::Depth)?;
                self.skip();
                while !self.close()? {
                    self.pass(depth)?;
                }
                Ok(())
            }
            other => Err(BtError::Unexpected(other)),
        }
    }

    /// Copies any value in its canonical form. Integers may be of any signed or unsigned 64 bits.
    pub(crate) fn copy(&mut self, depth: usize, out: &mut Vec<u8>) -> Result<(), BtError> {
        match self.peek()? {
            b'i' => {
                let number = self.wide_int()?;
                out.extend_from_slice(format!("i{number}e").as_bytes());
            }
            b'0'..=b'9' => write_bytes(self.bytes()?, out),
            b'l' => {
                let depth = depth.checked_sub(1).ok_or(BtError::Depth)?;
                self.skip();
                out.push(b'l');
                while !self.close()? {
                    self.copy(depth, out)?;
                }
                out.push(b'e');
            }
            b'd' => self.copy_dict(depth.checked_sub(1).ok_or(BtError::Depth)?, out)?,
            other => return Err(BtError::Unexpected(other)),
        }
        Ok(())
    }

    fn copy_dict(&mut self, depth: usize, out: &mut Vec<u8>) -> Result<(), BtError> {
        self.skip();
        out.push(b'd');
        let mut last: Option<&[u8]> = None;
        while !self.close()? {
            let key = self.bytes()?;
            if last.is_some_and(|last| last >= key) {
                return Err(BtError::KeyOrder);
            }
            last = Some(key);
            write_bytes(key, out);
            self.copy(depth, out)?;
        }
        out.push(b'e');
        Ok(())
    }

    /// An integer of 64 bits with sign.
    pub(crate) fn int(&mut self) -> Result<i64, BtError> {
        i64::try_from(self.wide_int()?).map_err(|_| BtError::Number)
    }

    /// A byte string.
    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], BtError> {
        let digits = self.until(b':')?;
        let length = usize::try_from(self.digits(digits)?).map_err(|_| BtError::Truncated)?;
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(BtError::Truncated)?;
        self.rest = rest;
        Ok(bytes)
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Value>, BtError> {
        self.skip();
        let mut values = Vec::new();
        while self.peek()? != b'e' {
            values.push(self.value(depth)?);
        }
        self.skip();
        values.shrink_to_fit();
        Ok(values)
    }

    fn wide_int(&mut self) -> Result<i128, BtError> {
        self.expect(b'i')?;
        let text = self.until(b'e')?;
        let (sign, digits) = match text.strip_prefix(b"-") {
            Some(digits) => (-1, digits),
            None => (1, text),
        };
        if self.strictness == Strictness::Canonical && sign < 0 && digits == b"0" {
            return Err(BtError::Number);
        }
        let number = sign * i128::from(self.digits(digits)?);
        if number < i128::from(i64::MIN) { Err(BtError::Number) } else { Ok(number) }
    }

    fn digits(&self, digits: &[u8]) -> Result<u64, BtError> {
        let redundant = digits.len() > 1 && digits.starts_with(b"0");
        if digits.is_empty() || (redundant && self.strictness == Strictness::Canonical) {
            return Err(BtError::Number);
        }
        digits.iter().try_fold(0_u64, |number, digit| {
            let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0')).ok_or(BtError::Number)?;
            number.checked_mul(10).and_then(|number| number.checked_add(digit)).ok_or(BtError::Number)
        })
    }

    fn until(&mut self, end: u8) -> Result<&'a [u8], BtError> {
        let place = self.rest.iter().position(|byte| *byte == end).ok_or(BtError::Truncated)?;
        let (text, rest) = self.rest.split_at(place);
        self.rest = rest;
        self.skip();
        Ok(text)
    }

    fn expect(&mut self, byte: u8) -> Result<(), BtError> {
        match self.peek()? {
            found if found == byte => {
                self.skip();
                Ok(())
            }
            other => Err(BtError::Unexpected(other)),
        }
    }

    fn peek(&self) -> Result<u8, BtError> {
        self.rest.first().copied().ok_or(BtError::Truncated)
    }

    fn skip(&mut self) {
        self.rest = self.rest.get(1..).unwrap_or_default();
    }
}
