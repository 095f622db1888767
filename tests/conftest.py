"""Let every test import the helpers that lie beside this file: `from towns import town`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
