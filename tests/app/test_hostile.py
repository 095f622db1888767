"""Careless and hostile visitors: nothing of theirs names a file, runs code, or gets past the door."""

import socket
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from deflect.app import choices
from deflect.app.guard import LARGEST_BODY, names_of, new_token
from deflect.app.server import Page, guarded
from deflect.scenarios.errors import InputError
from visits import SMALL, in_a_loop


@pytest.fixture(scope="module")
def page_object():
    return Page(workers=1)  # nothing is started before its lifespan


def answer(page, path="/", method="GET", host="127.0.0.1:8765", at=("127.0.0.1", 8765), token=None, **how):
    """Ask a page that is not served."""

    async def ask():
        transport = httpx.ASGITransport(app=guarded(page, *at, token))
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
            return await client.request(method, path, **how)

    return in_a_loop(ask())


def raw(served: str, request: bytes) -> bytes:
    """Send bytes as they are and return the first line of what comes back."""
    host, port = served.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request)
        return connection.recv(4096)


# --- files


@pytest.mark.parametrize(
    "path",
    [
        "../server.py",
        "..%2fserver.py",
        "%2e%2e/server.py",
        "..\\server.py",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "app.js%00.py",
    ],
)
def test_no_path_reaches_the_disk(served, path):
    said = raw(served, f"GET /static/{path} HTTP/1.1\r\nHost: {served[7:]}\r\nConnection: close\r\n\r\n".encode())
    assert said.split(b" ")[1] in (b"404", b"400")
    assert b"import" not in said and b"root:" not in said


@pytest.mark.parametrize(
    "told",
    [
        {"place": "scenarios/places/example_place.yaml"},
        {"place": "../../etc/passwd"},
        {"place": "Cabell, WV"},
        {"place": "99999"},
        {"place": ["54011"]},
        {"a": {"policy": "../policies/mari"}},
        {"a": {"policy": "/work/x.yaml"}},
        {"a": {"policy": "mari.yaml"}},
        {"a": {"policy": None}},
        {"a": {"policy": "mari", "levers": {"name": "x"}}},
        {"a": {"policy": "mari", "levers": {"extends": "/etc/passwd"}}},
        {"a": {"policy": "mari", "levers": {"prices.cost_jail_day": 1}}},
        {"a": {"policy": "mari", "levers": {"deflection.coverage": 1.01}}},
        {"a": {"policy": "mari", "levers": {"deflection.coverage": True}}},
        {"a": {"policy": "mari", "levers": {"deflection.coverage": "0.5"}}},
        {"a": {"policy": "mari", "levers": {"deflection.coverage": float("nan")}}},
        {"a": {"policy": "mari", "levers": {"harm_reduction.kits_per_100k_year": 1e9}}},
        {"a": {"policy": "mari", "levers": {"trauma_training.days": 3}}},
        {"a": {"policy": "mari", "levers": {"deflection.self_referral": 1}}},
        {"a": {"policy": "mari", "levers": {"budget.over": "spend"}}},
        {"switches": {"trust_to_911": 4.0}},
        {"switches": {"__class__": "off"}},
        {"residents": 30_001},
        {"residents": 1e3},
        {"residents": True},
        {"years": 11},
        {"pairs": 51},
        {"pairs": 4},
        {"seed": -1},
        {"seed": 2**80},
        {"worker": 1},
        [],
        "status_quo",
        None,
    ],
)
def test_what_is_not_on_the_page_is_refused_in_words(page_object, told):
    question = SMALL | told if isinstance(told, dict) else told
    with pytest.raises(InputError):
        choices.read(question)


def test_what_is_on_the_page_is_taken():
    levers = {
        "deflection.coverage": 0.5,
        "deflection.self_referral": True,
        "trauma_training.days": 5,
        "budget.over": "scale",
    }
    asked = choices.read(SMALL | {"a": {"policy": "mari", "levers": levers}, "switches": {"trust_to_911": "off"}})
    assert asked.a.levers == levers and asked.residents == 1000


# --- bodies


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe", b"[" * 30_000, b'{"a": NaN}', b"nul"])
def test_bodies_that_are_no_question(visitor, body):
    for path in ("/api/share", "/api/story", "/api/budget", "/api/run/compare", "/api/run/watch", "/api/run/together"):
        said = visitor.post(path, content=body, headers={"content-type": "application/json"})
        assert said.status_code in (400, 429), (path, said.text)
        assert "problem" in said.json() and "Traceback" not in said.text


def test_a_body_that_is_too_large_is_not_read(served, visitor):
    said = visitor.post("/api/share", content=b" " * (LARGEST_BODY + 1), headers={"content-type": "application/json"})
    assert said.status_code == 413
    head = f"POST /api/share HTTP/1.1\r\nHost: {served[7:]}\r\nContent-Type: application/json\r\n"
    chunk = b"%x\r\n" % 8192 + b" " * 8192 + b"\r\n"
    chunked = raw(served, head.encode() + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 12)  # more than it may be
    assert b" 200 " not in chunked
    lying = raw(served, head.encode() + b"Content-Length: -5\r\n\r\n")
    assert lying.split(b" ")[1].startswith(b"4")


# --- the door


def test_only_its_own_host_and_origin_are_answered(page_object):
    assert answer(page_object).status_code == 200
    assert answer(page_object, host="localhost:8765").status_code == 200
    assert answer(page_object, host="evil.example:8765").status_code == 421
    assert answer(page_object, host="127.0.0.1:9999").status_code == 421
    own, other = ({"origin": f"http://{host}"} for host in ("127.0.0.1:8765", "evil.example"))
    assert answer(page_object, "/api/choices", headers=own).status_code == 200
    assert answer(page_object, "/api/choices", headers=other).status_code == 403
    cross = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"}
    assert answer(page_object, "/api/choices", headers=cross).status_code == 403
    assert answer(page_object, "/", headers=cross | {"sec-fetch-mode": "navigate"}).status_code == 200


def test_forms_of_other_pages_and_other_methods_are_refused(page_object):
    form = answer(page_object, "/api/share", "POST", content=b"{}", headers={"content-type": "text/plain"})
    assert form.status_code == 415
    assert answer(page_object, "/api/share", "DELETE").status_code == 405


def test_every_answer_forbids_what_is_not_its_own(page_object):
    for path in ("/", "/static/app.js", "/api/choices", "/nothing"):
        headers = answer(page_object, path).headers
        assert headers["content-security-policy"].startswith("default-src 'self';")
        assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] == "DENY"


def test_a_network_needs_the_token(page_object):
    token, at, host = new_token(), ("0.0.0.0", 8765), "192.0.2.7:8765"
    door = {"at": at, "host": host, "token": token}
    assert answer(page_object, **door).status_code == 403
    assert answer(page_object, "/api/choices", **door).status_code == 403
    assert answer(page_object, "/?token=guess", **door).status_code == 403
    let_in = answer(page_object, f"/?token={token}", **door)
    assert let_in.status_code == 303 and "HttpOnly" in let_in.headers["set-cookie"]
    cookie = {"cookie": f"deflect_token={token}"}
    assert answer(page_object, "/", headers=cookie, **door).status_code == 200
    assert answer(page_object, "/", headers={"cookie": "deflect_token=guess"}, **door).status_code == 403
    rebound = door | {"host": "evil.example:8765"}
    assert answer(page_object, "/", headers=cookie, **rebound).status_code == 421
    plain = {"at": ("0.0.0.0", 80), "host": "192.0.2.7", "token": token}
    assert answer(page_object, "/", headers=cookie, **plain).status_code == 200
    assert answer(page_object, "/", headers=cookie, **plain | {"host": "evil.example"}).status_code == 421


def test_the_names_a_server_answers_to():
    assert "127.0.0.1:8765" in names_of("127.0.0.1", 8765)
    assert "127.0.0.1:8765" in names_of("0.0.0.0", 8765)
    assert "127.0.0.1:8765" not in names_of("192.0.2.7", 8765)


def test_a_run_needs_a_session_and_a_name(served, visitor):
    assert httpx.post(f"{served}/api/run/compare", json=SMALL).status_code == 401
    assert visitor.post("/api/run/os.system", json=SMALL).status_code == 404


def test_who_presses_too_fast_is_told_so(served):
    """Many at a time: on a busy machine one after the other would not be too fast."""
    with httpx.Client(base_url=served, timeout=60) as client, ThreadPoolExecutor(12) as fingers:
        client.get("/")

        def press(_):
            return client.post("/api/run/compare", json={"place": "nowhere"}).status_code

        codes = list(fingers.map(press, range(60)))
    assert codes.count(400) >= 12 and 429 in codes and {*codes} == {400, 429}
