//! What a node checks before it carries a request out, in the order and with the texts that clients know.
//! That the account belongs to the node's swarm (421) comes before all of it.

use super::limits::{MIN_TTL, SIGNATURE_TOLERANCE, SIGNATURE_TOLERANCE_FORWARDED, STORE_TOLERANCE};
use super::{Access, AuthError, Expire, ExpireMode, Namespace, Refusal, Request, Retrieve, Store, Token};

/// What the checks need to know.
pub struct CheckContext<'a> {
    /// The node's time, ms.
    pub now: u64,
    /// Whether another member passed the request on.
    pub forwarded: bool,
    /// Whether a token of the request's account is revoked.
    pub revoked: &'a dyn Fn(&Token) -> bool,
}

impl CheckContext<'_> {
    /// What another member passed on may be a little older when it arrives.
    fn tolerance(&self) -> u64 {
        if self.forwarded { SIGNATURE_TOLERANCE_FORWARDED } else { SIGNATURE_TOLERANCE }
    }
}

impl Request {
    /// Checks times, signature and permissions. Requests that need none of it pass; the parts of a batch, sequence or
    /// choice are checked one by one by whoever carries them out.
    ///
    /// # Errors
    /// The [`Refusal`] to answer with.
    pub fn check(&self, context: &CheckContext<'_>) -> Result<(), Refusal> {
        match self {
            Self::Store(request) => self.check_store(request, context),
            Self::Retrieve(request) => self.check_retrieve(request, context),
            Self::Delete(_) => self.check_auth("delete_msgs", context),
            Self::DeleteBefore(request) => {
                if request.before > context.now.saturating_add(SIGNATURE_TOLERANCE) {
                    return Err(Refusal::new(401, "delete_before timestamp too far in the future"));
                }
                self.check_auth("delete_before", context)
            }
            Self::DeleteAll(request) => {
                check_time("delete_all", request.timestamp, context.now, context.tolerance())?;
                self.check_auth("delete_all", context)
            }
            Self::ExpireAll(request) => {
                if request.expiry.saturating_add(context.tolerance()) < context.now {
                    return Err(Refusal::new(406, "expire_all timestamp should be >= current time"));
                }
                self.check_auth("expire_all", context)
            }
            Self::Expire(request) => self.check_expire(request, context),
            Self::GetExpiries(request) => self.check_timed(request.timestamp, context),
            Self::RevokeSubaccount(request) | Self::UnrevokeSubaccount(request) => {
                self.check_timed(request.timestamp, context)
            }
            Self::RevokedSubaccounts(request) => self.check_timed(request.timestamp, context),
            _ => Ok(()),
        }
    }

    fn check_store(&self, request: &Store, context: &CheckContext<'_>) -> Result<(), Refusal> {
        let namespace = request.namespace;
        if namespace == Namespace::TESTING {
            return Err(Refusal::new(403, format!("store: namespace {namespace} is reserved for testing")));
        }
        let ttl = request.expiry.checked_sub(request.timestamp);
        if !ttl.is_some_and(|ttl| (MIN_TTL..=namespace.max_ttl()).contains(&ttl)) {
            return Err(Refusal::new(403, "Provided expiry/TTL is not valid."));
        }
        let too_new = request.timestamp > context.now.saturating_add(STORE_TOLERANCE);
        if too_new || request.expiry.saturating_add(STORE_TOLERANCE) < context.now {
            return Err(Refusal::new(406, "Timestamp error: check your clock"));
        }
        if namespace.is_public_inbox() {
            return Ok(());
        }
        if request.auth.is_none() {
            return Err(Refusal::new(
                401,
                format!("store: signature required to store to namespace {namespace}"),
            ));
        }
        let time = request.sig_timestamp.unwrap_or(request.timestamp);
        check_time("store signature", time, context.now, SIGNATURE_TOLERANCE)?;
        self.check_auth("store", context)
    }

    fn check_retrieve(&self, request: &Retrieve, context: &CheckContext<'_>) -> Result<(), Refusal> {
        if request.namespace == Namespace::TESTING {
            return Ok(());
        }
        if request.auth.is_none() {
            return match request.namespace.reads_without_auth() {
                true => Ok(()),
                false => Err(Refusal::new(401, "retrieve: request signature required")),
            };
        }
        check_time("retrieve", request.timestamp.unwrap_or(0), context.now, SIGNATURE_TOLERANCE)?;
        self.check_auth("retrieve", context)
    }

    fn check_expire(&self, request: &Expire, context: &CheckContext<'_>) -> Result<(), Refusal> {
        if request.expiry.iter().any(|expiry| expiry.saturating_add(SIGNATURE_TOLERANCE) < context.now) {
            return Err(Refusal::new(401, "expire: timestamp should be >= current time"));
        }
        self.check_auth("expire:", context)?;
        if request.mode == ExpireMode::Shorten && !request.may_shorten() {
            return Err(Refusal::new(
                400,
                "expire: shorten parameter cannot be used with this subaccount token (missing delete access)",
            ));
        }
        Ok(())
    }

    fn check_timed(&self, time: u64, context: &CheckContext<'_>) -> Result<(), Refusal> {
        check_time(self.method(), time, context.now, SIGNATURE_TOLERANCE)?;
        self.check_auth(self.method(), context)
    }

    fn check_auth(&self, label: &str, context: &CheckContext<'_>) -> Result<(), Refusal> {
        self.verify(context.revoked)
            .map_err(|_| Refusal::new(401, format!("{label} signature verification failed")))
    }

    /// Whether the request's signature counts, without looking at times.
    ///
    /// # Errors
    /// [`AuthError`]; a request without signature fails as [`AuthError::Signature`].
    pub fn verify(&self, revoked: &dyn Fn(&Token) -> bool) -> Result<(), AuthError> {
        let unrevocable = matches!(self, Self::Retrieve(request) if request.namespace.is_unrevocable());
        let revoked: &dyn Fn(&Token) -> bool = if unrevocable { &|_| false } else { revoked };
        let (account, auth) = self.account().zip(self.auth()).ok_or(AuthError::Signature)?;
        let signed = self.signed_bytes().ok_or(AuthError::Signature)?;
        auth.verify(account, &signed, self.needed_access(), revoked)
    }
}

impl Expire {
    /// Whether the signer may bring expiries forward. If not, a request without mode acts as [`ExpireMode::Extend`].
    pub fn may_shorten(&self) -> bool {
        let token = self.auth.as_ref().and_then(|auth| auth.subaccount.as_ref());
        token.is_none_or(|subaccount| subaccount.token.access().includes(Access::DELETE))
    }

    /// The mode that counts when it is carried out (the answer's shape follows the mode asked for).
    pub fn effective_mode(&self) -> ExpireMode {
        match self.mode {
            ExpireMode::Set if !self.may_shorten() => ExpireMode::Extend,
            mode => mode,
        }
    }
}

fn check_time(label: &str, time: u64, now: u64, tolerance: u64) -> Result<(), Refusal> {
    if time.abs_diff(now) > tolerance {
        return Err(Refusal::new(406, format!("{label} timestamp too far from current time")));
    }
    Ok(())
}
