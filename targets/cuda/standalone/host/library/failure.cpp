// Prints the words of a failure.
#include "failure.h"
#include <stdarg.h>
#include <stdio.h>

namespace eyrie {

void fail(const char *format, ...) {
  char words[2048];
  va_list values;
  va_start(values, format);
  vsnprintf(words, sizeof words, format, values);
  va_end(values);
  throw Failure{words};
}

}  // namespace eyrie
