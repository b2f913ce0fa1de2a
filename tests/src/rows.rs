//! The rows of the list and their menu.

use thirtyfour::By;

use crate::{Outcome, Trouble, User};

impl User {
    /// Opens the menu of the row that shows this name, as a right click does.
    pub async fn row_menu(&self, name: &str) -> Outcome {
        for row in self.driver().find_all(By::Testid("list-item")).await? {
            if row.text().await?.contains(name) {
                self.driver().action_chain().context_click_element(&row).perform().await?;
                return Ok(());
            }
        }
        Err(Trouble::Unexpected(format!("no row shows {name}")))
    }

    /// Chooses an entry of the open menu.
    pub async fn choose_item(&self, label: &str) -> Outcome {
        let script = "const items = [...document.querySelectorAll('[role=menuitem]')];
            const item = items.find((item) => item.textContent.trim() === arguments[0]);
            item?.click();
            return Boolean(item);";
        self.wait_for(&format!("{label:?} in the menu"), async || {
            Ok(self.script(script, vec![label.into()]).await?.as_bool().unwrap_or_default().then_some(()))
        })
        .await
    }

    /// Waits until the names in the list are these, from top to bottom.
    pub async fn see_rows(&self, names: &[&str]) -> Outcome {
        let script = "return [...document.querySelectorAll('[data-testid=list-item] .name')]
            .map((name) => name.textContent);";
        self.wait_for(&format!("rows {names:?}"), async || {
            let shown = self.script(script, vec![]).await?;
            let shown = shown.as_array().cloned().unwrap_or_default();
            Ok(shown
                .iter()
                .map(|name| name.as_str().unwrap_or_default())
                .eq(names.iter().copied())
                .then_some(()))
        })
        .await
    }

    /// Picks an option of a select.
    pub async fn select(&self, id: &str, value: &str) -> Outcome {
        self.find(id).await?;
        let script = "const select = document.querySelector(`[data-testid=\"${arguments[0]}\"]`);
            select.value = arguments[1];
            select.dispatchEvent(new Event('change', { bubbles: true }));";
        self.script(script, vec![id.into(), value.into()]).await.map(|_| ())
    }

    /// Waits until an element shows this text, possibly among others.
    pub async fn wait_text(&self, id: &str, part: &str) -> Outcome {
        let script = "return document.querySelector(`[data-testid=\"${arguments[0]}\"]`)?.textContent;";
        self.wait_for(&format!("{id} with {part:?}"), async || {
            let shown = self.script(script, vec![id.into()]).await?;
            Ok(shown.as_str().is_some_and(|shown| shown.contains(part)).then_some(()))
        })
        .await
    }

    /// Waits until the address leads to this place, such as `#/settings`.
    pub async fn wait_place(&self, begin: &str) -> Outcome {
        self.wait_for(&format!("the address {begin}"), async || {
            let hash = self.script("return location.hash;", vec![]).await?;
            Ok(hash.as_str().is_some_and(|hash| hash.starts_with(begin)).then_some(()))
        })
        .await
    }
}
