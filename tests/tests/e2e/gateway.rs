//! Nodes that no browser can reach: HTTPS with self-signed certificates and no CORS. The chat goes through entry
//! gateways.

use sotto_tests::{Lock, Outcome, Stage, User, flows::Pair};

use crate::privacy::{BROWSER_OWN, host};

const WIDTHS: [(&str, u32, u32); 2] = [("wide", 1360, 880), ("narrow", 390, 844)];

#[tokio::test(flavor = "multi_thread")]
async fn the_chat_goes_through_gateways_and_outlives_one_of_them() -> Outcome {
    let stage = Stage::behind_gateways(2).await?;
    let Pair { anna, bela, .. } = Pair::meet(&stage).await?;
    let hosts: Vec<String> = stage.network().gateways().iter().map(|g| g.address().to_string()).collect();

    anna.go("/network").await?;
    anna.wait_attribute("network-route", "data-route", "entry").await?;
    assert_eq!(anna.text("network-gateway").await?, hosts[0]);
    look(&anna).await?;
    for person in [&anna, &bela] {
        assert_eq!(foreign(&stage, person, &hosts[..1]), Vec::<String>::new());
    }

    stage.network().gateways()[0].stop();
    anna.open_first().await?;
    for (from, to, text) in
        [(&anna, &bela, "the first gateway is gone"), (&bela, &anna, "I have not noticed")]
    {
        from.send(text).await?;
        to.see(text).await?;
        from.see_sent(text).await?;
    }
    anna.go("/network").await?;
    anna.wait_for("the other gateway", async || {
        Ok((anna.text("network-gateway").await? == hosts[1]).then_some(()))
    })
    .await?;
    anna.wait_attribute("network-route", "data-route", "entry").await?;
    for person in [&anna, &bela] {
        assert_eq!(foreign(&stage, person, &hosts), Vec::<String>::new());
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_gateways_the_page_says_that_it_goes_straight() -> Outcome {
    let stage = Stage::open().await?;
    let anna = stage.user().await?;
    anna.create("Anna", Lock::Browser).await?;
    anna.go("/network").await?;
    anna.wait_attribute("network-route", "data-route", "direct").await?;
    assert!(!anna.has("network-gateway").await?);
    Ok(())
}

/// Requests that went neither to the page's own host nor to one of these gateways, and nothing at all to nodes.
fn foreign(stage: &Stage, person: &User, gateways: &[String]) -> Vec<String> {
    let page = stage.address();
    let forwards = |url: &str| {
        let places = |host| ["onion/", "nodes", "health"].map(|place| format!("http://{host}/{place}"));
        gateways.iter().flat_map(places).any(|place| url.starts_with(&place))
    };
    let known = |url: &str| url.starts_with(&page) || forwards(url) || BROWSER_OWN.contains(&host(url));
    let urls = person.proxy().requests().into_iter().map(|request| request.url);
    urls.filter(|url| !known(url)).collect()
}

/// Photographs the screen in both themes and two widths.
async fn look(person: &User) -> Outcome {
    for (width, w, h) in WIDTHS {
        person.resize(w, h).await?;
        for (theme, dark) in [("light", false), ("dark", true)] {
            person.set_dark(dark).await?;
            person.settle().await?;
            person.screenshot(&format!("network-gateway-{width}-{theme}")).await?;
            assert_eq!(person.accessibility().await?, Vec::<String>::new(), "{width} {theme}");
        }
    }
    person.resize(1360, 880).await
}
