//! Mistakes of people: each gives a clear error, none loses anything.

use sotto_protocol::mnemonic::parse_recovery;
use sotto_tests::{Lock, Outcome, Stage, Trouble};

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_recovery_word_is_named() -> Outcome {
    let stage = Stage::open().await?;
    let anna = stage.user().await?;
    anna.create("Anna", Lock::Browser).await?;
    let words = anna.recovery_words().await?;
    let mut wrong: Vec<&str> = words.split(' ').collect();
    wrong[4] = "zzzz";

    let other = stage.user().await?;
    other.visit("/restore").await?;
    other.fill("restore-phrase", &wrong.join(" ")).await?;
    // Said while typing or when the button is pressed; pressing is never possible with effect.
    let submit = other.find("restore-submit").await?;
    if submit.is_enabled().await? {
        submit.click().await?;
    }
    let error = other.text("restore-error").await?;
    assert!(error.contains('5'), "the fifth word is wrong, but: {error}");
    assert!(!other.has("list").await?);

    // Every word is in the list, but the order is not right. One order in twelve has the same checksum.
    let orders = (1..12).map(|at| {
        let mut turned: Vec<&str> = words.split(' ').collect();
        turned.swap(0, at);
        turned.join(" ")
    });
    let wrong = orders.into_iter().find(|turned| parse_recovery(turned).is_err());
    let wrong = wrong.ok_or_else(|| Trouble::Unexpected("every order has the same checksum".into()))?;
    other.fill("restore-phrase", &wrong).await?;
    let submit = other.find("restore-submit").await?;
    if submit.is_enabled().await? {
        submit.click().await?;
    }
    other
        .wait_for("another error", async || Ok((other.text("restore-error").await? != error).then_some(())))
        .await?;
    // The right one works in the same form.
    other.restore(&words, Lock::Browser).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_id_that_is_too_short_is_refused() -> Outcome {
    let stage = Stage::open().await?;
    let anna = stage.user().await?;
    anna.create("Anna", Lock::Browser).await?;
    anna.go("/new").await?;
    let short = format!("05{}", "a".repeat(63));
    for (id, part) in [(short.as_str(), "65"), (&"z".repeat(66), ""), (&format!("03{}", "a".repeat(64)), "")]
    {
        anna.fill("new-account-id", id).await?;
        let submit = anna.find("new-submit").await?;
        if submit.is_enabled().await? {
            submit.click().await?;
        }
        let error = anna.text("new-error").await?;
        assert!(!error.trim().is_empty() && error.contains(part), "{id}: {error}");
        assert!(!anna.has("composer-input").await?);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrupt_qr_image_is_refused() -> Outcome {
    let stage = Stage::open().await?;
    let anna = stage.user().await?;
    anna.create("Anna", Lock::Browser).await?;
    anna.go("/new").await?;
    anna.find("new-account-id").await?;
    let folder = std::env::temp_dir().join(format!("sotto-qr-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    for (name, content) in [("broken.png", &b"\x89PNG\r\n\x1a\nnot an image"[..]), ("blank.png", BLANK)] {
        let file = folder.join(name);
        std::fs::write(&file, content)?;
        anna.click("new-scan").await?;
        anna.choose_file("qr-image-input", &file).await?;
        assert!(!anna.text("qr-error").await?.trim().is_empty(), "{name}");
        anna.go("/").await?;
        anna.wait_gone("qr-error").await?;
        anna.go("/new").await?;
        anna.find("new-account-id").await?;
    }
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_own_qr_code_read_back_opens_the_conversation() -> Outcome {
    let stage = Stage::open().await?;
    let (anna, bela) = tokio::try_join!(stage.user(), stage.user())?;
    tokio::try_join!(anna.create("Anna", Lock::Browser), bela.create("Béla", Lock::Browser))?;
    bela.account_id().await?;
    let file = std::env::temp_dir().join(format!("sotto-qr-{}.png", std::process::id()));
    if !bela.has("qr-code").await? {
        bela.click("account-id-qr").await?;
    }
    bela.find("qr-code").await?;
    bela.script(r#"document.querySelector('[data-testid="qr-code"]').scrollIntoView();"#, vec![]).await?;
    bela.settle().await?;
    bela.driver().screenshot(&file).await?;
    anna.go("/new").await?;
    anna.click("new-scan").await?;
    anna.choose_file("qr-image-input", &file).await?;
    anna.find("composer-input").await?;
    std::fs::remove_file(file)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_nobody_made_lead_to_no_error() -> Outcome {
    let stage = Stage::open().await?;
    let anna = stage.user().await?;
    anna.create("Anna", Lock::Browser).await?;
    for place in [
        "/c/nothing",
        "/c/00000000000000000000000000000000",
        "/c/%00%ff",
        "/nowhere",
        "//",
        "/settings/x?y=<b>",
    ] {
        anna.visit(place).await?;
        anna.wait_for("any page", async || Ok((anna.count("rail-settings").await? > 0).then_some(())))
            .await?;
    }
    assert_eq!(anna.console().await?, Vec::<String>::new());
    Ok(())
}

/// A white image of one pixel: an image, but no QR code.
const BLANK: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00,
    0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00, 0x00, 0x1f, 0x15, 0xc4, 0x89, 0x00,
    0x00, 0x00, 0x0d, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0xf8, 0xff, 0xff, 0xff, 0x7f, 0x00, 0x09,
    0xfb, 0x03, 0xfd, 0x05, 0x43, 0x45, 0xca, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42,
    0x60, 0x82,
];
