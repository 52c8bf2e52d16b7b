// SPDX-License-Identifier: Apache-2.0
// Files that appear whole or not at all. Oracle: the file system.

#include "cumulus/io/replaced_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

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
