//! UPI links: every rule broken once, the values, and what is not written.

use emvqr::link::upi::{Draft, Key};
use emvqr::link::{self, CHARACTERS_MAX};

use crate::{codes, lines, upi};

/// Each line: the findings, `|`, and the query of the link.
#[test]
fn upi_rules() {
    for line in lines(
        "
                                        | pa=a@b&pn=X
                                        | pa=a%40b&pn=X+Y&am=1.5&x=1&x=2&&
        upi:pa_missing ~upi:pn_missing  |
        ~upi:empty:pa upi:pa_missing    | pa=&pn=X
        ~upi:empty:pa upi:pa_missing    | pa&pn=X
        ~upi:pn_missing                 | pa=a@b
        upi:format:pa                   | pa=a&pn=X
        upi:format:pa                   | pa=a@&pn=X
        upi:format:pa                   | pa=@b&pn=X
        upi:format:pa                   | pa=a@b@c&pn=X
        upi:format:pa                   | pa=a+c@b&pn=X
        upi:format:pa                   | pa=a@b/c&pn=X
        ~upi:percent:pa upi:format:pa   | pa=a%@b&pn=X
        ~upi:unencoded:pa upi:format:pa | pa=а@b&pn=X
                                        | pa=a.b-c_1@ok-bank.x&pn=X
        ~upi:format:mc                  | pa=a@b&pn=X&mc=541
        ~upi:format:mc                  | pa=a@b&pn=X&mc=54a1
        ~upi:format:mode                | pa=a@b&pn=X&mode=1
        ~upi:format:purpose             | pa=a@b&pn=X&purpose=xx
        ~upi:tr_missing                 | pa=a@b&pn=X&mode=15
        ~upi:tr_missing                 | pa=a@b&pn=X&mode=16
                                        | pa=a@b&pn=X&mode=16&tr=1
                                        | pa=a@b&pn=X&mode=01
                                        | pa=a@b&pn=X&am=0.01
                                        | pa=a@b&pn=X&am=1%2E50
                                        | pa=a@b&pn=X&am=999999999999999.99
        upi:format:am                   | pa=a@b&pn=X&am=1000000000000000
        upi:format:am                   | pa=a@b&pn=X&am=1.
        upi:format:am                   | pa=a@b&pn=X&am=.5
        upi:format:am                   | pa=a@b&pn=X&am=1.505
        upi:format:am                   | pa=a@b&pn=X&am=1,50
        upi:format:am                   | pa=a@b&pn=X&am=1.5.0
        upi:format:am                   | pa=a@b&pn=X&am=-1
        upi:format:am                   | pa=a@b&pn=X&am=+1
        upi:format:am                   | pa=a@b&pn=X&am=1e3
        upi:format:am                   | pa=a@b&pn=X&am=%D9%A1
        ~upi:percent:am upi:format:am   | pa=a@b&pn=X&am=1%
        ~upi:empty:am                   | pa=a@b&pn=X&am=
        upi:zero_amount:am              | pa=a@b&pn=X&am=0
        upi:zero_amount:am              | pa=a@b&pn=X&am=0.00
        upi:format:mam                  | pa=a@b&pn=X&am=1&mam=x
        upi:minimum                     | pa=a@b&pn=X&am=1&mam=1.01
                                        | pa=a@b&pn=X&am=1&mam=1.00
                                        | pa=a@b&pn=X&mam=0
        upi:currency                    | pa=a@b&pn=X&cu=JPY
        upi:currency                    | pa=a@b&pn=X&cu=INRX
        ~upi:case:cu                    | pa=a@b&pn=X&cu=inr
        upi:dup:pa                      | pa=a@b&pn=X&pa=a@b
        upi:dup:pn                      | pa=a@b&pn=X&pn=Y
        upi:dup:mc                      | pa=a@b&pn=X&mc=5411&mc=5411
        upi:dup:tid                     | pa=a@b&pn=X&tid=1&tid=2
        upi:dup:tr                      | pa=a@b&pn=X&tr=1&tr=2
        upi:dup:am                      | pa=a@b&pn=X&am=1&am=2
        ~upi:empty:am upi:dup:am        | pa=a@b&pn=X&am=&am=2
        ~upi:case:am upi:dup:am         | pa=a@b&pn=X&AM=1&am=2
        upi:dup:mam                     | pa=a@b&pn=X&mam=1&mam=1
        upi:dup:cu                      | pa=a@b&pn=X&cu=INR&cu=INR
        upi:dup:orgid                   | pa=a@b&pn=X&orgid=1&orgid=2
        upi:dup:sign                    | pa=a@b&pn=X&sign=1&sign=2
        ~upi:repeated:tn                | pa=a@b&pn=X&tn=1&tn=2
        ~upi:repeated:url               | pa=a@b&pn=X&url=1&url=2
        ~upi:repeated:mode              | pa=a@b&pn=X&mode=01&mode=02
        ~upi:repeated:purpose           | pa=a@b&pn=X&purpose=11&purpose=00
        ~upi:case:am                    | pa=a@b&pn=X&Am=1
        upi:hidden:am                   | pa=a@b&pn=X&%61m=1
        upi:hidden:am                   | pa=a@b&pn=X&am+=1
        upi:hidden:am                   | pa=a@b&pn=X& am=1
        ~upi:percent:tn                 | pa=a@b&pn=X&tn=100%
        ~upi:utf8:tn                    | pa=a@b&pn=X&tn=%E5%BA
        ~upi:unencoded:tn               | pa=a@b&pn=X&tn=Order 42
        ~upi:unencoded:pn               | pa=a@b&pn=दुकान
        ~upi:charset:tn                 | pa=a@b&pn=X&tn=1%0A2
        ~upi:charset:pn                 | pa=a@b&pn=%E2%80%AEX
        ~upi:charset:pn                 | pa=a@b&pn=%E2%80%8EX
        ~upi:charset:pn                 | pa=a@b&pn=X%7F
                                        | pa=a@b&pn=%E2%80%8DX
        upi:fragment                    | pa=a@b&pn=X#&am=2
        upi:control                     | pa=a@b&pn=X&xx=1\u{1}
        upi:control                     | pa=a@b&pn=X&xx=1\t2
        ",
    ) {
        let (expected, query) = line.split_once('|').unwrap();
        let link = format!("upi://pay?{}", query.trim());
        let expected: Vec<&str> = expected.split_whitespace().collect();
        let mut found = codes(&link::read(&link));
        found.sort_by_key(|code| expected.iter().position(|known| known == code));
        assert_eq!(found, expected, "{link}");
        assert_eq!(link::wallet_of(&link), None);
    }
    for other in ["mandate?pa=a@b", "collect?pa=a@b", "pay/?pa=a@b", "pay/x?pa=a@b", "?pa=a@b", ""]
    {
        let other = format!("upi://{other}");
        assert_eq!(codes(&link::read(&other)), ["upi:action"], "{other}");
    }
    let long = format!("upi://pay?pn=X&pa=a@{}", "b".repeat(253));
    assert_eq!(codes(&link::read(&long)), [""; 0]);
    assert_eq!(codes(&link::read(&(long + "b"))), ["upi:format:pa"]);
    assert_eq!(codes(&link::read("upi:pay?pa=a@b")), ["upi:action"]);
    assert_eq!(upi("UPI://PAY?pa=a@b&pn=X").payee(), "a@b");
}

#[test]
fn values_of_a_upi_link() {
    let text = "upi://pay?pa=a%40b&pn=Chai+Point&mc=5411&tid=T1&tr=R%201&tn=%E5%BA%97&am=1.5&mam=0.25&cu=INR\
                &url=https%3A%2F%2Fshop.example&mode=15&purpose=11&orgid=700004&new=1&sign=MEU+/w==";
    let link = upi(text);
    let found = [
        Some(link.payee()),
        link.payee_name(),
        link.category(),
        link.transaction_id(),
        link.reference(),
        link.note(),
        link.url(),
        link.mode(),
        link.purpose(),
        link.organisation(),
    ];
    let expected = [
        "a@b",
        "Chai Point",
        "5411",
        "T1",
        "R 1",
        "店",
        "https://shop.example",
        "15",
        "11",
        "700004",
    ];
    assert_eq!(found.map(Option::unwrap), expected);
    assert_eq!((link.amount_paise(), link.minimum_paise()), (Some(150), Some(25)));
    assert_eq!(link.signature(), Some("MEU+/w=="));
    assert_eq!(link.get(Key::Cu).unwrap().raw(), "INR");
    assert_eq!(link.findings(), []);
    let names: Vec<&str> = link.params().map(|param| param.name.raw()).collect();
    assert_eq!(names[12..], ["orgid", "new", "sign"]);

    let link = upi("upi://pay?pa=a@b&am=&pn=X");
    assert_eq!((link.amount_paise(), link.get(Key::Am)), (None, None));
}

#[test]
fn drafts_that_readers_would_remark_on_are_not_written() {
    let plain = Draft::new("a@b", "X");
    for (code, draft) in [
        ("upi:format:pa", Draft { payee: "a b", ..plain }),
        ("upi:empty:pn", Draft { payee_name: "", ..plain }),
        ("upi:zero_amount:am", Draft { amount_paise: Some(0), ..plain }),
        ("upi:format:am", Draft { amount_paise: Some(u64::MAX), ..plain }),
        ("upi:minimum", Draft { amount_paise: Some(1), minimum_paise: Some(2), ..plain }),
        ("upi:format:mc", Draft { category: Some("x"), ..plain }),
        ("upi:tr_missing", Draft { mode: Some("15"), ..plain }),
        ("upi:charset:tn", Draft { note: Some("\u{202E}"), ..plain }),
        ("too_large", Draft { note: Some(&"x".repeat(CHARACTERS_MAX)), ..plain }),
    ] {
        let faulty = draft.build().unwrap_err();
        assert_eq!(faulty.findings()[0].code(), code);
        assert!(faulty.to_string().contains(code));
    }
}
