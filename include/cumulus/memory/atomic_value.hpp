// SPDX-License-Identifier: Apache-2.0
#pragma once
// Values that several threads change, as the compiler's own functions give them: <atomic> brings
// waiting, system calls and error categories into every source.

#include <type_traits>

namespace cumulus::inline v1 {

/// What the other threads see of the writes around an access.
enum class atomic_order {
  relaxed = __ATOMIC_RELAXED,
  acquire = __ATOMIC_ACQUIRE,
  release = __ATOMIC_RELEASE,
  acquire_release = __ATOMIC_ACQ_REL,
  sequential = __ATOMIC_SEQ_CST,
};

/// An integer, a truth or a pointer. Every access is atomic, and in one order for all threads
/// unless it says otherwise.
template <class T> class atomic_value {
  static_assert(std::is_integral_v<T> || std::is_pointer_v<T>);

 public:
  constexpr atomic_value(T value = T()) noexcept : value_(value) {}
  atomic_value(atomic_value const&) = delete;
  atomic_value& operator=(atomic_value const&) = delete;

  T load(atomic_order order = atomic_order::sequential) const noexcept {
    return __atomic_load_n(&value_, static_cast<int>(order));
  }
  void store(T value, atomic_order order = atomic_order::sequential) noexcept {
    __atomic_store_n(&value_, value, static_cast<int>(order));
  }
  operator T() const noexcept { return load(); }
  T operator=(T value) noexcept {
    store(value);
    return value;
  }

  /// Each gives the value before.
  T exchange(T value) noexcept { return __atomic_exchange_n(&value_, value, __ATOMIC_SEQ_CST); }
  T add(T count, atomic_order order = atomic_order::sequential) noexcept
    requires std::is_integral_v<T>
  {
    return __atomic_fetch_add(&value_, count, static_cast<int>(order));
  }
  T subtract(T count, atomic_order order = atomic_order::sequential) noexcept
    requires std::is_integral_v<T>
  {
    return __atomic_fetch_sub(&value_, count, static_cast<int>(order));
  }

  /// Stores `value` if it finds `expected`; else puts what it found there and gives false.
  bool replace(T& expected, T value) noexcept {
    return __atomic_compare_exchange_n(&value_, &expected, value, false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_SEQ_CST);
  }

 private:
  alignas(sizeof(T)) T value_;
};

}  // namespace cumulus::inline v1
