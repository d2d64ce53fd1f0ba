"""What the scripts share: the shell's `noren`, a till's own server, and one line for each case."""

import http.server
import os
import secrets
import subprocess
import threading
import time


def setting(name):
    """A variable of `noren sandbox env`, or of the test."""
    value = os.environ.get(name)
    assert value, f"{name} is not set"
    return value


def key_file(name):
    """A key of the state folder, as text."""
    with open(setting(name), encoding="utf-8") as file:
        return file.read()


def fresh(prefix):
    """A number that no other run has used."""
    return prefix + secrets.token_hex(6)


def noren(*args):
    """Runs `noren` with these arguments; gives what it printed. NOREN_DATA tells it where."""
    ran = subprocess.run([setting("NOREN"), *args], check=True, stdout=subprocess.PIPE, text=True)
    return ran.stdout.strip()


def pay(what, *more):
    """A sandbox user pays an open order: order number, network number, or the text of a code."""
    return noren("sandbox", "pay", what, *more)


def payment_code(wallet):
    """A payment code of a sandbox user, for a till to scan."""
    return noren("sandbox", "code", "--wallet", wallet)


def scenario(wallet, name):
    """What a user's next payments or refunds meet."""
    return noren("sandbox", "scenario", "--wallet", wallet, name)


def test(place, name, body):
    """Runs one case and prints its line; a case that raises ends the script with an exit code."""
    try:
        body()
    except BaseException:
        print(f"FAILED {place} {name}", flush=True)
        raise
    print(f"ok {place} {name}", flush=True)


def until(what, ask, seconds=20):
    """Asks until the answer is something, for a time."""
    end = time.monotonic() + seconds
    while True:
        found = ask()
        if found:
            return found
        assert time.monotonic() < end, f"waited {seconds} s until {what}, in vain"
        time.sleep(0.1)


class Till:
    """The till's own server: keeps every message that it is told, and answers as `answer` says."""

    def __init__(self, answer=lambda message: (200, {}, b"")):
        heard = self.heard = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers.get("content-length") or 0)
                message = {
                    "path": self.path,
                    "headers": {name.lower(): value for name, value in self.headers.items()},
                    "body": self.rfile.read(length).decode("utf-8"),
                }
                heard.append(message)
                status, headers, body = answer(message)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        port = int(setting("NOTIFY_PORT"))
        self.url = f"http://127.0.0.1:{port}/notify"
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def told(self, what, is_it):
        """The first message for which `is_it` is true, once it has come."""
        found = lambda: next((message for message in self.heard if is_it(message)), None)
        return until(f"the till is told {what}", found)
