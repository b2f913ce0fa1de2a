//! Requests into JSON.

use serde_json::{Map, Value, json};

use super::{Auth, Condition, IfElse, MessageHash, Pubkey, Request, Scope, Token};
use crate::text::base64;

impl Request {
    /// The request as nodes take it: `{"method":…,"params":{…}}`.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.to_json().to_string().into_bytes()
    }

    /// As [`Request::to_bytes`], as a value.
    pub fn to_json(&self) -> Value {
        json!({"method": self.method(), "params": self.params()})
    }

    fn params(&self) -> Map<String, Value> {
        let mut params = Map::new();
        if let Some(account) = self.account() {
            put_account(&mut params, account);
        }
        if let Some(auth) = self.auth() {
            put_auth(&mut params, auth);
        }
        let mut put = |name: &str, value: Value| {
            params.insert(name.to_owned(), value);
        };
        match self {
            Self::Store(r) => {
                put("namespace", r.namespace.0.into());
                put("data", base64(&r.data).into());
                put("timestamp", r.timestamp.into());
                put("ttl", r.expiry.saturating_sub(r.timestamp).into());
                if let Some(time) = r.sig_timestamp {
                    put("sig_timestamp", time.into());
                }
            }
            Self::Retrieve(r) => {
                // A namespace that is spelled out needs a signature, even 0.
                if r.auth.is_some() || r.namespace.0 != 0 {
                    put("namespace", r.namespace.0.into());
                }
                put("last_hash", r.last_hash.map_or_else(String::new, |hash| hash.to_string()).into());
                r.max_count.into_iter().for_each(|count| put("max_count", count.into()));
                r.max_size.into_iter().for_each(|size| put("max_size", size.into()));
                if r.reverse {
                    put("reverse_direction", true.into());
                }
                r.timestamp
                    .filter(|_| r.auth.is_some())
                    .into_iter()
                    .for_each(|time| put("timestamp", time.into()));
            }
            Self::Delete(r) => {
                put("messages", hashes(&r.messages));
                if r.required {
                    put("required", true.into());
                }
            }
            Self::DeleteBefore(r) => put_scoped(&mut put, "before", r.before, r.scope),
            Self::DeleteAll(r) => put_scoped(&mut put, "timestamp", r.timestamp, r.scope),
            Self::ExpireAll(r) => put_scoped(&mut put, "expiry", r.expiry, r.scope),
            Self::Expire(r) => {
                put("messages", hashes(&r.messages));
                put("expiry", if let [one] = r.expiry[..] { one.into() } else { r.expiry.clone().into() });
                if !r.mode.signed().is_empty() {
                    put(r.mode.signed(), true.into());
                }
            }
            Self::GetExpiries(r) => {
                put("messages", hashes(&r.messages));
                put("timestamp", r.timestamp.into());
            }
            Self::RevokeSubaccount(r) => {
                put("revoke", tokens(&r.tokens));
                put("timestamp", r.timestamp.into());
            }
            Self::UnrevokeSubaccount(r) => {
                put("unrevoke", tokens(&r.tokens));
                put("timestamp", r.timestamp.into());
            }
            Self::RevokedSubaccounts(r) => put("timestamp", r.timestamp.into()),
            Self::OxendRequest(r) => {
                put("endpoint", r.endpoint.as_str().into());
                if !r.params.is_null() {
                    put("params", r.params.clone());
                }
            }
            Self::GetSwarm(account) => put("pubkey", account.to_string().into()),
            Self::Batch(requests) | Self::Sequence(requests) => {
                put("requests", requests.iter().map(Self::to_json).collect());
            }
            Self::IfElse(choice) => put_choice(&mut put, choice),
            Self::Info | Self::ActiveNodesBin => {}
        }
        params
    }
}

fn put_account(params: &mut Map<String, Value>, account: &Pubkey) {
    params.insert("pubkey".to_owned(), account.to_string().into());
}

fn put_auth(params: &mut Map<String, Value>, auth: &Auth) {
    params.insert("signature".to_owned(), base64(&auth.signature).into());
    if let Some(key) = &auth.ed25519 {
        params.insert("pubkey_ed25519".to_owned(), hex::encode(key).into());
    }
    if let Some(subaccount) = &auth.subaccount {
        params.insert("subaccount".to_owned(), subaccount.token.to_base64().into());
        params.insert("subaccount_sig".to_owned(), base64(&subaccount.signature).into());
    }
}

fn put_scoped(put: &mut impl FnMut(&str, Value), name: &str, time: u64, scope: Scope) {
    put(name, time.into());
    match scope {
        Scope::One(namespace) if namespace.0 == 0 => {}
        Scope::One(namespace) => put("namespace", namespace.0.into()),
        Scope::All => put("namespace", "all".into()),
    }
}

fn put_choice(put: &mut impl FnMut(&str, Value), choice: &IfElse) {
    put("if", condition(&choice.condition));
    if let Some(request) = &choice.then {
        put("then", request.to_json());
    }
    if let Some(request) = &choice.otherwise {
        put("else", request.to_json());
    }
}

fn condition(condition: &Condition) -> Value {
    let Condition { hf_at_least, hf_before, v_at_least, v_before, height_at_least, height_before } =
        condition;
    let mut map = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        value.into_iter().for_each(|value| {
            map.insert(name.to_owned(), value);
        });
    };
    put("hf_at_least", hf_at_least.map(|version| json!(version)));
    put("hf_before", hf_before.map(|version| json!(version)));
    put("v_at_least", v_at_least.map(|version| json!(version)));
    put("v_before", v_before.map(|version| json!(version)));
    put("height_at_least", height_at_least.map(Value::from));
    put("height_before", height_before.map(Value::from));
    Value::Object(map)
}

fn hashes(list: &[MessageHash]) -> Value {
    list.iter().map(|hash| Value::from(hash.as_str())).collect()
}

fn tokens(list: &[Token]) -> Value {
    list.iter().map(|token| Value::from(token.to_base64())).collect()
}
