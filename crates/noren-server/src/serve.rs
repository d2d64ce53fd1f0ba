//! Serving until told to stop, and stopping well.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::app;
use crate::state::AppState;

/// Calls under way are given so long to end: as long as the longest wait that a caller may ask for.
/// With what is left to do after them, closing the books included, a stop takes 25 s at most.
pub const DRAIN_WITHIN: Duration = Duration::from_secs(20);

/// Open connections. Whoever comes then waits in the system's own queue. More than calls may be
/// under way, so that one who asks how the server is still gets in when it is full.
const CONNECTIONS_MAX: usize = 10_240;

/// A connection that brings no whole head of a request for so long is closed.
const HEAD_WITHIN: Duration = Duration::from_secs(60);

/// Serves HTTP/1.1 until `shutdown` resolves; then takes no more calls, ends waits early,
/// finishes what is under way, and returns after [`DRAIN_WITHIN`] at the latest.
pub async fn serve(
    listener: TcpListener,
    state: AppState,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let service = TowerToHyperService::new(app(state.clone()));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
    let graceful = GracefulShutdown::new();
    let connections = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = async {
            let permit = connections.clone().acquire_owned().await.map_err(io::Error::other)?;
            Ok::<_, io::Error>((accept(&listener).await, permit))
        };
        let (stream, permit) = tokio::select! {
            accepted = accepted => accepted?,
            () = &mut shutdown => break,
        };
        let connection = http.serve_connection(TokioIo::new(stream), service.clone());
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // An error here is the caller's: it went away or spoke no HTTP.
            let _ = connection.await;
            drop(permit);
        });
    }
    drop(listener);
    state.drain();
    if tokio::time::timeout(DRAIN_WITHIN, graceful.shutdown()).await.is_err() {
        tracing::warn!("calls under way did not end in time");
    }
    Ok(())
}

/// The next connection, however long it takes: without file handles none can be accepted, but
/// some will be given back.
async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Answers are small and whole: waiting for more to send only adds delay.
                let _ = stream.set_nodelay(true);
                return stream;
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}
