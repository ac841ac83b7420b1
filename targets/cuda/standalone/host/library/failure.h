// A call that cannot go on, in words for the user.
#pragma once
#include <string>

namespace eyrie {

struct Failure {
  std::string words;
};

// Throws a Failure with the printed words.
[[noreturn]] void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

}  // namespace eyrie
