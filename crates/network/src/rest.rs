//! What is left of a request's body when nobody wants it any more.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, SizeHint};
use tokio::{
    runtime::Handle,
    time::{Instant, timeout, timeout_at},
};

/// Most bytes that are read and thrown away: more than any client may send.
const MOST: usize = 16 * 1024 * 1024;
/// How long the sender may pause.
const PAUSE: Duration = Duration::from_secs(5);
/// How long the whole rest may take.
const WHOLE: Duration = Duration::from_secs(30);

/// A request's body. What was not read of it when it is dropped is read and thrown away, within bounds: who closes a
/// connection on which bytes are still coming in resets it, and the client never sees the refusal that was sent.
#[derive(Debug)]
pub(crate) struct Drained<B: Body<Data = Bytes> + Send + Unpin + 'static>(Option<B>);

impl<B: Body<Data = Bytes> + Send + Unpin + 'static> Drained<B> {
    pub(crate) fn new(body: B) -> Self {
        Self(Some(body))
    }
}

impl<B: Body<Data = Bytes> + Send + Unpin + 'static> Body for Drained<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let Some(body) = &mut self.0 else { return Poll::Ready(None) };
        let frame = ready!(Pin::new(body).poll_frame(context));
        if !matches!(frame, Some(Ok(_))) {
            self.0 = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.0.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl<B: Body<Data = Bytes> + Send + Unpin + 'static> Drop for Drained<B> {
    fn drop(&mut self) {
        let rest = self.0.take().filter(|body| !body.is_end_stream());
        if let (Some(rest), Ok(runtime)) = (rest, Handle::try_current()) {
            runtime.spawn(read_away(rest));
        }
    }
}

/// How many bytes there still were, or as many as were taken before it got too much.
async fn read_away(mut body: impl Body<Data = Bytes> + Unpin) -> usize {
    let (mut read, deadline) = (0, Instant::now() + WHOLE);
    while read < MOST {
        match timeout_at(deadline, timeout(PAUSE, body.frame())).await {
            Ok(Ok(Some(Ok(frame)))) => read += frame.data_ref().map_or(0, Bytes::len),
            _ => break,
        }
    }
    read
}

#[cfg(test)]
mod tests {
    use std::{convert::Infallible, sync::Arc};

    use futures::{Stream, StreamExt, stream};
    use http_body_util::StreamBody;
    use tokio::{sync::Semaphore, time::sleep};

    use super::*;

    fn body(parts: impl Stream<Item = usize> + Send + 'static) -> impl Body<Data = Bytes> + Send + Unpin {
        StreamBody::new(Box::pin(parts.map(|size| Ok::<_, Infallible>(Frame::data(vec![7; size].into())))))
    }

    #[tokio::test(start_paused = true)]
    async fn the_rest_is_read_within_bounds() {
        assert_eq!(read_away(body(stream::iter([3, 4]))).await, 7);
        assert_eq!(read_away(body(stream::repeat(1 << 20))).await, MOST);
        assert_eq!(read_away(body(stream::iter([3]).chain(stream::pending()))).await, 3);
        let start = Instant::now();
        let dripping = stream::repeat(1).then(|one| async move {
            sleep(PAUSE / 2).await;
            one
        });
        read_away(body(dripping)).await;
        assert!(start.elapsed() <= PAUSE + WHOLE, "{:?}", start.elapsed());
    }

    #[tokio::test]
    async fn only_what_was_not_read_is_read_away() {
        let asked = Arc::new(Semaphore::new(0));
        let parts = || {
            let asked = Arc::clone(&asked);
            body(stream::iter(0..3).inspect(move |_| asked.add_permits(1)))
        };
        let mut begun = Drained::new(parts());
        assert!(begun.frame().await.is_some());
        drop(begun);
        let _ = asked.acquire_many(3).await.unwrap();
        let whole = Drained::new(parts()).collect().await;
        assert_eq!(whole.ok().map(|whole| whole.to_bytes().len()), Some(3));
        assert_eq!(asked.available_permits(), 6);
    }
}
