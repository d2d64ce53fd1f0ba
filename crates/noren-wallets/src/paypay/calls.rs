//! The calls of PayPay by method and path (`wallets/paypay` facts, section 1). The sandbox routes
//! by them; the connector, which keeps nothing, knows by them which of its messages is answered.

use std::borrow::Cow;

use percent_encoding::{percent_decode_str, utf8_percent_encode};

use crate::wire::PATH_SEGMENT;

/// One call. Ids are as they are, not as a path spells them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Api {
    /// `POST /v2/codes`
    CodeCreate,
    /// `DELETE /v2/codes/{codeId}`
    CodeDelete(String),
    /// `GET /v2/codes/payments/{merchantPaymentId}`
    CodeLook(String),
    /// `POST /v2/payments`
    Pay,
    /// `POST /v2/payments/preauthorize`
    Preauthorise,
    /// `GET /v2/payments/{merchantPaymentId}`
    Look(String),
    /// `DELETE /v2/payments/{merchantPaymentId}`
    Cancel(String),
    /// `POST /v2/payments/capture`
    Capture,
    /// `POST /v2/payments/preauthorize/revert`
    Revert,
    /// `POST /v2/refunds`
    Refund,
    /// `GET /v2/refunds/{merchantRefundId}`
    RefundLook(String),
    /// `POST /v1/qr/sessions`
    Session,
    /// `GET /v2/user/authorizations`; the id is in the query.
    UserLook,
    /// `DELETE /v2/user/authorizations/{userAuthorizationId}`
    UserUnlink(String),
    /// `GET /v1/reconciliation/{date}`. **Ours**: how the file is fetched is not published.
    Statement(String),
    /// What PayPay offers and this network in a box does not: money requests, payments at
    /// intervals, cashback, balances.
    NotOffered,
}

impl Api {
    /// The call at this path, which is without its query. `None`: there is none.
    pub fn read(method: &str, path: &str) -> Option<Self> {
        // One SDK posts refunds to a path with a slash at its end.
        let path = match path.strip_suffix('/') {
            Some("/v2/refunds") => "/v2/refunds",
            _ => path,
        };
        let decoded = path.strip_prefix('/')?.split('/').map(|part| {
            let text = percent_decode_str(part).decode_utf8();
            text.ok().map(Cow::into_owned).filter(|text| !text.is_empty())
        });
        let parts: Vec<String> = decoded.collect::<Option<_>>()?;
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let call = match (method, &parts[..]) {
            ("POST", ["v2", "codes"]) => Self::CodeCreate,
            ("DELETE", ["v2", "codes", id]) => Self::CodeDelete((*id).to_owned()),
            ("GET", ["v2", "codes", "payments", id]) => Self::CodeLook((*id).to_owned()),
            ("POST", ["v2", "payments"]) => Self::Pay,
            ("POST", ["v2", "payments", "preauthorize"]) => Self::Preauthorise,
            ("POST", ["v2", "payments", "capture"]) => Self::Capture,
            ("POST", ["v2", "payments", "preauthorize", "revert"]) => Self::Revert,
            ("GET", ["v2", "payments", id]) => Self::Look((*id).to_owned()),
            ("DELETE", ["v2", "payments", id]) => Self::Cancel((*id).to_owned()),
            ("POST", ["v2", "refunds"]) => Self::Refund,
            ("GET", ["v2", "refunds", id]) => Self::RefundLook((*id).to_owned()),
            ("POST", ["v1", "qr", "sessions"]) => Self::Session,
            ("GET", ["v2", "user", "authorizations"]) => Self::UserLook,
            ("DELETE", ["v2", "user", "authorizations", id]) => Self::UserUnlink((*id).to_owned()),
            ("GET", ["v1", "reconciliation", date]) => Self::Statement((*date).to_owned()),
            (_, ["v1", "requestOrder" | "subscription", ..])
            | (_, ["v2", "cashback" | "cashback_reversal", ..])
            | (_, ["v2" | "v6", "wallet", ..]) => Self::NotOffered,
            _ => return None,
        };
        Some(call)
    }

    /// Method and path of a call of ours.
    pub fn address(&self) -> (&'static str, String) {
        let of =
            |before: &str, id: &str| format!("{before}/{}", utf8_percent_encode(id, PATH_SEGMENT));
        match self {
            Self::CodeCreate => ("POST", "/v2/codes".to_owned()),
            Self::CodeDelete(id) => ("DELETE", of("/v2/codes", id)),
            Self::CodeLook(id) => ("GET", of("/v2/codes/payments", id)),
            Self::Pay => ("POST", "/v2/payments".to_owned()),
            Self::Preauthorise => ("POST", "/v2/payments/preauthorize".to_owned()),
            Self::Look(id) => ("GET", of("/v2/payments", id)),
            Self::Cancel(id) => ("DELETE", of("/v2/payments", id)),
            Self::Capture => ("POST", "/v2/payments/capture".to_owned()),
            Self::Revert => ("POST", "/v2/payments/preauthorize/revert".to_owned()),
            Self::Refund => ("POST", "/v2/refunds".to_owned()),
            Self::RefundLook(id) => ("GET", of("/v2/refunds", id)),
            Self::Session => ("POST", "/v1/qr/sessions".to_owned()),
            Self::UserLook => ("GET", "/v2/user/authorizations".to_owned()),
            Self::UserUnlink(id) => ("DELETE", of("/v2/user/authorizations", id)),
            Self::Statement(date) => ("GET", of("/v1/reconciliation", date)),
            Self::NotOffered => ("POST", "/v1/requestOrder".to_owned()),
        }
    }
}
