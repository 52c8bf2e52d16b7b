// SPDX-License-Identifier: Apache-2.0
// The main program of every set of benchmarks on the GPU: answers questions, one line each.

#include "gpu/program.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <iostream>
#include <sstream>

namespace bench {

std::map<std::string, prepare_row>& registered_rows() {
  static std::map<std::string, prepare_row> rows;
  return rows;
}

namespace {

char const usage[] =
    R"(Reads questions, one line each, and answers each with one line of JSON:

  device                               name, architecture, memory and versions
  rows                                 the rows of this program
  measure ROW SHAPE SECONDS CHECK      seconds of device time of one run, the mean of as many as
                                       take SECONDS; CHECK 1: the result is checked first
  launch ROW SHAPE STATEMENTS          seconds of host time to queue one run; ROW empty: a kernel
                                       that does nothing
  forget                               frees the operands that the last row keeps
  quit

A shape is written 240x180x360. Options: --help; --device: the first answer alone. The exit status
is 3 where there is no GPU and 4 after a failure that the process cannot go on after.
)";

constexpr int no_device = 3;
constexpr int broken_device = 4;

__global__ void empty_kernel() {}

/// The row that is set up now.
struct current_row {
  std::string key;
  device_row row;
};

std::string quoted(std::string const& words) {
  std::string text = "\"";
  for (char c : words) {
    if (c == '"' || c == '\\') {
      text += '\\';
    }
    text += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
  return text + "\"";
}

/// `ends`: the process answers no more questions.
std::string failed(std::string const& words, bool ends = false) {
  return "{\"failed\": " + quoted(words) + (ends ? ", \"ends\": true}" : "}");
}

std::string seconds_answer(double seconds) {
  char text[64];
  std::snprintf(text, sizeof text, "{\"seconds\": %.9g}", seconds);
  return text;
}

extents parsed_shape(std::string const& text) {
  extents shape;
  std::istringstream words(text);
  for (std::string part; std::getline(words, part, 'x');) {
    char* end = nullptr;
    shape.push_back(std::strtoll(part.c_str(), &end, 10));
    if (*end != '\0' || shape.back() <= 0) {
      return {};
    }
  }
  return shape;
}

class device_event {
 public:
  device_event() { check(cudaEventCreate(&handle_), "cudaEventCreate"); }
  device_event(device_event const&) = delete;
  device_event& operator=(device_event const&) = delete;
  ~device_event() { static_cast<void>(cudaEventDestroy(handle_)); }
  void record() const { check(cudaEventRecord(handle_), "cudaEventRecord"); }
  void wait() const { check(cudaEventSynchronize(handle_), "cudaEventSynchronize"); }
  double seconds_since(device_event const& start) const {
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, start.handle_, handle_), "cudaEventElapsedTime");
    return milliseconds * 1e-3;
  }

 private:
  cudaEvent_t handle_ = nullptr;
};

/// Device time of one run: the mean of so many that they take `seconds`, after a warm-up.
double device_seconds(std::function<void()> const& body, double seconds) {
  device_event const start;
  device_event const stop;
  body();
  body();
  for (long calls = 1;;) {
    start.record();
    for (long i = 0; i < calls; ++i) {
      body();
    }
    stop.record();
    stop.wait();
    double const taken = stop.seconds_since(start);
    if (taken >= seconds) {
      return taken / static_cast<double>(calls);
    }
    double const wanted = 1.4 * static_cast<double>(calls) * seconds / std::max(taken, 1e-7);
    calls = std::min(10 * calls, static_cast<long>(wanted) + 1);
  }
}

/// Host time to queue one run. Batches that the queue holds: a full one would make the host wait.
double launch_seconds(std::function<void()> const& body, long statements) {
  using clock = std::chrono::steady_clock;
  constexpr long batch = 100;
  double taken = 0;
  long done = -batch;  // the first batch warms up
  while (done < statements) {
    check(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
    auto const start = clock::now();
    for (long i = 0; i < batch; ++i) {
      body();
    }
    double const seconds = std::chrono::duration<double>(clock::now() - start).count();
    taken += done >= 0 ? seconds : 0;
    done += batch;
  }
  check(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
  return taken / static_cast<double>(done);
}

std::string device_answer() {
  int device = 0;
  cudaDeviceProp properties = {};
  check(cudaGetDevice(&device), "cudaGetDevice");
  check(cudaGetDeviceProperties(&properties, device), "cudaGetDeviceProperties");
  int driver = 0;
  int runtime = 0;
  check(cudaDriverGetVersion(&driver), "cudaDriverGetVersion");
  check(cudaRuntimeGetVersion(&runtime), "cudaRuntimeGetVersion");
  auto const version = [](int v) {
    return quoted(std::to_string(v / 1000) + "." + std::to_string(v % 1000 / 10));
  };
  std::ostringstream text;
  text << "{\"name\": " << quoted(properties.name) << ", \"architecture\": \"sm_"
       << properties.major << properties.minor
       << "\", \"multiprocessors\": " << properties.multiProcessorCount
       << ", \"memory_bytes\": " << properties.totalGlobalMem
       << ", \"l2_bytes\": " << properties.l2CacheSize << ", \"driver_cuda\": " << version(driver)
       << ", \"runtime_cuda\": " << version(runtime) << "}";
  return text.str();
}

/// Sets up the row of a question unless it is the one that is; words say what is wrong.
std::string take_row(current_row& current, std::string const& name, std::string const& shape,
                     bool checked) {
  std::string const key = name + " " + shape;
  if (current.key == key && !checked) {
    return current.row.mistake;
  }
  current = {};
  auto const found = registered_rows().find(name);
  extents const extents = parsed_shape(shape);
  if (found == registered_rows().end() || extents.empty()) {
    return "there is no row " + name + " of shape " + shape;
  }
  current.row = found->second(extents, checked);
  current.key = key;
  return current.row.mistake;
}

std::string answer(std::string const& question, current_row& current) {
  std::istringstream words(question);
  std::string what;
  std::string name;
  std::string shape;
  words >> what >> name >> shape;
  if (what == "device") {
    return device_answer();
  }
  if (what == "rows") {
    std::string list;
    for (auto const& [row, prepare] : registered_rows()) {
      list += (list.empty() ? "" : ", ") + quoted(row);
    }
    return "{\"rows\": [" + list + "]}";
  }
  if (what == "forget") {
    current = {};
    return "{}";
  }
  if (what == "measure") {
    double seconds = 0;
    int checked = 0;
    words >> seconds >> checked;
    std::string const wrong = take_row(current, name, shape, checked != 0);
    return wrong.empty() ? seconds_answer(device_seconds(current.row.body, seconds))
                         : failed(wrong);
  }
  if (what == "launch") {
    long statements = 0;
    words >> statements;
    if (name == "empty") {
      return seconds_answer(launch_seconds(
          [] {
            empty_kernel<<<1, 32>>>();
            check(cudaGetLastError(), "the launch of an empty kernel");
          },
          statements));
    }
    std::string const wrong = take_row(current, name, shape, false);
    return wrong.empty() ? seconds_answer(launch_seconds(current.row.body, statements))
                         : failed(wrong);
  }
  return failed("the question is not understood: " + question);
}

/// Whether kernels still run; after some failures nothing on the device does.
bool device_works() { return cudaDeviceSynchronize() == cudaSuccess; }

int serve() {
  current_row current;
  for (std::string question; std::getline(std::cin, question) && question != "quit";) {
    try {
      std::cout << answer(question, current) << std::endl;
    } catch (std::exception const& e) {
      // Out of memory, say: a call said no, and the next one may go well.
      static_cast<void>(cudaGetLastError());
      bool const works = device_works();
      std::cout << failed(e.what(), !works) << std::endl;
      if (!works) {
        return broken_device;
      }
      current = {};
    }
  }
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], "--help") == 0) {
    std::cout << bench::usage;
    return 0;
  }
  bool const device_alone = argc == 2 && std::strcmp(argv[1], "--device") == 0;
  if (argc > 1 && !device_alone) {
    std::cerr << bench::usage;
    return 2;
  }
  int devices = 0;
  cudaError_t const status = cudaGetDeviceCount(&devices);
  if (status != cudaSuccess || devices == 0) {
    std::cerr << "No GPU can be used here: "
              << (status != cudaSuccess ? cudaGetErrorString(status) : "none is found") << ".\n";
    return bench::no_device;
  }
  if (device_alone) {
    std::cout << bench::device_answer() << std::endl;
    return 0;
  }
  bench::add_rows();
  // Without the destructors of what a broken device owns.
  int const result = bench::serve();
  std::cout.flush();
  if (result != 0) {
    std::_Exit(result);
  }
  return 0;
}
