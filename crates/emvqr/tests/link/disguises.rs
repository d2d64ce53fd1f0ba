//! Links that are not what they look like.

use emvqr::link::{self, TOKEN_CHARACTERS_MAX};

use crate::{codes, lines};

/// Links that lead, or seem to lead, elsewhere than a hasty reader thinks. Each line: the
/// one finding, `|`, and the link, with ␊ for a line end.
const DISGUISES: &str = "
    host|https://qr.alipay.com.evil.example/bax0
    host|https://evil-qr.alipay.com/bax0
    host|https://evilqr.alipay.com/bax0
    host|https://x.qr.alipay.com/bax0
    host|https://alipay.com/bax0
    host|https://qr.alipay.co/bax0
    host|https://qr.alipay.community/bax0
    host|https://qr-alipay.com/bax0
    host|https://qr.a1ipay.com/bax0
    host|https://qr.alipay.com./bax0
    host|https://.qr.alipay.com/bax0
    host|https://qr..alipay.com/bax0
    host|https://qr.alipay.com:443/bax0
    host|https://qr.alipay.com:/bax0
    host|https://qr.alipay.com:pw@evil.example/bax0
    host|https://user@qr.alipay.com/bax0
    host|https://@qr.alipay.com/bax0
    host|https://qr.alipay.com@evil.example/bax0
    host|https://qr.alipay.com%2F@evil.example/bax0
    host|https://evil.example#@qr.alipay.com/bax0
    host|https://evil.example?@qr.alipay.com/bax0
    host|https://evil.example\\@qr.alipay.com/bax0
    host|https://qr.alipay.com\\@evil.example/bax0
    host|https://qr.alipay.com\\bax0
    host|https:\\\\qr.alipay.com\\bax0
    host|https:/\\qr.alipay.com/bax0
    host|https:///qr.alipay.com/bax0
    host|https:/qr.alipay.com/bax0
    host|https:qr.alipay.com/bax0
    host|https://
    host|https:
    host|https://qr%2Ealipay.com/bax0
    host|https://%71r.alipay.com/bax0
    host|https://qr.\u{430}lipay.com/bax0
    host|https://qr.alipay。com/bax0
    host|https://ｑｒ.alipay.com/bax0
    host|https://qr.alıpay.com/bax0
    host|https://qr.PAYPAY.ne.jp\u{200B}/AAAAAAAAAAAAAAAA
    host|https://xn--qr-alipay.com/bax0
    host|https://qr.alipay.com /bax0
    host|https:// qr.alipay.com/bax0
    host|https://qr.alipay\t.com/bax0
    host|https://qr.alipay.com␊.evil.example/bax0
    host|https://qr.alipay.com\0.evil.example/bax0
    host|https://qr.alipay.com;evil.example/bax0
    host|https://[qr.alipay.com]/bax0
    host|https://evil.example/https://qr.alipay.com/bax0
    host|https://evil.example/?u=https://qr.alipay.com/bax0
    host|https://evil.example/#https://qr.alipay.com/bax0
    host|https://wxpay/bizpayurl?pr=NwY5Mz9
    host|weixin://qr.alipay.com/bax0
    host|weixin://wxpay@evil.example/bizpayurl?pr=NwY5Mz9
    host|weixin://evil.example/bizpayurl?pr=NwY5Mz9
    host|weixin:wxpay/bizpayurl?pr=NwY5Mz9
    host|wxp:f2f0AAAA
    host|paypay://payments?link_key=AAAA
    host|line://app/payment/AAAA
    host|https://qr.paypay.ne.jp.sandbox.paypay.ne.jp/AAAAAAAAAAAAAAAA
    host|https://qr.95516.com.cn/00010000/6202
    scheme|https//qr.alipay.com/bax0
    scheme| https://qr.alipay.com/bax0
    scheme|\u{FEFF}https://qr.alipay.com/bax0
    scheme|\thttps://qr.alipay.com/bax0
    scheme|ht␊tps://qr.alipay.com/bax0
    scheme|ｈttps://qr.alipay.com/bax0
    scheme|httpss://qr.alipay.com/bax0
    scheme|view-source:https://qr.alipay.com/bax0
    scheme|javascript://qr.alipay.com/%0Aalert(1)
    scheme|data:text/html,https://qr.alipay.com/bax0
    scheme|ftp://qr.alipay.com/bax0
    scheme|intent://qr.alipay.com/bax0
    scheme|//qr.alipay.com/bax0
    scheme|qr.alipay.com/bax0
    scheme|
    scheme|:
    scheme|weixin2://wxpay/bizpayurl?pr=NwY5Mz9
    scheme|upi.evil://pay?pa=a@b
    upi:action|upi://pay@evil.example?pa=a@b
    upi:action|upi://pay.example?pa=a@b
";

#[test]
fn disguises_are_refused() {
    for line in lines(DISGUISES) {
        let (code, text) = line.split_once('|').unwrap();
        let text = text.replace('␊', "\n");
        assert_eq!(codes(&link::read(&text)), [code], "{text:?}");
        assert_eq!(link::wallet_of(&text), None, "{text:?}");
    }
}

/// The host is the wallet's, and what follows is nothing that the wallet prints. Each line:
/// the wallet, `|`, and the link.
const TOKENS: &str = "
    alipay|https://qr.alipay.com
    alipay|https://qr.alipay.com/
    alipay|https://qr.alipay.com?t=1
    alipay|https://qr.alipay.com/?t=1
    alipay|https://qr.alipay.com//bax0
    alipay|https://qr.alipay.com/bax0/
    alipay|https://qr.alipay.com/bax0/../x
    alipay|https://qr.alipay.com/bax%30
    alipay|https://qr.alipay.com/bax0 
    alipay|https://qr.alipay.com/bax0\t1
    alipay|https://qr.alipay.com/bax0店
    alipay|https://qr.alipay.com/b\u{430}x0
    alipay|https://qr.alipay.com/bax0#
    alipay|https://qr.alipay.com/bax0?t=1&t=2
    alipay|https://qr.alipay.com/bax0?u=https://evil.example
    alipay|https://qr.alipay.com/bax0?u=%2F%2Fevil.example
    unionpay|https://qr.95516.com/00010000
    unionpay|https://qr.95516.com/00010000/
    unionpay|https://qr.95516.com/0001000/6202
    unionpay|https://qr.95516.com/000100000/6202
    unionpay|https://qr.95516.com/0001000A/6202
    unionpay|https://qr.95516.com/00010000/62O2
    unionpay|https://qr.95516.com/00010000/62/02
    paypay|https://qr.paypay.ne.jp/AAAAAAAAAAAAAAA
    paypay|https://qr.paypay.ne.jp/AAAAAAAAAAAAAAAAA
    paypay|https://qr.paypay.ne.jp/AAAAAAAA_AAAAAAA
    paypay|https://qr.paypay.ne.jp/p2p01_
    paypay|https://qr.paypay.ne.jp/p2p02_AAAAAAAAAAAAAAAA
    paypay|https://qr-stg.sandbox.paypay.ne.jp/
    paypay|paypay://payment
    paypay|paypay://payment?link_key=
    paypay|paypay://payment?key=AAAA
    paypay|paypay://payment/x?link_key=AAAA
    paypay|paypay://payment?link_key=AAAA&link_key=BBBB
    paypay|paypay://payment?link_key=https%3A%2F%2Fevil.example%2FAAAAAAAAAAAAAAAA
    paypay|paypay://payment?link_key=https%3A%2F%2Fqr.alipay.com%2FAAAAAAAAAAAAAAAA
    paypay|paypay://payment?link_key=https%3A%2F%2Fpayment%2FAAAAAAAAAAAAAAAA
    paypay|paypay://payment?link_key=http%3A%2F%2Fqr.paypay.ne.jp%2FAAAAAAAAAAAAAAAA
    paypay|paypay://payment?link_key=https%3A%2F%2Fqr.paypay.ne.jp%40evil.example%2FAAAA
    paypay|paypay://payment?link_key=https%3A%2F%2Fqr.paypay.ne.jp
    paypay|paypay://payment?link_key=https%3A%2F%2Fqr.paypay.ne.jp%2FAAAA
    wechat|weixin://wxpay
    wechat|weixin://wxpay/bizpayurl
    wechat|weixin://wxpay/bizpayurl?pr=
    wechat|weixin://wxpay/bizpayurl?pr=A&pr=B
    wechat|weixin://wxpay/bizpayurl?xpr=A
    wechat|weixin://wxpay/other?pr=NwY5Mz9
    wechat|wxp://
    wechat|wxp://f2f
    wechat|wxp://wbf2f
    wechat|wxp://xf2f0AAAA
    wechat|wxp://f2f0AAAA/x
    wechat|wxp://f2f0@evil.example
    linepay|line://pay
    linepay|line://pay/payment/
    linepay|line://pay/generateQR
";

#[test]
fn tokens_that_no_wallet_prints() {
    for line in lines(TOKENS) {
        let (wallet, text) = line.split_once('|').unwrap();
        let mut errors = codes(&link::read(text));
        errors.retain(|code| !code.starts_with('~'));
        assert_eq!(errors, ["token"], "{text:?}");
        assert_eq!(link::wallet_of(text).unwrap().name(), wallet, "{text:?}");
    }
}

#[test]
fn tokens_have_a_limit() {
    let most = format!("https://qr.alipay.com/bax{}", "0".repeat(TOKEN_CHARACTERS_MAX - 3));
    assert_eq!(codes(&link::read(&most)), [""; 0]);
    assert_eq!(codes(&link::read(&(most + "0"))), ["token"]);
    let most = format!("https://qr.95516.com/00010000/{}", "0".repeat(TOKEN_CHARACTERS_MAX - 9));
    assert_eq!(codes(&link::read(&most)), [""; 0]);
    assert_eq!(codes(&link::read(&(most + "0"))), ["token"]);
}

#[test]
fn the_sentence_names_the_trick() {
    for (text, word) in [
        ("https://user@qr.alipay.com/bax0", "names a user"),
        ("https://qr.alipay.com:443/bax0", "names a port"),
        ("https://qr.alipay.example/bax0", "not lead to a wallet"),
    ] {
        let rejected = link::read(text).unwrap_err();
        let sentence = rejected.findings()[0].sentence();
        assert!(sentence.contains(word), "{text}: {sentence}");
    }
}
