//! Calls to wallets, to real sockets.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::routing::post as on_post;
use noren_core::id::WalletName;
use noren_core::time::Span;
use noren_core::wallet::{Ask, Call, PaymentAnswer, Receipt, RefundAnswer, Unknown};
use noren_server::outgoing::{Dispatcher, Endpoint};
use noren_wallets::connector::{Connector, Env, Heard, Notified, Step};
use noren_wallets::link::Place;
use noren_wallets::tempo::Tempo;
use noren_wallets::wire::{Request, Response, TransportError};
use tokio::net::TcpListener;

use crate::world::{Answer, NOW, World, get, wallet_name, world_with, yen};

/// The plainest network: 200 is yes, all else is what the transport says.
struct Plain(Arc<Mutex<Told>>);

impl Connector for Plain {
    fn name(&self) -> WalletName {
        wallet_name("alipayplus")
    }

    fn request(&self, _: &Call, _: Env) -> Request {
        let headers = vec![("content-type".into(), "text/plain".into())];
        Request { method: "POST".into(), target: "/pay".into(), headers, body: b"pay".to_vec() }
    }

    fn answer(
        &self,
        call: &Call,
        _: &Request,
        response: Result<&Response, TransportError>,
        _: Env,
    ) -> Step {
        self.0.lock().unwrap().push(response.map(|response| response.status));
        let Ask::Pay(ask) = &call.ask else {
            return Heard::Refund(RefundAnswer::Unknown(Unknown::Transport)).into();
        };
        Heard::Payment(match response {
            Ok(response) if response.status == 200 => PaymentAnswer::Paid(Receipt {
                transaction: "T1".into(),
                amount: ask.amount,
                payer: None,
                rate: None,
                settlement: None,
            }),
            Ok(_) => PaymentAnswer::Unknown(Unknown::Transport),
            Err(TransportError::NotSent) => PaymentAnswer::NotSent,
            Err(_) => PaymentAnswer::Unknown(Unknown::TimedOut),
        })
        .into()
    }

    fn notified(&self, _: &Request, _: Env) -> Result<Notified, Response> {
        Err(Response { status: 404, headers: Vec::new(), body: Vec::new() })
    }
}

type Told = Vec<Result<u16, TransportError>>;

/// Has a till scan a code whose wallet listens at `place`; gives what the till sees in the end
/// and what the connector was told.
async fn scan(place: &str, timeout: Duration) -> (Answer, Told) {
    scan_and(place, timeout, |_| {}).await
}

/// The same, with something happening before the call can leave.
async fn scan_and(place: &str, timeout: Duration, before: impl Fn(&World)) -> (Answer, Told) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let told = Arc::new(Mutex::new(Vec::new()));
    let dispatcher = Dispatcher::new(vec![Endpoint {
        connector: Arc::new(Plain(told.clone())),
        place: Place::new(place).unwrap(),
        connect_within: Duration::from_millis(200),
        read_timeout_pay: timeout,
        read_timeout_other: timeout,
        pays_max: 2,
        others_max: 1,
    }])
    .unwrap();
    let world = world_with(Box::new(dispatcher.clone()), Arc::default()).await;
    let made = world.scanned("O1", yen(1_200).minor(), "281212345678901234").await;
    assert_eq!(made.text("status"), "authorising");
    before(&world);
    dispatcher.connect(world.handle.clone());
    let path = format!("/v1/payments/{}", made.text("id"));
    let mut seen = made;
    for _ in 0..400 {
        seen = get(&path).by(&world.sakura.key).send(&world).await;
        if seen.text("status") != "authorising" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let told: Told = told.lock().unwrap().clone();
    (seen, told)
}

async fn peer(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    place
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_says_yes() {
    let place = peer(Router::new().route("/pay", on_post(|| async { "yes" }))).await;
    let (seen, told) = scan(&place, Duration::from_secs(5)).await;
    assert_eq!((seen.text("status"), told), ("captured", vec![Ok(200)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_that_cannot_be_reached_was_not_asked() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let (seen, told) = scan(&place, Duration::from_secs(5)).await;
    assert_eq!((seen.text("status"), told), ("cancelled", vec![Err(TransportError::NotSent)]));
}

/// Whoever takes over acts `send_margin` after `send_by`: a connection that comes later must not
/// carry anything.
#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_that_is_slow_to_connect_was_not_asked() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    // The system takes the connection, and nobody speaks TLS on it.
    let place = format!("https://{}", listener.local_addr().unwrap());
    let (seen, told) = scan(&place, Duration::from_secs(30)).await;
    assert_eq!((seen.text("status"), told), ("cancelled", vec![Err(TransportError::NotSent)]));
}

#[test]
fn connecting_is_part_of_sending() {
    for entry in noren_wallets::WALLETS {
        let profile = (entry.profile)(Tempo::Published);
        let place = Place::new("http://wallet.test").unwrap();
        let endpoint = Endpoint::new(Arc::new(Plain(Arc::default())), place, &profile);
        assert_eq!(endpoint.connect_within, Duration::from_secs(3), "{}", entry.name);
        assert_eq!(endpoint.connect_within.as_millis(), u128::from(profile.send_margin.0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_is_doubt() {
    let never = Router::new().route("/pay", on_post(std::future::pending::<()>));
    let place = peer(never).await;
    let (seen, told) = scan(&place, Duration::from_millis(200)).await;
    assert_eq!((seen.text("status"), told), ("in_doubt", vec![Err(TransportError::TimedOut)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_answer_is_not_read() {
    let huge = || async { vec![b'x'; 2 * 1024 * 1024] };
    let place = peer(Router::new().route("/pay", on_post(huge))).await;
    let (seen, told) = scan(&place, Duration::from_secs(5)).await;
    assert_eq!((seen.text("status"), told), ("in_doubt", vec![Err(TransportError::Broken)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_not_followed() {
    let away = || async { axum::response::Redirect::temporary("/elsewhere") };
    let place = peer(Router::new().route("/pay", on_post(away))).await;
    let (seen, told) = scan(&place, Duration::from_secs(5)).await;
    assert_eq!((seen.text("status"), told), ("in_doubt", vec![Ok(307)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_whose_time_is_over_does_not_leave() {
    let place = peer(Router::new().route("/pay", on_post(|| async { "yes" }))).await;
    let late = |world: &World| world.clock.set(NOW.after(Span::seconds(4)));
    let (seen, told) = scan_and(&place, Duration::from_secs(5), late).await;
    assert_eq!((seen.text("status"), told), ("in_doubt", vec![]));
}
