use super::convert::{call, extraction, receipt, response, typing, unsend};
use super::proto::{Content, DataMessage, LokiProfile, OpenGroupInvitation, Preview, Quote, Reaction};
use super::{AttachmentPointer, FLAG_EXPIRATION_TIMER_UPDATE};

/// The kind of a message, with everything that the schema requires of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Visible message, reaction, timer change or group update.
    Data(Box<DataMessage>),
    /// The other side read messages.
    Receipt(ReadReceipt),
    /// The other side types, or stopped.
    Typing(Typing),
    /// The other side saved media or took a screenshot.
    DataExtraction(DataExtraction),
    /// A message is to be deleted for everyone.
    Unsend(Unsend),
    /// Call signalling.
    Call(Call),
    /// A message request was accepted.
    RequestResponse(RequestResponse),
}

/// Sent times, in ms, of messages that were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadReceipt {
    /// In no particular order.
    pub timestamps: Vec<u64>,
}

/// A typing indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Typing {
    /// Equals the sent time, ms.
    pub timestamp: u64,
    /// Whether typing began or ended.
    pub action: TypingAction,
}

/// What a typing indicator says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypingAction {
    /// Typing goes on.
    Started,
    /// Typing ended.
    Stopped,
}

/// A notice about saved media.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataExtraction {
    /// What was done.
    pub extraction: Extraction,
    /// Sent time of the message with the media, ms.
    pub timestamp: Option<u64>,
}

/// What was done with media.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extraction {
    /// A screenshot was taken.
    Screenshot,
    /// A file was saved.
    MediaSaved,
}

/// The message that is to be deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsend {
    /// Sent time of the message, ms.
    pub timestamp: u64,
    /// Its author; must be the sender of the request.
    pub author: String,
}

/// A step of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Which step.
    pub step: CallStep,
    /// Session descriptions or candidates, as text.
    pub sdps: Vec<String>,
    /// One per candidate.
    pub m_line_indexes: Vec<u32>,
    /// One per candidate.
    pub mids: Vec<String>,
    /// Identifier of the call, the same in all its messages.
    pub uuid: String,
}

/// The steps of call signalling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallStep {
    /// 1: session description of the caller.
    Offer,
    /// 2: session description of the callee.
    Answer,
    /// 3: not used.
    ProvisionalAnswer,
    /// 4: candidates.
    IceCandidates,
    /// 5: hang-up or rejection.
    EndCall,
    /// 6: the other side is about to call.
    PreOffer,
}

/// Acceptance of a message request, with the profile of who accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestResponse {
    /// Never false when sent; ignored when it is.
    pub approved: bool,
    /// Key of the profile picture.
    pub profile_key: Option<Vec<u8>>,
    /// The profile.
    pub profile: Option<LokiProfile>,
}

/// The disappearing-messages timer that a message carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Timer {
    /// Does not disappear.
    #[default]
    Off,
    /// Disappears this many seconds after it was read (for its sender: after it was sent).
    AfterRead(u32),
    /// Disappears this many seconds after it was sent.
    AfterSend(u32),
}

/// The message that another one answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteRef {
    /// Its sent time, ms.
    pub timestamp: u64,
    /// Its author.
    pub author: String,
}

/// A reaction to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct React {
    /// Sent time of the target, ms.
    pub timestamp: u64,
    /// Author of the target.
    pub author: String,
    /// 1…64 bytes of UTF-8.
    pub emoji: String,
    /// Set or taken back.
    pub action: ReactionAction,
}

/// Whether a reaction is set or taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReactionAction {
    /// Set.
    React,
    /// Taken back.
    Remove,
}

/// Invitation to a community.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Full join URL.
    pub url: String,
    /// Name of the room.
    pub name: String,
}

/// Preview of a link in the body.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkPreview {
    /// The link.
    pub url: String,
    /// Title of the page.
    pub title: Option<String>,
    /// Picture of the page.
    pub image: Option<AttachmentPointer>,
}

/// Longest emoji of a reaction that is read, in bytes.
const MAX_EMOJI_BYTES: usize = 64;

impl Content {
    /// The kind of this message. Exactly one is expected; of several the first counts, in the order data, receipt,
    /// typing, data extraction, unsend, call, request response. `None` if no kind is there that is complete.
    pub fn kind(&self) -> Option<Kind> {
        let data = || self.data_message.clone().map(Kind::Data);
        let receipt = || self.receipt_message.as_ref().and_then(receipt).map(Kind::Receipt);
        let typing = || self.typing_message.as_ref().and_then(typing).map(Kind::Typing);
        let extraction =
            || self.data_extraction_notification.as_ref().and_then(extraction).map(Kind::DataExtraction);
        let unsend = || self.unsend_request.as_ref().and_then(unsend).map(Kind::Unsend);
        let call = || self.call_message.as_ref().and_then(call).map(Kind::Call);
        let response =
            || self.message_request_response.as_ref().and_then(response).map(Kind::RequestResponse);
        data()
            .or_else(receipt)
            .or_else(typing)
            .or_else(extraction)
            .or_else(unsend)
            .or_else(call)
            .or_else(response)
    }

    /// The timer of this message: seconds of 0 mean off, and every type but 2 with a timer means after read.
    pub fn timer(&self) -> Timer {
        match (self.expiration_type, self.expiration_timer) {
            (_, None | Some(0)) => Timer::Off,
            (Some(2), Some(seconds)) => Timer::AfterSend(seconds),
            (_, Some(seconds)) => Timer::AfterRead(seconds),
        }
    }

    /// Sets the timer fields. They stay absent for [`Timer::Off`]; only a notice that the timer was switched off
    /// carries zeros.
    #[must_use]
    pub fn with_timer(mut self, timer: Timer) -> Self {
        (self.expiration_type, self.expiration_timer) = match timer {
            Timer::Off if self.data_message.as_ref().is_some_and(|data| data.is_timer_update()) => {
                (Some(0), Some(0))
            }
            Timer::Off => (None, None),
            Timer::AfterRead(seconds) => (Some(1), Some(seconds)),
            Timer::AfterSend(seconds) => (Some(2), Some(seconds)),
        };
        self
    }

    /// A message of this kind, signed for the sent time `timestamp` (ms, unique among all that the account sends).
    pub fn new(kind: Kind, timestamp: u64) -> Self {
        let mut content = Self { sig_timestamp: Some(timestamp), ..Self::default() };
        match kind {
            Kind::Data(data) => content.data_message = Some(data),
            Kind::Receipt(receipt) => content.receipt_message = Some(receipt.into()),
            Kind::Typing(typing) => content.typing_message = Some(typing.into()),
            Kind::DataExtraction(notice) => content.data_extraction_notification = Some(notice.into()),
            Kind::Unsend(unsend) => content.unsend_request = Some(unsend.into()),
            Kind::Call(call) => content.call_message = Some(call.into()),
            Kind::RequestResponse(response) => content.message_request_response = Some(response.into()),
        }
        content
    }
}

impl DataMessage {
    /// Whether this only announces a change of the timer. Other flags are ignored.
    pub fn is_timer_update(&self) -> bool {
        self.flags.is_some_and(|flags| flags & FLAG_EXPIRATION_TIMER_UPDATE != 0)
    }

    /// The answered message, if it is named completely.
    pub fn quoted(&self) -> Option<QuoteRef> {
        let Quote { id: Some(timestamp), author: Some(author), .. } = self.quote.as_ref()? else {
            return None;
        };
        Some(QuoteRef { timestamp: *timestamp, author: author.clone() })
    }

    /// The reaction, if it is complete and its emoji has 1…64 bytes.
    pub fn reacted(&self) -> Option<React> {
        let Reaction { id: Some(timestamp), author: Some(author), emoji: Some(emoji), action: Some(action) } =
            self.reaction.as_ref()?
        else {
            return None;
        };
        let action = match action {
            0 => ReactionAction::React,
            1 => ReactionAction::Remove,
            _ => return None,
        };
        if emoji.is_empty() || emoji.len() > MAX_EMOJI_BYTES {
            return None;
        }
        Some(React { timestamp: *timestamp, author: author.clone(), emoji: emoji.clone(), action })
    }

    /// The community invitation, if it is complete.
    pub fn invitation(&self) -> Option<Invitation> {
        let OpenGroupInvitation { url: Some(url), name: Some(name) } = self.open_group_invitation.as_ref()?
        else {
            return None;
        };
        Some(Invitation { url: url.clone(), name: name.clone() })
    }

    /// The link preview, if its link occurs in the body and it has a title or a picture.
    pub fn link_preview(&self) -> Option<LinkPreview> {
        let Preview { url: Some(url), title, image } = self.preview.first()? else { return None };
        let shown = title.as_ref().is_some_and(|title| !title.is_empty()) || image.is_some();
        let belongs = !url.is_empty() && self.body.as_ref().is_some_and(|body| body.contains(url.as_str()));
        (shown && belongs).then(|| LinkPreview {
            url: url.clone(),
            title: title.clone(),
            image: image.clone(),
        })
    }
}
