// SPDX-License-Identifier: Apache-2.0
// The density of seawater in every cell of an ocean: reads a NetCDF file (or generates an ocean),
// applies the equation of state with map, and writes a NetCDF file and a picture.
// `equation_of_state --help` tells how to call it.

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "equation_of_state/command_line.hpp"
#include "equation_of_state/generated_ocean.hpp"
#include "equation_of_state/input_variables.hpp"
#include "equation_of_state/output_file.hpp"
#include "equation_of_state/picture.hpp"
#include "equation_of_state/results.hpp"
#include "program/generated_file.hpp"
#include "program/main.hpp"
#include "program/printed_table.hpp"

namespace equation_of_state {
namespace {

using table = std::vector<std::vector<std::string>>;

template <class T>
void add_row(table& rows, std::string const& name, std::string const& units,
             cm::ndarray<T> const& x) {
  using program::number_words;
  auto const words = [](auto const& value) {
    return number_words(static_cast<double>(value.item()));
  };
  rows.push_back({name, units, words(cm::nanmin(x)), words(cm::nanmean(cm::astype<double>(x))),
                  words(cm::nanmax(x)), std::to_string(cm::count_nonzero(cm::isnan(x)).item())});
}

struct inputs {
  input_variable sa, ct, p;
};

template <class T>
void process(command_line const& asked, cm::netcdf_file const& file, inputs const& in) {
  cm::netcdf_variable const& like = *in.sa.variable;
  cm::shape const shape = like.shape();
  cm::shape const ct_shape = shape_among(*in.ct.variable, like);
  cm::shape const p_shape = shape_among(*in.p.variable, like);
  auto const cells = map_cells_of(file, like);
  if (shape.size() == 0) {
    throw cm::shape_error("equation_of_state: expected cells in '" + like.name + "' of '" +
                          file.path().string() + "', got the shape " + to_string(shape));
  }

  // Before the work: whatever can be refused. Both files are there at the end, or neither.
  std::optional<cm::replaced_file> image;
  if (cells) {
    image.emplace(asked.plot);
  }
  output_file out(asked, file, like, cm::netcdf_type_of<T>);
  program::progress said(static_cast<double>(shape.size() + ct_shape.size() + p_shape.size()));
  auto const sa = read_input<T>(file, in.sa, shape, said);
  auto const ct = read_input<T>(file, in.ct, ct_shape, said);
  auto const p = read_input<T>(file, in.p, p_shape, said);
  said.begin("computing");
  auto const r = results_of(sa, ct, p);
  said.begin("writing");
  out.write(r);
  if (image) {
    picture drawn(*cells);
    drawn.add("In-situ density", "kg m-3", r.density);
    drawn.add("Speed of sound", "m s-1", r.speed_of_sound);
    drawn.write(*image);
  }
  said.begin("writing");
  out.commit();
  if (image) {
    image->commit();
  }
  said.clear();

  std::printf("%s\n", asked.input ? asked.input->c_str() : generated_name);
  table rows{{"variable", "units", "least", "mean", "largest", "missing"}};
  add_row(rows, "absolute salinity", "g kg-1", sa);
  add_row(rows, "conservative temperature", "degC", ct);
  add_row(rows, "sea pressure", "dbar", p);
  add_row(rows, "density", "kg m-3", r.density);
  add_row(rows, "its derivative", "kg m-3 dbar-1", r.density_by_pressure);
  add_row(rows, "speed of sound", "m s-1", r.speed_of_sound);
  program::print_table(rows, stdout);
  auto const count = static_cast<double>(shape.size());
  std::printf("%.0f cells %s in %s: density in %.3g ms, %.3g million cells/s\n", count,
              to_string(shape).c_str(), to_string(cm::netcdf_type_of<T>).c_str(), 1e3 * r.seconds,
              count / r.seconds / 1e6);
  program::print_written(asked.out);
  if (image) {
    program::print_written(asked.plot);
  } else {
    std::printf("No picture: the last dimensions of %s are no latitude and longitude.\n",
                like.name.c_str());
  }
}

void run(command_line const& asked) {
  std::unique_ptr<cm::netcdf_file> const file =
      asked.input ? std::make_unique<cm::netcdf_file>(*asked.input)
                  : program::open_generated("equation_of_state", write_generated_ocean);
  inputs const in{find_input(*file, absolute_salinity, asked.sa),
                  find_input(*file, conservative_temperature, asked.ct),
                  find_input(*file, sea_pressure, asked.p)};
  bool in_float = !asked.in_double;
  for (input_variable const* x : {&in.sa, &in.ct, &in.p}) {
    in_float = in_float && x->variable->decoded_type() == cm::netcdf_type::float32;
  }
  if (in_float) {
    process<float>(asked, *file, in);
  } else {
    process<double>(asked, *file, in);
  }
}

}  // namespace
}  // namespace equation_of_state

int main(int argc, char** argv) {
  return program::run("equation_of_state", "choose a smaller file", [&] {
    auto const asked = equation_of_state::read_command_line(argc, argv);
    if (asked.help) {
      std::fputs(equation_of_state::help_text, stdout);
    } else {
      equation_of_state::run(asked);
    }
  });
}
