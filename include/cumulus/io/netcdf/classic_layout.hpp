// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where the variables of a classic NetCDF file lie, read from its header. netCDF-C answers a read
// beyond the end of a truncated classic file with zeros and no error; the reader uses this to
// refuse. Source: the grammar in "The NetCDF Classic Format Specification" (CDF-1, CDF-2, CDF-5).

#include <cstdint>
#include <cstring>
#include <fstream>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cumulus/core/config.hpp"
#include "cumulus/core/error.hpp"

namespace cumulus::inline v1 {

/// Byte offsets of the variables of a classic file.
struct classic_layout {
  struct variable {
    std::string name;
    std::uint64_t begin = 0;       // offset of the first element
    std::uint64_t item_bytes = 0;  // of one element
    bool is_record = false;        // its first dimension is unlimited
  };
  std::vector<variable> variables;
  std::uint64_t record_bytes = 0;  // distance between records, over all record variables

  /// Parses the beginning of a file. Nothing: the header goes on beyond `bytes`.
  /// Throws: io_error naming `file` if the bytes are not a classic header.
  static std::optional<classic_layout> parse(std::span<unsigned char const> bytes,
                                             std::string const& file);
};

namespace detail {

/// A cursor over a classic header that never reads beyond its bytes: past the end every answer is
/// 0 and `exhausted` is set.
struct classic_cursor {
  std::span<unsigned char const> bytes;
  std::string const& file;
  bool wide = false;         // CDF-5: counts are 8 bytes
  bool wide_offset = false;  // CDF-2 and CDF-5: offsets are 8 bytes
  std::size_t position = 0;
  bool exhausted = false;

  [[noreturn]] void fail(char const* what) const {
    throw io_error("netcdf_file: '" + file + "' has a damaged header: " + what + " near byte " +
                   std::to_string(position));
  }
  void skip(std::uint64_t count) {
    if (exhausted || count > bytes.size() - position) {
      exhausted = true;
    } else {
      position += static_cast<std::size_t>(count);
    }
  }
  std::uint64_t number(int width) {
    std::size_t const from = position;
    skip(static_cast<std::uint64_t>(width));
    std::uint64_t value = 0;
    for (int k = 0; k < width && !exhausted; ++k) {
      value = value << 8 | bytes[from + static_cast<std::size_t>(k)];
    }
    return value;
  }
  std::uint64_t count() {
    std::uint64_t const value = number(wide ? 8 : 4);
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) - 3) {
      fail("a negative count");
    }
    return value;
  }
  std::uint64_t offset() { return number(wide_offset ? 8 : 4); }
  static std::uint64_t padded(std::uint64_t n) { return (n + 3) / 4 * 4; }

  std::string name() {
    std::uint64_t const length = count();
    if (length > 256) {
      fail("a name beyond 256 bytes");  // netCDF-C copies longer ones beyond NC_MAX_NAME
    }
    std::size_t const from = position;
    skip(padded(length));
    return exhausted ? std::string()
                     : std::string(reinterpret_cast<char const*>(bytes.data()) + from, length);
  }
  std::uint64_t type_bytes() {
    std::uint64_t const type = number(4);
    constexpr std::uint64_t sizes[] = {0, 1, 1, 2, 4, 4, 8, 1, 2, 4, 8, 8};
    if (!exhausted && (type < 1 || type > (wide ? 11U : 6U))) {
      fail("an unknown type");
    }
    return exhausted ? 0 : sizes[type];
  }
  /// Length of a list that begins with `tag`, or 0 for an absent one.
  std::uint64_t list(std::uint64_t tag) {
    std::uint64_t const found = number(4);
    std::uint64_t const length = count();
    if (!exhausted && found != tag && !(found == 0 && length == 0)) {
      fail("an unexpected tag");
    }
    return length;
  }
  void skip_attributes() {
    std::uint64_t const length = list(12);
    for (std::uint64_t k = 0; k < length && !exhausted; ++k) {
      name();
      std::uint64_t const size = type_bytes();
      std::uint64_t const values = count();
      skip(values > bytes.size() ? bytes.size() + 1 : padded(values * size));
    }
  }
};

/// a * b, or the largest value if it does not fit.
inline std::uint64_t saturated_product(std::uint64_t a, std::uint64_t b) {
  return b != 0 && a > std::numeric_limits<std::uint64_t>::max() / b
             ? std::numeric_limits<std::uint64_t>::max()
             : a * b;
}

}  // namespace detail

inline std::optional<classic_layout> classic_layout::parse(std::span<unsigned char const> bytes,
                                                           std::string const& file) {
  detail::classic_cursor in{bytes, file};
  if (bytes.size() < 4) {
    return std::nullopt;
  }
  int const version = bytes[3];
  if (std::memcmp(bytes.data(), "CDF", 3) != 0 || (version != 1 && version != 2 && version != 5)) {
    in.fail("not a classic NetCDF file");
  }
  in.wide = version == 5;
  in.wide_offset = version != 1;
  in.position = 4;
  in.number(in.wide ? 8 : 4);  // the number of records; netCDF-C reports it

  std::vector<std::uint64_t> lengths;  // 0: unlimited
  std::uint64_t const dimensions = in.list(10);
  for (std::uint64_t k = 0; k < dimensions && !in.exhausted; ++k) {
    in.name();
    lengths.push_back(in.count());
  }
  in.skip_attributes();

  classic_layout layout;
  // Where there is only one record variable, its records are stored without padding.
  std::uint64_t unpadded_record = 0;
  int record_variables = 0;
  std::uint64_t const variables = in.list(11);
  for (std::uint64_t k = 0; k < variables && !in.exhausted; ++k) {
    variable v;
    v.name = in.name();
    std::uint64_t const rank = in.count();
    std::uint64_t size = 1;
    for (std::uint64_t d = 0; d < rank && !in.exhausted; ++d) {
      std::uint64_t const id = in.count();
      if (!in.exhausted && id >= lengths.size()) {
        in.fail("a dimension that does not exist");
      }
      std::uint64_t const length = in.exhausted ? 1 : lengths[id];
      v.is_record = v.is_record || (d == 0 && length == 0);
      size = detail::saturated_product(size, d == 0 && length == 0 ? 1 : length);
    }
    in.skip_attributes();
    v.item_bytes = in.type_bytes();
    in.number(in.wide ? 8 : 4);  // vsize: redundant, and wrong by design above 4 GiB
    v.begin = in.offset();
    size = detail::saturated_product(size, v.item_bytes);
    if (v.is_record && !in.exhausted) {
      if (size > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / 2 ||
          layout.record_bytes >
              static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / 2) {
        in.fail("a record of impossible size");
      }
      ++record_variables;
      unpadded_record = size;
      layout.record_bytes += in.padded(size);
    }
    layout.variables.push_back(std::move(v));
  }
  if (in.exhausted) {
    return std::nullopt;
  }
  if (record_variables == 1) {
    layout.record_bytes = unpadded_record;
  }
  return layout;
}

/// The layout of a classic file, or nothing if `file` does not begin with "CDF".
/// Throws: io_error if the file ends within its header or the header is damaged.
inline std::optional<classic_layout> read_classic_layout(std::string const& file,
                                                         std::uint64_t file_bytes) {
  constexpr std::uint64_t largest_header = std::uint64_t{1} << 28;
  std::ifstream stream(file, std::ios::binary);
  std::vector<unsigned char> bytes;
  for (std::uint64_t wanted = 1 << 16;; wanted *= 8) {
    std::size_t const have = bytes.size();
    bytes.resize(static_cast<std::size_t>(std::min(wanted, file_bytes)));
    stream.read(reinterpret_cast<char*>(bytes.data() + have),
                static_cast<std::streamsize>(bytes.size() - have));
    if (!stream) {
      throw io_error("netcdf_file: cannot read '" + file + "'");
    }
    if (bytes.size() < 4 || std::memcmp(bytes.data(), "CDF", 3) != 0) {
      return std::nullopt;
    }
    if (auto layout = classic_layout::parse(bytes, file)) {
      return layout;
    }
    if (bytes.size() == file_bytes) {
      throw io_error("netcdf_file: '" + file + "' is truncated: it ends after " +
                     std::to_string(file_bytes) + " bytes, within its header");
    }
    if (wanted >= largest_header) {
      throw io_error("netcdf_file: '" + file + "' has a damaged header: it is larger than 256 MiB");
    }
  }
}

}  // namespace cumulus::inline v1
