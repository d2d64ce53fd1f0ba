//! Over a real socket: serving, and stopping well.

use std::time::{Duration, Instant};

use noren_server::{DRAIN_WITHIN, serve};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::world::world;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_told_to_stop_finishes_what_is_under_way() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let world = world().await;
    let waiting = world.shown("O1", 100).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = format!("http://{}", listener.local_addr().unwrap());
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(serve(listener, world.state.clone(), async {
        let _ = stopped.await;
    }));
    let client = reqwest::Client::new();
    let call = client
        .get(format!("{place}/v1/payments/{}", waiting.text("id")))
        .bearer_auth(world.sakura.key.reveal())
        .header("prefer", "wait=20");
    let began = Instant::now();
    let call = tokio::spawn(call.send());
    tokio::time::sleep(Duration::from_millis(300)).await;
    stop.send(()).unwrap();
    let answer = call.await.unwrap().unwrap();
    assert_eq!(answer.status(), 200);
    serving.await.unwrap().unwrap();
    assert!(began.elapsed() < DRAIN_WITHIN / 2, "waits end early");
    assert!(client.get(format!("{place}/livez")).send().await.is_err(), "nobody listens");
}
