use ed25519_dalek::SigningKey;

use super::data;
use super::diff;
use super::message::{Message, Rows, Unknown, hash, is_lagging};
use super::write::Parts;
use crate::bt::Dict;

/// A message that is still being changed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Draft {
    pub(super) seqno: i64,
    /// What the change is measured against.
    pub(super) base: Dict,
    pub(super) data: Dict,
    pub(super) rows: Rows,
    pub(super) unknown: Unknown,
}

impl Draft {
    /// Begins the message that follows `message`.
    pub fn following(message: Message) -> Self {
        let Message { seqno, hash, data, diff, mut rows, unknown, .. } = message;
        rows.insert((seqno, hash), diff);
        Self::new(seqno.saturating_add(1), data.clone(), data, rows, unknown)
    }

    /// The result of a merge. Everything in it counts as changed: so it is for official clients, and devices that
    /// resolve the same conflict must come to the same bytes.
    pub(super) fn merged(seqno: i64, data: Dict, rows: Rows) -> Self {
        Self::new(seqno, Dict::new(), data, rows, Unknown::new())
    }

    /// Counts nothing as changed so far: the result of a merge on a device that had changes of its own.
    #[must_use]
    pub fn settled(mut self) -> Self {
        self.base = self.data.clone();
        self
    }

    fn new(seqno: i64, base: Dict, data: Dict, mut rows: Rows, unknown: Unknown) -> Self {
        rows.retain(|(row, _), _| *row < seqno && !is_lagging(*row, seqno));
        Self { seqno, base, data, rows, unknown }
    }

    /// Its sequence number.
    pub fn seqno(&self) -> i64 {
        self.seqno
    }

    /// What it holds.
    pub fn data(&self) -> &Dict {
        &self.data
    }

    /// Changes the dictionary at `path` with `edit`, and says whether that made a difference. It is made where it
    /// is missing, and removed where nothing is left in it.
    pub fn edit(&mut self, path: &[&[u8]], edit: impl FnOnce(&mut Dict)) -> bool {
        match data::edited(&self.data, path, edit) {
            Some(entry) => {
                data::put(&mut self.data, path, entry);
                true
            }
            None => false,
        }
    }

    /// The message as it stands now, signed where there is a key.
    pub fn finish(self, signer: Option<&SigningKey>) -> Message {
        let Self { seqno, base, data, rows, unknown } = self;
        let diff = diff::between(&base, &data);
        let bytes = Parts { seqno, data: &data, rows: &rows, diff: &diff, unknown: &unknown }.write(signer);
        Message { seqno, hash: hash(&bytes), bytes, data, diff, rows, unknown }
    }
}
