// SPDX-License-Identifier: Apache-2.0
#pragma once
// A file that appears whole or not at all: it is written beside its name and takes the name on
// commit(). Every writer of the library (NetCDF, PNG, npy) uses it.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

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
  explicit replaced_file(std::string path) : path_(std::move(path)) {
    resolve_target();
    static std::atomic<unsigned> files{0};
    for (int attempt = 0; attempt < 1000; ++attempt) {
      temporary_ = directory_;
      temporary_ += ".";
      // Only a short piece of the name, so that the longest legal name still works.
      temporary_ += target_.substr(directory_.size(), 100);
      temporary_ += ".";
      temporary_ += std::to_string(::getpid());
      temporary_ += ".";
      temporary_ += std::to_string(++files);
      temporary_ += ".part";
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

  std::string const& path() const { return path_; }
  std::string const& temporary_path() const { return temporary_; }

  /// Flushes the written bytes to the disk and gives the file its name. All handles on the
  /// temporary file should be closed by now.
  void commit() {
    if (committed_) {
      return;
    }
    flush();
    if (std::rename(temporary_.c_str(), target_.c_str()) != 0) {
      fail("cannot rename the finished file", errno);
    }
    committed_ = true;
    // The new name must survive a power cut too; some file systems cannot flush directories.
    int const fd = ::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
      (void)::fsync(fd);
      ::close(fd);
    }
  }

 private:
  [[noreturn]] void fail(char const* what, int code) const {
    throw io_error("replaced_file: cannot write '" + path_ + "': " + what + " (" +
                   std::strerror(code) + ")");
  }

  static std::string directory_of(std::string const& path) {
    return path.substr(0, path.rfind('/') + 1);  // with its slash; empty for the current one
  }

  /// The path with every link resolved, empty if there is nothing.
  static std::string real_path(std::string const& path) {
    char resolved[PATH_MAX];
    return ::realpath(path.c_str(), resolved) != nullptr ? resolved : "";
  }

  void resolve_target() {
    if (path_.empty() || path_.back() == '/') {
      throw io_error("replaced_file: expected the name of a file, got '" + path_ + "'");
    }
    target_ = path_;
    struct stat info{};
    if (::stat(path_.c_str(), &info) == 0) {
      if (!S_ISREG(info.st_mode)) {
        throw io_error("replaced_file: expected a regular file or a new name, got '" + path_ +
                       "', which is " +
                       (S_ISDIR(info.st_mode) ? "a directory" : "a device, pipe or socket"));
      }
      mode_ = info.st_mode & 07777;
      std::string const resolved = real_path(path_);
      target_ = resolved.empty() ? path_ : resolved;
    } else {
      // A new name, or a link to a new name, whose target is then created.
      char link[PATH_MAX];
      ssize_t const length = ::readlink(path_.c_str(), link, sizeof link);
      if (length > 0) {
        std::string const to(link, static_cast<std::size_t>(length));
        target_ = (to[0] == '/' ? "" : directory_of(path_)) + to;
      }
    }
    // Absolute, so that the program may change its directory before commit().
    directory_ = directory_of(target_);
    std::string const folder = real_path(directory_.empty() ? "." : directory_);
    if (folder.empty()) {
      fail("cannot create a file in its directory", errno);
    }
    target_.replace(0, directory_.size(), folder + "/");
    directory_ = folder + "/";
  }

  void flush() const {
    int const fd = ::open(temporary_.c_str(), O_RDONLY | O_CLOEXEC);
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

  std::string path_;       // as the caller wrote it
  std::string target_;     // absolute, links resolved
  std::string directory_;  // the target's, with a slash behind it
  std::string temporary_;  // in that directory
  mode_t mode_ = 0;        // of the file being replaced, 0 if new
  bool committed_ = false;
};

}  // namespace cumulus::inline v1
