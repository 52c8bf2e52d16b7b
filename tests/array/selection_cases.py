# SPDX-License-Identifier: Apache-2.0
"""Random cases of NumPy's advanced indexing, as text for selection_test.cpp.

Every element of an array is known by its flat position, so one case serves every dtype:

    case RANK SHAPE... STEP... PERMUTATION...    the array base[::step, ...].transpose(permutation)
    items N (i INT | s START STOP STEP | w | x | e | a RANK SHAPE... VALUES... | m RANK ...)...
    read RANK SHAPE... POSITIONS...              flat positions in base of base(items)
    write RANK SHAPE... WINNERS...               for each element of base, the flat position in the
                                                 value that is assigned to it last, or -1

A bound of a slice that is not given is written "_".
"""

import sys
import warnings

import numpy as np


def some_shape(rng, rank, zeros):
    low = 0 if rng.random() < zeros else 1
    return tuple(int(n) for n in rng.integers(low, 5, rank))


def stretched_from(rng, shape):
    """A shape that broadcasts to the given one."""
    first = int(rng.integers(0, len(shape) + 1)) if rng.random() < 0.4 else 0
    return tuple(1 if rng.random() < 0.3 else n for n in shape[first:])


def some_slice(rng, extent):
    def bound():
        return None if rng.random() < 0.4 else int(rng.integers(-extent - 2, extent + 3))

    return slice(bound(), bound(), int(rng.choice([-2, -1, 1, 2, 3])))


def some_mask(rng, shape, wanted):
    size = int(np.prod(shape))
    if wanted is None or wanted > size:
        share = rng.choice([0.0, 0.3, 0.7, 1.0], p=[0.1, 0.4, 0.4, 0.1])
        return np.asarray(rng.random(shape) < share)
    mask = np.zeros(size, bool)
    mask[rng.permutation(size)[:wanted]] = True
    return mask.reshape(shape)


def some_items(rng, shape, first, count, common, alone):
    """Items that index `count` axes of an array, beginning at axis `first`."""
    items = []
    axis, end = first, first + count
    while axis < end or rng.random() < 0.1:
        kind = rng.choice(["i", "s", "w", "x", "a", "m"], p=[0.15, 0.15, 0.15, 0.1, 0.3, 0.15])
        if kind == "x":
            items.append(None)
            continue
        if kind == "m":
            lowest = 0 if rng.random() < 0.05 else min(1, end - axis)
            rank = int(rng.integers(lowest, end - axis + 1))
            wanted = None if alone else (common[-1] if common else 1)
            items.append(some_mask(rng, shape[axis:axis + rank], wanted))
            axis += rank
            continue
        if axis == end:
            break
        extent = shape[axis]
        if kind == "i" and extent > 0:
            items.append(int(rng.integers(-extent, extent)))
        elif kind == "s":
            items.append(some_slice(rng, extent))
        elif kind == "a":
            to = stretched_from(rng, common)
            items.append(rng.integers(-extent, extent, to) if extent > 0 else np.zeros(to, int))
        else:
            items.append(slice(None))
        axis += 1
    return items


def some_case(rng):
    rank = int(rng.integers(1, 5))
    base_shape = some_shape(rng, rank, 0.1)
    steps = [int(rng.choice([1, 1, 1, -1, 2])) for _ in range(rank)]
    order = [int(k) for k in rng.permutation(rank)] if rng.random() < 0.5 else list(range(rank))
    base = np.arange(np.prod(base_shape), dtype=np.int64).reshape(base_shape)
    view = base[tuple(slice(None, None, s) for s in steps)].transpose(order)
    common = some_shape(rng, int(rng.integers(0, 4)), 0.1)
    alone = rng.random() < 0.3
    left = int(rng.integers(0, rank + 1))
    items = some_items(rng, view.shape, 0, left, common, alone)
    if rng.random() < 0.4:
        right = int(rng.integers(0, rank - left + 1))
        items.append(Ellipsis)
        items += some_items(rng, view.shape, rank - right, right, common, alone)
    if not any(isinstance(item, np.ndarray) for item in items):
        return None
    try:
        read = view[tuple(items)]
    except (IndexError, DeprecationWarning):
        return None
    if read.ndim > 8 or read.size > 2000:
        return None
    value = np.empty(stretched_from(rng, read.shape))
    source = np.broadcast_to(np.arange(value.size).reshape(value.shape), read.shape)
    winners = np.full(base.size, -1)
    for position, winner in zip(read.ravel(), source.ravel()):
        winners[position] = winner
    return base_shape, steps, order, items, read, value.shape, winners


def words_of(item):
    if item is None:
        return ["x"]
    if item is Ellipsis:
        return ["e"]
    if isinstance(item, np.ndarray):
        kind = "m" if item.dtype == bool else "a"
        return [kind, item.ndim, *item.shape, *item.astype(int).ravel()]
    if isinstance(item, slice):
        if item == slice(None):
            return ["w"]
        return ["s", *("_" if b is None else b for b in (item.start, item.stop)), item.step]
    return ["i", item]


def main():
    count, path = int(sys.argv[1]), sys.argv[2]
    rng = np.random.default_rng(20)
    warnings.simplefilter("error", DeprecationWarning)  # positions out of range
    with open(path, "w", encoding="ascii") as out:
        while count > 0:
            case = some_case(rng)
            if case is None:
                continue
            count -= 1
            base_shape, steps, order, items, read, value_shape, winners = case
            words = ["case", len(base_shape), *base_shape, *steps, *order]
            words += ["items", len(items)]
            for item in items:
                words += words_of(item)
            words += ["read", read.ndim, *read.shape, *read.ravel()]
            words += ["write", len(value_shape), *value_shape, *winners]
            out.write(" ".join(str(word) for word in words) + "\n")


if __name__ == "__main__":
    main()
