// SPDX-License-Identifier: Apache-2.0
// The figure as a file: pages, odd contents, refused input, and what an unwritable path leaves.
// Oracles: cairo's PNG reader and the file system.

#include "cumulus/io/figure.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "tests/io/decoded_png.hpp"

namespace plot = cumulus::plot;
using figure_test::decoded_png;
using figure_test::drawn;
using figure_test::scratch_directory;
using numbers = std::vector<double>;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();
numbers const globe_lat{-90, 0, 90};
numbers const globe_lon{0, 180, 360};
numbers const four{1, -1, missing, 0};
numbers const years{1990, 1991, 1992};
numbers const three{0.5, missing, -0.5};

plot::map_panel globe(std::string const& title = "map") {
  return {title, "K", four, globe_lat, globe_lon};
}
plot::series_panel trend(std::string const& title = "series") { return {title, "K", years, three}; }

std::string content(std::filesystem::path const& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The message of the error that drawing throws, if it is an E.
template <class E>
std::string refusal(plot::figure const& picture, std::filesystem::path const& path) {
  try {
    plot::write_png(picture, path);
  } catch (E const& problem) {
    return problem.what();
  }
  return "no error";
}

}  // namespace

TEST(figure, rows_lie_below_each_other) {
  auto const one = drawn({{{globe(), trend()}}});
  EXPECT_EQ(one.width(), 1200);
  EXPECT_NEAR(one.height(), 900, 60);
  auto const two = drawn({{{globe(), trend()}, {globe(), trend()}}});
  EXPECT_EQ(two.width(), 1200);
  EXPECT_EQ(two.height(), 2 * one.height());
  for (int y : {100, 300, 500}) {
    EXPECT_EQ(two.at(300, y), two.at(300, y + one.height()));
  }
}

TEST(figure, many_rows_take_further_columns) {
  std::vector<plot::figure_row> rows(14, {globe(), trend()});
  auto const png = drawn({rows});
  ASSERT_TRUE(png.valid());
  EXPECT_EQ(png.width() % 1200, 0);
  EXPECT_GT(png.width(), 1200);
  EXPECT_LE(png.height(), 12000);
  EXPECT_EQ(png.at(300, 300), png.at(1500, 300));
}

TEST(figure, more_rows_than_fit_are_refused_before_drawing) {
  // 32,767 pixels are 27 columns of 1200. A row of a map and a series is 944 pixels high, one of a
  // series alone 278: 12 and 43 of them stay within 12,000.
  using cumulus::plot::rows_that_fit;
  plot::figure picture{std::vector<plot::figure_row>(400, {globe(), std::nullopt})};
  for (plot::figure_row& row : picture.rows) {
    row.series = trend();
    row.map->values = {};  // not looked at
    row.series->values = {};
  }
  EXPECT_EQ(rows_that_fit(picture), 27 * 12);
  picture.rows.resize(324);
  EXPECT_EQ(rows_that_fit(picture), 324);
  picture.rows.assign(1162, {std::nullopt, trend()});
  EXPECT_EQ(rows_that_fit(picture), 27 * 43);
  scratch_directory const place;
  EXPECT_EQ(refusal<cumulus::value_error>(picture, place / "a.png"),
            "write_png: expected at most 1161 rows, which fit on a page, got 1162");
  EXPECT_EQ(place.entries(), 0);
  EXPECT_EQ(rows_that_fit({}), 0);
}

TEST(figure, a_row_may_lack_its_map_or_its_series) {
  EXPECT_TRUE(drawn({{{std::nullopt, trend()}}}).valid());
  EXPECT_TRUE(drawn({{{globe(), std::nullopt}}}).valid());
}

TEST(figure, odd_contents_are_drawn) {
  double const huge = std::numeric_limits<double>::max();
  double const tiny = std::numeric_limits<double>::denorm_min();
  for (numbers const& v : {numbers{missing, missing, missing, missing}, numbers{0, 0, 0, 0},
                           numbers{7, 7, 7, 7}, numbers{huge, -huge, huge, huge},
                           numbers{tiny, tiny, -tiny, 0}, numbers{inf, -inf, missing, inf}}) {
    numbers const time{2000, 2000.1, 2000.2, 2000.3};
    auto const png = drawn({{{plot::map_panel{"map", "K", v, globe_lat, globe_lon},
                              plot::series_panel{"series", "K", time, v}}}});
    ASSERT_TRUE(png.valid());
    bool const all_missing = std::isnan(v[0]);
    EXPECT_EQ(png.at_place(90, -45, 0) == plot::missing_colour, all_missing);
  }
  numbers const one{3};
  numbers const edge{10, 11};
  numbers const point{10, 10};
  EXPECT_TRUE(drawn({{{plot::map_panel{"1x1", "K", one, edge, edge}, std::nullopt}}}).valid());
  EXPECT_TRUE(drawn({{{plot::map_panel{"point", "K", one, point, point}, std::nullopt}}}).valid());
  numbers const none;
  EXPECT_TRUE(drawn({{{std::nullopt, plot::series_panel{"empty", "K", none, none}}}}).valid());
  numbers const odd_times{missing, inf, 2000};
  EXPECT_TRUE(
      drawn({{{std::nullopt, plot::series_panel{"times", "K", odd_times, years}}}}).valid());
}

TEST(figure, any_text_is_drawn) {
  for (std::string const& text :
       {std::string(), std::string("\xB0 \xFF\xFE"), std::string("a\0b", 3), std::string(5000, 'W'),
        std::string("漢字 😀 é"), std::string(400, '\xE9')}) {
    plot::map_panel map = globe(text);
    map.units = text;
    plot::series_panel series = trend(text);
    series.units = text;
    auto const png = drawn({{{map, series}}});
    ASSERT_TRUE(png.valid());
    // Nothing runs out of the page: its right margin stays white.
    EXPECT_EQ(png.count(1190, 0, 10, 50, {255, 255, 255}), 500);
  }
}

TEST(figure, works_where_no_font_is_installed) {
  // A process of its own, because fontconfig reads its configuration once.
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  scratch_directory const place;
  std::ofstream(place / "fonts.conf") << "<?xml version=\"1.0\"?><fontconfig></fontconfig>";
  EXPECT_EXIT(
      {
        ::setenv("FONTCONFIG_FILE", (place / "fonts.conf").c_str(), 1);
        std::exit(drawn({{{globe(), trend()}}}).height() > 800 ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

TEST(figure, refuses_what_does_not_fit_and_names_it) {
  using cumulus::shape_error;
  using cumulus::value_error;
  scratch_directory const place;
  auto const path = place / "a.png";
  plot::map_panel map = globe("SST");
  map.values = map.values.first(3);
  EXPECT_EQ(refusal<shape_error>({{{map, trend()}}}, path),
            "write_png: expected 2 x 2 values, got 3 in the map 'SST'");
  map = globe("SST");
  map.lat_edges = map.lat_edges.first(1);
  EXPECT_NE(refusal<shape_error>({{{map, trend()}}}, path).find("lat_edges, got 1"),
            std::string::npos);
  numbers const folded{-90, 90, 0};
  map = globe("SST");
  map.lat_edges = folded;
  EXPECT_NE(refusal<value_error>({{{map, trend()}}}, path).find("monotonic"), std::string::npos);
  numbers const broken{0, missing, 360};
  map = globe("SST");
  map.lon_edges = broken;
  EXPECT_NE(refusal<value_error>({{{map, trend()}}}, path).find("lon_edges"), std::string::npos);
  for (double limit : {-1.0, missing, inf}) {
    map = globe("SST");
    map.limit = limit;
    EXPECT_NE(refusal<value_error>({{{map, trend()}}}, path).find("limit"), std::string::npos);
  }
  plot::series_panel series = trend("mean");
  series.values = series.values.first(2);
  EXPECT_EQ(refusal<shape_error>({{{globe(), series}}}, path),
            "write_png: expected as many times as values, got 3 and 2 in the series 'mean'");
  EXPECT_NE(refusal<value_error>({}, path), "no error");
  EXPECT_NE(refusal<value_error>({{{std::nullopt, std::nullopt}}}, path), "no error");
  EXPECT_EQ(place.entries(), 0);
}

TEST(figure, an_unwritable_path_is_named_and_nothing_is_left) {
  scratch_directory const place;
  std::filesystem::create_directory(place / "folder.png");
  std::ofstream(place / "file") << "x";
  for (char const* name : {"no/such/a.png", "folder.png", "file/a.png"}) {
    std::string const message = refusal<cumulus::io_error>({{{globe(), trend()}}}, place / name);
    EXPECT_NE(message.find((place / name).string()), std::string::npos) << message;
  }
  EXPECT_NE(refusal<cumulus::io_error>({{{globe(), trend()}}}, ""), "no error");
  EXPECT_NE(refusal<cumulus::io_error>({{{globe(), trend()}}}, "/dev/null"), "no error");
  EXPECT_EQ(place.entries(), 2);
  EXPECT_TRUE(std::filesystem::is_empty(place / "folder.png"));
}

TEST(figure, a_full_disk_leaves_the_old_file) {
  scratch_directory const place;
  std::ofstream(place / "a.png") << "old";
  // A limit on the size of files fails write() as a full disk does.
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 4096;
  auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  std::string const message = refusal<cumulus::io_error>({{{globe(), trend()}}}, place / "a.png");
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_NE(message.find((place / "a.png").string()), std::string::npos) << message;
  EXPECT_EQ(content(place / "a.png"), "old");
  EXPECT_EQ(place.entries(), 1);
}

TEST(figure, the_caller_decides_when_the_file_takes_its_name) {
  scratch_directory const place;
  {
    cumulus::replaced_file file(place / "a.png");
    plot::write_png({{{globe(), trend()}}}, file);
    EXPECT_FALSE(std::filesystem::exists(place / "a.png"));
    file.commit();
  }
  EXPECT_TRUE(decoded_png(place / "a.png").valid());
  {
    cumulus::replaced_file dropped(place / "b.png");
    plot::write_png({{{globe(), trend()}}}, dropped);
  }
  EXPECT_EQ(place.entries(), 1);
}

TEST(figure, an_existing_file_is_replaced_and_the_same_figure_gives_the_same_bytes) {
  scratch_directory const place;
  std::ofstream(place / "a.png") << "old";
  plot::write_png({{{globe(), trend()}}}, place / "a.png");
  plot::write_png({{{globe(), trend()}}}, place / "b.png");
  EXPECT_TRUE(decoded_png(place / "a.png").valid());
  EXPECT_EQ(content(place / "a.png"), content(place / "b.png"));
  EXPECT_EQ(place.entries(), 2);
}
