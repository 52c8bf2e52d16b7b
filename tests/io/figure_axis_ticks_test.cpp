// SPDX-License-Identifier: Apache-2.0
// Ticks, labels and units of figures. Oracles are closed forms and the Unicode standard's table of
// well-formed UTF-8.

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "cumulus/io/figure/axis_ticks.hpp"

namespace plot = cumulus::plot;
using labels = std::vector<std::string>;

TEST(axis_ticks, nice_steps_are_1_2_5_times_powers_of_ten) {
  EXPECT_DOUBLE_EQ(plot::nice_step(10, 10), 1);
  EXPECT_DOUBLE_EQ(plot::nice_step(10.01, 10), 2);
  EXPECT_DOUBLE_EQ(plot::nice_step(0.7, 6), 0.2);
  EXPECT_DOUBLE_EQ(plot::nice_step(40, 6), 10);
  EXPECT_DOUBLE_EQ(plot::nice_step(4e-7, 10), 5e-8);
}

TEST(axis_ticks, no_step_gives_more_intervals_than_asked) {
  // A law: ceil(span / step) <= most, and a step is less than 2.5 times the smallest that would do.
  for (int most : {1, 2, 6, 12}) {
    for (double span = 1e-6; span < 1e7; span *= 1.37) {
      double const step = plot::nice_step(span, most);
      EXPECT_LE(span / step, most * (1 + 1e-8)) << span;
      EXPECT_GE(span / step, most / 2.5 * (1 - 1e-8)) << span;
    }
  }
}

TEST(axis_ticks, nice_limits_round_up_and_keep_round_numbers) {
  EXPECT_DOUBLE_EQ(plot::nice_limit(1), 1);
  EXPECT_DOUBLE_EQ(plot::nice_limit(1.01), 1.5);
  EXPECT_DOUBLE_EQ(plot::nice_limit(0.0231), 0.025);
  EXPECT_DOUBLE_EQ(plot::nice_limit(370), 400);
  EXPECT_DOUBLE_EQ(plot::nice_limit(8.1), 10);
  EXPECT_DOUBLE_EQ(plot::nice_limit(1e-5), 1e-5);
}

TEST(axis_ticks, every_nice_limit_has_ticks_at_both_ends_and_zero) {
  for (double factor : {1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0}) {
    for (double power : {1e-9, 0.1, 1.0, 1e3, 1e12}) {
      double const limit = factor * power;
      auto const ticks = plot::symmetric_ticks(limit);
      ASSERT_GE(ticks.at.size(), 7u) << limit;
      ASSERT_LE(ticks.at.size(), 11u) << limit;
      EXPECT_DOUBLE_EQ(ticks.at.front(), -limit);
      EXPECT_DOUBLE_EQ(ticks.at.back(), limit);
      EXPECT_EQ(ticks.at[ticks.at.size() / 2], 0);
      EXPECT_EQ(ticks.labels[ticks.at.size() / 2].find_first_of("123456789"), std::string::npos);
    }
  }
}

TEST(axis_ticks, labels_have_true_minus_signs_and_the_decimals_of_the_step) {
  EXPECT_EQ(plot::symmetric_ticks(1.5).labels,
            (labels{"−1.5", "−1.0", "−0.5", "0.0", "0.5", "1.0", "1.5"}));
  EXPECT_EQ(plot::number_ticks(287.2, 288.3, 6).labels,
            (labels{"287.2", "287.4", "287.6", "287.8", "288.0", "288.2"}));
}

TEST(axis_ticks, large_and_small_numbers_drop_a_power_of_ten) {
  auto const small = plot::symmetric_ticks(2e-5);
  EXPECT_EQ(small.exponent, -5);
  EXPECT_EQ(small.labels.front(), "−2.0");
  EXPECT_DOUBLE_EQ(small.at.front(), -2e-5);
  auto const large = plot::number_ticks(0, 4e5, 4);
  EXPECT_EQ(large.exponent, 5);
  EXPECT_EQ(large.labels, (labels{"0", "1", "2", "3", "4"}));
  EXPECT_EQ(plot::scaled_units("kg m-2 s-1", -5), "10⁻⁵ kg m⁻² s⁻¹");
  EXPECT_EQ(plot::scaled_units("1", 5), "× 10⁵");
  EXPECT_EQ(plot::scaled_units("K", 0), "K");
}

TEST(axis_ticks, degrees_are_named_within_half_a_turn_of_greenwich) {
  using enum plot::degrees_of;
  EXPECT_EQ(plot::degree_ticks(0, 360, 6, longitude).labels,
            (labels{"0°", "60°E", "120°E", "180°", "120°W", "60°W", "0°"}));
  EXPECT_EQ(plot::degree_ticks(-180, 180, 4, longitude).labels,
            (labels{"180°", "90°W", "0°", "90°E", "180°"}));
  EXPECT_EQ(plot::degree_ticks(20, 380, 6, longitude).labels,
            (labels{"60°E", "120°E", "180°", "120°W", "60°W", "0°"}));
  EXPECT_EQ(plot::degree_ticks(-90, 90, 8, latitude).labels,
            (labels{"90°S", "60°S", "30°S", "0°", "30°N", "60°N", "90°N"}));
  EXPECT_EQ(plot::degree_ticks(45.1, 46.1, 5, latitude).labels,
            (labels{"45.2°N", "45.4°N", "45.6°N", "45.8°N", "46.0°N"}));
  EXPECT_EQ(plot::degree_label(-540, longitude), "180°");
}

TEST(axis_ticks, years_then_months_then_fractions) {
  EXPECT_EQ(plot::year_ticks(1982, 1992.99, 12).labels,
            (labels{"1982", "1983", "1984", "1985", "1986", "1987", "1988", "1989", "1990", "1991",
                    "1992"}));
  EXPECT_EQ(plot::year_ticks(1850, 2014.9, 12).labels.front(), "1860");
  EXPECT_EQ(plot::year_ticks(1990.4, 1992.1, 12).labels,
            (labels{"1990-07", "1990-09", "1990-11", "1991-01", "1991-03", "1991-05", "1991-07",
                    "1991-09", "1991-11", "1992-01"}));
  EXPECT_EQ(
      plot::year_ticks(-0.26, 0.26, 12).labels,
      (labels{"−0001-10", "−0001-11", "−0001-12", "0000-01", "0000-02", "0000-03", "0000-04"}));
  EXPECT_EQ(plot::year_ticks(-2000, 0, 4).labels, (labels{"−2000", "−1500", "−1000", "−500", "0"}));
  EXPECT_EQ(plot::year_ticks(2000.001, 2000.049, 5).labels,
            (labels{"2000.01", "2000.02", "2000.03", "2000.04"}));
}

TEST(label_text, units_raise_exponents_and_leave_names_alone) {
  EXPECT_EQ(plot::pretty_units("m s-1"), "m s⁻¹");
  EXPECT_EQ(plot::pretty_units("m s^-1"), "m s⁻¹");
  EXPECT_EQ(plot::pretty_units("m**2 s**-2"), "m² s⁻²");
  EXPECT_EQ(plot::pretty_units("W m-2"), "W m⁻²");
  EXPECT_EQ(plot::pretty_units("m2"), "m²");
  for (char const* celsius : {"degC", "Deg C", "degree_Celsius", "degrees_C", "celsius"}) {
    EXPECT_EQ(plot::pretty_units(celsius), "°C");
  }
  EXPECT_EQ(plot::pretty_units("C"), "C");  // coulomb
  EXPECT_EQ(plot::pretty_units("CO2 ppm"), "CO2 ppm");
  EXPECT_EQ(plot::pretty_units("m/s"), "m/s");
  EXPECT_EQ(plot::pretty_units("10-3 kg*m"), "10-3 kg*m");
  EXPECT_EQ(plot::pretty_units(""), "");
}

TEST(label_text, printable_text_is_valid_utf8) {
  EXPECT_EQ(plot::printable("5 °C – ₂ 😀"), "5 °C – ₂ 😀");
  EXPECT_EQ(plot::printable("5 \xB0"
                            "C"),
            "5 °C");                                                // Latin-1
  EXPECT_EQ(plot::printable("\xC0\xAF"), "À¯");                     // overlong
  EXPECT_EQ(plot::printable("\xED\xA0\x80"), "í\xC2\xA0\xC2\x80");  // a lone surrogate
  EXPECT_EQ(plot::printable("\xF5"), "õ");                          // beyond U+10FFFF
  EXPECT_EQ(plot::printable("\xE2\x82"), "â\xC2\x82");              // cut off
  EXPECT_EQ(plot::printable(std::string("a\0b\nc", 5)), "a b c");
}

TEST(label_text, a_font_with_ascii_alone_keeps_every_sign) {
  EXPECT_EQ(plot::in_ascii("−1.5 10⁻⁵ m s⁻¹ 60°W"), "-1.5 10-5 m s-1 60W");
  EXPECT_EQ(plot::in_ascii("é"), "?");
}

TEST(label_text, fixed_numbers_have_no_negative_zero) {
  EXPECT_EQ(plot::fixed_number(-0.0, 1), "0.0");
  EXPECT_EQ(plot::fixed_number(-1e-9, 2), "0.00");
  EXPECT_EQ(plot::fixed_number(-12.5, 1), "−12.5");
  EXPECT_EQ(plot::fixed_number(1e300, 0).size(), 301u);
}
