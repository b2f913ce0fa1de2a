//! Every screen in both themes and three widths: photographed into `target/screens`, checked by axe-core, and
//! never wider than the window.

use std::time::Duration;

use sotto_network::{ErrorAnswer, Faults, Scope};
use sotto_tests::{Lock, Outcome, Setup, Stage, User};

const WIDTHS: [(&str, u32, u32); 3] = [("wide", 1360, 880), ("medium", 800, 900), ("narrow", 390, 844)];
const THEMES: [(&str, bool); 2] = [("light", false), ("dark", true)];
/// People with names that are hard on a layout, and what they write first.
const STRANGERS: [(&str, &str); 5] = [
    (
        "Wilhelmina Charlotte Featherstonehaugh-Cholmondeley van der Westhuizen",
        "Dear all, a longer first message that does not fit into one line of a list, whatever its width is.",
    ),
    ("عبد الرحمن بن محمد", "مرحبا، كيف حالك اليوم؟"),
    ("🦊 Fuchs", "🙂"),
    ("李小龙", "你好"),
    (
        "Donaudampfschifffahrtsgesellschaftskapitän",
        "https://example.org/a/very/long/address/that/has/no/space/in/it/at/all",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn screens_before_an_account() -> Outcome {
    let stage = Stage::open().await?;
    let anna = stage.user_with(Setup { shared_worker: false, ..Setup::default() }).await?;
    for (place, name, there) in [
        ("/", "welcome", "welcome-create"),
        ("/create", "create", "create-name"),
        ("/restore", "restore", "restore-phrase"),
    ] {
        anna.visit(place).await?;
        anna.find(there).await?;
        look(&anna, name).await?;
    }
    anna.visit("/create").await?;
    anna.choose("lock-passphrase").await?;
    anna.click("create-submit").await?;
    anna.find("create-name-error").await?;
    look(&anna, "create-errors").await?;
    anna.visit("/restore").await?;
    anna.fill("restore-phrase", "abbey abducts ability zzzz").await?;
    anna.click("restore-submit").await?;
    anna.find("restore-error").await?;
    look(&anna, "restore-errors").await?;

    // An account that the network knows nothing of: nobody tells its name.
    anna.visit("/restore").await?;
    anna.fill("restore-phrase", "0123456789abcdef0123456789abcdef").await?;
    anna.choose("lock-browser").await?;
    anna.click("restore-submit").await?;
    anna.find("restore-name").await?;
    look(&anna, "arrival").await?;
    anna.click("restore-skip").await?;
    anna.find("list").await?;
    sign_out(&anna).await?;

    anna.create("Anna", Lock::Passphrase("correct horse")).await?;
    let first = anna.tab().await?;
    let second = anna.open_tab().await?;
    anna.visit("/").await?;
    anna.find("taken").await?;
    look(&anna, "taken").await?;
    anna.switch_to(&first).await?;
    anna.kill_tab().await?;
    anna.switch_to(&second).await?;
    anna.visit("/").await?;
    anna.fill("unlock-passphrase", "wrong horse").await?;
    anna.click("unlock-submit").await?;
    anna.find("unlock-error").await?;
    look(&anna, "unlock-error").await
}

#[tokio::test(flavor = "multi_thread")]
async fn screens_of_a_new_account() -> Outcome {
    let stage = Stage::open().await?;
    let anna = stage.user().await?;
    anna.create("Anna", Lock::Browser).await?;
    for (name, place) in [
        ("list-empty", "/"),
        ("requests-empty", "/requests"),
        ("new", "/new"),
        ("network", "/network"),
        ("settings", "/settings"),
        ("profile", "/settings/profile"),
        ("privacy", "/settings/privacy"),
        ("notifications", "/settings/notifications"),
        ("appearance", "/settings/appearance"),
        ("language", "/settings/language"),
        ("shortcuts", "/settings/shortcuts"),
        ("about", "/settings/about"),
        ("recovery", "/settings/recovery"),
    ] {
        anna.go(place).await?;
        look(&anna, name).await?;
    }
    anna.recovery_words().await?;
    look(&anna, "recovery-shown").await?;
    anna.account_id().await?;
    if !anna.has("qr-code").await? {
        anna.click("account-id-qr").await?;
    }
    anna.find("qr-code").await?;
    look(&anna, "profile-qr").await?;
    anna.go("/network").await?;
    anna.click("who-saw-what").await?;
    look(&anna, "network-saw").await?;
    anna.go("/settings").await?;
    anna.click("sign-out").await?;
    anna.find("confirm").await?;
    look(&anna, "sign-out").await
}

#[tokio::test(flavor = "multi_thread")]
async fn screens_of_a_mistaken_account_id() -> Outcome {
    let stage = Stage::open().await?;
    let anna = stage.user().await?;
    anna.create("Anna", Lock::Browser).await?;
    anna.go("/new").await?;
    let short = format!("05{}", "a".repeat(63));
    let other = format!("03{}", "a".repeat(64));
    for (name, id) in [("length", short.as_str()), ("hex", "05 not hex"), ("prefix", &other)] {
        anna.fill("new-account-id", id).await?;
        anna.click("new-submit").await?;
        anna.find("new-error").await?;
        look(&anna, &format!("new-error-{name}")).await?;
    }
    anna.click("new-scan").await?;
    anna.find("qr-reader").await?;
    look(&anna, "new-scan").await
}

#[tokio::test(flavor = "multi_thread")]
async fn screens_of_names() -> Outcome {
    let stage = Stage::open().await?;
    let anna = stage.user().await?;
    anna.create("Anna", Lock::Browser).await?;
    anna.go("/new").await?;
    anna.fill("new-account-id", "not-a-name-").await?;
    anna.click("new-submit").await?;
    anna.find("new-error").await?;
    look(&anna, "new-error-name").await?;
    anna.fill("new-account-id", "nobody").await?;
    anna.click("new-submit").await?;
    anna.wait_for("nobody found", async || {
        Ok(anna.text("new-error").await?.starts_with("Nobody").then_some(()))
    })
    .await?;
    look(&anna, "new-error-unregistered").await?;
    // Slow enough to be photographed, and no reason for a node to be given up.
    let slow = Faults { scope: Scope::Nodes, latency: Duration::from_millis(2_500), ..Faults::default() };
    stage.network().nodes().iter().for_each(|node| node.set_faults(slow.clone()));
    for size in WIDTHS {
        for theme in THEMES {
            anna.fill("new-account-id", "").await?;
            dress(&anna, size, theme).await?;
            anna.fill("new-account-id", &"long-name_".repeat(6)).await?;
            anna.click("new-submit").await?;
            anna.find("new-looking").await?;
            photograph(&anna, "new-looking", size, theme).await?;
        }
    }
    anna.resize(WIDTHS[0].1, WIDTHS[0].2).await?;
    anna.set_dark(false).await
}

#[tokio::test(flavor = "multi_thread")]
async fn screens_of_conversations() -> Outcome {
    let stage = Stage::open().await?;
    let (anna, others) = tokio::try_join!(stage.user(), stage.user())?;
    anna.create("Anna", Lock::Browser).await?;
    let anna_id = anna.account_id().await?;
    for (name, text) in STRANGERS {
        others.create(name, Lock::Browser).await?;
        others.open(&anna_id).await?;
        others.send(text).await?;
        others.see_sent(text).await?;
        if name != STRANGERS[4].0 {
            sign_out(&others).await?;
        }
    }
    anna.go("/requests").await?;
    anna.wait_for("all requests", async || Ok((anna.count("request-item").await? == 5).then_some(())))
        .await?;
    look(&anna, "requests").await?;
    for _ in 0..4 {
        anna.accept_request().await?;
    }
    anna.open(&format!("05{}", "1b".repeat(32))).await?;
    look(&anna, "conversation-empty").await?;
    anna.fill("composer-input", "a draft that was not finished").await?;
    anna.go("/").await?;
    for text in ["Did you get my message?", "I am at the station now.", "🙂🙂"] {
        others.send(text).await?;
        others.see_sent(text).await?;
    }
    anna.find("unread").await?;
    anna.wait_for("three unread messages", async || Ok((anna.text("unread").await? == "3").then_some(())))
        .await?;
    look(&anna, "list").await?;

    anna.open_first().await?;
    anna.see("🙂🙂").await?;
    look(&anna, "conversation-unread").await?;
    for text in [
        "Did the train leave on time?",
        "I wait at the old clock. It is the one with the golden hands, opposite the bakery, and it has been ten minutes slow for as long as anybody here can remember.",
        "First line\nsecond line\n\nfourth line",
        "🙂",
        "هل وصلت؟ I am here",
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    ] {
        anna.send(text).await?;
        anna.see_sent(text).await?;
    }
    look(&anna, "conversation").await?;
    look_at(&anna, "details", async || {
        // It closes by itself when the window becomes too narrow for a third column.
        if !anna.has("details").await? {
            anna.click("details-toggle").await?;
        }
        anna.find("details").await.map(|_| ())
    })
    .await?;
    anna.click("details-close").await?;
    anna.fill("composer-input", &"near the limit ".repeat(131)).await?;
    anna.find("composer-counter").await?;
    look(&anna, "composer-limit").await?;
    anna.fill("composer-input", &"over the limit ".repeat(140)).await?;
    look(&anna, "composer-over").await?;
    anna.fill("composer-input", "").await?;
    let refuse = Faults {
        scope: Scope::Clients,
        error_rate: 1.0,
        error: ErrorAnswer { status: 413, text: "Request body too large".into() },
        ..Faults::default()
    };
    stage.network().nodes().iter().for_each(|node| node.set_faults(refuse.clone()));
    anna.send("refused by the network").await?;
    anna.wait_for("a failed message", async || {
        Ok(anna.messages().await?.iter().any(|message| message.state == "failed").then_some(()))
    })
    .await?;
    look(&anna, "failed").await?;
    stage.network().nodes().iter().for_each(|node| node.clear_faults());
    anna.set_online(false).await?;
    anna.send("written without a network").await?;
    anna.see("written without a network").await?;
    anna.wait_attribute("network-state", "data-link", "offline").await?;
    look(&anna, "offline").await?;
    anna.set_online(true).await
}

async fn sign_out(user: &User) -> Outcome {
    user.go("/settings").await?;
    user.click("sign-out").await?;
    user.click("confirm").await?;
    user.find("welcome-create").await?;
    Ok(())
}

/// Photographs what is shown in both themes and three widths, and asks axe-core about each.
pub async fn look(user: &User, name: &str) -> Outcome {
    look_at(user, name, async || Ok(())).await
}

/// The same for something that has to be opened at each width.
pub async fn look_at(user: &User, name: &str, open: impl AsyncFn() -> Outcome) -> Outcome {
    for size in WIDTHS {
        user.resize(size.1, size.2).await?;
        open().await?;
        for theme in THEMES {
            dress(user, size, theme).await?;
            photograph(user, name, size, theme).await?;
        }
    }
    user.resize(WIDTHS[0].1, WIDTHS[0].2).await?;
    user.set_dark(false).await
}

async fn dress(user: &User, (_, width, height): (&str, u32, u32), (_, dark): (&str, bool)) -> Outcome {
    user.resize(width, height).await?;
    user.set_dark(dark).await?;
    user.settle().await
}

async fn photograph(
    user: &User,
    name: &str,
    (width, ..): (&str, u32, u32),
    (theme, _): (&str, bool),
) -> Outcome {
    user.screenshot(&format!("{name}-{width}-{theme}")).await?;
    let violations = user.accessibility().await?;
    assert!(violations.is_empty(), "{name}, {width}, {theme}: {violations:#?}");
    let overflow = user.script("return document.documentElement.scrollWidth - innerWidth;", vec![]).await?;
    assert!(overflow.as_i64().unwrap_or_default() <= 0, "{name}, {width}: scrolls sideways");
    Ok(())
}
