// SPDX-License-Identifier: Apache-2.0
// Buffers and the memory resource that a user may replace: what is allocated is freed once, with
// its size, by the resource it came from.

#include "tests/typed_arrays.hpp"

namespace {

using namespace typed_arrays;

struct counter {
  int freed = 0;
};
void count_free(void* data, std::size_t bytes, void* context) noexcept {
  EXPECT_EQ(bytes, 12u);
  EXPECT_NE(data, nullptr);
  ++static_cast<counter*>(context)->freed;
}

TEST(buffer, is_freed_by_the_last_reference) {
  counter c;
  char storage[12];
  {
    cm::buffer a(storage, sizeof storage, count_free, &c);
    cm::buffer b = a;
    EXPECT_EQ(a.use_count(), 2);
    EXPECT_EQ(a, b);
    cm::buffer const d = std::move(a);
    EXPECT_FALSE(a);  // NOLINT: what moving leaves is documented
    EXPECT_EQ(d.use_count(), 2);
    b = b;  // NOLINT
    EXPECT_EQ(b.use_count(), 2);
    b = cm::buffer();
    EXPECT_EQ(d.use_count(), 1);
    EXPECT_EQ(c.freed, 0);
    EXPECT_EQ(d.bytes(), 12u);
  }
  EXPECT_EQ(c.freed, 1);
  EXPECT_EQ(cm::buffer().use_count(), 0);
  EXPECT_EQ(cm::buffer().data(), nullptr);
}

/// Counts what it hands out; fails when `left` allocations are used up.
class counting_resource final : public cm::memory_resource {
 public:
  explicit counting_resource(int left) : left_(left) {}
  void* allocate(std::size_t bytes) override {
    if (left_-- == 0) {
      throw cm::out_of_memory("test: no allocation left");
    }
    live_ += bytes;
    ++count_;
    return std::aligned_alloc(64, (bytes + 63) / 64 * 64);
  }
  void deallocate(void* data, std::size_t bytes) noexcept override {
    live_ -= bytes;
    std::free(data);
  }
  std::size_t live() const { return live_; }
  int count() const { return count_; }

 private:
  int left_;
  int count_ = 0;
  std::size_t live_ = 0;
};

class resource_scope {
 public:
  explicit resource_scope(cm::memory_resource& r) : before_(cm::set_resource<cm::host>(r)) {}
  ~resource_scope() { cm::set_resource<cm::host>(before_); }

 private:
  cm::memory_resource& before_;
};

using array = cm::ndarray<double, cm::host>;

TEST(memory_resource, an_expression_allocates_its_output_only) {
  auto const a = counting<cm::host, double>(cm::shape{1000});
  counting_resource resource(-1);
  {
    resource_scope const scope(resource);
    array b = (a * 2.0 + a) / (cm::sqrt(a) + 1.0);
    EXPECT_EQ(resource.count(), 1);
    EXPECT_EQ(resource.live(), 8000u);
    b = b * 3.0;  // in place
    b += a;
    b(cm::_) = a;
    EXPECT_EQ(resource.count(), 1);
    b(cm::slice(1, cm::_)) = b(cm::slice(cm::_, -1));  // a temporary
    EXPECT_EQ(resource.count(), 2);
    EXPECT_EQ(resource.live(), 8000u);
  }
  EXPECT_EQ(resource.live(), 0u);
}

TEST(memory_resource, buffers_return_to_where_they_came_from) {
  counting_resource resource(-1);
  array survivor;
  {
    resource_scope const scope(resource);
    survivor = array(cm::shape{5});
  }
  EXPECT_EQ(resource.live(), 40u);
  survivor = array();
  EXPECT_EQ(resource.live(), 0u);
}

// Whichever allocation fails, nothing leaks and targets keep their values.
TEST(memory_resource, a_failing_allocation_changes_nothing) {
  auto const a = counting<cm::host, double>(cm::shape{100});
  for (int left = 0; left < 4; ++left) {
    counting_resource resource(left);
    int reached = 0;
    try {
      resource_scope const scope(resource);
      array b = a + 1.0;
      ++reached;
      array c = b;
      ++reached;
      auto const view = c(cm::_);
      try {
        c = c * 2.0;  // the view needs the old values
        ++reached;
      } catch (cm::out_of_memory const&) {
        EXPECT_EQ(c(3).item(), 4);
        throw;
      }
    } catch (cm::out_of_memory const&) {
    }
    EXPECT_EQ(reached, std::min(left, 3));
    EXPECT_EQ(resource.live(), 0u) << left;
  }
}

// The address sanitizer ends the program where malloc returns nothing.
#if !defined(__SANITIZE_ADDRESS__)
TEST(memory_resource, more_than_there_is_is_a_typed_error) {
  EXPECT_THROW(array(cm::shape{index_t{1} << 59}), cm::out_of_memory);
}
#endif

}  // namespace
