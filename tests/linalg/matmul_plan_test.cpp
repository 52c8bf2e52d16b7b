// SPDX-License-Identifier: Apache-2.0
// Oracle: the rules of row-major BLAS (a line of unit stride, a leading dimension at least its
// length) worked out by hand for each layout.
#include "cumulus/linalg/matmul_plan.hpp"

#include <gtest/gtest.h>

namespace {

using cumulus::index_t;
using cumulus::matmul_plan;
using cumulus::matmul_shape;
using cumulus::plan_matmul;
using cumulus::product;
using cumulus::product_input;
using cumulus::row_major_strides;
using cumulus::shape;
using cumulus::strides;

product_input whole(shape const& s) { return {s, row_major_strides(s)}; }

std::string planned(product_input const& a, product_input const& b) {
  return to_string(plan_matmul(a, b));
}

TEST(MatmulPlan, ReadsRowMajorMatricesInPlace) {
  EXPECT_EQ(planned(whole({3, 4}), whole({4, 5})),
            "single (3, 4) @ (4, 5), a leading 4, b leading 5");
}

TEST(MatmulPlan, PassesTransposedMatricesAsSuch) {
  EXPECT_EQ(planned({{3, 4}, {1, 3}}, whole({4, 5})),
            "single (3, 4) @ (4, 5), a transposed leading 3, b leading 5");
  EXPECT_EQ(planned(whole({3, 4}), {{4, 5}, {1, 4}}),
            "single (3, 4) @ (4, 5), a leading 4, b transposed leading 4");
}

TEST(MatmulPlan, PassesSlicedColumnsByLeadingDimension) {
  EXPECT_EQ(planned({{3, 4}, {9, 1}}, {{4, 5}, {1, 11}}),
            "single (3, 4) @ (4, 5), a leading 9, b transposed leading 11");
}

TEST(MatmulPlan, CopiesWhatHasNoUsableUnitStride) {
  char const* const copied = "single (3, 4) @ (4, 5), a copied leading 4, b leading 5";
  EXPECT_EQ(planned({{3, 4}, {8, 2}}, whole({4, 5})), copied);         // every second column
  EXPECT_EQ(planned({{3, 4}, {4, -1}}, whole({4, 5})), copied);        // columns reversed
  EXPECT_EQ(planned({{3, 4}, {-4, 1}}, whole({4, 5})), copied);        // rows reversed
  EXPECT_EQ(planned({{3, 4}, {0, 1}}, whole({4, 5})), copied);         // one row repeated
  EXPECT_EQ(planned({{3, 4}, {4, 0}}, whole({4, 5})), copied);         // one column repeated
  EXPECT_EQ(planned({{3, 4}, {1, 1}}, whole({4, 5})), copied);         // a sliding window
  EXPECT_EQ(planned({{3, 4}, {4, 1}, false}, whole({4, 5})), copied);  // of another type
  EXPECT_EQ(planned(whole({3, 4}), {{4, 5}, {-5, 1}}),
            "single (3, 4) @ (4, 5), a leading 4, b copied leading 5");
}

TEST(MatmulPlan, ReadsSingleRowsAndColumnsAtAnyPositiveStep) {
  EXPECT_EQ(planned({{4}, {3}}, whole({4, 5})),
            "single (1, 4) @ (4, 5), a transposed leading 3, b leading 5");
  EXPECT_EQ(planned(whole({3, 4}), {{4}, {7}}), "single (3, 4) @ (4, 1), a leading 4, b leading 7");
  EXPECT_EQ(planned({{1, 4}, {-9, 1}}, whole({4, 5})),
            "single (1, 4) @ (4, 5), a leading 4, b leading 5");
  EXPECT_EQ(planned({{4}, {-1}}, {{4}, {0}}),
            "single (1, 4) @ (4, 1), a copied leading 4, b copied leading 1");
}

TEST(MatmulPlan, MergesBatchAxesThatBothOperandsWalkEvenly) {
  matmul_plan const p = plan_matmul(whole({2, 3, 4, 5}), whole({2, 3, 5, 6}));
  EXPECT_EQ(to_string(p), "strided_batch (6,) of (4, 5) @ (5, 6), a leading 5, b leading 6");
  EXPECT_EQ(p.a.batch[0], 20);
  EXPECT_EQ(p.b.batch[0], 30);
  EXPECT_EQ(p.result, (shape{2, 3, 4, 6}));
}

TEST(MatmulPlan, KeepsBatchAxesThatDoNotMerge) {
  matmul_plan const p = plan_matmul(whole({3, 1, 2, 4}), whole({5, 4, 2}));
  EXPECT_EQ(to_string(p), "nested_batch (3, 5) of (2, 4) @ (4, 2), a leading 4, b leading 2");
  EXPECT_EQ(p.a.batch[0], 8);
  EXPECT_EQ(p.a.batch[1], 0);
  EXPECT_EQ(p.b.batch[0], 0);
  EXPECT_EQ(p.b.batch[1], 8);
}

TEST(MatmulPlan, StacksMatricesThatMeetTheSameSecondOperand) {
  EXPECT_EQ(planned(whole({7, 3, 4}), whole({4, 5})),
            "single (21, 4) @ (4, 5), a leading 4, b leading 5");
  // Vectors in a stack need not touch.
  EXPECT_EQ(planned({{7, 1, 4}, {9, 9, 1}}, whole({4, 5})),
            "single (7, 4) @ (4, 5), a leading 9, b leading 5");
  // Matrices with a gap between them, and transposed ones, stay a batch.
  EXPECT_EQ(planned({{7, 3, 4}, {20, 4, 1}}, whole({4, 5})),
            "strided_batch (7,) of (3, 4) @ (4, 5), a leading 4, b leading 5");
  EXPECT_EQ(planned({{7, 3, 4}, {12, 1, 3}}, whole({4, 5})),
            "strided_batch (7,) of (3, 4) @ (4, 5), a transposed leading 3, b leading 5");
  EXPECT_EQ(planned(whole({3, 4}), whole({7, 4, 5})),
            "strided_batch (7,) of (3, 4) @ (4, 5), a leading 4, b leading 5");
}

TEST(MatmulPlan, DoesNotCopyARepeatedBatch) {
  matmul_plan const p = plan_matmul({{7, 3, 4}, {0, 4, 1}}, whole({7, 4, 5}));
  EXPECT_FALSE(p.a.copied);
  EXPECT_EQ(p.a.batch[0], 0);
  // When the matrix itself must be copied, it is copied once.
  matmul_plan const q = plan_matmul({{7, 3, 4}, {0, 4, -1}}, whole({7, 4, 5}));
  EXPECT_TRUE(q.a.copied);
  EXPECT_EQ(q.a.stored, (shape{1, 3, 4}));
  EXPECT_EQ(q.a.batch[0], 0);
  EXPECT_EQ(q.what, product::strided_batch);
}

TEST(MatmulPlan, NamesProductsThatNeedNoLibrary) {
  EXPECT_EQ(plan_matmul(whole({0, 4}), whole({4, 5})).what, product::empty);
  EXPECT_EQ(plan_matmul(whole({0, 3, 4}), whole({4, 5})).what, product::empty);
  EXPECT_EQ(plan_matmul(whole({3, 0}), whole({0, 5})).what, product::zeros);
  EXPECT_EQ(plan_matmul(whole({0}), whole({0})).what, product::zeros);
}

TEST(MatmulPlan, HandlesSizesPast32Bits) {
  index_t const many = index_t{1} << 33;
  EXPECT_EQ(planned(whole({many, 2}), whole({2, 3})),
            "single (8589934592, 2) @ (2, 3), a leading 2, b leading 3");
}

// numpy.matmul's shapes.
TEST(MatmulShape, IsNumpys) {
  EXPECT_EQ(matmul_shape({3, 4}, {4, 5}), (shape{3, 5}));
  EXPECT_EQ(matmul_shape({4}, {4}), shape{});
  EXPECT_EQ(matmul_shape({4}, {4, 5}), shape{5});
  EXPECT_EQ(matmul_shape({3, 4}, {4}), shape{3});
  EXPECT_EQ(matmul_shape({4}, {2, 4, 5}), (shape{2, 5}));
  EXPECT_EQ(matmul_shape({2, 3, 4}, {4}), (shape{2, 3}));
  EXPECT_EQ(matmul_shape({7, 1, 3, 4}, {5, 4, 2}), (shape{7, 5, 3, 2}));
  EXPECT_EQ(matmul_shape({1, 3, 4}, {0, 4, 2}), (shape{0, 3, 2}));
}

TEST(MatmulShape, RefusesWhatNumpyRefuses) {
  EXPECT_THROW(matmul_shape({}, {3}), cumulus::shape_error);
  EXPECT_THROW(matmul_shape({3}, {}), cumulus::shape_error);
  EXPECT_THROW(matmul_shape({3}, {1, 3}), cumulus::shape_error);
  EXPECT_THROW(matmul_shape({3, 4}, {3, 4}), cumulus::shape_error);
  EXPECT_THROW(matmul_shape({2, 3, 4}, {3, 4, 5}), cumulus::shape_error);
}

TEST(MatmulShape, RefusesASizeThatDoesNotFit) {
  index_t const n = index_t{1} << 33;
  EXPECT_THROW(matmul_shape({n, 1}, {1, n}), cumulus::shape_error);
  EXPECT_THROW(plan_matmul({{n, 1}, {0, 1}}, {{1, n}, {1, 0}}), cumulus::shape_error);
}

}  // namespace
