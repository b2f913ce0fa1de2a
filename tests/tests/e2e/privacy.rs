//! What is kept in the browser, and what leaves it.

use sotto_tests::{
    Lock, Outcome, Stage, User,
    flows::Pair,
    secrets::{Haystack, Secret, assert_absent},
};

const TEXT: &str = "meet me under the old clock at nine";

#[tokio::test(flavor = "multi_thread")]
async fn stored_data_say_nothing_about_anybody() -> Outcome {
    let stage = Stage::open().await?;
    let (anna, bela) = tokio::try_join!(stage.user(), stage.user())?;
    tokio::try_join!(
        anna.create("Annabella", Lock::Passphrase("correct horse battery")),
        bela.create("Bélamonte", Lock::Browser)
    )?;
    let (anna_id, bela_id) = tokio::try_join!(anna.account_id(), bela.account_id())?;
    anna.open(&bela_id).await?;
    anna.send(TEXT).await?;
    bela.accept_request().await?;
    bela.see(TEXT).await?;
    bela.send("certainly yours").await?;
    anna.see("certainly yours").await?;

    let mut secrets = vec![
        Secret::key("Anna's ID", &anna_id),
        Secret::key("Béla's ID", &bela_id),
        Secret::text("Anna's name", "Annabella"),
        Secret::text("Béla's name", "Bélamonte"),
        Secret::text("a message", "under the old clock"),
        Secret::text("an answer", "certainly yours"),
        Secret::text("the passphrase", "correct horse battery"),
    ];
    for person in [&anna, &bela] {
        let phrase = person.recovery_words().await?;
        let words: Vec<&str> = phrase.split(' ').collect();
        // Single words are short enough to turn up by chance in sealed bytes; two in a row are not.
        secrets.extend(words.windows(2).map(|pair| Secret::text("recovery words", &pair.join(" "))));
        // A draft is a text too.
        person.open_first().await?;
        person.fill("composer-input", "a thought not finished").await?;
    }
    secrets.push(Secret::text("a draft", "thought not finished"));
    for person in [&anna, &bela] {
        person.go("/").await?;
        let stored = person.stored().await?;
        let bytes: usize = stored.iter().map(|row| row.bytes.len()).sum();
        assert!(bytes > 2_000, "only {bytes} bytes were found: is this the engine's storage?");
        assert_absent(&secrets, &stored);
        let extractable = stored.iter().filter(|row| row.place.contains("extractable: true")).count();
        assert_eq!(extractable, 0, "a key that the browser would hand out");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn only_onion_requests_node_lists_and_static_files_leave_the_browser() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, anna_id, bela_id } = Pair::meet(&stage).await?;
    anna.send("one more").await?;
    bela.see("one more").await?;
    for place in ["/network", "/settings/profile", "/settings/appearance", "/new"] {
        anna.go(place).await?;
    }
    let secrets = [Secret::key("Anna's ID", &anna_id), Secret::key("Béla's ID", &bela_id)];
    for person in [&anna, &bela] {
        let foreign = foreign(&stage, person);
        assert!(foreign.is_empty(), "{foreign:#?}");
        assert_absent(&secrets, &sent(person));
    }
    let onions =
        |person: &User| person.proxy().requests().iter().filter(|r| r.url.ends_with("/onion_req/v2")).count();
    assert!(onions(&anna) > 3 && onions(&bela) > 3, "the messages went over the network");
    let identifying = ["cookie:", "authorization:", "referer:"];
    for request in anna.proxy().requests().iter().filter(|r| r.url.ends_with("/onion_req/v2")) {
        for header in &request.headers {
            assert!(!identifying.iter().any(|name| header.to_lowercase().starts_with(name)), "{header}");
        }
    }
    Ok(())
}

/// Hosts that Chromium itself asks for updates and its own services, whatever its flags say. No page can
/// make it do so, and `sent` searches these requests too.
pub const BROWSER_OWN: [&str; 3] = ["accounts.google.com", "clients2.google.com", "update.googleapis.com"];

/// Requests of the page that are none of the three kinds.
fn foreign(stage: &Stage, person: &User) -> Vec<String> {
    let origin = stage.address();
    let nodes: Vec<String> = stage
        .network()
        .nodes()
        .iter()
        .map(|node| format!("http://127.0.0.1:{}/onion_req/v2", node.address().port()))
        .collect();
    let allowed = |method: &str, url: &str| match method {
        "GET" => url.starts_with(&format!("{origin}/")) && !url.contains('?'),
        "POST" => nodes.iter().any(|node| node == url) || url == format!("{origin}/json_rpc"),
        _ => false,
    };
    person
        .proxy()
        .requests()
        .iter()
        .filter(|request| !BROWSER_OWN.contains(&host(&request.url)))
        .filter(|request| !allowed(&request.method, &request.url))
        .map(|request| format!("{} {}", request.method, request.url))
        .collect()
}

/// The host of an address, or of the `host:port` of a `CONNECT`.
pub fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', ':', '?']).next().unwrap_or_default()
}

/// Everything that this browser sent: addresses, headers, bodies.
fn sent(person: &User) -> Vec<Haystack> {
    let mut all = Vec::new();
    for request in person.proxy().requests() {
        let place = format!("{} {}", request.method, request.url);
        all.push(Haystack { place: format!("the address of {place}"), bytes: request.url.into_bytes() });
        all.push(Haystack {
            place: format!("the headers of {place}"),
            bytes: request.headers.join("\n").into_bytes(),
        });
        all.push(Haystack { place: format!("the body of {place}"), bytes: request.body });
    }
    all
}
