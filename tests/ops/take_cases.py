# SPDX-License-Identifier: Apache-2.0
"""Random cases of numpy.take, as text for take_test.cpp.

    RANK SHAPE... STEP... PERMUTATION...   the array base[::step, ...].transpose(permutation)
    AXIS RANK SHAPE... INDEX...            what is taken
    RANK SHAPE... POSITIONS...             flat positions in base of the result
"""

import sys

import numpy as np


def main():
    count, path = int(sys.argv[1]), sys.argv[2]
    rng = np.random.default_rng(21)
    with open(path, "w", encoding="ascii") as out:
        for _ in range(count):
            rank = int(rng.integers(1, 5))
            shape = [int(n) for n in rng.integers(0 if rng.random() < 0.1 else 1, 6, rank)]
            steps = [int(rng.choice([1, 1, -1, 2])) for _ in range(rank)]
            order = [int(k) for k in rng.permutation(rank)]
            base = np.arange(np.prod(shape), dtype=np.int64).reshape(shape)
            view = base[tuple(slice(None, None, s) for s in steps)].transpose(order)
            axis = int(rng.integers(-rank, rank))
            index_shape = tuple(rng.integers(0 if rng.random() < 0.1 else 1, 5, rng.integers(0, 3)))
            extent = view.shape[axis]
            if extent == 0:
                index_shape = (0,)
            index = rng.integers(-extent, max(extent, 1), index_shape)
            taken = np.take(view, index, axis)
            words = [rank, *shape, *steps, *order, axis, index.ndim, *index.shape, *index.ravel()]
            words += [taken.ndim, *taken.shape, *taken.ravel()]
            out.write(" ".join(str(word) for word in words) + "\n")


if __name__ == "__main__":
    main()
