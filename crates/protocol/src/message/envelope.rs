use curve25519_dalek::constants::ED25519_BASEPOINT_TABLE;
use curve25519_dalek::scalar::Scalar;
use prost::Message;
use rand_core::CryptoRng;

use super::{MAX_DATA, OpenError, PRO_SIG_LEN};

/// `Envelope.type` of a one-to-one message.
const TYPE_SESSION_MESSAGE: u32 = 6;

/// `WebSocketMessage.type` of a request.
const TYPE_REQUEST: u32 = 1;

/// The envelope: what is outside the sealed box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Sent time, ms.
    pub timestamp: u64,
    /// The sealed box.
    pub content: Vec<u8>,
    /// Session Pro signature or decoy.
    pub pro_sig: Option<[u8; PRO_SIG_LEN]>,
}

impl Envelope {
    /// Serialises the envelope and wraps it as the body of a request without verb, path or number.
    pub fn wrap(self) -> Vec<u8> {
        self.wrap_from(Some(1))
    }

    /// The same without a number of the sending device, as config messages are wrapped.
    pub fn wrap_without_device(self) -> Vec<u8> {
        self.wrap_from(None)
    }

    fn wrap_from(self, source_device: Option<u32>) -> Vec<u8> {
        let envelope = EnvelopeProto {
            r#type: Some(TYPE_SESSION_MESSAGE),
            source: None,
            timestamp: Some(self.timestamp),
            source_device,
            content: Some(self.content),
            pro_sig: self.pro_sig.map(Vec::from),
        };
        let request = RequestProto {
            verb: Some(String::new()),
            path: Some(String::new()),
            body: Some(envelope.encode_to_vec()),
            request_id: Some(0),
        };
        WrapperProto { r#type: Some(TYPE_REQUEST), request: Some(request) }.encode_to_vec()
    }

    /// Reads the wrapper and the envelope in it. `type` and all fields of the request but its body are ignored;
    /// `source` is checked and then ignored: the sender is who signed inside. Holds at most four times the
    /// length of `data`.
    pub fn unwrap(data: &[u8]) -> Result<Self, OpenError> {
        if data.len() > MAX_DATA {
            return Err(OpenError::TooLarge(data.len()));
        }
        if data.first() == Some(&0) {
            return Err(OpenError::ProtocolV2);
        }
        let wrapper = WrapperProto::decode(data).map_err(|_| OpenError::Wrapper)?;
        let body = wrapper.request.ok_or(OpenError::NoRequest)?.body.unwrap_or_default();
        if body.is_empty() {
            return Err(OpenError::NoBody);
        }
        EnvelopeProto::decode(body.as_slice()).map_err(|_| OpenError::Envelope)?.check()
    }
}

/// A `proSig` that looks like one: the encoding of a random point and a random scalar. Sent by accounts without
/// Session Pro, so that all envelopes have the same shape.
pub fn decoy_pro_sig(rng: &mut impl CryptoRng) -> [u8; PRO_SIG_LEN] {
    let mut wide = [0; 128];
    rng.fill_bytes(&mut wide);
    let (mut first, mut second) = ([0; 64], [0; 64]);
    first.copy_from_slice(&wide[..64]);
    second.copy_from_slice(&wide[64..]);
    let point = &Scalar::from_bytes_mod_order_wide(&first) * ED25519_BASEPOINT_TABLE;
    let mut decoy = [0; PRO_SIG_LEN];
    decoy[..32].copy_from_slice(point.compress().as_bytes());
    decoy[32..].copy_from_slice(Scalar::from_bytes_mod_order_wide(&second).as_bytes());
    decoy
}

#[derive(Clone, PartialEq, prost::Message)]
struct WrapperProto {
    #[prost(uint32, optional, tag = "1")]
    r#type: Option<u32>,
    #[prost(message, optional, tag = "2")]
    request: Option<RequestProto>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct RequestProto {
    #[prost(string, optional, tag = "1")]
    verb: Option<String>,
    #[prost(string, optional, tag = "2")]
    path: Option<String>,
    #[prost(bytes = "vec", optional, tag = "3")]
    body: Option<Vec<u8>>,
    #[prost(uint64, optional, tag = "4")]
    request_id: Option<u64>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct EnvelopeProto {
    #[prost(uint32, optional, tag = "1")]
    r#type: Option<u32>,
    #[prost(string, optional, tag = "2")]
    source: Option<String>,
    #[prost(uint64, optional, tag = "5")]
    timestamp: Option<u64>,
    #[prost(uint32, optional, tag = "7")]
    source_device: Option<u32>,
    #[prost(bytes = "vec", optional, tag = "8")]
    content: Option<Vec<u8>>,
    #[prost(bytes = "vec", optional, tag = "11")]
    pro_sig: Option<Vec<u8>>,
}

impl EnvelopeProto {
    fn check(self) -> Result<Envelope, OpenError> {
        let timestamp = self.timestamp.ok_or(OpenError::NoTimestamp)?;
        let source = self.source.unwrap_or_default();
        if !matches!(source.len(), 0 | 66) || !source.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(OpenError::Source);
        }
        let content = self.content.ok_or(OpenError::NoContent)?;
        let pro_sig = match self.pro_sig {
            None => None,
            Some(bytes) => {
                let length = bytes.len();
                Some(bytes.try_into().map_err(|_| OpenError::ProSigLength(length))?)
            }
        };
        Ok(Envelope { timestamp, content, pro_sig })
    }
}
