# SPDX-License-Identifier: Apache-2.0
"""The machine and the versions that a run's figures belong to."""

import datetime
import os
import platform
import re
import subprocess
from pathlib import Path


def first_line(command):
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return (result.stdout.splitlines() or [""])[0]


def cpu_name():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def caches():
    """Like ["L1d 32K", "L2 1024K", "L3 32768K"], of the first processor."""
    found = []
    for folder in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        kind = (folder / "type").read_text().strip()
        if kind != "Instruction":
            letter = "d" if kind == "Data" else ""
            level = (folder / "level").read_text().strip()
            found.append(f"L{level}{letter} {(folder / 'size').read_text().strip()}")
    return found


def vector_extensions():
    flags = set(re.findall(r"\S+", Path("/proc/cpuinfo").read_text().split("flags", 1)[-1]))
    names = {"avx2": "AVX2", "fma": "FMA", "avx512f": "AVX-512", "asimd": "NEON", "sve": "SVE"}
    return [name for flag, name in names.items() if flag in flags]


def memory_gibibytes():
    kilobytes = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
    return round(int(kilobytes[1]) / 2**20) if kilobytes else None


def build_facts(build):
    """Compiler and flags from CMake's cache."""
    cache = next((p / "CMakeCache.txt" for p in [Path(build), *Path(build).resolve().parents]
                  if (p / "CMakeCache.txt").exists()), None)
    if cache is None:
        return {"compiler": first_line(["c++", "--version"])}
    text = cache.read_text(errors="replace")
    compiler = re.search(r"^CMAKE_CXX_COMPILER:\w+=(.*)$", text, re.MULTILINE)
    native = re.search(r"^CUMULUS_NATIVE:BOOL=ON$", text, re.MULTILINE)
    return {
        "compiler": first_line([os.path.realpath(compiler[1] if compiler else "c++"), "--version"]),
        "flags": "-O3" + (" -march=native" if native else ""),
    }


def stolen_and_total():
    """Jiffies since the start of the machine: taken by other machines on its host, and all."""
    fields = [int(n) for n in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    return (fields[7] if len(fields) > 7 else 0), sum(fields[:8])


def describe(build, versions):
    huge = Path("/sys/kernel/mm/transparent_hugepage/enabled")
    revision = first_line(["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"])
    return {
        "cpu": cpu_name(),
        "processors": len(os.sched_getaffinity(0)),
        "caches": caches(),
        "vector_extensions": vector_extensions(),
        "memory_gib": memory_gibibytes(),
        "huge_pages": huge.read_text().strip() if huge.exists() else "",
        "system": f"{platform.system()} {'.'.join(platform.release().split('.')[:2])}, "
        f"{' '.join(platform.libc_ver())}",
        **build_facts(build),
        "python": platform.python_version(),
        "peers": versions,
        "revision": revision,
        "date": datetime.date.today().isoformat(),
        "load": os.getloadavg()[0],
    }
