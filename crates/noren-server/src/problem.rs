//! Problems: every way in which a call is answered with no, as `application/problem+json`
//! (RFC 9457). This module and [`crate::edge`] are the only places that know a status code for
//! an error.
//!
//! What the engine refuses comes from the core's own table ([`Refusal::problem`]); what goes
//! wrong before the engine is asked is in [`Edge`]. Together they are the published list.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use noren_core::id::PaymentId;
use noren_core::refusal::{ProblemKind, Refusal, Retry};
use noren_runtime::Unavailable;
use noren_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::edge::Context;
use crate::say::Say;

/// One row of the published list of problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Stable for ever.
    pub code: &'static str,
    /// HTTP status.
    pub status: StatusCode,
    /// If it can help to ask again.
    pub retry: Retry,
    /// What happened.
    pub title: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

macro_rules! edges {
    ($($name:ident $status:ident $retry:ident $code:literal $title:literal $remedy:literal;)*) => {
        /// What can be wrong before the engine is asked.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Edge {
            $(#[doc = $title] $name,)*
        }

        impl Edge {
            /// One of each, in the order of the table.
            pub const ALL: &[Edge] = &[$(Self::$name),*];

            /// The row of the table.
            pub const fn row(self) -> Row {
                match self {
                    $(Self::$name => Row {
                        code: $code,
                        status: StatusCode::$status,
                        retry: Retry::$retry,
                        title: $title,
                        remedy: $remedy,
                    },)*
                }
            }
        }
    };
}

edges! {
    Unauthorized UNAUTHORIZED Never "unauthorized"
        "The call carries no valid API key."
        "Send the header Authorization: Bearer nk_... with a key that is in force.";
    TillUnpaired UNAUTHORIZED Never "till-unpaired"
        "This browser is not a till, or is one no more."
        "Pair it with a store: open /till.";
    NobodySignedIn UNAUTHORIZED Never "nobody-signed-in"
        "Nobody is signed in at this till."
        "Sign in with your PIN.";
    SupervisorNeeded FORBIDDEN Never "supervisor-needed"
        "Money goes back at a till only by a supervisor's word."
        "Have a supervisor give their PIN at this till, and send it again.";
    TillForeign FORBIDDEN Never "till-foreign"
        "A page of another site called in a till's name."
        "Call from the till's own pages only.";
    PairingUnknown NOT_FOUND Never "pairing-unknown"
        "No browser shows this code, or it has expired."
        "Read the code on the till's screen again; it is good for ten minutes.";
    PairingTries TOO_MANY_REQUESTS SameKey "pairing-tries"
        "Too many wrong codes came from this merchant."
        "Wait ten minutes, then send the code that the till's screen shows.";
    PairingFull SERVICE_UNAVAILABLE SameKey "pairing-full"
        "Too many browsers wait to be paired."
        "Open the page again in some minutes.";
    TillUnknown NOT_FOUND Never "till-unknown"
        "There is no such till."
        "Check the id; it begins with till_ and belongs to the caller.";
    TillsTooMany CONFLICT Never "tills-too-many"
        "This merchant has as many tills as it can have."
        "Revoke one that is no longer used.";
    StaffUnknown NOT_FOUND Never "staff-unknown"
        "Nobody of this name works at the merchant's tills."
        "See GET /v1/staff for the names.";
    StaffTooMany CONFLICT Never "staff-too-many"
        "This merchant has as many names as it can have."
        "Remove somebody who works there no more.";
    SignatureInvalid UNAUTHORIZED Never "signature-invalid"
        "The call is not signed by a key of a connected wallet, or was changed on its way."
        "Sign each request anew as RFC 9421 says, over @method, @target-uri and content-digest, with a clock that is right.";
    SignatureReplayed UNAUTHORIZED Never "signature-replayed"
        "A request with this nonce was seen before."
        "Sign each attempt anew, with a nonce of its own.";
    RouteUnknown NOT_FOUND Never "route-unknown"
        "There is nothing at this address."
        "Look the route up in /openapi.json.";
    MethodNotAllowed METHOD_NOT_ALLOWED Never "method-not-allowed"
        "This address does not take this method."
        "Use a method that the header Allow names.";
    RefundUnknown NOT_FOUND Never "refund-unknown"
        "There is no such refund."
        "Check the id; it begins with rfd_ and belongs to the caller.";
    IdInvalid BAD_REQUEST Never "id-invalid"
        "An id is not one that this switch made for this kind of thing."
        "Send ids as they were given, with their prefix: pay_ for payments, sto_ for stores.";
    BodyTooLarge PAYLOAD_TOO_LARGE Never "body-too-large"
        "The body is larger than 64 kB."
        "Send less in one call.";
    BodyTooSlow REQUEST_TIMEOUT SameKey "body-too-slow"
        "The body did not arrive in time."
        "Send it again, with the same key.";
    MediaTypeUnsupported UNSUPPORTED_MEDIA_TYPE Never "media-type-unsupported"
        "The body is not declared as JSON."
        "Send the header Content-Type: application/json.";
    BodyUnreadable BAD_REQUEST Never "body-unreadable"
        "The body is not JSON in UTF-8."
        "Send one JSON object, each member once.";
    MemberUnknown BAD_REQUEST Never "member-unknown"
        "The request has a member or parameter that this call does not know."
        "Take it out; a misspelt member is refused rather than ignored.";
    MemberMissing BAD_REQUEST Never "member-missing"
        "A member or parameter that this call needs is missing."
        "Add it.";
    MemberInvalid BAD_REQUEST Never "member-invalid"
        "A member or parameter has a value that it cannot have."
        "Send a value of the kind that the reference describes.";
    AmountNotInteger BAD_REQUEST Never "amount-not-integer"
        "The amount has a fraction."
        "Send a whole number of minor units: 1200 is 1,200 yen, or 12.00 yuan.";
    CurrencyUnknown BAD_REQUEST Never "currency-unknown"
        "The currency is not one that this switch can hold."
        "Send a code of ISO 4217 in capitals, such as JPY.";
    CardNumber BAD_REQUEST Never "card-number-refused"
        "A text looks like the number of a payment card."
        "Never send card numbers. If it is an order number, put a letter in front.";
    IdempotencyKeyMissing BAD_REQUEST Never "idempotency-key-missing"
        "A call that can move money needs the header Idempotency-Key."
        "Send a new random key for each intention, and the same key when you repeat a call.";
    IdempotencyKeyInvalid BAD_REQUEST Never "idempotency-key-invalid"
        "The header Idempotency-Key is not 1 to 255 visible ASCII characters."
        "Send a UUID, for instance.";
    CodeUnreadable UNPROCESSABLE_ENTITY Never "code-unreadable"
        "The scanned code is not a sound JPQR code."
        "Scan again. If it stays so, tell the shop that its code is damaged or of another network.";
    PaymentCodeUnroutable UNPROCESSABLE_ENTITY Never "payment-code-unroutable"
        "No connected wallet issues this payment code."
        "Scan the bar code of the payer's wallet again, or ask for another wallet.";
    StoreCodeImpossible CONFLICT Never "store-code-impossible"
        "No JPQR code can be made for this store or amount."
        "Have the store's name, city, category and JPQR ids corrected; amounts are whole yen.";
    ClockDiffers CONFLICT NewKey "clock-differs"
        "The clock's difference is not the one that was sent."
        "Look at GET /v1/clock again, and accept what it shows.";
    CursorInvalid BAD_REQUEST Never "cursor-invalid"
        "The cursor is not one that this list gave."
        "Send next_cursor as it was given, or begin without one.";
    NotAcknowledged NOT_FOUND SameKey "not-acknowledged"
        "The notification is about something that this switch does not know."
        "Send it again later, or to the address that asked for the payment.";
    WalletUnknown NOT_FOUND Never "callback-wallet-unknown"
        "No wallet of this name is connected."
        "Use the callback address that was agreed.";
    Busy SERVICE_UNAVAILABLE SameKey "busy"
        "The switch has more work waiting than it takes."
        "Nothing was recorded. Repeat after the time in Retry-After, with the same key.";
    Stopping SERVICE_UNAVAILABLE SameKey "stopping"
        "The switch is stopping."
        "The call may have been carried out. Repeat it with the same key.";
    StoreUnavailable SERVICE_UNAVAILABLE SameKey "store-unavailable"
        "The records cannot be read now."
        "Repeat after the time in Retry-After, with the same key.";
    Internal INTERNAL_SERVER_ERROR SameKey "internal"
        "The switch made a mistake."
        "The call may have been carried out. Repeat it with the same key, and report the request id.";
}

/// The one place where a kind of refusal becomes a status.
const fn status_of(kind: ProblemKind) -> StatusCode {
    match kind {
        ProblemKind::Invalid => StatusCode::BAD_REQUEST,
        ProblemKind::NotFound => StatusCode::NOT_FOUND,
        ProblemKind::Conflict => StatusCode::CONFLICT,
        ProblemKind::Unprocessable => StatusCode::UNPROCESSABLE_ENTITY,
        ProblemKind::Forbidden => StatusCode::FORBIDDEN,
    }
}

/// The row of a refusal.
pub const fn row_of(refusal: &Refusal) -> Row {
    let problem = refusal.problem();
    Row {
        code: problem.code,
        status: status_of(problem.kind),
        retry: problem.retry,
        title: problem.title,
        remedy: problem.remedy,
    }
}

/// Every problem that this server can answer with, by code.
pub fn table() -> Vec<Row> {
    let mut rows: Vec<Row> = Refusal::all().iter().map(row_of).collect();
    rows.extend(Edge::ALL.iter().map(|edge| edge.row()));
    rows.sort_unstable_by_key(|row| row.code);
    rows
}

/// A member or parameter that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Which, with dots for members of members.
    #[schema(example = "amount.amount")]
    pub param: String,
    /// What is wrong with it; one of the codes below `/problems`.
    #[schema(example = "amount-not-integer")]
    pub code: &'static str,
    /// What to do.
    pub detail: String,
}

/// The answer to a call that was not done: `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// A page that says cause and cure.
    #[serde(rename = "type")]
    #[schema(example = "/problems/order-paid")]
    pub kind: String,
    /// What happened.
    pub title: &'static str,
    /// The HTTP status.
    #[schema(example = 409)]
    pub status: u16,
    /// What happened here, and what to do.
    pub detail: String,
    /// What a cashier may read out or show.
    #[schema(value_type = Say)]
    pub say: &'static Say,
    /// The path that was called.
    pub instance: String,
    /// Stable; programs decide by it.
    #[schema(example = "order-paid")]
    pub code: &'static str,
    /// `never`: the same request is refused for ever. `same_key`: nothing was refused for good,
    /// repeat with the same key. `new_key`: refused by the present state, this key is burned.
    #[schema(example = "never")]
    pub retry: &'static str,
    /// The value of the header Request-Id.
    pub request_id: String,
    /// The payment that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub payment_id: Option<PaymentId>,
    /// The first faulty member or parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub param: Option<String>,
    /// All faulty members and parameters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// A problem on its way to the caller. It gets its request id when the answer leaves.
#[derive(Clone, Debug)]
pub struct Problem(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    row: Row,
    detail: Option<String>,
    errors: Vec<FieldError>,
    payment: Option<PaymentId>,
    retry_after_seconds: Option<u32>,
    replayed: bool,
}

impl Problem {
    fn of(row: Row) -> Self {
        Self(Box::new(Inner {
            row,
            detail: None,
            errors: Vec::new(),
            payment: None,
            retry_after_seconds: None,
            replayed: false,
        }))
    }

    /// What is wrong with a request's members. The first one gives the code.
    pub fn fields(first: Edge, errors: Vec<FieldError>) -> Self {
        let mut problem = Self::from(first);
        if let [only] = &errors[..] {
            problem.0.detail = Some(only.detail.clone());
        }
        problem.0.errors = errors;
        problem
    }

    /// One faulty member or parameter.
    pub fn field(edge: Edge, param: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self::fields(edge, vec![FieldError { param: param.into(), code: edge.row().code, detail }])
    }

    /// A refusal by the engine, as a row of errors when it is about one member.
    pub fn refused_field(refusal: Refusal, param: &str) -> Self {
        let row = row_of(&refusal);
        let mut problem = Self::from(refusal);
        let detail = row.remedy.to_owned();
        problem.0.errors = vec![FieldError { param: param.into(), code: row.code, detail }];
        problem
    }

    /// Says more than the table does.
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Names the payment that it is about.
    pub fn about(mut self, payment: PaymentId) -> Self {
        self.0.payment = Some(payment);
        self
    }

    /// It was given before, under the same key.
    pub fn replayed(mut self, replayed: bool) -> Self {
        self.0.replayed = replayed;
        self
    }

    /// Its row in the table.
    pub fn row(&self) -> Row {
        self.0.row
    }

    fn body(&self, context: &Context) -> ProblemBody {
        let Row { code, status, retry, title, remedy } = self.0.row;
        ProblemBody {
            kind: format!("/problems/{code}"),
            title,
            status: status.as_u16(),
            detail: self.0.detail.clone().unwrap_or_else(|| remedy.to_owned()),
            say: Say::of(code),
            instance: context.path.clone(),
            code,
            retry: retry.name(),
            request_id: context.request_id.to_string(),
            payment_id: self.0.payment,
            param: self.0.errors.first().map(|error| error.param.clone()),
            errors: self.0.errors.clone(),
        }
    }
}

impl From<Edge> for Problem {
    fn from(edge: Edge) -> Self {
        let mut problem = Self::of(edge.row());
        if matches!(edge, Edge::Busy | Edge::Stopping | Edge::StoreUnavailable) {
            problem.0.retry_after_seconds = Some(1);
        }
        problem
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let row = row_of(&refusal);
        let mut problem = Self::of(row);
        problem.0.detail = particulars(&refusal).map(|more| format!("{} {more}", row.remedy));
        problem.0.retry_after_seconds = refusal.retry_after_seconds();
        problem
    }
}

/// What a refusal knows beyond its row.
fn particulars(refusal: &Refusal) -> Option<String> {
    match refusal {
        Refusal::AmountOverLimit { limit } => Some(format!("The most is {limit}.")),
        Refusal::OrderAmountDiffers { expected } => Some(format!("The order is for {expected}.")),
        Refusal::DebitDiffers { expected } => Some(format!("The permission was for {expected}.")),
        Refusal::CaptureExceedsHeld { left } => Some(format!("What is left is {left}.")),
        Refusal::RefundExceedsCaptured { left } => Some(format!("What is left is {left}.")),
        Refusal::AmountNotPositive
        | Refusal::CurrencyDiffers
        | Refusal::ShopUnknown
        | Refusal::ShopSuspended
        | Refusal::ShopRetired
        | Refusal::WalletUnknown
        | Refusal::WalletSuspended
        | Refusal::WalletRetired
        | Refusal::WalletNotAccepted
        | Refusal::CorridorClosed
        | Refusal::SettlementRateMissing
        | Refusal::OrderUnknown
        | Refusal::OrderPaid
        | Refusal::OrderBeingPaid
        | Refusal::OrderExpired
        | Refusal::OrderClosed
        | Refusal::OrderWithdrawn
        | Refusal::PaymentInDoubt
        | Refusal::PaymentBlocked
        | Refusal::PaymentCodeUsed
        | Refusal::PaymentUnknown
        | Refusal::PaymentCaptured
        | Refusal::PaymentNotCaptured
        | Refusal::PaymentNotHeld
        | Refusal::HoldNotOffered
        | Refusal::OrderNotOffered
        | Refusal::CaptureRunning
        | Refusal::HoldExpired
        | Refusal::CapturesTooMany
        | Refusal::RefundsTooMany
        | Refusal::RefundsUsedUp
        | Refusal::RefundRunning
        | Refusal::RefundTooLate
        | Refusal::RefundNotOffered
        | Refusal::PushRailOnly
        | Refusal::NotAPushRail
        | Refusal::CreditUnknown
        | Refusal::CreditDiffers
        | Refusal::CreditReturned
        | Refusal::CreditAssigned
        | Refusal::QuoteUnknown
        | Refusal::QuoteExpired
        | Refusal::QuoteUsed
        | Refusal::QuoteDiffers
        | Refusal::QuoteNeeded
        | Refusal::QuoteNotNeeded
        | Refusal::PrefundingShort
        | Refusal::ClaimUnknown
        | Refusal::ClaimNotOpen
        | Refusal::KeyReused
        | Refusal::NotAllowed
        | Refusal::Directory { .. }
        | Refusal::WalletOverCap
        | Refusal::WalletOverLimit
        | Refusal::MerchantDayLimit
        | Refusal::PayerDayLimit
        | Refusal::AmountTooLarge => None,
    }
}

impl From<Unavailable> for Problem {
    fn from(unavailable: Unavailable) -> Self {
        match unavailable {
            Unavailable::Busy => Edge::Busy.into(),
            Unavailable::Stopping => Edge::Stopping.into(),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Edge::Busy.into(),
            StoreError::Database { .. }
            | StoreError::Corrupt(_)
            | StoreError::Unfit(_)
            | StoreError::Refused(_) => {
                tracing::error!(%error, "a read failed");
                Edge::StoreUnavailable.into()
            }
        }
    }
}

impl IntoResponse for Problem {
    /// Leaves a bare status with the problem as an extension; [`render`] writes the body when
    /// the request id is at hand.
    fn into_response(self) -> Response {
        let mut response = self.0.row.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the body of a problem. Any other answer goes through untouched.
pub(crate) fn render(mut response: Response, context: &Context) -> Response {
    let Some(problem) = response.extensions_mut().remove::<Problem>() else {
        return response;
    };
    let body = serde_json::to_vec(&problem.body(context)).unwrap_or_default();
    let (mut parts, _) = response.into_parts();
    parts.status = problem.0.row.status;
    let headers = &mut parts.headers;
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if let Some(seconds) = problem.0.retry_after_seconds {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if problem.0.replayed {
        headers.insert(crate::idempotency::REPLAYED, HeaderValue::from_static("true"));
    }
    if problem.0.row.code == Edge::Unauthorized.row().code {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    Response::from_parts(parts, Body::from(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published list, made from the table. After a wanted change:
    /// `UPDATE_GOLDEN=1 cargo test -p noren-server`, then read the difference.
    #[test]
    fn the_list_of_problems_changes_only_on_purpose() {
        let mut text = String::from(PAGE);
        for row in table() {
            let Row { code, status, retry, title, remedy } = row;
            let (status, retry) = (status.as_u16(), retry.name());
            text += &format!("| `{code}` | {status} | `{retry}` | {title} | {remedy} |\n");
        }
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/problems.md");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(path, &text).unwrap();
        }
        let published = std::fs::read_to_string(path).unwrap_or_default();
        let changed: Vec<&str> =
            text.lines().filter(|line| !published.lines().any(|known| known == *line)).collect();
        assert!(published == text, "the published list of problems changed: {changed:#?}");
    }

    const PAGE: &str = "# Problems

Every way in which a call is answered with no, by code. This page is made from the tables in
`crates/noren-core/src/refusal.rs` (what the engine refuses) and `crates/noren-server/src/problem.rs` (what is
wrong before the engine is asked); a test fails when it is stale, and
`UPDATE_GOLDEN=1 cargo test -p noren-server` writes it. A running switch shows the same list at `GET /problems`.

A problem is `application/problem+json` (RFC 9457). Codes are stable for ever; programs decide by `code` and
`retry`, titles are for people. `retry` says: `never`: the same request is refused for ever; `same_key`: nothing was
recorded for good, repeat with the same Idempotency-Key; `new_key`: refused by the present state, this key is burned.

`say` is one sentence for the counter, to be read out or shown: what happened and what to do now, with the members
`ja`, `en`, `zh` (simplified), `ko` and `th`. It is always there. The words may change, and they are those of
`crates/noren-pages/words/*/problem.ftl`; the page of each problem, `GET /problems/{code}`, shows them.

| code | status | retry | what happened | what to do |
| --- | --- | --- | --- | --- |
";

    #[test]
    fn every_problem_has_a_code_of_its_own_and_says_what_to_do() {
        let rows = table();
        for pair in rows.windows(2) {
            assert_ne!(pair[0].code, pair[1].code);
        }
        for row in rows {
            assert!(row.title.ends_with('.') && row.remedy.ends_with('.'), "{}", row.code);
            assert!(row.status.is_client_error() || row.status.is_server_error());
        }
    }
}
