#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Everything from a fresh Debian or Ubuntu to a running example or a passed test suite: installs
# what is missing, configures, builds, runs.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=$(nproc 2>/dev/null || echo 2)

usage() {
  cat <<'TEXT'
usage: bash cmake/bootstrap.sh <command>

  example [-- ARGS...]   build and run the climate-anomaly example; ARGS go to the example, and
                         their paths are relative to the current directory (try -- --help)
  test [--full]          build and run all tests: as C++ for this machine and for its plain
                         instruction set, with clang where it is found, and as CUDA where nvcc is.
                         --full: every dtype, sm_80 and sm_90, all tests in each build, sanitizers
  gpu-report [--no-install] [OPTIONS...]
                         on a machine with an NVIDIA GPU: build, test, sanitize and measure on it,
                         and write docs/gpu-report.md; --build-only compiles it all, without a GPU
                         too; --no-install takes the packages that are here; --help has the rest

Missing packages are installed with apt-get (with sudo when not root). Variables: CXX (the C++
compiler), CUDA_ARCH (the architectures to compile for, such as "90"), JOBS (parallel jobs).
TEXT
}

# --- packages -------------------------------------------------------------------------------------

example_packages=(g++ cmake ninja-build pkg-config libnetcdf-dev libcairo2-dev fonts-dejavu-core)
test_packages=("${example_packages[@]}" ccache libgtest-dev libgmock-dev libopenblas-dev
  python3 python3-numpy python3-netcdf4 python3-cftime
  python3-xarray cdo nco netcdf-bin)
# Installed where the distribution has them; without one of them its checks are skipped in words.
# Of a|b the first that the distribution has; a,b belong together.
optional_test_packages=(ferret-datasets clang-format-19 python3-venv)
clang_versions=(19 20 18 17 16)

is_installed() {
  local name
  for name in ${1//,/ }; do
    case $(dpkg-query -W -f='${db:Status-Abbrev}' "$name" 2>/dev/null) in
      ii*) ;;
      *) return 1 ;;
    esac
  done
}

# first_of <test> <a|b|c>: the first of the names for which the test is true, or nothing
first_of() {
  local name
  for name in ${2//|/ }; do
    if "$1" "$name"; then
      echo "$name"
      return
    fi
  done
}

is_available() {
  local name
  for name in ${1//,/ }; do
    apt-cache show "$name" >/dev/null 2>&1 || return 1
  done
}

clang_compiler() {
  local version
  for version in "${clang_versions[@]}"; do
    if command -v "clang++-$version"; then
      return
    fi
  done
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  fi
}

# What a build with clang needs: OpenMP of clang's own version. Only one version of it can be
# installed, and one that is here already stays.
clang_packages() {
  local found
  found=$(clang_compiler)
  if dpkg-query -W -f='${db:Status-Abbrev}\n' 'libomp-*-dev' 2>/dev/null | grep -q '^ii'; then
    if [ -z "$found" ]; then
      (IFS='|' && echo "${clang_versions[*]/#/clang-}")
    elif ! is_installed "libomp-${found##*-}-dev"; then
      echo "OpenMP of another clang is here: $found is used without it." >&2
    fi
  elif [ -n "$found" ]; then
    echo "libomp-${found##*-}-dev"
  else
    local version both=()
    for version in "${clang_versions[@]}"; do
      both+=("clang-$version,libomp-$version-dev")
    done
    (IFS='|' && echo "${both[*]}")
  fi
}

# On a system without apt-get nothing is installed: the tools must be there already.
# require_tools <program>... -- <pkg-config module>... -- <Python module>...
require_tools() {
  local missing=() kind=program name
  for name in "$@"; do
    case "$kind $name" in
      "program --") kind=module ;;
      "module --") kind=python ;;
      program*) command -v "$name" >/dev/null || missing+=("$name") ;;
      module*) pkg-config --exists "$name" 2>/dev/null || missing+=("$name (development files)") ;;
      python*) "$python" -c "import $name" 2>/dev/null || missing+=("$name (for $python)") ;;
    esac
  done
  if [ ${#missing[@]} -gt 0 ]; then
    echo "This is not Debian or Ubuntu, so install these first, by their names here:" >&2
    printf '  %s\n' "${missing[@]}" >&2
    exit 1
  fi
}

# install_packages <required>... [-- <optional>...]
install_packages() {
  local required=() optional=() name list=required
  for name in "$@"; do
    if [ "$name" = "--" ]; then
      list=optional
    elif [ -z "$(first_of is_installed "$name")" ]; then
      if [ "$list" = required ]; then required+=("$name"); else optional+=("$name"); fi
    fi
  done
  if [ ${#required[@]} -eq 0 ] && [ ${#optional[@]} -eq 0 ]; then
    echo "All packages are here."
    return
  fi
  export DEBIAN_FRONTEND=noninteractive
  local missing=("${required[@]}" "${optional[@]}")
  echo "Missing packages: ${missing[*]}"
  if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
    echo "Neither root nor sudo is here. Run this as root, then start again:" >&2
    echo "  apt-get update && apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  as_root apt-get update -qq || echo "apt-get update failed; trying with the lists that are here."
  local wanted=("${required[@]}")
  local available names
  for name in "${optional[@]}"; do
    available=$(first_of is_available "$name")
    if [ -n "$available" ]; then
      read -r -a names <<<"${available//,/ }"
      wanted+=("${names[@]}")
    else
      echo "This distribution has no $name: what needs it is skipped."
    fi
  done
  if [ ${#wanted[@]} -gt 0 ]; then
    echo "Installing, which can take some minutes: ${wanted[*]}"
    if ! as_root apt-get install -y -qq --no-install-recommends "${wanted[@]}" \
      </dev/null >"$apt_log" 2>&1; then
      cat "$apt_log" >&2
      exit 1
    fi
  fi
}

has_apt() {
  command -v apt-get >/dev/null && command -v dpkg-query >/dev/null
}

# --- stages ---------------------------------------------------------------------------------------

stage() {
  printf '\n== %s (after %d min %02d s)\n' "$1" $((SECONDS / 60)) $((SECONDS % 60))
}

find_nvcc() {
  if command -v nvcc >/dev/null; then
    command -v nvcc
  elif [ -x /usr/local/cuda/bin/nvcc ]; then
    echo /usr/local/cuda/bin/nvcc
  fi
}

# The tools that read machine code come with some installations of the toolkit only; tests/checks/
# machine_code.py finds them here too.
fetch_cuda_tools() {
  local folder="$root/build/cuda_tools" found
  local fetched=("$folder"/lib/python3*/site-packages/nvidia/*/bin)
  for found in "$(dirname "$1")" /usr/local/cuda/bin "${fetched[@]}"; do
    if [ -x "$found/cuobjdump" ] && [ -x "$found/nvdisasm" ]; then
      return
    fi
  done
  echo "Fetching cuobjdump and nvdisasm into $folder"
  if ! { "$python" -m venv "$folder" &&
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --retries 1 \
      --timeout 20 nvidia-cuda-cuobjdump nvidia-cuda-nvdisasm; } >"$apt_log" 2>&1; then
    tail -n 3 "$apt_log" >&2
    echo "They could not be fetched with pip: the machine code of kernels is not looked at."
  fi
}

has_gpu() {
  command -v nvidia-smi >/dev/null && nvidia-smi -L 2>/dev/null | grep -q '^GPU'
}

# build_and_test <preset> <build folder's name> <cmake options>...
build_and_test() {
  local preset=$1 folder="$root/build/$2"
  shift 2
  cmake --preset "$preset" -S "$root" -B "$folder" "$@"
  cmake --build "$folder" -j "$jobs"
  ctest --test-dir "$folder" -j "$jobs" --output-on-failure --no-tests=error
}

run_example() {
  if has_apt; then
    install_packages "${example_packages[@]}"
  else
    require_tools "${CXX:-g++}" cmake ninja pkg-config -- netcdf cairo
  fi
  stage "building the example"
  local folder="$root/build/example"
  (
    cd "$root"
    cmake --preset host -B "$folder" -DCUMULUS_BUILD_TESTS=OFF -DCUMULUS_BUILD_EXAMPLES=ON
    cmake --build "$folder" -j "$jobs" --target climate_anomaly
  )
  stage "running the example"
  "$folder/examples/climate_anomaly" "$@"
}

run_checks() {
  local check status
  for check in layers sizes format reference; do
    status=0
    /usr/bin/env "$python" "$root/tests/checks/$check.py" || status=$?
    [ $status -eq 0 ] || [ $status -eq 77 ] || exit $status
  done
}

run_tests() {
  local full=$1 all_rooms="core;memory;expr;exec;array;ops;linalg;io;labelled;climate"
  local baseline_rooms="core;expr;exec;ops" clang_rooms="core;expr;array"
  local baseline_examples=OFF options=(-DCUMULUS_TEST_FULL=OFF) clang nvcc
  if [ "$full" = yes ]; then
    options=(-DCUMULUS_TEST_FULL=ON)
    baseline_rooms=$all_rooms
    clang_rooms="core;memory;expr;exec;array;ops"
    baseline_examples=ON
  fi
  if has_apt; then
    # shellcheck disable=SC2046  # one word or none
    install_packages "${test_packages[@]}" -- "${optional_test_packages[@]}" $(clang_packages)
  fi

  cd "$root"
  python=python3
  [ ! -x /usr/bin/python3 ] || python=/usr/bin/python3
  if ! has_apt; then
    require_tools "${CXX:-g++}" cmake ninja pkg-config python3 cdo ncwa \
      -- netcdf cairo openblas gtest gmock -- numpy netCDF4 cftime xarray
  fi

  # Said now: the last line of the output is CTest's.
  clang=$(clang_compiler)
  [ -n "$clang" ] || echo "No clang of version 16 or newer is here: the build with it is skipped."
  nvcc=$(find_nvcc)
  [ -n "$nvcc" ] || echo "No nvcc is here: nothing is compiled as CUDA."

  [ -z "$nvcc" ] || fetch_cuda_tools "$nvcc"

  stage "checking layers, sizes, format and the reference"
  run_checks

  stage "C++ for this machine"
  build_and_test host host "${options[@]}"

  if [ -n "$clang" ]; then
    stage "C++ with $clang"
    build_and_test host clang "-DCMAKE_CXX_COMPILER=$clang" "-DCUMULUS_TEST_ROOMS=$clang_rooms" \
      -DCUMULUS_BUILD_EXAMPLES=OFF "${options[@]}"
  fi

  stage "C++ for the plain instruction set"
  build_and_test baseline baseline "-DCUMULUS_TEST_ROOMS=$baseline_rooms" \
    "-DCUMULUS_BUILD_EXAMPLES=$baseline_examples" "${options[@]}"

  if [ "$full" = yes ]; then
    stage "C++ with the sanitizers"
    build_and_test sanitize sanitize "${options[@]}"
  fi

  if [ -n "$nvcc" ]; then
    local architectures=80
    if [ "$full" = yes ]; then
      architectures="80;90"
    elif has_gpu; then
      architectures=native
    fi
    architectures=${CUDA_ARCH:-$architectures}
    stage "CUDA for $architectures with $nvcc"
    has_gpu || echo "No GPU is here: everything is compiled and linked; the host's half is run."
    build_and_test cuda cuda "-DCMAKE_CUDA_COMPILER=$nvcc" -DCUMULUS_BUILD_BENCHMARKS=ON \
      "-DCMAKE_CUDA_ARCHITECTURES=$architectures" "${options[@]}"
  fi
}

gpu_may_be_here() {
  has_gpu || [ -e /dev/nvidiactl ] || [ -e /dev/nvidia0 ] || [ -e /dev/dxg ]
}

# The report's own steps say what fails for want of a package, so nothing here ends it.
run_gpu_report() {
  local argument install=yes compiles=no arguments=()
  for argument in "$@"; do
    case "$argument" in
      --no-install) install=no ;;
      --build-only) compiles=yes && arguments+=("$argument") ;;
      --help | -h) install=no && arguments+=("$argument") ;;
      *) arguments+=("$argument") ;;
    esac
  done
  if [ $install = yes ] && has_apt && { [ $compiles = yes ] || gpu_may_be_here; }; then
    (install_packages "${test_packages[@]}") || echo "Going on with the packages that are here."
  fi
  python3 "$root/benchmarks/gpu_report.py" \
    ${CUDA_ARCH:+--architecture "$CUDA_ARCH"} ${JOBS:+--jobs "$JOBS"} "${arguments[@]}"
}

# --- command line ---------------------------------------------------------------------------------

apt_log=$(mktemp)
trap 'rm -f "$apt_log"' EXIT
jobs=${JOBS:-$jobs}

command=${1:-}
[ $# -eq 0 ] || shift
case "$command" in
  example)
    if [ "${1:-}" = "--" ]; then
      shift
    elif [ $# -gt 0 ]; then
      echo "bootstrap.sh: put -- before the example's arguments: example -- $*" >&2
      exit 2
    fi
    run_example "$@"
    ;;
  test)
    full=no
    if [ "${1:-}" = "--full" ]; then
      full=yes
      shift
    fi
    if [ $# -gt 0 ]; then
      echo "bootstrap.sh: test takes --full and nothing else, got: $*" >&2
      exit 2
    fi
    run_tests "$full"
    ;;
  gpu-report)
    run_gpu_report "$@"
    ;;
  -h | --help | help)
    usage
    ;;
  *)
    usage >&2
    exit 2
    ;;
esac
