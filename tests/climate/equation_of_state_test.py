# SPDX-License-Identifier: Apache-2.0
"""The equation-of-state example, run as its users run it. Oracle: the published values in
seawater_density_values.txt, from which NumPy makes the speed of sound.

CUMULUS_EQUATION_OF_STATE names the program. Where it is missing the test is skipped, and fails
where CI is set.
"""

import os
import re
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM = os.environ.get("CUMULUS_EQUATION_OF_STATE", "")
if not PROGRAM:
    print("this test needs the program equation_of_state, not built")
    sys.exit(1 if os.environ.get("CI") else 77)
try:
    import netCDF4
    import numpy as np
except ImportError as absent:
    print(f"this test needs {absent.name}, not found")
    sys.exit(1 if os.environ.get("CI") else 77)

VALUES = np.loadtxt(Path(__file__).resolve().parent / "seawater_density_values.txt").T
SA, CT, P, RHO = VALUES[:4]
RHO_P = VALUES[4] * 1e4  # per dbar
STANDARD_NAMES = {
    "sa": "sea_water_absolute_salinity",
    "ct": "sea_water_conservative_temperature",
    "p": "sea_water_pressure_due_to_sea_water",
}
UNITS = {"sa": "g kg-1", "ct": "degC", "p": "dbar"}


class Case(unittest.TestCase):
    """A test with a directory of its own, in which the example runs."""

    def setUp(self):
        self.directory = tempfile.TemporaryDirectory(prefix="cumulus_density_")
        self.addCleanup(self.directory.cleanup)
        self.at = Path(self.directory.name)

    def command(self, *arguments):
        return subprocess.run(
            [PROGRAM, *map(str, arguments)], cwd=self.at, capture_output=True, text=True,
            timeout=120, check=False,
        )

    def run_example(self, *arguments):
        done = self.command(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, "")
        return done.stdout

    def fails(self, words, *arguments):
        done = self.command(*arguments)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, rf"^equation_of_state: {words}")
        self.assertEqual(done.stderr.count("\n"), 1)
        self.assertFalse((self.at / "density.nc").exists() or (self.at / "density.png").exists())

    def results(self, path="density.nc"):
        with netCDF4.Dataset(self.at / path) as f:
            return {name: v[:].filled(np.nan) if np.ma.isMA(v[:]) else v[:]
                    for name, v in f.variables.items()}

    def write(self, dims, fields, kind="f8", units=None, name="in.nc", coordinates=()):
        """A file of dimensions {name: size} and fields {sa|ct|p: (dimensions, values)}."""
        with netCDF4.Dataset(self.at / name, "w") as f:
            for dim, size in dims.items():
                f.createDimension(dim, size)
            for coordinate, (values, attributes) in dict(coordinates).items():
                v = f.createVariable(coordinate, "f8", (coordinate,))
                v.setncatts(attributes)
                v[:] = values
            for field, (dimensions, values) in fields.items():
                v = f.createVariable(field, kind, dimensions, fill_value=-999)
                v.standard_name = STANDARD_NAMES[field]
                v.units = (units or {}).get(field, UNITS[field])
                v[:] = values


class PublishedValues(Case):
    def check(self, kind, epsilon, *options):
        self.write({"cast": SA.size}, {"sa": (("cast",), SA), "ct": (("cast",), CT),
                                       "p": (("cast",), P)}, kind)
        said = self.run_example("in.nc", *options)
        got = self.results()
        for name in ("density", "density_by_pressure", "speed_of_sound"):
            self.assertEqual(got[name].dtype.itemsize, 4 if epsilon > 1e-10 else 8)
        np.testing.assert_allclose(got["density"], RHO, rtol=8 * epsilon)
        # The difference of two large products loses digits.
        np.testing.assert_allclose(got["density_by_pressure"], RHO_P, rtol=100 * epsilon)
        np.testing.assert_allclose(got["speed_of_sound"], 100 / np.sqrt(RHO_P), rtol=60 * epsilon)
        return said

    def test_in_double(self):
        said = self.check("f8", 2.0**-52)
        self.assertIn("10 cells (10,) in double", said)
        self.assertIn("No picture", said)
        self.assertRegex(said, r"density in [\d.e+-]+ ms, [\d.e+-]+ million cells/s")
        self.assertFalse((self.at / "density.png").exists())

    def test_in_float(self):
        self.assertIn("in float", self.check("f4", 2.0**-23))

    def test_float_input_in_double(self):
        # Inputs rounded to float: their own error in density is below 1e-7.
        self.write({"cast": 10}, {"sa": (("cast",), SA), "ct": (("cast",), CT),
                                  "p": (("cast",), P)}, "f4")
        self.run_example("in.nc", "--double")
        got = self.results()["density"]
        self.assertEqual(got.dtype, np.float64)
        np.testing.assert_allclose(got, RHO, rtol=1e-7)


class Inputs(Case):
    def test_other_units_dimensions_and_missing_values(self):
        sa = np.ma.masked_array(np.tile(SA / 1000, (3, 1)).T, mask=False)
        sa[4, 1] = np.ma.masked
        self.write({"z": 10, "x": 3}, {"sa": (("z", "x"), sa), "ct": (("z",), CT + 273.15),
                                       "p": (("z",), P / 100)},
                   units={"sa": "kg kg-1", "ct": "K", "p": "MPa"})
        said = self.run_example("in.nc")
        got = self.results()["density"]
        wanted = np.tile(RHO, (3, 1)).T.copy()
        wanted[4, 1] = np.nan
        np.testing.assert_allclose(got, wanted, rtol=1e-12)
        self.assertRegex(said, r"absolute salinity .* 1\n")
        self.assertRegex(said, r"conservative temperature .* 0\n")

    def test_named_variables(self):
        with netCDF4.Dataset(self.at / "in.nc", "w") as f:
            f.createDimension("n", 10)
            for name, values in (("S", SA), ("T", CT), ("Q", P)):
                f.createVariable(name, "f8", ("n",))[:] = values
        self.fails(r"coord_error: .*absolute salinity.*--sa names it", "in.nc")
        self.run_example("in.nc", "--sa", "S", "--ct", "T", "--p", "Q")
        np.testing.assert_allclose(self.results()["density"], RHO, rtol=1e-14)

    def test_what_does_not_fit_is_refused(self):
        fields = {"sa": (("z",), SA), "ct": (("z",), CT), "p": (("z",), P)}
        self.write({"z": 10}, fields, units={"ct": "m s-1"})
        self.fails(r"unit_error: .*'ct'.*got 'm s-1'", "in.nc")
        self.write({"z": 10, "x": 10}, {**fields, "p": (("x",), P)})
        self.fails(r"dim_error: .*'p' among \(z\) of 'sa'.*got \(x\)", "in.nc")
        self.write({"z": 0}, {name: (("z",), values[:0]) for name, (_, values) in fields.items()})
        self.fails(r"shape_error: .*expected cells", "in.nc")
        self.fails(r"io_error: .*none\.nc", "none.nc")
        self.write({"z": 10}, fields)
        self.fails(r"io_error: .*'salt'", "in.nc", "--sa", "salt")
        self.fails(r"value_error: .*--sal", "in.nc", "--sal=1")
        self.fails(r"value_error: --out", "in.nc", "--out", "in.nc")
        self.fails(r"value_error: --plot", "in.nc", "--plot", "density.nc")
        self.fails(r"value_error: command line: expected one FILE", "in.nc", "b.nc")


class GeneratedOcean(Case):
    def test_is_plausible_described_and_drawn(self):
        said = self.run_example()
        self.assertIn("a generated ocean basin", said)
        with netCDF4.Dataset(self.at / "density.nc") as f:
            rho = f["density"]
            self.assertEqual(rho.dimensions, ("pressure", "lat", "lon"))
            self.assertEqual((rho.standard_name, rho.units), ("sea_water_density", "kg m-3"))
            self.assertEqual(f["speed_of_sound"].standard_name, "speed_of_sound_in_sea_water")
            self.assertEqual(f["speed_of_sound"].units, "m s-1")
            self.assertEqual(f["density_by_pressure"].units, "kg m-3 dbar-1")
            for name in ("density", "density_by_pressure", "speed_of_sound"):
                self.assertTrue(f[name].long_name)
            self.assertEqual(f["lat"].standard_name, "latitude")
            self.assertEqual(f.Conventions, "CF-1.8")
            p = f["pressure"][:]
            values = rho[:]
            sound = f["speed_of_sound"][:]
        self.assertTrue(1015 < values.min() < 1030 and 1045 < values.max() < 1055)
        self.assertTrue(1400 < sound.min() and sound.max() < 1600)
        # Denser with every level, as water that rests is; missing below the bottom.
        self.assertTrue((np.diff(values, axis=0) > 0).all() and (np.diff(p) > 0).all())
        self.assertTrue((np.diff(np.ma.getmaskarray(values).astype(int), axis=0) >= 0).all())
        self.assertTrue(0.02 < np.ma.getmaskarray(values).mean() < 0.6)
        png = (self.at / "density.png").read_bytes()
        self.assertEqual(png[:8], b"\x89PNG\r\n\x1a\n")
        width, height = struct.unpack(">II", png[16:24])
        self.assertTrue(width >= 1000 and height >= 1000)  # two maps

    def test_is_always_the_same(self):
        self.run_example()
        self.run_example("--out", "again.nc", "--plot", "again.png")
        first, again = self.results(), self.results("again.nc")
        for name, values in first.items():
            np.testing.assert_array_equal(values, again[name])
        self.assertEqual((self.at / "density.png").read_bytes(),
                         (self.at / "again.png").read_bytes())

    def test_help_names_every_option(self):
        text = self.run_example("--help")
        for option in ("--sa", "--ct", "--p", "--out", "--plot", "--double", "--help"):
            self.assertTrue(re.search(rf"^  {option} ", text, re.M), option)


if __name__ == "__main__":
    unittest.main()
