"""The page's server: what it answers, and how it starts and ends."""

import asyncio
import contextlib
import errno
import json
import sys
from importlib import resources
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from ..scenarios.errors import InputError
from . import catalogue, choices, jobs, share, spending, together, two_lives
from .crew import Crew, TaskFailed
from .guard import EVERYWHERE, Guard, cookie_of, is_loopback, new_token
from .reckoning import take_short_turns
from .sessions import COOKIE, Session, Sessions
from .stream import Stream

TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
RUNS = {
    "compare": lambda told: jobs.compare(choices.read(told)),
    "watch": jobs.watch,
    "lesson": jobs.lesson,
    "together": together.steps,
    "lives": two_lives.steps,
}
ASKING = 3  # short questions of one visitor at a time


class Page:
    """Everything a running page holds: its files, its sessions, its workers."""

    def __init__(self, workers: int | None = None):
        folder = resources.files(__package__) / "static"
        self.files = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
        self.catalogue = json.dumps(catalogue.everything()).encode()
        self.sessions, self.crew = Sessions(), Crew(workers)

    def app(self) -> Starlette:
        """Return the application, without its guard."""
        routes = [
            Route("/", self.front),
            Route("/static/{name:str}", self.static),
            Route("/api/status", self.status),
            Route("/api/choices", self.choices),
            Route("/api/places", _answered(lambda request: catalogue.search(request.query_params.get("q", "")))),
            Route("/api/place", _answered(lambda request: catalogue.place(request.query_params.get("code", "")))),
            Route(
                "/api/evidence", _answered(lambda request: catalogue.evidence_of(request.query_params.get("id", "")))
            ),
            Route("/api/share", self.share, methods=["POST"]),
            Route("/api/budget", self.budget, methods=["POST"]),
            Route("/api/story", self.story, methods=["POST"]),
            Route("/api/run/{name:str}", self.run, methods=["POST"]),
        ]
        return Starlette(routes=routes, lifespan=self.alive)

    @contextlib.asynccontextmanager
    async def alive(self, app):
        """Start the workers with the page, and end them with it."""
        take_short_turns()
        self.crew.start()
        try:
            yield
        finally:
            self.crew.close()

    async def front(self, request: Request) -> Response:
        """Answer with the page itself; a browser that is new gets a session."""
        response = Response(self.files["index.html"], media_type="text/html", headers={"cache-control": "no-cache"})
        if self._session(request) is None:
            session = self.sessions.begin()
            if session is None:
                return PlainTextResponse("Too many visitors at once; try again in a while.", 503)
            response.set_cookie(COOKIE, session.id, httponly=True, samesite="strict", path="/")
        return response

    async def static(self, request: Request) -> Response:
        """Answer with a file of the page; its name is looked up among those, never on the disk."""
        name = request.path_params["name"]
        if name not in self.files:
            return PlainTextResponse("There is no such file.", 404)
        media = TYPES.get(name.rpartition(".")[2], "application/octet-stream")
        return Response(self.files[name], media_type=media, headers={"cache-control": "no-cache"})

    async def status(self, request: Request) -> Response:
        """Say whether a run would begin at once."""
        busy = sum(worker.task is not None for worker in self.crew.workers)
        waiting = sum(map(len, self.crew.waiting.values()))
        return _json({"ready": self.crew.ready, "workers": len(self.crew.workers), "busy": busy, "waiting": waiting})

    async def choices(self, request: Request) -> Response:
        """Answer with policies, levers and switches."""
        return Response(self.catalogue, media_type="application/json", headers={"cache-control": "no-cache"})

    async def share(self, request: Request) -> Response:
        """Answer with scenario files, hashes and the command."""
        return await _thought(lambda told: share.told(choices.read(told)), request)

    async def budget(self, request: Request) -> Response:
        """Answer with what the levers cost in a year, and what a budget leaves of them."""
        return await _thought(spending.told, request)

    async def run(self, request: Request) -> Response:
        """Begin a run and stream what it says; the visitor's run before it ends."""
        session, make = self._session(request), RUNS.get(request.path_params["name"])
        if make is None:
            return _problem("There is no such question.", 404)
        if session is None:
            return _problem("This page was opened before the server started again: load it anew.", 401)
        if not session.may_ask():
            return _problem("That was fast. Wait a few seconds and press again.", 429)
        try:
            steps = make(await _body(request))
        except InputError as error:
            return _problem(str(error), 400)
        if session.run is not None:
            session.run.stop()
        job = jobs.Job(self.crew, session)
        session.run = stream = Stream(jobs.messages(job, steps), lambda ended: _ended(session, ended))
        return stream

    async def story(self, request: Request) -> Response:
        """Answer with what somebody in a watched world is living through."""
        session = self._session(request)
        if session is None:
            return _problem("This page was opened before the server started again: load it anew.", 401)
        if session.asking >= ASKING or not session.may_ask():
            return _problem("One at a time, please.", 429)
        session.asking += 1
        task = None
        try:
            task = self.crew.submit((session, "asks"), "story", jobs.asked_about(await _body(request)))
            return _json(await asyncio.wait_for(asyncio.shield(task.answer), jobs.PATIENCE))
        except InputError as error:
            return _problem(str(error), 400)
        except (TaskFailed, TimeoutError) as error:
            return _problem(str(error) or "All workers are busy; try again in a while.", 503)
        finally:
            session.asking -= 1
            if task and not task.answer.done():
                self.crew.give_up(task)

    def _session(self, request: Request) -> Session | None:
        return self.sessions.find(cookie_of(request.scope, COOKIE))


def _ended(session: Session, stream: Stream) -> None:
    if session.run is stream:
        session.run = None


async def _body(request: Request) -> Any:
    """Return the JSON of a request. Raises InputError."""
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError):
        raise InputError("the question cannot be read as JSON") from None


async def _thought(answer, request: Request) -> Response:
    try:
        told = await _body(request)
        return _json(await asyncio.to_thread(answer, told))
    except InputError as error:
        return _problem(str(error), 400)


def _answered(answer):
    async def endpoint(request: Request) -> Response:
        try:
            return _json(await asyncio.to_thread(answer, request))
        except InputError as error:
            return _problem(str(error), 400)

    return endpoint


def _json(told: Any) -> Response:
    return JSONResponse(told, headers={"cache-control": "no-store"})


def _problem(text: str, status: int) -> Response:
    return JSONResponse({"problem": text}, status, headers={"cache-control": "no-store"})


def guarded(page: Page, host: str, port: int, token: str | None = None) -> Guard:
    """Return the application as it is served."""
    return Guard(page.app(), host, port, token)


def serve(host: str = "127.0.0.1", port: int = 8765, browser: bool = True, workers: int | None = None) -> None:
    """Serve the page until Ctrl-C. A host that others reach needs a token, which is made and printed."""
    import uvicorn

    token = None if is_loopback(host) else new_token()
    sock = _socket(host, port)
    port = sock.getsockname()[1]
    shown = _reached_at() if host in EVERYWHERE else host
    shown = f"[{shown}]" if ":" in shown else shown
    address = f"http://{shown}:{port}/" + (f"?token={token}" if token else "")
    print(f"Deflect is at {address}  (Ctrl-C ends it)", flush=True)
    if token:
        print("Whoever has this link can use the page; nobody else can.", flush=True)
    config = uvicorn.Config(
        guarded(Page(workers), host, port, token),
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=2,
        limit_concurrency=1000,
    )
    server = uvicorn.Server(config)
    if browser:
        _open(address)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[sock])
    print("\nThe page has ended.", file=sys.stderr)


def _socket(host: str, port: int):
    """Return a socket that listens. Raises InputError when the port is taken or the host is not here."""
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        sock.listen(512)  # who comes before all is ready waits a moment, and is not refused
    except (OSError, OverflowError) as error:
        sock.close()
        why = getattr(error, "strerror", None) or error
        cure = f"; another port: --port {port + 1}" if getattr(error, "errno", 0) == errno.EADDRINUSE else ""
        raise InputError(f"--host {host} --port {port}: {why}{cure}") from None
    return sock


def _reached_at() -> str:
    """Return an address at which others reach this machine; nothing is sent to find it."""
    import socket

    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way_out:
            way_out.connect(("192.0.2.1", 9))  # an address kept for examples; connecting sends no packet
            return way_out.getsockname()[0]
    except OSError:
        return socket.gethostname()


def _open(address: str) -> None:
    """Open the browser a moment later, when somebody answers."""
    import threading
    import webbrowser

    timer = threading.Timer(0.8, webbrowser.open, (address,))
    timer.daemon = True
    timer.start()
