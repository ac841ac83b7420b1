// How lanes meet. The last to arrive does the work for all of them.
#pragma once
#include "machine.h"

namespace eyrie {

// Arrives; waits until all lanes of the mask are there. 0 where another lane did the work; else the lanes that take
// part, whose work is this one's to do before it lets them leave.
uint32_t lanes_meeting(Thread &thread, uint32_t mask, const char *what, uint32_t site);
void lanes_leave(Thread &thread, uint32_t lanes);

inline Thread &lane_of(Thread &thread, uint32_t lane) {
  return machine.fibers[thread.index - thread.lane + lane].thread;
}

// Everyone leaves operands in `given`; `work` fills each lane's `taken`.
template <class Work>
void meet_lanes(Thread &thread, uint32_t mask, const char *what, uint32_t site, Work work) {
  const uint32_t lanes = lanes_meeting(thread, mask, what, site);
  if (!lanes) return;
  work(lanes);
  lanes_leave(thread, lanes);
}

}  // namespace eyrie
