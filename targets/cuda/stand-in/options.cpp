// The stand-in's options, from the environment:
//   EYRIE_STAND_IN_SEED        the order of blocks and threads; 0: in order (0)
//   EYRIE_STAND_IN_CHECKED     0: kernels run fast and unchecked (1)
//   EYRIE_STAND_IN_PERTURB     1: approximate functions move within their documented error (0)
//   EYRIE_STAND_IN_LATE        1: what a stream is given happens when the stream is waited for, one piece a question (0)
//   EYRIE_STAND_IN_MEMORY      bytes of each device (4294967296)
//   EYRIE_STAND_IN_CAPABILITY  compute capability times ten (80)
//   EYRIE_STAND_IN_DEVICES     how many devices there are (1)
//   EYRIE_STAND_IN_DRIVER      the driver's version: 1000 · major + 10 · minor (13000)
//   EYRIE_STAND_IN_FAIL        CALL:N:CODE,… : the N-th call of CALL since cuInit, counted from 1, gives CODE
#include <stdlib.h>
#include "state.h"

namespace stand_in {

Options options;

static uint64_t number(const char *name, uint64_t otherwise) {
  const char *text = getenv(name);
  return text && *text ? strtoull(text, nullptr, 10) : otherwise;
}

static std::vector<PlannedFailure> read_failures(const char *text) {
  std::vector<PlannedFailure> failures;
  std::string rest = text ? text : "";
  while (!rest.empty()) {
    const size_t comma = rest.find(',');
    const std::string one = rest.substr(0, comma);
    rest = comma == std::string::npos ? "" : rest.substr(comma + 1);
    const size_t first = one.find(':'), second = one.find(':', first + 1);
    if (second == std::string::npos) continue;
    failures.push_back({one.substr(0, first), strtoull(one.c_str() + first + 1, nullptr, 10),
                        (CUresult)atoi(one.c_str() + second + 1)});
  }
  return failures;
}

void read_options() {
  const Options standard;
  options.seed = number("EYRIE_STAND_IN_SEED", standard.seed);
  options.checked = number("EYRIE_STAND_IN_CHECKED", 1) != 0;
  options.perturb = number("EYRIE_STAND_IN_PERTURB", 0) != 0;
  options.late = number("EYRIE_STAND_IN_LATE", 0) != 0;
  options.total_bytes = number("EYRIE_STAND_IN_MEMORY", standard.total_bytes);
  options.capability = (int)number("EYRIE_STAND_IN_CAPABILITY", standard.capability);
  options.devices = (int)number("EYRIE_STAND_IN_DEVICES", standard.devices);
  options.driver_version = (int)number("EYRIE_STAND_IN_DRIVER", standard.driver_version);
  options.failures = read_failures(getenv("EYRIE_STAND_IN_FAIL"));
}

}  // namespace stand_in
