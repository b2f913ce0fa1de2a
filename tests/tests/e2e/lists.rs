//! The list: search, what a row can do, the command palette.

use sotto_tests::{Outcome, Stage, User, flows::Pair};
use thirtyfour::{Key, TypingData};

use crate::screens::look;

/// Nobody has this Account ID.
fn nobody() -> String {
    format!("05{}", "1b".repeat(32))
}

/// Photographs what is shown as people see it who write from right to left.
async fn right_to_left(user: &User, name: &str) -> Outcome {
    user.script("document.documentElement.dir = 'rtl';", vec![]).await?;
    user.settle().await?;
    user.screenshot(&format!("{name}-rtl")).await?;
    user.script("document.documentElement.dir = 'ltr';", vec![]).await.map(|_| ())
}

async fn chord(user: &User, held: Key, key: impl Into<TypingData>) -> Outcome {
    let chain = user.driver().action_chain();
    Ok(chain.key_down(held.clone()).send_keys(key).key_up(held).perform().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_finds_people_and_messages_and_opens_the_message() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = Pair::meet(&stage).await?;
    for text in ["the silver fox runs", "nothing of the kind", "hello once more"] {
        anna.send(text).await?;
        bela.see(text).await?;
    }
    bela.go("/settings").await?;
    bela.find("settings").await?;
    bela.keys("/").await?;
    bela.wait_focus("search").await?;
    bela.keys("SILV").await?;
    bela.wait_text("search-status", "1 result").await?;
    bela.wait_text("found-message", "the silver fox runs").await?;
    let marked = "return document.querySelector('[data-testid=found-message] mark').textContent;";
    assert_eq!(bela.script(marked, vec![]).await?.as_str(), Some("silv"));
    bela.go("/").await?;
    bela.wait_gone("settings").await?;
    look(&bela, "search").await?;
    bela.find("search").await?.focus().await?;
    bela.press(Key::Down).await?;
    bela.press(Key::Enter).await?;
    bela.wait_place("#/c/").await?;
    bela.see("the silver fox runs").await?;
    // The address of the message is only a way there.
    bela.wait_for("the address of the conversation", async || {
        let hash = bela.script("return location.hash.split('/').length;", vec![]).await?;
        Ok((hash.as_u64() == Some(3)).then_some(()))
    })
    .await?;

    bela.fill("search", "ann").await?;
    bela.wait_text("found-conversation", "Anna").await?;
    bela.fill("search", "no such words").await?;
    bela.wait_text("search-status", "Nothing here fits.").await?;
    bela.find("search").await?.focus().await?;
    bela.press(Key::Escape).await?;
    bela.wait_gone("search-status").await?;

    bela.click("search-here").await?;
    bela.wait_focus("search").await?;
    bela.keys("hello").await?;
    bela.wait_text("search-status", "3 results").await?;
    bela.go("/").await?;
    bela.wait_gone("composer-input").await?;
    look(&bela, "search-within").await?;
    right_to_left(&bela, "search-within").await?;
    let today = "const now = new Date();
        const input = document.querySelector('[data-testid=search-date]');
        input.value = input.max;
        input.dispatchEvent(new Event('change', { bubbles: true }));
        return input.max.length;";
    assert_eq!(bela.script(today, vec![]).await?.as_u64(), Some(10));
    bela.see("hello").await?;
    bela.click("search-everywhere").await?;
    bela.wait_gone("search-within").await?;
    assert_eq!(bela.console().await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_pinned_muted_marked_and_archived_and_stays_so() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = Pair::meet(&stage).await?;
    anna.open(&nobody()).await?;
    anna.send("is anybody there?").await?;
    anna.go("/").await?;
    anna.see_rows(&["051b…1b1b", "Béla"]).await?;

    anna.row_menu("Béla").await?;
    anna.settle().await?;
    anna.screenshot("row-menu").await?;
    anna.choose_item("Pin").await?;
    anna.see_rows(&["Béla", "051b…1b1b"]).await?;
    anna.row_menu("Béla").await?;
    anna.choose_item("Mute…").await?;
    anna.choose_item("For 8 hours").await?;
    anna.wait_attribute("list-item", "data-muted", "true").await?;
    anna.row_menu("Béla").await?;
    anna.choose_item("Mark as unread").await?;
    anna.find("marked-unread").await?;
    look(&anna, "list-marks").await?;
    right_to_left(&anna, "list-marks").await?;

    anna.reload().await?;
    anna.see_rows(&["Béla", "051b…1b1b"]).await?;
    assert_eq!(anna.attribute("list-item", "data-pinned").await?, "true");
    assert_eq!(anna.attribute("list-item", "data-muted").await?, "true");
    anna.click("marked-unread").await?;
    anna.find("composer-input").await?;
    anna.wait_gone("marked-unread").await?;

    anna.go("/").await?;
    anna.row_menu("Béla").await?;
    anna.choose_item("Archive").await?;
    anna.see_rows(&["051b…1b1b"]).await?;
    anna.wait_text("archived", "Archived (1)").await?;
    bela.send("muted and archived: stays there").await?;
    bela.see_sent("muted and archived: stays there").await?;
    anna.click("archived").await?;
    anna.see_rows(&["051b…1b1b", "Béla"]).await?;
    look(&anna, "archived").await?;
    anna.row_menu("Béla").await?;
    anna.choose_item("Unmute").await?;
    anna.wait_for("Béla not muted", async || {
        let muted = "return document.querySelectorAll('[data-muted=true]').length;";
        Ok((anna.script(muted, vec![]).await?.as_u64() == Some(0)).then_some(()))
    })
    .await?;
    bela.send("this brings it back").await?;
    anna.wait_gone("archived").await?;
    anna.see_rows(&["Béla", "051b…1b1b"]).await?;

    // What was archived is not pinned any more.
    assert_eq!(anna.attribute("list-item", "data-pinned").await?, "false");

    // The same menu by touch: a finger that rests.
    let place = "const row = document.querySelector('[data-testid=list-item]');
        row.focus();
        const at = row.getBoundingClientRect();
        const touch = { pointerType: 'touch', bubbles: true, clientX: at.x + 20, clientY: at.y + 20 };
        row.dispatchEvent(new PointerEvent('pointerdown', touch));";
    anna.script(place, vec![]).await?;
    anna.choose_item("Delete conversation").await?;
    anna.click("confirm").await?;
    anna.see_rows(&["051b…1b1b"]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_palette_leads_to_people_messages_and_settings() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, .. } = Pair::meet(&stage).await?;
    chord(&anna, Key::Control, "k").await?;
    anna.wait_focus("palette-input").await?;
    look(&anna, "palette").await?;
    right_to_left(&anna, "palette").await?;
    anna.keys("notif").await?;
    anna.wait_text("palette-row", "Notifications").await?;
    anna.press(Key::Enter).await?;
    anna.wait_place("#/settings/notifications").await?;

    chord(&anna, Key::Control, "k").await?;
    anna.wait_focus("palette-input").await?;
    anna.keys("béla").await?;
    anna.wait_text("palette-row", "Béla").await?;
    anna.press(Key::Enter).await?;
    anna.wait_place("#/c/").await?;

    anna.go("/settings").await?;
    anna.find("settings").await?;
    chord(&anna, Key::Control, "k").await?;
    anna.wait_focus("palette-input").await?;
    anna.keys("hello back").await?;
    anna.wait_text("palette-row", "hello back").await?;
    anna.press(Key::Enter).await?;
    anna.wait_place("#/c/").await?;
    anna.see("hello back").await?;

    anna.go("/").await?;
    anna.wait_gone("composer-input").await?;
    anna.keys("?").await?;
    anna.find("shortcut-sheet").await?;
    look(&anna, "shortcut-sheet").await?;
    anna.press(Key::Escape).await?;
    chord(&anna, Key::Alt, Key::Down).await?;
    anna.wait_place("#/c/").await?;
    chord(&anna, Key::Control, "k").await?;
    anna.wait_focus("palette-input").await?;
    anna.keys("note to self").await?;
    anna.wait_text("palette-row", "Note to Self").await?;
    anna.press(Key::Enter).await?;
    anna.find("composer-input").await?;
    anna.send("a note").await?;
    anna.see("a note").await?;
    assert_eq!(anna.console().await?, Vec::<String>::new());
    Ok(())
}
