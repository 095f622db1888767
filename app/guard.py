"""Who may ask the page anything: host, origin, token, size and pace of requests are checked before anything else."""

import hmac
import ipaddress
import secrets
import socket
import time
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

LARGEST_BODY = 64 * 1024  # bytes
TOKEN_COOKIE = "deflect_token"
HEADERS = (
    (b"content-security-policy", b"default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; "
     b"frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)  # fmt: skip
PACE, BURST = 30.0, 120.0  # requests a second of one address and token, and how many at once
EVERYWHERE = ("0.0.0.0", "::")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach a host."""
    return host in LOOPBACK or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def names_of(host: str, port: int) -> set[str]:
    """Return what the Host header of a request to this server may say; any address, where all are listened to."""
    names = set(LOOPBACK) if is_loopback(host) else {host, socket.gethostname()}
    names |= set(LOOPBACK) if host in EVERYWHERE else set()
    told = {f"[{name}]" if ":" in name else name for name in names}
    return {f"{name}:{port}".lower() for name in told} | ({name.lower() for name in told} if port == 80 else set())


class Guard:
    """Middleware around the whole page."""

    def __init__(self, app, host: str, port: int, token: str | None):
        self.app, self.token, self.port = app, token, port
        self.names = names_of(host, port)
        self.any_address = host in EVERYWHERE
        self.buckets: dict[str, tuple[float, float]] = {}  # address -> requests left, when that was so

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        send = _with_headers(send)
        refusal = self._refusal(scope, headers)
        if refusal:
            await _answer(send, *refusal)
        elif self.token and self._brings_token(scope):
            cookie = f"{TOKEN_COOKIE}={self.token}; Path=/; HttpOnly; SameSite=Strict"
            await _answer(send, 303, "", ((b"location", b"/"), (b"set-cookie", cookie.encode())))
        elif self.token and not _same(_cookie(headers, TOKEN_COOKIE), self.token):
            await _answer(send, 403, "This page needs the link with its token, as the terminal shows it.")
        else:
            await self.app(scope, _limited(receive), send)

    def _refusal(self, scope, headers: dict[str, str]) -> tuple[int, str] | None:
        """Return status and text of a request that is not answered."""
        host = headers.get("host", "").lower()
        if not (host in self.names or (self.any_address and _address_and_port(host, self.port))):
            return 421, "This host is not served here."
        if "origin" in headers and headers["origin"].lower() != f"http://{host}":
            return 403, "Only the page itself may ask."
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none") and (
            scope["path"] != "/" or headers.get("sec-fetch-mode") != "navigate"
        ):
            return 403, "Only the page itself may ask."
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return 405, "GET and POST only."
        if (
            scope["method"] == "POST"
            and headers.get("content-type", "").partition(";")[0].strip() != "application/json"
        ):
            return 415, "Questions are asked in JSON."
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length[:12]) > LARGEST_BODY:
            return 413, "That is too much at once."
        if not self._in_pace(scope):
            return 429, "Slower, please."
        return None

    def _in_pace(self, scope) -> bool:
        """Take one request from the address's bucket; say whether there was one."""
        address, now = (scope.get("client") or ("", 0))[0], time.monotonic()
        pace = PACE * (10 if is_loopback(address) else 1)  # a class on one machine
        left, at = self.buckets.pop(address, (BURST, now))
        left = min(BURST * pace / PACE, left + (now - at) * pace)
        self.buckets[address] = (max(0.0, left - 1), now)
        if len(self.buckets) > 10_000:
            self.buckets.pop(next(iter(self.buckets)))
        return left >= 1

    def _brings_token(self, scope) -> bool:
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        return scope["path"] == "/" and _same(given, self.token)


def new_token() -> str:
    """Return a token nobody can guess."""
    return secrets.token_urlsafe(18)


def cookie_of(scope, name: str) -> str:
    """Return a cookie of a request, empty where there is none."""
    headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
    return _cookie(headers, name)


def _cookie(headers: dict[str, str], name: str) -> str:
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return ""
    return cookies[name].value if name in cookies else ""


def _same(given: str, known: str) -> bool:
    return hmac.compare_digest(given.encode(), known.encode())


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _address_and_port(host: str, port: int) -> bool:
    """Is this an address with our port? A name could be made to point here by somebody else's name server."""
    name, _, given = host.rpartition(":") if not _is_address(host.strip("[]")) else (host, ":", "80")
    return given == str(port) and _is_address(name.strip("[]"))


def _limited(receive):
    """Stop reading a body that grows beyond what is allowed, whatever its header says."""
    read = 0

    async def limited():
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > LARGEST_BODY:
            return {"type": "http.disconnect"}
        return message

    return limited


def _with_headers(send):
    async def sending(message):
        if message["type"] == "http.response.start":
            message = message | {"headers": [*message.get("headers", ()), *HEADERS]}
        await send(message)

    return sending


async def _answer(send, status: int, text: str, headers=()) -> None:
    plain = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store"), *headers]
    await send({"type": "http.response.start", "status": status, "headers": plain})
    await send({"type": "http.response.body", "body": text.encode()})
