// SPDX-License-Identifier: Apache-2.0
#pragma once
// The density of seawater and its derivative with respect to pressure, as ocean models compute them
// in every cell at every step: a benchmark of long formulas, written once on scalars.

#include <cmath>

namespace equation_of_state {

/// Coefficients of numerator and denominator, v01 … v48 of the source; v[0] is not used.
template <class T>
inline constexpr T v[49] = {T(0),
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

/// The 48-term rational function of TEOS-10: density is numerator / denominator of these.
template <class T> struct fraction {
  T top;
  T bottom;
};

template <class T> [[gnu::always_inline]] inline fraction<T> terms(T sa, T ct, T p) {
  using std::sqrt;
  constexpr auto const& c = v<T>;
  T const root = sqrt(sa);
  T const top = c[1] + ct * (c[2] + ct * (c[3] + c[4] * ct)) +
                sa * (c[5] + ct * (c[6] + c[7] * ct) +
                      root * (c[8] + ct * (c[9] + ct * (c[10] + c[11] * ct)))) +
                p * (c[12] + ct * (c[13] + c[14] * ct) + sa * (c[15] + c[16] * ct) +
                     p * (c[17] + ct * (c[18] + c[19] * ct) + c[20] * sa));
  T const bottom =
      c[21] + ct * (c[22] + ct * (c[23] + ct * (c[24] + c[25] * ct))) +
      sa * (c[26] + ct * (c[27] + ct * (c[28] + ct * (c[29] + c[30] * ct))) + c[36] * sa +
            root * (c[31] + ct * (c[32] + ct * (c[33] + ct * (c[34] + c[35] * ct))))) +
      p * (c[37] + ct * (c[38] + ct * (c[39] + c[40] * ct)) + sa * (c[41] + c[42] * ct) +
           p * (c[43] + ct * (c[44] + c[45] * ct + c[46] * sa) + p * (c[47] + c[48] * ct)));
  return {top, bottom};
}

/// In-situ density in kg/m3 of seawater with absolute salinity sa >= 0 (g/kg), conservative
/// temperature ct (deg C) and sea pressure p (dbar).
///     T const rho = equation_of_state::density(sa, ct, p);
/// Source: the 48-term expression of McDougall, Barker, Feistel and Jackett (2011) as in version
///         3.03 of the Gibbs Seawater toolbox, gsw_rho; IOC, SCOR and IAPSO (2010), appendix K. It
///         was replaced there by the polynomial of Roquet et al. (2015), doi
///         10.1016/j.ocemod.2015.04.002, which is no fraction; ocean models use both.
template <class T> [[gnu::always_inline]] inline T density(T sa, T ct, T p) {
  auto const [top, bottom] = terms(sa, ct, p);
  return top / bottom;
}

/// The derivative of density with respect to pressure, in kg/m3 per dbar, at constant sa and ct.
/// The square of the speed of sound is 10^4 over it. Source: that of density, gsw_drho_dp.
template <class T> [[gnu::always_inline]] inline T density_by_pressure(T sa, T ct, T p) {
  constexpr auto const& c = v<T>;
  auto const [top, bottom] = terms(sa, ct, p);
  T const top_p = c[12] + ct * (c[13] + c[14] * ct) + sa * (c[15] + c[16] * ct) +
                  T(2) * p * (c[17] + ct * (c[18] + c[19] * ct) + c[20] * sa);
  T const bottom_p = c[37] + ct * (c[38] + ct * (c[39] + c[40] * ct)) + sa * (c[41] + c[42] * ct) +
                     p * (T(2) * (c[43] + ct * (c[44] + c[45] * ct + c[46] * sa)) +
                          T(3) * p * (c[47] + c[48] * ct));
  return (top_p * bottom - bottom_p * top) / (bottom * bottom);
}

}  // namespace equation_of_state
