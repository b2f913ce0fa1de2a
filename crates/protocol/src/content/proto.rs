//! The messages as they stand in the schema (proto2): every field optional, enums as numbers.
//!
//! Fields that the schema calls required are optional here as well: one missing in a part must not make the
//! whole undecodable. The typed views in [`super`] check them. Numbers that are reserved in the schema, and
//! unknown ones, are skipped. Repeated scalars are written unpacked and read in both forms.

/// `Content`: exactly one kind, the timer that governs it, and the time at which it was signed.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Content {
    /// Visible messages, reactions, timer changes, group updates.
    #[prost(message, optional, boxed, tag = "1")]
    pub data_message: Option<Box<DataMessage>>,
    /// Call signalling.
    #[prost(message, optional, tag = "3")]
    pub call_message: Option<CallMessage>,
    /// Read receipts.
    #[prost(message, optional, tag = "5")]
    pub receipt_message: Option<ReceiptMessage>,
    /// Typing indicators.
    #[prost(message, optional, tag = "6")]
    pub typing_message: Option<TypingMessage>,
    /// Notice that media was saved or a screenshot taken.
    #[prost(message, optional, tag = "8")]
    pub data_extraction_notification: Option<DataExtractionNotification>,
    /// Deletion of a message for everyone.
    #[prost(message, optional, tag = "9")]
    pub unsend_request: Option<UnsendRequest>,
    /// Acceptance of a message request.
    #[prost(message, optional, tag = "10")]
    pub message_request_response: Option<MessageRequestResponse>,
    /// Wrapper of own config messages; ignored in namespace 0.
    #[prost(message, optional, tag = "11")]
    pub shared_config_message: Option<SharedConfigMessage>,
    /// 0 none, 1 delete after read, 2 delete after send.
    #[prost(uint32, optional, tag = "12")]
    pub expiration_type: Option<u32>,
    /// Seconds; 0 for no expiry.
    #[prost(uint32, optional, tag = "13")]
    pub expiration_timer: Option<u32>,
    /// Sent time in ms; equals the envelope's.
    #[prost(uint64, optional, tag = "15")]
    pub sig_timestamp: Option<u64>,
    /// Session Pro: kept, not interpreted.
    #[prost(message, optional, tag = "16")]
    pub pro_message: Option<ProMessage>,
    /// Session Pro signature in communities: kept, not interpreted.
    #[prost(bytes = "vec", optional, tag = "17")]
    pub pro_sig_for_community_message_only: Option<Vec<u8>>,
}

/// `DataMessage`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct DataMessage {
    /// Plain text.
    #[prost(string, optional, tag = "1")]
    pub body: Option<String>,
    /// Files.
    #[prost(message, repeated, tag = "2")]
    pub attachments: Vec<AttachmentPointer>,
    /// 2: a change of the timer.
    #[prost(uint32, optional, tag = "4")]
    pub flags: Option<u32>,
    /// Key of the sender's profile picture, 32 bytes (16 from old clients).
    #[prost(bytes = "vec", optional, tag = "6")]
    pub profile_key: Option<Vec<u8>>,
    /// Deprecated; ignored.
    #[prost(uint64, optional, tag = "7")]
    pub timestamp: Option<u64>,
    /// The message that this one answers.
    #[prost(message, optional, tag = "8")]
    pub quote: Option<Quote>,
    /// Link previews: none or one.
    #[prost(message, repeated, tag = "10")]
    pub preview: Vec<Preview>,
    /// A reaction to another message.
    #[prost(message, optional, tag = "11")]
    pub reaction: Option<Reaction>,
    /// The sender's profile.
    #[prost(message, optional, tag = "101")]
    pub profile: Option<LokiProfile>,
    /// Invitation to a community.
    #[prost(message, optional, tag = "102")]
    pub open_group_invitation: Option<OpenGroupInvitation>,
    /// Account ID of the conversation, in copies to the own devices only.
    #[prost(string, optional, tag = "105")]
    pub sync_target: Option<String>,
    /// The sender wants no message requests from communities.
    #[prost(bool, optional, tag = "106")]
    pub blocks_community_message_requests: Option<bool>,
    /// Group invitations and control messages.
    #[prost(message, optional, tag = "120")]
    pub group_update_message: Option<Box<GroupUpdateMessage>>,
}

/// `Quote`: the message that is answered. No text travels.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Quote {
    /// Required. Sent time of the quoted message, ms.
    #[prost(uint64, optional, tag = "1")]
    pub id: Option<u64>,
    /// Required. Account ID of its author.
    #[prost(string, optional, tag = "2")]
    pub author: Option<String>,
    /// Deprecated; ignored.
    #[prost(string, optional, tag = "3")]
    pub text: Option<String>,
    /// Deprecated; ignored.
    #[prost(message, repeated, tag = "4")]
    pub attachments: Vec<QuotedAttachment>,
}

/// `QuotedAttachment`: deprecated.
#[derive(Clone, PartialEq, prost::Message)]
pub struct QuotedAttachment {
    /// MIME type.
    #[prost(string, optional, tag = "1")]
    pub content_type: Option<String>,
    /// File name.
    #[prost(string, optional, tag = "2")]
    pub file_name: Option<String>,
    /// Thumbnail.
    #[prost(message, optional, tag = "3")]
    pub thumbnail: Option<AttachmentPointer>,
    /// Flags.
    #[prost(uint32, optional, tag = "4")]
    pub flags: Option<u32>,
}

/// `Preview` of a link.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Preview {
    /// Required. The link, as it stands in the body.
    #[prost(string, optional, tag = "1")]
    pub url: Option<String>,
    /// Title of the page.
    #[prost(string, optional, tag = "2")]
    pub title: Option<String>,
    /// Picture of the page.
    #[prost(message, optional, tag = "3")]
    pub image: Option<AttachmentPointer>,
}

/// `Reaction` to a message.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Reaction {
    /// Required. Sent time of the target, ms.
    #[prost(uint64, optional, tag = "1")]
    pub id: Option<u64>,
    /// Required. Author of the target.
    #[prost(string, optional, tag = "2")]
    pub author: Option<String>,
    /// One emoji.
    #[prost(string, optional, tag = "3")]
    pub emoji: Option<String>,
    /// Required. 0 react, 1 remove.
    #[prost(uint32, optional, tag = "4")]
    pub action: Option<u32>,
}

/// `OpenGroupInvitation`, also called `CommunityInvitation`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct OpenGroupInvitation {
    /// Required. Full join URL.
    #[prost(string, optional, tag = "1")]
    pub url: Option<String>,
    /// Required. Name of the room.
    #[prost(string, optional, tag = "3")]
    pub name: Option<String>,
}

/// `LokiProfile`: name and picture of the sender.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub struct LokiProfile {
    /// Display name, at most 100 bytes.
    #[prost(string, optional, tag = "1")]
    pub display_name: Option<String>,
    /// URL of the picture; empty for none.
    #[prost(string, optional, tag = "2")]
    pub profile_picture: Option<String>,
    /// Time of the last change, **seconds**.
    #[prost(uint64, optional, tag = "3")]
    pub last_update_seconds: Option<u64>,
}

/// `AttachmentPointer`: where a file is and how to open it.
#[derive(Clone, PartialEq, prost::Message)]
pub struct AttachmentPointer {
    /// Required in the schema, deprecated: the numeric file ID if it is one, else 0.
    #[prost(fixed64, optional, tag = "1")]
    pub id: Option<u64>,
    /// MIME type; untrusted.
    #[prost(string, optional, tag = "2")]
    pub content_type: Option<String>,
    /// 64 bytes in the legacy scheme, 32 in the stream scheme.
    #[prost(bytes = "vec", optional, tag = "3")]
    pub key: Option<Vec<u8>>,
    /// Bytes of plaintext.
    #[prost(uint32, optional, tag = "4")]
    pub size: Option<u32>,
    /// Deprecated.
    #[prost(bytes = "vec", optional, tag = "5")]
    pub thumbnail: Option<Vec<u8>>,
    /// 32 bytes, legacy scheme only.
    #[prost(bytes = "vec", optional, tag = "6")]
    pub digest: Option<Vec<u8>>,
    /// File name; untrusted.
    #[prost(string, optional, tag = "7")]
    pub file_name: Option<String>,
    /// 1: a voice message.
    #[prost(uint32, optional, tag = "8")]
    pub flags: Option<u32>,
    /// Pixels.
    #[prost(uint32, optional, tag = "9")]
    pub width: Option<u32>,
    /// Pixels.
    #[prost(uint32, optional, tag = "10")]
    pub height: Option<u32>,
    /// Caption.
    #[prost(string, optional, tag = "11")]
    pub caption: Option<String>,
    /// Download URL.
    #[prost(string, optional, tag = "101")]
    pub url: Option<String>,
}

/// `CallMessage`: WebRTC signalling.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub struct CallMessage {
    /// Required. See [`super::CallStep`].
    #[prost(uint32, optional, tag = "1")]
    pub r#type: Option<u32>,
    /// Session descriptions or candidates, as text.
    #[prost(string, repeated, tag = "2")]
    pub sdps: Vec<String>,
    /// One per candidate.
    #[prost(uint32, repeated, packed = "false", tag = "3")]
    pub sdp_m_line_indexes: Vec<u32>,
    /// One per candidate.
    #[prost(string, repeated, tag = "4")]
    pub sdp_mids: Vec<String>,
    /// Required. Identifier of the call, a UUID.
    #[prost(string, optional, tag = "5")]
    pub uuid: Option<String>,
}

/// `ReceiptMessage`.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub struct ReceiptMessage {
    /// Required. 0 delivery (not used), 1 read.
    #[prost(uint32, optional, tag = "1")]
    pub r#type: Option<u32>,
    /// Sent times of the messages, ms.
    #[prost(uint64, repeated, packed = "false", tag = "2")]
    pub timestamp: Vec<u64>,
}

/// `TypingMessage`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, prost::Message)]
pub struct TypingMessage {
    /// Required. Equals the sent time, ms.
    #[prost(uint64, optional, tag = "1")]
    pub timestamp: Option<u64>,
    /// Required. 0 started, 1 stopped.
    #[prost(uint32, optional, tag = "2")]
    pub action: Option<u32>,
}

/// `UnsendRequest`.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub struct UnsendRequest {
    /// Required. Sent time of the message to delete, ms.
    #[prost(uint64, optional, tag = "1")]
    pub timestamp: Option<u64>,
    /// Required. Its author.
    #[prost(string, optional, tag = "2")]
    pub author: Option<String>,
}

/// `MessageRequestResponse`.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub struct MessageRequestResponse {
    /// Required. Always true when sent: some clients take every response as approval.
    #[prost(bool, optional, tag = "1")]
    pub is_approved: Option<bool>,
    /// Key of the sender's profile picture.
    #[prost(bytes = "vec", optional, tag = "2")]
    pub profile_key: Option<Vec<u8>>,
    /// The sender's profile.
    #[prost(message, optional, tag = "3")]
    pub profile: Option<LokiProfile>,
}

/// `DataExtractionNotification`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, prost::Message)]
pub struct DataExtractionNotification {
    /// Required. 1 screenshot, 2 media saved.
    #[prost(uint32, optional, tag = "1")]
    pub r#type: Option<u32>,
    /// Sent time of the message with the media, ms.
    #[prost(uint64, optional, tag = "2")]
    pub timestamp: Option<u64>,
}

/// `SharedConfigMessage`.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub struct SharedConfigMessage {
    /// Required. 1 user profile, 2 contacts, 3 convo info volatile, 4 user groups.
    #[prost(uint32, optional, tag = "1")]
    pub kind: Option<u32>,
    /// Required. Sequence number.
    #[prost(int64, optional, tag = "2")]
    pub seqno: Option<i64>,
    /// Required. The encrypted config message.
    #[prost(bytes = "vec", optional, tag = "3")]
    pub data: Option<Vec<u8>>,
}

/// `KeyPair` of a legacy group: ignored.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub struct KeyPair {
    /// Required.
    #[prost(bytes = "vec", optional, tag = "1")]
    pub public_key: Option<Vec<u8>>,
    /// Required.
    #[prost(bytes = "vec", optional, tag = "2")]
    pub private_key: Option<Vec<u8>>,
}

/// `ProMessage`: decoded, not used.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub struct ProMessage {
    /// The proof.
    #[prost(message, optional, tag = "1")]
    pub proof: Option<ProProof>,
    /// Bit 0 badge, bit 1 animated picture.
    #[prost(uint64, optional, tag = "2")]
    pub profile_bitset: Option<u64>,
    /// Bit 0: body of up to 10,000 characters.
    #[prost(uint64, optional, tag = "3")]
    pub message_bitset: Option<u64>,
}

/// `ProProof`: decoded, not used. Two incompatible forms exist under the same numbers.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub struct ProProof {
    /// Only in the older form.
    #[prost(uint32, optional, tag = "1")]
    pub version: Option<u32>,
    /// 32 bytes: index hash in the older form, revocation tag in the newer.
    #[prost(bytes = "vec", optional, tag = "2")]
    pub tag: Option<Vec<u8>>,
    /// 32 bytes, Ed25519.
    #[prost(bytes = "vec", optional, tag = "3")]
    pub rotating_public_key: Option<Vec<u8>>,
    /// Milliseconds in the older form, seconds in the newer.
    #[prost(uint64, optional, tag = "4")]
    pub expiry: Option<u64>,
    /// 64 bytes, by the Pro backend.
    #[prost(bytes = "vec", optional, tag = "5")]
    pub sig: Option<Vec<u8>>,
}

pub use super::group::*;
