//! Users who link their account, and payments of theirs.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{YEN, debited, told, world, yen};
use crate::paypay::messages::LinkClaims;
use crate::paypay::sandbox::MERCHANT_ID;
use crate::signing::{Hmac, Secret, Verify as _};
use crate::testing::{World, link};

fn session(world: &mut World, scopes: &[&str]) -> String {
    let body = json!({
        "scopes": scopes, "nonce": "n-1", "redirectType": "WEB_LINK", "referenceId": "member-7",
        "redirectUrl": "https://shop.example/back?x=1", "phoneNumber": null, "deviceId": "",
    });
    let (status, code, data) = told(world, "POST", "/v1/qr/sessions", &body);
    assert_eq!((status, code.as_str()), (201, "SUCCESS"));
    data["linkQRCodeURL"].as_str().unwrap().to_owned()
}

fn linked(world: &mut World) -> String {
    let session = session(world, &["direct_debit"]);
    let body = json!({"user": "mei", "session": session, "pin": "1234"});
    let (status, said) = world.control("POST", "link", &body);
    assert_eq!((status, &said["state"]), (200, &json!("succeeded")));
    said["user_authorization_id"].as_str().unwrap().to_owned()
}

fn pay(world: &mut World, id: &str, link: &str, amount: i64, query: &str) -> (u16, String, Value) {
    let body = json!({
        "merchantPaymentId": id, "userAuthorizationId": link, "amount": yen(amount),
        "requestedAt": 1,
    });
    told(world, "POST", &format!("/v2/payments{query}"), &body)
}

#[test]
fn a_user_links_their_account_and_brings_back_a_token() {
    let (mut world, _) = world("approve");
    let session = session(&mut world, &["direct_debit"]);
    let look = world.control("POST", "link", &json!({"user": "mei", "session": session}));
    assert_eq!((look.0, &look.1["scopes"]), (200, &json!(["direct_debit"])));
    world.restart();
    let body = json!({"user": "mei", "session": session, "pin": "1234"});
    let (_, said) = world.control("POST", "link", &body);
    let token = said["response_token"].as_str().unwrap();
    let back = said["redirect_url"].as_str().unwrap();
    assert_eq!(
        back,
        format!("https://shop.example/back?x=1&apiKey=client-1&responseToken={token}")
    );
    // What the merchant's SDK does with it.
    let (signed, mac) = token.rsplit_once('.').unwrap();
    let secret = link("paypay").secret.unwrap();
    let key = STANDARD.decode(secret.reveal()).unwrap_or(secret.reveal().to_vec());
    let key = Hmac::new(&Secret::new(key));
    assert!(key.verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(mac).unwrap()));
    let (head, claims) = signed.split_once('.').unwrap();
    assert_eq!(URL_SAFE_NO_PAD.decode(head).unwrap(), br#"{"alg":"HS256","typ":"JWT"}"#);
    let claims: LinkClaims =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    assert_eq!((claims.aud.as_str(), claims.result.as_str()), (MERCHANT_ID, "succeeded"));
    assert_eq!((claims.nonce.as_str(), claims.reference_id.as_str()), ("n-1", "member-7"));
    assert_eq!(claims.user_authorization_id.as_deref(), said["user_authorization_id"].as_str());
    // A session is for one.
    assert_eq!(world.control("POST", "link", &body).0, 409);
}

#[test]
fn a_user_may_say_no_and_a_session_ends() {
    let (mut world, _) = world("approve");
    let session = session(&mut world, &["direct_debit"]);
    for (body, status) in [
        (json!({"user": "nobody", "session": session, "pin": "1234"}), 404),
        (json!({"user": "mei", "session": "none", "pin": "1234"}), 404),
        (json!({"user": "mei", "session": session, "pin": "1"}), 422),
    ] {
        assert_eq!(world.control("POST", "link", &body).0, status, "{body}");
    }
    let no = json!({"user": "mei", "session": session, "refuse": true});
    let (_, said) = world.control("POST", "link", &no);
    assert_eq!(
        (&said["state"], &said["user_authorization_id"]),
        (&json!("declined"), &Value::Null)
    );
    let late = self::session(&mut world, &["direct_debit"]);
    world.wait(300_000);
    let body = json!({"user": "mei", "session": late, "pin": "1234"});
    assert_eq!(world.control("POST", "link", &body).0, 409);
    let bad = json!({"scopes": [], "nonce": "n", "redirectUrl": "u", "referenceId": "r"});
    assert_eq!(told(&mut world, "POST", "/v1/qr/sessions", &bad).1, "INVALID_REQUEST_PARAMS");
}

#[test]
fn a_linked_user_pays_until_they_are_unlinked() {
    let (mut world, _) = world("approve");
    let link = linked(&mut world);
    world.restart();
    let status = format!("/v2/user/authorizations?userAuthorizationId={link}");
    let (_, _, said) = told(&mut world, "GET", &status, &Value::Null);
    assert_eq!((&said["status"], &said["scopes"]), (&json!("ACTIVE"), &json!(["direct_debit"])));
    assert_eq!(said["referenceIds"], json!(["member-7"]));
    for _ in 0..2 {
        let (status, _, said) = pay(&mut world, "d-1", &link, YEN, "");
        assert_eq!((status, &said["status"]), (201, &json!("COMPLETED")));
        assert_eq!(said["userAuthorizationId"], link);
    }
    assert_eq!(debited(&mut world), YEN, "a repeat is the same payment");
    assert_eq!(pay(&mut world, "d-1", &link, YEN + 1, "").1, "INVALID_PARAMS");

    let unlink = format!("/v2/user/authorizations/{link}");
    assert_eq!(told(&mut world, "DELETE", &unlink, &Value::Null).1, "SUCCESS");
    assert_eq!(told(&mut world, "GET", &status, &Value::Null).2["status"], "INACTIVE");
    assert_eq!(pay(&mut world, "d-2", &link, 5, "").1, "INVALID_USER_AUTHORIZATION_ID");
    let again = told(&mut world, "DELETE", &unlink, &Value::Null);
    assert_eq!(again.1, "INVALID_USER_AUTHORIZATION_ID");
    assert_eq!(pay(&mut world, "d-1", &link, YEN, "").0, 201, "what was paid stays paid");
    let none = "/v2/user/authorizations?userAuthorizationId=x";
    assert_eq!(told(&mut world, "GET", none, &Value::Null).1, "INVALID_USER_AUTHORIZATION_ID");
    let missing = told(&mut world, "GET", "/v2/user/authorizations", &Value::Null);
    assert_eq!(missing.1, "MISSING_REQUEST_PARAMS");
}

#[test]
fn the_same_amount_within_five_minutes_is_suspected_unless_it_is_agreed() {
    let (mut world, _) = world("approve");
    let link = linked(&mut world);
    assert_eq!(pay(&mut world, "d-1", &link, YEN, "?agreeSimilarTransaction=false").0, 201);
    let suspected = pay(&mut world, "d-2", &link, YEN, "");
    assert_eq!((suspected.0, suspected.1.as_str()), (400, "SUSPECTED_DUPLICATE_PAYMENT"));
    assert_eq!(pay(&mut world, "d-3", &link, YEN + 1, "").0, 201, "another amount");
    assert_eq!(pay(&mut world, "d-4", &link, YEN, "?agreeSimilarTransaction=true").0, 201);
    world.wait(300_000);
    assert_eq!(pay(&mut world, "d-5", &link, YEN, "").0, 201, "five minutes later");
    assert_eq!(debited(&mut world), 4 * YEN + 1);
}

#[test]
fn scopes_and_ends_of_links_are_checked() {
    let (mut world, _) = world("approve");
    let session = session(&mut world, &["get_balance"]);
    let body = json!({"user": "mei", "session": session, "pin": "1234"});
    let only_looks = world.control("POST", "link", &body).1["user_authorization_id"].clone();
    let said = pay(&mut world, "d-1", only_looks.as_str().unwrap(), YEN, "");
    assert_eq!((said.0, said.1.as_str()), (401, "OP_OUT_OF_SCOPE"));
    let link = linked(&mut world);
    world.wait(180 * 86_400_000);
    assert_eq!(pay(&mut world, "d-2", &link, YEN, "").1, "EXPIRED_USER_AUTHORIZATION_ID");
    assert_eq!(debited(&mut world), 0);
}

#[test]
fn a_linked_user_meets_what_is_planned_for_them() {
    let (mut world, _) = world("decline");
    let link = linked(&mut world);
    let (status, _, said) = pay(&mut world, "d-1", &link, YEN, "");
    assert_eq!((status, &said["status"]), (201, &json!("FAILED")));
    assert_eq!(pay(&mut world, "d-2", &link, 499_999, "").1, "NO_SUFFICIENT_FUND");
    assert_eq!(pay(&mut world, "d-3", &link, 500_001, "").1, "LIMIT_EXCEEDED");
}
