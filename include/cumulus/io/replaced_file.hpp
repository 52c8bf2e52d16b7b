// SPDX-License-Identifier: Apache-2.0
#pragma once
// A file that appears whole or not at all: it is written beside its name and takes the name on
// commit(). Every writer of the library (NetCDF, PNG, npy) uses it.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>

#include "cumulus/core/error.hpp"
#include "cumulus/memory/atomic_value.hpp"

namespace cumulus::inline v1 {

/// Reserves a new file beside `path`; the caller writes to temporary_path() and calls commit().
///     replaced_file file("anomaly.png");
///     write_png(file.temporary_path(), image);
///     file.commit();                            // flushed to the disk, then renamed
/// Until then `path` keeps its old content; without commit() the destructor removes the new file.
/// Symbolic links are followed to their end: the file there is replaced, or made where there is
/// none. A replaced file's permissions are kept, its owner and group where the system lets us; its
/// other hard links keep the old content.
/// Throws: io_error naming `path` if the directory is missing or not writable, if `path` is a
///         directory, a device, write-protected or a loop of links, or (commit) if flushing or
///         renaming fails.
class replaced_file {
 public:
  explicit replaced_file(std::string path) : path_(std::move(path)) {
    std::optional<struct stat> const old = resolve_target();
    static atomic_value<unsigned> files{0};
    for (int attempt = 0; attempt < 1000; ++attempt) {
      temporary_ = directory_;
      temporary_ += ".";
      // Only a short piece of the name, so that the longest legal name still works.
      temporary_ += target_.substr(directory_.size(), 100);
      temporary_ += ".";
      temporary_ += std::to_string(::getpid());
      temporary_ += ".";
      temporary_ += std::to_string(files.add(1));
      temporary_ += ".part";
      int const fd = ::open(temporary_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
      if (fd >= 0) {
        if (old) {
          keep_owner_and_mode(fd, *old);
        }
        ::close(fd);
        return;
      }
      if (errno != EEXIST) {
        fail("its directory takes no new file", errno);
      }
    }
    fail("no temporary name is free", EEXIST);
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
      fail("the finished file cannot be renamed", errno);
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
    throw io_error("replaced_file: expected a file that can be written, got '" + path_ +
                   "': " + what + " (" + std::strerror(code) + ")");
  }

  // Best effort: what a foreign file has may not be ours to give.
  static void keep_owner_and_mode(int fd, struct stat const& old) {
    mode_t mode = old.st_mode & 07777;
    if (::fchown(fd, old.st_uid, old.st_gid) != 0) {
      mode &= 0777;  // set-user-id was meant for the old owner
      if (::fchown(fd, static_cast<uid_t>(-1), old.st_gid) != 0) {
        mode &= 0707;  // and the group's rights for the old group
      }
    }
    (void)::fchmod(fd, mode);
  }

  static std::string directory_of(std::string const& path) {
    return path.substr(0, path.rfind('/') + 1);  // with its slash; empty for the current one
  }

  /// The path with every link resolved, empty if there is nothing.
  static std::string real_path(std::string const& path) {
    char resolved[PATH_MAX];
    return ::realpath(path.c_str(), resolved) != nullptr ? resolved : "";
  }

  /// Finds target_ and directory_. Gives what is known of the old file, nothing if it is new.
  std::optional<struct stat> resolve_target() {
    require_file_name(path_);
    struct stat info{};
    bool const exists = ::stat(path_.c_str(), &info) == 0;
    if (exists) {
      if (!S_ISREG(info.st_mode)) {
        throw io_error("replaced_file: expected a regular file or a new name, got '" + path_ +
                       "', which is " +
                       (S_ISDIR(info.st_mode) ? "a directory" : "a device, pipe or socket"));
      }
      if (::faccessat(AT_FDCWD, path_.c_str(), W_OK, AT_EACCESS) != 0) {
        fail("it is write-protected", errno);
      }
      target_ = real_path(path_);
      if (target_.empty()) {
        fail("its path cannot be resolved", errno);
      }
    } else if (errno == ENOENT) {
      target_ = end_of_links(path_);
      require_file_name(target_);
    } else {
      fail("it cannot be looked at", errno);
    }
    // Absolute, so that the program may change its directory before commit().
    directory_ = directory_of(target_);
    std::string const folder = real_path(directory_.empty() ? "." : directory_);
    if (folder.empty()) {
      fail("its directory cannot be reached", errno);
    }
    std::string const slash = folder.back() == '/' ? "" : "/";
    target_.replace(0, directory_.size(), folder + slash);
    directory_ = folder + slash;
    return exists ? std::optional(info) : std::nullopt;
  }

  void require_file_name(std::string const& name) const {
    if (name.empty() || name.back() == '/') {
      throw io_error("replaced_file: expected the name of a file, got '" + path_ + "'" +
                     (name == path_ ? "" : ", which links to '" + name + "'"));
    }
  }

  /// Where a chain of links ends, which is a name that does not exist.
  std::string end_of_links(std::string name) const {
    constexpr int most = 40;  // the limit of Linux
    for (int links = 0; links <= most; ++links) {
      char to[PATH_MAX];
      ssize_t const length = ::readlink(name.c_str(), to, sizeof to);
      if (length < 0 && (errno == ENOENT || errno == EINVAL)) {  // EINVAL: made meanwhile, no link
        return name;
      }
      if (length < 0) {
        fail("a link of it cannot be followed", errno);
      }
      if (static_cast<std::size_t>(length) == sizeof to) {
        fail("a link of it cannot be followed", ENAMETOOLONG);
      }
      std::string const next(to, static_cast<std::size_t>(length));
      name = (next[0] == '/' ? "" : directory_of(name)) + next;
    }
    fail("a link of it cannot be followed", ELOOP);
  }

  void flush() const {
    int const fd = ::open(temporary_.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
      fail("the finished file cannot be reopened", errno);
    }
    int const status = ::fsync(fd);
    int const code = errno;
    ::close(fd);
    if (status != 0 && code != EINVAL && code != EROFS) {
      fail("its bytes do not reach the disk", code);
    }
  }

  std::string path_;       // as the caller wrote it
  std::string target_;     // absolute, links resolved
  std::string directory_;  // the target's, with a slash behind it
  std::string temporary_;  // in that directory
  bool committed_ = false;
};

}  // namespace cumulus::inline v1
