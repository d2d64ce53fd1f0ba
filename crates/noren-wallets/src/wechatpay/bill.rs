//! The day's file: a CSV whose fields begin with a back-tick, with a line of sums at its end.
//!
//! Columns and form are those of the domestic bill (`ALL`), from public parsers of it. **Ours**: that
//! the global file has the same columns, that amounts have the decimals of their currency, that
//! commas in free text are written as spaces, and that a day without movement has a file.

use std::collections::BTreeSet;

use noren_core::money::{Currency, Money};
use noren_core::time::Timestamp;

use super::time;
use crate::statement::{Line, LineKind};

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// Somebody paid.
    Success,
    /// Money went back for a refund.
    Refund,
    /// What was left of a scanned payment went back by a reverse.
    Revoked,
}

impl RowKind {
    const ALL: [Self; 3] = [Self::Success, Self::Refund, Self::Revoked];

    const fn name(self) -> &'static str {
        match self {
            Self::Success => "SUCCESS",
            Self::Refund => "REFUND",
            Self::Revoked => "REVOKED",
        }
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it is.
    pub kind: RowKind,
    /// When, to the second.
    pub at: Timestamp,
    /// The merchant's application.
    pub appid: String,
    /// The merchant or institution.
    pub mchid: String,
    /// The sub-merchant, or empty.
    pub sub_mchid: String,
    /// The network's id of the order.
    pub transaction: String,
    /// The merchant's number of the order.
    pub out_trade_no: String,
    /// The user.
    pub openid: String,
    /// `NATIVE`, `MICROPAY`, …
    pub trade_type: String,
    /// What was paid, or what went back.
    pub amount: Money,
    /// Of a refund: the network's id and the merchant's number.
    pub refund: Option<(String, String)>,
    /// What was bought.
    pub description: String,
}

const HEADER: [&str; 27] = [
    "交易时间",
    "公众账号ID",
    "商户号",
    "特约商户号",
    "设备号",
    "微信订单号",
    "商户订单号",
    "用户标识",
    "交易类型",
    "交易状态",
    "付款银行",
    "货币种类",
    "应结订单金额",
    "代金券金额",
    "微信退款单号",
    "商户退款单号",
    "退款金额",
    "充值券退款金额",
    "退款类型",
    "退款状态",
    "商品名称",
    "商户数据包",
    "手续费",
    "费率",
    "订单金额",
    "申请退款金额",
    "费率备注",
];
const SUMS: [&str; 7] = [
    "总交易单数",
    "应结订单总金额",
    "退款总金额",
    "充值券退款总金额",
    "手续费总金额",
    "订单总金额",
    "申请退款总金额",
];

/// Writes a file of rows that are all in `currency`.
pub fn write(rows: &[Row], currency: Currency) -> String {
    let zero = decimal(Money::zero(currency));
    let mut out = format!("{}\r\n", HEADER.join(","));
    for row in rows {
        let (amount, back) = match row.kind {
            RowKind::Success => (decimal(row.amount), zero.clone()),
            RowKind::Refund | RowKind::Revoked => (zero.clone(), decimal(row.amount)),
        };
        let (refund, out_refund) = row.refund.clone().unwrap_or(("0".into(), "0".into()));
        let (way, status) = match row.kind {
            RowKind::Success => ("", ""),
            RowKind::Refund | RowKind::Revoked => ("ORIGINAL", "SUCCESS"),
        };
        let at = time::bill(row.at);
        let sub = if row.sub_mchid.is_empty() { "0" } else { &row.sub_mchid };
        let fields = [
            &at,
            &row.appid,
            &row.mchid,
            sub,
            "",
            &row.transaction,
            &row.out_trade_no,
            &row.openid,
            &row.trade_type,
            row.kind.name(),
            "OTHERS",
            currency.alpha(),
            &amount,
            &zero,
            &refund,
            &out_refund,
            &back,
            &zero,
            way,
            status,
            &row.description,
            "",
            "0.00000",
            "0.00%",
            &amount,
            &back,
            "",
        ];
        out.push_str(&line(&fields));
    }
    let sum = |wanted: fn(RowKind) -> bool| {
        let rows = rows.iter().filter(|row| wanted(row.kind));
        decimal(Money::new(rows.map(|row| row.amount.minor()).sum(), currency))
    };
    let (paid, back) = (sum(|kind| kind == RowKind::Success), sum(|kind| kind != RowKind::Success));
    let count = rows.len().to_string();
    out.push_str(&format!("{}\r\n", SUMS.join(",")));
    out.push_str(&line(&[&count, &paid, &back, &zero, "0.00000", &paid, &back]));
    out
}

fn line(fields: &[&str]) -> String {
    let plain = |text: &&str| format!("`{}", text.replace([',', '\r', '\n', '`'], " "));
    let fields: Vec<String> = fields.iter().map(plain).collect();
    format!("{}\r\n", fields.join(","))
}

/// Reads a file; `Err` says what is wrong with it. The line of sums must fit the rows, so a file that
/// was cut short is none.
pub fn read(text: &str) -> Result<Vec<Row>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let columns = Columns::find(&names)?;
    let mut rows = Vec::new();
    loop {
        let line = lines.next().ok_or("there is no line of sums")?;
        if line.starts_with(SUMS[0]) {
            break;
        }
        let fields = fields(line, names.len()).ok_or("a row has not the columns of the header")?;
        rows.push(
            columns.row(&fields).ok_or_else(|| format!("row {} is unclear", rows.len() + 1))?,
        );
    }
    let sums = lines.next().and_then(|line| fields(line, SUMS.len()));
    let sums = sums.ok_or("the line of sums is cut off")?;
    if lines.any(|line| !line.trim().is_empty()) {
        return Err("something follows the line of sums".into());
    }
    if sums[0] != rows.len().to_string() || !adds_up(&rows, sums[1], sums[2]) {
        return Err("the line of sums does not fit the rows".into());
    }
    Ok(rows)
}

fn adds_up(rows: &[Row], paid: &str, back: &str) -> bool {
    let Some(first) = rows.first() else { return true };
    let currency = first.amount.currency();
    let sum = |success: bool| {
        let rows = rows.iter().filter(|row| (row.kind == RowKind::Success) == success);
        rows.map(|row| i128::from(row.amount.minor())).sum::<i128>()
    };
    let said = |text| parse(text, currency).map(|money| i128::from(money.minor()));
    rows.iter().all(|row| row.amount.currency() == currency)
        && said(paid) == Some(sum(true))
        && said(back) == Some(sum(false))
}

/// The fields of a line, each without its back-tick.
fn fields(line: &str, count: usize) -> Option<Vec<&str>> {
    let fields: Option<Vec<&str>> = line.split(',').map(|field| field.strip_prefix('`')).collect();
    fields.filter(|fields| fields.len() == count)
}

/// Where the columns are that we read.
struct Columns {
    at: usize,
    appid: usize,
    mchid: usize,
    sub_mchid: usize,
    transaction: usize,
    out_trade_no: usize,
    openid: usize,
    trade_type: usize,
    state: usize,
    currency: usize,
    amount: usize,
    refund: usize,
    out_refund_no: usize,
    back: usize,
    description: usize,
}

impl Columns {
    fn find(names: &[&str]) -> Result<Self, String> {
        let at = |name: &str| {
            let found = names.iter().position(|known| *known == name);
            found.ok_or_else(|| format!("there is no column {name}"))
        };
        Ok(Self {
            at: at(HEADER[0])?,
            appid: at(HEADER[1])?,
            mchid: at(HEADER[2])?,
            sub_mchid: at(HEADER[3])?,
            transaction: at(HEADER[5])?,
            out_trade_no: at(HEADER[6])?,
            openid: at(HEADER[7])?,
            trade_type: at(HEADER[8])?,
            state: at(HEADER[9])?,
            currency: at(HEADER[11])?,
            amount: at(HEADER[24])?,
            refund: at(HEADER[14])?,
            out_refund_no: at(HEADER[15])?,
            back: at(HEADER[25])?,
            description: at(HEADER[20])?,
        })
    }

    fn row(&self, fields: &[&str]) -> Option<Row> {
        let text = |at: usize| fields[at].to_owned();
        let kind = RowKind::ALL.into_iter().find(|kind| kind.name() == fields[self.state])?;
        let currency: Currency = fields[self.currency].parse().ok()?;
        let amount = match kind {
            RowKind::Success => fields[self.amount],
            RowKind::Refund | RowKind::Revoked => fields[self.back],
        };
        let refund = match kind {
            RowKind::Success | RowKind::Revoked => None,
            RowKind::Refund => Some((text(self.refund), text(self.out_refund_no))),
        };
        let sub_mchid = text(self.sub_mchid);
        let named = !fields[self.transaction].is_empty() && !fields[self.out_trade_no].is_empty();
        named.then_some(())?;
        Some(Row {
            kind,
            at: time::bill_read(fields[self.at])?,
            appid: text(self.appid),
            mchid: text(self.mchid),
            sub_mchid: if sub_mchid == "0" { String::new() } else { sub_mchid },
            transaction: text(self.transaction),
            out_trade_no: text(self.out_trade_no),
            openid: text(self.openid),
            trade_type: text(self.trade_type),
            amount: parse(amount, currency)?,
            refund,
            description: text(self.description),
        })
    }
}

/// What the rows of a file say to our books. A payment that was reversed on its own day never stood,
/// and leaves no line, nor do its refunds. One that was reversed on a later day is money that went
/// back, under no number of ours.
pub fn lines(rows: &[Row]) -> Vec<Line> {
    let of_kind = |wanted: RowKind| {
        let rows = rows.iter().filter(move |row| row.kind == wanted);
        rows.map(|row| row.out_trade_no.as_str()).collect::<BTreeSet<&str>>()
    };
    let (paid, revoked) = (of_kind(RowKind::Success), of_kind(RowKind::Revoked));
    let gone = |row: &&Row| {
        let id = row.out_trade_no.as_str();
        paid.contains(id) && revoked.contains(id)
    };
    let line = |row: &Row| {
        let (kind, asked_as, transaction) = match (row.kind, &row.refund) {
            (RowKind::Success, _) => {
                (LineKind::Payment, Some(row.out_trade_no.clone()), row.transaction.clone())
            }
            (RowKind::Refund | RowKind::Revoked, Some((id, out_refund_no))) => {
                (LineKind::Refund, Some(out_refund_no.clone()), id.clone())
            }
            (RowKind::Refund | RowKind::Revoked, None) => {
                (LineKind::Refund, None, row.transaction.clone())
            }
        };
        Line {
            kind,
            asked_as,
            payment: row.out_trade_no.clone(),
            transaction,
            amount: row.amount,
            payer: None,
            at: Some(row.at),
        }
    };
    rows.iter().filter(|row| !gone(row)).map(line).collect()
}

/// An amount with the decimals of its currency: `1200` yen, `58.08` yuan.
pub fn decimal(money: Money) -> String {
    let shown = money.to_string();
    shown.split_once(' ').map_or_else(String::new, |(_, digits)| digits.to_owned())
}

/// Reads such an amount. No float is involved.
pub fn parse(text: &str, currency: Currency) -> Option<Money> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let exponent = usize::from(currency.exponent());
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    // A currency without decimals may be written with some, if they are zeros.
    let (kept, zeros) = fraction.split_at_checked(exponent).unwrap_or((fraction, ""));
    let plain =
        !whole.is_empty() && digits(whole) && digits(kept) && zeros.bytes().all(|b| b == b'0');
    if !plain || text.ends_with('.') {
        return None;
    }
    let minor = format!("{whole}{kept:0<exponent$}").parse().ok()?;
    Some(Money::new(minor, currency))
}
