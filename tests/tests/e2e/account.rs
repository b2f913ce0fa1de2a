//! Locking, unlocking, signing out, the reminder.

use sotto_tests::{Lock, Outcome, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn a_passphrase_opens_the_account_and_a_wrong_one_does_not() -> Outcome {
    let stage = Stage::open().await?;
    let anna = stage.user().await?;
    anna.create("Anna", Lock::Passphrase("correct horse")).await?;
    let id = anna.account_id().await?;
    // The engine forgets its keys with the last tab.
    anna.kill_tab().await?;
    anna.visit("/").await?;
    anna.fill("unlock-passphrase", "wrong horse").await?;
    anna.click("unlock-submit").await?;
    assert!(!anna.text("unlock-error").await?.trim().is_empty());
    assert!(!anna.has("list").await?);
    anna.wait_for("unlocking to be possible again", async || {
        Ok(anna.find("unlock-passphrase").await?.is_enabled().await?.then_some(()))
    })
    .await?;
    anna.fill("unlock-passphrase", "correct horse").await?;
    anna.wait_for("the account", async || {
        if anna.has("list").await? {
            return Ok(Some(()));
        }
        // Refused while the pause after a wrong passphrase lasts.
        anna.click_if_there("unlock-submit").await?;
        Ok(None)
    })
    .await?;
    assert_eq!(anna.account_id().await?, id);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_leaves_nothing() -> Outcome {
    let stage = Stage::open().await?;
    let anna = stage.user().await?;
    anna.create("Anna", Lock::Browser).await?;
    anna.go("/settings").await?;
    anna.click("sign-out").await?;
    anna.click("confirm").await?;
    anna.find("welcome-create").await?;
    let rows = anna.stored().await?;
    let sealed: Vec<_> =
        rows.iter().filter(|row| row.place.ends_with(']') && !row.bytes.is_empty()).collect();
    assert!(sealed.is_empty(), "{sealed:?}");
    anna.reload().await?;
    anna.find("welcome-create").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reminder_stays_until_the_recovery_password_is_saved() -> Outcome {
    let stage = Stage::open().await?;
    let anna = stage.user().await?;
    anna.create("Anna", Lock::Browser).await?;
    anna.find("recovery-banner").await?;
    anna.recovery_words().await?;
    anna.click("recovery-saved").await?;
    anna.go("/").await?;
    anna.find("list").await?;
    anna.wait_gone("recovery-banner").await?;
    anna.reload().await?;
    anna.find("list").await?;
    assert!(!anna.has("recovery-banner").await?);
    Ok(())
}
