//! A network that is a closure.

use std::cell::RefCell;
use std::rc::Rc;

use futures::future::{FutureExt, LocalBoxFuture};

use crate::platform::{Limits, Net, NetError, Response};

type Answer = LocalBoxFuture<'static, Result<Response, NetError>>;
type Handler = Rc<dyn Fn(Posted) -> Answer>;

/// One request as it left the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Where to.
    pub url: String,
    /// Body.
    pub body: Vec<u8>,
    /// Bounds.
    pub limits: Limits,
}

/// Records every request and answers by a closure; unreachable until one is set.
#[derive(Default)]
pub struct FakeNet {
    handler: RefCell<Option<Handler>>,
    posted: RefCell<Vec<Posted>>,
}

impl FakeNet {
    /// Answers all further requests by `answer`.
    pub fn answer_with<F>(&self, answer: impl Fn(Posted) -> F + 'static)
    where
        F: Future<Output = Result<Response, NetError>> + 'static,
    {
        *self.handler.borrow_mut() = Some(Rc::new(move |posted| answer(posted).boxed_local()));
    }

    /// All requests so far, in order.
    pub fn posted(&self) -> Vec<Posted> {
        self.posted.borrow().clone()
    }

    /// Forgets the requests so far.
    pub fn clear(&self) {
        self.posted.borrow_mut().clear();
    }
}

impl Net for FakeNet {
    async fn post(&self, url: &str, body: Vec<u8>, limits: Limits) -> Result<Response, NetError> {
        let posted = Posted { url: url.to_owned(), body, limits };
        self.posted.borrow_mut().push(posted.clone());
        let handler = self.handler.borrow().clone();
        match handler {
            Some(handler) => handler(posted).await,
            None => Err(NetError::Unreachable),
        }
    }
}
