//! The API of merchants and of whoever runs the switch. Each handler does three things: read the
//! request, hand over one command or one read, show the result.

pub(crate) mod caps;
pub(crate) mod captures;
pub(crate) mod codes;
pub(crate) mod credits;
pub(crate) mod event_stream;
pub(crate) mod events;
pub(crate) mod operator;
pub(crate) mod orders;
pub(crate) mod payments;
pub(crate) mod people;
pub(crate) mod refunds;
pub(crate) mod staff;
pub(crate) mod stray_receipts;
pub(crate) mod tills;

use noren_core::effects::Reply;
use noren_core::id::{Id, Kind, PaymentId};
use noren_store::sqlite::Scope;

use crate::auth::MerchantCaller;
use crate::problem::{Edge, Problem};
use crate::state::AppState;

/// The id in a path. One of another kind is the caller's mistake and is said so.
pub(crate) fn id_in_path<K: Kind>(text: &str) -> Result<Id<K>, Problem> {
    text.parse().map_err(|_| {
        let detail = format!("Send an id of this switch that begins with {}_.", K::PREFIX);
        Problem::field(Edge::IdInvalid, "id", detail)
    })
}

/// What a merchant may see.
pub(crate) fn scope(who: MerchantCaller) -> Scope {
    Scope::Merchant { tenant: who.tenant, merchant: who.merchant }
}

/// A till changes nothing that belongs to another store of its merchant. That is no word about the
/// payment, which an earlier call with the same key may have changed: the page that asks is of a till
/// that this browser is no more.
pub(crate) async fn refuse_other_store(
    state: &AppState,
    who: MerchantCaller,
    payment: PaymentId,
) -> Result<(), Problem> {
    if who.store.is_none() {
        return Ok(());
    }
    let scope = scope(who);
    let found = state.read(move |reads| reads.payment(scope, payment)).await?;
    // Whether there is one at all is the engine's to say.
    if found.is_some_and(|payment| !who.acts_for(payment.store)) {
        return Err(Edge::TillUnpaired.into());
    }
    Ok(())
}

/// What is left when a reply is not of the kind that its command has.
pub(crate) fn unexpected(reply: Reply) -> Problem {
    match reply {
        Reply::Refused { refusal, replayed } => Problem::from(refusal).replayed(replayed),
        Reply::Payment { .. }
        | Reply::Capture { .. }
        | Reply::Order { .. }
        | Reply::Refund { .. }
        | Reply::Resolution(_)
        | Reply::Quote(_)
        | Reply::Permission { .. }
        | Reply::Confirmed { .. }
        | Reply::Credited(_)
        | Reply::Credit { .. }
        | Reply::Movement { .. }
        | Reply::Directory { .. }
        | Reply::Noted => {
            tracing::error!("the engine gave a reply of another kind than its command has");
            Edge::Internal.into()
        }
    }
}
