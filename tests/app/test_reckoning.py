"""The server reckons one thing at a time, and answers meanwhile."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from deflect.app.reckoning import reckon


def _served(answer):
    """What a server's own loop makes of it: in a thread of its own, for a browser's loop may be in this one."""
    with ThreadPoolExecutor(1) as server:
        return server.submit(lambda: asyncio.run(answer())).result()


def test_one_at_a_time_in_order_while_the_loop_goes_on():
    under_way, most, done = [], [], []
    may_end = threading.Event()

    def work(number):
        under_way.append(number)
        most.append(len(under_way))
        assert may_end.wait(10), "the loop did not go on"
        under_way.remove(number)
        done.append(number)
        return number

    async def visitors():
        asked = [asyncio.create_task(reckon(work, number)) for number in range(4)]
        while not under_way:
            await asyncio.sleep(0.001)
        may_end.set()
        return await asyncio.gather(*asked)

    assert _served(visitors) == done == [0, 1, 2, 3]
    assert set(most) == {1}


def test_what_goes_wrong_reaches_who_asked():
    with pytest.raises(ZeroDivisionError):
        _served(lambda: reckon(lambda x: 1 / x, 0))
