//! One call of a till: who calls, whom the switch is asked through, and how payments are found.

use noren_core::payment::Payment;
use serde_json::Value;

use super::codes::refused;
use super::ids::{created_at, transaction_of};
use super::memo::Memo;
use super::stand::Stand;
use crate::connector::Env;
use crate::facade::{Account, Shown, Till, memo_of};
use crate::linepay::NAME;
use crate::linepay::codes::Code;
use crate::linepay::endpoints::{Deal, Version};
use crate::linepay::messages::{Text, TransactionId};
use crate::linepay::signing::NONCE;
use crate::wire::Request;

/// A nonce is a UUID or a time; nothing longer is kept. Ours.
const NONCE_MAX: usize = 100;

/// The member `info`, or the code that says why not.
pub type Said = Result<Option<Value>, Code>;

/// One call.
pub struct Desk<'a> {
    pub account: &'a Account,
    pub till: &'a dyn Till,
    pub env: Env,
    /// Tells this call from the next one.
    pub call: String,
}

/// A payment of this channel.
pub struct Known {
    pub shown: Shown,
    pub memo: Memo,
}

impl Known {
    pub fn payment(&self) -> &Payment {
        &self.shown.payment
    }

    pub fn stand(&self) -> Stand {
        Stand::of(self.payment())
    }

    pub fn transaction(&self) -> TransactionId {
        transaction_of(self.payment().id)
    }

    pub fn order_id(&self) -> Text {
        Text(self.payment().order_number.to_string())
    }
}

impl<'a> Desk<'a> {
    /// For a call whose signature was checked.
    pub fn new(
        account: &'a Account,
        till: &'a dyn Till,
        (request, version): (&Request, Version),
        env: Env,
    ) -> Result<Self, Code> {
        let call = match version {
            // Nothing in a message of v2 tells a repeat from another call.
            Version::V2 => format!("{:032x}", env.nonce),
            // Signed with the rest, so whoever sends a message again sends its nonce again.
            Version::V3 | Version::V4 => {
                let nonce = request.header(NONCE).filter(|nonce| nonce.len() <= NONCE_MAX);
                nonce.ok_or(Code::HeaderError)?.to_owned()
            }
        };
        Ok(Self { account, till, env, call })
    }

    /// A payment as this channel may see it: its own. Other channels and other APIs of the same
    /// merchant have theirs, which do not exist here.
    pub fn known(&self, shown: Shown) -> Option<Known> {
        let (channel, text) = memo_of(shown.payment.memo.as_ref(), NAME)?;
        let memo = Memo::read(text).filter(|_| channel == self.account.link.client_id)?;
        Some(Known { shown, memo })
    }

    /// All payments that a transaction's id names: one, or none, or once in a blue moon two.
    pub async fn named(&self, id: TransactionId) -> Result<Vec<Known>, Code> {
        let all = self.till.created_at(created_at(id)).await.map_err(refused)?;
        let named = all.into_iter().filter(|shown| transaction_of(shown.payment.id) == id);
        Ok(named.filter_map(|shown| self.known(shown)).collect())
    }

    /// The same without those that came to nothing, where there are several.
    pub async fn named_alive(&self, id: TransactionId) -> Result<Vec<Known>, Code> {
        let mut named = self.named(id).await?;
        if named.len() > 1 {
            named.retain(|known| known.stand() != Stand::Closed);
        }
        Ok(named)
    }

    /// The payment of a transaction. Where the name is ambiguous nothing is done by it: one of the
    /// two is an order that is not given out (see [`Self::order`]), or the till names its scanned
    /// codes by their order ids.
    pub async fn transaction(&self, id: TransactionId) -> Result<Known, Code> {
        let mut named = self.named_alive(id).await?;
        match (named.pop(), named.is_empty()) {
            (None, _) => Err(Code::NoTransaction),
            (Some(known), true) => Ok(known),
            (Some(_), false) => Err(Code::InternalError),
        }
    }

    /// The last payment of an order.
    pub async fn order_numbered(&self, number: &str) -> Result<Known, Code> {
        let found = self.till.order(number).await.map_err(refused)?;
        let last = found.and_then(|found| found.last);
        last.and_then(|shown| self.known(shown)).ok_or(Code::NoTransaction)
    }

    /// The payment that a call names, by whichever id.
    pub async fn deal(&self, deal: &Deal) -> Result<Known, Code> {
        match deal {
            Deal::Transaction(id) => self.transaction(*id).await,
            Deal::Order(_, number) => self.order_numbered(number).await,
        }
    }
}
