//! The problems that the calls of a sale can be answered with: their sentences go along with the page.
//! What is not in the list has words all the same: the script's own for a sale that was not accepted.

/// Codes as below `/problems`.
pub(super) const PROBLEMS: &[&str] = &[
    // The till itself, or this program, has made a mistake.
    "amount-not-integer",
    "amount-not-positive",
    "body-too-large",
    "body-unreadable",
    "card-number-refused",
    "currency-unknown",
    "id-invalid",
    "idempotency-key-invalid",
    "idempotency-key-missing",
    "key-reused",
    "media-type-unsupported",
    "member-invalid",
    "member-missing",
    "member-unknown",
    "method-not-allowed",
    "order-amount-differs",
    "payment-unknown",
    "route-unknown",
    "till-foreign",
    // The amount.
    "amount-over-limit",
    "amount-too-large",
    "merchant-day-limit",
    "payer-day-limit",
    "wallet-over-limit",
    // The shop.
    "currency-differs",
    "not-allowed",
    "shop-retired",
    "shop-suspended",
    "shop-unknown",
    "store-code-impossible",
    // The payer's code and wallet.
    "corridor-closed",
    "payment-code-unroutable",
    "payment-code-used",
    "push-rail-only",
    "quote-needed",
    "settlement-rate-missing",
    "wallet-not-accepted",
    "wallet-over-cap",
    "wallet-retired",
    "wallet-suspended",
    "wallet-unknown",
    // The order.
    "capture-running",
    "order-being-paid",
    "order-closed",
    "order-expired",
    "order-paid",
    "order-withdrawn",
    "payment-blocked",
    "payment-captured",
    "payment-in-doubt",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Language, words};

    #[test]
    fn every_problem_of_a_sale_has_words() {
        for code in PROBLEMS {
            assert_ne!(words::problem(Language::Ja, code), format!("problem-{code}"));
        }
    }
}
