// SPDX-License-Identifier: Apache-2.0
#pragma once
// Arrays from and to NumPy's .npy files: load and save.

#include "cumulus/array/ndarray.hpp"
#include "cumulus/core/plain.hpp"
#include "cumulus/io/npy/npy_file.hpp"

namespace cumulus::inline CUMULUS_TARGET {

/// How a file is read.
struct load_options {
  bool convert = false;  ///< accept any element type and convert it as astype does
};

namespace detail {

/// Reads elements of type From piece by piece into elements of type To.
template <dtype From, dtype To> void read_converted(npy_file& file, To* to, std::size_t count) {
  std::size_t const most = 8192;
  buffer const memory = allocate_host(most * sizeof(From));
  From* const piece = static_cast<From*>(memory.data());
  for (std::size_t done = 0; done < count; done += most) {
    std::size_t const n = plain::min(most, count - done);
    read_elements(file, piece, n);
    for (std::size_t i = 0; i < n; ++i) {
      to[done + i] = elementary::cast<To>(piece[i]);
    }
  }
}

template <dtype To, dtype... From> void read_any_of(npy_file& file, To* to, std::size_t count) {
  auto const& type = file.header().type;
  (void)((type.same_values_as(npy_type_of<From>()) &&
          (read_converted<From>(file, to, count), true)) ||
         ...);
}

template <dtype To> void read_any(npy_file& file, To* to, std::size_t count) {
  read_any_of<To, bool, std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t,
              std::uint16_t, std::uint32_t, std::uint64_t, float16, float, double, complex<float>,
              complex<double>>(file, to, count);
}

/// True if a file of this type is read without conversion.
template <dtype T> bool holds(npy_header const& header) {
  if constexpr (std::is_same_v<T, bfloat16>) {
    return false;
  } else {
    return header.type.same_values_as(npy_type_of<T>());
  }
}

inline bool is_column_major(shape const& s, strides const& st) {
  shape reversed_shape;
  strides reversed_strides;
  for (int k = s.rank() - 1; k >= 0; --k) {
    reversed_shape.push_back(s[k]);
    reversed_strides.push_back(st[k]);
  }
  return is_row_major(reversed_shape, reversed_strides);
}

/// The array of a file whose elements lie in column-major order.
template <dtype T> ndarray<T, host> from_column_major(ndarray<T, host> const& elements) {
  shape const& s = elements.shape();
  strides st = strides::filled(s.rank(), 1);
  for (int k = 1; k < s.rank(); ++k) {
    st[k] = st[k - 1] * s[k - 1];
  }
  return ndarray<T, host>(array_view<T const, host>(elements.owner(), elements.data(), s, st));
}

}  // namespace detail

/// The array of a .npy file, whichever byte order, version and order of axes it has.
///     cm::ndarray<float> t = cm::load<float>("t2m.npy");
///     auto t64 = cm::load<double>("t2m.npy", {.convert = true});
/// Dtype:  T, which the file's type must be unless `convert` is set.
/// Throws: dtype_error if the file holds another type, or one that no array has (strings, records,
///         objects, times, long double); io_error if the file cannot be read, is no .npy file or
///         is cut; shape_error if it has more than 8 axes; out_of_memory.
/// Source: numpy.load. Bytes behind the data are ignored, pickled objects are never read.
template <dtype T, memory_space Space = default_space>
ndarray<T, Space> load(std::string const& path, load_options options = {}) {
  npy_file file(path);
  npy_header const& header = file.header();
  bool const exact = detail::holds<T>(header);
  if (!exact && !options.convert) {
    throw dtype_error(file.where() + ": expected " + dtype_name<T>() + ", got " +
                      npy_type_name(header.type) + " ('" + header.descr +
                      "'); convert with {.convert = true}");
  }
  ndarray<T, host> elements(header.shape);
  auto const count = static_cast<std::size_t>(elements.size());
  if (exact) {
    read_elements(file, elements.data(), count);
  } else {
    detail::read_any(file, elements.data(), count);
  }
  if (header.fortran_order && header.shape.rank() > 1) {
    elements = detail::from_column_major(elements);
  }
  if constexpr (std::is_same_v<Space, host>) {
    return elements;
  } else {
    return ndarray<T, Space>(elements.shape(), elements.data());
  }
}

/// Writes an array, or the values of an expression, to a .npy file: the bytes that numpy.save
/// writes. The file appears, or replaces an older one, when it is complete and on the disk.
///     cm::save("anomaly.npy", t - cm::mean(t, 0, {.keepdims = true}));
/// Dtype:  every type of an array but bfloat16, which .npy does not have.
/// Throws: io_error naming the file; out_of_memory.
/// Source: numpy.save.
template <array_like X> void save(std::string const& path, X const& x) {
  using T = value_type_of<X>;
  static_assert(!std::is_same_v<T, bfloat16>,
                "cumulus: .npy files have no bfloat16; save astype<float>(x)");
  if constexpr (std::is_same_v<T, bfloat16>) {
    return;  // said above, in one message
  } else if constexpr (!requires { x.strides(); }) {
    save(path, ndarray<T, space_of<X>>(x));
  } else if constexpr (!std::is_same_v<space_of<X>, host>) {
    save(path, x.template to<host>());
  } else {
    bool const fortran_order =
        !x.is_contiguous() && detail::is_column_major(x.shape(), x.strides());
    if (!x.is_contiguous() && !fortran_order) {
      save(path, ndarray<T, host>(x));
      return;
    }
    write_npy(path, {npy_type_of<T>(), "", fortran_order, x.shape()}, x.data(),
              static_cast<std::size_t>(x.size()) * sizeof(T));
  }
}

}  // namespace cumulus::inline CUMULUS_TARGET
