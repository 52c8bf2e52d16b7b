// SPDX-License-Identifier: Apache-2.0
// The edges of grid cells, from which area weights and maps are made. Oracle: edges by hand.

#include "cumulus/climate/cell_edges.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace {

using cumulus::climate::joined_edges;
using cumulus::climate::latitude_edges;
using cumulus::climate::longitude_edges;
using cumulus::climate::pole_edges;
using values = std::vector<double>;

TEST(CellEdges, AreMidpointsOrBounds) {
  EXPECT_EQ(latitude_edges(values{-90, -45, 0}, pole_edges::clip),
            (values{-90, -67.5, -67.5, -22.5, -22.5, 22.5}));
  EXPECT_EQ(latitude_edges(values{85, 86, 87.5}, pole_edges::snap),
            (values{84.5, 85.5, 85.5, 86.75, 86.75, 90}));
  EXPECT_EQ(latitude_edges(values{89, 87}, pole_edges::clip, values{91, 88, 88, 86}),
            (values{90, 88, 88, 86}));
  EXPECT_EQ(latitude_edges(values{30}, pole_edges::clip), (values{-90, 90}));
  EXPECT_EQ(longitude_edges(values{10}), (values{-170, 190}));
  EXPECT_EQ(longitude_edges(values{350, 355, 0, 5}),
            (values{347.5, 352.5, 352.5, 357.5, 357.5, 362.5, 362.5, 367.5}));
  EXPECT_EQ(longitude_edges(values{350, 10}), (values{340, 360, 360, 380}));
  EXPECT_EQ(longitude_edges(values{-170, 170}), (values{-160, -180, -180, -200}));
  EXPECT_EQ(longitude_edges(values{5, 0, 355}), (values{7.5, 2.5, 2.5, -2.5, -2.5, -7.5}));
  // Bounds on the other side of the circle's end than their centre.
  EXPECT_EQ(longitude_edges(values{0, 1}, values{359.5, 0.5, 0.5, 1.5}),
            (values{-0.5, 0.5, 0.5, 1.5}));
  EXPECT_EQ(longitude_edges(values{350, 10}, values{340, 0, 0, 20}), (values{340, 360, 360, 380}));
}

TEST(CellEdges, JoinWhereCellsTouch) {
  EXPECT_EQ(joined_edges(longitude_edges(values{350, 10})), (values{340, 360, 380}));
  EXPECT_EQ(joined_edges(longitude_edges(values{350, 355, 0, 5})),
            (values{347.5, 352.5, 357.5, 362.5, 367.5}));
  EXPECT_EQ(joined_edges(longitude_edges(values{350, 0}, values{345, 355, 355, 5})),
            (values{345, 355, 365}));
  EXPECT_EQ(joined_edges(latitude_edges(values{0, 10, 30}, pole_edges::clip)),
            (values{-5, 5, 20, 40}));
  EXPECT_EQ(joined_edges(latitude_edges(values{90, 88, 86}, pole_edges::clip)),
            (values{90, 89, 87, 85}));
  // Cells that run southward, each with its southern bound first.
  EXPECT_EQ(joined_edges(values{80, 90, 60, 80, 55, 60}), (values{90, 80, 60, 55}));
  EXPECT_EQ(joined_edges(values{7, 3}), (values{3, 7}));
  EXPECT_EQ(joined_edges(values{0, 10, 11, 20}), values{});  // a gap
  EXPECT_EQ(joined_edges(values{0, 10, 9, 20}), values{});   // an overlap
  EXPECT_EQ(joined_edges(values{0, 10, 20, 30, 10, 20}), values{});
  EXPECT_EQ(joined_edges(values{5, 5}), values{});
  EXPECT_EQ(joined_edges(values{0, 5, 5, 5, 5, 9}), values{});
  EXPECT_EQ(joined_edges(values{}), values{});
}

}  // namespace
