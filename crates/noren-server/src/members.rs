//! Reading a request's body: bounded, JSON only, unknown members refused, and all faulty members
//! named at once.

use std::ops::RangeInclusive;
use std::time::Duration;

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use noren_core::Text;
use noren_core::id::{Id, Kind, WalletName};
use noren_core::money::{Currency, Money};
use noren_core::refusal::Refusal;
use noren_pages::typed::half_width;
use serde_json::{Map, Value};

use crate::problem::{Edge, FieldError, Problem, row_of};
use crate::strict::Strict;

/// No request of this API needs more.
pub const BODY_MAX: usize = 64 * 1024;

/// A body that trickles in holds a call under way for no longer.
const BODY_WITHIN: Duration = Duration::from_secs(10);

/// Reads a body of at most [`BODY_MAX`] bytes.
pub(crate) async fn read_body(body: axum::body::Body) -> Result<Vec<u8>, Problem> {
    let limited = Limited::new(body, BODY_MAX).collect();
    match tokio::time::timeout(BODY_WITHIN, limited).await {
        Err(_) => Err(Edge::BodyTooSlow.into()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Edge::BodyTooLarge.into()),
        Ok(Err(_)) => Err(Edge::BodyUnreadable.into()),
        Ok(Ok(body)) => Ok(body.to_bytes().into()),
    }
}

/// Reads one JSON object.
pub(crate) fn parse(body: &[u8]) -> Result<Value, Problem> {
    serde_json::from_slice(body).map(|Strict(value)| value).map_err(|error| {
        // Line and column only: the text of the error may quote what was sent.
        let place = format!("line {}, column {}", error.line(), error.column());
        Problem::from(Edge::BodyUnreadable)
            .detail(format!("Send one JSON object, each member once. See {place}."))
    })
}

fn declares_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = value.and_then(|value| value.split(';').next());
    kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// A request's body as JSON. An empty one reads as an object without members.
pub(crate) struct JsonBody(pub Value);

impl<S: Sync> FromRequest<S> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let declared = declares_json(request.headers());
        let body = read_body(request.into_body()).await?;
        if body.is_empty() {
            return Ok(Self(Value::Object(Map::new())));
        }
        if !declared {
            return Err(Edge::MediaTypeUnsupported.into());
        }
        parse(&body).map(Self)
    }
}

/// Takes members out of an object one by one and remembers what is wrong with them.
pub(crate) struct Members {
    map: Map<String, Value>,
    errors: Vec<FieldError>,
    first: Option<Edge>,
    refusal: Option<Refusal>,
}

impl Members {
    /// Begins with a request's body.
    pub fn of(body: Value) -> Result<Self, Problem> {
        match body {
            Value::Object(map) => Ok(Self::new(map)),
            _ => Err(Edge::BodyUnreadable.into()),
        }
    }

    fn new(map: Map<String, Value>) -> Self {
        Self { map, errors: Vec::new(), first: None, refusal: None }
    }

    /// Notes that a member is wrong.
    pub fn fault(&mut self, edge: Edge, name: &str, detail: &str) {
        self.first = self.first.or(Some(edge));
        self.note(name, edge.row().code, detail);
    }

    fn note(&mut self, name: &str, code: &'static str, detail: &str) {
        self.errors.push(FieldError { param: name.into(), code, detail: detail.into() });
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        self.map.remove(name).filter(|value| !value.is_null())
    }

    fn needed(&mut self, name: &str) -> Option<Value> {
        let value = self.take(name);
        if value.is_none() {
            self.fault(Edge::MemberMissing, name, "Add this member.");
        }
        value
    }

    fn as_text(&mut self, name: &str, value: Value, most: usize) -> Option<Text> {
        let Value::String(text) = value else {
            self.fault(Edge::MemberInvalid, name, "Send a text in quotes.");
            return None;
        };
        if text.is_empty() || text.chars().count() > most || text.chars().any(char::is_control) {
            let detail = format!("Send 1 to {most} characters, none of them a control character.");
            self.fault(Edge::MemberInvalid, name, &detail);
            return None;
        }
        Some(text.into())
    }

    /// A text that must be there.
    pub fn text(&mut self, name: &str, most: usize) -> Option<Text> {
        let value = self.needed(name)?;
        self.as_text(name, value, most)
    }

    /// A text that people type: what looks like a card number stays outside.
    pub fn free_text(&mut self, name: &str, most: usize) -> Option<Text> {
        let text = self.text(name, most)?;
        if looks_like_a_card(&text) {
            self.fault(Edge::CardNumber, name, Edge::CardNumber.row().remedy);
            return None;
        }
        Some(text)
    }

    /// An id that the caller made: 1 to 64 letters, digits, `-` and `_`. It becomes a part of a
    /// path when we ask about it, where `.` and `/` would lead elsewhere.
    pub fn own_id(&mut self, name: &str) -> Option<Text> {
        let text = self.free_text(name, 64)?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        if !text.bytes().all(plain) {
            let detail = "Send 1 to 64 letters of A to Z, digits, hyphens or underscores.";
            self.fault(Edge::MemberInvalid, name, detail);
            return None;
        }
        Some(text)
    }

    /// A text that may be there.
    pub fn text_if_any(&mut self, name: &str, most: usize) -> Option<Option<Text>> {
        match self.take(name) {
            None => Some(None),
            Some(value) => self.as_text(name, value, most).map(Some),
        }
    }

    /// An id that must be there.
    pub fn id<K: Kind>(&mut self, name: &str) -> Option<Id<K>> {
        let text = self.text(name, 64)?;
        self.as_id(name, &text)
    }

    /// An id that may be there.
    pub fn id_if_any<K: Kind>(&mut self, name: &str) -> Option<Option<Id<K>>> {
        match self.text_if_any(name, 64)? {
            None => Some(None),
            Some(text) => self.as_id(name, &text).map(Some),
        }
    }

    fn as_id<K: Kind>(&mut self, name: &str, text: &str) -> Option<Id<K>> {
        let id = text.parse().ok();
        if id.is_none() {
            let detail = format!("Send an id of this switch that begins with {}_.", K::PREFIX);
            self.fault(Edge::IdInvalid, name, &detail);
        }
        id
    }

    /// An object that must be there, to be read by somebody else.
    pub fn object(&mut self, name: &str) -> Option<Value> {
        let value = self.needed(name)?;
        if !value.is_object() {
            self.fault(Edge::MemberInvalid, name, "Send an object in braces.");
            return None;
        }
        Some(value)
    }

    /// One of a few words.
    pub fn word<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(name, 64)?;
        let found = words.iter().find(|(word, _)| *word == &*text).map(|(_, value)| *value);
        if found.is_none() {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.fault(Edge::MemberInvalid, name, &format!("Send one of: {}.", words.join(", ")));
        }
        found
    }

    /// One of a few words, or none.
    pub fn word_if_any<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Option<Option<T>> {
        let value = self.take(name);
        if value.is_none() {
            return Some(None);
        }
        self.map.extend(value.map(|value| (name.to_owned(), value)));
        self.word(name, words).map(Some)
    }

    /// A wallet's name that may be there.
    pub fn wallet_if_any(&mut self, name: &str) -> Option<Option<WalletName>> {
        let Some(text) = self.text_if_any(name, 64)? else { return Some(None) };
        let wallet = WalletName::new(&text).ok();
        if wallet.is_none() {
            let detail = "Send the name of a connected wallet, such as noren.";
            self.fault(Edge::MemberInvalid, name, detail);
        }
        wallet.map(Some)
    }

    /// A wallet that must be named.
    pub fn wallet(&mut self, name: &str) -> Option<WalletName> {
        match self.wallet_if_any(name)? {
            Some(wallet) => Some(wallet),
            None => {
                self.fault(Edge::MemberMissing, name, "Add this member.");
                None
            }
        }
    }

    /// A currency that must be there.
    pub fn currency(&mut self, name: &str) -> Option<Currency> {
        let text = self.text(name, 16)?;
        self.as_currency(name, &text)
    }

    /// A whole number that may be there.
    pub fn whole_if_any(&mut self, name: &str, range: RangeInclusive<u64>) -> Option<Option<u64>> {
        let Some(value) = self.take(name) else { return Some(None) };
        let number = value.as_u64().filter(|number| range.contains(number));
        if number.is_none() {
            let (least, most) = (range.start(), range.end());
            let detail = format!("Send a whole number from {least} to {most}.");
            self.fault(Edge::MemberInvalid, name, &detail);
        }
        number.map(Some)
    }

    /// A whole number that must be there, of either sign.
    pub fn signed(&mut self, name: &str) -> Option<i64> {
        let number = self.needed(name)?.as_i64();
        if number.is_none() {
            self.fault(Edge::MemberInvalid, name, "Send a whole number without quotes.");
        }
        number
    }

    /// An amount that must be there: a whole number of minor units and a currency. Zero and less
    /// are the engine's to refuse.
    pub fn money(&mut self, name: &'static str) -> Option<Money> {
        let value = self.needed(name)?;
        self.as_money(name, value)
    }

    /// An amount that may be there.
    pub fn money_if_any(&mut self, name: &'static str) -> Option<Option<Money>> {
        match self.take(name) {
            None => Some(None),
            Some(value) => self.as_money(name, value).map(Some),
        }
    }

    fn as_money(&mut self, name: &'static str, value: Value) -> Option<Money> {
        let Value::Object(map) = value else {
            let detail = r#"Send an object such as {"amount":1200,"currency":"JPY"}."#;
            self.fault(Edge::MemberInvalid, name, detail);
            return None;
        };
        let mut inner = Members::new(map);
        let minor = inner.needed("amount").and_then(|value| inner.as_minor(&value));
        let currency = inner.currency("currency");
        inner.note_unknown();
        self.first = self.first.or(inner.first);
        self.refusal = self.refusal.or(inner.refusal);
        self.errors.extend(
            inner
                .errors
                .into_iter()
                .map(|error| FieldError { param: format!("{name}.{}", error.param), ..error }),
        );
        Some(Money::new(minor?, currency?))
    }

    fn as_minor(&mut self, value: &Value) -> Option<i64> {
        if let Some(minor) = value.as_i64() {
            return Some(minor);
        }
        match value.as_f64() {
            None => self.fault(Edge::MemberInvalid, "amount", "Send a number without quotes."),
            // 2^63: what is not below it does not fit, fraction or not.
            Some(number) if number.abs() >= 9_223_372_036_854_775_808.0 => {
                let row = row_of(&Refusal::AmountTooLarge);
                self.refusal = self.refusal.or(Some(Refusal::AmountTooLarge));
                self.note("amount", row.code, row.remedy);
            }
            Some(_) => {
                let remedy = Edge::AmountNotInteger.row().remedy;
                self.fault(Edge::AmountNotInteger, "amount", remedy);
            }
        }
        None
    }

    fn as_currency(&mut self, name: &str, text: &str) -> Option<Currency> {
        let currency = text.parse().ok();
        if currency.is_none() {
            let remedy = Edge::CurrencyUnknown.row().remedy;
            self.fault(Edge::CurrencyUnknown, name, remedy);
        }
        currency
    }

    fn note_unknown(&mut self) {
        for name in std::mem::take(&mut self.map).into_iter().map(|(name, _)| name) {
            // The name is the caller's text: only as much of it as helps to find it.
            let name: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
            self.fault(Edge::MemberUnknown, &name, Edge::MemberUnknown.row().remedy);
        }
    }

    /// Gives the values when every member was good and none is left.
    pub fn done<T: Whole>(mut self, fields: T) -> Result<T::Values, Problem> {
        self.note_unknown();
        match (self.first, self.refusal, fields.whole()) {
            (None, None, Some(values)) => Ok(values),
            (None, Some(refusal), _) => {
                Err(Problem::refused_field(refusal, self.errors.first().map_or("", |e| &e.param)))
            }
            (first, _, _) => Err(Problem::fields(first.unwrap_or(Edge::Internal), self.errors)),
        }
    }
}

/// Members that were read, each good or noted as faulty.
pub(crate) trait Whole {
    /// All of them, good.
    type Values;

    /// All of them when all are good.
    fn whole(self) -> Option<Self::Values>;
}

macro_rules! whole {
    ($($name:ident)*) => {
        impl<$($name),*> Whole for ($(Option<$name>,)*) {
            type Values = ($($name,)*);

            #[allow(non_snake_case)]
            fn whole(self) -> Option<Self::Values> {
                let ($($name,)*) = self;
                Some(($($name?,)*))
            }
        }
    };
}

whole!();
whole!(A);
whole!(A B);
whole!(A B C);
whole!(A B C D);
whole!(A B C D E);
whole!(A B C D E F);
whole!(A B C D E F G);

/// 13 to 19 digits, perhaps in groups, whose check digit is right (Luhn): the switch stays
/// outside of the scope of card rules by not taking such texts in.
fn looks_like_a_card(text: &str) -> bool {
    let text = || text.chars().map(half_width);
    let digits: Vec<u32> = text().filter_map(|c| c.to_digit(10)).collect();
    let plain = text().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-'));
    let doubled = |(place, digit): (usize, &u32)| match place % 2 {
        0 => *digit,
        _ => digit * 2 / 10 + digit * 2 % 10,
    };
    let sum: u32 = digits.iter().rev().enumerate().map(doubled).sum();
    plain && (13..=19).contains(&digits.len()) && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use noren_core::id::StoreKind;
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_passes_the_check_digit_looks_like_a_card() {
        for card in [
            "4111111111111111",
            "4111 1111 1111 1111",
            "3782-822463-10005",
            "４１１１１１１１１１１１１１１１",
            "４１１１　１１１１－１１１１ 1111",
        ] {
            assert!(looks_like_a_card(card), "{card}");
        }
        for other in [
            "4111111111111112",
            "４１１１１１１１１１１１１１１２",
            "ORDER-4111111111111111",
            "20261121",
            "0",
        ] {
            assert!(!looks_like_a_card(other), "{other}");
        }
    }

    #[test]
    fn all_faulty_members_are_named_at_once() {
        let body = json!({
            "order_number": "", "store": "pay_1", "amount": {"amount": 12.5, "currency": "XXX", "x": 1},
            "colour": "red",
        });
        let mut members = Members::of(body).unwrap();
        let fields = (
            members.free_text("order_number", 64),
            members.id::<StoreKind>("store"),
            members.money("amount"),
        );
        let problem = format!("{:?}", members.done(fields).unwrap_err());
        for part in [
            "order_number",
            "id-invalid",
            "amount-not-integer",
            "amount.currency",
            "currency-unknown",
            "amount.x",
            "colour",
            "member-unknown",
        ] {
            assert!(problem.contains(part), "{part} is missing in {problem}");
        }
    }

    #[test]
    fn amounts_are_whole_and_fit() {
        let read = |amount: Value| {
            let mut members =
                Members::of(json!({"a": {"amount": amount, "currency": "JPY"}})).unwrap();
            let fields = (members.money("a"),);
            members.done(fields).map(|(money,)| money.minor()).map_err(|p| p.row().code)
        };
        assert_eq!(read(json!(1200)), Ok(1200));
        assert_eq!(read(json!(-5)), Ok(-5));
        assert_eq!(read(json!(1200.5)), Err("amount-not-integer"));
        assert_eq!(read(json!(1200.0)), Err("amount-not-integer"));
        assert_eq!(read(json!(u64::MAX)), Err("amount-too-large"));
        assert_eq!(read(json!("1200")), Err("member-invalid"));
        assert_eq!(read(json!(null)), Err("member-missing"));
    }
}
