# SPDX-License-Identifier: Apache-2.0
"""The formulas of cumulus/climate/seawater_density.hpp, which names their source, for any kind of
number: `c` holds the coefficients v01 … v48 as numbers of the library's kind, at 0 nothing, at 49
and 50 two and three."""

COEFFICIENTS = (
    0.0,
    9.998420897506056e2,
    2.839940833161907,
    -3.147759265588511e-2,
    1.181805545074306e-3,
    -6.698001071123802,
    -2.986498947203215e-2,
    2.327859407479162e-4,
    -3.988822378968490e-2,
    5.095422573880500e-4,
    -1.426984671633621e-5,
    1.645039373682922e-7,
    -2.233269627352527e-2,
    -3.436090079851880e-4,
    3.726050720345733e-6,
    -1.806789763745328e-4,
    6.876837219536232e-7,
    -3.087032500374211e-7,
    -1.988366587925593e-8,
    -1.061519070296458e-11,
    1.550932729220080e-10,
    1.0,
    2.775927747785646e-3,
    -2.349607444135925e-5,
    1.119513357486743e-6,
    6.743689325042773e-10,
    -7.521448093615448e-3,
    -2.764306979894411e-5,
    1.262937315098546e-7,
    9.527875081696435e-10,
    -1.811147201949891e-11,
    -3.303308871386421e-5,
    3.801564588876298e-7,
    -7.672876869259043e-9,
    -4.634182341116144e-11,
    2.681097235569143e-12,
    5.419326551148740e-6,
    -2.742185394906099e-5,
    -3.212746477974189e-7,
    3.191413910561627e-9,
    -1.931012931541776e-12,
    -1.105097577149576e-7,
    6.211426728363857e-10,
    -1.119011592875110e-10,
    -1.941660213148725e-11,
    -1.864826425365600e-14,
    1.119522344879478e-14,
    -1.200507748551599e-15,
    6.057902487546866e-17,
    2.0,
    3.0,
)


def formulas(sqrt, c=COEFFICIENTS, compiled=lambda function: function):
    """(density, derivative with respect to pressure) as functions of (sa, ct, p)."""

    @compiled
    def top(sa, ct, p, root):
        return (
            c[1]
            + ct * (c[2] + ct * (c[3] + c[4] * ct))
            + sa
            * (
                c[5]
                + ct * (c[6] + c[7] * ct)
                + root * (c[8] + ct * (c[9] + ct * (c[10] + c[11] * ct)))
            )
            + p
            * (
                c[12]
                + ct * (c[13] + c[14] * ct)
                + sa * (c[15] + c[16] * ct)
                + p * (c[17] + ct * (c[18] + c[19] * ct) + c[20] * sa)
            )
        )

    @compiled
    def bottom(sa, ct, p, root):
        return (
            c[21]
            + ct * (c[22] + ct * (c[23] + ct * (c[24] + c[25] * ct)))
            + sa
            * (
                c[26]
                + ct * (c[27] + ct * (c[28] + ct * (c[29] + c[30] * ct)))
                + c[36] * sa
                + root * (c[31] + ct * (c[32] + ct * (c[33] + ct * (c[34] + c[35] * ct))))
            )
            + p
            * (
                c[37]
                + ct * (c[38] + ct * (c[39] + c[40] * ct))
                + sa * (c[41] + c[42] * ct)
                + p
                * (c[43] + ct * (c[44] + c[45] * ct + c[46] * sa) + p * (c[47] + c[48] * ct))
            )
        )

    @compiled
    def density(sa, ct, p):
        root = sqrt(sa)
        return top(sa, ct, p, root) / bottom(sa, ct, p, root)

    @compiled
    def density_by_pressure(sa, ct, p):
        root = sqrt(sa)
        above = top(sa, ct, p, root)
        below = bottom(sa, ct, p, root)
        above_p = (
            c[12]
            + ct * (c[13] + c[14] * ct)
            + sa * (c[15] + c[16] * ct)
            + c[49] * p * (c[17] + ct * (c[18] + c[19] * ct) + c[20] * sa)
        )
        below_p = (
            c[37]
            + ct * (c[38] + ct * (c[39] + c[40] * ct))
            + sa * (c[41] + c[42] * ct)
            + p
            * (
                c[49] * (c[43] + ct * (c[44] + c[45] * ct + c[46] * sa))
                + c[50] * p * (c[47] + c[48] * ct)
            )
        )
        return (above_p * below - below_p * above) / (below * below)

    return density, density_by_pressure
