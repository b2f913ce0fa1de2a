//! Carries what is queued into the swarms: in order for each recipient, again and again until it is there.
//! A job leaves the queue in the same write that notes what became of it, so a crash at any moment repeats
//! a job at most, with the same bytes.

mod compose;

use std::{cell::RefCell, pin::pin};

use futures::{
    FutureExt, StreamExt,
    future::{Either, LocalBoxFuture, pending, select},
    stream::FuturesUnordered,
};
use sotto_api::{Failure, MessageId};
use sotto_protocol::account::AccountId;

use crate::{
    files,
    ledger::Journal,
    model::{Body, Edit, Job, JobKind, Loaded, Outcome, PeerKey, delete_from_swarm, seen_mark, start_sent},
    network::{NetworkError, StoreMessage, Stored},
    ordered::Map,
    platform::{Clock, Platform},
    session::Session,
};

pub(crate) use compose::{Letter, Pen};

/// Recipients served at the same time.
const MAX_LANES: usize = 6;
const FIRST_DELAY_MS: u64 = 500;
const MAX_DELAY_MS: u64 = 60_000;
/// Characters of a hash.
const HASH_CHARS: usize = 43;

/// Works on the queue for ever.
pub(crate) async fn run<P: Platform>(session: &Session<P>) {
    let mut lanes = Lanes { session, waits: Map::new(), flights: FuturesUnordered::new(), busy: Vec::new() };
    let mut recovered = session.recovered.count();
    loop {
        let seen = session.outbox_changed.count();
        if session.recovered.count() != recovered {
            recovered = session.recovered.count();
            lanes.waits.clear();
        }
        lanes.start();
        lanes.wait(seen).await;
    }
}

/// How long to wait after this many failures in a row, ms, without jitter.
fn delay_ms(failures: u32) -> u64 {
    (FIRST_DELAY_MS << failures.saturating_sub(1).min(16)).min(MAX_DELAY_MS)
}

/// A recipient, and whether it is about what goes beside the messages.
type Lane = (PeerKey, bool);
type Landing = (Lane, bool);

struct Lanes<'a, P: Platform> {
    session: &'a Session<P>,
    /// Failures in a row and the monotonic time of the next try, by recipient.
    waits: Map<Lane, (u32, u64)>,
    flights: FuturesUnordered<LocalBoxFuture<'a, Landing>>,
    busy: Vec<Lane>,
}

impl<P: Platform> Lanes<'_, P> {
    fn start(&mut self) {
        let now = self.session.platform.clock().monotonic_ms();
        let state = self.session.state.borrow();
        for (lane, job) in state.due_jobs() {
            let waits = self.waits.get(&lane).is_some_and(|(_, until)| *until > now);
            if waits || self.busy.contains(&lane) || self.busy.len() >= MAX_LANES {
                continue;
            }
            self.busy.push(lane);
            let (session, job) = (self.session, job.clone());
            self.flights.push(async move { (lane, carry(session, &job).await) }.boxed_local());
        }
    }

    async fn wait(&mut self, seen: u64) {
        let clock = self.session.platform.clock();
        let now = clock.monotonic_ms();
        let idle = self.waits.iter().filter(|(lane, _)| !self.busy.contains(lane));
        let wake = idle.map(|(_, (_, until))| *until).filter(|until| *until > now).min();
        let timer = async {
            match wake {
                Some(until) => clock.sleep(until - now).await,
                None => pending().await,
            }
        };
        let flights = &mut self.flights;
        let landing = async {
            match flights.next().await {
                Some(landing) => landing,
                None => pending().await,
            }
        };
        let changed = self.session.outbox_changed.changed(seen);
        let (landing, timer, changed) = (pin!(landing), pin!(timer), pin!(changed));
        let first = select(landing, select(timer, changed)).await;
        let landed = match first {
            Either::Left((landing, _)) => Some(landing),
            Either::Right(_) => None,
        };
        if let Some((lane, done)) = landed {
            self.land(lane, done);
        }
    }

    fn land(&mut self, lane: Lane, done: bool) {
        self.busy.retain(|busy| *busy != lane);
        if done {
            self.waits.remove(&lane);
            return;
        }
        let failures = self.waits.get(&lane).map_or(0, |(failures, _)| *failures).saturating_add(1);
        let delay = delay_ms(failures);
        // Half to one and a half, so that clients do not come back in step.
        let jittered = delay / 2 + self.session.random.below(delay as usize) as u64;
        let until = self.session.platform.clock().monotonic_ms() + jittered;
        self.waits.insert(lane, (failures, until));
    }
}

/// One try. Gives back whether the job is off the queue.
async fn carry<P: Platform>(session: &Session<P>, job: &Job) -> bool {
    match job.kind {
        JobKind::Delete | JobKind::Expire => tidy(session, job).await,
        JobKind::Upload(id) => files::carry(session, job, id).await,
        _ => deliver(session, job).await,
    }
}

/// Changes what the own swarm holds.
async fn tidy<P: Platform>(session: &Session<P>, job: &Job) -> bool {
    let (network, keys) = (&session.network, &session.keys);
    let done = match (job.kind, job.wire.split_first_chunk::<8>()) {
        (JobKind::Expire, Some((due_ms, list))) => {
            network.shorten(keys, &hashes(list), u64::from_be_bytes(*due_ms)).await
        }
        _ => network.delete(keys, &hashes(&job.wire)).await,
    };
    let again = done.is_err_and(|error| error == NetworkError::Stopped || error.is_temporary());
    !again && finish(session, job).await.is_ok()
}

async fn finish<P: Platform>(session: &Session<P>, job: &Job) -> Result<(), Failure> {
    let finish = |edit: &mut Edit| {
        edit.finish_job(job.number);
        Ok(())
    };
    session.writer().await?.commit(finish).await
}

/// The hashes of a job, 43 characters each.
fn hashes(list: &[u8]) -> Vec<String> {
    list.chunks(HASH_CHARS).map(|hash| String::from_utf8_lossy(hash).into_owned()).collect()
}

/// Stores what a job carries in the recipient's swarm.
async fn deliver<P: Platform>(session: &Session<P>, job: &Job) -> bool {
    mark_in_flight(session, job, true).await;
    let message =
        StoreMessage { data: job.wire.clone(), timestamp_ms: session.network.now_ms(), ttl_ms: job.ttl_ms };
    let journal = RefCell::default();
    let result =
        session.network.store_noting(&AccountId::from_x25519(job.recipient), message, &journal).await;
    let journal = journal.take();
    let settled = match result {
        Ok(stored) => settle(session, job, Some(stored), journal).await,
        Err(error) if error == NetworkError::Stopped || error.is_temporary() => {
            // Without the note of the try the job goes on as well.
            drop(note_try(session, job, journal).await);
            Err(Failure::Network)
        }
        Err(_) => settle(session, job, None, journal).await,
    };
    if settled.is_err() {
        mark_in_flight(session, job, false).await;
    }
    settled.is_ok()
}

/// Writes down a try that came to nothing.
async fn note_try<P: Platform>(session: &Session<P>, job: &Job, journal: Journal) -> Result<(), Failure> {
    let Some(id) = job.message().filter(|_| !journal.tries.is_empty()) else { return Ok(()) };
    let writer = session.writer().await?;
    if writer.message(job.conversation, id).await?.is_none() {
        return Ok(());
    }
    let mut ledger = writer.ledger(job.conversation, id).await?;
    ledger.note(job.recipient == *session.keys.x25519_public(), journal);
    writer.commit_with(&Loaded::new(), &[(job.conversation, id, ledger)], |_| Ok(())).await
}

/// Shows the message of a job as on its way, or as waiting again.
async fn mark_in_flight<P: Platform>(session: &Session<P>, job: &Job, in_flight: bool) {
    let JobKind::Message(id) = job.kind else { return };
    set_in_flight(session, id, in_flight);
    if let Ok(writer) = session.writer().await
        && let Ok(Some(message)) = writer.message(job.conversation, id).await
    {
        let messages = [message];
        let originals = writer.originals(&messages).await.unwrap_or_default();
        session.tell_message(&messages[0], &originals);
    }
}

fn set_in_flight<P: Platform>(session: &Session<P>, id: MessageId, in_flight: bool) {
    let mut state = session.state.borrow_mut();
    if in_flight {
        state.in_flight.insert(id);
    } else {
        state.in_flight.remove(&id);
    }
}

/// Notes what became of a job: stored, or refused for good.
async fn settle<P: Platform>(
    session: &Session<P>,
    job: &Job,
    stored: Option<Stored>,
    journal: Journal,
) -> Result<(), Failure> {
    let writer = session.writer().await?;
    writer.load_timeline(job.conversation).await?;
    let message = match job.message() {
        Some(id) => writer.message(job.conversation, id).await?,
        None => None,
    };
    if let JobKind::Message(id) = job.kind {
        set_in_flight(session, id, false);
    }
    let mut ledgers = Vec::new();
    if let Some(message) = &message {
        let mut ledger = writer.ledger(job.conversation, message.id).await?;
        ledger.note(job.recipient == *session.keys.x25519_public(), journal);
        ledgers.push((job.conversation, message.id, ledger));
    }
    writer
        .commit_with(&Loaded::new(), &ledgers, |edit| {
            edit.finish_job(job.number);
            if stored.is_none() {
                let copies = edit.state().jobs.values().filter(|other| other.after == Some(job.number));
                copies.for_each(|copy| edit.finish_job(copy.number));
            }
            let own_hash = stored.as_ref().filter(|_| job.recipient == edit.state().own);
            if let Some(stored) = own_hash {
                let expiry_ms = edit.now_ms + job.ttl_ms;
                edit.mark_seen(seen_mark(session.vault.keys(), 0, &stored.hash), expiry_ms);
            }
            if let Some(mut message) = message {
                if let Some(stored) = own_hash {
                    message.own_hash = Some(stored.hash.clone());
                    // Deleted while its copy was on the way.
                    if message.body == Body::Deleted {
                        delete_from_swarm(edit, job.conversation, std::slice::from_ref(&stored.hash));
                    }
                }
                if matches!(job.kind, JobKind::Message(_)) && message.outcome != Some(Outcome::Read) {
                    message.outcome = Some(if stored.is_some() { Outcome::Sent } else { Outcome::Failed });
                }
                if let Some(stored) = stored.as_ref().filter(|_| matches!(job.kind, JobKind::Message(_))) {
                    start_sent(&mut message, stored.answered_ms, edit.now_ms);
                }
                edit.put_message(message);
            }
            Ok(())
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_a_minute() {
        assert_eq!([delay_ms(1), delay_ms(2), delay_ms(3)], [500, 1_000, 2_000]);
        assert_eq!([delay_ms(8), delay_ms(u32::MAX)], [60_000, 60_000]);
    }
}
