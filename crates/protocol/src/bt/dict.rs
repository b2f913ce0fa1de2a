use zeroize::Zeroize;

use super::Value;

/// A dictionary, in the order of its keys. Byte strings in it are wiped when it is dropped: they may be keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dict(pub(super) Vec<(Vec<u8>, Value)>);

impl Dict {
    /// A dictionary without entries.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The value of a key.
    pub fn get(&self, key: &[u8]) -> Option<&Value> {
        self.place(key).ok().and_then(|place| self.0.get(place)).map(|(_, value)| value)
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: &[u8]) -> Option<&mut Value> {
        let place = self.place(key).ok()?;
        self.0.get_mut(place).map(|(_, value)| value)
    }

    /// Removes a key and returns the value that it had.
    pub fn remove(&mut self, key: &[u8]) -> Option<Value> {
        self.place(key).ok().map(|place| self.0.remove(place).1)
    }

    /// Keeps the entries for which `keep` says so; it may change the values.
    pub fn retain(&mut self, mut keep: impl FnMut(&[u8], &mut Value) -> bool) {
        self.0.retain_mut(|(key, value)| keep(key, value));
    }

    /// Sets the value of a key and returns the one that it had.
    pub fn insert(&mut self, key: impl Into<Vec<u8>>, value: impl Into<Value>) -> Option<Value> {
        let (key, value) = (key.into(), value.into());
        match self.place(&key) {
            Ok(place) => self.0.get_mut(place).map(|(_, old)| core::mem::replace(old, value)),
            Err(place) => {
                self.0.insert(place, (key, value));
                None
            }
        }
    }

    /// The same, for building in one expression.
    #[must_use]
    pub fn with(mut self, key: impl Into<Vec<u8>>, value: impl Into<Value>) -> Self {
        self.insert(key, value);
        self
    }

    /// Keys and values in ascending order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &Value)> {
        self.0.iter().map(|(key, value)| (key.as_slice(), value))
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn place(&self, key: &[u8]) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.as_slice().cmp(key))
    }
}

impl Drop for Dict {
    fn drop(&mut self) {
        self.0.iter_mut().for_each(|(_, value)| wipe(value));
    }
}

/// Dictionaries wipe themselves.
fn wipe(value: &mut Value) {
    match value {
        Value::Bytes(bytes) => bytes.zeroize(),
        Value::List(values) => values.iter_mut().for_each(wipe),
        Value::Int(_) | Value::Dict(_) => {}
    }
}
