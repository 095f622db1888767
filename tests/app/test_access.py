"""Everybody can use the page: on a phone, at a projector, by ear, and with the evidence a click away."""

import pytest
from browsing import LONG, SMALL, finished, open_at
from playwright.sync_api import expect

PHONE = {"width": 390, "height": 844}
PROJECTOR = {"width": 1280, "height": 720}


def wide(page) -> int:
    return page.evaluate("() => document.documentElement.scrollWidth")


def nameless(page) -> list[str]:
    """Return every control that somebody who listens to the page would not hear the name of."""
    return page.evaluate(
        """() => {
            const named = (one) => one.getAttribute("aria-label")
                || (one.tagName !== "SELECT" && one.textContent.trim())
                || document.getElementById(one.getAttribute("aria-labelledby"))
                || [...(one.labels || [])].some((label) => label.textContent.trim());
            const controls = "button, select, input, a, canvas, progress, [role=tablist], [role=listbox], [role=group]";
            return [...document.querySelectorAll(controls)].filter((one) => one.checkVisibility() && !named(one))
                .map((one) => one.outerHTML);
        }"""
    )


@pytest.mark.parametrize("view", ["choose", "watch", "lessons", "lives", "together", "budget"])
def test_every_view_fits_a_phone_and_names_its_controls(page, view):
    page.set_viewport_size(PHONE)
    open_at(page, f"{view}?{SMALL}")
    expect(page.locator("main")).not_to_contain_text("One moment")
    page.wait_for_timeout(400)
    for step in page.locator(".steps .tab").all() or [page.locator("main")]:
        if view == "choose":
            step.click()
        assert nameless(page) == []
        assert wide(page) <= PHONE["width"]


@pytest.mark.parametrize("size", [PHONE, PROJECTOR], ids=["phone", "projector"])
def test_what_is_asked_is_never_cut(page, size):
    page.set_viewport_size(size)
    sides = "a=enforcement_as_usual&a.deflection.coverage=0.1&b=martinsburg_initiative&b.deflection.coverage=0.4"
    open_at(page, f"choose?place=02090&{sides}")
    asked = page.locator("#asked")
    expect(asked).to_contain_text("Fairbanks North Star Borough, AK: martinsburg initiative (changed) against")
    box = asked.evaluate("one => [one.scrollWidth - one.clientWidth, one.scrollHeight - one.clientHeight]")
    assert max(box) <= 0
    assert asked.evaluate("one => getComputedStyle(one).textOverflow") == "clip"
    assert wide(page) <= size["width"]


def test_the_results_fit_a_phone_and_a_projector_and_name_their_controls(page):
    open_at(page, f"compare?{SMALL}&b=full_package")
    finished(page)
    for size in (PHONE, PROJECTOR):
        page.set_viewport_size(size)
        for tab in page.locator(".tab").all():
            tab.click()
            expect(page.locator("#panel h2, #panel table, #panel figure").first).to_be_visible(timeout=LONG)
            assert nameless(page) == []
            assert wide(page) <= size["width"]
        page.click("#Results-main")
        cells = page.locator("#panel td:visible").evaluate_all(
            "cells => cells.map((one) => one.getBoundingClientRect())"
        )
        assert max(one["right"] for one in cells) <= size["width"]  # no number is out of sight


def test_every_group_of_levers_opens_its_evidence(page):
    open_at(page, f"choose?{SMALL}")
    page.click("#Steps-levers")
    groups = page.locator(".groups button")
    areas = ("Deflection", "Treatment", "Trauma-informed", "Officers", "families", "Agencies")
    for group, words in zip(groups.all(), areas, strict=True):
        expect(group).to_contain_text(words)
        group.click()
        for button in (page.locator(".lever .why").first, page.locator(".lever .why").last):
            title = button.get_attribute("aria-label").removeprefix("Evidence for: ")
            button.click()
            expect(page.locator("#evidence h2")).to_have_text(title)
            for fact in ("Quality", "Source", "Plausible range"):
                expect(page.locator("#evidence")).to_contain_text(fact)
            page.keyboard.press("Escape")
            expect(page.locator("#evidence")).to_be_hidden()
    page.click("#to-budget")
    expect(page.locator("h1")).to_contain_text("cost a year")
