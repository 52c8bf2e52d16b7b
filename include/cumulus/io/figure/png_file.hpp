// SPDX-License-Identifier: Apache-2.0
#pragma once
// Puts finished bytes under a name so that no reader ever sees half a file. write_png ends here.

#include <cumulus/core/error.hpp>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace cumulus::inline v1::plot {

namespace detail {

// The file beside the target; removed unless it was renamed.
class part_file {
 public:
  explicit part_file(std::filesystem::path const& target) : target_(target) {
    for (int attempt = 0; file_ < 0; ++attempt) {
      part_ =
          target.string() + ".part-" + std::to_string(::getpid()) + "-" + std::to_string(attempt);
      file_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      if (file_ < 0 && (errno != EEXIST || attempt == 1000)) {
        part_.clear();
        fail(errno);
      }
    }
  }
  part_file(part_file const&) = delete;
  part_file& operator=(part_file const&) = delete;
  ~part_file() {
    if (file_ >= 0) {
      ::close(file_);
    }
    if (!part_.empty()) {
      ::unlink(part_.c_str());
    }
  }

  void write(std::span<unsigned char const> bytes) {
    while (!bytes.empty()) {
      ssize_t const count = ::write(file_, bytes.data(), bytes.size());
      if (count < 0 && errno != EINTR) {
        fail(errno);
      }
      bytes = bytes.subspan(count > 0 ? static_cast<std::size_t>(count) : 0);
    }
  }

  void rename_to_target() {
    if (::fsync(file_) != 0) {
      fail(errno);
    }
    int const file = file_;
    file_ = -1;
    if (::close(file) != 0 || ::rename(part_.c_str(), target_.c_str()) != 0) {
      fail(errno);
    }
    part_.clear();
    // The name itself reaches the disk with its directory; some file systems cannot sync one.
    auto const parent = target_.has_parent_path() ? target_.parent_path() : ".";
    int const directory = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory >= 0) {
      ::fsync(directory);
      ::close(directory);
    }
  }

 private:
  [[noreturn]] void fail(int number) const {
    throw io_error("write_png: expected a writable file, got '" + target_.string() +
                   "': " + std::generic_category().message(number));
  }

  std::filesystem::path target_;
  std::string part_;
  int file_ = -1;
};

}  // namespace detail

/// Replaces the file at `path`, or makes it: written beside it, synced, renamed. A link keeps
/// pointing where it did, and its target is replaced.
/// Throws: io_error naming the path if it is empty, a directory or a device, or cannot be written;
///         the path is then as before and nothing is left beside it.
inline void replace_file(std::filesystem::path const& path, std::span<unsigned char const> bytes) {
  namespace fs = std::filesystem;
  std::error_code failure;
  fs::path const resolved =
      fs::is_symlink(path, failure) ? fs::weakly_canonical(path, failure) : path;
  fs::file_status const status = fs::status(resolved, failure);
  if (path.empty() || (fs::exists(status) && !fs::is_regular_file(status))) {
    throw io_error("write_png: expected the path of a file, got '" + path.string() + "'" +
                   (fs::is_directory(status) ? ", a directory" : ""));
  }
  detail::part_file part(resolved);
  part.write(bytes);
  part.rename_to_target();
}

}  // namespace cumulus::inline v1::plot
