//! Times of the product in a real browser, printed as one line of JSON per figure. `cargo xtask bench` runs
//! it; nothing is asserted.

use std::time::Duration;

use serde_json::{Value, json};
use sotto_tests::{Outcome, Pace, Setup, Stage, Trouble, User, flows::Pair};

/// Visits per figure.
const VISITS: usize = 7;
/// Messages per figure.
const MESSAGES: usize = 40;

/// Notes when the first button or the list is there, and how long the main thread was busy in one go.
const WATCH_START: &str = r#"
    self.usableAt = null;
    self.longTasks = [];
    new PerformanceObserver((list) => longTasks.push(...list.getEntries().map((task) => task.duration)))
        .observe({ type: "longtask", buffered: true });
    new MutationObserver(() => {
        if (usableAt === null && document.querySelector('[data-testid="welcome-create"], [data-testid="list"]'))
            usableAt = performance.now();
    }).observe(document, { subtree: true, childList: true });
"#;

/// Notes when each text first appears, and when its own message is first shown as sent.
const WATCH_MESSAGES: &str = r#"
    self.seenAt = {};
    self.sentAt = {};
    const look = () => {
        for (const message of document.querySelectorAll('[data-testid="message"]')) {
            const text = message.querySelector('[data-testid="message-text"]')?.textContent;
            seenAt[text] ??= Date.now();
            if (message.dataset.state === "sent") sentAt[text] ??= Date.now();
        }
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
"#;

/// Types and sends within the page, so that the driver's own time does not count; gives the time of the click.
const SEND: &str = r#"
    const input = document.querySelector('[data-testid="composer-input"]');
    const kind = Object.getPrototypeOf(input);
    Object.getOwnPropertyDescriptor(kind, "value").set.call(input, arguments[0]);
    input.dispatchEvent(new InputEvent("input", { bubbles: true }));
    const button = () => document.querySelector('[data-testid="composer-send"]');
    await new Promise((resolve) => requestAnimationFrame(resolve));
    const at = Date.now();
    button().click();
    return at;
"#;

#[tokio::main]
async fn main() -> Outcome {
    crypto().await?;
    let stage = Stage::open().await?;
    for (name, slow) in [("full speed", false), ("CPU 4x slower, 10 Mbit/s, 40 ms", true)] {
        start_times(&stage, name, slow).await?;
    }
    message_times(&stage).await
}

async fn crypto() -> Outcome {
    let stage = Stage::with_page(&sotto_tests::project("target/bench-page")).await?;
    let user = stage.user().await?;
    user.visit("/").await?;
    while user.driver().title().await? != "done" {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let text = user.script("return document.getElementById('result').textContent;", vec![]).await?;
    let outcome: Value = serde_json::from_str(text.as_str().unwrap_or_default()).unwrap_or_default();
    let rows = outcome["result"].as_array().ok_or_else(|| Trouble::Unexpected(text.to_string()))?;
    rows.iter().for_each(|row| println!("{row}"));
    user.quit().await
}

async fn start_times(stage: &Stage, name: &str, slow: bool) -> Outcome {
    let (mut cold, mut warm, mut blocked) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..VISITS {
        let user = stage.user_with(Setup::default()).await?;
        user.cdp("Page.enable", json!({})).await?;
        user.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH_START })).await?;
        if slow {
            let pace = Pace { delay: Duration::from_millis(40), bits_per_second: 10_000_000 };
            user.proxy().set_pace(Some(pace));
            user.cdp("Emulation.setCPUThrottlingRate", json!({ "rate": 4 })).await?;
        }
        let (usable, longest) = start_time(&user).await?;
        cold.push(usable);
        blocked.push(longest);
        // The second visit finds files in the cache, the third compiled code too.
        start_time(&user).await?;
        warm.push(start_time(&user).await?.0);
        user.quit().await?;
    }
    print("navigation to usable, first visit", name, cold);
    print("navigation to usable, later visit", name, warm);
    print("longest task of the main thread, first visit", name, blocked);
    Ok(())
}

/// ms from navigation to usable, and of the longest task.
async fn start_time(user: &User) -> Outcome<(f64, f64)> {
    user.visit("/").await?;
    let found = user
        .wait_for("the page", async || {
            let found =
                user.script("return usableAt && [usableAt, Math.max(0, ...longTasks)];", vec![]).await?;
            Ok((!found.is_null()).then_some(found))
        })
        .await?;
    Ok((found[0].as_f64().unwrap_or_default(), found[1].as_f64().unwrap_or_default()))
}

async fn message_times(stage: &Stage) -> Outcome {
    let Pair { anna, bela, .. } = Pair::meet(stage).await?;
    for person in [&anna, &bela] {
        person.cdp("Emulation.setFocusEmulationEnabled", json!({ "enabled": true })).await?;
        person.script(WATCH_MESSAGES, vec![]).await?;
    }
    let (mut sent, mut seen) = (Vec::new(), Vec::new());
    for number in 0..MESSAGES {
        let text = format!("measured message {number}");
        let at = anna.async_script_with(SEND, vec![json!(text)]).await?.as_f64().unwrap_or_default();
        sent.push(noted(&anna, "sentAt", &text).await? - at);
        seen.push(noted(&bela, "seenAt", &text).await? - at);
    }
    print("send to sent", "three hops, local network", sent);
    print("send to seen by the other", "three hops, local network", seen);
    anna.quit().await?;
    bela.quit().await
}

async fn noted(user: &User, table: &str, text: &str) -> Outcome<f64> {
    user.wait_for(text, async || {
        let at =
            user.script("return self[arguments[0]][arguments[1]] ?? null;", vec![json!(table), json!(text)]);
        Ok(at.await?.as_f64())
    })
    .await
}

fn print(name: &str, how: &str, mut values: Vec<f64>) {
    values.sort_by(f64::total_cmp);
    let at =
        |share: f64| values.get(((values.len() as f64 - 1.0) * share).round() as usize).map(|v| v.round());
    println!(
        "{}",
        json!({ "name": name, "how": how, "p50_ms": at(0.5), "p95_ms": at(0.95), "n": values.len() })
    );
}
