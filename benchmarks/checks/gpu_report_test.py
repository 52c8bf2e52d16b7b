# SPDX-License-Identifier: Apache-2.0
"""The GPU report without a GPU: what it makes of figures, of steps and peers that fail, and what
the programs say where no GPU is. The argument: the folder of the programs, where they are built."""

import contextlib
import ctypes
import io
import json
import os
import subprocess
import sys
import tempfile
import textwrap
import types
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import gpu_report  # noqa: E402
from driver import gpu_benchmarks, gpu_contestants, gpu_device, gpu_markdown  # noqa: E402
from driver import gpu_steps  # noqa: E402
from driver.gpu_rows import GPU_ROWS  # noqa: E402
from driver.process import AnsweringProcess, Failure  # noqa: E402

FACTS = {"name": "A Device", "architecture": "90", "driver": "580.1", "toolkit": "13.0.88",
         "processors": 16, "date": "2026-01-02", "commit": "abc123"}  # fmt: skip


def figure(*times):
    return {"times": list(times), "median": sorted(times)[len(times) // 2], "spread": 0.01}


def row(name, bytes_moved=8e9, dtype="f32", **contestants):
    return {"row": name, "section": "elementwise", "dtype": dtype, "threads": 1, "shape": [1],
            "bytes": bytes_moved, "contestants": contestants}  # fmt: skip


def write_program(folder, name, text):
    path = Path(folder) / name
    path.write_text(f"#!{sys.executable}\n{textwrap.dedent(text)}")
    path.chmod(0o755)
    return path


class Verdicts(unittest.TestCase):
    rows = [
        row("copy", limit=figure(0.002), memcpy=figure(0.0025), cumulus=figure(0.0021)),
        row("where", limit=figure(0.002), cumulus=figure(0.004), cupy=figure(0.003)),
        row("exp_sin", limit=figure(0.010), cumulus=figure(0.0101), torch=figure(0.011)),
        row("cumsum_ax0", limit=figure(0.002), cupy=figure(0.003)),
        row("axpy", limit={"failed": "wrong result"}, cumulus={"failed": "out of memory"}),
    ]

    def test_bandwidth_is_the_fastest_copy(self):
        self.assertEqual(gpu_benchmarks.copy_bandwidth(self.rows), 4e12)
        self.assertIsNone(gpu_benchmarks.copy_bandwidth(self.rows[1:]))

    def test_goals(self):
        copy, where, exp_sin, cumsum, axpy = (
            gpu_benchmarks.judge(r, 4e12) for r in self.rows
        )
        self.assertEqual(copy["misses"], [])
        self.assertAlmostEqual(copy["of_copy"], 0.002 / 0.0021)
        misses = ["0.50 of the copy bandwidth", "cupy takes 0.75 of its time"]
        self.assertEqual(where["misses"], misses)
        self.assertEqual(exp_sin["misses"], [])  # bound by arithmetic: close to the kernel by hand
        self.assertEqual(cumsum["misses"], ["not offered"])
        self.assertEqual(axpy["misses"], ["out of memory"])

    def test_a_row_without_a_copy_has_no_verdict(self):
        verdict = gpu_benchmarks.judge(self.rows[1], None)
        self.assertIn("there is nothing to compare with", verdict["misses"])


class Report(unittest.TestCase):
    benchmarks = {
        "rows": Verdicts.rows,
        "left_out": {"jax": "not installed"},
        "peers": {"cupy": "14.2.0", "torch": "2.11"},
        "settings": {"rounds": 7, "seconds": 0.03},
        "not_measured": ["fill f64"],
        "launch": {"empty kernel": [2e-6, 2e-6], "statement": [4e-6, 5e-6],
                   "statement, new array": [6e-6, 6e-6]},
        "device": {"name": "A Device", "multiprocessors": 132, "memory_bytes": 150e9,
                   "l2_bytes": 60e6, "runtime_cuda": "13.0", "driver_cuda": "13.0"},
    }  # fmt: skip

    def test_everything_that_a_report_says(self):
        records = {
            "build": {"architecture": "90", "tests": True, "seconds": 100},
            "tests": {"planned": 3, "tests": [
                {"name": "core/a", "result": "passed", "seconds": 1, "cases": 9,
                 "skipped_cases": 2},
                {"name": "core/b", "result": "failed", "output": ["it says", "why"]},
                {"name": "core/c", "result": "skipped"}]},
            "sanitizers": {"short": 5, "runs": [
                {"name": "core/a", "tool": "memcheck", "result": "clean"},
                {"name": "core/a", "tool": "racecheck", "result": "errors", "output": ["====="]}]},
            "benchmarks": self.benchmarks,
        }  # fmt: skip
        text = gpu_markdown.markdown(FACTS, records)
        for words in (
            "A Device (sm_90, 132 multiprocessors", "Driver 580.1, toolkit 13.0.88",
            "Commit abc123, 2026-01-02", "**4000 GB/s**", "- CuPy 14.2.0", "- JAX: not installed",
            "2 rows meet their goals, 3 miss.",
            "- misses: `where f32`: 0.50 of the copy bandwidth; cupy takes 0.75 of its time",
            "| exp_sin \\* | f32 | 10.1 ms | 792 | 0.20 | 0.99 | PyTorch 11 ms | 0.92 | 1.0% |  |",
            "not offered", "`axpy f32` cumulus: out of memory",
            "not measured: fill f64", "costs 2.50 µs; the goal of 3 µs is met",
            "Of 3 tests: 1 passed, 1 failed, 1 skipped. Their programs ran 9 cases, of which 2",
            "Failed: `core/b`", "it says\nwhy", "| memcheck | 1 | 0 |", "| racecheck | 0 | 1 |",
        ):  # fmt: skip
            self.assertIn(words, text)
        absent = [line for line in text.splitlines() if line.startswith("| where | f32 | 2 ms")]
        self.assertEqual(absent, ["| where | f32 | 2 ms | – | 4 ms | 3 ms | – | not installed |"])

    def test_steps_that_failed_or_have_not_run(self):
        text = gpu_markdown.markdown(FACTS, {"benchmarks": {"failed": "no program", "rows": []}})
        self.assertIn("**Benchmarks failed**: no program", text)
        self.assertIn("- Tests: this step has not run", text)
        self.assertIn("Copy bandwidth: not measured", text)

    def test_the_goal_of_launches_may_be_missed(self):
        launch = {"empty kernel": [2e-6], "statement": [9e-6], "statement, new array": [9e-6]}
        text = gpu_markdown.markdown(FACTS, {"benchmarks": {"rows": [], "launch": launch}})
        self.assertIn("costs 7.00 µs; the goal of 3 µs is **missed**", text)


# Answers as benchmarks/gpu/program.cu does; what it does at a row is the row's name.
PROGRAM = """
import json, sys, time
print("words beside the answers", file=sys.stderr)
for line in sys.stdin:
    what, *rest = line.split()
    answer = {}
    if what == "rows":
        answer = {"rows": ["copy/f32", "copy/f32/memcpy", "where/f32", "axpy/f32", "cast/f32"]}
    if what == "device":
        answer = {"name": "A Device", "multiprocessors": 1, "memory_bytes": 1, "l2_bytes": 1,
                  "runtime_cuda": "13.0"}
    if what in ("measure", "launch"):
        answer = {"seconds": 0.001}
        if rest[0] == "where/f32":
            print("it ends here", file=sys.stderr, flush=True)
            sys.exit(1)
        if rest[0] == "axpy/f32":
            time.sleep(60)
        if rest[0] == "cast/f32":
            answer = {"failed": "illegal address", "ends": True}
    print(json.dumps(answer), flush=True)
"""


class Contestants(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)

    def options(self, rows):
        return types.SimpleNamespace(rows=rows, dtypes=["f32"], rounds=3, seconds=0.01, quick=True)

    def test_one_row_that_breaks_a_program_costs_no_other(self):
        for name in ("limit", "cumulus"):
            write_program(self.folder, f"{name}_gpu_benchmark", PROGRAM)
        saved = []
        with mock.patch.object(gpu_contestants, "ANSWER_LIMIT", 2), \
                contextlib.redirect_stdout(io.StringIO()):  # fmt: skip
            record = gpu_benchmarks.run_benchmarks(
                self.folder, ["/no/such/python"], self.folder / "logs",
                self.options("^(where|axpy|cast)$"), gpu_steps.Deadline(60),
                lambda r: saved.append(len(r["rows"])),
            )  # fmt: skip
        rows = {r["row"]: r["contestants"] for r in record["rows"]}
        self.assertEqual(list(rows), ["copy", "where", "axpy", "cast"])
        self.assertEqual(rows["copy"]["cumulus"]["times"], [0.001] * 3)
        self.assertEqual(rows["copy"]["memcpy"]["times"], [0.001] * 3)
        self.assertIn("ended without an answer: it ends here", rows["where"]["limit"]["failed"])
        self.assertEqual(rows["axpy"]["cumulus"]["failed"], "no answer within 2 s")
        self.assertEqual(rows["cast"]["cumulus"]["failed"], "illegal address")
        self.assertEqual(record["launch"]["statement"], [0.001] * 3)
        self.assertEqual(set(record["left_out"]), set(gpu_contestants.PEERS))
        self.assertEqual(saved, [0, 1, 2, 3, 4])

    def test_rows_that_are_there_are_kept_and_time_may_be_over(self):
        write_program(self.folder, "cumulus_gpu_benchmark", PROGRAM)
        before = {"rows": [row("copy", cumulus=figure(0.002))], "launch": {"statement": [1.0]}}
        record = gpu_benchmarks.run_benchmarks(
            self.folder, [], self.folder / "logs", self.options("cast"), gpu_steps.Deadline(0),
            lambda r: None, before,
        )  # fmt: skip
        self.assertEqual(record["rows"], before["rows"])
        self.assertEqual(record["launch"], before["launch"])
        self.assertEqual(record["not_measured"], ["cast f32"])
        self.assertEqual(record["left_out"]["limit"], "not built")

    def test_a_peer_that_is_not_installed(self):
        found, missing, _ = gpu_contestants.find_peers([sys.executable], None, self.folder)
        for name, words in missing.items():
            with self.subTest(name):
                with self.assertRaises(ModuleNotFoundError) if words == "not installed" \
                        else contextlib.nullcontext():  # fmt: skip
                    __import__(name)
        for peer in found.values():
            peer.stop()

    def test_a_process_without_sense(self):
        process = AnsweringProcess([write_program(self.folder, "words", "print('[1]')\ninput()")])
        with self.assertRaises(Failure):
            process.ask("rows", 10)
        process.stop()


class FakeEvent:
    def record(self):
        pass

    def synchronize(self):
        pass


def fake_cupy(np):
    """NumPy with the names of CuPy that the rows use."""
    cupy = types.ModuleType("cupy")
    cupy.__dict__.update({k: getattr(np, k) for k in dir(np) if not k.startswith("__")})
    cupy.__version__ = "0"
    cupy.fuse = lambda kernel_name: lambda function: function
    cupy.asnumpy = np.asarray
    cupy.get_default_memory_pool = lambda: types.SimpleNamespace(free_all_blocks=lambda: None)
    cupy.cuda = types.SimpleNamespace(Event=FakeEvent, get_elapsed_time=lambda a, b: 50.0)
    return cupy


def fake_torch(np):
    """NumPy with the names of PyTorch that the rows use."""

    class Tensor(np.ndarray):
        device = "gpu"

        def cuda(self):
            return self

        cpu = cuda

        def to(self, dtype):
            return self.astype(dtype)

        def clone(self):
            return self.copy()

        def numpy(self):
            return np.asarray(self)

        def index_add(self, axis, index, values):
            result = self.copy()
            np.add.at(result, index, values)
            return result

    def tensor(x):
        return np.asarray(x).view(Tensor)

    def along(function):
        return lambda x, dim=None: tensor(function(x, axis=dim))

    class Event:
        def __init__(self, enable_timing):
            assert enable_timing

        record = synchronize = lambda self: None
        elapsed_time = lambda self, other: 50.0  # noqa: E731

    torch = types.ModuleType("torch")
    torch.__version__ = "0"
    torch.cuda = types.SimpleNamespace(is_available=lambda: True, Event=Event,
                                       empty_cache=lambda: None)  # fmt: skip
    torch.compiler = types.SimpleNamespace(reset=lambda: None)
    torch.compile = lambda function, dynamic: function
    torch.from_numpy = tensor
    for name in ("sqrt", "abs", "exp", "sin", "ones_like", "float32", "float64", "cumsum"):
        setattr(torch, name, getattr(np, name))
    torch.where = lambda *x: tensor(np.where(*x))
    torch.arange = lambda n, device: tensor(np.arange(n))
    torch.zeros = lambda shape, dtype, device: tensor(np.zeros(shape, dtype))
    for name in ("sum", "mean", "nanmean", "amin", "amax", "argmin", "argmax"):
        setattr(torch, name, along(getattr(np, name)))
    torch.var = lambda x, dim=None, correction=1: tensor(np.var(x, axis=dim, ddof=correction))
    return torch


class PythonPeers(unittest.TestCase):
    """The rows of the peers on what can stand for them here."""

    def setUp(self):
        try:
            import numpy
        except ImportError:
            self.skipTest("NumPy is not installed")
        from python_peers import worker

        worker.np = self.np = numpy
        self.worker = worker

    def answers(self, library):
        """The answer for every row of the report in both types."""
        worker = self.worker.Worker.__new__(self.worker.Worker)
        worker.library, worker.key, worker.problem = library, None, None
        with tempfile.TemporaryDirectory() as scratch:
            for gpu_row in GPU_ROWS:
                for dtype in ("f32", "f64"):
                    question = {"do": "measure", "operation": gpu_row.operation, "dtype": dtype,
                                "shape": gpu_row.quick, "new": True, "seconds": 1e-4,
                                "check": True, "scratch": scratch}  # fmt: skip
                    yield gpu_row.name, dtype, worker.answer(question)
                    yield gpu_row.name, dtype, worker.answer(question)  # the kept right result
            worker.answer({"do": "forget"})

    def check(self, library, without=()):
        for name, dtype, answer in self.answers(library):
            with self.subTest(name, dtype=dtype):
                self.assertNotIn("failed", answer)
                self.assertEqual(answer["seconds"] is None, name in without)

    def test_cupy(self):
        with mock.patch.dict(sys.modules, {"cupy": fake_cupy(self.np)}):
            from python_peers import cupy_gpu_rows

            self.check(cupy_gpu_rows)

    def test_torch(self):
        with mock.patch.dict(sys.modules, {"torch": fake_torch(self.np)}):
            from python_peers import torch_gpu_rows

            self.check(torch_gpu_rows)

    def test_jax(self):
        try:
            import jax
        except ImportError:
            self.skipTest("JAX is not installed")
        with mock.patch.object(jax, "default_backend", lambda: "gpu"):
            from python_peers import jax_gpu_rows
        self.check(jax_gpu_rows, without={"copy"})

    def test_a_wrong_result_is_found(self):
        library = types.SimpleNamespace(
            on_gpu=True,
            to_host=self.np.asarray,
            prepare=lambda operation, inputs: lambda x, out: x[0] * 0 + 7,
        )
        for name, _, answer in self.answers(library):
            if name == "where":
                self.assertEqual(answer, {"failed": "wrong result: 1003 wrong elements"})
                return
        self.fail("the row is not there")

    def test_of_equal_elements_any_position_is_right(self):
        np = self.np
        cases = ("all", 3, 1), ("ax0", [1, 1, 0], [0, 0, 0]), ("ax1", [2, 2], [2, 1])
        for axis, right, wrong in cases:
            problem = self.worker.Problem.__new__(self.worker.Problem)
            problem.operation, problem.kept = f"argmax_{axis}", None
            problem.library = types.SimpleNamespace(on_gpu=True)
            problem.inputs = [np.array([[2.0, 1.0, 2.0], [2.0, 1.5, 2.0]])]
            problem.form = ((), np.int64)
            self.assertEqual(problem.mistake(np.array(right)), "")
            self.assertNotEqual(problem.mistake(np.array(wrong)), "")

    def test_large_operands_repeat(self):
        with mock.patch.object(self.worker, "BLOCK", 8):
            random = self.np.random.default_rng(1)
            x = self.worker.random_numbers(random, (4, 5), self.np.float32, True)
        self.assertEqual((x.shape, x.dtype), ((4, 5), self.np.float32))
        self.assertTrue((x.ravel()[8:16] == x.ravel()[:8]).all())


class Steps(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        (self.folder / "tests").mkdir()

    def test_results_of_tests(self):
        programs = {
            "test_core_good": "print('[==========] 7 tests from 2 test suites ran. (1 ms total)')\n"
            "print('[  SKIPPED ] 2 tests, listed below:')",
            "test_core_bad": "print('why')\nraise SystemExit(1)",
            "test_core_absent": "raise SystemExit(77)",
            "test_core_slow": "import time\ntime.sleep(60)",
        }
        for name, text in programs.items():
            write_program(self.folder / "tests", name, text)
        with mock.patch.object(gpu_steps, "TEST_LIMIT", 2):
            record = gpu_steps.run_tests(self.folder, gpu_steps.Deadline(60), 4, lambda r: None)
        results = {r["name"]: r for r in record["tests"]}
        self.assertEqual(results["core/good"]["result"], "passed")
        self.assertEqual(results["core/good"]["cases"], 7)
        self.assertEqual(results["core/good"]["skipped_cases"], 2)
        self.assertEqual(results["core/bad"]["output"], ["why"])
        self.assertEqual(results["core/absent"]["result"], "skipped")
        self.assertEqual(results["core/slow"]["result"], "out of time")
        late = gpu_steps.run_tests(self.folder, gpu_steps.Deadline(0), 1, lambda r: None)
        self.assertEqual({r["result"] for r in late["tests"]}, {"not run"})

    def test_no_test_is_built(self):
        record = gpu_steps.run_tests(self.folder, gpu_steps.Deadline(60), 1, lambda r: None)
        self.assertEqual(record, {"failed": "no test is built"})

    def test_every_tool_on_every_short_test(self):
        write_program(self.folder / "tests", "test_core_good", "pass")
        sanitizer = write_program(self.folder, "sanitizer", """
            import sys
            tool = sys.argv[sys.argv.index("--tool") + 1]
            said = {"memcheck": "ERROR SUMMARY: 0 errors",
                    "racecheck": "RACECHECK SUMMARY: 3 hazards displayed (3 errors, 0 warnings)",
                    "synccheck": "Device not supported"}
            print("=========", said.get(tool, "ERROR SUMMARY: 0 errors"))
            sys.exit(97 if tool == "racecheck" else 0)
            """)  # fmt: skip
        ran = [{"name": "core/good", "result": "passed", "seconds": 1.0, "cases": 3}]
        with mock.patch.object(gpu_steps, "find_sanitizer", lambda: str(sanitizer)):
            record = gpu_steps.run_sanitizers(
                self.folder, ran, gpu_steps.TOOLS, gpu_steps.Deadline(60), 2, lambda r: None
            )
        results = {r["tool"]: r["result"] for r in record["runs"]}
        self.assertEqual(results, {"memcheck": "clean", "racecheck": "errors",
                                   "synccheck": "no answer", "initcheck": "clean"})  # fmt: skip

    def test_without_the_tool(self):
        with mock.patch.object(gpu_steps, "find_sanitizer", lambda: None):
            record = gpu_steps.run_sanitizers(self.folder, [], (), None, 1, None)
        self.assertEqual(record, {"failed": "compute-sanitizer is not found"})

    def test_without_what_the_tests_need_the_benchmarks_are_built(self):
        write_program(self.folder, "cmake", """
            import sys
            print("cmake", *sys.argv[1:])
            if "-DCUMULUS_BUILD_TESTS=ON" in sys.argv:
                sys.exit("The tests need GoogleTest")
            if "--build" in sys.argv and "--target" not in sys.argv:
                print("FAILED: a_file.cpp.o")
                sys.exit(1)
            """)  # fmt: skip
        path = f"{self.folder}:{os.environ['PATH']}"
        with mock.patch.object(gpu_steps, "find_nvcc", lambda: "/cuda/nvcc"), \
                mock.patch.dict(os.environ, {"PATH": path}):  # fmt: skip
            folder, log = self.folder / "b", self.folder / "new/log"
            record = gpu_steps.build(folder, "90", gpu_steps.Deadline(60), log, ["-DX=1"])
        self.assertFalse(record["tests"])
        self.assertEqual(record["without_tests"][-1], "The tests need GoogleTest")
        self.assertEqual(record["failed"], "the build: status 1")
        self.assertEqual(record["output"], ["FAILED: a_file.cpp.o"])
        said = log.read_text()
        self.assertIn("-DCMAKE_CUDA_ARCHITECTURES=90", said)
        self.assertIn("-DX=1", said)
        self.assertIn("--target limit_gpu_benchmark cumulus_gpu_benchmark", said)

    def test_a_build_that_cannot_begin(self):
        with mock.patch.object(gpu_steps, "find_nvcc", lambda: None):
            record = gpu_steps.build(self.folder, "90", gpu_steps.Deadline(9), None)
        self.assertEqual(record, {"failed": "nvcc is not found"})


class FakeDriver:
    """The driver's interface of a machine with one GPU."""

    def __init__(self, count=1, status=0):
        self._count, self._status = count, status

    def cuInit(self, _):
        return self._status

    def cuDeviceGetCount(self, count):
        ctypes.cast(count, ctypes.POINTER(ctypes.c_int))[0] = self._count
        return 0

    def cuDeviceGet(self, device, _):
        return 0

    def cuDeviceGetName(self, name, size, device):
        name.value = b"A Device"
        return 0

    def cuDeviceGetAttribute(self, value, attribute, device):
        ctypes.cast(value, ctypes.POINTER(ctypes.c_int))[0] = {75: 9, 76: 0}[attribute]
        return 0


class Command(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        self.words = ["--build", f"{self.folder}/build", "--output", f"{self.folder}/out/r.md"]

    def run_command(self, device, *words):
        output = io.StringIO()
        with mock.patch.object(gpu_device, "find_device", lambda: device), \
                contextlib.redirect_stdout(output):  # fmt: skip
            status = gpu_report.main([*self.words, *words])
        return status, output.getvalue()

    def test_devices(self):
        device = gpu_device.find_device(FakeDriver())
        self.assertEqual(device, {"name": "A Device", "architecture": "90"})
        self.assertIn("none", gpu_device.find_device(FakeDriver(count=0))["missing"])
        self.assertIn("100", gpu_device.find_device(FakeDriver(status=100))["missing"])

    def test_without_a_gpu(self):
        status, output = self.run_command({"missing": "the driver finds none"})
        self.assertEqual(status, gpu_report.NO_DEVICE)
        self.assertIn("No NVIDIA GPU can be used here (the driver finds none)", output)
        self.assertFalse((self.folder / "out").exists())

    def test_a_step_that_breaks_leaves_the_others(self):
        def breaks(options, device, records):
            raise RuntimeError("no luck")

        steps = {
            "build": breaks,
            "tests": lambda *_: {"tests": [{"name": "core/a", "result": "passed"}]},
            "sanitizers": breaks,
            "benchmarks": lambda *_: Report.benchmarks,
        }
        device = gpu_device.find_device(FakeDriver())
        with mock.patch.dict(gpu_report.RUN, steps):
            status, _ = self.run_command(device, "--commit", "abc")
            text = (self.folder / "out/r.md").read_text()
            self.assertEqual(status, 1)
            self.assertIn("**Build failed**: RuntimeError: no luck", text)
            self.assertIn("Of 1 tests: 1 passed", text)
            self.assertIn("**4000 GB/s**", text)
            # A later call adds to what is there.
            steps["sanitizers"] = lambda *_: {"runs": [], "short": 5}
            with mock.patch.dict(gpu_report.RUN, steps):
                self.run_command(device, "--steps", "sanitizers", "--commit", "abc")
        text = (self.folder / "out/r.md").read_text()
        self.assertNotIn("compute-sanitizer failed", text)
        self.assertIn("**4000 GB/s**", text)

    def test_all_steps_on_programs_that_pretend(self):
        build = self.folder / "build"
        (build / "benchmarks/gpu").mkdir(parents=True)
        (build / "tests").mkdir()
        for name in ("limit", "cumulus"):
            write_program(build / "benchmarks/gpu", f"{name}_gpu_benchmark", PROGRAM)
        said = "[==========] 7 tests from 2 test suites ran."
        write_program(build / "tests", "test_core_good", f"print({said!r})")
        sanitizer = write_program(self.folder, "sanitizer", "print('ERROR SUMMARY: 0 errors')")
        with mock.patch.object(gpu_steps, "find_sanitizer", lambda: str(sanitizer)):
            status, output = self.run_command(
                gpu_device.find_device(FakeDriver()), "--steps", "tests,benchmarks,sanitizers",
                "--rows", "^cast$", "--dtypes", "f32", "--rounds", "2", "--tools", "memcheck",
            )  # fmt: skip
        text = (self.folder / "out/r.md").read_text()
        self.assertEqual(status, 1)  # the pretended failure of a row
        self.assertIn("copy f32: limit 1.000 ms", output)
        for words in ("A Device", "**537 GB/s**", "`cast f32` cumulus: illegal address",
                      "Of 1 tests: 1 passed", "| memcheck | 1 |",
                      "Build: this step has not run"):  # fmt: skip
            self.assertIn(words, text)

    def test_build_only(self):
        built = {"architecture": "80", "tests": True, "seconds": 1}
        cases = (
            (built, 0),
            ({**built, "failed": "the build: status 1"}, 1),
            ({**built, "tests": False, "without_tests": ["why"]}, 1),
        )
        for record, expected in cases:
            with mock.patch.dict(gpu_report.RUN, {"build": lambda *_, r=record: r}):
                status, _ = self.run_command({"missing": "none"}, "--build-only")
            self.assertEqual(status, expected)

    def test_records_are_whole_or_not_there(self):
        records = gpu_report.Records(self.folder / "records")
        self.assertIsNone(records.read("tests"))
        records.write("tests", {"tests": []})
        self.assertEqual(records.all(), {"tests": {"tests": []}})
        (self.folder / "records/tests.json").write_text('{"tests"')
        self.assertIsNone(records.read("tests"))

    def test_what_is_wrong_and_what_only_misses(self):
        self.assertFalse(gpu_report.went_wrong({"benchmarks": {"rows": Verdicts.rows[:4]}}))
        self.assertTrue(gpu_report.went_wrong({"benchmarks": {"rows": Verdicts.rows}}))
        self.assertTrue(gpu_report.went_wrong({"tests": {"tests": [{"result": "failed"}]}}))


class Programs(unittest.TestCase):
    folder = None

    def setUp(self):
        if self.folder is None:
            self.skipTest("no folder with programs is named")

    def programs(self):
        for name in ("limit", "cumulus"):
            program = Path(self.folder) / f"{name}_gpu_benchmark"
            if program.exists():
                yield program

    def test_help_and_the_answer_without_a_gpu(self):
        self.assertTrue(list(self.programs()), "no program is built")
        for program in self.programs():
            given = subprocess.run([program, "--help"], capture_output=True, text=True)
            self.assertEqual(given.returncode, 0)
            self.assertIn("measure ROW SHAPE", given.stdout)
            wrong = subprocess.run([program, "--what"], capture_output=True, text=True)
            self.assertEqual(wrong.returncode, 2)
            device = subprocess.run([program, "--device"], capture_output=True, text=True)
            if device.returncode == 0:
                self.assertIn("name", json.loads(device.stdout))
            else:
                self.assertEqual(device.returncode, 3)
                self.assertIn("No GPU can be used here", device.stderr)

    def test_without_a_gpu_a_measurement_says_so(self):
        for program in self.programs():
            if subprocess.run([program, "--device"], capture_output=True).returncode == 0:
                self.skipTest("a GPU is here")
            with tempfile.TemporaryDirectory() as folder:
                contestant = gpu_contestants.GpuProgram("limit", program, f"{folder}/log")
                with self.assertRaisesRegex(Failure, "No GPU can be used here"):
                    contestant.rows()
                contestant.stop()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Programs.folder = sys.argv.pop(1)
    unittest.main()
