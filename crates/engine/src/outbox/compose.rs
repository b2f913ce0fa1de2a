//! From what a person wrote to sealed bytes in the queue.

use rand_core::CryptoRng;
use sotto_api::{ConversationId, Failure, MessageId, Timer};
use sotto_protocol::{
    account::{AccountId, AccountKeys},
    content::{
        self, Content, DataMessage, FLAG_EXPIRATION_TIMER_UPDATE, Kind, LokiProfile, QuoteRef, React,
        ReactionAction, ReadReceipt, RequestResponse, Typing, TypingAction, Unsend,
    },
    message,
};

use crate::{
    model::{
        AccountRecord, Attachment, Body, Edit, Expiring, FileHead, Job, JobKind, Message, Outcome, Owner,
        PeerKey, Quote, Times, account_id_text, message_id, note_timer, seconds,
    },
    vault::Keys,
};

/// How long a swarm keeps what is sent, ms: 14 days.
pub(crate) const TTL_MS: u64 = 14 * 24 * 60 * 60 * 1_000;
/// The shortest time that a swarm keeps anything, ms.
const MIN_TTL_MS: u64 = 10_000;

/// What a person wrote.
#[derive(Clone, Copy)]
pub(crate) struct Letter<'a> {
    /// The text.
    pub text: &'a str,
    /// What it answers.
    pub quote: Option<&'a Quote>,
    /// Its files.
    pub files: &'a [Attachment],
}

impl Letter<'_> {
    fn body(&self) -> Body {
        let text = self.text.to_owned();
        if self.files.is_empty() {
            Body::Text(text)
        } else {
            Body::Files { text, files: self.files.to_vec() }
        }
    }
}

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
    /// Puts a message with everything that goes along into the queue: the answer to the other side's request (if
    /// one is due), the message, the copy for the own devices, the receipt for what was read. With files, the
    /// message keeps its place there until they are uploaded.
    ///
    /// # Errors
    /// When nothing can be sealed for this contact.
    pub fn text(
        &mut self,
        edit: &mut Edit,
        conversation: ConversationId,
        letter: Letter,
        times: &Times,
    ) -> Result<MessageId, Failure> {
        let known = edit.peek(conversation).ok_or(Failure::NotFound)?;
        let (peer, timer) = (known.peer, known.timer);
        if let Some(response_ms) = times.response_ms {
            self.response(edit, conversation, response_ms)?;
        }
        self.receipt(edit, conversation, &times.read)?;
        let id = message_id(self.keys, conversation, self.account.x25519_public(), times.sent_ms);
        let mut message = own_message(id, conversation, times.sent_ms, edit.now_ms);
        message.body = letter.body();
        message.quote = letter.quote.cloned();
        message.expiry = Expiring::new(timer);
        if letter.files.is_empty() {
            self.release(edit, &message, None)?;
        } else {
            for file in letter.files {
                let owner = Owner::Message(conversation, id);
                edit.put_file(FileHead { id: file.id, owner, size: file.size, whole: true });
            }
            edit.queue(|number| job(number, peer, JobKind::Upload(id), conversation, None, 0, Vec::new()));
        }
        edit.put_message(message);
        Ok(id)
    }

    /// Seals and queues a message whose files, if it has any, are uploaded; at the end of the queue, or in the place
    /// of the job with this number.
    ///
    /// # Errors
    /// When nothing can be sealed for this contact.
    pub fn release(
        &mut self,
        edit: &mut Edit,
        message: &Message,
        number: Option<u64>,
    ) -> Result<(), Failure> {
        let peer = edit.peek(message.conversation).ok_or(Failure::NotFound)?.peer;
        let own = self.account.x25519_public();
        let quote = message.quote.as_ref().and_then(|quote| {
            let author = account_id_text(if quote.by_us? { own } else { &peer });
            Some(QuoteRef { timestamp: quote.sent_ms, author }.into())
        });
        let (text, files) = (message.text(), message.files());
        let data = DataMessage {
            body: (files.is_empty() || !text.is_empty()).then(|| text.to_owned()),
            attachments: files.iter().map(Attachment::pointer).collect(),
            quote,
            profile: profile(&edit.state().account),
            profile_key: profile_key(&edit.state().account),
            ..DataMessage::default()
        };
        let timer = message.expiry.map_or(Timer::Off, |expiry| expiry.timer);
        let kinds = (JobKind::Message(message.id), JobKind::Copy(message.id));
        self.send_both(edit, message.conversation, data, timer, message.sent_ms, kinds, number)
    }

    /// Sets when own messages of a conversation disappear, and queues the notice of that.
    ///
    /// # Errors
    /// When nothing can be sealed for this contact.
    pub fn timer(
        &mut self,
        edit: &mut Edit,
        conversation: ConversationId,
        timer: Timer,
    ) -> Result<(), Failure> {
        let sent_ms = edit.next_sent_ms(0);
        let data = DataMessage { flags: Some(FLAG_EXPIRATION_TIMER_UPDATE), ..DataMessage::default() };
        let id = message_id(self.keys, conversation, self.account.x25519_public(), sent_ms);
        let kinds = (JobKind::Message(id), JobKind::Copy(id));
        self.send_both(edit, conversation, data, timer, sent_ms, kinds, None)?;
        let mut message = own_message(id, conversation, sent_ms, edit.now_ms);
        message.body = Body::Timer { by_us: true, timer };
        message.expiry = Expiring::new(timer);
        note_timer(edit, message);
        Ok(())
    }

    /// Queues a reaction to a message, and gives back its sent time.
    ///
    /// # Errors
    /// When nothing can be sealed for this contact.
    pub fn reaction(
        &mut self,
        edit: &mut Edit,
        message: &Message,
        emoji: &str,
        add: bool,
    ) -> Result<u64, Failure> {
        let peer = edit.peek(message.conversation).ok_or(Failure::NotFound)?.peer;
        let author = if message.outcome.is_some() { self.account.x25519_public() } else { &peer };
        let action = if add { ReactionAction::React } else { ReactionAction::Remove };
        let (timestamp, author, emoji) = (message.sent_ms, account_id_text(author), emoji.to_owned());
        let reaction = Some(React { timestamp, author, emoji, action }.into());
        let account = &edit.state().account;
        let (profile, profile_key) = (profile(account), profile_key(account));
        let data = DataMessage { reaction, profile, profile_key, ..DataMessage::default() };
        let sent_ms = edit.next_sent_ms(0);
        let timer = message.expiry.map_or(Timer::Off, |expiry| expiry.timer);
        let kinds = (JobKind::Control, JobKind::Control);
        self.send_both(edit, message.conversation, data, timer, sent_ms, kinds, None)?;
        Ok(sent_ms)
    }

    /// Queues the wish that others delete an own message: the own devices, and the other side if `everyone`.
    ///
    /// # Errors
    /// When nothing can be sealed for this contact.
    pub fn unsend(&mut self, edit: &mut Edit, message: &Message, everyone: bool) -> Result<(), Failure> {
        let conversation = message.conversation;
        let known = edit.peek(conversation).ok_or(Failure::NotFound)?;
        let (peer, own) = (known.peer, *self.account.x25519_public());
        let everyone = everyone && !known.with_self;
        let recipients = everyone.then_some(peer).into_iter().chain([own]);
        for recipient in recipients {
            let sent_ms = edit.next_sent_ms(0);
            let unsend = Unsend { timestamp: message.sent_ms, author: account_id_text(&own) };
            let wire = self.seal(&recipient, &Content::new(Kind::Unsend(unsend), sent_ms))?;
            let kind = JobKind::Control;
            edit.queue(|number| job(number, recipient, kind, conversation, None, TTL_MS, wire));
        }
        Ok(())
    }

    /// Queues a receipt for messages that were read, if it may be sent.
    ///
    /// # Errors
    /// When nothing can be sealed for this contact.
    pub fn receipt(
        &mut self,
        edit: &mut Edit,
        conversation: ConversationId,
        read: &[u64],
    ) -> Result<(), Failure> {
        let known = edit.peek(conversation).ok_or(Failure::NotFound)?;
        let allowed = edit.state().account.read_receipts && known.is_open() && !known.with_self;
        let peer = known.peer;
        if !allowed {
            return Ok(());
        }
        for times in read.chunks(RECEIPT_TIMES) {
            let receipt = ReadReceipt { timestamps: times.to_vec() };
            let content = Content::new(Kind::Receipt(receipt), edit.next_sent_ms(0));
            let wire = self.seal(&peer, &content)?;
            let kind = JobKind::Receipt;
            edit.queue(|number| job(number, peer, kind, conversation, None, TTL_MS, wire));
        }
        Ok(())
    }

    /// A sealed word about typing.
    ///
    /// # Errors
    /// When nothing can be sealed for this contact.
    pub fn typing(&mut self, peer: &PeerKey, action: TypingAction, sent_ms: u64) -> Result<Vec<u8>, Failure> {
        let typing = Typing { timestamp: sent_ms, action };
        self.seal(peer, &Content::new(Kind::Typing(typing), sent_ms))
    }

    /// Queues something for the other side (under `number`, if one is given) and the copy for the own devices; in Note
    /// to Self only that.
    #[expect(clippy::too_many_arguments, reason = "each is a part of the message")]
    fn send_both(
        &mut self,
        edit: &mut Edit,
        conversation: ConversationId,
        data: DataMessage,
        timer: Timer,
        sent_ms: u64,
        (first, copy): (JobKind, JobKind),
        number: Option<u64>,
    ) -> Result<(), Failure> {
        let known = edit.peek(conversation).ok_or(Failure::NotFound)?;
        let (peer, with_self) = (known.peer, known.with_self);
        let own = *self.account.x25519_public();
        let content =
            |data: DataMessage| Content::new(Kind::Data(data.into()), sent_ms).with_timer(wire(timer));
        let sync_target = Some(account_id_text(&peer));
        let for_us = DataMessage { profile: None, profile_key: None, sync_target, ..data.clone() };
        let for_us = self.seal(&own, &content(for_us))?;
        let after =
            if with_self {
                None
            } else {
                // Notices about timers say nothing about who sends them.
                let profile = data.profile.clone().filter(|_| !data.is_timer_update());
                let for_them = self.seal(&peer, &content(DataMessage { profile, ..data }))?;
                let ttl_ms = ttl_ms(timer, false);
                Some(edit.queue_as(number, |number| {
                    job(number, peer, first, conversation, None, ttl_ms, for_them)
                }))
            };
        let kind = if with_self { first } else { copy };
        let ttl_ms = ttl_ms(timer, true);
        let number = number.filter(|_| with_self);
        edit.queue_as(number, |number| job(number, own, kind, conversation, after, ttl_ms, for_us));
        Ok(())
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
        let response =
            RequestResponse { approved: true, profile_key: profile_key(&edit.state().account), profile };
        let wire = self.seal(&peer, &Content::new(Kind::RequestResponse(response), sent_ms))?;
        edit.queue(|number| job(number, peer, JobKind::Response, conversation, None, TTL_MS, wire));
        Ok(())
    }

    fn seal(&mut self, recipient: &PeerKey, content: &Content) -> Result<Vec<u8>, Failure> {
        let recipient = AccountId::from_x25519(*recipient);
        // The one thing that can go wrong with a text of bounded length is a contact without a usable key.
        message::seal(self.account, &recipient, content, &mut self.rng).map_err(|_| Failure::NotFound)
    }
}

/// Sent times of one receipt at most.
const RECEIPT_TIMES: usize = 1_000;

fn wire(timer: Timer) -> content::Timer {
    match timer {
        Timer::Off => content::Timer::Off,
        Timer::AfterRead(seconds) => content::Timer::AfterRead(seconds),
        Timer::AfterSend(seconds) => content::Timer::AfterSend(seconds),
    }
}

/// How long a swarm keeps a message with this timer: as long as it runs, except where it waits to be read.
fn ttl_ms(timer: Timer, own_swarm: bool) -> u64 {
    match timer {
        Timer::Off => TTL_MS,
        Timer::AfterRead(_) if !own_swarm => TTL_MS,
        timed => (u64::from(seconds(timed)) * 1_000).clamp(MIN_TTL_MS, TTL_MS),
    }
}

/// What messages say about us. Without a name they say nothing, so that peers keep the name they know.
fn profile(account: &AccountRecord) -> Option<LokiProfile> {
    (!account.display_name.is_empty()).then(|| LokiProfile {
        display_name: Some(account.display_name.clone()),
        profile_picture: Some(
            account.picture.as_ref().map(|picture| picture.url.clone()).unwrap_or_default(),
        ),
        last_update_seconds: Some(account.profile_updated_s),
    })
}

/// What opens the own picture.
fn profile_key(account: &AccountRecord) -> Option<Vec<u8>> {
    let named = account.picture.as_ref().filter(|_| !account.display_name.is_empty());
    named.map(|picture| picture.key.to_vec())
}

fn job(
    number: u64,
    recipient: PeerKey,
    kind: JobKind,
    conversation: ConversationId,
    after: Option<u64>,
    ttl_ms: u64,
    wire: Vec<u8>,
) -> Job {
    Job { number, recipient, kind, conversation, after, ttl_ms, wire }
}

fn own_message(id: MessageId, conversation: ConversationId, sent_ms: u64, now_ms: u64) -> Message {
    Message {
        id,
        conversation,
        sent_ms,
        received_ms: now_ms,
        arrival: 0,
        body: Body::Text(String::new()),
        outcome: Some(Outcome::Waiting),
        own_hash: None,
        raw: Vec::new(),
        quote: None,
        reactions: Vec::new(),
        expiry: None,
    }
}
