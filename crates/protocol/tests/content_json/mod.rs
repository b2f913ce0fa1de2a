//! A decoded `Content` in the notation of the vectors: the schema's names, bytes in hex, absent fields left out.

use serde_json::{Map, Value, json};
use sotto_protocol::content::proto::{
    AttachmentPointer, CallMessage, Content, DataMessage, LokiProfile, MessageRequestResponse,
    OpenGroupInvitation, Preview, Quote, Reaction,
};

pub fn shown(content: &Content) -> Value {
    let receipt = content.receipt_message.as_ref();
    let typing = content.typing_message.as_ref();
    let extraction = content.data_extraction_notification.as_ref();
    let unsend = content.unsend_request.as_ref();
    object([
        ("dataMessage", content.data_message.as_deref().map(data)),
        ("callMessage", content.call_message.as_ref().map(call)),
        (
            "receiptMessage",
            receipt.map(|m| object([("type", some(m.r#type)), ("timestamp", list(&m.timestamp))])),
        ),
        (
            "typingMessage",
            typing.map(|m| object([("timestamp", some(m.timestamp)), ("action", some(m.action))])),
        ),
        (
            "dataExtractionNotification",
            extraction.map(|m| object([("type", some(m.r#type)), ("timestamp", some(m.timestamp))])),
        ),
        (
            "unsendRequest",
            unsend.map(|m| object([("timestamp", some(m.timestamp)), ("author", some(m.author.clone()))])),
        ),
        ("messageRequestResponse", content.message_request_response.as_ref().map(response)),
        ("expirationType", some(content.expiration_type)),
        ("expirationTimer", some(content.expiration_timer)),
        ("sigTimestamp", some(content.sig_timestamp)),
    ])
}

fn data(message: &DataMessage) -> Value {
    object([
        ("body", some(message.body.clone())),
        ("attachments", list_of(&message.attachments, attachment)),
        ("flags", some(message.flags)),
        ("profileKey", hex_of(&message.profile_key)),
        ("quote", message.quote.as_ref().map(quote)),
        ("preview", list_of(&message.preview, preview)),
        ("reaction", message.reaction.as_ref().map(reaction)),
        ("profile", message.profile.as_ref().map(profile)),
        ("openGroupInvitation", message.open_group_invitation.as_ref().map(invitation)),
        ("syncTarget", some(message.sync_target.clone())),
    ])
}

fn attachment(pointer: &AttachmentPointer) -> Value {
    object([
        ("id", some(pointer.id)),
        ("contentType", some(pointer.content_type.clone())),
        ("key", hex_of(&pointer.key)),
        ("size", some(pointer.size)),
        ("digest", hex_of(&pointer.digest)),
        ("fileName", some(pointer.file_name.clone())),
        ("flags", some(pointer.flags)),
        ("width", some(pointer.width)),
        ("height", some(pointer.height)),
        ("caption", some(pointer.caption.clone())),
        ("url", some(pointer.url.clone())),
    ])
}

fn quote(quote: &Quote) -> Value {
    object([("id", some(quote.id)), ("author", some(quote.author.clone()))])
}

fn preview(preview: &Preview) -> Value {
    object([("url", some(preview.url.clone())), ("title", some(preview.title.clone()))])
}

fn reaction(reaction: &Reaction) -> Value {
    object([
        ("id", some(reaction.id)),
        ("author", some(reaction.author.clone())),
        ("emoji", some(reaction.emoji.clone())),
        ("action", some(reaction.action)),
    ])
}

fn profile(profile: &LokiProfile) -> Value {
    object([
        ("displayName", some(profile.display_name.clone())),
        ("profilePicture", some(profile.profile_picture.clone())),
        ("lastUpdateSeconds", some(profile.last_update_seconds)),
    ])
}

fn invitation(invitation: &OpenGroupInvitation) -> Value {
    object([("url", some(invitation.url.clone())), ("name", some(invitation.name.clone()))])
}

fn response(response: &MessageRequestResponse) -> Value {
    object([
        ("isApproved", some(response.is_approved)),
        ("profileKey", hex_of(&response.profile_key)),
        ("profile", response.profile.as_ref().map(profile)),
    ])
}

fn call(call: &CallMessage) -> Value {
    object([
        ("type", some(call.r#type)),
        ("sdps", list(&call.sdps)),
        ("sdpMLineIndexes", list(&call.sdp_m_line_indexes)),
        ("sdpMids", list(&call.sdp_mids)),
        ("uuid", some(call.uuid.clone())),
    ])
}

fn object<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let present = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(present.collect::<Map<_, _>>())
}

fn some(value: Option<impl Into<Value>>) -> Option<Value> {
    value.map(Into::into)
}

fn hex_of(bytes: &Option<Vec<u8>>) -> Option<Value> {
    bytes.as_ref().map(|bytes| hex::encode(bytes).into())
}

fn list<T: serde::Serialize>(values: &[T]) -> Option<Value> {
    (!values.is_empty()).then(|| json!(values))
}

fn list_of<T>(values: &[T], show: fn(&T) -> Value) -> Option<Value> {
    (!values.is_empty()).then(|| values.iter().map(show).collect())
}
