"""
Writes `rows.json`: log densities and distribution functions of every family, computed in 40 digits from textbooks'
formulas and, where scipy has the law, held against it.

    python3 test/dsl/distributions/oracle/write.py && npx prettier --write test/dsl/distributions/oracle

It needs mpmath and scipy, as Debian's python3-mpmath and python3-scipy have them; the tests need neither.
"""

import json
from pathlib import Path

import circle
import classes
import counts
import matrices
import positive
import real_line
import series
import unit_interval
import vectors

ROOMS = [circle, classes, counts, matrices, positive, real_line, series, unit_interval, vectors]

rows = {name: found for room in ROOMS for name, found in room.ROWS.items()}
target = Path(__file__).with_name("rows.json")
target.write_text(json.dumps(dict(sorted(rows.items())), allow_nan=False) + "\n")
print(f"{sum(map(len, rows.values()))} rows of {len(rows)} families")
