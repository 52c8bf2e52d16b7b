// SPDX-License-Identifier: Apache-2.0
// The standard library alone: what compiling it takes says how fast the machine is at the moment.
#include <algorithm>
#include <iostream>
#include <map>
#include <regex>
#include <string>
#include <vector>

std::vector<std::string> words(std::string const& text, std::string const& pattern) {
  std::regex const expression(pattern, std::regex::icase);
  std::map<std::string, int> count;
  std::sregex_iterator const end;
  for (std::sregex_iterator i(text.begin(), text.end(), expression); i != end; ++i) {
    ++count[i->str()];
  }
  std::vector<std::pair<int, std::string>> ranked;
  for (auto const& [word, times] : count) {
    ranked.emplace_back(times, word);
  }
  std::stable_sort(ranked.begin(), ranked.end());
  std::vector<std::string> result;
  for (auto const& [times, word] : ranked) {
    std::cout << times << ' ' << word << '\n';
    result.push_back(word);
  }
  return result;
}
