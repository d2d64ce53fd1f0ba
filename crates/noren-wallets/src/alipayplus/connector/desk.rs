//! What the connectors of both dialects do alike: sign and believe, ask to be paid, and fetch the
//! day's file.

use noren_core::directory::Shop;
use noren_core::id::OrderId;
use noren_core::money::Money;
use noren_core::time::{BusinessDate, Span, Timestamp};
use noren_core::wallet::{Call, OrderAsk, PayAsk, RefundAsk, Unknown};

use super::read;
use crate::alipayplus::codes::Code;
use crate::alipayplus::messages::{
    Address, Bare, Merchant, Order, OrderEnv, PayRequest, PaymentFactor, PaymentKey, PaymentMethod,
    RefundKey, RefundRequest, Scalar, SettlementStrategy, StatementRequest, Store,
};
use crate::alipayplus::signing::{sign_request, sign_response, verify_request, verify_response};
use crate::alipayplus::{CONTENT_TYPE, STATEMENT, json};
use crate::connector::Env;
use crate::instant;
use crate::link::Link;
use crate::statement::{StatementError, StatementStep, flat};
use crate::wire::{Request, Response, TransportError};

/// How long our order codes are good at most: a minute less than the network's bound, for clocks that
/// differ.
const ORDER_CODE_LASTS: Span = Span::seconds(29 * 60);

/// One end of a connection to the network, in one dialect.
#[derive(Clone, Debug)]
pub(super) struct Desk {
    pub(super) link: Link,
    /// Where the calls lie, below the network's address.
    pub(super) path: &'static str,
    /// Where news of payments arrive, below the switch's address.
    pub(super) notify_path: &'static str,
}

impl Desk {
    /// A call, signed.
    pub(super) fn post(&self, name: &str, body: Vec<u8>, env: Env) -> Request {
        let mut request = Request {
            method: "POST".into(),
            target: self.link.network.target(&format!("{}{name}", self.path)),
            headers: vec![("content-type".into(), CONTENT_TYPE.into())],
            body,
        };
        sign_request(&mut request, &self.link.client_id, &*self.link.sign, env.now);
        request
    }

    /// The body of an answer that can be believed.
    pub(super) fn believed<'a>(
        &self,
        request: &Request,
        response: &'a Response,
    ) -> Result<&'a [u8], Unknown> {
        // The business answer is always HTTP 200; whatever else comes is not the network's.
        if response.status != 200 {
            return Err(Unknown::Transport);
        }
        verify_response(response, request, &self.link.client_id, &*self.link.verify)
            .map_err(|_| Unknown::BadSignature)?;
        Ok(&response.body)
    }

    /// That a message comes from the network; `Err` is the answer when it does not.
    pub(super) fn is_from_network(&self, request: &Request, env: Env) -> Result<(), Response> {
        verify_request(request, &self.link.client_id, &*self.link.verify)
            .map_err(|_| self.result(request, Code::SignatureInvalid, env))
    }

    /// Our answer to a message of the network's, when it is nothing but a result.
    pub(super) fn result(&self, request: &Request, code: Code, env: Env) -> Response {
        self.signed(request, json(&Bare { result: code.said() }), env)
    }

    /// Our answer to a message of the network's.
    pub(super) fn signed(&self, request: &Request, body: Vec<u8>, env: Env) -> Response {
        let headers = vec![("content-type".into(), CONTENT_TYPE.into())];
        let mut response = Response { status: 200, headers, body };
        let (client_id, key) = (&self.link.client_id, &*self.link.sign);
        sign_response(&mut response, request, client_id, key, env.now);
        response
    }

    /// `pay` with the payer's code.
    pub(super) fn pay_request(&self, call: &Call, ask: &PayAsk) -> PayRequest {
        let meeting = ("PaymentCode", Some(ask.code.reveal().into()));
        let env = OrderEnv {
            store_terminal_id: Some(ask.shop.store.to_string().into()),
            store_terminal_request_time: Some(instant::print(ask.at).into()),
            ..OrderEnv::default()
        };
        let order = order(ask.order, &ask.order_number, ask.amount, &ask.shop, Some(env));
        self.in_store(call, meeting, order, None)
    }

    /// `pay` for a code that the payer scans. Later than the network allows the order's end is cut:
    /// it need not honour our time, and we cancel what it closed all the same.
    pub(super) fn order_request(&self, call: &Call, ask: &OrderAsk, now: Timestamp) -> PayRequest {
        let order = order(ask.order, &ask.order_number, ask.amount, &ask.shop, None);
        let ends = ask.expires_at.min(now.after(ORDER_CODE_LASTS));
        self.in_store(call, ("OrderCode", None), order, Some(ends))
    }

    fn in_store(
        &self,
        call: &Call,
        (scenario, code): (&str, Option<Scalar>),
        order: Order,
        ends: Option<Timestamp>,
    ) -> PayRequest {
        let amount = order.order_amount.clone();
        PayRequest {
            product_code: None,
            payment_request_id: call.about.to_string().into(),
            payment_method: PaymentMethod {
                payment_method_type: "CONNECT_WALLET".into(),
                payment_method_id: code,
            },
            payment_factor: Some(PaymentFactor {
                is_in_store_payment: Some("true".into()),
                in_store_payment_scenario: Some(scenario.into()),
                ..PaymentFactor::default()
            }),
            settlement_strategy: Some(SettlementStrategy {
                settlement_currency: amount.currency.clone(),
            }),
            payment_amount: amount,
            order,
            payment_expiry_time: ends.map(|at| instant::print(at).into()),
            payment_notify_url: Some(self.link.switch.url(self.notify_path).into()),
            payment_redirect_url: None,
        }
    }

    /// The call for the file of a business day.
    pub(super) fn statement_request(&self, date: BusinessDate, env: Env) -> Request {
        let asked = StatementRequest { statement_date: date.to_string().into() };
        self.post(STATEMENT, json(&asked), env)
    }

    /// The file of a business day.
    pub(super) fn statement(
        &self,
        date: BusinessDate,
        request: &Request,
        response: Result<&Response, TransportError>,
    ) -> Result<StatementStep, StatementError> {
        let response = response.map_err(|_| StatementError::Transport)?;
        let (client_id, key) = (&self.link.client_id, &*self.link.verify);
        verify_response(response, request, client_id, key)
            .map_err(|_| StatementError::BadSignature)?;
        let csv = response.header("content-type").is_some_and(|kind| kind.starts_with("text/csv"));
        if csv {
            return flat::read(date, &response.body).map(StatementStep::Read);
        }
        let said: Bare = read(&response.body)
            .map_err(|_| StatementError::Unreadable("neither a file nor a result".into()))?;
        match Code::read(&said.result) {
            Some(Code::OrderStatusInvalid) => Err(StatementError::NotYet),
            _ => Err(StatementError::Unreadable("the network refuses the call".into())),
        }
    }
}

/// The payment of a call, by our id of it.
pub(super) fn payment_key(call: &Call) -> PaymentKey {
    PaymentKey { payment_request_id: Some(call.about.to_string().into()), payment_id: None }
}

/// A refund, by our id of it.
pub(super) fn refund_key(ask: &RefundAsk) -> RefundKey {
    RefundKey { refund_request_id: Some(ask.refund.to_string().into()), refund_id: None }
}

/// `refund` of a payment.
pub(super) fn refund_request(payment: PaymentKey, ask: &RefundAsk) -> RefundRequest {
    RefundRequest {
        refund_request_id: ask.refund.to_string().into(),
        payment,
        refund_amount: ask.amount.into(),
        refund_notify_url: None,
    }
}

/// What is bought, and of whom.
pub(super) fn order(
    id: OrderId,
    number: &str,
    amount: Money,
    shop: &Shop,
    env: Option<OrderEnv>,
) -> Order {
    let name = || Some(shop.name.as_ref().into());
    let mcc = || Some(shop.mcc.as_ref().into());
    let description: String = format!("{} {number}", shop.name).chars().take(256).collect();
    Order {
        reference_order_id: id.to_string().into(),
        order_description: description.into(),
        order_amount: amount.into(),
        merchant: Some(Merchant {
            reference_merchant_id: Some(shop.merchant.to_string().into()),
            merchant_name: name(),
            merchant_display_name: name(),
            merchant_mcc: mcc(),
            merchant_address: Some(Address { region: Some("JP".into()) }),
            store: Some(Store {
                reference_store_id: Some(shop.store.to_string().into()),
                store_name: name(),
                store_mcc: mcc(),
            }),
        }),
        env,
    }
}
