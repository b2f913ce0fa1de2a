//! Requests by `fetch`.

use futures::{FutureExt, pin_mut, select};
use gloo_timers::future::TimeoutFuture;
use sotto_engine::platform::{Limits, Net, NetError, Response};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, AbortSignal, Headers, ReadableStreamDefaultReader, ReadableStreamReadResult,
    ReferrerPolicy, RequestCache, RequestCredentials, RequestInit, RequestMode, RequestRedirect,
};

use crate::scope;

/// `fetch` without cookies, referrer, cache and redirects.
pub struct BrowserNet;

impl Net for BrowserNet {
    async fn post(&self, url: &str, body: Vec<u8>, limits: Limits) -> Result<Response, NetError> {
        let options = post_options(&body)?;
        // The browser has its own copy now.
        drop(body);
        within(limits.timeout_ms, |signal| {
            options.set_signal(Some(signal));
            fetch(url, &options, &limits)
        })
        .await
    }
}

/// Gets a small file that is served beside the page.
///
/// # Errors
/// When it is not there or too large.
pub async fn fetch_file(url: &str) -> Result<Vec<u8>, NetError> {
    const LARGEST: usize = 4 << 20;
    let limits = Limits::new(20_000, LARGEST);
    let options = plain_options("GET");
    options.set_mode(RequestMode::SameOrigin);
    options.set_cache(RequestCache::NoCache);
    let response = within(limits.timeout_ms, |signal| {
        options.set_signal(Some(signal));
        fetch(url, &options, &limits)
    })
    .await?;
    if response.status != 200 {
        return Err(NetError::Unreachable);
    }
    Ok(response.body)
}

/// Runs a request and aborts it when the time is over.
async fn within<F: Future<Output = Result<Response, NetError>>>(
    timeout_ms: u32,
    request: impl FnOnce(&AbortSignal) -> F,
) -> Result<Response, NetError> {
    let abort = AbortController::new().map_err(|_| NetError::Unreachable)?;
    let abort = AbortOnDrop(abort);
    let answer = request(&abort.0.signal()).fuse();
    let timeout = TimeoutFuture::new(timeout_ms).fuse();
    pin_mut!(answer, timeout);
    select! {
        answer = answer => answer,
        () = timeout => Err(NetError::Timeout),
    }
}

/// Frees the connection when the answer is no longer wanted, also when the caller gives up.
struct AbortOnDrop(AbortController);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn post_options(body: &[u8]) -> Result<RequestInit, NetError> {
    // `text/plain` keeps this a request that the browser sends without asking the node first.
    let headers = Headers::new().map_err(|_| NetError::Unreachable)?;
    headers.set("Content-Type", "text/plain").map_err(|_| NetError::Unreachable)?;
    let options = plain_options("POST");
    options.set_mode(RequestMode::Cors);
    options.set_cache(RequestCache::NoStore);
    options.set_headers(&headers);
    options.set_body(&js_sys::Uint8Array::from(body));
    Ok(options)
}

fn plain_options(method: &str) -> RequestInit {
    let options = RequestInit::new();
    options.set_method(method);
    options.set_credentials(RequestCredentials::Omit);
    options.set_redirect(RequestRedirect::Error);
    options.set_referrer_policy(ReferrerPolicy::NoReferrer);
    options
}

async fn fetch(url: &str, options: &RequestInit, limits: &Limits) -> Result<Response, NetError> {
    let promise = scope::worker().fetch_with_str_and_init(url, options);
    let answer = JsFuture::from(promise).await.map_err(|_| NetError::Unreachable)?;
    let answer: web_sys::Response = answer.dyn_into().map_err(|_| NetError::Unreachable)?;
    let body = read_body(&answer, limits).await?;
    Ok(Response { status: answer.status(), body })
}

/// Reads chunk by chunk, so that an endless answer costs no more than is allowed.
async fn read_body(answer: &web_sys::Response, limits: &Limits) -> Result<Vec<u8>, NetError> {
    let Some(stream) = answer.body() else { return Ok(Vec::new()) };
    let reader: ReadableStreamDefaultReader =
        stream.get_reader().dyn_into().map_err(|_| NetError::Unreachable)?;
    let announced = answer.headers().get("content-length").ok().flatten();
    let announced = announced.and_then(|length| length.parse::<usize>().ok()).unwrap_or(0);
    let mut body = Vec::with_capacity(announced.min(limits.max_response));
    while let Some(chunk) = next_chunk(&reader).await? {
        if body.len() + chunk.length() as usize > limits.max_response {
            return Err(NetError::TooLarge);
        }
        let start = body.len();
        body.resize(start + chunk.length() as usize, 0);
        chunk.copy_to(&mut body[start..]);
        limits.note(body.len());
    }
    Ok(body)
}

async fn next_chunk(reader: &ReadableStreamDefaultReader) -> Result<Option<js_sys::Uint8Array>, NetError> {
    let result: JsValue = JsFuture::from(reader.read()).await.map_err(|_| NetError::Unreachable)?;
    let result: ReadableStreamReadResult = result.unchecked_into();
    if result.get_done().unwrap_or(false) {
        return Ok(None);
    }
    result.get_value().dyn_into().map(Some).map_err(|_| NetError::Unreachable)
}
