"""A page that runs, a browser without a head, and visitors without a browser."""

import re
import shutil
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from visits import CLI

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """The address of a page that is ready to run."""
    log = tmp_path_factory.mktemp("page") / "errors.txt"
    with log.open("w") as errors:
        command = [*CLI, "page", "--port", "0", "--no-browser", "--workers", "2"]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True)
        try:
            said = process.stdout.readline()
            address = re.search(r"http://127\.0\.0\.1:\d+", said)
            assert address, f"{said}{log.read_text()}"
            _wait_until_ready(address[0], process, log)
            yield address[0]
        finally:
            process.terminate()
            process.wait(20)


def _wait_until_ready(address: str, process, log: Path) -> None:
    for _ in range(1200):
        assert process.poll() is None, log.read_text()
        status = httpx.get(f"{address}/api/status").json()
        if status["ready"]:
            assert status["workers"], log.read_text()
            return
        time.sleep(0.25)
    raise AssertionError(f"the page was never ready: {log.read_text()}")


@pytest.fixture
def visitor(served):
    """A visitor with a session and without a browser."""
    with httpx.Client(base_url=served, timeout=120) as client:
        client.get("/")
        yield client


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("these tests need Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium, served):
    """A browser window at the page. At the end: nothing was asked of any other host, and nothing went wrong in it."""
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    window = context.new_page()
    asked, wrong = [], []
    window.on("request", lambda request: asked.append(request.url))
    window.on("pageerror", lambda error: wrong.append(str(error)))
    window.on("response", lambda answer: answer.status >= 404 and wrong.append(f"{answer.status} {answer.url}"))
    window.on("console", lambda message: _is_wrong(message) and wrong.append(message.text))
    window.address = served
    yield window
    context.close()
    assert asked and {urlsplit(url).netloc for url in asked if urlsplit(url).scheme != "blob"} == {
        urlsplit(served).netloc
    }
    assert not wrong


def _is_wrong(message) -> bool:
    """Is this an error of the page's own? A refusal in words (400) is logged by the browser too."""
    return message.type == "error" and "status of 400" not in message.text
