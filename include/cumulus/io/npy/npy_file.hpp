// SPDX-License-Identifier: Apache-2.0
#pragma once
// The bytes of a .npy file, read and written through the operating system. Called by io/npy.hpp.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "cumulus/core/plain.hpp"
#include "cumulus/io/npy/npy_header.hpp"
#include "cumulus/io/replaced_file.hpp"

namespace cumulus::inline v1 {

/// A .npy file opened for reading; its header is checked against its length.
class npy_file {
 public:
  /// Throws: io_error if the file cannot be read, is not .npy or is shorter than its header says;
  ///         dtype_error and shape_error as npy_header_parser.
  explicit npy_file(std::string const& path) : where_("load: '" + path + "'") {
    // A pipe without a writer must not block.
    fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd_ < 0) {
      throw io_error(where_ + ": expected a file that can be opened, got: " + std::strerror(errno));
    }
    try {
      read_header();
    } catch (...) {
      ::close(fd_);
      throw;
    }
  }
  npy_file(npy_file const&) = delete;
  npy_file& operator=(npy_file const&) = delete;
  ~npy_file() { ::close(fd_); }

  npy_header const& header() const { return header_; }
  std::string const& where() const { return where_; }

  /// The next bytes of the data, as they stand in the file.
  /// Throws: io_error if they are not there.
  void read(void* to, std::size_t bytes) {
    auto* target = static_cast<char*>(to);
    for (std::size_t done = 0; done < bytes;) {
      ssize_t const n = ::read(fd_, target + done, plain::min(bytes - done, std::size_t{1} << 30));
      if (n < 0 && errno == EINTR) {
        continue;
      }
      if (n <= 0) {
        throw io_error(where_ + ": expected " + std::to_string(bytes) + " more bytes, got " +
                       std::to_string(done) +
                       (n < 0 ? std::string(": ") + std::strerror(errno) : ""));
      }
      done += static_cast<std::size_t>(n);
    }
  }

 private:
  void read_header() {
    struct stat info{};
    if (::fstat(fd_, &info) != 0 || !S_ISREG(info.st_mode)) {
      throw io_error(where_ + ": expected a regular file, got " +
                     (S_ISDIR(info.st_mode) ? "a directory" : "a device, pipe or socket"));
    }
    auto const size = static_cast<std::size_t>(info.st_size);
    unsigned char start[12] = {};
    std::size_t const magic = 8;
    if (size < magic) {
      throw io_error(where_ + ": expected a .npy file, got " + std::to_string(size) + " bytes");
    }
    read(start, magic);
    if (std::memcmp(start, "\x93NUMPY", 6) != 0) {
      throw io_error(where_ + ": expected a .npy file, got other first bytes");
    }
    if (start[6] < 1 || start[6] > 3 || start[7] != 0) {
      throw io_error(where_ + ": expected .npy version 1.0, 2.0 or 3.0, got " +
                     std::to_string(start[6]) + "." + std::to_string(start[7]));
    }
    std::size_t const length_bytes = start[6] == 1 ? 2 : 4;
    need(size, magic + length_bytes, "header");
    read(start + magic, length_bytes);
    std::size_t length = 0;
    for (std::size_t i = length_bytes; i-- > 0;) {
      length = length << 8 | start[magic + i];
    }
    need(size, magic + length_bytes + length, "header");
    std::size_t const longest = 1 << 20;
    if (length > longest) {
      throw io_error(where_ + ": expected a .npy header of at most " + std::to_string(longest) +
                     " bytes, got " + std::to_string(length));
    }
    std::string text(length, '\0');
    read(text.data(), length);
    header_ = npy_header_parser(text, where_).parse();
    need(size, magic + length_bytes + length + data_bytes(), "data");
  }

  void need(std::size_t size, std::size_t expected, char const* what) const {
    if (size < expected) {
      throw io_error(where_ + ": expected " + std::to_string(expected) +
                     " bytes to the end of the " + what + ", got " + std::to_string(size));
    }
  }

  std::size_t data_bytes() const {
    auto const item = static_cast<std::size_t>(header_.type.item_bytes);
    try {
      return static_cast<std::size_t>(checked_size(header_.shape, item, "load")) * item;
    } catch (shape_error const&) {
      throw io_error(where_ + ": expected a size below 2^63 bytes, got shape " +
                     to_string(header_.shape) + " of " + npy_type_name(header_.type));
    }
  }

  std::string where_;
  int fd_ = -1;
  npy_header header_;
};

/// Writes a whole .npy file; an older one of the name is replaced when the new one is complete.
/// Throws: io_error naming the file.
inline void write_npy(std::string const& path, npy_header const& header, void const* data,
                      std::size_t bytes) {
  std::string const text = npy_header_text(header);
  replaced_file file(path);
  int const fd = ::open(file.temporary_path().c_str(), O_WRONLY | O_CLOEXEC);
  int failed = fd < 0 ? errno : 0;
  auto const write = [&](char const* from, std::size_t count) {
    while (failed == 0 && count > 0) {
      ssize_t const n = ::write(fd, from, plain::min(count, std::size_t{1} << 30));
      if (n >= 0) {
        from += n;
        count -= static_cast<std::size_t>(n);
      } else if (errno != EINTR) {
        failed = errno;
      }
    }
  };
  write(text.data(), text.size());
  write(static_cast<char const*>(data), bytes);
  if (fd >= 0 && ::close(fd) != 0 && failed == 0) {
    failed = errno;
  }
  if (failed != 0) {
    throw io_error("save: '" + path + "': expected to write " +
                   std::to_string(text.size() + bytes) + " bytes, got: " + std::strerror(failed));
  }
  file.commit();
}

}  // namespace cumulus::inline v1

namespace cumulus::inline CUMULUS_TARGET {
namespace detail {

template <class Word> void swap_words(unsigned char* data, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; i += sizeof(Word)) {
    Word word;
    std::memcpy(&word, data + i, sizeof word);
    if constexpr (sizeof(Word) == 2) {
      word = __builtin_bswap16(word);
    } else if constexpr (sizeof(Word) == 4) {
      word = __builtin_bswap32(word);
    } else {
      word = __builtin_bswap64(word);
    }
    std::memcpy(data + i, &word, sizeof word);
  }
}

}  // namespace detail

/// Turns bytes of a file into elements of this machine: its byte order, and bools of 0 and 1.
inline void make_native(npy_type const& type, void* elements, std::size_t bytes) {
  auto* const data = static_cast<unsigned char*>(elements);
  int const word_bytes = type.kind == 'c' ? type.item_bytes / 2 : type.item_bytes;
  if (type.kind == 'b') {  // other bytes than 0 and 1 are no values of a C++ bool
    for (std::size_t i = 0; i < bytes; ++i) {
      data[i] = data[i] != 0 ? 1 : 0;
    }
  } else if (type.swapped && word_bytes == 2) {
    detail::swap_words<std::uint16_t>(data, bytes);
  } else if (type.swapped && word_bytes == 4) {
    detail::swap_words<std::uint32_t>(data, bytes);
  } else if (type.swapped) {
    detail::swap_words<std::uint64_t>(data, bytes);
  }
}

/// The next `count` elements of a file.
/// Throws: io_error if they are not there.
inline void read_elements(npy_file& file, void* to, std::size_t count) {
  npy_type const& type = file.header().type;
  std::size_t const bytes = count * static_cast<std::size_t>(type.item_bytes);
  file.read(to, bytes);
  make_native(type, to, bytes);
}

}  // namespace cumulus::inline CUMULUS_TARGET
