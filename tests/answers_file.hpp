// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reads the named arrays that a Python script beside a test writes with tests/answers_file.py.

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "tests/oracle_process.hpp"
#include "tests/typed_arrays.hpp"

namespace oracle {

struct named_array {
  std::string dtype;
  cumulus::shape shape;
  std::vector<char> bytes;

  template <class T> cumulus::ndarray<T, cumulus::host> as() const {
    cumulus::ndarray<T, cumulus::host> a(shape);
    EXPECT_EQ(dtype, cumulus::dtype_name<T>());
    EXPECT_EQ(bytes.size(), static_cast<std::size_t>(a.size()) * sizeof(T));
    if (a.size() > 0 && bytes.size() == static_cast<std::size_t>(a.size()) * sizeof(T)) {
      std::memcpy(static_cast<void*>(a.data()), bytes.data(), bytes.size());
    }
    return a;
  }
  template <class Space, class T> cumulus::ndarray<T, Space> in() const {
    auto const a = as<T>();
    return cumulus::ndarray<T, Space>(shape, a.data());
  }
};

using answers = std::map<std::string, named_array>;

inline answers read_answers(std::string const& path) {
  answers all;
  std::ifstream file(path, std::ios::binary);
  auto const number = [&] {
    std::int64_t n = -1;
    file.read(reinterpret_cast<char*>(&n), sizeof n);
    return n;
  };
  auto const text = [&](std::int64_t n) {
    std::string s(static_cast<std::size_t>(n < 0 ? 0 : n), '\0');
    file.read(s.data(), static_cast<std::streamsize>(s.size()));
    return s;
  };
  for (std::int64_t n = number(); file; n = number()) {
    std::string const name = text(n);
    named_array& a = all[name];
    a.dtype = text(number());
    std::int64_t const rank = number();
    for (std::int64_t k = 0; k < rank; ++k) {
      a.shape.push_back(number());
    }
    std::string const raw = text(number());
    a.bytes.assign(raw.begin(), raw.end());
  }
  return all;
}

/// Runs tests/<script> FILE ARGUMENTS with the NumPy of the tests and reads what it wrote; once per
/// process for the same call.
inline answers const& answers_of(std::string const& script, std::string const& arguments = "") {
  static std::map<std::string, answers> done;
  std::string const call = script + " " + arguments;
  auto const found = done.find(call);
  if (found != done.end()) {
    return found->second;
  }
  std::string const path = scratch("answers-" + std::to_string(done.size()));
  int const status =
      run("PYTHONPATH='" + source_dir() + "/tests' NPY_PROMOTION_STATE=weak " + CUMULUS_PYTHON +
          " -W ignore '" + source_dir() + "/tests/" + script + "' '" + path + "' " + arguments)
          .status;
  EXPECT_EQ(status, 0) << call;
  return done[call] = read_answers(path);
}

}  // namespace oracle
