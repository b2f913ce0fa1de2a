//! The same account in another browser.

use sotto_tests::{Lock, Outcome, Stage, flows::Pair};

#[tokio::test(flavor = "multi_thread")]
async fn thirteen_words_bring_the_conversation_back() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, bela_id, .. } = Pair::meet(&stage).await?;
    let words = bela.recovery_words().await?;

    let third = stage.user().await?;
    third.restore(&words, Lock::Browser).await?;
    third.open_first().await?;
    third.see("hello").await?;
    let own = third.see("hello back").await?;
    assert!(own.outgoing, "what Béla sent elsewhere is Béla's own here too");
    assert_eq!(third.account_id().await?, bela_id);

    third.open_first().await?;
    anna.send("to both").await?;
    third.see("to both").await?;
    third.send("from the second device").await?;
    anna.see("from the second device").await?;
    bela.open_first().await?;
    bela.see("to both").await?;
    let synced = bela.see("from the second device").await?;
    assert!(synced.outgoing);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_notation_restores_the_same_account() -> Outcome {
    let stage = Stage::open().await?;
    let anna = stage.user().await?;
    anna.create("Anna", Lock::Browser).await?;
    let id = anna.account_id().await?;
    let words = anna.recovery_words_bip39().await?;
    let second = stage.user().await?;
    second.restore(&words, Lock::Browser).await?;
    assert_eq!(second.account_id().await?, id);
    Ok(())
}
