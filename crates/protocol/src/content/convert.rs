//! Between the messages of the schema and the typed kinds: what lacks a required field or has an unknown value in a
//! required enum becomes `None`.

use super::kind::{
    Call, CallStep, DataExtraction, Extraction, Invitation, LinkPreview, QuoteRef, React, ReadReceipt,
    RequestResponse, Typing, TypingAction, Unsend,
};
use super::proto::{
    CallMessage, DataExtractionNotification, MessageRequestResponse, OpenGroupInvitation, Preview, Quote,
    Reaction, ReceiptMessage, TypingMessage, UnsendRequest,
};

pub fn receipt(message: &ReceiptMessage) -> Option<ReadReceipt> {
    match message.r#type {
        Some(1) => Some(ReadReceipt { timestamps: message.timestamp.clone() }),
        _ => None,
    }
}

pub fn typing(message: &TypingMessage) -> Option<Typing> {
    let action = match message.action? {
        0 => TypingAction::Started,
        1 => TypingAction::Stopped,
        _ => return None,
    };
    Some(Typing { timestamp: message.timestamp?, action })
}

pub fn extraction(message: &DataExtractionNotification) -> Option<DataExtraction> {
    let extraction = match message.r#type? {
        1 => Extraction::Screenshot,
        2 => Extraction::MediaSaved,
        _ => return None,
    };
    Some(DataExtraction { extraction, timestamp: message.timestamp })
}

pub fn unsend(message: &UnsendRequest) -> Option<Unsend> {
    Some(Unsend { timestamp: message.timestamp?, author: message.author.clone()? })
}

pub fn call(message: &CallMessage) -> Option<Call> {
    let step = match message.r#type? {
        1 => CallStep::Offer,
        2 => CallStep::Answer,
        3 => CallStep::ProvisionalAnswer,
        4 => CallStep::IceCandidates,
        5 => CallStep::EndCall,
        6 => CallStep::PreOffer,
        _ => return None,
    };
    Some(Call {
        step,
        sdps: message.sdps.clone(),
        m_line_indexes: message.sdp_m_line_indexes.clone(),
        mids: message.sdp_mids.clone(),
        uuid: message.uuid.clone()?,
    })
}

pub fn response(message: &MessageRequestResponse) -> Option<RequestResponse> {
    Some(RequestResponse {
        approved: message.is_approved?,
        profile_key: message.profile_key.clone(),
        profile: message.profile.clone(),
    })
}

impl From<ReadReceipt> for ReceiptMessage {
    fn from(receipt: ReadReceipt) -> Self {
        Self { r#type: Some(1), timestamp: receipt.timestamps }
    }
}

impl From<Typing> for TypingMessage {
    fn from(typing: Typing) -> Self {
        Self { timestamp: Some(typing.timestamp), action: Some(typing.action as u32) }
    }
}

impl From<DataExtraction> for DataExtractionNotification {
    fn from(notice: DataExtraction) -> Self {
        Self { r#type: Some(notice.extraction as u32 + 1), timestamp: notice.timestamp }
    }
}

impl From<Unsend> for UnsendRequest {
    fn from(unsend: Unsend) -> Self {
        Self { timestamp: Some(unsend.timestamp), author: Some(unsend.author) }
    }
}

impl From<Call> for CallMessage {
    fn from(call: Call) -> Self {
        Self {
            r#type: Some(call.step as u32 + 1),
            sdps: call.sdps,
            sdp_m_line_indexes: call.m_line_indexes,
            sdp_mids: call.mids,
            uuid: Some(call.uuid),
        }
    }
}

impl From<RequestResponse> for MessageRequestResponse {
    fn from(response: RequestResponse) -> Self {
        Self {
            is_approved: Some(response.approved),
            profile_key: response.profile_key,
            profile: response.profile,
        }
    }
}

impl From<QuoteRef> for Quote {
    fn from(quote: QuoteRef) -> Self {
        Self { id: Some(quote.timestamp), author: Some(quote.author), ..Self::default() }
    }
}

impl From<React> for Reaction {
    fn from(react: React) -> Self {
        Self {
            id: Some(react.timestamp),
            author: Some(react.author),
            emoji: Some(react.emoji),
            action: Some(react.action as u32),
        }
    }
}

impl From<Invitation> for OpenGroupInvitation {
    fn from(invitation: Invitation) -> Self {
        Self { url: Some(invitation.url), name: Some(invitation.name) }
    }
}

impl From<LinkPreview> for Preview {
    fn from(preview: LinkPreview) -> Self {
        Self { url: Some(preview.url), title: preview.title, image: preview.image }
    }
}
