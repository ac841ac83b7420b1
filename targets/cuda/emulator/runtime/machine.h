// The one launch that is running: its threads, clocks, and who waits for whom. Internal to the runtime.
#pragma once
#include <mutex>
#include <string>
#include <vector>
#include "calls.h"
#include "emulator.h"
#include "fibers.h"
#include "registry.h"

namespace eyrie {

// Held by every call from outside.
struct Turn {
  Turn();
  ~Turn();
};

enum class Waits : uint8_t { No, Barrier, Warp, Done };

struct AsyncCopy {
  uint32_t offset, bytes, source_bytes, group, site;
  uint64_t from;
  bool landed;
};

struct Fiber {
  Context context;
  Thread thread;
  Waits waits;
  uint32_t site;       // where it waits
  const char *what;    // for what
  std::vector<AsyncCopy> copies;
  uint32_t groups;     // committed so far
};

// Lanes of a warp that meet in one operation: all of the mask that exist.
struct Meeting {
  uint32_t mask, arrived, site;
  const char *what;
};
struct Warp {
  uint32_t lanes;        // that exist; of these, `live` have not left the kernel
  uint32_t live;
  uint32_t clock;        // of the last __syncwarp of all live lanes
  bool partial;          // pairs is in use: some __syncwarp named fewer lanes
  std::vector<Meeting> meetings;
  uint32_t pairs[32][32];
};

struct Machine {
  const KernelRecord *kernel;
  void *const *parameters;
  bool checked, shuffled, perturbed;
  uint64_t random;
  uint32_t threads, alive, current;
  Fiber fibers[most_threads];
  Warp warps[most_threads / 32];
  Context outside;
  // Ready fibers, a ring.
  uint16_t ready[most_threads];
  uint32_t ready_first, ready_count;
  // The barrier being waited at.
  uint32_t arrived, barrier_site;
  uint32_t votes[3], outcome[3];
  // Clock values: now, at the last barrier, at the start of the block and of the launch.
  uint32_t clock, barrier_clock, block_clock, launch_clock;
  uint32_t shared_bytes, dynamic_start, dynamic_bytes;
  const SharedVariable *recent_variable;
  std::vector<char> shared_storage;
  char *shared;
  WrittenBytes shared_written;
  Cells shared_cells;
  Dim3 grid, block, block_id;
  // Blocks of this launch that have started, with their clocks, for reports.
  std::vector<std::pair<uint32_t, Dim3>> started;
  std::string error;
};

extern Machine machine;

uint32_t draw();  // of the launch's random numbers

// Ends the launch: `format` says what the thread did wrong at the site.
[[noreturn]] void fault(const Thread &thread, uint32_t site, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
std::string place(uint32_t site);
std::string thread_name(uint32_t index);
// The block whose access has this clock.
std::string block_name(uint32_t clock);

// Scheduling.
void make_ready(uint32_t fiber);
void make_next(uint32_t fiber);
// Leaves this fiber until it is ready again.
void wait_here(Waits waits, uint32_t site, const char *what);
void finish_thread(Fiber &fiber);
void tick();
// Runs one block whose fibers are prepared.
void run_block();

// Nobody may wait for a thread that leaves the kernel.
void leave_meetings(const Thread &thread);
// Copies that nobody waited for when the thread ends.
void check_copies_done(Fiber &fiber);

}  // namespace eyrie
