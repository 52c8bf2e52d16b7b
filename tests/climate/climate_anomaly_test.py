# SPDX-License-Identifier: Apache-2.0
"""The climate-anomaly example, run as its users run it and compared with CDO, NCO and NumPy.

CUMULUS_CLIMATE_ANOMALY names the program. Where a tool or a file is missing a test is skipped,
and fails where CI is set.
"""

import os
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import warnings
from pathlib import Path

PROGRAM = os.environ.get("CUMULUS_CLIMATE_ANOMALY", "")
FERRET = Path("/usr/share/ferret-vis/data")


def missing(what):
    """Skips the test, or fails it in CI."""
    if os.environ.get("CI"):
        raise AssertionError(f"this test needs {what}, not found")
    raise unittest.SkipTest(f"this test needs {what}, not found")


if not PROGRAM:
    print("this test needs the program climate_anomaly, not built")
    sys.exit(1 if os.environ.get("CI") else 77)
try:
    import netCDF4
    import numpy as np
except ImportError as absent:
    print(f"this test needs {absent.name}, not found")
    sys.exit(1 if os.environ.get("CI") else 77)


class Case(unittest.TestCase):
    """A test with a directory of its own, in which the example and the oracles run."""

    def setUp(self):
        self.directory = tempfile.TemporaryDirectory(prefix="cumulus_anomaly_")
        self.addCleanup(self.directory.cleanup)
        self.at = Path(self.directory.name)

    def command(self, *arguments, environment=None, largest_file=None):
        """Runs the program; writing beyond `largest_file` bytes fails as on a full disk."""
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

        return subprocess.run(
            [PROGRAM, *map(str, arguments)],
            cwd=self.at,
            env={**os.environ, **(environment or {})},
            capture_output=True,
            text=True,
            preexec_fn=limit if largest_file else None,
            restore_signals=False,  # SIGXFSZ stays ignored: the write fails instead
        )

    def example(self, *arguments, environment=None):
        """What the program printed; it must succeed and on standard error show progress at most."""
        done = self.command(*arguments, environment=environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stderr, r"^( *\d+ %  .+\n)*$")
        return done.stdout

    def fails(self, kind, *arguments, says=(), largest_file=None):
        """The program must fail with status 1 and one typed line, leaving the directory alone."""
        before = {p.name: p.stat().st_mtime_ns for p in self.at.iterdir()}
        done = self.command(*arguments, largest_file=largest_file)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertRegex(done.stderr, rf"^climate_anomaly: {kind}: ")
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        for word in says:
            self.assertIn(word, done.stderr)
        after = {p.name: p.stat().st_mtime_ns for p in self.at.iterdir()}
        self.assertEqual(before, after)

    def tool(self, *arguments):
        if shutil.which(arguments[0]) is None:
            missing(arguments[0])
        done = subprocess.run(
            list(map(str, arguments)), cwd=self.at, capture_output=True, text=True
        )
        self.assertEqual(done.returncode, 0, f"{arguments}: {done.stderr}")
        return done.stdout

    def cdo(self, *arguments):
        return self.tool("cdo", "-s", "-O", "-L", *arguments)

    def cdo64(self, *arguments):
        return self.cdo("--double", "-b", "F64", *arguments)

    def read(self, file, name):
        """Values as in the file, missing ones NaN."""
        with netCDF4.Dataset(self.at / file) as dataset:
            values = np.ma.asarray(dataset[name][:])
        if values.dtype.kind != "f":
            return np.asarray(values)
        return np.ma.filled(values, np.nan)

    def ferret(self, name):
        if not (FERRET / name).exists():
            missing("ferret-datasets")
        return FERRET / name

    def assert_same_bits(self, ours, theirs):
        self.assertEqual(ours.dtype, theirs.dtype)
        theirs = theirs.reshape(ours.shape)
        np.testing.assert_array_equal(ours, theirs)  # NaN where NaN
        valid = ~np.isnan(ours)
        kind = {4: "u4", 8: "u8"}[ours.dtype.itemsize]
        np.testing.assert_array_equal(ours[valid].view(kind), theirs[valid].view(kind))

    def assert_close(self, ours, theirs, tolerance):
        np.testing.assert_allclose(
            ours, np.asarray(theirs).reshape(ours.shape), rtol=0, atol=tolerance
        )

    def assert_cdo_agrees(self, source, name, deviation_tolerance=1e-12):
        """All results of one field of a grid against CDO, in both precisions."""
        self.example(source, "--var", name, "--out", "f.nc", "--plot", "f.png")
        self.example(source, "--var", name, "--out", "d.nc", "--plot", "d.png", "--double")
        select = ["-selname," + name, source]
        self.cdo("ymonmean", *select, "clim.nc")
        self.cdo("ymonsub", *select, "clim.nc", "anomaly.nc")
        self.cdo64("ymonmean", *select, "clim64.nc")
        self.cdo64("ymonsub", *select, "clim64.nc", "anomaly64.nc")
        self.cdo64("ymonstd1", *select, "deviation64.nc")
        self.cdo64("ymondiv", "anomaly64.nc", "deviation64.nc", "standardised64.nc")
        self.assert_same_bits(self.read("f.nc", name + "_climatology"), self.read("clim.nc", name))
        self.assert_same_bits(self.read("f.nc", name + "_anomaly"), self.read("anomaly.nc", name))
        for ours, theirs, tolerance in (
            ("climatology", "clim64.nc", 1e-13),
            ("anomaly", "anomaly64.nc", 1e-13),
            ("standardised", "standardised64.nc", deviation_tolerance),
        ):
            values = self.read("d.nc", f"{name}_{ours}")
            self.assertEqual(values.dtype, np.float64)
            self.assert_close(values, self.read(theirs, name), tolerance)
        standardised = self.read("f.nc", name + "_standardised")
        self.assertEqual(standardised.dtype, np.float32)
        np.testing.assert_allclose(
            standardised,
            self.read("standardised64.nc", name).reshape(standardised.shape),
            rtol=0,
            atol=1e-4,
        )
        self.cdo64("fldmean", *select, "mean.nc")
        self.cdo64("fldmean", "anomaly64.nc", "anomaly_mean.nc")
        self.cdo64("fldmean", "anomaly.nc", "anomaly_mean_of_float.nc")
        largest = np.nanmax(np.abs(self.read(source, name)))
        for ours, theirs in (
            ("f.nc:mean", "mean.nc"),
            ("d.nc:mean", "mean.nc"),
            ("d.nc:anomaly_mean", "anomaly_mean.nc"),
            ("f.nc:anomaly_mean", "anomaly_mean_of_float.nc"),
        ):
            file, what = ours.split(":")
            series = self.read(file, f"{name}_{what}")
            self.assertEqual(series.dtype, np.float64)
            self.assert_close(series, self.read(theirs, name), 1e-13 * float(largest))


def weighted_mean(x, weights):
    """The mean over the last two axes, over the valid cells alone."""
    valid = ~np.isnan(x)
    with np.errstate(invalid="ignore"):
        return np.where(valid, x * weights, 0).sum((-2, -1)) / (valid * weights).sum((-2, -1))


def sine_bands(edges, columns):
    """Band weights of latitude edges (n, 2), for each of some columns."""
    sines = np.sin(np.radians(edges))
    return np.repeat(np.abs(sines[:, 1] - sines[:, 0])[:, None], columns, axis=1)


def month_mean(x, months):
    """NumPy's climatology over the first axis: the months that occur, means over valid values."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # means of nothing
        occurring = sorted(set(months))
        return occurring, np.stack(
            [np.nanmean(x[months == m].astype("f8"), axis=0) for m in occurring]
        )


class RealWinds(Case):
    """132 months of observed winds with grid points at the poles, and nothing missing."""

    def check_area_means(self, source):
        """cos with ncwa on data in double, sin-band with the formula in NumPy."""
        names = ("UWND", "VWND")
        arguments = [source, "--var", "UWND", "--var", "VWND", "--plot", "w.png"]
        self.example(*arguments, "--out", "cos.nc", "--weights", "cos")
        self.example(*arguments, "--out", "band.nc", "--weights=sin-band")
        script = "w=cos(FNOCY*3.14159265358979323846/180);UWND=double(UWND);VWND=double(VWND)"
        self.tool("ncap2", "-O", "-s", script, source, "weighted.nc")
        self.tool("ncwa", "-O", "-w", "w", "-a", "FNOCY,FNOCX", "weighted.nc", "ncwa.nc")
        lat = np.linspace(-90, 90, 73)
        edges = np.clip(np.stack([lat - 1.25, lat + 1.25], 1), -90, 90)
        for name in names:
            ours = self.read("cos.nc", name + "_mean")
            self.assert_close(ours, self.read("ncwa.nc", name), 1e-11)
            x = self.read(source, name).astype("f8")
            for what, field in (("mean", x), ("anomaly_mean", None)):
                if field is None:
                    field = self.read("band.nc", name + "_anomaly").astype("f8")
                expected = weighted_mean(field, sine_bands(edges, 144))
                self.assert_close(self.read("band.nc", f"{name}_{what}"), expected, 1e-11)

    def test_agree_with_cdo(self):
        source = self.ferret("monthly_navy_winds.cdf")
        for name in ("UWND", "VWND"):
            self.assert_cdo_agrees(source, name)

    def test_agree_with_cdo_where_missing_cells_vary_in_time(self):
        source = self.ferret("monthly_navy_winds.cdf")
        self.cdo("setrtomiss,-0.5,0.5", source, "gaps.nc")
        for name in ("UWND", "VWND"):
            self.assert_cdo_agrees("gaps.nc", name)
            self.assertGreater(np.isnan(self.read("f.nc", name + "_anomaly")).sum(), 100_000)

    def test_area_means_agree_with_ncwa_and_numpy(self):
        source = self.ferret("monthly_navy_winds.cdf")
        self.check_area_means(source)
        self.cdo("setrtomiss,-0.5,0.5", source, "gaps.nc")
        self.check_area_means("gaps.nc")

    def test_table_names_the_numbers_that_cdo_and_nco_found(self):
        source = self.ferret("monthly_navy_winds.cdf")
        out = self.example(source, "--var", "UWND", "--double")
        self.assertRegex(out, r"TIME: 132 steps, 1982-01 to 1992-12, calendar standard")
        row = re.search(r"^UWND .*$", out, re.MULTILINE)[0]
        for figure in ("(132, 73, 144)", "M/S", "-12.5379 .. 12.9662", "-18.0961 .. 16.0711",
                       "1.99651", "-0.145606 .. "):
            self.assertIn(figure, row)
        self.assertTrue(row.endswith(" 0"), row)
        self.assertIn("Area means are weighted by great-circle cell area", out)
        self.assertRegex(out, r"Wrote anomaly.nc \(\d+\.\d MB\)\nWrote anomaly.png ")
        self.assertEqual({p.name for p in self.at.iterdir()}, {"anomaly.nc", "anomaly.png"})

    def test_without_var_takes_all_fields_and_the_file_says_what_it_holds(self):
        source = self.ferret("monthly_navy_winds.cdf")
        self.example(source, "--weights", "cos")
        with netCDF4.Dataset(self.at / "anomaly.nc") as out, netCDF4.Dataset(source) as before:
            results = ("climatology", "anomaly", "standardised", "mean", "anomaly_mean")
            self.assertEqual(
                set(out.variables),
                {"TIME", "FNOCY", "FNOCX", "month"}
                | {f"{v}_{r}" for v in ("UWND", "VWND") for r in results},
            )
            self.assertEqual(out["UWND_climatology"].dimensions, ("month", "FNOCY", "FNOCX"))
            self.assertEqual(out["UWND_anomaly"].dimensions, ("TIME", "FNOCY", "FNOCX"))
            self.assertEqual(out["UWND_mean"].dimensions, ("TIME",))
            self.assertEqual(list(out["month"][:]), list(range(1, 13)))
            self.assertTrue(out.dimensions["TIME"].isunlimited())
            for axis in ("TIME", "FNOCY", "FNOCX"):  # copied as they are
                np.testing.assert_array_equal(out[axis][:], before[axis][:])
                self.assertEqual(out[axis].__dict__, before[axis].__dict__)
            for result in ("climatology", "anomaly", "mean", "anomaly_mean"):
                self.assertEqual(out[f"UWND_{result}"].units, "M/S")
                self.assertEqual(out[f"UWND_{result}"].history, "From monthly_navy_winds")
            self.assertEqual(out["UWND_standardised"].units, "1")
            for result in ("mean", "anomaly_mean"):
                self.assertIn("cosine of latitude", out[f"VWND_{result}"].cell_methods)
                self.assertIn("cosine of latitude", out[f"VWND_{result}"].long_name)
                self.assertEqual(out[f"VWND_{result}"].area_weights, "cos")
            self.assertIn(before.history, out.history)
        self.assertGreater(self.png_size("anomaly.png")[1], 1.8 * 900)  # two maps and series

    def png_size(self, name):
        data = (self.at / name).read_bytes()
        self.assertEqual(data[:8], b"\x89PNG\r\n\x1a\n")
        return struct.unpack(">II", data[16:24])

    def test_output_opens_in_cdo_and_xarray(self):
        self.example(self.ferret("monthly_navy_winds.cdf"), "--var", "UWND")
        listed = self.cdo("sinfon", "anomaly.nc")
        for result in ("climatology", "anomaly", "standardised", "mean", "anomaly_mean"):
            self.assertIn("UWND_" + result, listed)
        self.assertIn("1982-01-16 20:00:00", listed)
        self.assert_xarray_reads("anomaly.nc", "UWND", "TIME", (1982, 1, 16))

    def assert_xarray_reads(self, file, name, time, first):
        try:
            import xarray
        except ImportError:
            missing("python3-xarray")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # dates that are no datetime64
            with xarray.open_dataset(self.at / file) as dataset:
                anomaly = dataset[name + "_anomaly"].values
                date = dataset[time].values[0]
        np.testing.assert_array_equal(anomaly, self.read(file, name + "_anomaly"))
        if isinstance(date, np.datetime64):
            date = date.astype("datetime64[D]").astype(object)
        self.assertEqual((date.year, date.month, date.day), first)


class OneYear(RealWinds):
    """COADS: one year in year 0 without a calendar, 46 % missing."""

    def test_agree_with_cdo(self):
        source = self.ferret("coads_climatology.cdf")
        self.example(source, "--var", "SST", "--double")
        self.cdo64("ymonmean", "-selname,SST", source, "clim.nc")
        climatology = self.read("anomaly.nc", "SST_climatology")
        self.assert_close(climatology, self.read("clim.nc", "SST"), 0)
        self.assertEqual(np.isnan(climatology).sum(), 89622)
        anomaly = self.read("anomaly.nc", "SST_anomaly")
        np.testing.assert_array_equal(np.isnan(anomaly), np.isnan(climatology))
        self.assertEqual(set(anomaly[~np.isnan(anomaly)]), {0.0})
        self.assertTrue(np.isnan(self.read("anomaly.nc", "SST_standardised")).all())
        self.cdo64("fldmean", "-selname,SST", source, "mean.nc")
        mean = self.read("anomaly.nc", "SST_mean")
        largest = np.nanmax(np.abs(self.read(source, "SST")))
        self.assert_close(mean, self.read("mean.nc", "SST"), 1e-13 * float(largest))
        self.assertAlmostEqual(mean[0], 19.0379714962, places=9)
        self.assertEqual(set(self.read("anomaly.nc", "SST_anomaly_mean")), {0.0})
        # In float too, and for every variable of the file.
        self.example(source, "--out", "all.nc", "--plot", "all.png")
        self.cdo("ymonmean", source, "clim32.nc")
        for name in ("SST", "AIRT", "SPEH", "WSPD", "UWND", "VWND", "SLP"):
            self.assert_same_bits(
                self.read("all.nc", name + "_climatology"), self.read("clim32.nc", name)
            )

    def test_output_opens_in_cdo_and_xarray(self):
        self.example(self.ferret("coads_climatology.cdf"), "--var", "SST")
        with netCDF4.Dataset(self.at / "anomaly.nc") as out:
            self.assertEqual(out["TIME"].calendar, "proleptic_gregorian")
            self.assertEqual(out["SST_anomaly"]._FillValue, np.float32(-1e34))
            self.assertEqual(out["SST_anomaly"].missing_value, np.float32(-1e34))
        listed = self.cdo("sinfon", "anomaly.nc")
        self.assertIn("SST_climatology", listed)
        self.assertIn("0000-01-16 06:00:00", listed)
        self.assert_xarray_reads("anomaly.nc", "SST", "TIME", (0, 1, 16))

    # Inherited tests of the winds are not repeated.
    test_agree_with_cdo_where_missing_cells_vary_in_time = None
    test_area_means_agree_with_ncwa_and_numpy = None
    test_table_names_the_numbers_that_cdo_and_nco_found = None
    test_without_var_takes_all_fields_and_the_file_says_what_it_holds = None


class MadeFiles(Case):
    """Small files of every kind that CF allows; the oracle is NumPy, and CDO where it can."""

    def make(self, name="in.nc", file_format="NETCDF4", months=36, order=("time", "lat", "lon"),
             dtype="f4", units="days since 2000-01-01", calendar=None, time=None, lat=None,
             lon=None, fill=None, attributes=None, values=None, levels=0, time_type="f8"):
        """A file with the field t, and its values in the order time, (level), lat, lon."""
        rng = np.random.default_rng(7)
        lat = np.linspace(-80, 80, 9) if lat is None else lat
        lon = np.arange(0, 360, 30.0) if lon is None else lon
        time = 30.4375 * np.arange(months) + 15 if time is None else np.asarray(time)
        sizes = {"time": len(time), "lev": levels, "lat": len(lat), "lon": len(lon)}
        natural = [d for d in ("time", "lev", "lat", "lon") if d in order]
        if values is None:
            values = rng.normal(10, 5, [sizes[d] for d in natural])
        with netCDF4.Dataset(self.at / name, "w", format=file_format) as out:
            for d in order:
                out.createDimension(d, sizes[d])
            made = out.createVariable("time", time_type, ("time",))
            made.units = units
            if calendar:
                made.calendar = calendar
            made[:] = time
            for d, x, unit in (("lat", lat, "degrees_north"), ("lon", lon, "degrees_east")):
                if d in order:
                    made = out.createVariable(d, "f8", (d,))
                    made.units = unit
                    made[:] = x
            if levels:
                made = out.createVariable("lev", "f4", ("lev",))
                made.units = "hPa"
                made[:] = 1000 - 100 * np.arange(levels)
            made = out.createVariable("t", dtype, order, fill_value=fill)
            made.units = "K"
            made.setncatts(attributes or {})
            made.set_auto_maskandscale(False)
            stored = np.transpose(values, [natural.index(d) for d in order]).astype(dtype)
            made[:] = stored
        return np.transpose(stored, [order.index(d) for d in natural])

    def assert_numpy_agrees(self, x, months, out="anomaly.nc", name="t", tolerance=0.0):
        """Climatology, anomaly and standardised anomaly of x, whose missing values are NaN."""
        months = np.asarray(months)
        occurring, climatology = month_mean(x, months)
        np.testing.assert_array_equal(self.read(out, "month"), occurring)
        position = np.searchsorted(occurring, months)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            deviation = np.stack(
                [np.nanstd(x[months == m].astype("f8"), axis=0, ddof=1) for m in occurring]
            )
        climatology = climatology.astype(x.dtype)
        anomaly = x - climatology[position]
        deviation = np.where(deviation > 0, deviation, np.nan)
        got = self.read(out, name + "_climatology")
        self.assertEqual(got.dtype, x.dtype)
        self.assert_close(got, climatology, tolerance)
        self.assert_close(self.read(out, name + "_anomaly"), anomaly, tolerance)
        single = x.dtype == np.float32
        np.testing.assert_allclose(
            self.read(out, name + "_standardised"),
            anomaly / deviation[position],
            rtol=1e-5 if single else 1e-11,
            atol=1e-5 if single else 1e-11,
        )

    def test_every_format(self):
        for file_format in ("NETCDF3_CLASSIC", "NETCDF3_64BIT_OFFSET", "NETCDF3_64BIT_DATA",
                            "NETCDF4_CLASSIC", "NETCDF4"):
            with self.subTest(file_format):
                x = self.make(file_format=file_format)
                self.example("in.nc")
                self.assert_numpy_agrees(x, np.arange(36) % 12 + 1)
                self.cdo("sinfon", "anomaly.nc")

    def test_calendars(self):
        # The n-th value lies in the middle of the n-th month of each calendar.
        for calendar, length in (("360_day", 30), ("noleap", 365 / 12), ("all_leap", 30.5),
                                 ("julian", 30.4375), ("proleptic_gregorian", 30.4369),
                                 ("standard", 30.4369), ("none", 30.4369)):
            with self.subTest(calendar):
                x = self.make(calendar=calendar, time=length * (np.arange(48) + 0.5))
                out = self.example("in.nc")
                self.assertIn(f"calendar {calendar}", out)
                self.assert_numpy_agrees(x, np.arange(48) % 12 + 1)
                if calendar != "none":
                    self.assert_cdo_agrees("in.nc", "t", 1e-10)

    def test_time_in_months_and_years_is_written_in_days(self):
        for units, steps in (("months since 2000-01-15", np.arange(36)),
                             ("weeks since 2000-01-01", np.arange(36) * 30.4375 / 7 + 2)):
            with self.subTest(units):
                x = self.make(units=units, time=steps)
                self.example("in.nc")
                self.assert_numpy_agrees(x, np.arange(36) % 12 + 1)
                with netCDF4.Dataset(self.at / "anomaly.nc") as out:
                    self.assertRegex(out["time"].units, r"^days since 2000-01-\d\d$")
                    dates = netCDF4.num2date(out["time"][:], out["time"].units,
                                             out["time"].calendar)
                    self.assertEqual([d.month for d in dates], list(np.arange(36) % 12 + 1))
                    if units.startswith("months"):
                        self.assertEqual({d.day for d in dates}, {15})

    def test_only_some_months_occur_in_any_order(self):
        middle = 30.4369 * (np.array([1, 6, 13, 18, 12, 25, 0]) + 0.5)
        x = self.make(time=middle)
        self.example("in.nc")
        self.assert_numpy_agrees(x, [2, 7, 2, 7, 1, 2, 1])

    def test_integer_time(self):
        for kind in ("i4", "i8", "i2"):
            with self.subTest(kind):
                x = self.make(time=30 * np.arange(24) + 10, calendar="360_day", time_type=kind)
                self.example("in.nc")
                self.assert_numpy_agrees(x, np.arange(24) % 12 + 1)

    def test_axes_in_any_order_and_descending_latitude(self):
        lat = np.linspace(85, -85, 18)
        for order in (("lat", "lon", "time"), ("lon", "lat", "time"), ("lat", "time", "lon"),
                      ("time", "lon", "lat")):
            with self.subTest(order):
                x = self.make(order=order, lat=lat)
                self.example("in.nc", "--weights", "cos")
                self.assert_numpy_agrees(x, np.arange(36) % 12 + 1)
                with netCDF4.Dataset(self.at / "anomaly.nc") as out:
                    self.assertEqual(out["t_anomaly"].dimensions, ("time", "lat", "lon"))
                weights = np.repeat(np.cos(np.radians(lat))[:, None], 12, 1)
                expected = weighted_mean(x.astype("f8"), weights)
                self.assert_close(self.read("anomaly.nc", "t_mean"), expected, 1e-11)
        self.make(lat=lat)
        # CDO's deviation of three values, from sums of squares, cancels.
        self.assert_cdo_agrees("in.nc", "t", 1e-10)

    def test_levels_have_a_mean_each_and_the_map_shows_the_first(self):
        for order in (("time", "lev", "lat", "lon"), ("lev", "time", "lat", "lon")):
            with self.subTest(order):
                x = self.make(order=order, levels=3)
                out = self.example("in.nc", "--weights", "cos")
                self.assertIn("t: the picture shows lev = 1000 hPa; the file holds all", out)
                self.assert_numpy_agrees(x, np.arange(36) % 12 + 1)
                weights = np.repeat(np.cos(np.radians(np.linspace(-80, 80, 9)))[:, None], 12, 1)
                expected = weighted_mean(x.astype("f8"), weights)
                self.assertEqual(expected.shape, (36, 3))
                self.assert_close(self.read("anomaly.nc", "t_mean"), expected, 1e-11)
                listed = self.cdo("sinfon", "anomaly.nc")
                self.assertIn("t_anomaly", listed)

    def test_packed_shorts_give_their_unpacked_type(self):
        for scale, expected in ((np.float32(0.01), "f4"), (np.float64(0.01), "f8")):
            with self.subTest(expected):
                stored = self.make(
                    dtype="i2", fill=-32767, values=np.random.default_rng(3).integers(
                        -32767, 32767, (36, 9, 12)),
                    attributes={"scale_factor": scale, "add_offset": type(scale)(273.15)})
                x = (stored.astype("f8") * np.float64(scale) + np.float64(type(scale)(273.15)))
                x = x.astype(expected)
                x[stored == -32767] = np.nan
                self.example("in.nc")
                self.assert_numpy_agrees(
                    x, np.arange(36) % 12 + 1, tolerance=0.0 if expected == "f4" else 1e-12)
                with netCDF4.Dataset(self.at / "anomaly.nc") as out:
                    self.assertNotIn("scale_factor", out["t_anomaly"].ncattrs())

    def test_integers_are_computed_in_double(self):
        for kind in ("i1", "i2", "i4", "u1", "i8"):
            with self.subTest(kind):
                values = np.random.default_rng(3).integers(0, 100, (36, 9, 12))
                stored = self.make(dtype=kind, values=values, fill=99)
                x = np.where(stored == 99, np.nan, stored.astype("f8"))
                self.example("in.nc")
                self.assert_numpy_agrees(x, np.arange(36) % 12 + 1, tolerance=1e-13)

    def test_missing_values_of_every_kind(self):
        rng = np.random.default_rng(5)
        gaps = rng.random((36, 9, 12)) < 0.3
        gaps[:, 0, :] = True  # cells without any value
        gaps[1::12, 1, :] = True  # cells without any value in February
        for label, fill, attributes, hole in (
            ("_FillValue", 1e20, {}, 1e20),
            ("missing_value alone", None, {"missing_value": np.float32(-999)}, -999),
            ("NaN under a declared fill", 1e20, {}, np.nan),
            ("fill of 0, which anomalies equal", 0, {}, 0),
            ("NaN as fill", np.nan, {}, np.nan),
        ):
            with self.subTest(label):
                values = np.round(rng.normal(8, 2, gaps.shape)) + 20
                values[2::12] = 25  # anomalies of 0, deviations of 0
                stored = self.make(fill=fill, attributes=attributes,
                                   values=np.where(gaps, hole, values))
                x = np.where(gaps, np.float32(np.nan), stored)
                self.example("in.nc")
                self.assert_numpy_agrees(x, np.arange(36) % 12 + 1)
                anomaly = self.read("anomaly.nc", "t_anomaly")
                np.testing.assert_array_equal(np.isnan(anomaly), gaps)
                self.assertTrue((anomaly[2::12][~gaps[2::12]] == 0).all())
                self.assertTrue(np.isnan(self.read("anomaly.nc", "t_standardised")[2::12]).all())
                self.cdo64("fldmean", "-selname,t", "in.nc", "mean.nc")
                if "fill" not in label:  # CDO is not asked about odd fills
                    self.assert_close(
                        self.read("anomaly.nc", "t_mean"), self.read("mean.nc", "t"), 1e-11)

    def test_cells_that_were_never_written(self):
        """Numbers for CDO and xarray where no _FillValue is declared; ours means missing."""
        for kind, fill in (("f4", np.float32(9.969209968386869e36)), ("f8", 9.969209968386869e36)):
            x = np.random.default_rng(4).normal(10, 5, (36, 9, 12))
            x[:, 4, 5] = fill
            x = self.make(dtype=kind, values=x)
            self.example("in.nc")
            for result in ("climatology", "standardised"):
                self.assertTrue(np.isnan(self.read("anomaly.nc", "t_" + result)[:, 4, 5]).all())
            self.assertEqual(set(self.read("anomaly.nc", "t_anomaly")[:, 4, 5]), {0})

    def test_constant_months_have_no_standardised_anomaly_in_double(self):
        x = self.make(dtype="f8", values=np.full((36, 9, 12), 0.1))
        self.example("in.nc")
        self.assertTrue(np.isnan(self.read("anomaly.nc", "t_standardised")).all())
        self.assert_close(self.read("anomaly.nc", "t_anomaly"), 0 * x, 1e-16)

    def test_nothing_but_missing_values(self):
        self.make(values=np.full((36, 9, 12), 1e20), fill=1e20)
        row = re.search(r"^t .*$", self.example("in.nc"), re.MULTILINE)[0]
        self.assertTrue(row.endswith(" " + str(36 * 9 * 12)), row)
        for result in ("climatology", "anomaly", "standardised", "mean", "anomaly_mean"):
            self.assertTrue(np.isnan(self.read("anomaly.nc", "t_" + result)).all())

    def add_bounds(self, lat_edges, lon_edges):
        with netCDF4.Dataset(self.at / "in.nc", "a") as file:
            file.createDimension("two", 2)
            for axis, edges in (("lat", lat_edges), ("lon", lon_edges)):
                bounds = file.createVariable(axis + "_bnds", "f8", (axis, "two"))
                bounds[:] = np.stack([edges[:-1], edges[1:]], 1)
                file[axis].bounds = axis + "_bnds"

    def test_bounds_of_cells_decide_the_weights(self):
        x = self.make()
        lat_edges = np.array([-90, -70, -40, -25, -20, 10, 25, 55, 70, 88.0])
        self.add_bounds(lat_edges, np.arange(-15, 360, 30.0))
        self.example("in.nc", "--weights", "sin-band")
        weights = sine_bands(np.stack([lat_edges[:-1], lat_edges[1:]], 1), 12)
        expected = weighted_mean(x.astype("f8"), weights)
        self.assert_close(self.read("anomaly.nc", "t_mean"), expected, 1e-11)
        with netCDF4.Dataset(self.at / "anomaly.nc") as out:
            np.testing.assert_array_equal(out["lat_bnds"][:, 0], lat_edges[:-1])
        self.assert_cdo_agrees("in.nc", "t", 1e-10)

    def test_axes_are_told_by_attributes_and_not_by_names(self):
        # "lat" is time, "time" is longitude, "lon" is latitude.
        x = np.random.default_rng(1).normal(0, 1, (24, 5, 6)).astype("f4")
        with netCDF4.Dataset(self.at / "in.nc", "w") as out:
            for name, size, attributes, values in (
                ("lat", 24, {"standard_name": "time", "units": "days since 2000-01-01"},
                 30.4 * np.arange(24) + 15),
                ("lon", 5, {"units": "degrees_north"}, np.linspace(-60, 60, 5)),
                ("time", 6, {"units": "degrees_east"}, np.arange(0, 360, 60.0)),
            ):
                out.createDimension(name, size)
                made = out.createVariable(name, "f8", (name,))
                made.setncatts(attributes)
                made[:] = values
            out.createVariable("t", "f4", ("lat", "lon", "time"))[:] = x
        self.example("in.nc", "--weights", "cos")
        self.assert_numpy_agrees(x, np.arange(24) % 12 + 1)
        weights = np.repeat(np.cos(np.radians(np.linspace(-60, 60, 5)))[:, None], 6, 1)
        self.assert_close(
            self.read("anomaly.nc", "t_mean"), weighted_mean(x.astype("f8"), weights), 1e-12)

    def test_names_alone_make_no_latitude(self):
        x = self.make()
        with netCDF4.Dataset(self.at / "in.nc", "a") as file:
            file["lat"].delncattr("units")
        out = self.example("in.nc")
        self.assertIn("t: no area mean and no map: it has no latitude and longitude axes", out)
        self.assert_numpy_agrees(x, np.arange(36) % 12 + 1)
        with netCDF4.Dataset(self.at / "anomaly.nc") as file:
            self.assertNotIn("t_mean", file.variables)

    def test_auxiliary_time_coordinate_and_radians(self):
        x = self.make()
        with netCDF4.Dataset(self.at / "in.nc", "a") as file:
            file.renameVariable("time", "valid_time")
            file["t"].coordinates = "valid_time"
            file["lat"].units = "radians"
            file["lat"].standard_name = "latitude"
            file["lat"][:] = np.radians(file["lat"][:])
        self.example("in.nc", "--weights", "cos")
        self.assert_numpy_agrees(x, np.arange(36) % 12 + 1)
        weights = np.repeat(np.cos(np.radians(np.linspace(-80, 80, 9)))[:, None], 12, 1)
        expected = weighted_mean(x.astype("f8"), weights)
        self.assert_close(self.read("anomaly.nc", "t_mean"), expected, 1e-11)
        with netCDF4.Dataset(self.at / "anomaly.nc") as file:
            self.assertEqual(file["t_anomaly"].coordinates, "valid_time")
            self.assertNotIn("coordinates", file["t_climatology"].ncattrs())
            self.assertIn("valid_time", file.variables)

    def test_series_without_a_grid(self):
        x = self.make(order=("time",))
        out = self.example("in.nc")
        self.assertIn("no area mean and no map", out)
        self.assert_numpy_agrees(x, np.arange(36) % 12 + 1)
        self.assertTrue((self.at / "anomaly.png").exists())

    def test_describing_variables_are_no_fields(self):
        self.make()
        with netCDF4.Dataset(self.at / "in.nc", "a") as file:
            file.createDimension("two", 2)
            bounds = file.createVariable("time_bnds", "f8", ("time", "two"))
            bounds[:] = np.stack([file["time"][:] - 15, file["time"][:] + 15], 1)
            file["time"].bounds = "time_bnds"
            file["time"].axis = "T"
            file.createVariable("label", "S1", ("time", "two"))
            file.createVariable("orography", "f4", ("lat", "lon"))[:] = 0
            crs = file.createVariable("crs", "i4", ())
            crs.grid_mapping_name = "latitude_longitude"
            file["t"].grid_mapping = "crs"
        self.example("in.nc")
        with netCDF4.Dataset(self.at / "anomaly.nc") as out:
            results = {"t_" + r for r in
                       ("climatology", "anomaly", "standardised", "mean", "anomaly_mean")}
            self.assertEqual(set(out.variables),
                             results | {"time", "time_bnds", "lat", "lon", "month", "crs"})
            self.assertEqual(out["time"].bounds, "time_bnds")
        for name in ("time_bnds", "orography", "label", "time"):
            self.fails("value_error", "in.nc", "--var", name,
                       says=(f"cannot use '{name}'", "usable time axis: t\n"))

    def test_two_time_axes_with_different_months(self):
        x = self.make()
        with netCDF4.Dataset(self.at / "in.nc", "a") as file:
            file.createDimension("winter", 6)
            time = file.createVariable("winter", "f8", ("winter",))
            time.units = "days since 2000-01-01"
            time[:] = [15, 45, 15 + 365, 45 + 366, 15 + 730, 45 + 731]
            file.createVariable("w", "f8", ("winter",))[:] = [1, 2, 3, 6, 5, 10]
        self.example("in.nc", "--var", "t", "--var", "w")
        self.assert_numpy_agrees(x, np.arange(36) % 12 + 1)
        np.testing.assert_array_equal(self.read("anomaly.nc", "w_climatology"), [3, 6])
        np.testing.assert_array_equal(self.read("anomaly.nc", "w_anomaly"), [-2, -4, 0, 0, 2, 4])
        np.testing.assert_array_equal(self.read("anomaly.nc", "month_2"), [1, 2])

    def test_longitudes_of_any_range_weigh_as_in_cdo(self):
        for lon in (np.arange(-180, 180, 30.0), np.array([350, 10.0]), np.array([-100, -130.0])):
            with self.subTest(lon):
                x = self.make(lon=lon)
                self.example("in.nc")
                self.assert_numpy_agrees(x, np.arange(36) % 12 + 1)
                self.cdo64("fldmean", "-selname,t", "in.nc", "mean.nc")
                self.assert_close(
                    self.read("anomaly.nc", "t_mean"), self.read("mean.nc", "t"), 1e-11)

    def test_one_step_and_months_that_occur_once(self):
        x = self.make(months=1)
        out = self.example("in.nc")
        self.assertIn("time: 1 step, 2000-01 to 2000-01, calendar standard, 1 of 12 months", out)
        self.assert_close(self.read("anomaly.nc", "t_climatology"), x, 0)
        self.assertEqual(set(self.read("anomaly.nc", "t_anomaly").flat), {0.0})
        self.assertTrue(np.isnan(self.read("anomaly.nc", "t_standardised")).all())
        x = self.make(time=[15, 16, 381, 382, 746])
        self.example("in.nc")
        self.assert_numpy_agrees(x, [1] * 5)

    def test_steps_in_any_order_give_the_same_picture_and_period(self):
        middle = 30.4375 * np.arange(36) + 15
        values = np.random.default_rng(11).integers(0, 64, (36, 9, 12))  # sums are exact
        pictures, tables = [], []
        for steps in (np.arange(36), np.arange(36)[::-1],
                      np.random.default_rng(2).permutation(36)):
            self.make(time=middle[steps], values=values[steps])
            out = self.example("in.nc")
            self.assertIn("time: 36 steps, 2000-01 to 2002-12,", out)
            tables.append(re.search(r"^t .*$", out, re.MULTILINE)[0])
            pictures.append((self.at / "anomaly.png").read_bytes())
            with netCDF4.Dataset(self.at / "anomaly.nc") as file:
                self.assertIn("2000-01 to 2002-12", file["t_anomaly"].long_name)
        self.assertEqual(pictures, pictures[:1] * 3)
        self.assertEqual(tables, tables[:1] * 3)

    def test_years_of_any_length(self):
        for units, period in (("days since -0010-01-01", "-0010-01 to -0008-12"),
                              ("days since 12345-01-01", "12345-01 to 12347-12")):
            self.make(units=units, calendar="proleptic_gregorian")
            self.assertIn(period, self.example("in.nc"))

    def test_scalar_coordinates_stay(self):
        self.make(attributes={"coordinates": "height"})
        with netCDF4.Dataset(self.at / "in.nc", "a") as file:
            height = file.createVariable("height", "f8", ())
            height.units = "m"
            height[:] = 2
        self.example("in.nc")
        with netCDF4.Dataset(self.at / "anomaly.nc") as out:
            self.assertEqual(out["height"][:], 2)
            for result in ("climatology", "anomaly", "mean"):
                self.assertEqual(out["t_" + result].coordinates, "height")

    def test_a_coordinate_named_month(self):
        x = self.make(attributes={"coordinates": "month"})
        with netCDF4.Dataset(self.at / "in.nc", "a") as file:
            file.createVariable("month", "i4", ("time",))[:] = 7
        self.example("in.nc")
        self.assertEqual(set(self.read("anomaly.nc", "month")), {7})
        np.testing.assert_array_equal(self.read("anomaly.nc", "month_2"), np.arange(1, 13))
        with netCDF4.Dataset(self.at / "anomaly.nc") as out:
            self.assertEqual(out["t_climatology"].dimensions, ("month_2", "lat", "lon"))
        # One that is not copied takes no name.
        with netCDF4.Dataset(self.at / "in.nc", "a") as file:
            file["t"].delncattr("coordinates")
        self.example("in.nc", "--var", "t")
        self.assert_numpy_agrees(x, np.arange(36) % 12 + 1)

    def test_results_whose_names_collide(self):
        x = self.make()
        with netCDF4.Dataset(self.at / "in.nc", "a") as file:
            file.createVariable("t_anomaly", "f4", ("time", "lat", "lon"))[:] = 1
            file.createVariable("w", "f4", ("time",))[:] = 2
        out = self.example("in.nc")
        self.assertIn(
            "t_anomaly is left out: its result 't_anomaly_mean' would have the name of a result "
            "of 't'\n", out)
        self.assert_numpy_agrees(x, np.arange(36) % 12 + 1)
        self.assertEqual(set(self.read("anomaly.nc", "w_climatology")), {2})
        self.fails("value_error", "in.nc", "--var", "t", "--var", "t_anomaly",
                   says=("cannot use 't_anomaly'", "'t_anomaly_mean'", "of 't'"))
        self.example("in.nc", "--var", "t_anomaly")  # alone it may

    def test_coordinates_whose_names_collide_with_results(self):
        self.make(attributes={"coordinates": "t_mean"})
        with netCDF4.Dataset(self.at / "in.nc", "a") as file:
            file.createVariable("t_mean", "f4", ("time",))[:] = 1
            file.createVariable("w", "f4", ("time",))[:] = 2
        out = self.example("in.nc")
        says = "its result 't_mean' would have the name of a coordinate of 't'"
        self.assertIn("t is left out: " + says, out)
        with netCDF4.Dataset(self.at / "anomaly.nc") as file:
            self.assertFalse({v for v in file.variables if v.startswith("t_")})
            self.assertIn("w_anomaly", file.variables)
        self.fails("value_error", "in.nc", "--var", "t", says=("cannot use 't'", says))

    def test_unusable_variables_are_left_out_unless_asked_for(self):
        x = self.make(attributes={"coordinates": "letters none"})
        with netCDF4.Dataset(self.at / "in.nc", "a") as file:
            for d in "abcdefgh":
                file.createDimension(d, 1)
            file.createDimension("none", None)
            file.createVariable("nine", "f4", ("time", *"abcdefgh"))[:] = 1
            file.createVariable("packed", "i2", ("time",)).scale_factor = "0.1"
            file.createVariable("no_cells", "f4", ("time", "none"))
            file.createVariable("text", "S1", ("time", "a"))
            file.createVariable("words", str, ("time",))
            file.createVariable("letters", "S1", ("time",))[:] = np.full(36, b"x")
            file.createVariable("none", "S1", ("none",))  # a coordinate variable, and empty
            file.createVariable("flat", "f4", ("lat",))
        out = self.example("in.nc")
        self.assert_numpy_agrees(x, np.arange(36) % 12 + 1)
        reasons = {"nine": "it has 9 dimensions, more than 8", "packed": "scale_factor",
                   "no_cells": "no value: its shape is (36, 0)",
                   "text": "it holds no numbers", "words": "it holds no numbers"}
        left_out = dict(re.findall(r"^(\w+) is left out: (.*)$", out, re.MULTILINE))
        self.assertEqual(set(left_out), set(reasons))
        for name, reason in reasons.items():
            self.assertIn(reason, left_out[name])
            self.fails("value_error", "in.nc", "--var", "t", "--var", name,
                       says=(f"cannot use '{name}'", reason))
        with netCDF4.Dataset(self.at / "anomaly.nc") as file:
            self.assertNotIn("none", file.variables)
            self.assertEqual(file["t_anomaly"].coordinates, "letters")
            np.testing.assert_array_equal(file["letters"][:], np.full(36, b"x"))

    def test_one_character_for_each_step_of_unlimited_time(self):
        with netCDF4.Dataset(self.at / "in.nc", "w", format="NETCDF3_CLASSIC") as out:
            out.createDimension("time", None)
            time = out.createVariable("time", "f8", ("time",))
            time.units = "days since 2000-01-01"
            time[:] = 30.4 * np.arange(24) + 15
            out.createVariable("flag", "S1", ("time",))[:] = np.full(24, b"x")
            t = out.createVariable("t", "f4", ("time",))
            t.coordinates = "flag"
            t[:] = 1
        self.example("in.nc")
        with netCDF4.Dataset(self.at / "anomaly.nc") as out:
            np.testing.assert_array_equal(out["flag"][:], np.full(24, b"x"))

    def test_coordinates_that_cannot_be_decoded(self):
        for name, says in (("lat", "t: no area mean and no map: cf_packing"), ("lev", "first lev")):
            x = self.make(levels=2, order=("time", "lev", "lat", "lon"))
            with netCDF4.Dataset(self.at / "in.nc", "a") as file:
                file[name].scale_factor = "x"
            self.assertIn(says, self.example("in.nc"))
            self.assert_numpy_agrees(x, np.arange(36) % 12 + 1)

    def test_cells_without_area(self):
        x = self.make()
        self.add_bounds(np.full(10, 5.0), np.arange(-15, 360, 30.0))
        out = self.example("in.nc")
        self.assertIn("t: no area mean and no map: its cells have no area", out)
        self.assert_numpy_agrees(x, np.arange(36) % 12 + 1)

    def test_own_output_can_be_read_again(self):
        self.make()
        self.example("in.nc")
        self.example("anomaly.nc", "--out", "again.nc", "--plot", "again.png")
        climatology = self.read("again.nc", "t_anomaly_climatology")
        self.assertLess(np.abs(climatology).max(), 1e-5)


class BadInput(Case):
    def setUp(self):
        super().setUp()
        with netCDF4.Dataset(self.at / "in.nc", "w", format="NETCDF3_CLASSIC") as out:
            out.createDimension("time", 24)
            out.createDimension("x", 500)
            time = out.createVariable("time", "f8", ("time",))
            time.units = "days since 2000-01-01"
            time[:] = 30.4 * np.arange(24) + 15
            out.createVariable("t", "f4", ("time", "x"))[:] = 1
            out.createVariable("u", "f4", ("time",))[:] = 1
            out.createVariable("flat", "f4", ("x",))[:] = 1

    def test_files_that_cannot_be_read(self):
        self.fails("io_error", "nowhere.nc", says=("nowhere.nc", "No such file"))
        self.fails("io_error", self.at, says=("directory",))
        whole = (self.at / "in.nc").read_bytes()
        end_of_t = len(whole) - 4 * (24 + 500)  # then come u and flat
        for size in (0, 3, 40, 300, len(whole) // 2, end_of_t - 1, end_of_t + 95):
            (self.at / "cut.nc").write_bytes(whole[:size])
            self.fails("io_error", "cut.nc", says=("cut.nc",))
        (self.at / "text.nc").write_text("no NetCDF at all\n" * 100)
        self.fails("io_error", "text.nc", says=("text.nc",))

    def test_truncated_netcdf4(self):
        with netCDF4.Dataset(self.at / "four.nc", "w") as out:
            out.createDimension("time", 2000)
            out.createVariable("time", "f8", ("time",)).units = "days since 2000-01-01"
            out.createVariable("t", "f4", ("time",))[:] = 1
        whole = (self.at / "four.nc").read_bytes()
        (self.at / "four.nc").write_bytes(whole[: len(whole) // 2])
        self.fails("io_error", "four.nc", says=("four.nc",))

    def test_wrong_names(self):
        self.fails("value_error", "in.nc", "--var", "v",
                   says=("in.nc", "no variable 'v'", "usable time axis: t, u\n"))
        self.fails("value_error", "in.nc", "--var", "t", "--var", "flat",
                   says=("'flat'", "no time axis", "t, u"))

    def test_time_axes_that_are_not_usable(self):
        for attributes, says in (
            ({}, "t: it has no time axis"),
            ({"axis": "T", "units": "days"}, '"days"'),
            ({"units": "days since yesterday"}, "yesterday"),
            ({"units": "bananas since 2000-01-01"},
             "t: its dimension 'time' is no time axis: expected units \"<unit of time> since "
             "<date>\", got \"bananas since 2000-01-01\""),
            ({"units": "days since 2000-01-01", "calendar": "mayan"}, "mayan"),
            ({"units": "days since 2001-02-29"}, "2001-02-29"),
        ):
            with self.subTest(says):
                with netCDF4.Dataset(self.at / "in.nc", "a") as file:
                    for name in file["time"].ncattrs():
                        file["time"].delncattr(name)
                    file["time"].setncatts(attributes)
                self.fails("coord_error", "in.nc", says=("in.nc", says))

    def test_time_without_a_value(self):
        for value in (np.nan, 1e300):
            with netCDF4.Dataset(self.at / "in.nc", "a") as file:
                file["time"][5] = value
            self.fails("coord_error", "in.nc", says=("'time'", "in.nc", "index 5"))

    def test_no_time_steps(self):
        with netCDF4.Dataset(self.at / "empty.nc", "w", format="NETCDF3_CLASSIC") as out:
            out.createDimension("time", None)
            out.createVariable("time", "f8", ("time",)).units = "days since 2000-01-01"
            out.createVariable("t", "f4", ("time",))
        self.fails("coord_error", "empty.nc", says=("t: it has no value", "(0,)"))
        self.fails("value_error", "empty.nc", "--var", "t", says=("'t'", "(0,)"))

    def test_outputs_that_cannot_be_written(self):
        (self.at / "folder").mkdir()
        for option in ("--out", "--plot"):
            self.fails("io_error", "in.nc", option, "nowhere/x", says=("nowhere/x",))
            self.fails("io_error", "in.nc", option, "folder", says=("folder", "directory"))
            self.fails("io_error", "in.nc", option, "/proc/x", says=("/proc/x",))
            self.fails("value_error", "in.nc", option, "./folder/../in.nc", says=(option, "in.nc"))
        self.fails("value_error", "in.nc", "--out", "x", "--plot", "x", says=("--plot", "'x'"))

    def test_input_under_another_name_is_not_overwritten(self):
        os.link(self.at / "in.nc", self.at / "hard.nc")
        os.symlink("in.nc", self.at / "soft.nc")
        self.fails("value_error", "in.nc", "--out", "hard.nc", says=("hard.nc",))
        self.fails("value_error", "in.nc", "--out", "soft.nc", says=("soft.nc",))

    def test_disk_that_fills_up(self):
        arguments = ("in.nc", "--out", "o.nc", "--plot", "p.png", "--var")
        for size in (1000, 5_000, 50_000):  # in the header, in the coordinates, in the results
            self.fails("io_error", *arguments, "t", says=("o.nc",), largest_file=size)
        # Room for the series, not for its picture: neither file is there.
        self.example(*arguments, "u")
        numbers, image = ((self.at / name).stat().st_size for name in ("o.nc", "p.png"))
        (self.at / "o.nc").unlink()
        (self.at / "p.png").write_text("an older one")
        self.assertGreater(image, numbers + 100)
        self.fails("io_error", *arguments, "u", says=("p.png",), largest_file=numbers + 50)
        self.assertEqual((self.at / "p.png").read_text(), "an older one")
        self.fails("io_error", "in.nc", "--out", "/dev/full", says=("/dev/full",))

    def test_standard_output_that_cannot_be_written(self):
        for arguments in (("--help",), ("in.nc", "--var", "u")):
            with open("/dev/full", "w") as full:
                done = subprocess.run([PROGRAM, *arguments], cwd=self.at, stdout=full,
                                      stderr=subprocess.PIPE, text=True)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertEqual(done.stderr.splitlines()[-1],
                             "climate_anomaly: io_error: cannot write to standard output")

    def test_dimension_with_units_like_time(self):
        with netCDF4.Dataset(self.at / "in.nc", "a") as file:
            file.createDimension("step", 2)
            file.createVariable("step", "f8", ("step",)).units = "bananas since 2000-01-01"
            file.createVariable("v", "f4", ("step", "x"))[:] = 1
        self.assertIn("v is left out: its dimension 'step' is no time axis",
                      self.example("in.nc"))

    def test_command_lines(self):
        self.fails("value_error", "in.nc", "--weights", "equal", says=("--weights", "equal", "cos"))
        self.fails("value_error", "in.nc", "--colour", says=("--colour",))
        self.fails("value_error", "in.nc", "--var", says=("--var",))
        self.fails("value_error", "in.nc", "other.nc", says=("in.nc", "other.nc"))
        for options in (("-x",), ("-xh",), ("-hx",), ("--double", "-xh"), ("-xh", "--double")):
            self.fails("value_error", "in.nc", *options, says=("unknown option -x;",))
        self.fails("value_error", "in.nc", "-é", says=("unknown option -é;",))
        self.fails("value_error", "in.nc", "--double=3", says=("no value after --double,",))
        self.fails("io_error", "in.nc", "--out", "", says=("name of a file",))
        self.example("in.nc", "--var", "u", "--var", "u", "--weights", "cos", "--weights=sin-band")
        with netCDF4.Dataset(self.at / "anomaly.nc") as out:
            self.assertEqual(out.area_weights, "sin-band")

    def test_more_variables_than_the_picture_holds(self):
        with netCDF4.Dataset(self.at / "many.nc", "w", format="NETCDF3_CLASSIC") as out:
            out.createDimension("time", 1)
            time = out.createVariable("time", "f8", ("time",))
            time.units = "days since 2000-01-01"
            for k in range(1162):
                out.createVariable(f"v{k}", "f4", ("time",))
            time[:] = 0
        self.fails("value_error", "many.nc", says=("at most 1161", "got 1162", "--var"))
        self.example("many.nc", "--var", "v1161")
        # What is wrong with so many is not said of each.
        with netCDF4.Dataset(self.at / "many.nc", "a") as out:
            out["time"][:] = np.nan
        self.fails("coord_error", "many.nc", says=("v0: ", "v4: ", "; and 1158 more"))

    def unwritten(self, name, steps, cells):
        """A file whose field was never written and takes no room."""
        with netCDF4.Dataset(self.at / name, "w") as out:
            out.createDimension("time", steps)
            out.createDimension("x", cells)
            time = out.createVariable("time", "f8", ("time",))
            time.units = "days since 2000-01-01"
            time[:] = 30.4 * np.arange(steps) + 15
            out.createVariable("t", "f4", ("time", "x"), contiguous=True)

    def test_not_enough_memory(self):
        self.unwritten("huge.nc", 24, 10**9)
        before = {p.name for p in self.at.iterdir()}
        done = subprocess.run(
            [PROGRAM, "huge.nc"], cwd=self.at, capture_output=True, text=True,
            env={**os.environ, "OMP_NUM_THREADS": "2"},  # each has a stack
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30)))
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"^climate_anomaly: out_of_memory: .*\n$")
        self.assertEqual({p.name for p in self.at.iterdir()}, before)

    def test_interruption_leaves_no_file(self):
        self.unwritten("large.nc", 240, 100_000)
        before = {p.name for p in self.at.iterdir()}
        for sign in (signal.SIGINT, signal.SIGTERM):
            with subprocess.Popen([PROGRAM, "large.nc"], cwd=self.at, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
                while {p.name for p in self.at.iterdir()} == before and program.poll() is None:
                    time.sleep(0.001)
                program.send_signal(sign)
                printed = program.communicate()
            self.assertEqual(program.returncode, -sign, printed)
            self.assertEqual(printed[0], "")
            self.assertRegex(
                printed[1], r"^( *\d+ %  .+\n)*climate_anomaly: interrupted, nothing is written\n$")
            self.assertEqual({p.name for p in self.at.iterdir()}, before)

    def test_help(self):
        out = self.example("--help")
        for option in ("--var", "--out", "--plot", "--weights", "--double", "--help",
                       "great-circle", "cos", "sin-band", "anomaly.nc", "anomaly.png"):
            self.assertIn(option, out)
        self.assertEqual({p.name for p in self.at.iterdir()}, {"in.nc"})


def hashed_noise(i):
    """Sums of four uniform numbers made by splitmix64 from counters, in [-2, 2)."""
    total = np.full(i.shape, -2.0)
    with np.errstate(over="ignore"):
        for k in range(4):
            z = (i.astype("u8") * np.uint64(4) + np.uint64(k + 1)) * np.uint64(0x9E3779B97F4A7C15)
            z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            total += ((z ^ (z >> np.uint64(31))) >> np.uint64(11)).astype("f8") * 2.0**-53
    return total


def red_noise(months, seed):
    noise = hashed_noise(seed * 100_000 + np.arange(months + 50))
    series = np.empty(months + 50)
    value = 0.0
    for i, one in enumerate(noise):
        series[i] = value = 0.8 * value + 0.6 * 1.7320508075688772 * one
    return series[50:]


def synthetic_dataset():
    """The generated dataset by NumPy."""
    months = 240
    lat_degrees, lon_degrees = np.linspace(-87.5, 87.5, 36), np.linspace(2.5, 357.5, 72)
    lat, lon = np.radians(lat_degrees)[:, None], np.radians(lon_degrees)
    month = np.arange(months)[:, None, None]
    t = (28 - 29 * np.sin(lat) ** 2
         + np.cos((month - 7.5) * np.pi / 6) * 6 * np.sin(lat) * np.cos(lat)
         + month * (1 + np.abs(np.sin(lat))) * 0.02 / 12 + 0 * lon)
    for k in range(12):
        zonal, meridional = k // 2 + 1, k % 4 + 1
        amplitude = red_noise(months, k + 1)[:, None, None] * 1.1 / zonal
        t += (amplitude * np.cos(lat) * np.sin(lat * meridional + 1.3 * k)
              * np.cos(lon * zonal + 2.4 * k))
    t += 0.25 * hashed_noise(np.arange(t.size)).reshape(t.shape)
    land = np.repeat(lat_degrees[:, None] < -72, 72, 1)
    for y, x, height, width in ((50, 260, 26, 38), (25, 255, 14, 13), (-12, 300, 22, 20),
                                (-38, 292, 18, 7), (14, 8, 22, 24), (-12, 26, 25, 15),
                                (54, 75, 24, 70), (28, 85, 20, 38), (-26, 134, 13, 19),
                                (74, 318, 11, 18)):
        east = (lon_degrees - x + 540) % 360 - 180
        land |= ((lat_degrees[:, None] - y) / height) ** 2 + (east / width) ** 2 < 1
    return np.where(land, np.nan, np.round(t * 1024) / 1024)


class Synthetic(Case):
    def test_is_the_documented_dataset(self):
        out = self.example("--double")
        self.assertIn("synthetic dataset", out)
        x = synthetic_dataset()
        self.assertGreater(np.isnan(x).mean(), 0.2)
        anomaly = self.read("anomaly.nc", "synthetic_sst_anomaly")
        climatology = self.read("anomaly.nc", "synthetic_sst_climatology")
        months = np.arange(240) % 12
        # Multiples of 1/1024: the sum brings the very values back.
        values = np.round((anomaly + climatology[months]) * 1024) / 1024
        np.testing.assert_array_equal(values, x)
        expected = month_mean(x, months + 1)[1]
        self.assert_close(climatology, expected, 1e-12)
        self.assert_close(anomaly, x - expected[months], 1e-12)
        with netCDF4.Dataset(self.at / "anomaly.nc") as file:
            self.assertIn("Synthetic", file.title)

    def test_has_a_season_a_trend_red_noise_and_land(self):
        self.example()
        climatology = self.read("anomaly.nc", "synthetic_sst_climatology")
        anomaly = self.read("anomaly.nc", "synthetic_sst_anomaly")
        self.assertEqual(anomaly.dtype, np.float32)
        self.assertTrue((np.isnan(anomaly) == np.isnan(anomaly[0])).all())
        north = np.nanmean(climatology[:, 27], axis=1)  # 47.5 N
        self.assertIn(north.argmax() + 1, (8, 9))
        self.assertIn(north.argmin() + 1, (2, 3))
        series = self.read("anomaly.nc", "synthetic_sst_anomaly_mean")
        slope = np.polyfit(np.arange(240) / 1200, series, 1)[0]  # per century
        self.assertTrue(1 < slope < 5, slope)
        cell = anomaly[:, 20, 36]
        self.assertGreater(np.corrcoef(cell[1:], cell[:-1])[0, 1], 0.3)

    def test_the_same_at_any_number_of_threads(self):
        files = []
        for threads in ("1", "2", "3"):
            self.example("--out", "s.nc", "--plot", "s.png",
                         environment={"OMP_NUM_THREADS": threads})
            files.append((self.at / "s.nc").read_bytes() + (self.at / "s.png").read_bytes())
        self.assertEqual(files[0], files[1])
        self.assertEqual(files[0], files[2])


if __name__ == "__main__":
    unittest.main(verbosity=2)
