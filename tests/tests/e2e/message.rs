//! What can be done with a single message, by mouse and by keyboard, seen from both sides.

use serde_json::json;
use sotto_network::{Faults, WrongAnswer};
use sotto_tests::{Outcome, Stage, Trouble, User, flows::Pair};
use thirtyfour::Key;

/// Opens the menu of the newest message with this text, as a right click does.
pub async fn menu(user: &User, text: &str) -> Outcome {
    user.see(text).await?;
    let script = r#"
        const bubbles = [...document.querySelectorAll('[data-testid="message"]')]
            .filter((one) => one.querySelector('[data-testid="message-text"]')?.textContent === arguments[0]);
        const bubble = bubbles.at(-1).querySelector('.bubble');
        bubble.scrollIntoView({ block: 'center' });
        const box = bubble.getBoundingClientRect();
        return [box.left + box.width / 2, box.top + box.height / 2];"#;
    // The message may move while it is pressed, where something comes that belongs to it.
    user.wait_for("menu", async || {
        if user.has("menu").await? {
            return Ok(Some(()));
        }
        let place = user.script(script, vec![json!(text)]).await?;
        for (kind, buttons) in [("mousePressed", 2), ("mouseReleased", 0)] {
            let event = json!({ "type": kind, "button": "right", "buttons": buttons, "clickCount": 1, "x": place[0], "y": place[1] });
            user.cdp("Input.dispatchMouseEvent", event).await?;
        }
        user.settle().await?;
        Ok(None)
    })
    .await
}

/// Picks an entry of the open menu.
pub async fn pick(user: &User, entry: &str) -> Outcome {
    let script = r#"
        const entry = [...document.querySelectorAll('[data-testid="menu"] button')]
            .find((one) => one.textContent.trim() === arguments[0]);
        entry?.click();
        return Boolean(entry);"#;
    match user.script(script, vec![json!(entry)]).await?.as_bool() {
        Some(true) => Ok(()),
        _ => Err(Trouble::Unexpected(format!("the menu has no {entry}: {}", user.text("menu").await?))),
    }
}

async fn entries(user: &User) -> Outcome<Vec<String>> {
    let script = r#"return [...document.querySelectorAll('[data-testid="menu-item"]')].map((one) => one.textContent.trim());"#;
    let found = user.script(script, vec![]).await?;
    Ok(found
        .as_array()
        .map(|all| all.iter().filter_map(|one| one.as_str()).map(String::from).collect())
        .unwrap_or_default())
}

/// The text of the message that has the focus.
async fn focused(user: &User) -> Outcome<String> {
    let script = r#"return document.activeElement?.querySelector?.(':scope > .bubble [data-testid="message-text"]')?.textContent ?? "";"#;
    Ok(user.script(script, vec![]).await?.as_str().unwrap_or_default().to_owned())
}

async fn wait_focused(user: &User, text: &str) -> Outcome {
    user.wait_for(
        &format!("the focus on {text:?}"),
        async || Ok((focused(user).await? == text).then_some(())),
    )
    .await
}

/// Emoji and count under the messages, own ones marked.
async fn reactions(user: &User) -> Outcome<Vec<String>> {
    let script = r#"return [...document.querySelectorAll('[data-testid="reaction"]')]
        .map((one) => one.textContent.trim() + (one.getAttribute('aria-pressed') === 'true' ? ' own' : ''));"#;
    let found = user.script(script, vec![]).await?;
    Ok(found
        .as_array()
        .map(|all| all.iter().filter_map(|one| one.as_str()).map(String::from).collect())
        .unwrap_or_default())
}

pub async fn see_reactions(user: &User, wanted: &[&str]) -> Outcome {
    let mut last = Vec::new();
    user.wait_for(&format!("reactions {wanted:?}"), async || {
        last = reactions(user).await?;
        Ok((last == wanted).then_some(()))
    })
    .await
}

async fn see_text(user: &User, id: &str, part: &str) -> Outcome {
    user.wait_for(&format!("{id} with {part:?}"), async || {
        let script = r#"return [...document.querySelectorAll(`[data-testid="${arguments[0]}"]`)].some((one) => one.textContent.includes(arguments[1]));"#;
        Ok(user.script(script, vec![json!(id), json!(part)]).await?.as_bool().unwrap_or_default().then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_has_a_menu_by_mouse_and_by_keyboard() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, .. } = Pair::meet(&stage).await?;
    menu(&anna, "hello back").await?;
    assert_eq!(entries(&anna).await?, ["Reply", "Copy text", "Details", "Select", "Delete"]);
    assert_eq!(anna.count("menu-quick").await?, 7, "six emoji and the way to all of them");
    anna.press(Key::Escape).await?;
    anna.wait_gone("menu").await?;

    // From the composer to the newest message, and up.
    anna.script("document.querySelector('.scroller').focus();", vec![]).await?;
    anna.press(Key::Up).await?;
    wait_focused(&anna, "hello back").await?;
    // Past the line about the request.
    anna.press(Key::Up).await?;
    anna.press(Key::Up).await?;
    wait_focused(&anna, "hello").await?;
    anna.press(Key::Enter).await?;
    anna.find("menu").await?;
    // Out of the row of emoji, to the first entry: reply.
    anna.press(Key::Down).await?;
    anna.press(Key::Enter).await?;
    anna.find("reply-bar").await?;
    anna.wait_focus("composer-input").await?;
    anna.press(Key::Escape).await?;
    anna.wait_gone("reply-bar").await?;
    assert_eq!(anna.console().await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_shows_what_it_answers_and_leads_there() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = Pair::meet(&stage).await?;
    // More than two pages, so that the original is neither loaded nor near.
    for number in 1..=140 {
        anna.send(&format!("line {number}")).await?;
    }
    anna.see_sent("line 140").await?;
    bela.see("line 140").await?;
    menu(&anna, "line 140").await?;
    pick(&anna, "Reply").await?;
    anna.find("reply-bar").await?;
    assert!(anna.text("reply-bar").await?.contains("line 140"));
    anna.send("an answer").await?;
    anna.wait_gone("reply-bar").await?;
    bela.see("an answer").await?;
    see_text(&bela, "quote", "line 140").await?;
    see_text(&bela, "quote", "Anna").await?;

    // Far back: the first message, scrolled to step by step and answered by key.
    bela.wait_for("the first message", async || {
        bela.script("document.querySelector('.scroller').scrollTop = 0;", vec![]).await?;
        Ok(bela.messages().await?.iter().any(|message| message.text == "hello").then_some(()))
    })
    .await?;
    bela.script(
        r#"[...document.querySelectorAll('[data-testid="message"]')]
            .find((one) => one.querySelector('[data-testid="message-text"]')?.textContent === 'hello').focus();"#,
        vec![],
    )
    .await?;
    bela.keys("r").await?;
    bela.find("reply-bar").await?;
    bela.send("that was long ago").await?;
    anna.see("that was long ago").await?;
    anna.reload().await?;
    anna.see("that was long ago").await?;
    assert!(!anna.messages().await?.iter().any(|message| message.text == "hello"), "it is far away");
    anna.script(r#"[...document.querySelectorAll('[data-testid="quote"]')].at(-1).click();"#, vec![]).await?;
    wait_focused(&anna, "hello").await?;
    let seen = anna
        .script(
            "const box = document.activeElement.getBoundingClientRect();
             const frame = document.querySelector('.scroller').getBoundingClientRect();
             return box.top >= frame.top && box.bottom <= frame.bottom;",
            vec![],
        )
        .await?;
    assert_eq!(seen.as_bool(), Some(true), "the original is in sight");
    assert!(!anna.messages().await?.iter().any(|message| message.text == "that was long ago"));

    // Back by scrolling, without a gap and without a message twice.
    anna.wait_for("the newest message", async || {
        anna.script(
            "const scroller = document.querySelector('.scroller'); scroller.scrollTop = scroller.scrollHeight;",
            vec![],
        )
        .await?;
        Ok(anna.messages().await?.iter().any(|message| message.text == "that was long ago").then_some(()))
    })
    .await?;
    let texts: Vec<String> = anna.messages().await?.into_iter().map(|message| message.text).collect();
    let lines: Vec<&String> = texts.iter().filter(|text| text.starts_with("line ")).collect();
    let first: usize = lines.first().and_then(|line| line[5..].parse().ok()).unwrap_or_default();
    let expected: Vec<String> = (first..=140).map(|number| format!("line {number}")).collect();
    assert!(lines.into_iter().eq(expected.iter()), "{texts:?}");

    // And by the button.
    anna.script(r#"[...document.querySelectorAll('[data-testid="quote"]')].at(-1).click();"#, vec![]).await?;
    wait_focused(&anna, "hello").await?;
    anna.click("jump-latest").await?;
    anna.see("that was long ago").await?;
    anna.wait_gone("jump-latest").await?;
    assert_eq!(anna.console().await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn reactions_are_given_counted_and_taken_back() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = Pair::meet(&stage).await?;
    menu(&anna, "hello back").await?;
    pick(&anna, "👍").await?;
    see_reactions(&anna, &["👍1 own"]).await?;
    see_reactions(&bela, &["👍1"]).await?;
    bela.click("reaction").await?;
    see_reactions(&bela, &["👍2 own"]).await?;
    see_reactions(&anna, &["👍2 own"]).await?;

    // One that is searched for by name, by keyboard alone, with a skin tone.
    anna.script(
        r#"[...document.querySelectorAll('[data-testid="message"]')]
            .find((one) => one.querySelector('[data-testid="message-text"]')?.textContent === 'hello back').focus();"#,
        vec![],
    )
    .await?;
    anna.keys("e").await?;
    anna.find("emoji-grid").await?;
    anna.wait_focus("emoji-search").await?;
    anna.script(
        r#"const tone = document.querySelector('[data-testid="emoji-tone"]'); tone.value = '5'; tone.dispatchEvent(new Event('change'));"#,
        vec![],
    )
    .await?;
    anna.keys("waving").await?;
    anna.wait_for("one hand", async || {
        Ok((anna.attribute("emoji-choice", "title").await? == "waving hand").then_some(()))
    })
    .await?;
    anna.press(Key::Enter).await?;
    anna.wait_gone("emoji-sheet").await?;
    see_reactions(&bela, &["👍2 own", "👋🏿1"]).await?;

    // Who: both names.
    menu(&bela, "hello back").await?;
    pick(&bela, "Who reacted").await?;
    bela.find("who-sheet").await?;
    see_text(&bela, "who-sheet", "Anna").await?;
    see_text(&bela, "who-sheet", "You").await?;
    bela.press(Key::Escape).await?;
    bela.wait_gone("who-sheet").await?;

    bela.click("reaction").await?;
    see_reactions(&anna, &["👍1 own", "👋🏿1 own"]).await?;
    for person in [&anna, &bela] {
        person.reload().await?;
        person.see("hello back").await?;
    }
    see_reactions(&bela, &["👍1", "👋🏿1"]).await?;
    see_reactions(&anna, &["👍1 own", "👋🏿1 own"]).await?;
    // What was used lately, and the skin tone, are still known after the reload.
    menu(&anna, "hello").await?;
    anna.script(r#"[...document.querySelectorAll('[data-testid="menu-quick"]')].at(-1).click();"#, vec![])
        .await?;
    anna.find("emoji-recent").await?;
    assert!(anna.text("emoji-recent").await?.starts_with("👋🏿"));
    let tone = r#"return document.querySelector('[data-testid="emoji-tone"]').value;"#;
    assert_eq!(anna.script(tone, vec![]).await?, "5");
    anna.press(Key::Escape).await?;
    anna.wait_gone("emoji-sheet").await?;

    // More than the network is to be asked for in a minute: it says so.
    let many = r#"
        const grid = [...document.querySelectorAll('[data-testid="menu-quick"]')];
        grid[arguments[0]].click();"#;
    let mut told = false;
    for round in 0..24 {
        menu(&anna, "hello back").await?;
        anna.script(many, vec![json!(round % 6)]).await?;
        if anna.has("toast").await? {
            told = true;
            break;
        }
    }
    if !told {
        // Half of the presses took one back; the others count on.
        for round in 0..24 {
            menu(&anna, "hello back").await?;
            anna.script(many, vec![json!(round % 6)]).await?;
            if anna.has("toast").await? {
                break;
            }
        }
    }
    see_text(&anna, "toast", "short time").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_deleted_here_or_for_everyone() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = Pair::meet(&stage).await?;
    for text in ["one", "two", "three", "four"] {
        anna.send(text).await?;
        anna.see_sent(text).await?;
        bela.see(text).await?;
    }
    menu(&bela, "one").await?;
    pick(&bela, "Reply").await?;
    bela.send("to one").await?;
    anna.see("to one").await?;

    // What somebody else wrote can not be deleted for everyone.
    menu(&bela, "two").await?;
    pick(&bela, "Delete").await?;
    bela.find("delete-sheet").await?;
    assert!(!bela.has("delete-everyone").await?);
    bela.choose("delete-here").await?;
    bela.click("delete-do").await?;
    bela.wait_for("two to go", async || {
        Ok((!bela.messages().await?.iter().any(|message| message.text == "two")).then_some(()))
    })
    .await?;
    anna.see("two").await?;

    menu(&anna, "one").await?;
    pick(&anna, "Delete").await?;
    anna.choose("delete-everyone").await?;
    anna.click("delete-do").await?;
    for person in [&anna, &bela] {
        person.find("message-notice").await?;
        see_text(person, "quote", "This message was deleted.").await?;
        assert!(!person.messages().await?.iter().any(|message| message.text == "one"));
    }

    // Several at once.
    menu(&anna, "three").await?;
    pick(&anna, "Select").await?;
    anna.find("selection-bar").await?;
    assert_eq!(anna.text("selection-count").await?.replace(['\u{2068}', '\u{2069}'], ""), "1 selected");
    anna.script(
        r#"[...document.querySelectorAll('[data-testid="message"]')]
            .find((one) => one.querySelector('[data-testid="message-text"]')?.textContent === 'four').click();"#,
        vec![],
    )
    .await?;
    see_text(&anna, "selection-count", "2").await?;
    anna.press(Key::Escape).await?;
    anna.wait_gone("selection-bar").await?;
    menu(&anna, "three").await?;
    pick(&anna, "Select").await?;
    anna.script(
        r#"[...document.querySelectorAll('[data-testid="message"]')]
            .find((one) => one.querySelector('[data-testid="message-text"]')?.textContent === 'four').click();"#,
        vec![],
    )
    .await?;
    see_text(&anna, "selection-count", "2").await?;
    anna.click("selection-delete").await?;
    anna.choose("delete-everyone").await?;
    anna.click("delete-do").await?;
    anna.wait_gone("selection-bar").await?;
    bela.wait_for("three traces", async || Ok((bela.count("message-notice").await? == 3).then_some(())))
        .await?;
    bela.reload().await?;
    bela.wait_for(
        "three traces again",
        async || Ok((bela.count("message-notice").await? == 3).then_some(())),
    )
    .await?;

    // All of it, here.
    if !anna.has("details").await? {
        anna.click("details-toggle").await?;
    }
    anna.click("conversation-clear").await?;
    anna.find("clear-sheet").await?;
    anna.choose("clear-here").await?;
    anna.click("clear-do").await?;
    anna.wait_for("nothing", async || Ok(anna.messages().await?.is_empty().then_some(()))).await?;
    bela.see("to one").await?;
    anna.click("conversation-delete").await?;
    anna.click("confirm").await?;
    anna.wait_gone("conversation").await?;
    assert_eq!(anna.console().await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_tells_which_nodes_signed_and_which_did_not() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, .. } = Pair::meet(&stage).await?;
    anna.send("well kept").await?;
    anna.see_sent("well kept").await?;
    menu(&anna, "well kept").await?;
    pick(&anna, "Details").await?;
    anna.find("ledger").await?;
    anna.wait_for("both swarms", async || Ok((anna.count("ledger-swarm").await? == 2).then_some(()))).await?;
    let sum = anna.text("ledger-sum").await?.replace(['\u{2068}', '\u{2069}'], "");
    assert!(sum.starts_with("Stored on ") && sum.contains(" nodes until "), "{sum}");
    assert!(anna.count("ledger-try").await? >= 2);
    anna.click("ledger-close").await?;
    anna.wait_gone("ledger").await?;

    // Every node answers with signatures that are not its own: nothing counts as stored.
    let liar = Faults { wrong: Some(WrongAnswer::BadSignature), ..Faults::default() };
    stage.network().nodes().iter().for_each(|node| node.set_faults(liar.clone()));
    anna.send("badly kept").await?;
    menu(&anna, "badly kept").await?;
    pick(&anna, "Details").await?;
    see_text(&anna, "ledger-try", "without a signature that counts").await?;
    let states = r#"return [...document.querySelectorAll('[data-testid="ledger-member"]')].map((one) => one.dataset.state);"#;
    anna.wait_for("members that lie", async || {
        let states = anna.script(states, vec![]).await?;
        let all = states.as_array().cloned().unwrap_or_default();
        Ok((!all.is_empty() && all.iter().any(|state| state == "bad-signature")).then_some(()))
    })
    .await?;
    assert!(
        !anna.messages().await?.iter().any(|message| message.text == "badly kept" && message.state == "sent")
    );
    stage.network().nodes().iter().for_each(|node| node.clear_faults());
    anna.see_sent("badly kept").await?;
    see_text(&anna, "ledger-sum", "Stored on").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_asks_before_it_opens() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = Pair::meet(&stage).await?;
    // The second letter is Cyrillic.
    let text = "look: http://bank@gо.example/a?b=c, and <b>this</b>  stays";
    anna.send(text).await?;
    bela.see(text).await?;
    bela.click("message-link").await?;
    bela.find("link-sheet").await?;
    let host = bela.text("link-host").await?;
    assert!(host.starts_with("xn--"), "{host}");
    assert_eq!(bela.count("link-warning").await?, 3, "letters, a name before the @, no encryption");
    assert_eq!(bela.attribute("link-open", "rel").await?, "noopener noreferrer");
    let before = bela.driver().windows().await?.len();
    bela.press(Key::Escape).await?;
    bela.wait_gone("link-sheet").await?;
    assert_eq!(bela.driver().windows().await?.len(), before, "nothing was opened");
    bela.click("message-link").await?;
    bela.click("link-open").await?;
    bela.wait_for("another tab", async || {
        Ok((bela.driver().windows().await?.len() == before + 1).then_some(()))
    })
    .await
}
