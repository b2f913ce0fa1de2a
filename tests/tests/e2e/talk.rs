//! The main job: two people talk.

use sotto_tests::{Message, Outcome, Stage, flows::Pair};

#[tokio::test(flavor = "multi_thread")]
async fn two_people_talk_and_find_everything_again_after_a_reload() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = Pair::meet(&stage).await?;

    anna.send("How are you? 🙂").await?;
    bela.see("How are you? 🙂").await?;
    bela.send("Well.\u{a0}مرحبا").await?;
    let seen = anna.see("Well.\u{a0}مرحبا").await?;
    assert!(!seen.outgoing);
    anna.see_sent("How are you? 🙂").await?;
    bela.see_sent("Well.\u{a0}مرحبا").await?;

    let texts: Vec<String> =
        ["hello", "hello back", "How are you? 🙂", "Well.\u{a0}مرحبا"].map(String::from).into();
    for person in [&anna, &bela] {
        person.reload().await?;
        person.see_exactly(&texts).await?;
        let own_are_sent = |message: &Message| !message.outgoing || message.state == "sent";
        assert!(person.messages().await?.iter().all(own_are_sent));
    }
    assert_eq!(anna.console().await?, Vec::<String>::new());
    assert_eq!(bela.console().await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_and_not_sent_is_kept() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, .. } = Pair::meet(&stage).await?;
    anna.fill("composer-input", "half a thought").await?;
    anna.go("/settings/appearance").await?;
    anna.wait_gone("composer-input").await?;
    anna.open_first().await?;
    anna.wait_for("the draft", async || {
        let typed = anna.find("composer-input").await?.prop("value").await?;
        Ok((typed.as_deref() == Some("half a thought")).then_some(()))
    })
    .await
}
