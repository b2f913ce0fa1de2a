//! What is searched: the text of every message, folded, newest first.

use std::collections::BTreeMap;

use sotto_api::{ConversationId, MessageId};
use zeroize::Zeroizing;

use super::fold::fold;
use crate::model::{Changes, Message};

/// Text held at most, bytes; what is older than that is not found.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// Folded text of messages, in the order of their sent times.
#[derive(Default)]
pub(super) struct Index {
    texts: BTreeMap<(u64, MessageId), Entry>,
    places: BTreeMap<MessageId, u64>,
    bytes: usize,
    /// Something older did not fit.
    pub overflowed: bool,
}

struct Entry {
    conversation: ConversationId,
    text: Zeroizing<Box<str>>,
}

impl Index {
    /// Adds a message, or takes over its change.
    pub fn put(&mut self, message: &Message) {
        self.remove(message.id);
        if message.text().is_empty() {
            return;
        }
        let text = Zeroizing::new(fold(message.text()).into_boxed_str());
        self.bytes += text.len();
        self.places.insert(message.id, message.sent_ms);
        self.texts.insert((message.sent_ms, message.id), Entry { conversation: message.conversation, text });
        while self.bytes > MAX_BYTES {
            let Some(oldest) = self.texts.first_key_value().map(|((_, id), _)| *id) else { break };
            self.remove(oldest);
            self.overflowed = true;
        }
    }

    /// Takes over stored changes.
    pub fn note(&mut self, changes: &Changes) {
        if !changes.cleared.is_empty() {
            let gone = self.texts.iter().filter(|(_, entry)| changes.cleared.contains(&entry.conversation));
            let gone: Vec<MessageId> = gone.map(|((_, id), _)| *id).collect();
            gone.into_iter().for_each(|id| self.remove(id));
        }
        for ((_, id), message) in &changes.messages {
            match message {
                Some(message) => self.put(message),
                None => self.remove(*id),
            }
        }
    }

    /// Up to `limit` messages in which all words occur, newest first, and whether there are more.
    pub fn find(
        &self,
        words: &[String],
        conversation: Option<ConversationId>,
        before_ms: u64,
        limit: usize,
    ) -> (Vec<(ConversationId, MessageId)>, bool) {
        let older = self.texts.range(..(before_ms, MessageId([0; 16]))).rev();
        let here = older.filter(|(_, entry)| conversation.is_none_or(|wanted| wanted == entry.conversation));
        let mut fits = here.filter(|(_, entry)| words.iter().all(|word| entry.text.contains(word.as_str())));
        let found = fits.by_ref().take(limit).map(|((_, id), entry)| (entry.conversation, *id)).collect();
        (found, fits.next().is_some())
    }

    /// Messages held.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    fn remove(&mut self, id: MessageId) {
        if let Some(sent_ms) = self.places.remove(&id)
            && let Some(entry) = self.texts.remove(&(sent_ms, id))
        {
            self.bytes -= entry.text.len();
        }
    }
}
