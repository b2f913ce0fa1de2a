//! Finding, clicking, typing and waiting, by `data-testid`.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use serde_json::Value;
use thirtyfour::{
    By, Key, WebElement,
    extensions::query::{ElementQueryable as _, ElementWaitable as _},
};

use crate::{Outcome, Trouble, User, stage};

/// How long a test waits for something that will surely come.
pub const PATIENCE: Duration = Duration::from_secs(60);
const BETWEEN: Duration = Duration::from_millis(50);

impl User {
    /// The visible element with this test id; waits for it.
    pub async fn find(&self, id: &str) -> Outcome<WebElement> {
        let element = self
            .driver()
            .query(By::Testid(id))
            .and_displayed()
            .wait(PATIENCE, BETWEEN)
            .desc(id)
            .first()
            .await;
        match element {
            Ok(element) => Ok(element),
            Err(_) => Err(Trouble::Late { what: id.into(), waited: PATIENCE, last: self.describe().await }),
        }
    }

    /// Clicks the visible element with this test id.
    pub async fn click(&self, id: &str) -> Outcome {
        let element = self.find(id).await?;
        if element.click().await.is_err() {
            // It was replaced, or something lay over it for a moment: once more.
            let again = self.find(id).await?;
            again.wait_until().clickable().await?;
            again.click().await?;
        }
        Ok(())
    }

    /// Clicks the element with this test id if it is there now and can be clicked; says whether it was.
    ///
    /// For what may go away by itself, where `click` would wait for its return.
    pub async fn click_if_there(&self, id: &str) -> Outcome<bool> {
        let script = "const element = document.querySelector(`[data-testid=\"${arguments[0]}\"]:enabled`);
            element?.click();
            return Boolean(element);";
        Ok(self.script(script, vec![id.into()]).await?.as_bool().unwrap_or_default())
    }

    /// Picks an option: a radio button that may be hidden behind its label.
    pub async fn choose(&self, id: &str) -> Outcome {
        let script = "const option = document.querySelector(`[data-testid=\"${arguments[0]}\"]`);
            (option?.closest('label') ?? option)?.click();
            return option !== null;";
        self.wait_for(id, async || {
            Ok(self.script(script, vec![id.into()]).await?.as_bool().unwrap_or_default().then_some(()))
        })
        .await
    }

    /// Replaces what stands in an input.
    pub async fn fill(&self, id: &str, text: &str) -> Outcome {
        let input = self.find(id).await?;
        input.clear().await?;
        input.focus().await?;
        // As an input method does it: the driver's keys know no emoji.
        self.cdp("Input.insertText", serde_json::json!({ "text": text })).await?;
        Ok(())
    }

    /// Types on the keyboard, into whatever has the focus.
    pub async fn keys(&self, text: &str) -> Outcome {
        Ok(self.driver().action_chain().send_keys(text).perform().await?)
    }

    /// Presses a single key, wherever the focus is.
    pub async fn press(&self, key: Key) -> Outcome {
        Ok(self.driver().action_chain().send_keys(key).perform().await?)
    }

    /// Presses Tab until the element with this test id has the focus.
    ///
    /// # Errors
    /// When the keyboard does not lead there.
    pub async fn tab_to(&self, id: &str) -> Outcome {
        const STOPS: usize = 60;
        self.find(id).await?;
        for _ in 0..STOPS {
            if self.has_focus(id).await? {
                return Ok(());
            }
            self.press(Key::Tab).await?;
        }
        Err(Trouble::Unexpected(format!("Tab does not lead to {id}: {}", self.describe().await)))
    }

    /// Waits until the element with this test id has the focus by itself.
    pub async fn wait_focus(&self, id: &str) -> Outcome {
        self.wait_for(&format!("{id} to have the focus"), async || {
            Ok(self.has_focus(id).await?.then_some(()))
        })
        .await
    }

    async fn has_focus(&self, id: &str) -> Outcome<bool> {
        let script = "return document.activeElement?.dataset.testid === arguments[0];";
        Ok(self.script(script, vec![id.into()]).await?.as_bool().unwrap_or_default())
    }

    /// The text of the visible element with this test id.
    pub async fn text(&self, id: &str) -> Outcome<String> {
        Ok(self.find(id).await?.text().await?)
    }

    /// An attribute of the element with this test id; empty while there is none.
    pub async fn attribute(&self, id: &str, name: &str) -> Outcome<String> {
        let script =
            "return document.querySelector(`[data-testid=\"${arguments[0]}\"]`)?.getAttribute(arguments[1]);";
        let value = self.script(script, vec![id.into(), name.into()]).await?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    /// Whether an element with this test id is in the page, seen or not.
    pub async fn has(&self, id: &str) -> Outcome<bool> {
        Ok(self.count(id).await? > 0)
    }

    /// How many elements with this test id are in the page.
    pub async fn count(&self, id: &str) -> Outcome<usize> {
        let script = "return document.querySelectorAll(`[data-testid=\"${arguments[0]}\"]`).length;";
        let count = self.script(script, vec![id.into()]).await?;
        Ok(count.as_u64().unwrap_or_default() as usize)
    }

    /// Waits until no element with this test id is in the page.
    pub async fn wait_gone(&self, id: &str) -> Outcome {
        self.wait_for(&format!("{id} to go"), async || Ok((!self.has(id).await?).then_some(()))).await
    }

    /// Waits until an attribute has a value.
    pub async fn wait_attribute(&self, id: &str, name: &str, value: &str) -> Outcome {
        let what = format!("{id} with {name}={value}");
        self.wait_for(&what, async || Ok((self.attribute(id, name).await? == value).then_some(()))).await
    }

    /// Asks again and again until the answer is there.
    ///
    /// # Errors
    /// When it is not there in time; the error shows what the page had instead.
    pub async fn wait_for<T>(
        &self,
        what: &str,
        mut ask: impl AsyncFnMut() -> Outcome<Option<T>>,
    ) -> Outcome<T> {
        let began = Instant::now();
        loop {
            if let Some(answer) = ask().await? {
                return Ok(answer);
            }
            if began.elapsed() > PATIENCE {
                let last = self.describe().await;
                return Err(Trouble::Late { what: what.into(), waited: PATIENCE, last });
            }
            tokio::time::sleep(BETWEEN).await;
        }
    }

    /// Gives a file to an input, which may be hidden behind a button.
    pub async fn choose_file(&self, id: &str, file: &Path) -> Outcome {
        let input = self.driver().query(By::Testid(id)).wait(PATIENCE, BETWEEN).desc(id).first().await?;
        Ok(input.send_keys(file.to_string_lossy()).await?)
    }

    /// Waits until no animation runs and two frames have been drawn.
    pub async fn settle(&self) -> Outcome {
        self.async_script(
            "await Promise.allSettled(document.getAnimations().map((a) => a.effect?.getTiming().iterations === Infinity || a.finished));
             await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));",
        )
        .await?;
        Ok(())
    }

    /// Serious and critical findings of axe-core on what is shown: rule, and the elements concerned.
    ///
    /// # Errors
    /// When axe-core is not installed; `cargo xtask test e2e` does that.
    pub async fn accessibility(&self) -> Outcome<Vec<String>> {
        let file = stage::project("target/tools/node_modules/axe-core/axe.min.js");
        let axe = std::fs::read_to_string(&file)
            .map_err(|_| Trouble::Missing("axe-core is not installed: run `cargo xtask test e2e`".into()))?;
        self.script(&axe, vec![]).await?;
        let found = self
            .async_script(
                "const result = await axe.run(document, { resultTypes: ['violations'] });
                 return result.violations.filter((v) => v.impact === 'serious' || v.impact === 'critical')
                     .map((v) => `${v.id}: ${v.help}: ` + v.nodes.map((n) => n.html + ' ' + n.failureSummary).join(' | '));",
            )
            .await?;
        let rows = found.as_array().ok_or_else(|| Trouble::Unexpected(found.to_string()))?;
        Ok(rows.iter().map(|row| row.as_str().unwrap_or_default().to_owned()).collect())
    }

    /// What the page shows, for error messages.
    async fn describe(&self) -> String {
        let script = "return location.hash + ' | ' + document.body.innerText.slice(0, 600) + ' | '
            + [...document.querySelectorAll('[data-testid]')].map((e) => e.dataset.testid).join(' ');";
        let page = self.script(script, vec![]).await.unwrap_or(Value::Null);
        let console = self.console().await.unwrap_or_default();
        format!("{} | console: {console:?}", page.as_str().unwrap_or("nothing"))
    }
}
