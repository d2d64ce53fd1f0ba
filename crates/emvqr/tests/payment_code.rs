//! Routing of payment codes beyond the open vectors.

use emvqr::payment_code::{FixedDigit, RouteError, Rule, RuleFault, Table, TableError};

fn rule(prefix: &str, length_min: usize, length_max: usize, wallet: &str) -> Rule {
    Rule { prefix: prefix.into(), length_min, length_max, digit: None, wallet: wallet.into() }
}

fn fixed(position: usize, digit: u8, rule: Rule) -> Rule {
    Rule { digit: Some(FixedDigit { position, digit }), ..rule }
}

/// Each line: a code, and the wallet or the beginning of the error.
#[test]
fn builtin_table() {
    let table = Table::builtin();
    for line in "
        101234567890123456          wechat
        151234567890123456          wechat
        161234567890123456          UnknownPrefix
        241234567890123456          UnknownPrefix
        2512345678901234            alipay
        251234567890123             Length
        289431869362714645          alipay
        2890123456789561234         alipay
        2890123456789612345         alipayplus
        289012345678961234          alipay
        28901234567896              Length
        6212345678901234567         unionpay
        900081818895579920128799    paypay
        90008181889557992012879     Length
        9000000000123456789         linepay
        9000000112345678901234      origami
        9000000212345678901234      d-barai
        9000011234567890            rakuten
        3158990012345678901         merpay
        3158992112345678901         aupay
        3158993012345678901         UnknownPrefix
        3158993112345678901         yucho
        3158994012345678901         yucho
        3158994112345678901         UnknownPrefix
        3158999512345678901         pring
        315899                      UnknownPrefix
        2                           UnknownPrefix
        "
    .lines()
    .map(str::trim)
    .filter(|line| !line.is_empty())
    {
        let (code, expected) = line.split_once(' ').unwrap();
        let found = match table.route(code) {
            Ok(wallet) => wallet.to_owned(),
            Err(error) => format!("{error:?}"),
        };
        assert!(found.starts_with(expected.trim()), "{line}: {found}");
    }
}

#[test]
fn the_longest_prefix_decides_even_when_a_shorter_one_would_fit() {
    let table = Table::load([rule("9", 10, 10, "short"), rule("90", 12, 14, "long")]).unwrap();
    assert_eq!(table.route("9112345678"), Ok("short"));
    assert_eq!(table.route("901234567890"), Ok("long"));
    assert_eq!(
        table.route("9012345678"),
        Err(RouteError::Length { found: 10, expected: vec![(12, 14)] })
    );
}

#[test]
fn rules_of_equal_weight_are_refused_by_name() {
    let one = rule("12", 16, 18, "one");
    let two = rule("12", 18, 20, "two");
    let error = Table::load([one.clone(), two.clone()]).unwrap_err();
    assert_eq!(error, TableError::Conflict { rules: Box::new([one.clone(), two.clone()]) });
    let text = error.to_string();
    assert!(text.contains("12 16-18 one") && text.contains("12 18-20 two"), "{text}");

    assert!(Table::load([one.clone(), rule("12", 19, 20, "two")]).is_ok());
    assert!(Table::load([one.clone(), rule("121", 16, 18, "two")]).is_ok());
    assert!(Table::load([one.clone(), fixed(5, 6, two.clone())]).is_ok());
    assert!(Table::load([fixed(5, 5, one.clone()), fixed(5, 6, two.clone())]).is_ok());
    assert!(Table::load([fixed(5, 6, one.clone()), fixed(5, 6, two.clone())]).is_err());
    assert!(Table::load([fixed(4, 5, one), fixed(5, 6, two)]).is_err());
}

#[test]
fn a_rule_with_a_digit_goes_first_and_does_not_stand_in_for_others() {
    let table = Table::load([fixed(3, 7, rule("12", 4, 4, "seven"))]).unwrap();
    assert_eq!(table.route("1270"), Ok("seven"));
    assert_eq!(table.route("1260"), Err(RouteError::FixedDigit));
}

#[test]
fn bad_rules_say_which_and_why() {
    let fault = |rule| match Table::load([rule]) {
        Err(TableError::Rule { number: 1, fault }) => fault,
        other => panic!("{other:?}"),
    };
    assert_eq!(fault(rule("", 4, 4, "w")), RuleFault::Prefix);
    assert_eq!(fault(rule("1a", 4, 4, "w")), RuleFault::Prefix);
    assert_eq!(fault(rule("１", 4, 4, "w")), RuleFault::Prefix);
    assert_eq!(fault(rule("12345678901234567", 20, 20, "w")), RuleFault::Prefix);
    assert_eq!(fault(rule("12", 1, 4, "w")), RuleFault::Length);
    assert_eq!(fault(rule("12", 5, 4, "w")), RuleFault::Length);
    assert_eq!(fault(rule("12", 4, 65, "w")), RuleFault::Length);
    assert_eq!(fault(fixed(0, 1, rule("12", 4, 4, "w"))), RuleFault::Digit);
    assert_eq!(fault(fixed(5, 1, rule("12", 4, 4, "w"))), RuleFault::Digit);
    assert_eq!(fault(fixed(3, 10, rule("12", 4, 4, "w"))), RuleFault::Digit);
    assert_eq!(fault(rule("12", 4, 4, "")), RuleFault::Wallet);
    assert_eq!(fault(rule("12", 4, 4, "a b")), RuleFault::Wallet);

    for (line, expected) in [
        ("12 4", RuleFault::Form),
        ("12 4 w 3=1 more", RuleFault::Form),
        ("12 4 w 3", RuleFault::Form),
        ("12 4 w 3=x", RuleFault::Digit),
        ("12 x w", RuleFault::Length),
        ("+1 4 w", RuleFault::Prefix),
        ("9-10 4 w", RuleFault::Prefix),
        ("20-10 4 w", RuleFault::Prefix),
        ("000-100 4 w", RuleFault::Prefix),
        ("-12 4 w", RuleFault::Prefix),
    ] {
        assert_eq!(
            Table::parse(&format!("# first line\n{line}\n")),
            Err(TableError::Rule { number: 2, fault: expected }),
            "{line}"
        );
    }
}

#[test]
fn ranges_keep_leading_zeros() {
    let table = Table::parse("008-011 6 w").unwrap();
    for (code, found) in [("008000", true), ("011000", true), ("800000", false), ("012000", false)]
    {
        assert_eq!(table.route(code).is_ok(), found, "{code}");
    }
}

#[test]
fn errors_never_repeat_the_code() {
    let table = Table::builtin();
    for code in ["28943186936271464599999998888", "161234567890123456", "2894-1869"] {
        let error = table.route(code).unwrap_err();
        for text in [error.to_string(), format!("{error:?}")] {
            assert!(!text.contains(&code[..4]), "{text}");
        }
    }
}

#[test]
fn endless_input_is_answered() {
    let table = Table::builtin();
    assert!(matches!(
        table.route(&"28".repeat(1_000_000)),
        Err(RouteError::Length { found: 2_000_000, .. })
    ));
    assert_eq!(table.route(&"x".repeat(1_000_000)), Err(RouteError::NotDigits));
    assert_eq!(table.route("２８９４３１８６９３６２７１４６４５"), Err(RouteError::NotDigits));
}
