//! Keeps the list fresh: asks seeds, falls back, and remembers the last good list.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sotto_protocol::nodes::seed;
use tokio::sync::watch;

use super::{
    EntryError,
    list::{Current, Listing},
    seeds::Seed,
};

/// How old a list becomes: below the 10 minutes that clients of the public network are used to.
const REFRESH: Duration = Duration::from_secs(9 * 60);
/// First and longest pause after no seed gave a list.
const PAUSES: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(60));
/// Name of what is kept in the data folder: the last good list.
pub(super) const LIST: &str = "nodes";
/// So many refreshes in a row that brought nothing but short lists make the last of them believable: some
/// minutes, as pauses grow.
const CONFIRMED: u32 = 10;

/// Where lists come from and where they go.
#[derive(Debug)]
pub(super) struct Keeper {
    pub(super) seeds: Vec<Seed>,
    pub(super) current: Arc<Current>,
    pub(super) private: bool,
    pub(super) file: Option<PathBuf>,
    /// How many refreshes in a row brought only lists that are too short.
    pub(super) short: u32,
}

impl Keeper {
    /// Refreshes the list until `stop` turns true.
    pub(super) async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut failures = 0_u32;
        loop {
            let pause = tokio::select! {
                done = self.refresh() => {
                    failures = if done { 0 } else { failures.saturating_add(1) };
                    if done { REFRESH } else { pause_after(failures) }
                }
                _ = stop.wait_for(|stop| *stop) => return,
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// Asks the seeds in random order until one gives a list.
    async fn refresh(&mut self) -> bool {
        let mut short = None;
        for seed in shuffled(&self.seeds) {
            match seed.ask().await {
                Ok(list) => {
                    let listing = Listing::make(list, self.private).await;
                    if self.is_plausible(&listing) {
                        tracing::debug!(seed = seed.name(), nodes = listing.nodes().len(), "list refreshed");
                        self.take(listing).await;
                        return true;
                    }
                    tracing::warn!(
                        seed = seed.name(),
                        nodes = listing.nodes().len(),
                        "list refused: too short"
                    );
                    short = Some(listing).filter(|listing| !listing.nodes().is_empty()).or(short);
                }
                Err(error) => tracing::warn!(seed = seed.name(), %error, "no list from this seed"),
            }
        }
        match short {
            Some(listing) if self.short + 1 >= CONFIRMED => {
                tracing::warn!(nodes = listing.nodes().len(), "short list taken: the seeds insist");
                self.take(listing).await;
                return true;
            }
            Some(_) => self.short += 1,
            None => {}
        }
        self.current.failed();
        false
    }

    async fn take(&mut self, listing: Listing) {
        self.short = 0;
        self.save(&listing).await;
        self.current.set(listing);
    }

    /// Networks do not lose half of their nodes between two refreshes.
    fn is_plausible(&self, listing: &Listing) -> bool {
        let before = self.current.get().map_or(0, |current| current.nodes().len());
        !listing.nodes().is_empty() && listing.nodes().len() * 2 >= before
    }

    async fn save(&self, listing: &Listing) {
        let Some(file) = &self.file else { return };
        let next = file.with_extension("new");
        let written = async {
            tokio::fs::write(&next, &listing.json.plain).await?;
            tokio::fs::rename(&next, file).await
        };
        if let Err(error) = written.await {
            tracing::warn!(file = %file.display(), %error, "the list could not be saved");
        }
    }
}

/// The last good list of the data folder, if there is one.
pub(super) async fn saved(file: Option<&Path>, private: bool) -> Result<Option<Listing>, EntryError> {
    let Some(file) = file else { return Ok(None) };
    let folder = file.parent().unwrap_or(file);
    let failed = |source| EntryError::Data { path: folder.to_owned(), source };
    tokio::fs::create_dir_all(folder).await.map_err(failed)?;
    let text = tokio::fs::read(file).await.ok();
    let Some(list) = text.and_then(|text| seed::parse(&text).ok()) else { return Ok(None) };
    Ok(Some(Listing::make(list, private).await).filter(|listing| !listing.nodes().is_empty()))
}

fn pause_after(failures: u32) -> Duration {
    let (first, longest) = PAUSES;
    first.saturating_mul(1 << failures.saturating_sub(1).min(8)).min(longest)
}

fn shuffled(seeds: &[Seed]) -> Vec<&Seed> {
    let mut seeds: Vec<&Seed> = seeds.iter().collect();
    for last in (1..seeds.len()).rev() {
        let random = getrandom::u64().unwrap_or_default();
        seeds.swap(last, usize::try_from(random % (last as u64 + 1)).unwrap_or(last));
    }
    seeds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow() {
        let seconds: Vec<u64> = (1..=7).map(|failures| pause_after(failures).as_secs()).collect();
        assert_eq!(seconds, [2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(pause_after(u32::MAX).as_secs(), 60);
    }
}
