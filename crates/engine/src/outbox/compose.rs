//! From what a person wrote to sealed bytes in the queue.

use rand_core::CryptoRng;
use sotto_api::{ConversationId, Failure, MessageId};
use sotto_protocol::{
    account::{AccountId, AccountKeys},
    content::{Content, DataMessage, Kind, LokiProfile, RequestResponse},
    message,
};

use crate::{
    model::{
        AccountRecord, Body, Edit, Job, JobKind, Message, Outcome, PeerKey, Times, account_id_text,
        message_id,
    },
    vault::Keys,
};

/// How long a swarm keeps what is sent, ms: 14 days.
pub(crate) const TTL_MS: u64 = 14 * 24 * 60 * 60 * 1_000;

/// What sealing needs.
pub(crate) struct Pen<'a, R> {
    /// The own keys.
    pub account: &'a AccountKeys,
    /// Makes identifiers.
    pub keys: &'a Keys,
    /// Randomness.
    pub rng: R,
}

impl<R: CryptoRng> Pen<'_, R> {
    /// Puts a text message with everything that goes along into the queue: the answer to the other side's
    /// request (if one is due), the message, the copy for the own devices.
    ///
    /// # Errors
    /// When nothing can be sealed for this contact.
    pub fn text(
        &mut self,
        edit: &mut Edit,
        conversation: ConversationId,
        text: &str,
        times: Times,
    ) -> Result<MessageId, Failure> {
        let known = edit.peek(conversation).ok_or(Failure::NotFound)?;
        let (peer, with_self) = (known.peer, known.with_self);
        if let Some(response_ms) = times.response_ms {
            self.response(edit, conversation, response_ms)?;
        }
        let id = message_id(self.keys, conversation, self.account.x25519_public(), times.sent_ms);
        let copy = text_content(text, times.sent_ms, None, Some(&peer));
        let copy = self.seal(self.account.x25519_public(), &copy)?;
        if with_self {
            edit.queue(|number| job(number, peer, JobKind::Message(id), conversation, None, copy));
        } else {
            let content = text_content(text, times.sent_ms, profile(&edit.state().account), None);
            let wire = self.seal(&peer, &content)?;
            let first =
                edit.queue(|number| job(number, peer, JobKind::Message(id), conversation, None, wire));
            let own = edit.state().own;
            edit.queue(|number| job(number, own, JobKind::Copy(id), conversation, Some(first), copy));
        }
        edit.put_message(own_message(id, conversation, text, times.sent_ms, edit.now_ms));
        Ok(id)
    }

    /// Puts the answer to a message request into the queue.
    ///
    /// # Errors
    /// When nothing can be sealed for this contact.
    pub fn response(
        &mut self,
        edit: &mut Edit,
        conversation: ConversationId,
        sent_ms: u64,
    ) -> Result<(), Failure> {
        let peer = edit.peek(conversation).ok_or(Failure::NotFound)?.peer;
        let profile = profile(&edit.state().account);
        let response = RequestResponse { approved: true, profile_key: None, profile };
        let wire = self.seal(&peer, &Content::new(Kind::RequestResponse(response), sent_ms))?;
        edit.queue(|number| job(number, peer, JobKind::Response, conversation, None, wire));
        Ok(())
    }

    fn seal(&mut self, recipient: &PeerKey, content: &Content) -> Result<Vec<u8>, Failure> {
        let recipient = AccountId::from_x25519(*recipient);
        // The one thing that can go wrong with a text of bounded length is a contact without a usable key.
        message::seal(self.account, &recipient, content, &mut self.rng).map_err(|_| Failure::NotFound)
    }
}

fn text_content(
    text: &str,
    sent_ms: u64,
    profile: Option<LokiProfile>,
    sync_target: Option<&PeerKey>,
) -> Content {
    let data = DataMessage {
        body: Some(text.to_owned()),
        profile,
        sync_target: sync_target.map(account_id_text),
        ..DataMessage::default()
    };
    Content::new(Kind::Data(data.into()), sent_ms)
}

/// What messages say about us. Without a name they say nothing, so that peers keep the name they know.
fn profile(account: &AccountRecord) -> Option<LokiProfile> {
    (!account.display_name.is_empty()).then(|| LokiProfile {
        display_name: Some(account.display_name.clone()),
        profile_picture: Some(String::new()),
        last_update_seconds: Some(account.profile_updated_s),
    })
}

fn job(
    number: u64,
    recipient: PeerKey,
    kind: JobKind,
    conversation: ConversationId,
    after: Option<u64>,
    wire: Vec<u8>,
) -> Job {
    Job { number, recipient, kind, conversation, after, ttl_ms: TTL_MS, wire }
}

fn own_message(
    id: MessageId,
    conversation: ConversationId,
    text: &str,
    sent_ms: u64,
    now_ms: u64,
) -> Message {
    Message {
        id,
        conversation,
        sent_ms,
        received_ms: now_ms,
        arrival: 0,
        body: Body::Text(text.to_owned()),
        outcome: Some(Outcome::Waiting),
        own_hash: None,
        raw: Vec::new(),
    }
}
