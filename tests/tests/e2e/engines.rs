//! Several tabs, killed tabs, and browsers without SharedWorker: one engine, nothing lost.

use sotto_tests::{Message, Outcome, Setup, Stage, flows::Pair};

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_show_the_same_and_both_can_send() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = Pair::meet(&stage).await?;

    let first = anna.tab().await?;
    let second = anna.open_tab().await?;
    anna.visit("/").await?;
    anna.open_first().await?;
    anna.see("hello back").await?;
    anna.send("from the second tab").await?;
    anna.see_sent("from the second tab").await?;
    anna.switch_to(&first).await?;
    anna.see_sent("from the second tab").await?;
    anna.send("from the first tab").await?;
    anna.see_sent("from the first tab").await?;
    bela.send("to both tabs").await?;

    let texts = ["hello", "hello back", "from the second tab", "from the first tab", "to both tabs"];
    let texts: Vec<String> = texts.map(String::from).into();
    anna.see_exactly(&texts).await?;
    anna.switch_to(&second).await?;
    anna.see_exactly(&texts).await?;
    bela.see_exactly(&texts).await
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_messages_survive_a_killed_tab() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = Pair::meet(&stage).await?;
    let mut texts: Vec<String> = ["hello", "hello back"].map(String::from).into();

    for number in 1..=10 {
        let text = format!("number {number}");
        anna.send(&text).await?;
        texts.push(text);
    }
    anna.see("number 10").await?;
    anna.kill_tab().await?;

    anna.visit("/").await?;
    anna.open_first().await?;
    anna.see_exactly(&texts).await?;
    anna.see_sent("number 10").await?;
    bela.see_exactly(&texts).await?;
    assert!(anna.messages().await?.iter().filter(|m| m.outgoing).all(|m| m.state == "sent"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_shared_workers_a_second_tab_takes_over() -> Outcome {
    let stage = Stage::open().await?;
    let alone = Setup { shared_worker: false, ..Setup::default() };
    let (anna, bela) = tokio::try_join!(stage.user_with(alone), stage.user())?;
    let Pair { anna, bela, .. } = Pair::introduce(anna, bela).await?;

    let first = anna.tab().await?;
    // Still on their way when the other tab takes over.
    stage.network().nodes().iter().for_each(|node| node.stop());
    anna.send("sent by the first, delivered by the second").await?;
    anna.see("sent by the first, delivered by the second").await?;
    let second = anna.open_tab().await?;
    anna.visit("/").await?;
    anna.find("taken").await?;
    anna.click("use-here").await?;
    anna.find("list").await?;
    stage.network().nodes().iter().for_each(|node| node.start());

    anna.open_first().await?;
    anna.see_sent("sent by the first, delivered by the second").await?;
    bela.see("sent by the first, delivered by the second").await?;
    anna.switch_to(&first).await?;
    anna.find("taken").await?;

    anna.click("use-here").await?;
    anna.open_first().await?;
    anna.see("hello back").await?;
    anna.send("and back again").await?;
    anna.see_sent("and back again").await?;
    bela.see("and back again").await?;
    anna.switch_to(&second).await?;
    anna.find("taken").await?;
    let once = |message: &&Message| message.text == "sent by the first, delivered by the second";
    assert_eq!(bela.messages().await?.iter().filter(once).count(), 1);
    Ok(())
}
