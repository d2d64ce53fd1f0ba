//! Users who link their account with the merchant, so that it can take payments without a code.
//!
//! The merchant opens a session, the user opens its link and agrees, and goes back to the merchant
//! with a token; from then on the merchant names them by `userAuthorizationId`.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use noren_core::money::Money;
use noren_core::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Answer, MERCHANT_ID, PayPaySandbox, answer};
use crate::paypay::codes::Code;
use crate::paypay::forms::{parameter, query, read, value};
use crate::paypay::messages::{
    AuthorizationSaid, LinkClaims, SessionRequest, SessionSaid, seconds,
};
use crate::sandbox::control::{self, Refused};
use crate::signing::{Hmac, Secret, Sign as _};

/// How long a link between user and merchant lasts. Ours.
const LINK_VALID_FOR: Span = Span::seconds(180 * 24 * 60 * 60);
/// How long a session can be opened, and its token be read. Ours.
const SESSION_VALID_FOR: Span = Span::seconds(300);
/// The same amount of the same user within this time is suspected to be a repeat (section 5).
const SUSPECTED_FOR: Span = Span::seconds(300);
/// What a merchant must have been allowed to take payments, and to hold.
const DEBIT_SCOPES: [&str; 4] =
    ["direct_debit", "quick_pay", "preauth_capture_native", "preauth_capture_transaction"];

/// A session that waits for its user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Session {
    asked: SessionRequest,
    valid_until: Timestamp,
    /// Whose it is since somebody opened it.
    user: Option<String>,
}

/// One user's link with the merchant, by `userAuthorizationId`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Authorization {
    user: String,
    reference_id: String,
    scopes: Vec<String>,
    issued_at: Timestamp,
    expires_at: Timestamp,
    active: bool,
    /// The last payment, to tell a repeat.
    last: Option<(Money, Timestamp)>,
}

/// The body of `POST /sandbox/link`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkOpened {
    user: String,
    /// The link, or what it ends with.
    session: String,
    pin: Option<String>,
    #[serde(default)]
    refuse: bool,
}

impl PayPaySandbox {
    pub(super) fn session(&mut self, now: Timestamp, body: &[u8]) -> Result<Answer, Code> {
        let asked: SessionRequest = read(body)?;
        let full = !asked.scopes.is_empty() && !asked.nonce.is_empty();
        if !full || asked.redirect_url.is_empty() || asked.reference_id.is_empty() {
            return Err(Code::InvalidRequestParams);
        }
        let token = format!("{:032x}", self.bank.bits());
        let valid_until = now.after(SESSION_VALID_FOR);
        self.sessions.put(&token, Session { asked, valid_until, user: None });
        let url = self.link.network.url(&format!("/sandbox/link/{token}"));
        Ok(answer(Code::Success, 201, value(&SessionSaid { link_qr_code_url: url })))
    }

    pub(super) fn user_look(&self, now: Timestamp, target: &str) -> Result<Answer, Code> {
        let id = parameter(query(target), "userAuthorizationId");
        let id = id.ok_or(Code::MissingRequestParams)?;
        let link = self.links.get(&id).ok_or(Code::InvalidUserAuthorizationId)?;
        let active = link.active && now < link.expires_at;
        let said = AuthorizationSaid {
            user_authorization_id: id,
            reference_ids: vec![link.reference_id.clone()],
            status: if active { "ACTIVE" } else { "INACTIVE" }.to_owned(),
            scopes: link.scopes.clone(),
            expire_at: seconds(link.expires_at),
            issued_at: seconds(link.issued_at),
        };
        Ok(answer(Code::Success, 200, value(&said)))
    }

    pub(super) fn user_unlink(&mut self, id: &str) -> Result<Answer, Code> {
        let link = self.links.edit(id).filter(|link| link.active);
        link.ok_or(Code::InvalidUserAuthorizationId)?.active = false;
        Ok(answer(Code::Success, 200, Value::Null))
    }

    /// A code of the bank's for a payment of a linked user.
    pub(super) fn direct_code(
        &mut self,
        now: Timestamp,
        payment: &str,
        link_id: &str,
        amount: Money,
        agreed: bool,
    ) -> Result<String, Code> {
        let link = self.links.edit(link_id).filter(|link| link.active);
        let link = link.ok_or(Code::InvalidUserAuthorizationId)?;
        if now >= link.expires_at {
            return Err(Code::ExpiredUserAuthorizationId);
        }
        if !link.scopes.iter().any(|scope| DEBIT_SCOPES.contains(&scope.as_str())) {
            return Err(Code::OpOutOfScope);
        }
        let again =
            |(last, at): &(Money, Timestamp)| *last == amount && now < at.after(SUSPECTED_FOR);
        if !agreed && link.last.as_ref().is_some_and(again) {
            return Err(Code::SuspectedDuplicatePayment);
        }
        link.last = Some((amount, now));
        let user = link.user.clone();
        Ok(self.bank.code(now, &user, &format!("direct/{payment}")))
    }

    /// `POST /sandbox/link {user, session, pin?, refuse?}`: a user opens the link of a session.
    pub(super) fn link_opened(&mut self, now: Timestamp, body: &[u8]) -> Result<Value, Refused> {
        let opened: LinkOpened = control::read(body)?;
        control::user_check(&self.bank, &opened.user)?;
        control::pin_check(opened.pin.as_deref())?;
        let token = opened.session.rsplit('/').next().unwrap_or_default().to_owned();
        let session = self.sessions.get(&token).ok_or((404, "there is no such session".into()))?;
        if now >= session.valid_until || session.user.is_some() {
            return Err((409, "this session is over".into()));
        }
        if opened.pin.is_none() && !opened.refuse {
            return Ok(json!({ "state": "open", "scopes": session.asked.scopes }));
        }
        let asked = session.asked.clone();
        if let Some(session) = self.sessions.edit(&token) {
            session.user = Some(opened.user.clone());
        }
        let id = (!opened.refuse).then(|| {
            let id = format!("{:032x}", self.bank.bits());
            let link = Authorization {
                user: opened.user.clone(),
                reference_id: asked.reference_id.clone(),
                scopes: asked.scopes.clone(),
                issued_at: now,
                expires_at: now.after(LINK_VALID_FOR),
                active: true,
                last: None,
            };
            self.links.put(&id, link);
            id
        });
        let claims = LinkClaims {
            aud: MERCHANT_ID.to_owned(),
            iss: "paypay.ne.jp".to_owned(),
            exp: seconds(now.after(SESSION_VALID_FOR)),
            result: if id.is_some() { "succeeded" } else { "declined" }.to_owned(),
            profile_identifier: Some("*******0000".to_owned()),
            nonce: asked.nonce.clone(),
            user_authorization_id: id.clone(),
            reference_id: asked.reference_id.clone(),
        };
        let token = self.token(&claims);
        let joint = if asked.redirect_url.contains('?') { '&' } else { '?' };
        let back = format!(
            "{}{joint}apiKey={}&responseToken={token}",
            asked.redirect_url, self.link.client_id
        );
        Ok(json!({
            "state": claims.result, "user_authorization_id": id, "redirect_url": back,
            "response_token": token,
        }))
    }

    /// A JSON Web Token (RFC 7519), HS256. Its key is the secret read as Base64, as two of the
    /// vendor's SDKs do; the secret itself where it is no Base64.
    fn token(&self, claims: &LinkClaims) -> String {
        let secret = self.link.secret.as_deref().map(Secret::reveal).unwrap_or_default();
        let key = STANDARD.decode(secret).unwrap_or_else(|_| secret.to_vec());
        let head = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
        let body = URL_SAFE_NO_PAD.encode(value(claims).to_string());
        let signed = format!("{head}.{body}");
        let mac = Hmac::new(&Secret::new(key)).sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac))
    }
}
