//! `ifelse`: one of two requests, by the version of network and node.

use std::sync::Arc;

use sotto_protocol::storage::{Chosen, IfElse};

use super::{
    super::{Node, answer::Answer},
    run as run_request,
};
use crate::registry::{HARD_FORK, HEIGHT, STORAGE_VERSION};

/// Executes the branch that holds.
pub(super) async fn run(node: &Arc<Node>, choice: IfElse) -> Answer {
    let height = i64::try_from(HEIGHT).unwrap_or(i64::MAX);
    let condition = choice.condition.holds(HARD_FORK.map(i64::from), STORAGE_VERSION.map(i64::from), height);
    let branch = if condition { choice.then } else { choice.otherwise };
    let (result, is_json) = match branch {
        Some(request) => {
            let (answer, is_json) = run_request(node, *request).await.into_part();
            (Some(answer), is_json)
        }
        None => (None, false),
    };
    let chosen = Chosen { condition, result };
    Answer::ok(chosen.to_body(HARD_FORK, STORAGE_VERSION.map(u32::from), HEIGHT, is_json))
}
