"""Antom's own client for Python, against the sandbox (as a merchant of the network) and the facade."""

import http.client
import json

from com.alipay.ams.api.default_alipay_client import DefaultAlipayClient
from com.alipay.ams.api.model.amount import Amount
from com.alipay.ams.api.model.env import Env
from com.alipay.ams.api.model.merchant import Merchant
from com.alipay.ams.api.model.order import Order
from com.alipay.ams.api.model.payment_factor import PaymentFactor
from com.alipay.ams.api.model.payment_method import PaymentMethod
from com.alipay.ams.api.model.product_code_type import ProductCodeType
from com.alipay.ams.api.model.store import Store
from com.alipay.ams.api.request.notify.alipay_pay_result_notify import AlipayPayResultNotify
from com.alipay.ams.api.request.notify.alipay_refund_notify import AlipayRefundNotify
from com.alipay.ams.api.request.pay.alipay_capture_request import AlipayCaptureRequest
from com.alipay.ams.api.request.pay.alipay_inquiry_refund_request import AlipayInquiryRefundRequest
from com.alipay.ams.api.request.pay.alipay_pay_cancel_request import AlipayPayCancelRequest
from com.alipay.ams.api.request.pay.alipay_pay_query_request import AlipayPayQueryRequest
from com.alipay.ams.api.request.pay.alipay_pay_request import AlipayPayRequest
from com.alipay.ams.api.request.pay.alipay_refund_request import AlipayRefundRequest
from com.alipay.ams.api.request.pay.entry_code_payment_request import EntryCodePaymentRequest
from com.alipay.ams.api.request.pay.order_code_payment_request import OrderCodePaymentRequest
from com.alipay.ams.api.request.pay.user_presented_code_payment_request import (
    UserPresentedCodePaymentRequest,
)
from com.alipay.ams.api.response.pay.alipay_capture_response import AlipayCaptureResponse
from com.alipay.ams.api.response.pay.alipay_inquiry_refund_response import (
    AlipayInquiryRefundResponse,
)
from com.alipay.ams.api.response.pay.alipay_pay_cancel_response import AlipayPayCancelResponse
from com.alipay.ams.api.response.pay.alipay_pay_query_response import AlipayPayQueryResponse
from com.alipay.ams.api.response.pay.alipay_pay_response import AlipayPayResponse
from com.alipay.ams.api.response.pay.alipay_refund_response import AlipayRefundResponse
from com.alipay.ams.api.tools.webhook_tool import check_signature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from common import Till, fresh, key_file, noren, pay, payment_code, setting, test, until

# The client fixes HTTPS and port 443 and does not check certificates. Names of hosts that there are
# not lead to where each place listens.
PLACES = {}


def connection(host, **_):
    name, port = PLACES[host]
    return http.client.HTTPConnection(name, port, timeout=15)


http.client.HTTPSConnection = connection

RECEIVED = {"result": {"resultCode": "SUCCESS", "resultStatus": "S", "resultMessage": "success"}}
TILL = Till(lambda message: (200, {"content-type": "application/json"}, json.dumps(RECEIVED).encode()))


def pkcs1(key):
    """A private key as this client wants it."""
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


class Place:
    """One end that answers: the sandbox or the facade."""

    def __init__(self, name, wallets):
        self.name, self.wallets = name, wallets
        prefix = f"{name.upper()}_ALIPAYPLUS"
        host, port = setting(f"{prefix}_URL").removeprefix("http://").split(":")
        PLACES[f"{name}.test"] = (host, int(port))
        self.client_id = setting(f"{prefix}_CLIENT_ID")
        pem = key_file(f"{prefix}_PRIVATE_KEY").encode()
        self.private = pkcs1(serialization.load_pem_private_key(pem, password=None))
        self.public = key_file(f"{prefix}_PUBLIC_KEY")
        self.client = self.with_keys(self.private, self.public)

    def with_keys(self, private, public, client_id=None):
        url = f"https://{self.name}.test"
        return DefaultAlipayClient(url, client_id or self.client_id, private, public)

    def test(self, name, body):
        test(self.name, name, body)

    def pay(self, number, wallet=None):
        wallet = ["--wallet", wallet] if wallet and self.name == "facade" else []
        return pay(number, *wallet)

    def ask(self, request, response, client=None):
        return response((client or self.client).execute(request))

    def order_code(self, number, yen=1200, client=None, notify=None):
        request = OrderCodePaymentRequest(
            number, an_order(number, yen), "JPY", str(yen), payment_notify_url=notify or TILL.url
        )
        return self.ask(request, AlipayPayResponse, client)

    def user_code(self, number, code, yen=1200):
        order = an_order(number, yen)
        order.env = Env()
        order.env.store_terminal_id = "T1"
        order.env.store_terminal_request_time = "2026-01-01T00:00:00+09:00"
        request = UserPresentedCodePaymentRequest(number, order, "JPY", str(yen), code)
        return self.ask(request, AlipayPayResponse)

    def cashier(self, number, yen=1200, hold=False):
        request = AlipayPayRequest()
        request.product_code = ProductCodeType.CASHIER_PAYMENT
        request.payment_request_id = number
        request.order = an_order(number, yen)
        request.payment_amount = Amount("JPY", str(yen))
        request.payment_method = PaymentMethod()
        request.payment_method.payment_method_type = "CONNECT_WALLET"
        request.payment_redirect_url = "https://shop.example/back"
        if hold:
            request.payment_factor = PaymentFactor()
            request.payment_factor.is_authorization = True
            request.payment_factor.capture_mode = "MANUAL"
        return self.ask(request, AlipayPayResponse)

    def query(self, number=None, payment_id=None, client=None):
        request = AlipayPayQueryRequest()
        request.payment_request_id, request.payment_id = number, payment_id
        return self.ask(request, AlipayPayQueryResponse, client)

    def paid(self, number):
        """The payment's answer once it is paid."""
        done = lambda: next(
            (said for said in [self.query(number)] if said.payment_status.name == "SUCCESS"), None
        )
        return until(f"{number} is paid", done)

    def cancel(self, number=None, payment_id=None):
        request = AlipayPayCancelRequest()
        request.payment_request_id, request.payment_id = number, payment_id
        return self.ask(request, AlipayPayCancelResponse)

    def refund(self, number, payment_id, yen, notify=None):
        request = AlipayRefundRequest()
        request.refund_request_id, request.payment_id = number, payment_id
        request.refund_amount = Amount("JPY", str(yen))
        request.refund_notify_url = notify
        return self.ask(request, AlipayRefundResponse)

    def refunded(self, number=None, refund_id=None):
        request = AlipayInquiryRefundRequest()
        request.refund_request_id, request.refund_id = number, refund_id
        return self.ask(request, AlipayInquiryRefundResponse)

    def checked(self, message, public=None):
        """What the client's own verifier says of a notification."""
        headers = message["headers"]
        try:
            return check_signature(
                "POST", message["path"], headers["client-id"], headers["request-time"],
                message["body"], headers["signature"], public or self.public,
            )
        except Exception:
            return False


def an_order(number, yen):
    order = Order()
    order.reference_order_id, order.order_description = number, "soba and tempura"
    order.order_amount = Amount("JPY", str(yen))
    order.merchant = Merchant()
    order.merchant.reference_merchant_id, order.merchant.merchant_mcc = "M1", "5812"
    order.merchant.merchant_name = "Hida"
    order.merchant.store = Store()
    order.merchant.store.reference_store_id, order.merchant.store.store_name = "S1", "Hida"
    order.merchant.store.store_mcc = "5812"
    return order


def same(left, right):
    assert left == right, f"{left!r} is not {right!r}"


def code(said):
    return f"{said.result.result_status.name} {said.result.result_code}"


def play(place):
    """All cases of one place."""

    def order_code():
        number = fresh("O-")
        said = place.order_code(number)
        same(code(said), "U PAYMENT_IN_PROCESS")
        text = said.order_code_form.code_details[0].code_value
        assert text.startswith("http"), text
        same(place.query(number).payment_status.name, "PROCESSING")
        place.pay(number, place.wallets[0])
        paid = place.paid(number)
        same((paid.payment_id, paid.payment_amount.value), (said.payment_id, "1200"))
        same(place.query(payment_id=said.payment_id).payment_request_id, number)
        again = place.order_code(number)
        same((code(again), again.payment_id), ("S SUCCESS", said.payment_id))

    def notification():
        number = fresh("N-")
        place.order_code(number)
        place.pay(number, place.wallets[-1])
        message = TILL.told("of a payment", lambda m: json.loads(m["body"]).get("paymentRequestId") == number)
        assert place.checked(message)
        told = AlipayPayResultNotify(message["body"])
        same((told.notify_type, told.payment_request_id), ("PAYMENT_RESULT", number))
        same((told.result.result_code, told.payment_amount["value"]), ("SUCCESS", "1200"))
        assert not place.checked({**message, "body": message["body"].replace("1200", "9200")})
        other = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
        pem = other.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        assert not place.checked(message, pem.decode())

    def repeats():
        number = fresh("D-")
        first = place.order_code(number)
        again = place.order_code(number)
        same(again.payment_id, first.payment_id)
        same(
            again.order_code_form.code_details[0].code_value,
            first.order_code_form.code_details[0].code_value,
        )
        same(code(place.order_code(number, yen=1300)), "F REPEAT_REQ_INCONSISTENT")

    def scanned(wallet):
        def body():
            number = fresh("U-")
            said = place.user_code(number, payment_code(wallet))
            same(code(said), "S SUCCESS")
            same(place.query(number).payment_status.name, "SUCCESS")
        return body

    def unroutable():
        said = place.user_code(fresh("X-"), "999999999999999999")
        same(code(said), "F INVALID_PAYMENT_CODE")

    def refunds(wallet):
        def body():
            number, first, rest = fresh("P-"), fresh("R-"), fresh("R-")
            payment_id = place.order_code(number).payment_id
            same(code(place.refund(fresh("R-"), payment_id, 100))[0], "F")
            place.pay(number, wallet)
            place.paid(number)
            said = place.refund(first, payment_id, 500, notify=TILL.url)
            same(code(said), "S SUCCESS")
            again = place.refund(first, payment_id, 500)
            same((code(again), again.refund_id), ("S SUCCESS", said.refund_id))
            same(code(place.refund(first, payment_id, 600)), "F REPEAT_REQ_INCONSISTENT")
            same(code(place.refund(fresh("R-"), payment_id, 800)), "F REFUND_AMOUNT_EXCEED")
            same(code(place.refund(rest, payment_id, 700)), "S SUCCESS")
            for asked in [place.refunded(first), place.refunded(refund_id=said.refund_id)]:
                same((asked.refund_status.name, asked.refund_amount.value), ("SUCCESS", "500"))
            same(code(place.refunded(fresh("R-"))), "F ORDER_NOT_EXIST")
            moves = place.query(number).transactions
            done = {move.transaction_request_id: move.transaction_amount.value
                    for move in moves if move.transaction_status.name == "SUCCESS"}
            same(done, {first: "500", rest: "700"})
            message = TILL.told(
                "of a refund", lambda m: json.loads(m["body"]).get("refundRequestId") == first
            )
            assert place.checked(message)
            told = AlipayRefundNotify(message["body"])
            same((told.notify_type, told.refund_status), ("REFUND_RESULT", "SUCCESS"))
        return body

    def cancels():
        for paid in [False, True]:
            number = fresh("C-")
            payment_id = place.order_code(number).payment_id
            if paid:
                place.pay(number, place.wallets[0])
                place.paid(number)
            said = until("it is cancelled", lambda: next(
                (s for s in [place.cancel(number)] if code(s) != "U PAYMENT_IN_PROCESS"), None))
            same((code(said), said.payment_id), ("S SUCCESS", payment_id))
            same(code(place.cancel(payment_id=payment_id)), "S SUCCESS")
            same(place.query(number).payment_status.name, "CANCELLED")
            same(code(place.order_code(number)), "F ORDER_IS_CANCELED")
        # One that never came: then it never will count.
        number = fresh("C-")
        same(code(place.cancel(number)), "S SUCCESS")
        same(code(place.order_code(number)), "F ORDER_IS_CANCELED")

    def pages():
        for entry in [False, True]:
            number = fresh("W-")
            if entry:
                order = an_order(number, 1200)
                order.env = Env()
                order.env.user_agent = "A wallet's browser"
                request = EntryCodePaymentRequest(number, order, "JPY", "1200")
                said = place.ask(request, AlipayPayResponse)
            else:
                said = place.cashier(number)
            same(code(said), "U PAYMENT_IN_PROCESS")
            assert said.normal_url.startswith("http"), said.normal_url
            place.pay(said.normal_url if place.name == "facade" else number, place.wallets[-1])
            place.paid(number)

    def hold():
        number, capture_id = fresh("H-"), fresh("K-")
        payment_id = place.cashier(number, hold=True).payment_id
        place.pay(number)
        same(place.paid(number).payment_id, payment_id)
        request = AlipayCaptureRequest()
        request.capture_request_id, request.payment_id = capture_id, payment_id
        request.capture_amount, request.is_last_capture = Amount("JPY", "500"), True
        said = place.ask(request, AlipayCaptureResponse)
        same((code(said), said.capture_amount.value), ("S SUCCESS", "500"))
        again = place.ask(request, AlipayCaptureResponse)
        same((code(again), again.capture_id), ("S SUCCESS", said.capture_id))
        same(code(place.refund(fresh("R-"), payment_id, 600)), "F REFUND_AMOUNT_EXCEED")
        same(code(place.refund(fresh("R-"), payment_id, 500)), "S SUCCESS")

    def declined():
        wallet = place.wallets[0]
        noren("sandbox", "scenario", "--wallet", wallet, "decline", "--user", "ken")
        number = fresh("F-")
        place.order_code(number)
        more = ["--wallet", wallet] if place.name == "facade" else []
        pay(number, "--user", "ken", *more)
        until("it is declined", lambda: place.query(number).payment_status.name == "FAIL")

    def strangers():
        number = fresh("S-")
        payment_id = place.order_code(number).payment_id
        other = pkcs1(rsa.generate_private_key(public_exponent=65537, key_size=2048))
        thief = place.with_keys(other, place.public)
        same(code(place.order_code(fresh("S-"), client=thief)), "F SIGNATURE_INVALID")
        same(code(place.query(number, client=thief)), "F SIGNATURE_INVALID")
        same(code(place.query(fresh("S-"))), "F ORDER_NOT_EXIST")
        same(code(place.query(payment_id=payment_id + "0")), "F ORDER_NOT_EXIST")
        # An answer of ours under another's key is refused by the client itself.
        try:
            place.query(number, client=place.with_keys(place.private, OTHER[place.name].public))
        except Exception:
            return
        raise AssertionError("an answer was believed under another key")

    def wrong():
        request = OrderCodePaymentRequest(fresh("E-"), an_order("E", 1), "USD", "100")
        same(code(place.ask(request, AlipayPayResponse)), "F CURRENCY_NOT_SUPPORT")
        same(code(place.order_code(fresh("E-"), yen=0)), "F PARAM_ILLEGAL")
        same(code(place.order_code("E" * 65)), "F PARAM_ILLEGAL")

    place.test("order code", order_code)
    place.test("notification", notification)
    place.test("repeats", repeats)
    for wallet in place.wallets:
        place.test(f"payer's code of {wallet}", scanned(wallet))
    place.test("payer's code of nobody", unroutable)
    for wallet in place.wallets:
        place.test(f"refunds to {wallet}", refunds(wallet))
    place.test("cancel", cancels)
    place.test("pages", pages)
    place.test("hold and capture", hold)
    place.test("declined", declined)
    place.test("wrong keys and unknown ids", strangers)
    place.test("wrong content", wrong)


SANDBOX = Place("sandbox", ["alipayplus"])
FACADE = Place("facade", ["noren", "wechatpay"])
OTHER = {"sandbox": FACADE, "facade": SANDBOX}
play(SANDBOX)
play(FACADE)
