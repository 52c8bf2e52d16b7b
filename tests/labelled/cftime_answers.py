# SPDX-License-Identifier: Apache-2.0
"""Prints dates that cftime decodes, for cf_time_test.cpp: one line per value,
calendar|units|value|year month day hour minute second microsecond. The same lines every time."""

import random
import warnings

import cftime

warnings.simplefilter("ignore")  # CF has no year 0 in some calendars; the files do
CALENDARS = [
    "standard",
    "gregorian",
    "proleptic_gregorian",
    "julian",
    "noleap",
    "365_day",
    "all_leap",
    "366_day",
    "360_day",
]
STEPS_PER_DAY = {
    "days": 1,
    "hours": 24,
    "minutes": 1440,
    "seconds": 86400,
    "milliseconds": 86400e3,
    "microseconds": 86400e6,
}
ZONES = ["", "Z", " +01:00", "-03:30", " +05:45"]


def reference(draw, year):
    date = f"{year}-{draw.randint(1, 12)}-{draw.randint(1, 28)}"
    clock = f"{draw.randint(0, 23):02d}:{draw.randint(0, 59):02d}:{draw.randint(0, 59):02d}"
    return f"{date} {clock}{draw.choice(ZONES)}" if draw.random() < 0.7 else date


def main():
    draw = random.Random(1582)
    years = [-4713, -400, -100, -5, -4, -1, 0, 1, 4, 100, 400, 1581, 1583, 1600, 1900, 2000, 9999]
    for calendar in CALENDARS:
        for unit, per_day in STEPS_PER_DAY.items():
            for _ in range(40):
                year = draw.choice(years) if draw.random() < 0.5 else draw.randint(-4000, 4000)
                units = f"{unit} since {reference(draw, year)}"
                value = draw.uniform(-1, 1) * 10 ** draw.uniform(-3, 6) * per_day
                if draw.random() < 0.4 or unit == "microseconds":
                    value = float(round(value))
                date = cftime.num2date(
                    value, units, calendar, only_use_cftime_datetimes=True, has_year_zero=True
                )
                fields = (date.year, date.month, date.day, date.hour, date.minute, date.second)
                text = " ".join(str(field) for field in (*fields, date.microsecond))
                print(calendar, units, repr(value), text, sep="|")


if __name__ == "__main__":
    main()
