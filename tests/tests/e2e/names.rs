//! People who are found by a registered name.

use sotto_network::{Faults, Scope, WrongAnswer};
use sotto_tests::{Lock, Outcome, Stage, User};

async fn two(stage: &Stage) -> Outcome<(User, User)> {
    let (anna, bela) = tokio::try_join!(stage.user(), stage.user())?;
    tokio::try_join!(anna.create("Anna", Lock::Browser), bela.create("Béla", Lock::Browser))?;
    let id = anna.account_id().await?;
    stage.network().names().add("Anna_1", &id).map_err(sotto_network::NetworkError::from)?;
    Ok((anna, bela))
}

async fn refused(user: &User, name: &str) -> Outcome<String> {
    user.fill("new-account-id", name).await?;
    user.click("new-submit").await?;
    let error = user.text("new-error").await?;
    assert!(!error.trim().is_empty(), "{name}");
    assert!(!user.has("composer-input").await?);
    Ok(error)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_begins_by_name() -> Outcome {
    let stage = Stage::open().await?;
    let (anna, bela) = two(&stage).await?;
    bela.open(" ANNA_1 ").await?;
    bela.send("found you").await?;
    bela.see_sent("found you").await?;
    anna.go("/requests").await?;
    anna.find("request-item").await?;
    anna.accept_request().await?;
    anna.see("found you").await?;
    assert_eq!(bela.console().await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_way_in_which_a_name_fails_is_said() -> Outcome {
    let stage = Stage::open().await?;
    let (_anna, bela) = two(&stage).await?;
    bela.go("/new").await?;
    let mut told = vec![refused(&bela, "nobody").await?, refused(&bela, "no-name-").await?];
    for wrong in [WrongAnswer::GarbledName, WrongAnswer::ForgetsNames] {
        let faults = Faults { wrong: Some(wrong), ..Faults::default() };
        stage.network().nodes().iter().for_each(|node| node.set_faults(faults.clone()));
        told.push(refused(&bela, "anna_1").await?);
    }
    // Forgotten by all is as never registered.
    assert_eq!(told.remove(3), told[0]);
    told.sort_unstable();
    told.dedup();
    assert_eq!(told.len(), 3, "{told:?}");
    stage.network().nodes().iter().for_each(|node| node.clear_faults());
    bela.click("new-submit").await?;
    bela.find("composer-input").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_up_can_be_given_up() -> Outcome {
    let stage = Stage::open().await?;
    let (_anna, bela) = two(&stage).await?;
    bela.go("/new").await?;
    // Nobody answers in time for anything else.
    let slow =
        Faults { scope: Scope::Clients, latency: std::time::Duration::from_secs(5), ..Faults::default() };
    stage.network().nodes().iter().for_each(|node| node.set_faults(slow.clone()));
    bela.fill("new-account-id", "anna_1").await?;
    bela.click("new-submit").await?;
    assert!(bela.text("new-looking").await?.contains("anna_1"));
    bela.click("new-cancel").await?;
    bela.wait_gone("new-looking").await?;
    assert!(bela.find("new-submit").await?.is_enabled().await?);
    stage.network().nodes().iter().for_each(|node| node.clear_faults());
    // Another text is another question.
    bela.fill("new-account-id", "anna_1").await?;
    bela.click("new-submit").await?;
    bela.find("composer-input").await?;
    Ok(())
}
