//! The table of all routes. Other tests walk through it, and fail when a route is missing here.

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Anyone,
    Merchant,
    Operator,
    Wallet,
}

/// Method, path as in the document, who may call it.
pub const ROUTES: &[(&str, &str, Who)] = &[
    ("POST", "/v1/payments", Who::Merchant),
    ("GET", "/v1/payments", Who::Merchant),
    ("GET", "/v1/payments/{id}", Who::Merchant),
    ("POST", "/v1/payments/{id}/cancel", Who::Merchant),
    ("POST", "/v1/payments/{id}/void", Who::Merchant),
    ("POST", "/v1/payments/{id}/captures", Who::Merchant),
    ("POST", "/v1/orders/{order_number}/cancel", Who::Merchant),
    ("POST", "/v1/refunds", Who::Merchant),
    ("GET", "/v1/refunds", Who::Merchant),
    ("GET", "/v1/refunds/{id}", Who::Merchant),
    ("GET", "/v1/stray_receipts", Who::Merchant),
    ("GET", "/v1/events", Who::Merchant),
    ("GET", "/v1/events/stream", Who::Merchant),
    ("GET", "/v1/stores", Who::Merchant),
    ("GET", "/v1/stores/{id}/code", Who::Merchant),
    ("GET", "/v1/stores/{id}/receipt", Who::Merchant),
    ("PUT", "/v1/stores/{id}/receipt", Who::Merchant),
    ("POST", "/v1/tills", Who::Merchant),
    ("GET", "/v1/tills", Who::Merchant),
    ("POST", "/v1/tills/{till_id}/revoke", Who::Merchant),
    ("GET", "/v1/staff", Who::Merchant),
    ("PUT", "/v1/staff/{name}", Who::Merchant),
    ("DELETE", "/v1/staff/{name}", Who::Merchant),
    ("POST", "/v1/directory", Who::Operator),
    ("GET", "/v1/ledger/accounts", Who::Operator),
    ("GET", "/v1/ledger/totals", Who::Operator),
    ("GET", "/v1/doubt", Who::Operator),
    ("GET", "/v1/caps", Who::Operator),
    ("GET", "/v1/prefunding", Who::Operator),
    ("POST", "/v1/prefunding", Who::Operator),
    ("GET", "/v1/credits", Who::Operator),
    ("GET", "/v1/credits/{credit_id}", Who::Operator),
    ("POST", "/v1/credits/{credit_id}/assign", Who::Operator),
    ("POST", "/v1/credits/{credit_id}/return", Who::Operator),
    ("GET", "/v1/claims", Who::Operator),
    ("POST", "/v1/claims/{id}/close", Who::Operator),
    ("GET", "/v1/clock", Who::Operator),
    ("POST", "/v1/clock/accept", Who::Operator),
    ("POST", "/wallet/v1/codes/resolve", Who::Wallet),
    ("POST", "/wallet/v1/quotes", Who::Wallet),
    ("POST", "/wallet/v1/payments", Who::Wallet),
    ("POST", "/wallet/v1/payments/{payment_id}/confirm", Who::Wallet),
    ("POST", "/wallet/v1/payments/{payment_id}/fail", Who::Wallet),
    ("POST", "/wallet/v1/credits", Who::Wallet),
    ("POST", "/wallet/v1/notifications", Who::Wallet),
    ("GET", "/livez", Who::Anyone),
    ("GET", "/readyz", Who::Anyone),
    ("GET", "/version", Who::Anyone),
    ("GET", "/problems", Who::Anyone),
    ("GET", "/problems/{code}", Who::Anyone),
    ("GET", "/checkout/v1/payments/{id}", Who::Anyone),
    ("POST", "/checkout/v1/payments/{id}/wallet", Who::Anyone),
];

/// The path with ids in it.
pub fn filled(path: &str, payment: &str, refund: &str, store: &str) -> String {
    let id = match path {
        _ if path.contains("/refunds/") => refund,
        _ if path.contains("/stores/") => store,
        _ => payment,
    };
    path.replace("{id}", id)
        .replace("{payment_id}", payment)
        .replace("{credit_id}", "crd_0000000000000000000000001")
        .replace("{till_id}", "till_00000000000000000000")
        .replace("{name}", "Hana")
        .replace("{code}", "order-paid")
        .replace("{order_number}", "O-404")
}
