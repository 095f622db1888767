"""The library of planted faults stays usable: every edit still fits its file, every check still exists."""

import pytest

from faults.library import FAULTS


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_fault_can_be_planted(fault):
    assert fault.fits() == ""
    assert fault.old != fault.new and fault.why


def test_names_are_unique():
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) > 30
