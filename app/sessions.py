"""Sessions: a browser each, known by a cookie nobody can guess. A session owns its runs and nothing else."""

import secrets
import time
from dataclasses import dataclass, field

COOKIE = "deflect_session"
MOST = 300
IDLE = 4 * 3600  # seconds until a session that asks nothing is forgotten
PACE, BURST = 2.0, 12.0  # questions that cost work, a second, and how many at once


@dataclass(eq=False)
class Session:
    """One browser. `run` is the run under way, so that a newer one takes its place."""

    id: str
    seen: float
    run: object | None = None
    asking: int = 0  # short questions under way
    left: float = BURST
    left_at: float = field(default_factory=time.monotonic)

    def may_ask(self) -> bool:
        """Take one question from the session's bucket; say whether there was one."""
        now = time.monotonic()
        self.left = min(BURST, self.left + (now - self.left_at) * PACE)
        self.left_at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


class Sessions:
    """All sessions of a server."""

    def __init__(self):
        self.known: dict[str, Session] = {}

    def find(self, id: str) -> Session | None:
        """Return the session of a cookie, or None for one that is not known."""
        session = self.known.get(id)
        if session:
            session.seen = time.monotonic()
        return session

    def begin(self) -> Session | None:
        """Return a new session, or None when there are too many that are at work."""
        now = time.monotonic()
        for old in [one for one in self.known.values() if now - one.seen > IDLE and one.run is None]:
            del self.known[old.id]
        if len(self.known) >= MOST:
            idle = [one for one in self.known.values() if one.run is None and one.asking == 0]
            if not idle:
                return None
            del self.known[min(idle, key=lambda one: one.seen).id]
        session = Session(secrets.token_urlsafe(24), now)
        self.known[session.id] = session
        return session
