//! Time that moves only when everybody waits.

use std::{
    cell::{Cell, RefCell},
    pin::{Pin, pin},
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use crate::platform::Clock;

/// A clock that stands still until [`VirtualClock::run`] has nothing else to do, and then jumps to the
/// next moment somebody waits for. Clones share one time.
#[derive(Clone)]
pub struct VirtualClock {
    state: Rc<State>,
}

struct State {
    monotonic: Cell<u64>,
    /// Unix time minus monotonic time.
    wall: Cell<i64>,
    sleepers: RefCell<Vec<(u64, Waker)>>,
}

impl Default for VirtualClock {
    fn default() -> Self {
        Self::new(1_790_000_000_000)
    }
}

impl VirtualClock {
    /// A clock that shows this Unix time, ms.
    pub fn new(now_ms: u64) -> Self {
        let state =
            State { monotonic: Cell::new(0), wall: Cell::new(now_ms as i64), sleepers: RefCell::default() };
        Self { state: Rc::new(state) }
    }

    /// Turns the wall clock, as a person would in the settings; nobody's wait changes.
    pub fn turn_ms(&self, by: i64) {
        self.state.wall.set(self.state.wall.get() + by);
    }

    /// Drives `future` to its end; whenever it waits, time jumps to the nearest end of a
    /// [`Clock::sleep`].
    ///
    /// # Panics
    /// When the future waits for something that no passing of time brings about.
    pub fn run<T>(&self, future: impl Future<Output = T>) -> T {
        let mut future = pin!(future);
        let flag = Arc::new(Flag(AtomicBool::new(true)));
        let waker = Waker::from(flag.clone());
        loop {
            while flag.0.swap(false, Ordering::Relaxed) {
                if let Poll::Ready(done) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                    return done;
                }
            }
            assert!(self.jump(), "everybody waits, and for nothing that time brings");
        }
    }

    /// Moves to the nearest end of a wait; `false` when nobody waits.
    fn jump(&self) -> bool {
        let mut sleepers = self.state.sleepers.borrow_mut();
        let Some(next) = sleepers.iter().map(|(until, _)| *until).min() else { return false };
        self.state.monotonic.set(self.state.monotonic.get().max(next));
        for (_, waker) in sleepers.extract_if(.., |(until, _)| *until <= next) {
            waker.wake();
        }
        true
    }
}

impl Clock for VirtualClock {
    fn now_ms(&self) -> u64 {
        (self.state.monotonic.get() as i64 + self.state.wall.get()).max(0) as u64
    }

    fn monotonic_ms(&self) -> u64 {
        self.state.monotonic.get()
    }

    async fn sleep(&self, ms: u64) {
        let until = self.state.monotonic.get() + ms;
        Sleep { state: self.state.clone(), until }.await;
    }
}

struct Sleep {
    state: Rc<State>,
    until: u64,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.state.monotonic.get() >= self.until {
            return Poll::Ready(());
        }
        self.state.sleepers.borrow_mut().push((self.until, context.waker().clone()));
        Poll::Pending
    }
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use futures::future::{join, join3};

    use super::*;

    #[test]
    fn waits_end_in_the_order_of_their_times() {
        let clock = VirtualClock::new(1_000_000);
        let order = RefCell::new(Vec::new());
        let wait = async |ms: u64| {
            clock.sleep(ms).await;
            order.borrow_mut().push((ms, clock.now_ms()));
        };
        clock.run(join3(wait(500), wait(20), wait(3000)));
        assert_eq!(*order.borrow(), [(20, 1_000_020), (500, 1_000_500), (3000, 1_003_000)]);
    }

    #[test]
    fn turning_the_wall_clock_leaves_waits_alone() {
        let clock = VirtualClock::new(1_000_000);
        let turn = async { clock.turn_ms(-400_000) };
        clock.run(join(clock.sleep(50), turn));
        assert_eq!((clock.now_ms(), clock.monotonic_ms()), (600_050, 50));
    }
}
