// SPDX-License-Identifier: Apache-2.0
#pragma once
// A random-access iterator over the elements of a host array in row-major order, whatever its
// strides.

#include <compare>
#include <span>  // with the categories of iterators; <iterator> brings streams and locales

#include "cumulus/core/shape.hpp"

namespace cumulus::inline v1 {

template <class T> class element_iterator {
 public:
  using iterator_category = std::random_access_iterator_tag;
  using value_type = std::remove_const_t<T>;
  using difference_type = index_t;
  using pointer = T*;
  using reference = T&;

  element_iterator() = default;
  element_iterator(T* first, shape const& s, strides const& st, index_t position)
      : first_(first), shape_(s), strides_(st), position_(position) {}

  reference operator*() const { return first_[offset(position_)]; }
  pointer operator->() const { return &**this; }
  reference operator[](index_t n) const { return first_[offset(position_ + n)]; }

  element_iterator& operator+=(index_t n) {
    position_ += n;
    return *this;
  }
  element_iterator& operator-=(index_t n) { return *this += -n; }
  element_iterator& operator++() { return *this += 1; }
  element_iterator& operator--() { return *this += -1; }
  element_iterator operator++(int) {
    element_iterator const old = *this;
    ++*this;
    return old;
  }
  element_iterator operator--(int) {
    element_iterator const old = *this;
    --*this;
    return old;
  }
  friend element_iterator operator+(element_iterator it, index_t n) { return it += n; }
  friend element_iterator operator+(index_t n, element_iterator it) { return it += n; }
  friend element_iterator operator-(element_iterator it, index_t n) { return it -= n; }
  friend index_t operator-(element_iterator const& a, element_iterator const& b) {
    return a.position_ - b.position_;
  }
  friend bool operator==(element_iterator const& a, element_iterator const& b) {
    return a.position_ == b.position_;
  }
  friend auto operator<=>(element_iterator const& a, element_iterator const& b) {
    return a.position_ <=> b.position_;
  }

 private:
  index_t offset(index_t position) const {
    index_t sum = 0;
    for (int k = shape_.rank() - 1; k >= 0; --k) {
      sum += position % shape_[k] * strides_[k];
      position /= shape_[k];
    }
    return sum;
  }

  T* first_ = nullptr;
  shape shape_;
  strides strides_;
  index_t position_ = 0;
};

}  // namespace cumulus::inline v1
