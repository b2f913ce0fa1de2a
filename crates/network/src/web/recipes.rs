//! The recipes for other web servers say the same as this program.

use std::collections::BTreeMap;

use axum::http::header;
use regex::Regex;

use super::headers::{FIXED, cache_control, policy};

const NGINX_STATIC: &str = include_str!("../../../../deploy/nginx-static.conf");
const CADDY_STATIC: &str = include_str!("../../../../deploy/Caddyfile.static");
const NGINX: &str = include_str!("../../../../deploy/nginx.conf");
const CADDY: &str = include_str!("../../../../deploy/Caddyfile");

/// Where the recipes' gateway is, as the policy names it.
const GATE: &str = " https://gate.example";

/// Names of a bundle's files, and what only looks like them.
const PATHS: [&str; 15] = [
    "/",
    "/index.html",
    "/network.json",
    "/favicon.svg",
    "/manifest.webmanifest",
    "/sotto-1a2b3c4d5e6f7a8b.js",
    "/sotto-1a2b3c4d5e6f7a8b_bg.wasm",
    "/main-0123456789abcdef.css",
    "/snippets/sotto-7d2f3c4d5e6f7a8b/inline0.js",
    "/sotto-worker-1a2b3c4d5e6f7a8b.js",
    "/sotto-engine-1a2b3c4d5e6f7a8b.js",
    "/sotto-engine-1a2b3c4d5e6f7a8b_bg.wasm",
    "/sotto-qr-codes-1a2b3c4d5e6f7a8b_bg.wasm",
    "/chunk_0_settings.0123456789abcdef.wasm",
    "/icon-512.png",
];

fn lines(recipe: &str) -> impl Iterator<Item = &str> {
    recipe.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// `name value` or `name "value"`, whatever follows the value.
fn field(text: &str) -> (String, String) {
    let (name, value) = text.split_once(' ').unwrap();
    let value = match value.trim().strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').unwrap().0,
        None => value.split([' ', ';']).next().unwrap(),
    };
    (name.to_lowercase(), value.to_owned())
}

/// The headers of every file, but for `Cache-Control`.
fn ours() -> BTreeMap<String, String> {
    let fixed = FIXED.into_iter().map(|(name, value)| (name.to_string(), value.to_owned()));
    fixed.chain([(header::CONTENT_SECURITY_POLICY.to_string(), policy(GATE))]).collect()
}

fn is_immutable(path: &str) -> bool {
    cache_control(path) == "public, max-age=31536000, immutable"
}

#[test]
fn nginx_sends_our_headers() {
    let mut theirs: BTreeMap<_, _> =
        lines(NGINX_STATIC).filter_map(|line| line.strip_prefix("add_header ")).map(field).collect();
    assert_eq!(theirs.remove("cache-control").as_deref(), Some("$sotto_cache"));
    assert_eq!(theirs, ours());
    // A location with a header of its own would have none of these.
    let place = lines(NGINX_STATIC).position(|line| line.starts_with("location")).unwrap();
    assert!(lines(NGINX_STATIC).skip(place).all(|line| !line.starts_with("add_header")));
}

#[test]
fn nginx_caches_as_we_do() {
    let rules: Vec<_> = lines(NGINX_STATIC)
        .filter_map(|line| line.strip_prefix("\"~"))
        .map(|rule| {
            let (pattern, value) = rule.split_once("\" ").unwrap();
            (Regex::new(pattern).unwrap(), field(&format!("x {value}")).1)
        })
        .collect();
    assert_eq!(rules.len(), 2);
    assert!(lines(NGINX_STATIC).any(|line| line == "default \"no-cache\";"));
    for path in PATHS {
        let first = rules.iter().find(|(pattern, _)| pattern.is_match(path));
        assert_eq!(first.map_or("no-cache", |(_, value)| value), cache_control(path), "{path}");
    }
}

#[test]
fn caddy_sends_our_headers() {
    let block = lines(CADDY_STATIC).skip_while(|line| *line != "header {").skip(1);
    let mut theirs: BTreeMap<_, _> = block.take_while(|line| *line != "}").map(field).collect();
    assert_eq!(theirs.remove("?cache-control").as_deref(), Some("no-cache"));
    assert_eq!(theirs, ours());
}

#[test]
fn caddy_caches_as_we_do() {
    let rule = |start: &str| {
        let mut found = lines(CADDY_STATIC).filter_map(|line| line.strip_prefix(start));
        Regex::new(found.next().unwrap()).unwrap()
    };
    let (hashed, but) = (rule("path_regexp "), rule("not path_regexp "));
    let value = lines(CADDY_STATIC).find_map(|line| line.strip_prefix("header @hashed ")).map(field).unwrap();
    assert_eq!(value, ("cache-control".to_owned(), "public, max-age=31536000, immutable".to_owned()));
    for path in PATHS {
        assert_eq!(hashed.is_match(path) && !but.is_match(path), is_immutable(path), "{path}");
    }
}

#[test]
fn packed_files_are_sent() {
    let has = |recipe: &str, wanted: &str| assert!(lines(recipe).any(|line| line == wanted), "{wanted}");
    // Without the third, a cache between may give packed files to whoever can not read them.
    for wanted in ["gzip_static on;", "brotli_static on;", "gzip_vary on;", "gzip_types application/json;"] {
        has(NGINX_STATIC, wanted);
    }
    for wanted in ["precompressed br gzip", "encode gzip"] {
        has(CADDY_STATIC, wanted);
    }
}

#[test]
fn what_stands_in_front_changes_no_header_and_lets_the_largest_request_pass() {
    let most = sotto_protocol::onion::MAX_REQUEST;
    for recipe in [NGINX, CADDY] {
        for word in
            ["add_header", "more_set_headers", "proxy_hide_header", "header", "header_down", "encode", "gzip"]
        {
            let found = lines(recipe).find(|line| line.split([' ', ';']).next() == Some(word));
            assert_eq!(found, None);
        }
    }
    let size = |recipe: &str, name: &str, unit: &str| {
        let value = lines(recipe).find_map(|line| line.strip_prefix(name)).unwrap();
        value.trim().trim_end_matches(';').strip_suffix(unit).unwrap().parse::<usize>().unwrap()
    };
    assert!(size(NGINX, "client_max_body_size ", "m") << 20 > most);
    assert!(size(CADDY, "max_size ", "MB") * 1_000_000 > most);
}
