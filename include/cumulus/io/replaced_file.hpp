// SPDX-License-Identifier: Apache-2.0
#pragma once
// A file that appears whole or not at all: it is written beside its name and takes the name on
// commit(). Every writer of the library (NetCDF, PNG, npy) uses it.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <random>
#include <string>
#include <system_error>

#include "cumulus/core/error.hpp"

namespace cumulus::inline v1 {

/// Reserves a new file beside `path`; the caller writes to temporary_path() and calls commit().
///     replaced_file file("anomaly.png");
///     write_png(file.temporary_path(), image);
///     file.commit();                            // flushed to the disk, then renamed
/// Until then `path` keeps its old content; without commit() the destructor removes the new file.
/// A link is followed: the file it points to is replaced. An existing file's permissions are kept.
/// Throws: io_error naming `path` if the directory is missing or not writable, if `path` is a
///         directory or a device, or (commit) if flushing or renaming fails.
class replaced_file {
 public:
  explicit replaced_file(std::filesystem::path path) : path_(std::move(path)) {
    resolve_target();
    std::filesystem::path const directory = target_.parent_path();
    std::random_device random;
    for (int attempt = 0; attempt < 100; ++attempt) {
      // Only a short piece of the name, so that the longest legal name still works.
      std::string name(".");
      name += target_.filename().string().substr(0, 100);
      name += ".";
      name += std::to_string(random());
      name += ".part";
      temporary_ = directory / name;
      int const fd = ::open(temporary_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
      if (fd >= 0) {
        if (mode_ != 0) {
          (void)::fchmod(fd, mode_);  // best effort: a foreign file's mode may not be ours to copy
        }
        ::close(fd);
        return;
      }
      if (errno != EEXIST) {
        fail("cannot create a file in its directory", errno);
      }
    }
    fail("cannot find a free temporary name", EEXIST);
  }

  replaced_file(replaced_file const&) = delete;
  replaced_file& operator=(replaced_file const&) = delete;

  ~replaced_file() {
    if (!committed_) {
      ::unlink(temporary_.c_str());
    }
  }

  std::filesystem::path const& path() const { return path_; }
  std::filesystem::path const& temporary_path() const { return temporary_; }

  /// Flushes the written bytes to the disk and gives the file its name. All handles on the
  /// temporary file should be closed by now.
  void commit() {
    if (committed_) {
      return;
    }
    flush(temporary_, O_RDONLY);
    if (std::rename(temporary_.c_str(), target_.c_str()) != 0) {
      fail("cannot rename the finished file", errno);
    }
    committed_ = true;
    // The new name must survive a power cut too; some file systems cannot flush directories.
    int const fd = ::open(target_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
      (void)::fsync(fd);
      ::close(fd);
    }
  }

 private:
  [[noreturn]] void fail(char const* what, int code) const {
    throw io_error("replaced_file: cannot write '" + path_.string() + "': " + what + " (" +
                   std::generic_category().message(code) + ")");
  }

  void resolve_target() {
    std::error_code ec;
    target_ = std::filesystem::absolute(path_, ec);
    if (ec || path_.empty() || !target_.has_filename()) {
      throw io_error("replaced_file: expected the name of a file, got '" + path_.string() + "'");
    }
    struct stat info{};
    if (::stat(target_.c_str(), &info) != 0) {
      // ENOENT: a new name, or a link to a new name, whose target is then created.
      std::filesystem::path const link = std::filesystem::read_symlink(target_, ec);
      if (!ec) {
        target_ = (target_.parent_path() / link).lexically_normal();
      }
      return;
    }
    if (!S_ISREG(info.st_mode)) {
      throw io_error("replaced_file: expected a regular file or a new name, got '" +
                     path_.string() + "', which is " +
                     (S_ISDIR(info.st_mode) ? "a directory" : "a device, pipe or socket"));
    }
    mode_ = info.st_mode & 07777;
    std::filesystem::path const resolved = std::filesystem::canonical(target_, ec);
    if (!ec) {
      target_ = resolved;
    }
  }

  void flush(std::filesystem::path const& file, int flags) const {
    int const fd = ::open(file.c_str(), flags | O_CLOEXEC);
    if (fd < 0) {
      fail("cannot reopen the finished file", errno);
    }
    int const status = ::fsync(fd);
    int const code = errno;
    ::close(fd);
    if (status != 0 && code != EINVAL && code != EROFS) {
      fail("cannot flush it to the disk", code);
    }
  }

  std::filesystem::path path_;       // as the caller wrote it
  std::filesystem::path target_;     // absolute, links resolved
  std::filesystem::path temporary_;  // in the target's directory
  mode_t mode_ = 0;                  // of the file being replaced, 0 if new
  bool committed_ = false;
};

}  // namespace cumulus::inline v1
