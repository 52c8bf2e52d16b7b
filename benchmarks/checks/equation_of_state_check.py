# SPDX-License-Identifier: Apache-2.0
"""The formulas of the Python peers against the published values that the C++ ones are held to."""

import math
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from python_peers.equation_of_state import formulas  # noqa: E402

PER_DBAR = 1e4
density, density_by_pressure = formulas(math.sqrt)
VALUES = HERE.parents[1] / "tests/climate/seawater_density_values.txt"
lines = VALUES.read_text().splitlines()
rows = [list(map(float, line.split())) for line in lines if not line.startswith("#")]
wrong = [
    row
    for *row, rho, rho_p in rows
    if abs(density(*row) / rho - 1) > 1e-14
    or abs(density_by_pressure(*row) / (PER_DBAR * rho_p) - 1) > 1e-13
]
print(f"{len(rows)} rows, wrong: {wrong}")
sys.exit(1 if wrong or len(rows) < 5 else 0)
