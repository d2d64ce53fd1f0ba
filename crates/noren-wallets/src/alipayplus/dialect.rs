//! The two dialects, ACQP and Antom/AMS (`wallets/alipayplus` facts, section 1): one signature and one
//! table of codes, other paths and other answers.
//!
//! Whoever answers calls, the sandbox as the network and the facade as the switch, says what a payment
//! or a refund is in a [`PaymentView`] or a [`RefundView`]; here it becomes the dialect's answer.

use noren_core::money::Money;
use noren_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::ams::{
    PaymentMembers, PspCustomerInfo, RedirectActionForm, RefundMembers, Status, Transaction,
};
use super::codes::{Class, Code};
use super::messages::{CodeDetail, OrderCodeForm, PaymentSaid, Quote, RefundSaid};
use super::{AMS_PATH, AMS_SANDBOX_PATH, PATH};
use crate::instant;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// Alipay+, the acquirer's side.
    Acqp,
    /// Antom.
    Ams,
}

/// A call that is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    /// `pay`
    Pay,
    /// `inquiryPayment`
    InquiryPayment,
    /// `cancelPayment`; AMS: `cancel`
    Cancel,
    /// AMS: `capture`
    Capture,
    /// `refund`
    Refund,
    /// `inquiryRefund`
    InquiryRefund,
}

impl Api {
    /// The call of that name in a dialect.
    pub fn named(dialect: Dialect, name: &str) -> Option<Self> {
        match (dialect, name) {
            (_, "pay") => Some(Self::Pay),
            (_, "inquiryPayment") => Some(Self::InquiryPayment),
            (Dialect::Acqp, "cancelPayment") | (Dialect::Ams, "cancel") => Some(Self::Cancel),
            (Dialect::Ams, "capture") => Some(Self::Capture),
            (_, "refund") => Some(Self::Refund),
            (_, "inquiryRefund") => Some(Self::InquiryRefund),
            _ => None,
        }
    }
}

/// The dialect of a path, and the name of the call in it. SDKs of AMS put `sandbox` into the path for
/// client ids that begin so; nobody else may.
pub fn called<'a>(path: &'a str, client_id: &str) -> Option<(Dialect, &'a str)> {
    let trying = client_id.starts_with("SANDBOX_").then_some(AMS_SANDBOX_PATH);
    let ams = [Some(AMS_PATH), trying].into_iter().flatten().find_map(|at| path.strip_prefix(at));
    let acqp = path.strip_prefix(PATH).map(|call| (Dialect::Acqp, call));
    acqp.or(ams.map(|call| (Dialect::Ams, call)))
}

/// Where a client of AMS calls, as its SDKs do.
pub fn ams_path(client_id: &str) -> &'static str {
    if client_id.starts_with("SANDBOX_") { AMS_SANDBOX_PATH } else { AMS_PATH }
}

/// A payment, as both dialects show it.
#[derive(Clone, Debug)]
pub struct PaymentView {
    /// The merchant's id.
    pub request_id: String,
    /// The network's id.
    pub payment_id: String,
    /// Where it stands.
    pub code: Code,
    /// In the order's currency.
    pub amount: Money,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// `None`: not paid.
    pub paid: Option<PaidView>,
    /// While it can be paid.
    pub offer: Option<Offer>,
    /// Of a hold: until when it can be captured.
    pub held_until: Option<Timestamp>,
    /// What was captured and given back.
    pub moves: Vec<MoveView>,
}

/// What is said of a payment that was paid.
#[derive(Clone, Debug)]
pub struct PaidView {
    /// When.
    pub at: Timestamp,
    /// What the buyer was debited, where that is known.
    pub payer: Option<Money>,
    /// At which rate, where that is known.
    pub quote: Option<Quote>,
    /// What the merchant will receive, where that is known.
    pub settlement: Option<Money>,
    /// The wallet, as people know it.
    pub brand: Option<String>,
}

/// What an order's payer is shown, or sent to.
#[derive(Clone, Debug)]
pub enum Offer {
    /// The text of a QR code.
    Code {
        /// The text.
        text: String,
        /// Nobody can pay from then on.
        expires_at: Timestamp,
    },
    /// A page.
    Page {
        /// Its address.
        url: String,
    },
}

/// What a move of money is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoveKind {
    /// Taken of what was held.
    Capture,
    /// Given back.
    Refund,
}

/// A capture or a refund, in a payment's list.
#[derive(Clone, Debug)]
pub struct MoveView {
    /// What it is.
    pub kind: MoveKind,
    /// The merchant's id, where it has one.
    pub request_id: Option<String>,
    /// The network's id.
    pub id: String,
    /// Where it stands.
    pub code: Code,
    /// In the order's currency.
    pub amount: Money,
    /// When it ended.
    pub at: Option<Timestamp>,
}

/// A refund, as both dialects show it.
#[derive(Clone, Debug)]
pub struct RefundView {
    /// The merchant's id.
    pub request_id: String,
    /// The network's id.
    pub refund_id: String,
    /// The network's id of the payment.
    pub payment_id: String,
    /// Where it stands.
    pub code: Code,
    /// In the order's currency.
    pub amount: Money,
    /// What the buyer got, where that is known.
    pub payer: Option<Money>,
    /// What the merchant will pay, where that is known.
    pub settlement: Option<Money>,
    /// When it ended.
    pub at: Option<Timestamp>,
}

/// The word of AMS for where something stands.
pub const fn status_word(class: Class) -> &'static str {
    match class {
        Class::Done => Status::Success.word(),
        Class::Working | Class::Unsure | Class::PoolEmpty => Status::Processing.word(),
        Class::OrderCancelled => Status::Cancelled.word(),
        Class::No(_)
        | Class::Call
        | Class::OrderUnknown
        | Class::OrderClosed
        | Class::OrderState
        | Class::CancelWindow
        | Class::RefundLimit => Status::Fail.word(),
    }
}

impl PaymentView {
    /// The members that all answers share.
    fn members(&self, dialect: Dialect) -> PaymentSaid {
        let paid = self.paid.as_ref();
        let settlement = paid.and_then(|paid| paid.settlement).map(Into::into);
        let brand = paid.and_then(|paid| paid.brand.as_deref());
        let held_until = self.held_until.filter(|_| paid.is_some());
        let said = PaymentSaid {
            payment_request_id: Some(self.request_id.as_str().into()),
            payment_id: Some(self.payment_id.as_str().into()),
            payment_time: paid.map(|paid| instant::print(paid.at).into()),
            actual_payment_amount: paid.and_then(|paid| paid.payer).map(Into::into),
            payment_quote: paid.and_then(|paid| paid.quote.clone()),
            ..PaymentSaid::default()
        };
        match dialect {
            Dialect::Acqp => PaymentSaid {
                payment_amount: paid.map(|_| self.amount.into()),
                wallet_brand_name: brand.map(Into::into),
                settlement_amount: settlement,
                ..said
            },
            Dialect::Ams => PaymentSaid {
                payment_amount: Some(self.amount.into()),
                ams: PaymentMembers {
                    auth_expiry_time: held_until.map(|at| instant::print(at).into()),
                    payment_create_time: Some(instant::print(self.created_at).into()),
                    gross_settlement_amount: settlement,
                    psp_customer_info: brand.map(|name| PspCustomerInfo { psp_name: name.into() }),
                    ..PaymentMembers::default()
                },
                ..said
            },
        }
    }

    /// The answer to `pay`.
    pub fn pay_said(&self, dialect: Dialect) -> PaymentSaid {
        let mut said = PaymentSaid { result: Some(self.code.said()), ..self.members(dialect) };
        match &self.offer {
            None => {}
            Some(Offer::Code { text, expires_at }) => {
                let detail = CodeDetail {
                    code_value_type: "QRCODE".into(),
                    code_value: text.as_str().into(),
                    display_type: "TEXT".into(),
                };
                said.order_code_form = Some(OrderCodeForm {
                    payment_method_type: Some("CONNECT_WALLET".into()),
                    expire_time: Some(instant::print(*expires_at).into()),
                    code_details: vec![detail],
                });
            }
            Some(Offer::Page { url }) => {
                said.normal_url = Some(url.as_str().into());
                let redirect_url = url.as_str().into();
                let form = RedirectActionForm { method: "GET".into(), redirect_url };
                said.ams.redirect_action_form = Some(form).filter(|_| dialect == Dialect::Ams);
            }
        }
        said
    }

    /// The answer to `inquiryPayment`: the call worked, and the payment stands so.
    pub fn inquiry_said(&self, dialect: Dialect) -> PaymentSaid {
        let mut said = PaymentSaid { result: Some(Code::Success.said()), ..self.members(dialect) };
        match dialect {
            Dialect::Acqp => said.payment_result = Some(self.code.said()),
            Dialect::Ams => {
                said.ams.payment_status = Some(status_word(self.code.class()).into());
                said.ams.payment_result_code = Some(self.code.name().into());
                let moves: Vec<_> = self.moves.iter().map(MoveView::said).collect();
                said.ams.transactions = (!moves.is_empty()).then_some(moves);
            }
        }
        said
    }

    /// The body of `notifyPayment`.
    pub fn notice(&self, dialect: Dialect) -> PaymentSaid {
        let mut said = self.members(dialect);
        match dialect {
            Dialect::Acqp => said.payment_result = Some(self.code.said()),
            Dialect::Ams => {
                said.result = Some(self.code.said());
                said.ams.notify_type = Some("PAYMENT_RESULT".into());
            }
        }
        said
    }
}

impl MoveView {
    fn said(&self) -> Transaction {
        let kind = match self.kind {
            MoveKind::Capture => "CAPTURE",
            MoveKind::Refund => "REFUND",
        };
        Transaction {
            transaction_result: self.code.said(),
            transaction_id: self.id.as_str().into(),
            transaction_type: kind.into(),
            transaction_status: status_word(self.code.class()).into(),
            transaction_amount: self.amount.into(),
            transaction_request_id: self.request_id.as_deref().map(Into::into),
            transaction_time: self.at.map(|at| instant::print(at).into()),
        }
    }
}

impl RefundView {
    fn members(&self, dialect: Dialect) -> RefundSaid {
        let done = self.code.class() == Class::Done;
        let settlement = self.settlement.filter(|_| done).map(Into::into);
        let said = RefundSaid {
            refund_request_id: Some(self.request_id.as_str().into()),
            refund_id: Some(self.refund_id.as_str().into()),
            actual_refund_amount: self.payer.filter(|_| done).map(Into::into),
            ..RefundSaid::default()
        };
        match dialect {
            Dialect::Acqp => RefundSaid {
                refund_amount: done.then(|| self.amount.into()),
                settlement_amount: settlement,
                ..said
            },
            Dialect::Ams => RefundSaid {
                refund_amount: Some(self.amount.into()),
                ams: RefundMembers {
                    payment_id: Some(self.payment_id.as_str().into()),
                    refund_time: self.at.filter(|_| done).map(|at| instant::print(at).into()),
                    gross_settlement_amount: settlement,
                    ..RefundMembers::default()
                },
                ..said
            },
        }
    }

    /// The answer to `refund`.
    pub fn refund_said(&self, dialect: Dialect) -> RefundSaid {
        RefundSaid { result: Some(self.code.said()), ..self.members(dialect) }
    }

    /// The answer to `inquiryRefund`.
    pub fn inquiry_said(&self, dialect: Dialect) -> RefundSaid {
        let mut said = RefundSaid { result: Some(Code::Success.said()), ..self.members(dialect) };
        match dialect {
            Dialect::Acqp => said.refund_result = Some(self.code.said()),
            Dialect::Ams => {
                said.ams.refund_status = Some(status_word(self.code.class()).into());
            }
        }
        said
    }

    /// The body of AMS's `notifyRefund`.
    pub fn notice(&self) -> RefundSaid {
        let mut said = self.refund_said(Dialect::Ams);
        said.ams.notify_type = Some("REFUND_RESULT".into());
        said.ams.refund_status = Some(status_word(self.code.class()).into());
        said
    }
}
