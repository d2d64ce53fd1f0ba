//! `userInitiatedPay`: a user of the network has scanned a code of ours, and the network asks what it
//! costs. The answer is our permission to debit; what came of it is told by `notifyPayment`, and asked
//! for by the same ladder as everything else.
//!
//! Only the code that a till shows for one order: what a printed code costs its payer types, and the
//! question has no amount.

use noren_core::payment::State;
use noren_core::refusal::Refusal;

use super::desk::order;
use super::{AlipayPlusConnector, read};
use crate::alipayplus::codes::Code;
use crate::alipayplus::messages::{
    CodeOrder, CodeQuestion, CodeSaid, PaymentFactor, Scalar, SettlementStrategy,
};
use crate::alipayplus::refusals::refusal_code;
use crate::alipayplus::{NOTIFY_PATH, json};
use crate::connector::{CodeAsked, Env, Permitted};
use crate::instant;
use crate::wire::{Request, Response};

impl AlipayPlusConnector {
    pub(super) fn code_question(&self, request: &Request, env: Env) -> Result<CodeAsked, Response> {
        self.desk.is_from_network(request, env)?;
        let asked: CodeQuestion =
            read(&request.body).map_err(|_| self.desk.result(request, Code::ParamIllegal, env))?;
        Ok(CodeAsked {
            code: asked.code_value.as_str().to_owned(),
            payer: asked.customer_id.map(|id| id.as_str().to_owned()),
        })
    }

    pub(super) fn code_said(
        &self,
        request: &Request,
        permission: Result<&Permitted, &Refusal>,
        env: Env,
    ) -> Response {
        let permitted = match permission {
            Ok(permitted) => permitted,
            Err(Refusal::OrderUnknown | Refusal::PaymentUnknown) => {
                return self.desk.result(request, Code::InvalidPaymentCode, env);
            }
            Err(refusal) => return self.desk.result(request, refusal_code(refusal), env),
        };
        // A repeat, whose payment has gone on since.
        if !matches!(permitted.payment.state, State::Authorising(_)) {
            let ended = permitted.payment.state.is_final();
            let code = if ended { Code::OrderIsClosed } else { Code::OrderStatusInvalid };
            return self.desk.result(request, code, env);
        }
        let said = CodeSaid { result: Code::Success.said(), order: Some(self.offered(permitted)) };
        self.desk.signed(request, json(&said), env)
    }

    fn offered(&self, permitted: &Permitted) -> CodeOrder {
        let Permitted { payment, shop, until } = permitted;
        let text = |text: &str| Some(Scalar::from(text));
        CodeOrder {
            code_type: "ORDER_CODE".into(),
            payment_request_id: payment.id.to_string().into(),
            order: order(payment.order, &payment.order_number, payment.amount, shop, None),
            payment_amount: payment.amount.into(),
            payment_factor: PaymentFactor {
                is_in_store_payment: text("true"),
                in_store_payment_scenario: text("OrderCode"),
                ..PaymentFactor::default()
            },
            settlement_strategy: SettlementStrategy {
                settlement_currency: payment.amount.currency().alpha().into(),
            },
            payment_expiry_time: instant::print(*until).into(),
            payment_notify_url: self.desk.link.switch.url(NOTIFY_PATH).into(),
        }
    }
}
