//! Orders as a merchant sees them.

use noren_core::Text;
use noren_core::id::{MerchantId, OrderId};
use noren_core::keys;
use noren_core::money::Money;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Amount, At, Payment};

/// `POST /v1/orders/{order_number}/cancel`: no member yet; the body may be left out.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub struct OrderCancelNew {}

/// What a merchant wants paid, or wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Order {
    /// `order`.
    pub object: &'static str,
    /// Begins with `ord_`.
    #[schema(value_type = String)]
    pub id: OrderId,
    /// When it was first heard of.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: At,
    /// True when the money is real.
    pub livemode: bool,
    /// Your own number for the order.
    #[schema(value_type = String)]
    pub order_number: Text,
    /// Whose order it is.
    #[schema(value_type = String)]
    pub merchant: MerchantId,
    /// `wanted`, or `withdrawn`: no payment of it begins any more.
    #[schema(example = "withdrawn")]
    pub status: &'static str,
    /// When it was withdrawn.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub withdrawn_at: Option<At>,
    /// What is or was wanted; nothing when the order was withdrawn before it came.
    #[schema(value_type = Option<Amount>)]
    pub amount: Option<Money>,
    /// The latest attempt to have it paid.
    pub payment: Option<Payment>,
}

impl Order {
    /// An order as its merchant sees it.
    pub fn of(order: &keys::Order, payment: Option<Payment>, livemode: bool) -> Self {
        let withdrawn_at = order.withdrawn_at();
        Self {
            object: "order",
            id: order.id,
            created_at: At(order.at),
            livemode,
            order_number: order.name.number.clone(),
            merchant: order.name.merchant,
            status: if withdrawn_at.is_some() { "withdrawn" } else { "wanted" },
            withdrawn_at: withdrawn_at.map(At),
            amount: order.wanted().map(|wanted| wanted.amount),
            payment,
        }
    }
}
