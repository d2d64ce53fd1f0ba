//! Every typed view of a merchant-presented code, walked to its last value.

use emvqr::mpm::alipay::Alipay;
use emvqr::mpm::bharatqr::{self, Payee as IndianPayee};
use emvqr::mpm::duitnow;
use emvqr::mpm::hkfps;
use emvqr::mpm::khqr::{self, Times};
use emvqr::mpm::promptpay::{self, Message, Payee as ThaiPayee, Vat};
use emvqr::mpm::qris::{self, Channel, Tip};
use emvqr::mpm::sgqr::{self, SingaporeTime};
use emvqr::mpm::unionpay::UnionPay;
use emvqr::mpm::wechat::WeChat;
use emvqr::mpm::{Mpm, Network};
use emvqr::mpm::{qrph, vietqr};

use super::{assert_within, show, show_debug};

/// Looks at a code that was read with the eyes of every country. Views must not care whose
/// code it is: those of another country find nothing there.
pub(super) fn walk(code: &Mpm<'_>) {
    shared(code);
    cambodia(code);
    india(code);
    singapore(code);
    thailand(code);
    indonesia(code);
    malaysia(code);

    for payee in hkfps::payees(code) {
        show_debug(payee);
    }
    for payee in vietqr::payees(code) {
        show_debug(payee);
    }
    for payee in qrph::payees(code) {
        show_debug(payee);
    }
    for text in [vietqr::message(code), qrph::acquirer_data(code)].into_iter().flatten() {
        assert_within(code.raw(), text);
    }
}

/// Accounts that any country's code may have.
fn shared(code: &Mpm<'_>) {
    for account in code.accounts() {
        if let Some(alipay) = Alipay::of(&account) {
            assert_eq!(account.network, Network::Alipay);
            show_debug(alipay);
        }
        if let Some(wechat) = WeChat::of(&account) {
            assert_eq!(account.network, Network::WeChat);
            let texts = wechat.parts().into_iter().filter_map(|(_, text)| text);
            // Its own name stands for the GUID, in whatever case the code has it.
            texts.for_each(|text| assert!(text.is_ascii() || account.value.contains(text)));
            show_debug(wechat);
        }
        match UnionPay::of(&account) {
            None => assert_ne!(account.network, Network::UnionPay),
            Some(UnionPay::Other(text)) => assert_eq!(text, account.value),
            Some(UnionPay::Merchant(merchant)) => {
                assert_eq!(merchant.as_str(), account.value);
                let parts = [merchant.acquirer(), merchant.forwarding(), merchant.merchant()];
                assert_eq!(parts.concat(), account.value);
            }
        }
    }
}

fn cambodia(code: &Mpm<'_>) {
    for payee in khqr::payees(code) {
        let account = payee.account();
        assert_within(code.raw(), account.as_str());
        assert_eq!(format!("{}@{}", account.name(), account.bank()), account.as_str());
        show_debug(payee);
    }
    let times = Times::of(code);
    for now_ms in [i64::MIN, 0, i64::MAX] {
        show_debug(times.validity(now_ms));
    }
    show_debug(khqr::Currency::of(code).map(|currency| (currency.code(), currency.decimals())));
}

fn india(code: &Mpm<'_>) {
    for payee in bharatqr::payees(code) {
        if let IndianPayee::Card(card) = payee {
            assert_within(code.raw(), card.number);
            show_debug(card.check_digit());
        }
        show_debug(payee);
    }
    if let Some(reference) = bharatqr::reference(code) {
        assert_within(code.raw(), reference.id);
    }
}

fn singapore(code: &Mpm<'_>) {
    let first = SingaporeTime::date(1, 1, 1).expect("the first day");
    let last = SingaporeTime::date(9999, 12, 31).and_then(|day| day.at(23, 59, 59));
    for account in sgqr::paynow(code) {
        assert_within(code.raw(), account.proxy.value());
        show_debug((account.proxy.is_well_formed(), account.payer_sets_amount(code)));
        show_debug((account.validity(first), account.validity(last.expect("the last moment"))));
        if let Some(reference) = account.reference(code) {
            assert_within(code.raw(), reference.text);
        }
        show_debug(account);
    }
    show_debug((sgqr::sgqr_id(code), sgqr::nets(code)));
}

fn thailand(code: &Mpm<'_>) {
    for payee in promptpay::payees(code) {
        if let ThaiPayee::Transfer(transfer) = &payee {
            let proxy = &transfer.proxy;
            assert_within(code.raw(), proxy.value());
            if let Some((bank, number)) = proxy.bank_and_number() {
                assert_eq!(format!("{bank}{number}"), proxy.value());
            }
            show_debug(proxy.is_well_formed());
        }
        show_debug(payee);
    }
    if let Some(message) = Message::of(code) {
        assert!(message.chars().map(char::len_utf16).sum::<usize>() * 4 == message.hex().len());
        show(message);
    }
    show_debug((Vat::of(code), promptpay::reference3(code)));
}

fn indonesia(code: &Mpm<'_>) {
    for registration in qris::registrations(code) {
        if let Some(pan) = registration.pan() {
            assert!(pan.as_str().starts_with(pan.acquirer()));
        }
        show_debug(registration);
    }
    if let Some(channel) = Channel::of(code) {
        let digits: String = channel.digits().into_iter().collect();
        assert_eq!(Channel::parse(&digits), Some(channel));
    }
    show_debug(Tip::of(code));
}

fn malaysia(code: &Mpm<'_>) {
    for account in duitnow::accounts(code) {
        show_debug((account.issuer(), account.expires_at_ms()));
        show_debug(account);
    }
    show_debug((duitnow::purpose(code), duitnow::bill_references(code), duitnow::hash(code)));
}
