"""The figure: what is drawn is what was counted, and only what is published stands beside it."""

import matplotlib.image
import numpy as np
import pytest
from deflect.experiments.api import load, run
from deflect.experiments.chance import band
from deflect.experiments.figure import draw, last_12_months, title
from deflect.experiments.published import published_rates
from deflect.scenarios import places
from deflect.scenarios.errors import InputError
from towns import BUSY


@pytest.fixture(scope="module")
def result():
    return run(load("status_quo", BUSY, place="54011", residents=300, years=1), 3, workers=1)


@pytest.fixture(scope="module")
def figure(result):
    return draw(result)


def texts(figure):
    found = [figure.get_suptitle(), figure.get_supxlabel()]
    for axes in figure.axes:
        legend = axes.get_legend()
        found += [text.get_text() for text in (*axes.texts, *(legend.get_texts() if legend else ()))]
        found += [axes.get_title(loc="left"), axes.get_xlabel()]
    return "\n".join(found)


def panel(figure, words):
    (axes,) = [axes for axes in figure.axes if words in axes.get_title(loc="left")]
    return axes


def test_the_last_twelve_months_by_hand():
    months = {
        "month": np.arange(-3, 10),
        "month_days": np.full(13, 30.4375),
        "population": np.full(13, 2000.0),
        "deaths": np.array([9.0] + [1.0] * 12),
    }
    years, rate = last_12_months(months, "deaths")
    # Twelve months of 2,000 people are 2,000 person-years; 20 deaths, then 12.
    assert list(years) == [9 / 12, 10 / 12]
    assert list(rate) == pytest.approx([1000, 600])


def test_the_lines_and_bands_are_those_of_the_runs(figure, result):
    for outcome, words in (("deaths", "Overdose deaths"), ("overdoses", "fatal or not")):
        axes = panel(figure, words)
        median, low, high = band([last_12_months(run.monthly, outcome)[1] for run in result.runs])
        drawn = max(axes.lines, key=lambda line: len(line.get_xdata()))
        assert list(drawn.get_ydata()) == list(median)
        assert (drawn.get_xdata()[0], drawn.get_xdata()[-1]) == (-1, 1)
        corners = axes.collections[0].get_paths()[0].vertices
        assert corners[:, 1].max() == pytest.approx(high.max()) and corners[:, 1].min() == pytest.approx(low.min())
        assert axes.get_ylim()[0] == 0


def test_the_policy_start_is_marked_and_the_burn_in_shaded(figure):
    for words in ("Overdose deaths", "fatal or not", "medication"):
        axes = panel(figure, words)
        assert [0, 0] in [list(line.get_xdata()) for line in axes.lines]
        assert any(patch.get_x() == -2 and patch.get_width() == 2 for patch in axes.patches)


def test_published_points_are_the_published_ones(figure):
    axes = panel(figure, "Published")
    points = {line.get_xdata()[0]: line.get_ydata()[0] for line in axes.lines if line.get_marker() == "o"}
    assert set(points) == {2015, 2016, 2017, 2018, 2019, 2020, 2021, 2022, 2024}
    # 120 deaths in 2022, 92,730 residents by the census estimate of that year within a thousand
    assert points[2022] == pytest.approx(1e5 * 120 / 92_500, rel=0.02)
    crosses = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "x"]
    assert crosses == [2023]


def test_nothing_drawn_is_cut_off(figure):
    quiet = load("status_quo", {"overdose.community_factor": 0.0}, place="54011", residents=300, years=1)
    for one in (figure, draw(run(quiet, 2, workers=1))):
        for axes in (axes for axes in one.axes if axes.lines):
            curves = [line.get_ydata() for line in axes.lines if len(line.get_ydata()) != 2]  # not the policy start
            curves += [path.vertices[:, 1] for band in axes.collections for path in band.get_paths()]
            assert np.nanmax(np.concatenate(curves)) < axes.get_ylim()[1]


def test_withheld_counts_stay_withheld():
    for fips in places.all_fips()[::150]:
        counts = {year: count for year, count, _ in places.published_deaths(fips)}
        for rate in published_rates(fips):
            assert rate.deaths == counts[rate.year]
            assert (rate.per_100k is None) == (rate.deaths is None)
    assert published_rates("US") == [] and published_rates("no/place.yaml") == []


def test_readers_are_told_what_the_bands_leave_out(figure, result):
    told = texts(figure)
    for words in ("chance alone", "not drawn", "status quo", "seeds 0-2", result.scenario.hash[:8], "all drugs"):
        assert words in told.replace("\n", " "), words
    assert "300 of 93,965 residents are simulated" in told.replace("\n", " ")
    assert figure.get_suptitle().replace("\n", " ") == title(result)
    yearly = np.mean([run.outcomes["deaths"] for run in result.runs]) / (365 / 365.25) * 93965 / 300
    assert f"about {yearly:,.0f} overdose deaths a year" in title(result)


def test_one_run_has_no_band_and_says_so():
    one = run(load("status_quo", place="US", residents=300, years=1), 1)
    told = texts(draw(one)).replace("\n", " ")
    assert "One run" in told and "95 of 100" not in told and "seeds 0;" in told
    assert "Published" not in told


def test_the_picture_is_written_the_same_each_time(result, tmp_path, monkeypatch):
    for kind in ("png", "svg", "pdf"):
        for name in ("a", "b"):
            monkeypatch.setenv("SOURCE_DATE_EPOCH", {"a": "0", "b": "86400"}[name])  # another day
            result.figure(tmp_path / f"{name}.{kind}")
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes(), kind
    picture = matplotlib.image.imread(tmp_path / "a.png")[:, :, :3]
    assert picture.shape[0] > 1000 and picture.shape[1] > 1000
    for colour in ((0xD5, 0x5E, 0x00), (0x00, 0x72, 0xB2), (0x00, 0x9E, 0x73)):
        near = np.abs(picture * 255 - colour).max(axis=2) < 2
        assert near.sum() > 500, colour


@pytest.mark.parametrize("name", ("x.docx", "no/folder/x.png"))
def test_a_picture_that_cannot_be_written_is_refused(result, tmp_path, name):
    with pytest.raises(InputError):
        result.figure(tmp_path / name)
    assert list(tmp_path.iterdir()) == []
