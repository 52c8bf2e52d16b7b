// SPDX-License-Identifier: Apache-2.0
// What an example says on standard error while it works.

#include <gtest/gtest.h>

#include <string>

#include "examples/program/progress.hpp"

namespace {

using program::progress;

std::string written(std::FILE* file) {
  std::rewind(file);
  std::string text;
  for (int c; (c = std::fgetc(file)) != EOF;) {
    text += static_cast<char>(c);
  }
  std::fclose(file);
  return text;
}

TEST(Progress, OfShortWorkIsSilent) {
  std::FILE* const log = std::tmpfile();
  ASSERT_NE(log, nullptr);
  {
    progress said(10, {.silence = std::chrono::hours(1)}, log);
    said.begin("reading UWND");
    said.advance(10);
  }
  EXPECT_EQ(written(log), "");
}

TEST(Progress, OfLongWorkTellsThePartAndThePercentage) {
  std::FILE* const log = std::tmpfile();
  ASSERT_NE(log, nullptr);
  {
    progress said(8, {.silence = {}, .pause = {}}, log);
    said.begin("reading UWND");
    said.advance(2);
    said.advance(6);
  }
  EXPECT_EQ(written(log), "  0 %  reading UWND\n 25 %  reading UWND\n100 %  reading UWND\n");
}

TEST(Progress, PausesBetweenLines) {
  std::FILE* const log = std::tmpfile();
  ASSERT_NE(log, nullptr);
  {
    progress said(8, {.silence = {}, .pause = std::chrono::hours(1)}, log);
    said.begin("reading UWND");
    said.advance(8);
  }
  EXPECT_EQ(written(log), "  0 %  reading UWND\n");
}

}  // namespace
