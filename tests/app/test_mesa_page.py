"""Mesa's own page, where its extra is installed: `uv run --extra mesa-page pytest tests/app/test_mesa_page.py`."""

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

pytest.importorskip("solara", reason="the extra mesa-page is not installed")
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "mesa_page.py"
PORT = "8799"
LONG = 120_000  # milliseconds: the model may be compiled first


@pytest.fixture
def address(tmp_path):
    """The address of Mesa's page."""
    command = [sys.executable, "-m", "solara", "run", str(EXAMPLE), "--port", PORT, "--no-open"]
    quiet = os.environ | {"SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False"}
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=quiet)
        yield f"http://localhost:{PORT}"
        process.terminate()
        process.wait(20)


def open_page(chromium, address: str):
    window = chromium.new_page()
    for _ in range(60):
        try:
            httpx.get(address)
            break
        except httpx.ConnectError:
            window.wait_for_timeout(500)
    window.goto(address)
    expect(window.get_by_role("button", name="Step")).to_be_visible(timeout=LONG)
    return window


def test_mesas_page_plays_and_every_visitor_has_a_town(chromium, address):
    one = open_page(chromium, address)
    for name in ("no history", "remission"):
        expect(one.locator("main table")).to_contain_text(name)
    expect(one.locator("main img, main svg").first).to_be_visible()
    one.get_by_role("button", name="▶").click()
    expect(one.locator("body")).to_contain_text(re.compile(r"Time: [1-9]"), timeout=LONG)
    other = open_page(chromium, address)
    expect(other.locator("body")).to_contain_text("Time: 0.0")
    for window in (one, other):
        window.close()
