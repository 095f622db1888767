"""The yearly bill of levers, as the page shows it."""

import pytest
from deflect.app import spending


def test_what_is_shown_of_an_item_multiplies_to_its_dollars():
    asked = {"b": {"policy": "full_package", "levers": {}}}
    items = spending.told({"asked": asked, "side": "b"})["items"]
    assert len(items) > 10
    for item in items:
        units, price = (float(item[name].strip("$").replace(",", "")) for name in ("units", "price"))
        assert units * price == pytest.approx(item["dollars"], rel=0.01), item["title"]
