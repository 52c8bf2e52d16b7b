// SPDX-License-Identifier: Apache-2.0
// Compares what the program, a library it is linked with and one that it loads like a plugin take
// for the process' own.
#include <dlfcn.h>

#include <cstdio>

extern "C" int in_program(void const** addresses);
extern "C" int in_linked(void const** addresses);

int main(int, char** arguments) {
  void* const plugin = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
  if (plugin == nullptr) {
    std::printf("%s\n", dlerror());
    return 1;
  }
  auto const in_plugin = reinterpret_cast<int (*)(void const**)>(dlsym(plugin, "in_plugin"));
  void const* here[16];
  void const* linked[16];
  void const* loaded[16];
  int const count = in_program(here);
  if (in_linked(linked) != count || in_plugin(loaded) != count) {
    return 1;
  }
  int different = 0;
  for (int k = 0; k < count; ++k) {
    if (linked[k] != here[k] || loaded[k] != here[k]) {
      std::printf("number %d: %p, %p and %p\n", k, here[k], linked[k], loaded[k]);
      ++different;
    }
  }
  std::printf("%d of %d are shared\n", count - different, count);
  return different;
}
