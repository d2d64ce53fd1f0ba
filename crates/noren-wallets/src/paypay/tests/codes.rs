//! The table of result codes, row by row: what each result decides in the answer to each call.

use crate::paypay::codes::{
    Class, Code, Http, Meaning, of_cancel, of_capture, of_code_delete, of_look, of_payment,
    of_refund, of_refund_look, of_revert,
};
use crate::paypay::messages::ResultInfo;

/// Every result of the `wallets/paypay` facts, section 6, with the words that the vendor's SDK guides
/// add, and three of ours. Columns: word, number (`-`: none known), HTTP status; then its meaning in
/// the answer to pay or order, inquiry, code deletion, cancel, revert, capture, refund, refund inquiry.
const TABLE: &str = "
SUCCESS                               08100001 200 read    read     cancel cancel   read     read    read    read
SUCCESS                               08100001 201 read    read     cancel cancel   read     read    read    read
REQUEST_ACCEPTED                      08100001 202 pending broken   unsure cancel   unsure   pending pending broken
USER_CONFIRMATION_REQUIRED            08300103 202 pending broken   broken broken   broken   pending broken  broken
INVALID_REQUEST_PARAMS                08100006 400 broken  broken   broken broken   broken   broken  broken  broken
MISSING_REQUEST_PARAMS                08100024 400 broken  broken   broken broken   broken   broken  broken  broken
UNAUTHORIZED                          08100016 401 broken  broken   broken broken   broken   broken  broken  broken
OP_OUT_OF_SCOPE                       08100023 401 broken  broken   broken broken   broken   broken  broken  broken
OPA_CLIENT_NOT_FOUND                  08100007 404 broken  broken   broken broken   broken   broken  broken  broken
RATE_LIMIT                            08100998 429 unsure  unsure   unsure unsure   unsure   unsure  unsure  unsure
SERVICE_ERROR                         08100026 500 unsure  unsure   unsure unsure   unsure   unsure  unsure  unsure
INTERNAL_SERVER_ERROR                 08101000 500 unsure  unsure   unsure unsure   unsure   unsure  unsure  unsure
MAINTENANCE_MODE                      08100999 503 unsure  unsure   unsure unsure   unsure   unsure  unsure  unsure
DUPLICATE_DYNAMIC_QR_REQUEST          01652073 400 unsure  broken   broken broken   broken   broken  broken  broken
DYNAMIC_QR_BAD_REQUEST                01650000 400 broken  broken   broken broken   broken   broken  broken  broken
DYNAMIC_QR_PAYMENT_NOT_FOUND          01652075 400 broken  notfound broken toolate  broken   broken  broken  notfound
DYNAMIC_QR_ALREADY_PAID               01652074 400 broken  broken   next   broken   broken   broken  broken  broken
DYNAMIC_QR_NOT_FOUND                  01652072 404 broken  notfound next   broken   broken   broken  broken  broken
ORDER_NOT_REVERSIBLE                  00200044 400 broken  broken   broken toolate  toolate  next    next    broken
ORDER_NOT_CANCELABLE                  00200042 400 broken  broken   broken toolate  toolate  next    next    broken
ORDER_EXPIRED                         00200043 400 broken  broken   broken toolate  toolate  next    next    broken
ORDER_NOT_CAPTURABLE                  00200035 400 broken  broken   broken toolate  toolate  next    broken  broken
REAUTHORIZATION_IN_PROGRESS           00200038 400 broken  broken   broken unsure   unsure   pending broken  broken
ALREADY_CAPTURED                      00200039 400 broken  broken   broken toolate  toolate  next    broken  broken
INVALID_PARAMS                        00200004 400 broken  broken   broken broken   broken   broken  broken  broken
INVALID_PARAMS                        00200015 400 broken  broken   broken broken   broken   broken  next    broken
UNACCEPTABLE_OP                       00200013 400 broken  broken   broken broken   broken   broken  next    broken
UNACCEPTABLE_OP                       00200014 400 broken  broken   broken broken   broken   broken  next    broken
UNACCEPTABLE_OP                       -        400 funds   broken   broken toolate  toolate  next    next    broken
UNACCEPTABLE_OP                       00400035 400 shop    broken   broken broken   broken   shop    broken  broken
RESOURCE_NOT_FOUND                    00200001 404 broken  notfound broken toolate  broken   broken  broken  notfound
NO_SUCH_REFUND_ORDER                  00200018 404 broken  broken   broken broken   broken   broken  broken  notfound
TRANSACTION_FAILED                    00200002 500 unsure  unsure   unsure unsure   unsure   unsure  unsure  unsure
TRANSACTION_FAILED                    00200003 500 unsure  unsure   unsure unsure   unsure   unsure  unsure  unsure
TRANSACTION_FAILED                    00800017 500 unsure  unsure   unsure unsure   unsure   unsure  unsure  unsure
TRANSACTION_FAILED                    -        500 unsure  unsure   unsure unsure   unsure   unsure  unsure  unsure
INTERNAL_SERVER_ERROR                 00200034 500 unsure  unsure   unsure unsure   unsure   unsure  unsure  unsure
PRE_AUTH_CAPTURE_UNSUPPORTED_MERCHANT 00400060 400 shop    broken   broken broken   broken   shop    next    broken
PRE_AUTH_CAPTURE_INVALID_EXPIRY_DATE  00400061 400 broken  broken   broken broken   broken   broken  broken  broken
HIGHER_CAPTURE_NOT_PERMITTED          00400062 400 broken  broken   broken broken   broken   other   broken  broken
TOO_CLOSE_TO_EXPIRY                   00400064 400 broken  broken   broken broken   broken   other   broken  broken
CANCELED_USER                         01103027 400 payer   broken   broken broken   broken   payer   next    broken
NO_SUFFICIENT_FUND                    -        400 funds   broken   broken broken   broken   funds   next    broken
LIMIT_EXCEEDED                        -        400 funds   broken   broken broken   broken   funds   next    broken
USER_DAILY_LIMIT_FOR_MERCHANT_EXCEEDED -       400 funds   broken   broken broken   broken   funds   next    broken
NON_KYC_USER                          -        400 payer   broken   broken broken   broken   payer   next    broken
USER_STATE_IS_NOT_ACTIVE              -        401 payer   broken   broken broken   broken   payer   next    broken
INVALID_USER_AUTHORIZATION_ID         -        401 payer   broken   broken broken   broken   payer   next    broken
EXPIRED_USER_AUTHORIZATION_ID         -        401 payer   broken   broken broken   broken   payer   next    broken
NO_VALID_PAYMENT_METHOD               -        404 other   broken   broken broken   broken   other   next    broken
PAYMENT_METHOD_NOT_FOUND              -        404 other   broken   broken broken   broken   other   next    broken
UNSUPPORTED_PAYMENT_METHOD            -        400 other   broken   broken broken   broken   other   next    broken
SUSPECTED_DUPLICATE_PAYMENT           -        400 risk    broken   broken broken   broken   risk    next    broken
INVALID_PAYMENT_CODE                  -        400 code    broken   broken broken   broken   code    next    broken
EXPIRED_PAYMENT_CODE                  -        400 code    broken   broken broken   broken   code    next    broken
MERCHANT_BALANCE_NOT_ENOUGH           -        400 broken  broken   broken broken   broken   broken  nofunds broken
";

type Means = fn(Class) -> Meaning;
const CALLS: [Means; 8] = [
    of_payment,
    of_look,
    of_code_delete,
    of_cancel,
    of_revert,
    of_capture,
    of_refund,
    of_refund_look,
];

fn word(meaning: Meaning) -> String {
    match meaning {
        Meaning::No(reason) => format!("{reason:?}").to_lowercase(),
        Meaning::Cancelled => "cancel".into(),
        Meaning::Read
        | Meaning::Pending
        | Meaning::NotFound
        | Meaning::TooLate
        | Meaning::Next
        | Meaning::NoFunds
        | Meaning::Unsure
        | Meaning::Broken => format!("{meaning:?}").to_lowercase(),
    }
}

fn result(name: &str, id: &str) -> ResultInfo {
    ResultInfo { code: name.into(), message: None, code_id: (id != "-").then(|| id.into()) }
}

#[test]
fn every_row_is_read_and_means_what_the_table_says() {
    let mut seen = Vec::new();
    for row in TABLE.trim().lines() {
        let fields: Vec<&str> = row.split_whitespace().collect();
        let [name, id, status, rest @ ..] = &fields[..] else { panic!("{row}") };
        let code = Code::read(status.parse().unwrap(), &result(name, id)).expect(row);
        let meant: Vec<String> = CALLS.iter().map(|means| word(means(code.class()))).collect();
        assert_eq!(meant, rest, "{row}");
        seen.push(code);
    }
    for code in Code::ALL {
        assert!(seen.contains(code), "{code:?} has no row");
        assert_eq!(Code::read(code.http().usual(), &code.said()), Some(*code), "{code:?}");
    }
}

#[test]
fn a_result_that_contradicts_itself_is_not_listed() {
    for (status, name, id) in [
        // Another HTTP status than its own.
        (400, "SUCCESS", "08100001"),
        (200, "REQUEST_ACCEPTED", "08100001"),
        (202, "SUCCESS", "08100001"),
        (200, "NO_SUFFICIENT_FUND", "-"),
        (500, "NO_SUFFICIENT_FUND", "-"),
        (200, "RESOURCE_NOT_FOUND", "00200001"),
        // A number of another word, or a word that needs its number.
        (200, "SUCCESS", "08100006"),
        (200, "SUCCESS", "-"),
        (404, "RESOURCE_NOT_FOUND", "00200018"),
        (400, "INVALID_PARAMS", "00200014"),
        (400, "NO_SUFFICIENT_FUND", "00200044"),
        // Not listed at all.
        (400, "SOMETHING_NEW", "12345678"),
        (400, "", ""),
        (200, "success", "08100001"),
    ] {
        assert_eq!(Code::read(status, &result(name, id)), None, "{status} {name} {id}");
    }
    // A word whose number is not known may come with any number that is nobody else's.
    let fund = result("NO_SUFFICIENT_FUND", "99999999");
    assert_eq!(Code::read(400, &fund), Some(Code::NoSufficientFund));
    assert!(Http::Refusal.fits(499) && !Http::Refusal.fits(500));
}

/// No result of the network's own trouble is ever a no (5xx and 429 do not even get here).
#[test]
fn trouble_is_never_a_no() {
    for code in Code::ALL {
        let trouble = code.http().usual() >= 500 || code.http().usual() == 429;
        for means in CALLS {
            let decided = means(code.class()) != Meaning::Unsure;
            assert!(!(trouble && decided), "{code:?}");
        }
    }
}
