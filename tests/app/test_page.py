"""A trainer's path through the page, in a real browser: choose, run, compare, share, watch, learn."""

import re

import pytest
from browsing import LONG, SMALL, at_rest, finished, open_at, status
from playwright.sync_api import expect


def test_choose_with_the_keyboard_then_run_and_compare(page):
    open_at(page, f"choose?{SMALL}")
    expect(page.locator("h2")).to_have_text("Cabell County, WV")
    page.locator("#search").focus()
    page.keyboard.type("hamilton, oh")
    expect(page.locator("#found li").first).to_contain_text("Hamilton County, OH")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h2")).to_have_text("Hamilton County, OH")
    assert "place=39061" in page.url
    page.locator("#Steps-place").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#Steps-policies")).to_be_focused()
    page.locator("#policy-b").select_option("more_slots")
    expect(page.locator(".side-b .lead")).to_contain_text("Half as many treatment slots again, and")
    page.click("#run")
    expect(page.locator(".charts svg")).to_have_count(4, timeout=LONG)
    finished(page)
    expect(page.locator("#sentence")).to_contain_text("Expected overdose deaths")
    page.click("#Results-main")
    expect(page.locator("tbody tr")).to_have_count(14)
    expect(page.locator("tbody tr", has_text="Treatment entries")).to_contain_text("better")
    expect(page.locator("tbody tr", has_text="Trust in police (standard deviations)")).to_have_count(1)
    for tab in ("cost", "equity", "officers", "children"):
        page.click(f"#Results-{tab}")
        expect(page.locator("#panel table").first).to_be_visible()
        expect(page.locator("#panel")).to_contain_text("95 % interval")


def test_a_search_for_nothing_and_numbers_out_of_bounds_are_told(page):
    open_at(page, "choose")
    expect(page.locator("h2")).to_have_text("Cabell County, WV")
    page.locator("#search").fill("zzzq")
    expect(page.locator("#none")).to_have_text("No county is called “zzzq”. Cabell County, WV stays chosen.")
    expect(page.locator("#said")).to_contain_text("stays chosen")
    page.locator("#search").fill("")
    expect(page.locator("#none")).to_be_hidden()
    people, limits = page.locator("#residents"), page.locator(".limits").first
    for typed, taken, said in (
        ("99", "500", "from 500 to 30,000"),
        ("", "500", "from 500 to 30,000"),
        ("900", "900", ""),
    ):
        people.fill(typed)
        people.press("Tab")
        expect(people).to_have_value(taken)
        expect(limits).to_contain_text(said) if said else expect(limits).to_be_empty()


def test_published_deaths_say_what_is_missing_and_what_is_provisional(page):
    open_at(page, "choose")
    chart = page.locator(".chart")
    expect(chart.locator(".note")).to_have_text("× 2023: not published. Hollow, 2024: provisional.")
    expect(chart.locator("path")).to_have_count(1)
    expect(chart.locator("rect[fill='#fff']")).to_have_count(1)
    open_at(page, "choose?place=54017")
    expect(chart.locator(".note")).to_contain_text("2014–2017, 2019–2022: 1 to 9, not published exactly.")


def test_a_run_can_be_stopped_and_what_is_there_stays(page):
    open_at(page, "compare?residents=20000&years=5&pairs=50&b=more_slots")
    page.click("#Results-main")
    expect(page.locator("tbody tr").first).to_contain_text("Expected overdose deaths", timeout=LONG)
    assert status(page)["busy"]
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".progress")).to_contain_text("stopped after")
    expect(page.locator("tbody tr").first).to_contain_text("Expected overdose deaths")
    assert at_rest(page)


@pytest.fixture
def other(chromium):
    """A window of another visitor."""
    context = chromium.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("leave", ["another view", "the window is closed"])
def test_whoever_leaves_takes_their_run_along(page, other, leave):
    page.goto(page.address)
    other.goto(f"{page.address}/#compare?residents=20000&years=5&pairs=50&b=more_slots")
    expect(other.locator(".charts svg")).to_have_count(4, timeout=LONG)
    assert status(page)["busy"]
    if leave == "another view":
        other.get_by_role("link", name="Lessons").click()
    else:
        other.close()
    assert at_rest(page)


def test_a_lever_its_evidence_and_a_link_that_says_it_all(page, other):
    open_at(page, f"choose?{SMALL}&b=mari")
    page.click("#Steps-levers")
    slider = page.locator("[id='lever-deflection.coverage']")
    expect(slider).to_have_attribute("aria-valuetext", "50 %")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".lever.changed output")).to_have_text("45 %")
    expect(slider).to_be_focused()
    page.get_by_role("button", name="Evidence for: Officers able to deflect").click()
    dialog = page.locator("#evidence")
    for words in ("Plausible range", "Quality", "Source", "Verified", "deflection_coverage"):
        expect(dialog).to_contain_text(words)
    page.keyboard.press("Escape")
    page.click("#Steps-links")
    expect(page.locator(".badge")).to_have_count(4)
    page.locator("input[name=trust_to_911][value=off]").check(force=True)
    link = page.url
    assert "b.deflection.coverage=0.45" in link and "s.trust_to_911=off" in link
    other.goto(link.replace("#choose", "#compare"))
    other.click("#Results-share")
    expect(other.locator("#command")).to_contain_text("deflect compare status_quo policy-b.yaml", timeout=LONG)
    expect(other.locator("#command")).to_contain_text("--set switches.trust_to_911=off")
    with other.expect_download() as file:
        other.get_by_role("button", name="Download policy-b.yaml").click()
    text = file.value.path().read_text()
    assert "coverage: 0.45" in text and 'extends: "mari"' in text


def test_the_figure_and_the_difference(page):
    open_at(page, f"compare?{SMALL}&b=more_slots")
    finished(page)
    page.locator("input[value=difference]").check(force=True)
    expect(page.locator("#reading")).to_contain_text("most luck cancels")
    page.click("#Results-share")
    with page.expect_download() as file:
        page.click("#save-figure")
    text = file.value.path().read_text()
    sentence = page.locator("#sentence").inner_text()
    assert text.startswith("<svg") and sentence in text and "deflect compare status_quo more_slots" in text


def test_an_address_that_makes_no_sense_is_a_sentence(page):
    open_at(page, f"compare?{SMALL}&place=../etc/passwd&b=%3Cscript%3E")
    expect(page.locator(".problem")).to_contain_text("place: no county has this code", timeout=LONG)
    assert page.locator("script").count() == 1


def test_watch_a_town_and_one_life_in_it(page):
    open_at(page, "watch?residents=1000&years=1&b=full_package")
    expect(page.locator(".clock")).to_have_text(re.compile(r"Day [3-9]"), timeout=LONG)
    page.click("#play")
    expect(page.locator("#play")).to_have_text("Play")
    day = page.locator(".clock").inner_text()
    page.click("#step")
    assert page.locator(".clock").inner_text() == f"Day {int(day.split()[1]) + 1}"
    page.locator("#town").focus()
    for key, kind, fact in (("ArrowLeft", "officer", "Exhaustion"), ("ArrowRight", "resident", "Treatment")):
        page.keyboard.press(key)  # from nobody back to the last officer, and on to the first resident
        expect(page.locator("#said")).to_contain_text(kind)
        page.keyboard.press("Enter")
        expect(page.locator(".story h2")).to_contain_text(kind, timeout=LONG)
        expect(page.locator(".story dl")).to_contain_text(fact)
    page.get_by_label("day").fill("200")
    expect(page.locator(".clock")).to_have_text("Day 200")
    page.locator("#town").click(position={"x": 17, "y": 221})  # the first officer of the first neighbourhood
    expect(page.locator(".story h2")).to_contain_text("Officer", timeout=LONG)
    expect(page.locator(".story dl")).to_contain_text("Exhaustion")


def test_a_lesson_asks_first_and_answers_from_its_runs(page):
    open_at(page, "lessons?place=02013")  # few people live there: its runs are quick
    expect(page.locator(".cards section")).to_have_count(5)
    page.click("#lesson-slots")
    page.get_by_text("Clearly fewer").click()
    assert page.locator("#reading").count() == 0
    page.click("#ask")
    expect(page.locator("#guessed")).to_be_visible(timeout=2 * LONG)
    said, found = page.locator("#reading").inner_text(), page.locator(".guesses .found").get_attribute("data-answer")
    assert said.startswith("People waiting for treatment")
    assert {"fewer": "fewer", "more": "more", "unclear": "cannot tell"}[found] in said
    guessed = page.locator("#guessed").inner_text()
    assert guessed == ("That is what you guessed." if found == "fewer" else "You guessed otherwise.")
    page.click("#onward")
    expect(page.locator(".dots")).to_contain_text("question 2 of 3")
    page.get_by_role("button", name="Lessons").click()
    score = f"1 of 3 answered, {int(found == 'fewer')} as guessed"
    expect(page.locator(".cards")).to_contain_text(score)
    page.reload()
    expect(page.locator(".cards")).to_contain_text(score)
    expect(page.locator(".cards .note")).to_have_count(1)


def test_combinations_and_a_budget(page):
    open_at(page, f"together?{SMALL}")
    page.click("#run")
    expect(page.locator("#sentence")).to_contain_text("Expected overdose deaths", timeout=2 * LONG)
    page.get_by_role("link", name="Choose").click()
    open_at(page, "budget?b=full_package")
    expect(page.locator(".bill li").first).to_contain_text("$")
    expect(page.locator("#verdict")).to_contain_text("There is no budget")
    expect(page.locator("#to-compare")).to_be_hidden()
    page.locator("#limit").fill("1000000")
    page.locator("#limit").press("Tab")
    expect(page.locator("#verdict")).to_contain_text("the budget is $1,000,000")
    page.locator("input[value=scale]").check(force=True)
    expect(page.locator("#verdict")).to_contain_text("scaled")
    expect(page.locator("#to-compare")).to_be_visible()


def test_two_lives_and_somebody_elses(page):
    open_at(page, "lives?residents=1500&years=2&b=full_package")
    page.click("#run")
    expect(page.locator("#who")).to_contain_text("resident", timeout=2 * LONG)
    expect(page.locator(".parted")).to_have_count(1)
    expect(page.locator("aside")).to_contain_text(
        "people who live in both worlds, with those who were born or moved in"
    )
    expect(page.locator("main")).to_contain_text("One seed is an illustration, not evidence")
    number = page.locator("aside li button").last.inner_text()
    page.locator("aside li button").last.click()
    expect(page.locator("#who")).to_contain_text(number, timeout=2 * LONG)


def test_a_shared_link_and_a_shared_file_restore_every_choice(page, tmp_path):
    chosen = "place=39061&seed=7&a=mari&b=full_package&b.deflection.coverage=0.35&s.trust_to_911=off"
    open_at(page, f"compare?{SMALL}&{chosen}")
    page.click("#Results-share")
    with page.expect_download() as file:
        page.click("#save-choices")
    shared = tmp_path / "choices.json"
    file.value.save_as(shared)
    link = page.locator("#link").inner_text()
    assert link == page.url
    for way in ("link", "file"):
        page.goto("about:blank")
        if way == "link":
            page.goto(link.replace("#compare", "#choose"))
        else:
            open_at(page, "choose")
            page.locator("#file").set_input_files(shared)
            expect(page).to_have_url(re.compile("#compare"))
            page.get_by_role("link", name="Choose").click()
        expect(page.locator("h2")).to_have_text("Hamilton County, OH")
        for field, value in (("#residents", "1000"), ("#years", "1"), ("#seed", "7")):
            expect(page.locator(field)).to_have_value(value)
        expect(page.get_by_label("pairs of runs")).to_have_value("5")
        page.click("#Steps-policies")
        expect(page.locator("#policy-a")).to_have_value("mari")
        expect(page.locator("#policy-b")).to_have_value("full_package")
        page.click("#Steps-levers")
        expect(page.locator(".lever.changed")).to_have_count(1)
        expect(page.locator(".lever.changed output")).to_have_text("35 %")
        page.click("#Steps-links")
        expect(page.locator("input[name=trust_to_911][value=off]")).to_be_checked()
        expect(page.locator("input[value=off]:checked")).to_have_count(1)
    page.click("#Steps-place")
    shared.write_text('{"something": "else"}')
    page.locator("#file").set_input_files(shared)
    expect(page.get_by_role("alert")).to_contain_text("This is no file")
