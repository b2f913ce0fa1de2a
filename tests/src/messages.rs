//! The messages of the open conversation, as the page shows them.

use crate::{Outcome, User};

/// One bubble.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its text.
    pub text: String,
    /// Whether it is one's own.
    pub outgoing: bool,
    /// `saved`, `sending`, `sent` or `failed`; empty for received ones.
    pub state: String,
}

impl User {
    /// All messages that are shown, from top to bottom.
    pub async fn messages(&self) -> Outcome<Vec<Message>> {
        let script = r#"
            return [...document.querySelectorAll('[data-testid="message"]')].map((message) => [
                message.querySelector('[data-testid="message-text"]')?.textContent ?? "",
                message.dataset.outgoing ?? "",
                message.dataset.state ?? "",
            ]);"#;
        let rows = self.script(script, vec![]).await?;
        let cell = |row: &serde_json::Value, at: usize| row[at].as_str().unwrap_or_default().to_owned();
        let message =
            |row| Message { text: cell(row, 0), outgoing: cell(row, 1) == "true", state: cell(row, 2) };
        Ok(rows.as_array().map(|rows| rows.iter().map(message).collect()).unwrap_or_default())
    }

    /// Waits until a message with this text is shown, and gives it.
    pub async fn see(&self, text: &str) -> Outcome<Message> {
        self.wait_for(&format!("message {text:?}"), async || {
            Ok(self.messages().await?.into_iter().find(|message| message.text == text))
        })
        .await
    }

    /// Waits until one's own message with this text is stored in the other's swarm.
    pub async fn see_sent(&self, text: &str) -> Outcome {
        self.wait_for(&format!("message {text:?} to be sent"), async || {
            let sent =
                |message: &Message| message.outgoing && message.text == text && message.state == "sent";
            Ok(self.messages().await?.iter().any(sent).then_some(()))
        })
        .await
    }

    /// Waits until exactly these texts are shown, in this order.
    pub async fn see_exactly(&self, texts: &[String]) -> Outcome {
        self.wait_for(&format!("exactly {texts:?}"), async || {
            let shown = self.messages().await?;
            let same = shown.iter().map(|message| &message.text).eq(texts);
            Ok(same.then_some(()))
        })
        .await
    }
}
