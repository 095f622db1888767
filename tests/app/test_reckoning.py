"""The server reckons one thing at a time, and answers meanwhile."""

import asyncio
import threading

import pytest
from deflect.app.reckoning import reckon


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

    assert asyncio.run(visitors()) == done == [0, 1, 2, 3]
    assert set(most) == {1}


def test_what_goes_wrong_reaches_who_asked():
    with pytest.raises(ZeroDivisionError):
        asyncio.run(reckon(lambda x: 1 / x, 0))
