// SPDX-License-Identifier: Apache-2.0
// Files that appear whole or not at all. Oracle: the file system.

#include "cumulus/io/replaced_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace {

using cumulus::io_error;
using cumulus::replaced_file;
namespace fs = std::filesystem;

class a_replaced_file : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("cumulus_replaced_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  static std::string content(fs::path const& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static void write(fs::path const& path, std::string const& text) { std::ofstream(path) << text; }
  static std::string refusal(fs::path const& path) {
    try {
      replaced_file const file(path);
    } catch (io_error const& e) {
      return e.what();
    }
    return "no exception";
  }
  std::ptrdiff_t files() const { return std::distance(fs::directory_iterator(folder_), {}); }

  fs::path folder_;
};

TEST_F(a_replaced_file, takes_its_name_on_commit) {
  write(folder_ / "a", "old");
  replaced_file file(folder_ / "a");
  write(file.temporary_path(), "new");
  EXPECT_EQ(content(folder_ / "a"), "old");
  EXPECT_EQ(files(), 2);
  file.commit();
  EXPECT_EQ(content(folder_ / "a"), "new");
  EXPECT_EQ(files(), 1);
}

TEST_F(a_replaced_file, is_removed_without_commit) {
  write(folder_ / "a", "old");
  {
    replaced_file const file(folder_ / "a");
    write(file.temporary_path(), "new");
  }
  EXPECT_EQ(content(folder_ / "a"), "old");
  EXPECT_EQ(files(), 1);
}

TEST_F(a_replaced_file, keeps_permissions_and_follows_links) {
  write(folder_ / "a", "old");
  fs::permissions(folder_ / "a", fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("a", folder_ / "link");
  fs::create_symlink("b", folder_ / "dangling");
  replaced_file file(folder_ / "link");
  write(file.temporary_path(), "new");
  file.commit();
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_EQ(content(folder_ / "a"), "new");
  EXPECT_EQ(fs::status(folder_ / "a").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  replaced_file other(folder_ / "dangling");
  other.commit();
  EXPECT_TRUE(fs::is_regular_file(folder_ / "b"));
}

TEST_F(a_replaced_file, is_at_the_end_of_a_chain_of_links) {
  fs::create_directories(folder_ / "data" / "old");
  write(folder_ / "data" / "old" / "a", "old");
  fs::create_symlink("old/a", folder_ / "data" / "second");  // relative to its own folder
  fs::create_symlink(folder_ / "data" / "second", folder_ / "first");
  fs::create_symlink("../data", folder_ / "data" / "up");
  fs::create_symlink("data/up/new", folder_ / "dangling");
  fs::create_symlink("dangling", folder_ / "twice_dangling");
  auto const replace = [&](char const* name) {
    replaced_file file(folder_ / name);
    write(file.temporary_path(), "new");
    file.commit();
  };
  replace("first");
  EXPECT_EQ(content(folder_ / "data" / "old" / "a"), "new");
  replace("twice_dangling");
  EXPECT_EQ(content(folder_ / "data" / "new"), "new");
  for (char const* link : {"first", "data/second", "dangling", "twice_dangling"}) {
    EXPECT_TRUE(fs::is_symlink(folder_ / link)) << link;
  }
  EXPECT_EQ(files(), 4);  // data and three links: no temporary file
}

TEST_F(a_replaced_file, takes_many_links_and_names_a_loop) {
  for (int i = 0; i < 60; ++i) {
    fs::create_symlink("link" + std::to_string(i + 1), folder_ / ("link" + std::to_string(i)));
  }
  replaced_file(folder_ / "link30").commit();  // 30 links
  EXPECT_TRUE(fs::is_regular_file(folder_ / "link60"));
  fs::create_symlink("loop", folder_ / "loop");
  fs::create_symlink("ping", folder_ / "pong");
  fs::create_symlink("pong", folder_ / "ping");
  for (char const* name : {"loop", "ping", "link0"}) {
    std::string const text = refusal(folder_ / name);
    EXPECT_NE(text.find("'" + (folder_ / name).string() + "'"), std::string::npos) << text;
    EXPECT_NE(text.find("symbolic links"), std::string::npos) << text;
  }
}

TEST_F(a_replaced_file, says_what_stands_in_its_way) {
  write(folder_ / "file", "x");
  fs::create_directory(folder_ / "sub");
  fs::create_symlink("sub", folder_ / "to_folder");
  fs::create_symlink("new/", folder_ / "to_new_folder");
  fs::create_symlink("file/a", folder_ / "under_file");
  fs::create_symlink("absent/a", folder_ / "to_absent");
  struct {
    fs::path path;
    char const* why;
  } const cases[] = {
      {folder_ / "file" / "a", "Not a directory"},
      {folder_ / "under_file", "Not a directory"},
      {folder_ / std::string(300, 'n'), "File name too long"},
      {folder_ / "sub", "a directory"},
      {folder_ / "to_folder", "a directory"},
      {folder_ / "to_new_folder", "links to"},
      {folder_ / "absent" / "a", "No such file"},
      {folder_ / "to_absent", "No such file"},
      {folder_ / "new/", "the name of a file"},
      {"/dev/null", "a device"},
  };
  auto const before = files();
  for (auto const& c : cases) {
    std::string const text = refusal(c.path);
    EXPECT_NE(text.find(c.path.string()), std::string::npos) << text;
    EXPECT_NE(text.find(c.why), std::string::npos) << text;
  }
  EXPECT_EQ(files(), before);
  EXPECT_TRUE(fs::is_empty(folder_ / "sub"));
}

TEST_F(a_replaced_file, keeps_its_owner_and_every_mode) {
  for (mode_t const mode : {0600, 0640, 0755, 04755, 0}) {
    if (mode == 0 && ::geteuid() != 0) {
      continue;  // write-protected
    }
    write(folder_ / "a", "old");
    if (::geteuid() == 0) {
      ASSERT_EQ(::chown((folder_ / "a").c_str(), 12345, 23456), 0);
    }
    ASSERT_EQ(::chmod((folder_ / "a").c_str(), mode), 0);
    struct stat before{};
    struct stat after{};
    ASSERT_EQ(::stat((folder_ / "a").c_str(), &before), 0);
    replaced_file(folder_ / "a").commit();
    ASSERT_EQ(::stat((folder_ / "a").c_str(), &after), 0);
    EXPECT_NE(after.st_ino, before.st_ino);
    EXPECT_EQ(after.st_mode, before.st_mode);
    EXPECT_EQ(after.st_uid, before.st_uid);
    EXPECT_EQ(after.st_gid, before.st_gid);
    fs::remove(folder_ / "a");
  }
}

// Gives up root's rights, if this is root, for as long as it lives.
class as_ordinary_user {
 public:
  as_ordinary_user() { (void)::seteuid(old_ == 0 ? 65534 : old_); }
  as_ordinary_user(as_ordinary_user const&) = delete;
  as_ordinary_user& operator=(as_ordinary_user const&) = delete;
  ~as_ordinary_user() { (void)::seteuid(old_); }

 private:
  uid_t old_ = ::geteuid();
};

TEST_F(a_replaced_file, needs_the_right_to_write) {
  ASSERT_EQ(::chmod(folder_.c_str(), 0777), 0);
  write(folder_ / "a", "old");
  ASSERT_EQ(::chmod((folder_ / "a").c_str(), 0444), 0);
  fs::create_directory(folder_ / "closed");
  write(folder_ / "closed" / "a", "old");
  ASSERT_EQ(::chmod((folder_ / "closed").c_str(), 0), 0);
  fs::create_symlink("closed/a", folder_ / "link");
  {
    as_ordinary_user const user;
    EXPECT_NE(refusal(folder_ / "a").find("write-protected"), std::string::npos);
    EXPECT_NE(refusal(folder_ / "closed" / "a").find("Permission denied"), std::string::npos);
    EXPECT_NE(refusal(folder_ / "link").find("Permission denied"), std::string::npos);
  }
  EXPECT_EQ(content(folder_ / "a"), "old");
  ASSERT_EQ(::chmod((folder_ / "closed").c_str(), 0755), 0);
  EXPECT_EQ(content(folder_ / "closed" / "a"), "old");
  EXPECT_EQ(files(), 3);
}

TEST_F(a_replaced_file, of_a_foreign_owner_loses_the_right_to_act_as_them) {
  ASSERT_EQ(::chmod(folder_.c_str(), 0777), 0);
  write(folder_ / "a", "old");
  ASSERT_EQ(::chmod((folder_ / "a").c_str(), 04666), 0);
  bool const foreign = ::geteuid() == 0;
  {
    as_ordinary_user const user;
    replaced_file(folder_ / "a").commit();
  }
  struct stat info{};
  ASSERT_EQ(::stat((folder_ / "a").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, foreign ? 0666U : 04666U);
  EXPECT_EQ(info.st_uid, foreign ? 65534U : ::geteuid());
}

TEST_F(a_replaced_file, leaves_nothing_behind_an_exception) {
  write(folder_ / "a", "old");
  for (char const* name : {"a", "new"}) {
    try {
      replaced_file const file(folder_ / name);
      write(file.temporary_path(), "half");
      throw std::length_error("not an error of the library");
    } catch (std::length_error const&) {
      EXPECT_EQ(files(), 1);
    }
  }
  {
    replaced_file file(folder_ / "b");
    fs::create_directory(folder_ / "b");  // no file can be renamed to it
    EXPECT_THROW(file.commit(), io_error);
  }
  EXPECT_EQ(content(folder_ / "a"), "old");
  EXPECT_EQ(files(), 2);
}

TEST_F(a_replaced_file, takes_the_longest_name_and_two_at_a_time) {
  std::string const name(255, 'n');
  replaced_file first(folder_ / name);
  replaced_file second(folder_ / name);
  write(first.temporary_path(), "first");
  write(second.temporary_path(), "second");
  first.commit();
  second.commit();
  EXPECT_EQ(content(folder_ / name), "second");
  EXPECT_EQ(files(), 1);
}

TEST_F(a_replaced_file, names_the_place_it_cannot_write_to) {
  write(folder_ / "file", "x");
  for (auto const& path : {folder_ / "absent" / "a", folder_ / "file" / "a", folder_,
                           fs::path("/dev/null"), fs::path(), fs::path("/proc/a")}) {
    try {
      replaced_file const file(path);
      ADD_FAILURE() << path;
    } catch (io_error const& e) {
      EXPECT_NE(std::string(e.what()).find(path.string()), std::string::npos) << e.what();
    }
  }
  EXPECT_EQ(files(), 1);
}

TEST_F(a_replaced_file, reports_that_its_folder_vanished) {
  fs::create_directory(folder_ / "sub");
  replaced_file file(folder_ / "sub" / "a");
  fs::remove_all(folder_ / "sub");
  EXPECT_THROW(file.commit(), io_error);
}

}  // namespace
