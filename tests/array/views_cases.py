# SPDX-License-Identifier: Apache-2.0
"""Random sequences of view operations on arrays, and what NumPy makes of them.

    views_cases.py FILE COUNT

case/<n>/program is a list of numbers: the operation, how many numbers follow, and these (see
views_test.cpp, which reads it); case/<n>/shape the shape of the array of 0, 1, 2, ... that it
starts with; case/<n>/result the result; case/<n>/is_view whether the result still shares its
memory.
"""

import sys

import numpy as np
from answers_file import AnswersFile

INDEX, TRANSPOSE, FLIP, EXPAND, SQUEEZE, MOVE, SWAP, BROADCAST, RESHAPE = range(9)
INTEGER, SLICE, WHOLE, NEW, ELLIPSIS = range(5)


def random_index(a, rng):
    items, code, room = [], [], 7 - a.ndim
    used = rng.integers(0, a.ndim + 1)
    ellipsis_at = rng.integers(0, used + 3)
    for k in range(used):
        if k == ellipsis_at:
            items.append(Ellipsis)
            code += [ELLIPSIS, 0, 0, 0, 0, 0]
        if room > 0 and rng.random() < 0.15:
            room -= 1
            items.append(None)
            code += [NEW, 0, 0, 0, 0, 0]
        axis = k if k < ellipsis_at else a.ndim - used + k
        n = a.shape[axis]
        kind = rng.choice([INTEGER, SLICE, SLICE, SLICE, WHOLE])
        if kind == INTEGER and n > 0:
            i = int(rng.integers(-n, n))
            items.append(i)
            code += [INTEGER, 1, i, 0, 0, 0]
        elif kind == WHOLE:
            items.append(slice(None))
            code += [WHOLE, 0, 0, 0, 0, 0]
        else:
            ends = [None if rng.random() < 0.5 else int(rng.integers(-n - 2, n + 3)) for _ in "12"]
            step = int(rng.choice([1, 1, 2, 3, -1, -1, -2, -3]))
            items.append(slice(*ends, step))
            code += [SLICE]
            for end in ends:
                code += [end is not None, end or 0]
            code += [step]
    # With an ellipsis NumPy gives a view also where nothing but one element is left.
    whole = tuple(items) if Ellipsis in items else (*items, Ellipsis)
    return a[whole], code


def random_reshape(a, rng):
    extents, rest = [], a.size
    for _ in range(rng.integers(0, 5)):
        divisors = [d for d in range(1, max(rest, 1) + 1) if rest % d == 0] if rest else [0, 1, 3]
        extents.append(int(rng.choice(divisors)))
        rest = rest // extents[-1] if extents[-1] else 0
    if a.size != 0:
        extents.insert(int(rng.integers(0, len(extents) + 1)), rest)
        if rng.random() < 0.3:
            extents[int(rng.integers(0, len(extents)))] = -1
    elif 0 not in extents:
        extents.append(0)
    return a.reshape(extents), extents


def random_step(a, rng):
    """One operation on a: its number, its arguments, the result; None if it does not apply."""
    op = int(rng.choice([INDEX] * 4 + list(range(1, 9))))
    axes = list(range(a.ndim))
    if op == INDEX:
        result, code = random_index(a, rng)
        return op, code, result
    if op == TRANSPOSE:
        order = [int(k) - (a.ndim if rng.random() < 0.3 else 0) for k in rng.permutation(a.ndim)]
        return op, order, a.transpose(order)
    if op == FLIP:
        some = [k for k in axes if rng.random() < 0.5]
        return op, some, np.flip(a, tuple(some)) if some else a
    if op == EXPAND and a.ndim < 7:
        axis = int(rng.integers(-a.ndim - 1, a.ndim + 1))
        return op, [axis], np.expand_dims(a, axis)
    if op == SQUEEZE:
        ones = [k for k in axes if a.shape[k] == 1]
        if ones and rng.random() < 0.5:
            return op, ones[:1], a.squeeze(ones[0])
        return op, [], a.squeeze()
    if op == MOVE and a.ndim > 0:
        source, to = (int(k) for k in rng.integers(-a.ndim, a.ndim, 2))
        return op, [source, to], np.moveaxis(a, source, to)
    if op == SWAP and a.ndim > 0:
        first, second = (int(k) for k in rng.integers(-a.ndim, a.ndim, 2))
        return op, [first, second], np.swapaxes(a, first, second)
    if op == BROADCAST and a.ndim < 6 and a.size < 300:
        shape = [int(rng.integers(0, 4)) if n == 1 else n for n in a.shape]
        shape = [int(k) for k in rng.integers(1, 4, rng.integers(0, 2))] + shape
        return op, shape, np.broadcast_to(a, shape)
    if op == RESHAPE:
        result, extents = random_reshape(a, rng)
        return op, extents, result
    return None


rng = np.random.default_rng(5)
with AnswersFile(sys.argv[1]) as answers:
    for case in range(int(sys.argv[2])):
        start = [int(n) for n in rng.choice([0, 1, 2, 3, 4, 5, 7], case % 6, p=[0.04] + [0.16] * 6)]
        first = a = np.arange(np.prod(start, dtype=int)).reshape(start)
        program = []
        for _ in range(rng.integers(1, 7)):
            made = random_step(a, rng)
            if made is not None:
                op, arguments, a = made
                program += [op, len(arguments), *arguments]
        answers.add(f"case/{case}/program", np.array(program, np.int64))
        answers.add(f"case/{case}/shape", np.array(start, np.int64))
        answers.add(f"case/{case}/result", a)
        answers.add(f"case/{case}/is_view", np.array(np.shares_memory(first, a) or a.size == 0))
