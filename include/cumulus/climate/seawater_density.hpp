// SPDX-License-Identifier: Apache-2.0
#pragma once
// The density of seawater and its derivative with respect to pressure, as ocean models compute them
// in every cell at every step: functions of plain numbers, for map and for loops of one's own.

#include <cmath>

#include "cumulus/core/config.hpp"

namespace cumulus::inline v1::climate {

// Of this instruction set: what loops are made of.
inline namespace CUMULUS_TARGET {

namespace detail {

/// The 48 terms of TEOS-10's rational function: density is top / bottom. v[1] to v[48] are named
/// v01 to v48 by the source; v[0] is not used.
template <class T> struct seawater_fraction {
  T top;
  T bottom;

  static constexpr T v[] = {T(0),
                            T(9.998420897506056e+2),
                            T(2.839940833161907),
                            T(-3.147759265588511e-2),
                            T(1.181805545074306e-3),
                            T(-6.698001071123802),
                            T(-2.986498947203215e-2),
                            T(2.327859407479162e-4),
                            T(-3.988822378968490e-2),
                            T(5.095422573880500e-4),
                            T(-1.426984671633621e-5),
                            T(1.645039373682922e-7),
                            T(-2.233269627352527e-2),
                            T(-3.436090079851880e-4),
                            T(3.726050720345733e-6),
                            T(-1.806789763745328e-4),
                            T(6.876837219536232e-7),
                            T(-3.087032500374211e-7),
                            T(-1.988366587925593e-8),
                            T(-1.061519070296458e-11),
                            T(1.550932729220080e-10),
                            T(1.0),
                            T(2.775927747785646e-3),
                            T(-2.349607444135925e-5),
                            T(1.119513357486743e-6),
                            T(6.743689325042773e-10),
                            T(-7.521448093615448e-3),
                            T(-2.764306979894411e-5),
                            T(1.262937315098546e-7),
                            T(9.527875081696435e-10),
                            T(-1.811147201949891e-11),
                            T(-3.303308871386421e-5),
                            T(3.801564588876298e-7),
                            T(-7.672876869259043e-9),
                            T(-4.634182341116144e-11),
                            T(2.681097235569143e-12),
                            T(5.419326551148740e-6),
                            T(-2.742185394906099e-5),
                            T(-3.212746477974189e-7),
                            T(3.191413910561627e-9),
                            T(-1.931012931541776e-12),
                            T(-1.105097577149576e-7),
                            T(6.211426728363857e-10),
                            T(-1.119011592875110e-10),
                            T(-1.941660213148725e-11),
                            T(-1.864826425365600e-14),
                            T(1.119522344879478e-14),
                            T(-1.200507748551599e-15),
                            T(6.057902487546866e-17)};

  [[gnu::always_inline]] CUMULUS_HD static seawater_fraction of(T sa, T ct, T p) {
    using std::sqrt;
    T const root = sqrt(sa);
    T const top = v[1] + ct * (v[2] + ct * (v[3] + v[4] * ct)) +
                  sa * (v[5] + ct * (v[6] + v[7] * ct) +
                        root * (v[8] + ct * (v[9] + ct * (v[10] + v[11] * ct)))) +
                  p * (v[12] + ct * (v[13] + v[14] * ct) + sa * (v[15] + v[16] * ct) +
                       p * (v[17] + ct * (v[18] + v[19] * ct) + v[20] * sa));
    T const bottom =
        v[21] + ct * (v[22] + ct * (v[23] + ct * (v[24] + v[25] * ct))) +
        sa * (v[26] + ct * (v[27] + ct * (v[28] + ct * (v[29] + v[30] * ct))) + v[36] * sa +
              root * (v[31] + ct * (v[32] + ct * (v[33] + ct * (v[34] + v[35] * ct))))) +
        p * (v[37] + ct * (v[38] + ct * (v[39] + v[40] * ct)) + sa * (v[41] + v[42] * ct) +
             p * (v[43] + ct * (v[44] + v[45] * ct + v[46] * sa) + p * (v[47] + v[48] * ct)));
    return {top, bottom};
  }

  /// The derivatives of both with respect to p.
  [[gnu::always_inline]] CUMULUS_HD static seawater_fraction by_pressure(T sa, T ct, T p) {
    T const top = v[12] + ct * (v[13] + v[14] * ct) + sa * (v[15] + v[16] * ct) +
                  T(2) * p * (v[17] + ct * (v[18] + v[19] * ct) + v[20] * sa);
    T const bottom = v[37] + ct * (v[38] + ct * (v[39] + v[40] * ct)) + sa * (v[41] + v[42] * ct) +
                     p * (T(2) * (v[43] + ct * (v[44] + v[45] * ct + v[46] * sa)) +
                          T(3) * p * (v[47] + v[48] * ct));
    return {top, bottom};
  }
};

}  // namespace detail

/// In-situ density of seawater, in kg m-3, of absolute salinity sa (g kg-1, not negative),
/// conservative temperature ct (degrees Celsius) and sea pressure p (dbar: what is above that of a
/// standard atmosphere).
///     cm::ndarray rho = cm::map(cm::climate::seawater_density, sa, ct, p);
///     double const one = cm::climate::seawater_density(35.0, 10.0, 1000.0);
/// Dtype:  that of the three numbers, float or double.    NaN: propagates, as does sa < 0.
/// Range:  the ocean: sa to 42 g kg-1, ct from freezing to 40 degrees Celsius, p to 8000 dbar.
/// Cost:   about 100 operations, one square root, one division; three loads per cell. Loops of it
///         become vector instructions where the compiler may forget errno: g++ -O3 -fno-math-errno.
/// Source: the 48-term expression of McDougall, Barker, Feistel and Jackett (2011) as in version
///         3.03 of the Gibbs Seawater toolbox, gsw_rho; IOC, SCOR and IAPSO (2010), TEOS-10 manual,
///         appendix K. Later versions of the toolbox have the polynomial of Roquet et al. (2015),
///         doi:10.1016/j.ocemod.2015.04.002, in its place; the two differ by some 0.001 kg m-3.
struct seawater_density_function {
  template <class T> [[gnu::always_inline]] CUMULUS_HD T operator()(T sa, T ct, T p) const {
    auto const f = detail::seawater_fraction<T>::of(sa, ct, p);
    return f.top / f.bottom;
  }
};
inline constexpr seawater_density_function seawater_density{};

/// Derivative of seawater's density with respect to pressure at constant sa and ct, in kg m-3 per
/// dbar (s2 m-2 times 1e-4). The speed of sound in m s-1 is 100 / sqrt of it.
///     cm::ndarray rho_p = cm::map(cm::climate::seawater_density_by_pressure, sa, ct, p);
/// Dtype, NaN, Range, Cost, Source: those of seawater_density; gsw_drho_dp. The difference of two
///         large products leaves float five digits.
struct seawater_density_by_pressure_function {
  template <class T> [[gnu::always_inline]] CUMULUS_HD T operator()(T sa, T ct, T p) const {
    using fraction = detail::seawater_fraction<T>;
    auto const f = fraction::of(sa, ct, p);
    auto const d = fraction::by_pressure(sa, ct, p);
    return (d.top * f.bottom - d.bottom * f.top) / (f.bottom * f.bottom);
  }
};
inline constexpr seawater_density_by_pressure_function seawater_density_by_pressure{};

}  // namespace CUMULUS_TARGET
}  // namespace cumulus::inline v1::climate
