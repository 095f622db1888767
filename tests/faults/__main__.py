"""J1: plant every fault and demand that its check fails; first demand that the checks pass without it."""

import sys

from . import copy_of_the_tree, passes
from .library import FAULTS

asked = sys.argv[1] if len(sys.argv) > 1 else ""
faults = [fault for fault in FAULTS if asked in fault.name]
missed = [fault.fits() for fault in faults if fault.fits()]
with copy_of_the_tree() as root:
    for compiled in (False, True):
        checks = sorted({fault.check for fault in faults if fault.compiled == compiled})
        if checks:
            sound, told = passes(root, checks, compiled)
            if not sound:
                sys.exit(f"without any fault a check fails already:\n{told}")
for fault in faults:
    if fault.fits():
        continue
    with copy_of_the_tree(fault) as root:
        sound, _ = passes(root, [fault.check], fault.compiled)
    print(f"{'MISSED' if sound else 'caught'}  {fault.name}: {fault.check.rpartition('::')[2]}", flush=True)
    if sound:
        missed.append(f"{fault.name}: {fault.check} passes with it")
print(f"{len(faults) - len(missed)} of {len(faults)} planted faults were caught")
sys.exit("\n".join(missed) if missed else 0)
