"""What tests in a browser do again and again."""

import time

import httpx
from playwright.sync_api import expect

SMALL = "residents=1000&years=1&pairs=5"
LONG = 60_000  # milliseconds a run may take on a busy machine


def open_at(page, rest: str) -> None:
    page.goto(f"{page.address}/#{rest}")


def status(page) -> dict:
    return httpx.get(f"{page.address}/api/status").json()


def at_rest(page) -> bool:
    """Say whether, within some seconds, nothing runs and nothing waits."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        told = status(page)
        if not told["busy"] and not told["waiting"]:
            return True
        time.sleep(0.2)
    return False


def finished(page) -> None:
    expect(page.locator(".progress")).to_contain_text("5 pairs of runs, all done", timeout=LONG)
