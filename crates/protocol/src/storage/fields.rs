//! Reading parameters out of JSON, with the texts by which nodes refuse them.

use serde_json::{Map, Value};

use super::{Auth, MessageHash, Namespace, Pubkey, Refusal, Scope, Subaccount, Token, limits};
use crate::text::{unbase64_array, unhex};

/// The parameters of one request. Missing and `null` are the same.
pub(super) struct Fields<'a>(pub(super) &'a Map<String, Value>);

pub(super) type Parsed<T> = Result<T, Refusal>;

impl<'a> Fields<'a> {
    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    fn typed<T>(
        &self,
        name: &str,
        kind: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Parsed<Option<T>> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => read(value).map(Some).ok_or_else(|| wrong_type(name, kind)),
        }
    }

    pub(super) fn text(&self, name: &str) -> Parsed<Option<&'a str>> {
        self.typed(name, "string", Value::as_str)
    }

    pub(super) fn boolean(&self, name: &str) -> Parsed<bool> {
        Ok(self.typed(name, "boolean", Value::as_bool)?.unwrap_or(false))
    }

    pub(super) fn integer(&self, name: &str) -> Parsed<Option<i64>> {
        self.typed(name, "integer", Value::as_i64)
    }

    pub(super) fn time(&self, name: &str) -> Parsed<Option<u64>> {
        match self.typed(name, "integer timestamp (in milliseconds)", Value::as_u64)? {
            Some(time) => in_milliseconds(name, time).map(Some),
            None => Ok(None),
        }
    }

    pub(super) fn required_time(&self, name: &str) -> Parsed<u64> {
        require(name, self.time(name)?)
    }

    /// An integer that may also stand as a decimal string.
    pub(super) fn decimal(&self, name: &str) -> Parsed<Option<u64>> {
        match self.get(name) {
            Some(Value::String(text)) => {
                let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
                let value = digits.then(|| text.parse().ok()).flatten();
                let shown = Value::from(text.as_str());
                value.map(Some).ok_or_else(|| invalid(format!("Invalid value given for '{name}': {shown}")))
            }
            _ => self.typed(name, "positive integer", Value::as_u64),
        }
    }

    pub(super) fn namespace(&self) -> Parsed<Option<Namespace>> {
        match self.typed("namespace", "16-bit integer", Value::as_i64)? {
            Some(number) => in_range(number).map(Some),
            None => Ok(None),
        }
    }

    pub(super) fn scope(&self) -> Parsed<Scope> {
        match self.get("namespace") {
            None => Ok(Scope::default()),
            Some(Value::String(text)) if text == "all" => Ok(Scope::All),
            Some(value) => {
                let kind = "integer or \"all\"";
                in_range(value.as_i64().ok_or_else(|| wrong_type("namespace", kind))?).map(Scope::One)
            }
        }
    }

    /// `pubkey`, or where allowed its old spelling.
    pub(super) fn account_text(&self, old_spelling: bool) -> Parsed<&'a str> {
        match (self.text("pubkey")?, if old_spelling { self.text("pubKey")? } else { None }) {
            (Some(_), Some(_)) => Err(invalid("Cannot specify both 'pubkey' and 'pubKey'")),
            (text, old) => require("pubkey", text.or(old)),
        }
    }

    pub(super) fn account(&self, old_spelling: bool) -> Parsed<Pubkey> {
        self.account_text(old_spelling)?
            .parse()
            .map_err(|_| invalid("Pubkey must be 66 hex digits (33 bytes) long"))
    }

    /// The fields of a signature that must be there.
    pub(super) fn auth(&self, account: &Pubkey, subaccounts: bool) -> Parsed<Auth> {
        let signature = require("signature", self.text("signature")?)?;
        let ed25519 = match self.text("pubkey_ed25519")? {
            None => None,
            Some(_) if account.prefix() != Pubkey::USER => {
                return Err(invalid("pubkey_ed25519 is only permitted for 05[...] pubkeys"));
            }
            Some(text) if text.len() != 64 => {
                return Err(invalid("Invalid pubkey_ed25519: expected 64 hex char or 32 byte pubkey"));
            }
            Some(text) => {
                Some(unhex(text).ok_or_else(|| invalid("invalid pubkey_ed25519: value is not hex"))?)
            }
        };
        let signature = parse_signature(signature)
            .ok_or_else(|| invalid("invalid signature: expected base64 encoded Ed25519 signature"))?;
        let subaccount = if subaccounts { self.subaccount()? } else { None };
        Ok(Auth { ed25519, subaccount, signature })
    }

    fn subaccount(&self) -> Parsed<Option<Subaccount>> {
        let token = self.text("subaccount")?.filter(|text| !text.is_empty());
        let Some(token) = token else { return Ok(None) };
        let signature = self.text("subaccount_sig")?;
        let missing = "invalid subaccount: subaccount_sig is required when using subaccount";
        let signature = signature.ok_or_else(|| invalid(missing))?;
        let token = Token::parse(token)
            .ok_or_else(|| invalid("invalid subaccount: expected base64 or hex-encoded subaccount token"))?;
        let signature = parse_signature(signature).ok_or_else(|| {
            invalid("invalid subaccount signature: expected base64 encoded Ed25519 signature")
        })?;
        Ok(Some(Subaccount { token, signature }))
    }

    /// A list of strings, or a single one.
    fn texts(&self, name: &str) -> Parsed<Option<Vec<&'a str>>> {
        self.typed(name, "string array", |value| match value {
            Value::String(text) => Some(vec![text.as_str()]),
            Value::Array(list) => list.iter().map(Value::as_str).collect(),
            _ => None,
        })
    }

    pub(super) fn hashes(&self) -> Parsed<Vec<MessageHash>> {
        let texts = require("messages", self.texts("messages")?)?;
        if texts.is_empty() {
            return Err(invalid("messages does not contain any message hashes"));
        }
        let parse = |text: &str| text.parse().map_err(|_| invalid(format!("invalid message hash: {text}")));
        texts.into_iter().map(parse).collect()
    }

    /// A list of tokens. Only revoking them has a limit, by which nodes keep them.
    pub(super) fn tokens(&self, name: &str) -> Parsed<Vec<Token>> {
        let texts = require(name, self.texts(name)?)?;
        let most = limits::REVOKED;
        if name == "revoke" && texts.len() > most {
            return Err(invalid(format!(
                "invalid revoke: cannot revoke more than {most} subaccounts at once"
            )));
        }
        let wrong = || invalid(format!("invalid {name}: expected base64 or hex-encoded subaccount tag"));
        texts.into_iter().map(|text| Token::parse(text).ok_or_else(wrong)).collect()
    }

    /// One time, or a list of them.
    pub(super) fn times(&self, name: &str) -> Parsed<Vec<u64>> {
        let times = self.typed(name, "timestamp array", |value| match value {
            Value::Array(list) => list.iter().map(Value::as_u64).collect(),
            value => value.as_u64().map(|time| vec![time]),
        })?;
        let times: Vec<u64> = require(name, times)?;
        if times.is_empty() {
            return Err(invalid(format!("'{name}' does not contain any expiration timestamps")));
        }
        times.into_iter().map(|time| in_milliseconds(name, time)).collect()
    }

    /// The first `N` numbers of a list, zeros for missing ones; a bare number is a list of one.
    pub(super) fn version<const N: usize>(&self, name: &str) -> Parsed<Option<[i64; N]>> {
        let list: Option<Vec<i64>> = self.typed(name, "integer array", |value| match value {
            Value::Array(list) => list.iter().map(Value::as_i64).collect(),
            value => value.as_i64().map(|number| vec![number]),
        })?;
        Ok(list.filter(|list| !list.is_empty()).map(|list| {
            let mut version = [0; N];
            version.iter_mut().zip(list).for_each(|(to, from)| *to = from);
            version
        }))
    }
}

pub(super) fn invalid(reason: impl std::fmt::Display) -> Refusal {
    Refusal::invalid(reason)
}

pub(super) fn require<T>(name: &str, value: Option<T>) -> Parsed<T> {
    value.ok_or_else(|| invalid(format!("Required field '{name}' missing")))
}

pub(super) fn in_milliseconds(name: &str, time: u64) -> Parsed<u64> {
    if time < limits::EARLIEST || time > i64::MAX as u64 {
        return Err(invalid(format!("Invalid timestamp for '{name}': timestamp must be in milliseconds")));
    }
    Ok(time)
}

fn in_range(number: i64) -> Parsed<Namespace> {
    let wrong = || invalid("Invalid value given for 'namespace': value out of range");
    i16::try_from(number).map(Namespace).map_err(|_| wrong())
}

fn wrong_type(name: &str, kind: &str) -> Refusal {
    invalid(format!("Invalid value given for '{name}': expected {kind}"))
}

/// 86 base64 characters, or 88 with padding.
fn parse_signature(text: &str) -> Option<[u8; 64]> {
    let fits = text.len() == 86 || (text.len() == 88 && text.ends_with("=="));
    if fits { unbase64_array(text) } else { None }
}
