//! Cursor pages, the same for every list: `limit`, `starting_after`, `ending_before`.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use noren_core::id::{Id, Kind};
use noren_store::sqlite::{Cursor, Page};
use serde_json::{Map, Value};

use crate::members::Members;
use crate::problem::{Edge, Problem};
use crate::wire::List;

/// The longest page.
const LIMIT_MAX: usize = 100;
/// The page of a caller who names no length.
const LIMIT_DEFAULT: usize = 20;

/// The query of a call, to be read like members of a body.
pub(crate) struct Parameters(pub Members);

impl<S: Sync> FromRequestParts<S> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Query(pairs) =
            Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).map_err(|_| {
                Problem::from(Edge::MemberInvalid).detail("Escape the query's characters.")
            })?;
        let mut map = Map::new();
        for (name, value) in pairs {
            if map.insert(name.clone(), Value::String(value)).is_some() {
                let detail = "Send each parameter once.";
                return Err(Problem::field(Edge::MemberInvalid, &name, detail));
            }
        }
        Members::of(Value::Object(map)).map(Self)
    }
}

impl Parameters {
    /// How many items are wanted.
    pub fn limit(&mut self) -> Option<usize> {
        let text = self.0.text_if_any("limit", 8)?;
        let limit = match text {
            None => Some(LIMIT_DEFAULT),
            Some(text) => text.parse().ok().filter(|limit| (1..=LIMIT_MAX).contains(limit)),
        };
        if limit.is_none() {
            self.0.fault(Edge::MemberInvalid, "limit", "Send a whole number from 1 to 100.");
        }
        limit
    }

    /// Which page is wanted.
    pub fn cursor<K: Kind>(&mut self) -> Option<Cursor<K>> {
        let limit = self.limit();
        let starting_after = self.0.id_if_any("starting_after");
        let ending_before = self.0.id_if_any("ending_before");
        let cursor = Cursor {
            limit: limit?,
            starting_after: starting_after?,
            ending_before: ending_before?,
        };
        if cursor.starting_after.is_some() && cursor.ending_before.is_some() {
            let detail = "Send starting_after or ending_before, not both.";
            self.0.fault(Edge::MemberInvalid, "ending_before", detail);
            return None;
        }
        Some(cursor)
    }
}

/// A page as it is answered. `next_cursor` leads to older items, whichever way this one was found.
pub(crate) fn list<K: Kind, T, S>(
    page: Page<T>,
    cursor: &Cursor<K>,
    id: impl Fn(&T) -> Id<K>,
    show: impl FnMut(&T) -> S,
) -> List<S> {
    let older = page.has_more || cursor.ending_before.is_some();
    let next_cursor = page.items.last().filter(|_| older).map(|item| id(item).to_string());
    List {
        object: "list",
        has_more: page.has_more,
        next_cursor,
        data: page.items.iter().map(show).collect(),
    }
}

/// Cuts a page out of a list that is in memory, in whatever order.
pub(crate) fn cut<K: Kind, T>(
    mut all: Vec<T>,
    cursor: &Cursor<K>,
    id: impl Fn(&T) -> Id<K>,
) -> Page<T> {
    all.sort_by_key(|item| std::cmp::Reverse(id(item)));
    all.retain(|item| {
        cursor.starting_after.is_none_or(|after| id(item) < after)
            && cursor.ending_before.is_none_or(|before| id(item) > before)
    });
    let has_more = all.len() > cursor.limit;
    if cursor.ending_before.is_some() {
        all.drain(..all.len().saturating_sub(cursor.limit));
    }
    all.truncate(cursor.limit);
    Page { items: all, has_more }
}

/// A whole short list.
pub(crate) fn whole<S>(data: Vec<S>) -> List<S> {
    List { object: "list", data, has_more: false, next_cursor: None }
}

#[cfg(test)]
mod tests {
    use noren_core::id::{Entropy, Slot, StoreId, StoreKind};
    use noren_core::time::Timestamp;

    use super::*;

    fn id(ms: i64) -> StoreId {
        StoreId::new(Timestamp(ms), Slot::new(1).unwrap(), Entropy(0), 0)
    }

    #[test]
    fn pages_of_a_list_in_memory_meet_without_gap_or_overlap() {
        let all: Vec<StoreId> = [3, 1, 5, 2, 4].map(id).into();
        let page = |cursor: Cursor<StoreKind>| {
            let page = cut(all.clone(), &cursor, |id| *id);
            let list = list(page, &cursor, |id| *id, |id| id.created_at().0);
            (list.data, list.has_more, list.next_cursor)
        };
        let next = |ms| Some(id(ms).to_string());
        assert_eq!(page(Cursor::newest(2)), (vec![5, 4], true, next(4)));
        let after = |ms| Cursor { starting_after: Some(id(ms)), ..Cursor::newest(2) };
        assert_eq!(page(after(4)), (vec![3, 2], true, next(2)));
        assert_eq!(page(after(2)), (vec![1], false, None));
        let before = |ms| Cursor { ending_before: Some(id(ms)), ..Cursor::newest(2) };
        assert_eq!(page(before(1)), (vec![3, 2], true, next(2)));
        assert_eq!(page(before(3)), (vec![5, 4], false, next(4)));
    }
}
