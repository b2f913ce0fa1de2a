//! Places for what takes much memory: a number for all, and a smaller one for each address.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Places that are taken and come free again.
#[derive(Debug)]
pub(crate) struct Places {
    all: Arc<Semaphore>,
    each: usize,
    /// Addresses that hold a place or wait for one.
    of: Mutex<HashMap<IpAddr, Arc<Semaphore>>>,
}

/// A place, free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    _own: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

impl Places {
    /// So many places, of which one address has at most `each`.
    pub(crate) fn new(all: usize, each: usize) -> Self {
        Self { all: Arc::new(Semaphore::new(all)), each, of: Mutex::default() }
    }

    /// A place that is free now.
    pub(crate) fn now(&self, address: IpAddr) -> Option<Place> {
        let own = self.own(address).try_acquire_owned().ok()?;
        let all = Arc::clone(&self.all).try_acquire_owned().ok()?;
        Some(Place { _own: own, _all: all })
    }

    /// The next place that comes free. Who has taken all that its address can have waits for itself only.
    pub(crate) async fn next(&self, address: IpAddr) -> Option<Place> {
        let own = self.own(address).acquire_owned().await.ok()?;
        let all = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some(Place { _own: own, _all: all })
    }

    fn own(&self, address: IpAddr) -> Arc<Semaphore> {
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        // Places and those who wait for one hold on to it as well.
        of.retain(|_, own| Arc::strong_count(own) > 1);
        let own = of.entry(address.to_canonical()).or_insert_with(|| Arc::new(Semaphore::new(self.each)));
        Arc::clone(own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        [10, 0, 0, last].into()
    }

    #[test]
    fn an_address_has_its_share_and_all_have_no_more_than_there_are() {
        let places = Places::new(5, 2);
        let held: Vec<_> =
            [1, 1, 2, 2, 3].into_iter().map(|last| places.now(address(last)).unwrap()).collect();
        assert!(places.now(address(1)).is_none());
        assert!(places.now(address(4)).is_none());
        drop(held);
        assert!(places.now("::ffff:10.0.0.1".parse().unwrap()).is_some());
        let again: Vec<_> = (0..3).map(|_| places.now(address(1))).collect();
        assert!(again[1].is_some() && again[2].is_none());
        // Nothing is kept of those who have left.
        drop(again);
        let _place = places.now(address(9));
        assert_eq!(places.of.lock().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn who_waits_for_itself_takes_nothing_from_others() {
        let places = Arc::new(Places::new(2, 1));
        let first = places.next(address(1)).await.unwrap();
        let waiting = tokio::spawn({
            let places = Arc::clone(&places);
            async move { places.next(address(1)).await.is_some() }
        });
        tokio::task::yield_now().await;
        assert!(places.now(address(2)).is_some());
        drop(first);
        assert!(waiting.await.unwrap());
    }
}
