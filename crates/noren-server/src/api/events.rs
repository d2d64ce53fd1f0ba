//! Events: what happened, in order, for whoever asks. Equal to being told.

use axum::Json;
use axum::extract::State;
use noren_core::id::Slot;

use crate::auth::MerchantCaller;
use crate::lists::Parameters;
use crate::problem::{Edge, Problem, ProblemBody};
use crate::state::AppState;
use crate::wire::{EventShown, List};

/// A place in a merchant's events: its slot and the last sequence seen. Opaque to callers, who
/// must not count on its form.
pub(super) fn cursor(slot: Slot, sequence: u64) -> String {
    format!("evc_{:03x}{sequence:016x}", slot.number())
}

pub(super) fn sequence(cursor: &str, slot: Slot) -> Option<u64> {
    let digits = cursor.strip_prefix("evc_").filter(|d| d.len() == 19 && d.is_ascii())?;
    let (of, sequence) = digits.split_at(3);
    let ours = u16::from_str_radix(of, 16) == Ok(slot.number());
    u64::from_str_radix(sequence, 16).ok().filter(|s| ours && i64::try_from(*s).is_ok())
}

/// Your events after a cursor, oldest first. Keep `next_cursor` and send it as `after` the next
/// time; without it the list begins with the first event. Every event comes once and in the
/// order in which things happened to each payment.
#[utoipa::path(get, path = "/v1/events", operation_id = "event_list", tag = "events",
    params(
        ("after" = Option<String>, Query, description = "The `next_cursor` of the page before."),
        ("limit" = Option<u32>, Query, description = "1 to 100, by default 20."),
    ),
    responses(
        (status = 200, description = "A page of events.", body = List<EventShown>),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("merchant" = [])))]
pub(crate) async fn list_all(
    State(state): State<AppState>,
    MerchantCaller { tenant, merchant, .. }: MerchantCaller,
    mut parameters: Parameters,
) -> Result<Json<List<EventShown>>, Problem> {
    let limit = parameters.limit();
    let after = parameters.0.text_if_any("after", 64);
    let (limit, after) = parameters.0.done((limit, after))?;
    let slot = merchant.slot();
    let unreadable =
        || Problem::field(Edge::CursorInvalid, "after", Edge::CursorInvalid.row().remedy);
    let after = match after {
        None => 0,
        Some(text) => sequence(&text, slot).ok_or_else(unreadable)?,
    };
    let page = state.read(move |reads| reads.events(tenant, merchant, after, limit)).await?;
    let last = page.items.last().map_or(after, |event| event.seq);
    Ok(Json(List {
        object: "list",
        has_more: page.has_more,
        // Also at the end: whoever polls goes on from here.
        next_cursor: Some(cursor(slot, last)),
        data: page.items.iter().map(|event| EventShown::of(event, state.livemode())).collect(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_good_for_its_own_slot_only() {
        let (one, two) = (Slot::new(1).unwrap(), Slot::new(2).unwrap());
        assert_eq!(sequence(&cursor(one, 77), one), Some(77));
        assert_eq!(sequence(&cursor(one, 77), two), None);
        for bad in ["", "evc_", "evc_0010000000000000zz", "evc_001ffffffffffffffff", "77"] {
            assert_eq!(sequence(bad, one), None, "{bad}");
        }
    }
}
