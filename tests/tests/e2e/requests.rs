//! First contact.

use sotto_tests::{Lock, Outcome, Stage, User};

async fn stranger_writes(stage: &Stage) -> Outcome<(User, User, String)> {
    let (anna, bela) = tokio::try_join!(stage.user(), stage.user())?;
    tokio::try_join!(anna.create("Anna", Lock::Browser), bela.create("Béla", Lock::Browser))?;
    let bela_id = bela.account_id().await?;
    anna.open(&bela_id).await?;
    anna.send("first words").await?;
    anna.see_sent("first words").await?;
    bela.go("/requests").await?;
    bela.find("request-item").await?;
    Ok((anna, bela, bela_id))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_message_is_a_request_until_it_is_accepted() -> Outcome {
    let stage = Stage::open().await?;
    let (anna, bela, _) = stranger_writes(&stage).await?;

    bela.go("/").await?;
    bela.find("requests-banner").await?;
    assert_eq!(bela.count("list-item").await?, 0, "a request is not in the list");

    bela.accept_request().await?;
    bela.see("first words").await?;
    bela.send("now we may talk").await?;
    anna.see("now we may talk").await?;

    bela.go("/").await?;
    bela.find("list-item").await?;
    bela.wait_gone("requests-banner").await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_accepts_a_request() -> Outcome {
    let stage = Stage::open().await?;
    let (anna, bela, _) = stranger_writes(&stage).await?;
    let anna_id = anna.account_id().await?;
    bela.open(&anna_id).await?;
    bela.send("an answer").await?;
    anna.open_first().await?;
    anna.see("an answer").await?;
    bela.go("/").await?;
    bela.find("list-item").await?;
    bela.wait_gone("requests-banner").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_request_is_gone_and_may_come_again() -> Outcome {
    let stage = Stage::open().await?;
    let (anna, bela, _) = stranger_writes(&stage).await?;
    bela.click("request-decline").await?;
    bela.wait_gone("request-item").await?;

    anna.send("second try").await?;
    bela.go("/requests").await?;
    bela.find("request-item").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_stranger_is_not_heard_again() -> Outcome {
    let stage = Stage::open().await?;
    let (anna, bela, bela_id) = stranger_writes(&stage).await?;
    let clara = stage.user().await?;
    clara.create("Clara", Lock::Browser).await?;

    bela.click("request-block").await?;
    bela.click("confirm").await?;
    bela.go("/requests").await?;
    bela.wait_gone("request-item").await?;

    anna.send("you can not hear this").await?;
    anna.see_sent("you can not hear this").await?;
    // What arrives after Anna's message shows that hers has been fetched too, and dropped.
    clara.open(&bela_id).await?;
    clara.send("a friendly stranger").await?;
    bela.find("request-item").await?;
    assert_eq!(bela.count("request-item").await?, 1, "only Clara's");
    Ok(())
}
