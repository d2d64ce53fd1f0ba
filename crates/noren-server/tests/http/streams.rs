//! Events as they happen.

use std::time::Duration;

use axum::body::Body;
use http_body_util::BodyExt as _;
use serde_json::Value;

use crate::world::{get, world};

const STREAM: &str = "/v1/events/stream";

/// The next part of a stream, or `None` when it has ended. Whatever is due comes at once.
async fn part(stream: &mut Body) -> Option<String> {
    let frame = tokio::time::timeout(Duration::from_secs(5), stream.frame()).await;
    let frame = frame.expect("nothing was told")?;
    Some(String::from_utf8(frame.unwrap().into_data().unwrap().to_vec()).unwrap())
}

/// The lines of that name.
fn lines<'a>(part: &'a str, name: &str) -> Vec<&'a str> {
    part.lines().filter_map(|line| line.strip_prefix(name)).collect()
}

#[tokio::test]
async fn a_stream_tells_what_the_list_tells_as_it_happens() {
    let world = world().await;
    world.shown("O1", 100).await;
    let mut stream = get(STREAM).by(&world.sakura.key).stream(&world).await;
    let first = part(&mut stream).await.unwrap();
    assert_eq!(lines(&first, "data: ").len(), 0, "it begins with the next event: {first}");
    assert!(first.starts_with("retry: 2000\nid: evc_"), "{first}");
    world.scanned("O2", 100, "281212345678901234").await;
    world.approve().await;
    let mut told = String::new();
    while lines(&told, "data: ").len() < 2 {
        told.push_str(&part(&mut stream).await.unwrap());
    }
    let list = get("/v1/events?limit=100").by(&world.sakura.key).send(&world).await;
    let listed = list.body["data"].as_array().unwrap();
    let told: Vec<Value> =
        lines(&told, "data: ").iter().map(|data| serde_json::from_str(data).unwrap()).collect();
    assert_eq!(told, listed[1..]);
}

#[tokio::test]
async fn a_broken_stream_goes_on_where_it_was() {
    let world = world().await;
    let mut stream = get(STREAM).by(&world.sakura.key).stream(&world).await;
    let first = part(&mut stream).await.unwrap();
    let began = lines(&first, "id: ")[0].to_owned();
    drop(stream);
    world.shown("O1", 100).await;
    for ask in [
        get(STREAM).header("last-event-id", &began),
        get(&format!("{STREAM}?after={began}")),
        // What was heard goes before where the address began.
        get(&format!("{STREAM}?after=evc_nonsense")).header("last-event-id", &began),
    ] {
        let mut stream = ask.by(&world.sakura.key).stream(&world).await;
        let missed = part(&mut stream).await.unwrap();
        let events = lines(&missed, "data: ");
        assert!(events.len() == 1 && events[0].contains("payment.waiting_for_payer"), "{missed}");
    }
}

#[tokio::test]
async fn a_stream_is_of_one_merchant() {
    let world = world().await;
    let mut stream = get(STREAM).by(&world.takayama.key).stream(&world).await;
    let first = part(&mut stream).await.unwrap();
    world.shown("O1", 100).await;
    let theirs = tokio::time::timeout(Duration::from_millis(200), stream.frame()).await;
    assert!(theirs.is_err(), "another merchant's event was told");
    let cursor = lines(&first, "id: ")[0];
    let wrong =
        get(STREAM).header("last-event-id", cursor).by(&world.sakura.key).send(&world).await;
    wrong.is_problem(400, "cursor-invalid");
    assert_eq!(wrong.text("param"), "Last-Event-ID");
}

#[tokio::test]
async fn streams_end_when_the_switch_stops() {
    let world = world().await;
    let mut stream = get(STREAM).by(&world.sakura.key).stream(&world).await;
    part(&mut stream).await.unwrap();
    world.state.drain();
    assert_eq!(part(&mut stream).await, None);
}
