//! What people do: create an account, write, accept, restore.

use crate::{Outcome, Stage, Trouble, User};

/// How an account is locked in a test.
#[derive(Clone, Copy, Debug)]
pub enum Lock<'a> {
    /// Nothing is asked at start.
    Browser,
    /// This passphrase is.
    Passphrase(&'a str),
}

impl User {
    /// From the welcome screen to an empty list.
    pub async fn create(&self, name: &str, lock: Lock<'_>) -> Outcome {
        self.visit("/").await?;
        self.click("welcome-create").await?;
        self.fill("create-name", name).await?;
        self.choose_lock(lock).await?;
        self.click("create-submit").await?;
        self.find("list").await?;
        Ok(())
    }

    /// From the welcome screen to the restored list.
    pub async fn restore(&self, phrase: &str, lock: Lock<'_>) -> Outcome {
        self.visit("/restore").await?;
        self.fill("restore-phrase", phrase).await?;
        self.choose_lock(lock).await?;
        self.click("restore-submit").await?;
        self.wait_for("the restored account", async || {
            // The name is not known before another device tells it.
            for button in ["restore-skip", "restore-continue"] {
                self.click_if_there(button).await?;
            }
            Ok(self.has("list").await?.then_some(()))
        })
        .await
    }

    /// The own Account ID, as the page shows it.
    pub async fn account_id(&self) -> Outcome<String> {
        self.go("/settings/profile").await?;
        let id: String = self.text("own-account-id").await?.split_whitespace().collect();
        if id.len() == 66 && id.starts_with("05") { Ok(id) } else { Err(Trouble::Unexpected(id)) }
    }

    /// The recovery password in 13 words.
    pub async fn recovery_words(&self) -> Outcome<String> {
        self.go("/settings/recovery").await?;
        self.click("recovery-show").await?;
        self.shown_words(13).await
    }

    /// The recovery password in 12 words of the other list.
    pub async fn recovery_words_bip39(&self) -> Outcome<String> {
        self.recovery_words().await?;
        self.click("recovery-bip39").await?;
        self.shown_words(12).await
    }

    async fn shown_words(&self, count: usize) -> Outcome<String> {
        self.wait_for(&format!("{count} words"), async || {
            let shown = self.text("recovery-words").await?;
            // Numbers beside the words are for the eye.
            let is_word = |word: &&str| word.chars().all(|letter| letter.is_ascii_lowercase());
            let words: Vec<&str> = shown.split_whitespace().filter(is_word).collect();
            Ok((words.len() == count).then(|| words.join(" ")))
        })
        .await
    }

    /// Opens the conversation with an Account ID.
    pub async fn open(&self, account_id: &str) -> Outcome {
        self.go("/new").await?;
        self.fill("new-account-id", account_id).await?;
        self.click("new-submit").await?;
        self.find("composer-input").await?;
        Ok(())
    }

    /// Opens the first conversation of the list.
    pub async fn open_first(&self) -> Outcome {
        self.go("/").await?;
        self.click("list-item").await?;
        self.find("conversation").await?;
        Ok(())
    }

    /// Writes into the open conversation.
    pub async fn send(&self, text: &str) -> Outcome {
        self.fill("composer-input", text).await?;
        self.click("composer-send").await
    }

    /// Opens the first message request, accepts it, and stays in the conversation.
    pub async fn accept_request(&self) -> Outcome {
        self.go("/requests").await?;
        self.click("request-accept").await?;
        self.find("composer-input").await?;
        Ok(())
    }

    async fn choose_lock(&self, lock: Lock<'_>) -> Outcome {
        match lock {
            Lock::Browser => self.choose("lock-browser").await,
            Lock::Passphrase(passphrase) => {
                self.choose("lock-passphrase").await?;
                self.fill("passphrase", passphrase).await?;
                self.fill("passphrase-repeat", passphrase).await
            }
        }
    }
}

/// Two people who have accepted each other, both with the conversation open.
pub struct Pair {
    /// Wrote first.
    pub anna: User,
    /// Accepted.
    pub bela: User,
    /// Anna's Account ID.
    pub anna_id: String,
    /// Béla's Account ID.
    pub bela_id: String,
}

impl Pair {
    /// Anna wrote "hello", Béla accepted and answered "hello back".
    pub async fn meet(stage: &Stage) -> Outcome<Self> {
        let (anna, bela) = tokio::try_join!(stage.user(), stage.user())?;
        Self::introduce(anna, bela).await
    }

    /// The same with browsers that are there already.
    pub async fn introduce(anna: User, bela: User) -> Outcome<Self> {
        tokio::try_join!(anna.create("Anna", Lock::Browser), bela.create("Béla", Lock::Browser))?;
        let (anna_id, bela_id) = tokio::try_join!(anna.account_id(), bela.account_id())?;
        anna.open(&bela_id).await?;
        anna.send("hello").await?;
        bela.accept_request().await?;
        bela.see("hello").await?;
        bela.send("hello back").await?;
        anna.see("hello back").await?;
        anna.see_sent("hello").await?;
        bela.see_sent("hello back").await?;
        Ok(Self { anna, bela, anna_id, bela_id })
    }
}
