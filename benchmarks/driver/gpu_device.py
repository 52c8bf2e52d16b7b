# SPDX-License-Identifier: Apache-2.0
"""The GPU of this machine and the software around it. Nothing here starts work on the GPU."""

import ctypes
import datetime
import glob
import os
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DRIVER_LIBRARIES = ("libcuda.so.1", "/usr/local/nvidia/lib64/libcuda.so.1",
                    "/usr/lib/wsl/lib/libcuda.so.1")  # fmt: skip
CAPABILITY_MAJOR, CAPABILITY_MINOR = 75, 76  # attributes of the driver's interface


def load_driver():
    for name in DRIVER_LIBRARIES:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    return None


def find_device(driver=None):
    """{name, architecture} of the first GPU, or {missing: words}."""
    driver = driver or load_driver()
    if driver is None:
        return {"missing": "NVIDIA's driver is not installed"}
    status = driver.cuInit(0)
    if status != 0:
        return {"missing": f"the driver says no (cuInit gives {status})"}
    count = ctypes.c_int(0)
    if driver.cuDeviceGetCount(ctypes.byref(count)) != 0 or count.value < 1:
        return {"missing": "the driver finds none"}
    device, name = ctypes.c_int(0), ctypes.create_string_buffer(128)
    driver.cuDeviceGet(ctypes.byref(device), 0)
    driver.cuDeviceGetName(name, 128, device)
    parts = []
    for attribute in (CAPABILITY_MAJOR, CAPABILITY_MINOR):
        value = ctypes.c_int(0)
        driver.cuDeviceGetAttribute(ctypes.byref(value), attribute, device)
        parts.append(str(value.value))
    return {"name": name.value.decode(errors="replace"), "architecture": "".join(parts)}


def output_of(command):
    """What a command prints, stripped; nothing if it fails."""
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return result.stdout.strip() if result.returncode == 0 else ""


def find_tool(name, *patterns):
    """The path of a program: in PATH, or the last of what the patterns match; or None."""
    found = shutil.which(name)
    if found:
        return found
    for pattern in patterns:
        for path in sorted(glob.glob(pattern), reverse=True):
            if os.path.isfile(path) and os.access(path, os.X_OK):
                return path
    return None


def find_nvcc():
    return find_tool("nvcc", "/usr/local/cuda/bin/nvcc", "/usr/local/cuda-*/bin/nvcc")


def find_sanitizer():
    return find_tool(
        "compute-sanitizer",
        "/usr/local/cuda/bin/compute-sanitizer",
        "/usr/local/cuda*/compute-sanitizer/compute-sanitizer",
        "/opt/nvidia/nsight-compute/*/host/*/sanitizer/compute-sanitizer",
    )


def driver_version():
    smi = find_tool("nvidia-smi", "/usr/local/nvidia/bin/nvidia-smi", "/usr/lib/wsl/lib/nvidia-smi")
    version = ""
    if smi:
        version = output_of([smi, "--query-gpu=driver_version", "--format=csv,noheader"])
    if not version:
        known = Path("/proc/driver/nvidia/version")
        text = known.read_text(errors="replace") if known.exists() else ""
        match = re.search(r"\b(\d{3,}\.\d+(?:\.\d+)*)\b", text)
        version = match[1] if match else ""
    return version.splitlines()[0] if version else "unknown"


def toolkit_version():
    nvcc = find_nvcc()
    match = re.search(r"release [\d.]+, V([\d.]+)", output_of([nvcc, "--version"]) if nvcc else "")
    return match[1] if match else "not here"


def commit():
    """The commit of the sources, with "and changes" where files differ from it."""
    git = ["git", "-C", str(ROOT)]
    revision = output_of([*git, "rev-parse", "--short=12", "HEAD"])
    if not revision:
        return "unknown"
    changed = output_of([*git, "status", "--porcelain", "--untracked-files=no", "--", ":/",
                         ":(exclude)docs/gpu-report.md"])  # fmt: skip
    return f"{revision} and changes" if changed else revision


def describe(device):
    return {
        **device,
        "driver": driver_version(),
        "toolkit": toolkit_version(),
        "processors": len(os.sched_getaffinity(0)),
        "date": datetime.date.today().isoformat(),
    }
