# SPDX-License-Identifier: Apache-2.0
"""How often a row runs on a GPU so that its time is known, the same for all libraries."""

WARM_UPS = 2


def mean_of(timed, seconds):
    """Seconds of one call: the mean of so many that they take at least `seconds`. timed(calls)
    gives the seconds of that many calls."""
    timed(WARM_UPS)
    calls = 1
    while True:
        taken = timed(calls)
        if taken >= seconds:
            return taken / calls
        calls = min(10 * calls, int(1.4 * calls * seconds / max(taken, 1e-7)) + 1)
