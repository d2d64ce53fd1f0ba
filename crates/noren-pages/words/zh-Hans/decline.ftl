decline-funds = 余额或限额不足，请换一种方式付款。
decline-code = 付款码已过期或无法使用，请出示新的付款码。
decline-payer = 该账户无法付款，请查看支付应用，或换一种方式付款。
decline-gave-up = 付款已中止，未扣款。请再试一次。
decline-shop = 本店无法使用该支付应用，请换一种方式付款。
decline-risk = 支付应用未批准这笔付款，请换一种方式付款。
decline-refund = 支付应用未受理这笔退款，请以其他方式退款。
decline-other = 支付应用未受理这笔付款，请再试一次，或换一种方式付款。
