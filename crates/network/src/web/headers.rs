//! The headers of everything that the host serves: what the page may do, and what may be cached.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

/// Those that never change.
pub(super) const FIXED: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(self), microphone=(self), geolocation=()"),
];

/// Adds them to one answer. A worker takes its policy from its own script, so every file carries it.
/// The page may connect to its own origin and to `connect`, and nowhere else.
pub(super) async fn add(connect: String, request: Request, next: Next) -> Response {
    let cache = cache_control(request.uri().path());
    let mut response = next.run(request).await;
    let success = response.status().is_success();
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::from_str(&policy(&connect)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(if success { cache } else { "no-store" }));
    charset(headers);
    response
}

/// The content security policy; `connect` is what the page may connect to beside its own origin, each with a space
/// before it.
pub(super) fn policy(connect: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; \
         connect-src 'self'{connect}; worker-src 'self'; manifest-src 'self'; font-src 'self'; media-src 'self' blob:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// Files named by their content never change; everything else is asked for again. So are the scripts of workers:
/// they carry the policy of the worker, which names the nodes, and those may have other ports tomorrow.
pub(super) fn cache_control(path: &str) -> &'static str {
    let is_worker = path.ends_with(".js") && path.contains("worker");
    if is_hashed(path) && !is_worker { "public, max-age=31536000, immutable" } else { "no-cache" }
}

/// Whether a file name holds a hash as the build writes it: `name-<8 or more hex digits>.ext`, also with
/// `_bg` or a further extension behind the hash.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.split(['-', '.', '_']).skip(1).any(|part| {
        part.len() >= 8
            && part.bytes().all(|b| b.is_ascii_hexdigit())
            && part.bytes().any(|b| b.is_ascii_digit())
    })
}

/// Text files are UTF-8, whatever the browser would guess.
fn charset(headers: &mut HeaderMap) {
    let html = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/html");
    if html {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_are_immutable() {
        for name in
            ["/sotto-1a2b3c4d5e6f7a8b.js", "/sotto-1a2b3c4d5e6f7a8b_bg.wasm", "/main-0123456789abcdef.css"]
        {
            assert!(is_hashed(name), "{name}");
        }
        for name in
            ["/", "/index.html", "/network.json", "/sotto-worker.js", "/favicon.ico", "/icon-decade.png"]
        {
            assert!(!is_hashed(name), "{name}");
        }
        assert_eq!(cache_control("/sotto-worker-1a2b3c4d5e6f7a8b.js"), "no-cache");
        assert!(cache_control("/sotto-worker-1a2b3c4d5e6f7a8b_bg.wasm").contains("immutable"));
    }
}
