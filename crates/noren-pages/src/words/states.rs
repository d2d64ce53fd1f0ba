//! What a payment or a refund is, in a word or two for lists, and why a wallet said no, in a sentence
//! that can be read out at the counter. One table for all screens, so that a state is called the same
//! everywhere.

use noren_core::wallet::DeclineReason;

use super::say;
use crate::Language;

/// The key for each name that a payment's member `status` carries (`noren_core::payment::State`).
pub const PAYMENT: [(&str, &str); 15] = [
    ("created", "state-created"),
    ("waiting_for_payer", "state-waiting-for-payer"),
    ("authorising", "state-authorising"),
    ("in_doubt", "state-in-doubt"),
    ("reversing", "state-reversing"),
    ("authorised", "state-authorised"),
    ("capturing", "state-capturing"),
    ("voiding", "state-voiding"),
    ("captured", "state-captured"),
    ("voided", "state-voided"),
    ("declined", "state-declined"),
    ("cancelled", "state-cancelled"),
    ("expired", "state-expired"),
    ("reversed", "state-reversed"),
    ("blocked", "state-blocked"),
];

/// The key for each name that a refund's member `status` carries (`noren_core::refund::RefundState`).
pub const REFUND: [(&str, &str); 6] = [
    ("requested", "state-refund-requested"),
    ("in_doubt", "state-refund-in-doubt"),
    ("waiting_for_funds", "state-refund-waiting-for-funds"),
    ("refunded", "state-refund-refunded"),
    ("declined", "state-refund-declined"),
    ("impossible", "state-refund-impossible"),
];

fn named(language: Language, table: &[(&str, &str)], name: &str) -> String {
    let key = table.iter().find(|(known, _)| *known == name).map(|(_, key)| *key);
    key.map_or_else(|| name.to_owned(), |key| say(language, key))
}

/// What a payment of that `status` is: `支払い済み`, `Paid`. A name that is not in the table reads as
/// itself; a test holds the table to the core's names.
pub fn state(language: Language, status: &str) -> String {
    named(language, &PAYMENT, status)
}

/// What a refund of that `status` is: `返金済み`, `Refunded`.
pub fn refund_state(language: Language, status: &str) -> String {
    named(language, &REFUND, status)
}

/// The key of [`decline`], for scripts.
pub const fn decline_key(reason: DeclineReason) -> &'static str {
    match reason {
        DeclineReason::Funds => "decline-funds",
        DeclineReason::Code => "decline-code",
        DeclineReason::Payer => "decline-payer",
        DeclineReason::GaveUp => "decline-gave-up",
        DeclineReason::Shop => "decline-shop",
        DeclineReason::Risk => "decline-risk",
        DeclineReason::Refund => "decline-refund",
        DeclineReason::Other => "decline-other",
    }
}

/// Why a wallet refused a payment, and what to do now.
pub fn decline(language: Language, reason: DeclineReason) -> String {
    say(language, decline_key(reason))
}

/// That a wallet refused a refund, and what to do now: the payer's balance and code do not matter
/// there, so it is one sentence whatever the reason.
pub fn refund_decline(language: Language) -> String {
    say(language, decline_key(DeclineReason::Refund))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The names in the function `name` of that type.
    fn names_in_core(source: &str, of: &str) -> BTreeSet<String> {
        let (_, body) = source.split_once(&format!("impl {of} {{")).expect(of);
        let (_, body) = body.split_once("const fn name(").expect("it has names");
        let (body, _) = body.split_once("\n    }\n").expect("it ends");
        body.split("=> \"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    }

    #[test]
    fn every_state_of_the_core_has_its_word_and_no_word_is_left_over() {
        let payment = include_str!("../../../noren-core/src/payment.rs");
        let refund = include_str!("../../../noren-core/src/refund.rs");
        for (source, of, table) in
            [(payment, "State", &PAYMENT[..]), (refund, "RefundState", &REFUND[..])]
        {
            let here: BTreeSet<String> = table.iter().map(|(name, _)| (*name).to_owned()).collect();
            assert_eq!(names_in_core(source, of), here, "{of}");
        }
    }

    #[test]
    fn keys_are_made_of_the_names_so_that_scripts_can_make_them_too() {
        for (name, key) in PAYMENT {
            assert_eq!(key, format!("state-{}", name.replace('_', "-")));
        }
        for (name, key) in REFUND {
            assert_eq!(key, format!("state-refund-{}", name.replace('_', "-")));
        }
    }

    #[test]
    fn a_state_is_said_in_the_reader_s_language() {
        assert_eq!(state(Language::Ja, "captured"), "支払い済み");
        assert_eq!(refund_state(Language::En, "refunded"), "Refunded");
        assert_eq!(state(Language::En, "never_heard_of"), "never_heard_of");
        assert!(decline(Language::Ko, DeclineReason::Funds).contains("잔액"));
        assert!(refund_decline(Language::En).contains("refund"));
    }
}
