//! Registered names: whom they stand for.

use sotto_api::{AccountIdProblem, Failure, LookUpProblem};
use sotto_protocol::names::Name;

use crate::{inbox, network::ResolveError, platform::Platform, session::Session};

/// Lengths in hex digits of Account IDs with and without their prefix: such a text is a mistyped Account ID, and
/// nobody is asked for it.
const ID_CHARS: [usize; 2] = [66, 64];

/// The Account ID that a name stands for.
pub(super) async fn resolve<P: Platform>(session: &Session<P>, text: &str) -> Result<String, Failure> {
    let name = parse(text)?;
    let found = session.network.resolve_name(&name).await.map_err(failure)?;
    Ok(found.to_string())
}

fn parse(text: &str) -> Result<Name, Failure> {
    let text = text.trim();
    let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex && ID_CHARS.contains(&text.len()) {
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let problem = if length == 66 { AccountIdProblem::Prefix } else { AccountIdProblem::Length(length) };
        return Err(Failure::AccountId(problem));
    }
    Name::parse(text).map_err(|_| Failure::LookUp(LookUpProblem::NotAName))
}

fn failure(error: ResolveError) -> Failure {
    Failure::LookUp(match error {
        ResolveError::Network(error) => return inbox::failure(error),
        ResolveError::Unregistered => LookUpProblem::Unregistered,
        ResolveError::Obsolete => LookUpProblem::Obsolete,
        ResolveError::Tampered => LookUpProblem::Tampered,
        ResolveError::NotAnAccount => LookUpProblem::NotAnAccount,
        ResolveError::Disagreement => LookUpProblem::Disagreement,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_an_account_id_is_not_looked_up() {
        let id = format!("05{}", "a".repeat(64));
        assert_eq!(parse(&id), Err(Failure::AccountId(AccountIdProblem::Prefix)));
        assert_eq!(parse(&id[2..]), Err(Failure::AccountId(AccountIdProblem::Length(64))));
        assert_eq!(parse(" Alice ").unwrap().as_ref(), "alice");
        assert!(parse("xn--caf-dma").is_ok());
        for bad in ["", "-a", "a-", "a b", "a.b", "café", &"a".repeat(65)] {
            assert_eq!(parse(bad), Err(Failure::LookUp(LookUpProblem::NotAName)), "{bad}");
        }
    }
}
