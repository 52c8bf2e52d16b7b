// SPDX-License-Identifier: Apache-2.0
#pragma once
// The dataset of an example that is given no file.

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include "cumulus/io/netcdf.hpp"

namespace program {

namespace cm = cumulus;

/// What write(path) writes, as an open file that has no name any more. It is made in a folder of
/// its own, which nobody else can have prepared.
template <class Write>
std::unique_ptr<cm::netcdf_file> open_generated(std::string const& program, Write const& write) {
  std::string folder = std::filesystem::temp_directory_path() / (program + "_XXXXXX");
  if (mkdtemp(folder.data()) == nullptr) {
    throw cm::io_error(program + ": cannot make a folder like " + folder);
  }
  struct removed_at_exit {
    std::filesystem::path path;
    ~removed_at_exit() {
      std::error_code ignored;
      std::filesystem::remove_all(path, ignored);
    }
  } const removed{folder};
  auto const path = removed.path / "generated.nc";
  write(path);
  return std::make_unique<cm::netcdf_file>(path);
}

}  // namespace program
