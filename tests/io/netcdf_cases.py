# SPDX-License-Identifier: Apache-2.0
"""NetCDF files made and judged by the netCDF4 module and NumPy, for the tests of io/netcdf.

    netcdf_cases.py make DIRECTORY          the input files of the reader's tests
    netcdf_cases.py odd DIRECTORY           files that are legal and unusual, or wrong
    netcdf_cases.py dump FILE VARIABLE OUT  decoded values as raw float64, by NumPy's arithmetic
    netcdf_cases.py check FILE              what netcdf_writer_test.cpp wrote; status 0 if right
"""

import sys

import netCDF4
import numpy as np

FORMATS = (
    "NETCDF3_CLASSIC",
    "NETCDF3_64BIT_OFFSET",
    "NETCDF3_64BIT_DATA",
    "NETCDF4_CLASSIC",
    "NETCDF4",
)
CLASSIC_TYPES = ("i1", "i2", "i4", "f4", "f8")
MORE_TYPES = ("u1", "u2", "u4", "i8", "u8")


def types_of(file_format):
    return CLASSIC_TYPES + (MORE_TYPES if file_format in ("NETCDF3_64BIT_DATA", "NETCDF4") else ())


def ramp(dtype):
    """Twelve values: the type's extremes, then 37 k - 50 wrapped into the type."""
    values = (np.arange(12, dtype="i8") * 37 - 50).astype(dtype)
    info = np.finfo(dtype) if np.dtype(dtype).kind == "f" else np.iinfo(dtype)
    values[0], values[11] = info.min, info.max
    return values.reshape(2, 2, 3)


def plain(dataset, name, dtype, dimensions, **attributes):
    """A variable whose values pass as they are."""
    fill = attributes.pop("_FillValue", None)
    variable = dataset.createVariable(name, dtype, dimensions, fill_value=fill)
    variable.set_auto_maskandscale(False)
    for key, value in attributes.items():
        variable.setncattr(key, value)
    return variable


def make_types(path, file_format):
    with netCDF4.Dataset(path, "w", format=file_format) as d:
        d.createDimension("time", None)
        d.createDimension("lat", 2)
        d.createDimension("lon", 3)
        d.createDimension("length", 5)
        d.title = "all types"
        for t in types_of(file_format):
            v = plain(d, "v_" + t, t, ("time", "lat", "lon"))
            v[:] = ramp(t)
            d.setncattr("a_" + t, ramp(t).ravel())
            plain(d, "fixed_" + t, t, ("lat", "lon"))[:] = ramp(t)[1]
        plain(d, "scalar", "f8", ())[...] = 2.5
        names = d.createVariable("names", "S1", ("lat", "length"))
        names[:] = netCDF4.stringtochar(np.array(["ab", "north"], "S5"))
        if file_format == "NETCDF4":
            s = d.createVariable("words", str, ("lat",))
            s[0], s[1] = "façade", ""
            d.setncattr_string("list", ["one", "zwei"])
            d.setncattr_string("single", "word")


def make_packed(path):
    with netCDF4.Dataset(path, "w", format="NETCDF3_CLASSIC") as d:
        d.createDimension("time", None)
        d.createDimension("lat", 2)
        d.createDimension("lon", 3)
        time = plain(d, "time", "f8", ("time",), units="days since 2000-01-01", calendar="standard")
        time[:] = [0.0, 31.0]
        plain(d, "lat", "f8", ("lat",), units="degrees_north")[:] = [0.0, 10.0]
        plain(d, "lon", "f8", ("lon",), units="degrees_east")[:] = [0.0, 10.0, 20.0]
        dims = ("time", "lat", "lon")
        f4, i2, i1 = np.float32, np.int16, np.int8

        def put(name, dtype, values, **attributes):
            both_records = np.array(values * 2, dtype).reshape(2, 2, 3)
            plain(d, name, dtype, dims, **attributes)[:] = both_records

        short = [-32767, 0, 5, 1, -99, 100]
        put("packed_float", "i2", short,
            _FillValue=i2(-32767), scale_factor=f4(0.1), add_offset=f4(20))
        put("packed_double", "i2", short, _FillValue=i2(-32767), scale_factor=0.1, add_offset=20.0)
        put("packed_int", "i4", short, missing_value=np.int32(-99), scale_factor=f4(0.3))
        put("offset_only", "i2", short, add_offset=273.15)
        put("unsigned", "i1", [-1, 0, 5, 1, -99, 100], _FillValue=i1(-1), _Unsigned="true")
        put("unsigned_packed", "i1", [-1, 0, 5, -2, -99, 100], _FillValue=i1(-1), _Unsigned="true",
            scale_factor=0.5, valid_range=np.array([0, -2], i1))
        put("missing_alone", "f4", [-1, 0, 5, 1, -99, -9999.9], missing_value=f4(-9999.9))
        put("missing_double", "f4", [-1, 0, 5, 1, -99, -9999.9], missing_value=np.float64(-9999.9))
        put("missing_vector", "f4", [-1, 0, 5, 1, -99, 1e20],
            missing_value=np.array([-99, -1], "f4"))
        put("missing_text", "f4", [-1, 0, 5, 1, -99, 1e20], missing_value="-99")
        put("both", "f4", [-1, 0, 5, 1, -99, 1e20], _FillValue=f4(1e20), missing_value=f4(-99))
        put("nan_data", "f4", [-1, 0, 5, np.nan, 11, 1e20], _FillValue=f4(1e20))
        put("nan_fill", "f4", [-1, 0, 5, np.nan, 11, np.inf], _FillValue=f4(np.nan))
        put("no_fill", "f4", [-1, 0, 5, 10, 11, 9.969209968386869e36])
        put("valid_range", "f4", [-1, 0, 5, 10, 11, -0.0], valid_range=np.array([0, 10], "f4"))
        put("out_of_type", "i2", short, missing_value=np.float32(1e20))
        put("counts", "i4", [-1, 0, 5, 1, -99, 70000], missing_value=np.int32(-99))


def make_odd_attributes(path, file_format):
    with netCDF4.Dataset(path, "w", format=file_format) as d:
        d.createDimension("x", 4)

        def put(name, dtype, values=(1, 2, 3, 4), **attributes):
            plain(d, name, dtype, ("x",), **attributes)[:] = np.array(values, dtype)

        i1, i2, i4, f4 = np.int8, np.int16, np.int32, np.float32
        # Decoded by both.
        put("fill_outside", "i1", missing_value=i4(-32768), scale_factor=0.5)
        put("list_of_floats", "i2", missing_value=np.array([1, 3.5, 1e30, np.nan]))
        put("wide_missing", "i2", missing_value=np.float64(2))
        put("nan_fill", "f4", (1, np.nan, 3, 4), _FillValue=f4(np.nan))
        put("packed_floats", "f4", scale_factor=2.0, add_offset=1.0)
        put("text_missing", "f4", missing_value="2")
        put("empty_units", "f4", units="", comment=np.array([], "f4"))
        put("unsigned_floats", "f4", (-1, 2, 3, 4), _Unsigned="true")
        put("unit_packing", "i4", (-1, 2, 3, 4), scale_factor=1.0, add_offset=0.0)
        # Packing that is none.
        put("scale_zero", "i2", scale_factor=0.0)
        put("scale_text", "i2", scale_factor="0.1")
        put("scale_nan", "i2", scale_factor=np.nan)
        put("offset_infinite", "i2", add_offset=np.inf)
        put("scale_two", "i2", scale_factor=np.array([1.0, 2.0]))
        put("scale_empty", "i2", scale_factor=np.array([], "f8"))
        # Valid ranges.
        put("range_packed", "i2", valid_range=np.array([2, 3], "i2"), scale_factor=0.1)
        put("range_physical", "i2", valid_range=np.array([0.15, 0.35]), scale_factor=0.1)
        put("range_wide", "i2", valid_range=np.array([-100000, 3], "i4"))
        put("range_unsigned", "i1", (-1, 2, 3, 4), valid_max=i1(-2), _Unsigned="TRUE")
        put("range_reversed", "f4", valid_range=np.array([3, 1], "f4"))
        put("range_text", "f4", valid_range="0 10")
        put("range_one", "f4", valid_range=f4(2))
        put("minimum_two", "f4", valid_min=np.array([1, 2], "f4"))


def make_no_records(path, file_format):
    with netCDF4.Dataset(path, "w", format=file_format) as d:
        d.createDimension("time", None)
        d.createDimension("x", 3)
        plain(d, "time", "f8", ("time",))
        plain(d, "v", "i2", ("time", "x"), scale_factor=0.1, _FillValue=np.int16(-1))
        d.createVariable("names", "S1", ("time", "x"))


def make_odd_types(path):
    with netCDF4.Dataset(path, "w", format="NETCDF4") as d:
        d.createDimension("x", 3)
        pair = np.dtype([("a", "i4"), ("b", "f8")])
        compound = d.createVariable("compound", d.createCompoundType(pair, "pair"), ("x",))
        compound[:] = np.array([(1, 2.0), (3, 4.0), (5, 6.0)], pair)
        enum = d.createEnumType(np.uint8, "cloud", {"clear": 0, "rain": 1})
        d.createVariable("enumeration", enum, ("x",))[:] = np.array([0, 1, 0], "u1")
        lists = d.createVariable("lists", d.createVLType(np.int32, "list"), ("x",))
        lists[0] = np.array([1, 2], "i4")
        d.createVariable("word", str, ())[...] = "one word"
        d.createVariable("letters", "S1", ("x",))[:] = np.array([b"a", b"b", b""])
        plain(d, "numbers", "f4", ("x",), units="K")[:] = [1, 2, 3]
        d.setncattr_string("list", ["one", "zwei"])
        inner = d.createGroup("inner")
        plain(inner, "deep", "f4", ("x",))[:] = [4, 5, 6]


def make_odd_shapes(path):
    with netCDF4.Dataset(path, "w", format="NETCDF4") as d:
        for k in range(9):
            d.createDimension(f"one{k}", 1)
        for k in range(3):
            d.createDimension(f"large{k}", 2 ** (20 if k < 2 else 10))
        d.createDimension("first", None)
        d.createDimension("second", None)
        plain(d, "nine_axes", "f8", tuple(f"one{k}" for k in range(9)))
        large = ("large0", "large1", "large2")
        for name, dtype in (("large", "i2"), ("large_text", "S1"), ("large_words", str)):
            d.createVariable(name, dtype, large, chunksizes=(1, 1, 1024))
        d.createVariable("beyond", "i2", (*large, "large0"), chunksizes=(1, 1, 1024, 1))
        plain(d, "growing", "i4", ("first", "second"))[0:2, 0:3] = np.arange(6).reshape(2, 3)
        plain(d, "größe ä", "f4", ("one0",))[:] = [7]


def make_odd(directory):
    for file_format in FORMATS:
        make_odd_attributes(f"{directory}/attributes_{file_format}.nc", file_format)
        make_no_records(f"{directory}/no_records_{file_format}.nc", file_format)
        netCDF4.Dataset(f"{directory}/empty_{file_format}.nc", "w", format=file_format).close()
    make_odd_types(f"{directory}/types.nc")
    make_odd_shapes(f"{directory}/shapes.nc")


def decoded(variable):
    """CF decoding in float64, and rounded once for a float result."""
    variable.set_auto_maskandscale(False)
    raw = np.asarray(variable[...])
    attributes = {k: variable.getncattr(k) for k in variable.ncattrs()}
    if attributes.get("_Unsigned") == "true" and raw.dtype.kind == "i":
        raw = raw.view(raw.dtype.str.replace("i", "u"))
    missing = np.isnan(raw) if raw.dtype.kind == "f" else np.zeros(raw.shape, bool)
    for key in ("_FillValue", "missing_value"):
        for m in np.atleast_1d(attributes.get(key, [])):
            if isinstance(m, str):
                continue
            if isinstance(m, np.integer) and raw.dtype.kind == "u":
                m = np.array(m).view(raw.dtype)
            elif raw.dtype.kind == "f" and not np.isnan(m):
                m = raw.dtype.type(m)
            missing |= raw == m
    values = raw.astype("f8") * np.float64(attributes.get("scale_factor", 1.0))
    values = values + np.float64(attributes.get("add_offset", 0.0))
    return np.where(missing, np.nan, values)


def expect(condition, what):
    if not condition:
        sys.exit(f"netcdf_cases.py check: {what}")


def check(path):
    with netCDF4.Dataset(path) as d:
        d.set_auto_maskandscale(False)
        for t in types_of(d.data_model):
            v = d["v_" + t]
            expect(v.dtype == np.dtype(t), f"type of {v.name}: {v.dtype}")
            expect(v.dimensions == ("time", "lat", "lon"), f"dimensions of {v.name}")
            expect(np.array_equal(v[:], ramp(t)), f"values of {v.name}: {v[:]}")
            a = d.getncattr("a_" + t)
            expect(
                np.asarray(a).dtype == np.dtype(t) and np.array_equal(a, ramp(t).ravel()),
                f"attribute a_{t}: {a!r}",
            )
        expect(d.dimensions["time"].isunlimited() and len(d.dimensions["time"]) == 2, "time")
        expect(d.title == "all types", "title")
        masked = d["masked"]
        expect(masked.dtype == np.float32 and masked._FillValue == np.float32(-1e34), "_FillValue")
        expect(
            masked.missing_value.dtype == np.float32 and masked.units == "K",
            "attributes of masked",
        )
        expect(
            np.array_equal(masked[:].ravel(), np.array([1.5, -1e34, -0.0, np.inf, 3, 4], "f4")),
            f"masked: {masked[:]}",
        )
        packed = d["packed"]
        expect(
            np.array_equal(packed[:], np.array([[-32767, 0, 5], [-5, 2, 100]], "i2")),
            f"packed: {packed[:]}",
        )
        names = netCDF4.chartostring(d["names"][:])
        expect(list(names) == ["ab", "north"], f"names: {names}")
        expect(d["scalar"][...] == 2.5, "scalar")
        if d.data_model == "NETCDF4":
            expect(list(d["words"][:]) == ["façade", ""], "words")
            expect(d.getncattr("list") == ["one", "zwei"], "list")
        else:
            expect(d.getncattr("single") == "word", "single")
        if d.data_model.startswith("NETCDF4"):
            filters = masked.filters()
            expect(
                filters["zlib"] and filters["shuffle"] and filters["complevel"] == 4,
                f"filters: {filters}",
            )


def main(arguments):
    if arguments[0] == "make":
        for file_format in FORMATS:
            make_types(f"{arguments[1]}/{file_format}.nc", file_format)
        make_packed(f"{arguments[1]}/packed.nc")
    elif arguments[0] == "odd":
        make_odd(arguments[1])
    elif arguments[0] == "dump":
        with netCDF4.Dataset(arguments[1]) as d:
            decoded(d[arguments[2]]).astype("f8").tofile(arguments[3])
    elif arguments[0] == "check":
        check(arguments[1])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
