"""The range of chance: what it promises, it keeps."""

import numpy as np
import pytest
from deflect.experiments.chance import band, spread


def test_three_runs_by_hand():
    # t of 2 degrees of freedom at 0.975 is 4.302653; 4.302653 * 1 * sqrt(4 / 3) = 4.968276
    told = spread([11.0, 12.0, 13.0])
    assert (told.mean, told.median, told.sd, told.runs) == (12, 12, 1, 3)
    assert (told.low, told.high) == pytest.approx((12 - 4.968276, 12 + 4.968276), abs=1e-5)
    assert spread([1.0, 2.0, 3.0]).low == 0


def test_one_run_has_no_interval_and_missing_numbers_are_left_out():
    alone = spread([3.0, np.nan])
    assert (alone.mean, alone.runs) == (3, 1) and np.isnan([alone.sd, alone.low, alone.high]).all()
    assert spread([np.nan]).runs == 0 and np.isnan(spread([]).mean)


def test_the_next_run_falls_in_it_95_times_in_100():
    draws = np.random.default_rng(7).normal(100, 5, (4000, 11))
    inside = [s.low <= last <= s.high for *runs, last in draws for s in [spread(runs)]]
    assert 0.94 < np.mean(inside) < 0.96


def test_a_band_is_the_spread_where_the_spread_is_even():
    rows = np.add.outer([1.0, 2.0, 6.0], np.arange(30.0))
    median, low, high = band(rows)
    for time in range(30):
        there = spread(rows[:, time])
        assert (median[time], low[time], high[time]) == pytest.approx((there.median, there.low, there.high))


def test_a_band_does_not_close_where_runs_agree_by_accident():
    rows = np.array([[90.0] * 30, [110.0] * 30])
    rows[:, 15] = 100
    _, low, high = band(rows)
    assert high[15] - low[15] > 0.9 * (high[14] - low[14])


def test_a_band_leaves_missing_numbers_out():
    rows = np.array([[np.nan, np.nan, 1.0, 1.0], [np.nan, 2.0, 2.0, 2.0]])
    median, low, high = band(rows)
    assert np.isnan(median[0]) and median[1] == 2 and median[2] == 1.5
    assert np.isnan([low[1], high[1]]).all() and high[2] > 2 > 1 > low[2]
    assert np.isnan(band(rows[1:])[1]).all()
