//! `ifelse`: one of two requests, by the version of network and node.

use std::sync::Arc;

use serde_json::{Map, Value};
use sotto_protocol::storage::{Condition, IfElse};

use super::{
    super::{Node, answer::Answer},
    run as run_request, sub_result,
};
use crate::registry::{HARD_FORK, HEIGHT, STORAGE_VERSION};

/// Executes the branch that holds.
pub(super) async fn run(node: &Arc<Node>, choice: IfElse) -> Answer {
    let holds = holds(&choice.condition);
    let mut body = Map::new();
    body.insert("hf".to_owned(), HARD_FORK.as_slice().into());
    body.insert("v".to_owned(), STORAGE_VERSION.as_slice().into());
    body.insert("height".to_owned(), HEIGHT.into());
    body.insert("condition".to_owned(), holds.into());
    let branch = if holds { choice.then } else { choice.otherwise };
    if let Some(request) = branch {
        body.insert("result".to_owned(), sub_result(run_request(node, *request).await));
    }
    Answer::ok(Value::Object(body))
}

fn holds(condition: &Condition) -> bool {
    let hf = HARD_FORK.map(|n| i64::try_from(n).unwrap_or(i64::MAX));
    condition.holds(hf, STORAGE_VERSION.map(i64::from), i64::try_from(HEIGHT).unwrap_or(i64::MAX))
}
