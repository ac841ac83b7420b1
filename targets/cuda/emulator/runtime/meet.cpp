// Threads of a block at a barrier, lanes of a warp in one operation.
#include <string.h>
#include "machine.h"
#include "meet.h"

namespace eyrie {

static void open_barrier(Thread &thread, uint32_t site) {
  if (machine.arrived < machine.threads)
    fault(thread, site, "%u of the block's %u threads left the kernel without reaching this barrier",
          machine.threads - machine.alive, machine.threads);
  memcpy(machine.outcome, machine.votes, sizeof machine.votes);
  machine.votes[0] = machine.votes[2] = 0, machine.votes[1] = 1;
  machine.arrived = 0;
  tick();
  machine.barrier_clock = machine.clock;
  for (uint32_t i = 0; i < machine.threads; i++)
    if (machine.fibers[i].waits == Waits::Barrier) make_ready(i);
}

void arrive(Thread &thread, uint32_t site) {
  if (machine.arrived && machine.barrier_site != site)
    fault(thread, site, "it waits at this barrier while other threads of its block wait at %s", place(machine.barrier_site).c_str());
  machine.barrier_site = site;
  if (++machine.arrived < machine.alive) return wait_here(Waits::Barrier, site, "the barrier");
  open_barrier(thread, site);
  make_ready(thread.index);
  wait_here(Waits::No, site, "");
}

static Meeting &meeting_of(Warp &warp, uint32_t mask) {
  for (Meeting &meeting : warp.meetings)
    if (meeting.mask == mask) return meeting;
  warp.meetings.push_back({mask, 0, 0, nullptr});
  return warp.meetings.back();
}

// PTX lets a mask name lanes that have left the kernel. A compiler never means that: it is a branch that some lanes
// did not take, so it is an error here. Lanes that a short last warp never had may be named.
uint32_t lanes_meeting(Thread &thread, uint32_t mask, const char *what, uint32_t site) {
  Warp &warp = machine.warps[thread.warp];
  if (!(mask >> thread.lane & 1))
    fault(thread, site, "its lane %u is not in the mask 0x%08x of the %s that it executes", thread.lane, mask, what);
  const uint32_t lanes = mask & warp.lanes, gone = lanes & ~warp.live;
  if (gone)
    fault(thread, site, "the mask 0x%08x of its %s names lane %d, which has left the kernel", mask, what, __builtin_ctz(gone));
  Meeting &meeting = meeting_of(warp, lanes);
  if (meeting.arrived && (meeting.what != what || meeting.site != site))
    fault(thread, site, "it executes a %s while other lanes of its warp are in the %s at %s", what, meeting.what, place(meeting.site).c_str());
  meeting.what = what;
  meeting.site = site;
  meeting.arrived |= 1u << thread.lane;
  if (meeting.arrived == lanes) {
    meeting.arrived = 0;
    return lanes;
  }
  wait_here(Waits::Warp, site, what);
  return 0;
}

void leave_meetings(const Thread &thread) {
  for (const Meeting &meeting : machine.warps[thread.warp].meetings)
    if (meeting.arrived && (meeting.mask >> thread.lane & 1))
      fault(thread, meeting.site, "it left the kernel while lanes of its warp wait for it in the %s at %s", meeting.what, place(meeting.site).c_str());
}

void lanes_leave(Thread &thread, uint32_t lanes) {
  const uint32_t first = thread.index - thread.lane;
  for (int lane = 31; lane >= 0; lane--)
    if (lane != (int)thread.lane && (lanes >> lane & 1)) make_next(first + (uint32_t)lane);
  if (!machine.shuffled) return;
  make_ready(thread.index);
  wait_here(Waits::No, 0, "");
}

}  // namespace eyrie

using namespace eyrie;

void eyrie_barrier(Thread &thread, uint32_t site) { arrive(thread, site); }

uint32_t eyrie_barrier_reduce(Thread &thread, uint32_t op, bool value, uint32_t site) {
  machine.votes[0] += value;
  machine.votes[1] &= value;
  machine.votes[2] |= value;
  arrive(thread, site);
  return machine.outcome[op];
}

void eyrie_sync_warp(Thread &thread, uint32_t mask, uint32_t site) {
  const uint32_t lanes = lanes_meeting(thread, mask, "__syncwarp", site);
  if (!lanes) return;
  tick();
  Warp &warp = machine.warps[thread.warp];
  if (lanes == warp.live) {
    warp.clock = machine.clock;
  } else {
    warp.partial = true;
    for (uint32_t a = 0; a < 32; a++)
      for (uint32_t b = 0; b < 32; b++)
        if ((lanes >> a & 1) && (lanes >> b & 1)) warp.pairs[a][b] = machine.clock;
  }
  lanes_leave(thread, lanes);
}

uint32_t eyrie_active_mask(Thread &thread) { return machine.warps[thread.warp].live; }

void eyrie_trap(Thread &thread, uint32_t site) { fault(thread, site, "it executed a trap"); }
void eyrie_bad_branch(Thread &thread, uint32_t index, uint32_t site) {
  fault(thread, site, "its branch to target %u of a table is past the table's end", index);
}
