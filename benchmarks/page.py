"""How the page answers a class: thirty visitors press run at once, and go on asking for things while runs go on.

Starts `deflect page`, opens sessions (visitors without a browser, so that no browser takes the processors), and prints
how long small answers take meanwhile, when each sees a first picture, and when five pairs are told. A picture is there
with the first month that the page draws, a year before the policy; the months of the burn-in before it are not drawn.
Seconds of a clock on the wall: on a busy machine they are longer.
Usage: python benchmarks/page.py [VISITORS [RESIDENTS]]
"""

import asyncio
import json
import re
import statistics
import subprocess
import sys
import time

import httpx
from deflect.benchmarks.measure import table

PICTURE, ANSWER = 2.0, 0.2  # seconds: budgets, on a machine with nothing else to do
DRAWN = -13  # first month that the page draws, from the start of the policy (app/static/series.js)
SMALL_ANSWERS = (
    "/",
    "/api/places?q=cabell",
    "/api/place?code=54011",
    "/api/evidence?id=deflection_coverage",
    "/api/status",
)
PAUSE = 0.3  # seconds between two small questions of a visitor
START = "from deflect.experiments.cli import main; main()"


async def run(client: httpx.AsyncClient, question: dict) -> dict[str, float]:
    """Ask for a comparison; return the seconds until its first picture, first month of policy, pairs, and end."""
    began, found, pairs, name = time.perf_counter(), {}, 0, ""
    async with client.stream("POST", "/api/run/compare", json=question) as answer:
        answer.raise_for_status()
        async for line in answer.aiter_lines():
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: ") and name in ("months", "pair"):
                now = time.perf_counter() - began
                month = json.loads(line[6:])["first"] if name == "months" else -99
                pairs += name == "pair"
                for what, is_there in (
                    ("first picture", month >= DRAWN),
                    ("first month of the policy", month >= 0),
                    ("first pair", pairs == 1),
                    ("five pairs", pairs == 5),
                ):
                    if is_there:
                        found.setdefault(what, now)
    return found | {"all": time.perf_counter() - began}


async def look_about(client: httpx.AsyncClient, until: asyncio.Event) -> list[float]:
    """Ask small things until told to stop; return how long each answer took."""
    took = []
    while not until.is_set():
        for path in SMALL_ANSWERS:
            began = time.perf_counter()
            (await client.get(path)).raise_for_status()
            took.append(time.perf_counter() - began)
            await asyncio.sleep(PAUSE)
    return took


async def measure(address: str, visitors: int, residents: int) -> None:
    """Let one visitor run alone, then all at once."""
    clients = [httpx.AsyncClient(base_url=address, timeout=600) for _ in range(visitors)]
    for client in clients:
        await client.get("/")
    question = {"residents": residents, "years": 3, "pairs": 5, "b": {"policy": "full_package"}}
    while not (await clients[0].get("/api/status")).json()["ready"]:
        await asyncio.sleep(0.2)
    await asyncio.sleep(12)  # the other workers get ready too
    alone = await run(clients[0], question | {"residents": 20_000})
    done = asyncio.Event()
    looking = [asyncio.create_task(look_about(client, done)) for client in clients]
    runs = await asyncio.gather(*(run(client, question | {"seed": 10 * i}) for i, client in enumerate(clients)))
    done.set()
    answers = sorted(second for took in await asyncio.gather(*looking) for second in took)
    for client in clients:
        await client.aclose()
    rows = [(what, seconds, seconds) for what, seconds in alone.items()]
    table("One visitor alone, 20,000 residents, 3 years, 5 pairs (seconds)", ("until", "median", "slowest"), rows)
    rows = [(what, statistics.median(told), max(told)) for what in alone if (told := [one[what] for one in runs])]
    table(f"{visitors} visitors at once, {residents:,} residents (seconds)", ("until", "median", "slowest"), rows)
    worst = answers[int(0.99 * len(answers))]
    rows = [(f"{part} of 100 within", answers[int(part / 100 * len(answers))]) for part in (50, 95, 99)]
    rows.append(("slowest", answers[-1]))
    table(f"{len(answers):,} small answers while these runs went on (seconds)", ("", "seconds"), rows)
    for what, second, budget in (
        ("first picture of one visitor, 20,000 residents", alone["first picture"], PICTURE),
        (f"99 of 100 answers with {visitors} sessions at work", worst, ANSWER),
    ):
        print(f"{what}: {second:.2f} s, budget {budget:g} s: {'kept' if second <= budget else 'missed'}")


def main() -> None:
    """Start the page, measure it, end it."""
    visitors = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    residents = int(sys.argv[2]) if len(sys.argv) > 2 else 5_000
    command = [sys.executable, "-c", START, "page", "--port", "0", "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        address = re.search(r"http://[\d.:]+", process.stdout.readline())[0]
        asyncio.run(measure(address, visitors, residents))
    finally:
        process.terminate()
        process.wait(20)


if __name__ == "__main__":
    main()
