"""Speed and memory, beside peers, as ratios within one run (`make bench`)."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "lib")]  # tests/models: bases of known truth
# On two threads, linear algebra on small arrays waits more than it works.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
