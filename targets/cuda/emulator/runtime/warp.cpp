// Shuffles, votes and reductions of a warp, after the pseudo-code of the PTX ISA manual.
#include "meet.h"

namespace eyrie {

// Which lane a shuffle reads, and whether that is within its segment.
static bool shuffle_source(uint32_t mode, uint32_t lane, uint32_t by, uint32_t clamp, uint32_t &source) {
  const uint32_t b = by & 31, c = clamp & 31, segment = clamp >> 8 & 31;
  const int most = (int)((lane & segment) | (c & ~segment)), least = (int)(lane & segment);
  int from = 0;
  bool within = false;
  switch (mode) {
    case Up: from = (int)lane - (int)b, within = from >= most; break;
    case Down: from = (int)(lane + b), within = from <= most; break;
    case Butterfly: from = (int)(lane ^ b), within = from <= most; break;
    case Index: from = least | (int)(b & ~segment), within = from <= most; break;
  }
  source = within ? (uint32_t)from : lane;
  return within;
}

static uint32_t combine(uint32_t op, uint32_t a, uint32_t b) {
  switch (op) {
    case Add: return a + b;
    case MinU: return a < b ? a : b;
    case MaxU: return a > b ? a : b;
    case MinS: return (int32_t)a < (int32_t)b ? a : b;
    case MaxS: return (int32_t)a > (int32_t)b ? a : b;
    case And: return a & b;
    case Or: return a | b;
    default: return a ^ b;
  }
}

}  // namespace eyrie

using namespace eyrie;

uint32_t eyrie_shuffle(Thread &thread, uint32_t mode, uint32_t value, uint32_t by, uint32_t clamp, uint32_t mask, bool &within, uint32_t site) {
  thread.given[0] = value, thread.given[1] = by, thread.given[2] = clamp;
  meet_lanes(thread, mask, "shuffle", site, [&](uint32_t lanes) {
    for (uint32_t lane = 0; lane < 32; lane++) {
      if (!(lanes >> lane & 1)) continue;
      Thread &reader = lane_of(thread, lane);
      uint32_t source;
      reader.taken[1] = shuffle_source(mode, lane, reader.given[1], reader.given[2], source);
      if (!(lanes >> source & 1))
        fault(reader, site, "its shuffle reads lane %u, which %s", source,
              mask >> source & 1 ? "does not exist or has left the kernel" : "is not in the mask");
      reader.taken[0] = lane_of(thread, source).given[0];
    }
  });
  within = thread.taken[1];
  return thread.taken[0];
}

uint32_t eyrie_vote(Thread &thread, uint32_t mode, bool value, uint32_t mask, uint32_t site) {
  thread.given[0] = value;
  meet_lanes(thread, mask, "vote", site, [&](uint32_t lanes) {
    uint32_t ballot = 0;
    for (uint32_t lane = 0; lane < 32; lane++)
      if (lanes >> lane & 1) ballot |= lane_of(thread, lane).given[0] << lane;
    const uint32_t result = mode == Ballot ? ballot : mode == All ? ballot == lanes : mode == Any ? ballot != 0 : ballot == 0 || ballot == lanes;
    for (uint32_t lane = 0; lane < 32; lane++)
      if (lanes >> lane & 1) lane_of(thread, lane).taken[0] = result;
  });
  return thread.taken[0];
}

uint32_t eyrie_reduce(Thread &thread, uint32_t op, uint32_t value, uint32_t mask, uint32_t site) {
  thread.given[0] = value;
  meet_lanes(thread, mask, "warp reduction", site, [&](uint32_t lanes) {
    uint32_t result = thread.given[0];
    for (uint32_t lane = 0; lane < 32; lane++)
      if ((lanes >> lane & 1) && lane != thread.lane) result = combine(op, result, lane_of(thread, lane).given[0]);
    for (uint32_t lane = 0; lane < 32; lane++)
      if (lanes >> lane & 1) lane_of(thread, lane).taken[0] = result;
  });
  return thread.taken[0];
}

uint32_t eyrie_match_any(Thread &thread, uint32_t value, uint32_t mask, uint32_t site) {
  thread.given[0] = value;
  meet_lanes(thread, mask, "match", site, [&](uint32_t lanes) {
    for (uint32_t lane = 0; lane < 32; lane++) {
      if (!(lanes >> lane & 1)) continue;
      uint32_t equal = 0;
      for (uint32_t other = 0; other < 32; other++)
        if ((lanes >> other & 1) && lane_of(thread, other).given[0] == lane_of(thread, lane).given[0]) equal |= 1u << other;
      lane_of(thread, lane).taken[0] = equal;
    }
  });
  return thread.taken[0];
}
