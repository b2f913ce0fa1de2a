//! How much one client may ask for. What is remembered is in memory only, and only as long as it matters.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How often those who have their full allowance again are forgotten.
const SWEEP: Duration = Duration::from_secs(1);

/// What one client may ask for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Limits {
    /// Requests per second in the long run.
    pub(crate) per_second: f64,
    /// Requests at once after a pause.
    pub(crate) burst: f64,
    /// Requests under way at the same time.
    pub(crate) concurrent: u32,
    /// Clients remembered at the same time; those beyond share one allowance.
    pub(crate) remembered: usize,
}

/// Whom an allowance belongs to: an IPv4 address, or the /64 that an IPv6 subscriber has for themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Client {
    One(IpAddr),
    Rest,
}

impl Client {
    fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(ip) => Self::One(Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64).into()),
            ip => Self::One(ip),
        }
    }
}

/// The allowances of all clients.
#[derive(Debug)]
pub(crate) struct Clients {
    limits: Limits,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    accounts: HashMap<Client, Account>,
    swept: Option<Instant>,
}

#[derive(Debug, Clone, Copy)]
struct Account {
    left: f64,
    filled: Instant,
    under_way: u32,
    held: usize,
}

/// One request of a client, counted until this is dropped.
#[derive(Debug)]
pub(crate) struct Visit {
    clients: Arc<Clients>,
    client: Client,
    held: usize,
}

impl Visit {
    /// Says that this request now holds so many bytes of memory; `false` (and nothing is noted) when its client
    /// would have more than `share`.
    pub(crate) fn holds(&mut self, bytes: usize, share: usize) -> bool {
        let mut table = self.clients.table();
        let Some(account) = table.accounts.get_mut(&self.client) else { return false };
        let all = account.held.saturating_sub(self.held).saturating_add(bytes);
        if bytes > self.held && all > share {
            return false;
        }
        (account.held, self.held) = (all, bytes);
        true
    }
}

impl Clients {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, table: Mutex::default() }
    }

    /// Lets a request in, unless its client asks for too much.
    pub(crate) fn admit(self: &Arc<Self>, address: IpAddr, now: Instant) -> Option<Visit> {
        let mut table = self.table();
        let client = table.client(Client::of(address), now, &self.limits);
        let fresh = Account { left: self.limits.burst, filled: now, under_way: 0, held: 0 };
        let account = table.accounts.entry(client).or_insert(fresh);
        *account = Account { left: account.at(now, &self.limits), filled: now, ..*account };
        if account.left < 1.0 || account.under_way >= self.limits.concurrent {
            return None;
        }
        account.left -= 1.0;
        account.under_way += 1;
        drop(table);
        Some(Visit { clients: Arc::clone(self), client, held: 0 })
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// The client itself if there is room for it.
    fn client(&mut self, client: Client, now: Instant, limits: &Limits) -> Client {
        let due = self.swept.is_none_or(|at| now.saturating_duration_since(at) >= SWEEP);
        if due {
            self.swept = Some(now);
            self.accounts.retain(|_, a| a.under_way > 0 || a.at(now, limits) < limits.burst);
        }
        let known = self.accounts.len() < limits.remembered || self.accounts.contains_key(&client);
        if known { client } else { Client::Rest }
    }
}

impl Account {
    fn at(&self, now: Instant, limits: &Limits) -> f64 {
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        (self.left + passed * limits.per_second).min(limits.burst)
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        if let Some(account) = self.clients.table().accounts.get_mut(&self.client) {
            account.under_way = account.under_way.saturating_sub(1);
            account.held = account.held.saturating_sub(self.held);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clients(burst: f64, concurrent: u32) -> Arc<Clients> {
        Arc::new(Clients::new(Limits { per_second: 2.0, burst, concurrent, remembered: 1_000 }))
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_allowance_empties_and_fills() {
        let (clients, start) = (clients(5.0, 100), Instant::now());
        let served = |from: &str, at| (0..20).filter(|_| clients.admit(ip(from), at).is_some()).count();
        assert_eq!(served("1.2.3.4", start), 5);
        assert_eq!(served("1.2.3.4", start), 0);
        assert_eq!(served("1.2.3.5", start), 5, "others are not concerned");
        assert_eq!(served("1.2.3.4", start + Duration::from_secs(1)), 2);
    }

    #[test]
    fn a_subscriber_is_one_client() {
        let (clients, now) = (clients(1.0, 100), Instant::now());
        assert!(clients.admit(ip("2001:db8:1:2::1"), now).is_some());
        assert!(clients.admit(ip("2001:db8:1:2:ffff::9"), now).is_none());
        assert!(clients.admit(ip("2001:db8:1:3::1"), now).is_some());
        assert!(clients.admit(ip("9.9.9.9"), now).is_some());
        assert!(clients.admit(ip("::ffff:9.9.9.9"), now).is_none());
    }

    #[test]
    fn requests_under_way_are_counted() {
        let (clients, now) = (clients(100.0, 2), Instant::now());
        let first = clients.admit(ip("1.2.3.4"), now);
        let second = clients.admit(ip("1.2.3.4"), now);
        assert!(first.is_some() && second.is_some());
        assert!(clients.admit(ip("1.2.3.4"), now).is_none());
        drop(first);
        assert!(clients.admit(ip("1.2.3.4"), now).is_some());
    }

    #[test]
    fn a_client_has_its_share_of_memory() {
        let (clients, now) = (clients(100.0, 9), Instant::now());
        let mut first = clients.admit(ip("1.2.3.4"), now).unwrap();
        let mut second = clients.admit(ip("1.2.3.4"), now).unwrap();
        let mut other = clients.admit(ip("1.2.3.5"), now).unwrap();
        assert!(first.holds(6, 10) && first.holds(7, 10) && second.holds(3, 10));
        assert!(!second.holds(4, 10));
        assert!(other.holds(10, 10));
        assert!(first.holds(0, 10) && second.holds(9, 10));
        drop(second);
        assert!(first.holds(10, 10));
    }

    #[test]
    fn memory_is_bounded_and_forgets() {
        let (clients, now) = (clients(3.0, 100), Instant::now());
        for n in 0..2_000_u32 {
            clients.admit(std::net::Ipv4Addr::from_bits(n).into(), now);
        }
        assert!(clients.table().accounts.len() <= 1_001);
        clients.admit(ip("1.2.3.4"), now + Duration::from_secs(5));
        assert_eq!(clients.table().accounts.len(), 1);
    }
}
