// SPDX-License-Identifier: Apache-2.0
// The monthly climatology and anomaly of climate data: reads a NetCDF file (or generates a
// dataset), computes, and writes a NetCDF file and a picture. `climate_anomaly --help` tells how to
// call it.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "climate_anomaly/command_line.hpp"
#include "climate_anomaly/month_statistics.hpp"
#include "climate_anomaly/output_file.hpp"
#include "climate_anomaly/picture.hpp"
#include "climate_anomaly/prepared_field.hpp"
#include "climate_anomaly/result_attributes.hpp"
#include "climate_anomaly/selected_fields.hpp"
#include "climate_anomaly/summary_table.hpp"
#include "climate_anomaly/synthetic_dataset.hpp"
#include "program/generated_file.hpp"
#include "program/main.hpp"

namespace climate_anomaly {
namespace {

template <class T>
field_summary process(cm::netcdf_file const& input, prepared_field const& p, output_file& out,
                      picture& drawn, progress& said) {
  auto const x = read_values<T>(input, p.variable, said);
  auto const s = statistics_of<T>(x, p, said);
  out.write(p, s, said);
  drawn.add(p, s);
  return summary_of<T>(p, x, s);
}

void print_source(command_line const& asked, std::vector<prepared_field> const& fields) {
  std::printf("%s\n", asked.input ? asked.input->c_str() : synthetic_name);
  std::vector<std::string> said;
  for (auto const& p : fields) {
    if (std::find(said.begin(), said.end(), p.time.name) == said.end()) {
      said.push_back(p.time.name);
      std::size_t const steps = p.time.dates.size();
      std::printf("%s: %zu %s, %s, calendar %s, %d of 12 months\n", p.time.name.c_str(), steps,
                  steps == 1 ? "step" : "steps", period_words(p.time).c_str(),
                  std::string(cm::name(p.time.units.cal)).c_str(),
                  static_cast<int>(p.months.count()));
    }
  }
}

void print_notes(command_line const& asked, selection const& selected) {
  for (auto const& r : selected.left_out) {
    std::printf("%s is left out: %s\n", r.name.c_str(), r.reason.c_str());
  }
  bool weighted = false;
  for (auto const& p : selected.fields) {
    char const* const name = p.variable.name.c_str();
    weighted = weighted || p.grid.has_value();
    if (!p.grid) {
      std::printf("%s: no area mean and no map: %s\n", name, p.without_grid.c_str());
    }
    if (!p.first_level.empty()) {
      std::printf("%s: the picture shows %s; the file holds all\n", name, p.first_level.c_str());
    }
  }
  if (weighted) {
    std::printf("Area means are weighted by %s (--weights %s).\n",
                weight_words(asked.weights).c_str(), weight_name(asked.weights).c_str());
  }
}

void run(command_line const& asked) {
  std::unique_ptr<cm::netcdf_file> const input =
      asked.input ? std::make_unique<cm::netcdf_file>(*asked.input)
                  : program::open_generated("climate_anomaly", write_synthetic_dataset);
  selection const selected = select_fields(*input, asked.variables, asked.weights);
  auto const& fields = selected.fields;
  double work = 0;  // cells read, computed and written
  for (auto const& p : fields) {
    work += 4.2 * static_cast<double>(p.variable.shape().size());
  }
  // Before the work: whatever can be refused. Both files are there at the end, or neither.
  picture drawn(fields, asked);
  cm::replaced_file image(asked.plot);
  output_file out(asked.out, *input, fields, asked);
  progress said(work);
  std::vector<field_summary> summaries;
  for (auto const& p : fields) {
    summaries.push_back(output_file::result_type(p.variable, asked) == cm::netcdf_type::float32
                            ? process<float>(*input, p, out, drawn, said)
                            : process<double>(*input, p, out, drawn, said));
  }
  said.begin("finishing");
  drawn.write(image);
  said.begin("finishing");
  out.commit();
  image.commit();
  said.clear();
  print_source(asked, fields);
  print_summaries(summaries, stdout);
  print_notes(asked, selected);
  program::print_written(asked.out);
  program::print_written(asked.plot);
}

}  // namespace
}  // namespace climate_anomaly

int main(int argc, char** argv) {
  return program::run("climate_anomaly", "choose fewer or smaller variables with --var", [&] {
    auto const asked = climate_anomaly::read_command_line(argc, argv);
    if (asked.help) {
      std::fputs(climate_anomaly::help_text, stdout);
    } else {
      climate_anomaly::run(asked);
    }
  });
}
