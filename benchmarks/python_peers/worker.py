# SPDX-License-Identifier: Apache-2.0
"""A process that measures one library: `python -m python_peers.worker numpy`. Reads questions as
lines of JSON, answers each with one: {"seconds": …}, {"seconds": null} for a row that the library
does not have, or {"failed": words}."""

import importlib
import json
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from driver.rows import OPERATIONS  # noqa: E402

np = None  # imported with the library: without NumPy every peer is missing, in words


BLOCK = 1 << 22  # random numbers, repeated in larger operands on a GPU: there many are needed


def random_numbers(random, shape, element, repeated):
    size = int(np.prod(shape))
    if repeated and size > BLOCK:
        return np.resize(random.random(BLOCK, element), shape)
    return random.random(shape, element)


def ranges(operation, k):
    """(smallest, largest) of input k."""
    if operation.startswith("eos_"):
        return [(30, 38), (0, 28), (0, 5000)][k]
    return 0, 1


class Problem:
    """Operands of one row."""

    def __init__(self, library, operation, dtype, shape, new, scratch=None):
        """`scratch` is a folder for the right result, which other processes read again."""
        element = {"f32": np.float32, "f64": np.float64}[dtype]
        entry = OPERATIONS[operation]
        random = np.random.default_rng(1)
        self.operation = operation
        self.library = library
        self.kept = scratch and os.path.join(scratch, f"{operation}-{dtype}-{shape}.npy")
        repeated = getattr(library, "on_gpu", False)
        self.inputs = []
        for k, input_shape in enumerate(entry.inputs(shape)):
            low, high = ranges(operation, k)
            x = random_numbers(random, input_shape, element, repeated)
            self.inputs.append((x * (high - low) + low).astype(element, copy=False))
        if operation.startswith("nan"):
            self.inputs[0][self.inputs[0] < 0.125] = np.nan
        other = np.float64 if dtype == "f32" else np.float32
        result = {"same": element, "other": other, "index": np.int64}[entry.result]
        self.form = (entry.output(shape), result)
        self.new = new
        self.out = None if new else np.zeros(*self.form)
        self.needs_output = getattr(library, "needs_output", False)
        self.function = library.prepare(operation, self.inputs)
        self.start()

    def start(self):
        if self.operation == "axpy":
            self.out = self.inputs[1].copy()

    def run(self):
        out = np.empty(*self.form) if self.new and self.needs_output else self.out
        result = self.function(self.inputs, out)
        return out if result is None else result

    def right_result(self):
        """NumPy's, of doubles."""
        from . import numpy_rows

        if self.kept and os.path.exists(self.kept):
            return np.load(self.kept, mmap_mode="r")
        doubles = [x.astype(np.float64) for x in self.inputs]
        out = doubles[1].copy() if self.operation == "axpy" else None
        if self.operation == "fill":
            out = np.zeros(self.form[0])
        want = np.asarray(numpy_rows.ROWS[self.operation](doubles, out))
        if self.kept:
            np.save(self.kept, want)
        return want

    def selected(self, positions):
        """The elements that an argmin or argmax points at: of equal ones a GPU's library may take
        any."""
        x, axis = self.inputs[0], self.operation.rpartition("_")[2]
        if axis == "all":
            return x.ravel()[positions]
        if axis == "ax0":
            return np.take_along_axis(x, positions[None], 0)[0]
        return np.take_along_axis(x, positions[:, None], 1)[:, 0]

    def mistake(self, got):
        """What is wrong with a result, compared with NumPy's of doubles; or nothing."""
        want = self.right_result()
        got = np.asarray(got)
        if got.shape != want.shape:
            return f"shape {got.shape} instead of {want.shape}"
        if self.form[1] == np.int64 and getattr(self.library, "on_gpu", False):
            got, want = self.selected(got), self.selected(np.asarray(want))
        got = got.astype(np.float64, copy=False)
        coarse = np.float32 in (self.inputs[0].dtype if self.inputs else None, self.form[1])
        tolerance = 0 if self.form[1] == np.int64 else 1e-3 if coarse else 1e-9
        far = ~(np.abs(got - want) <= tolerance * np.maximum(1, np.abs(want)))
        return f"{int(far.sum())} wrong elements" if far.any() else ""


def seconds_per_call(function, seconds):
    """The mean of so many calls that they take at least `seconds`."""
    calls = 1
    while True:
        start = time.perf_counter()
        for _ in range(calls):
            function()
        taken = time.perf_counter() - start
        if taken >= seconds:
            return taken / calls
        calls = min(10 * calls, int(calls * 1.4 * seconds / max(taken, 1e-9)) + 1)


class Worker:
    def __init__(self, name):
        global np
        np = importlib.import_module("numpy")
        self.library = importlib.import_module(f"python_peers.{name}_rows")
        self.key = None
        self.problem = None

    def answer(self, question):
        if question["do"] == "version":
            return {"version": self.library.version}
        if question["do"] == "forget":
            self.key = self.problem = None
            getattr(self.library, "forget", lambda: None)()
            return {}
        shape = tuple(question["shape"])
        key = (question["operation"], question["dtype"], shape, question["new"])
        if key != self.key:
            self.key = self.problem = None
            self.problem = Problem(self.library, *key, question.get("scratch"))
            self.key = key
        if self.problem.function is None:
            return {"seconds": None}
        first = self.problem.run()
        if question["check"]:
            self.problem.start()
            first = self.problem.run()
            wrong = self.problem.mistake(getattr(self.library, "to_host", np.asarray)(first))
            if wrong:
                return {"failed": f"wrong result: {wrong}"}
        timer = getattr(self.library, "seconds_per_call", seconds_per_call)
        return {"seconds": timer(self.problem.run, question["seconds"])}


def main():
    # Answers alone go to the pipe, whatever a library prints.
    pipe = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    try:
        worker = Worker(sys.argv[1])
    except Exception as error:  # of any library: the driver shows it
        worker = None
        words = f"{type(error).__name__}: {error}"
    for line in sys.stdin:
        try:
            result = worker.answer(json.loads(line)) if worker else {"failed": words}
        except Exception as error:
            result = {"failed": f"{type(error).__name__}: {error}"[:500]}
            # After some failures a GPU does nothing more for this process: another one goes on.
            result["ends"] = worker is not None and getattr(worker.library, "on_gpu", False)
        pipe.write(json.dumps(result) + "\n")
        pipe.flush()


if __name__ == "__main__":
    main()
