"""A data set of idrill in the hands of those who know nothing of idrill: h5py, netCDF4 and xarray with
both of its engines open it without a word, and see time, units, labels and tables; the values are the
same for all, in both layouts, and the hashes are what README says."""

import json
import os
import subprocess
import sys
import tempfile
import warnings

try:
    import h5py
    import netCDF4
    import numpy as np
    import xarray as xr
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

warnings.simplefilter("error")  # a reader that warns is one that had to guess
ROWS = 9000


def generate(folder, *words):
    small = ["dataset.wells=2", f"dataset.duration={ROWS} s", "dataset.block=2000 s"]
    subprocess.run(
        [os.environ["IDRILL"], "generate", *small, *words, f"run.folder={folder}"],
        check=True,
        stderr=subprocess.DEVNULL,
    )


def check_h5py(path):
    with h5py.File(path) as file:
        assert file.attrs["Conventions"].startswith("CF-"), file.attrs["Conventions"]
        columns = file.attrs["columns"].split(",")
        assert columns[0] == "time" and len(columns) > 100, columns
        for name in columns:
            data = file[name]
            assert data.shape == (ROWS,) and data.chunks == (2000,), (name, data.shape, data.chunks)
            if name != "time":
                assert data.dims[0][0] == file["time"], name
            assert data.attrs["long_name"], name
        wob = file["wob"]
        assert wob.dtype == "<f4" and wob.attrs["units"] == "N", wob.attrs["units"]
        assert wob.attrs["mnemonic"] == "WOBA" and wob.attrs["wits"] == "0116"
        assert np.isnan(wob.attrs["_FillValue"][0]) and wob.attrs["resolution"] > 0
        assert (file["time"][:] == np.arange(ROWS)).all()
        return {name: file[name][:] for name in columns}


def check_netcdf4(path, values):
    with netCDF4.Dataset(path) as file:
        assert file.dimensions["time"].size == ROWS
        assert file["wob"].dimensions == ("time",) and file["wob"].units == "N"
        assert file["labels/activity"].dimensions == ("time",)
        assert file["events/onset"].units == "s" and file["layers/ucs"].units == "Pa"
        start = netCDF4.num2date(file["time"][0], file["time"].units)
        assert start.isoformat() == "2026-01-01T00:00:00", start
        for name in ("wob", "truth/wob", "labels/event"):
            got = np.ma.filled(file[name][:].astype(float), np.nan)
            np.testing.assert_array_equal(got, values[name].astype(float))


def check_xarray(path, engine, values):
    with xr.open_dataset(path, engine=engine) as data:
        assert data.time.dtype.kind == "M" and data.time.values[0] == np.datetime64("2026-01-01")
        assert data.time.values[-1] - data.time.values[0] == np.timedelta64(ROWS - 1, "s")
        assert data.wob.attrs["units"] == "N" and data.wob.dims == ("time",)
        np.testing.assert_array_equal(data.wob.values, values["wob"])
        hour = data.sel(time=slice("2026-01-01T01:00:00", "2026-01-01T01:59:59"))
        assert hour.sizes["time"] == 3600
    tree = xr.open_datatree(path, engine=engine)
    wanted = {"truth", "labels", "rul", "survey", "path", "layers", "sections", "events", "lives", "bits"}
    assert wanted <= set(tree.children), set(tree.children)
    assert tree["layers"].ds.sizes["layer"] > 1 and tree["path"].ds.sizes["point"] > 10
    words = tree["labels/activity"].attrs["flag_meanings"].split()
    assert len(words) == len(tree["labels/activity"].attrs["flag_values"]), words
    assert words[0] == "drilling"
    tree.close()


def check_units(path):
    """Every unit is one that udunits knows; cftime and pint aside, by a list of what CF allows."""
    known = set("1 s h m Pa K N rad Hz J m/s m/s2 m3 m3/s kg/m3 rad/s rad/m N.m ohm.m K/m".split())
    with h5py.File(path) as file:

        def visit(name, item):
            unit = item.attrs.get("units")
            if unit is not None and not unit.startswith("seconds since "):
                assert unit in known, (name, unit)

        file.visititems(visit)


def check_croissant(folder):
    with open(f"{folder}/data/croissant.json", encoding="utf-8") as file:
        card = json.load(file)
    assert card["@type"] == "sc:Dataset" and card["conformsTo"].endswith("croissant/1.0")
    with open(f"{folder}/data/manifest.json", encoding="utf-8") as file:
        manifest = json.load(file)
    assert card["identifier"] == manifest["root"]
    names = [field["name"] for field in card["recordSet"][0]["field"]]
    assert "wob" in names and "truth/wob" in names


def main():
    with tempfile.TemporaryDirectory() as work:
        generate(f"{work}/well")
        generate(f"{work}/one", "dataset.layout=one")
        path = f"{work}/well/data/well-000001.h5"
        values = check_h5py(path)
        check_netcdf4(path, values)
        for engine in ("netcdf4", "h5netcdf"):
            check_xarray(path, engine, values)
        check_units(path)
        check_croissant(f"{work}/well")
        with h5py.File(f"{work}/one/data/wells.h5") as file:
            for name, expected in values.items():
                np.testing.assert_array_equal(file[f"well-000001/{name}"][:], expected)
        for engine in ("netcdf4", "h5netcdf"):
            one = f"{work}/one/data/wells.h5"
            with xr.open_dataset(one, group="well-000001", engine=engine) as data:
                np.testing.assert_array_equal(data.wob.values, values["wob"])
    print(f"{len(values)} columns, read by h5py, netCDF4 and xarray (netcdf4, h5netcdf)")


main()
