// One launch: its sizes checked, its blocks run one after another in the seed's order.
#include <stdio.h>
#include <string.h>
#include <algorithm>
#include "machine.h"

namespace eyrie {

static int refuse(char *error, size_t error_bytes, const std::string &words) {
  if (error_bytes) snprintf(error, error_bytes, "%s", words.c_str());
  return EYRIE_INVALID;
}

// What is wrong with the sizes of a launch; empty where nothing is.
static std::string wrong_sizes(const KernelRecord &kernel, const EyrieLaunch &launch) {
  const std::string name = std::string("kernel ") + kernel.name;
  const uint32_t *b = launch.block, *g = launch.grid, *r = kernel.required_threads;
  if (!b[0] || !b[1] || !b[2] || !g[0] || !g[1] || !g[2]) return name + ": a grid and a block have at least one element";
  if (b[2] > 64 || g[1] > 65535 || g[2] > 65535 || g[0] > 0x7fffffff)
    return name + ": a block has at most 64 layers, a grid at most 2147483647 × 65535 × 65535 blocks";
  const uint64_t threads = (uint64_t)b[0] * b[1] * b[2];
  if (threads > kernel.max_threads)
    return name + ": a block of " + std::to_string(threads) + " threads, but at most " + std::to_string(kernel.max_threads);
  if (r[0] && (r[0] != b[0] || r[1] != b[1] || r[2] != b[2]))
    return name + ": a block must have the shape that .reqntid says";
  if (launch.dynamic_shared_bytes > 227 * 1024) return name + ": at most 227 KiB of dynamic shared memory";
  return "";
}

static void prepare_shared(const KernelRecord &kernel, const EyrieLaunch &launch) {
  machine.dynamic_start = (kernel.shared_end + 127) / 128 * 128;
  machine.dynamic_bytes = launch.dynamic_shared_bytes;
  machine.shared_bytes = machine.dynamic_start + machine.dynamic_bytes + 64;
  if (machine.shared_storage.size() < machine.shared_bytes + 1024) {
    machine.shared_storage.resize(machine.shared_bytes + 1024);
    machine.shared_cells.reserve(machine.shared_bytes + 64);
  }
  // Aligned so that shared offsets and generic addresses agree modulo 1024.
  machine.shared = (char *)(((uint64_t)machine.shared_storage.data() + 1023) & ~1023ull);
  machine.recent_variable = nullptr;
}

static void prepare_launch(const KernelRecord &kernel, const EyrieLaunch &launch) {
  machine.kernel = &kernel;
  machine.parameters = launch.parameters;
  machine.checked = launch.checked != 0;
  machine.shuffled = launch.seed != 0;
  machine.perturbed = launch.perturb != 0;
  machine.random = launch.seed * 0x9e3779b97f4a7c15ull + 0x1234567;
  machine.grid = {launch.grid[0], launch.grid[1], launch.grid[2]};
  machine.block = {launch.block[0], launch.block[1], launch.block[2]};
  machine.threads = launch.block[0] * launch.block[1] * launch.block[2];
  machine.started.clear();
  machine.error.clear();
  if (machine.clock > 1u << 31) {
    forget_accesses();
    machine.shared_cells.forget();
    machine.clock = 0;
  }
  tick();
  machine.launch_clock = machine.clock;
}

static void prepare_warps() {
  for (uint32_t w = 0; w * 32 < machine.threads; w++) {
    Warp &warp = machine.warps[w];
    const uint32_t lanes = std::min(32u, machine.threads - w * 32);
    warp.lanes = warp.live = lanes == 32 ? ~0u : (1u << lanes) - 1;
    warp.clock = machine.clock;
    if (warp.partial) memset(warp.pairs, 0, sizeof warp.pairs);
    warp.partial = false;
    warp.meetings.clear();
  }
}

static void prepare_threads() {
  machine.ready_first = machine.ready_count = 0;
  const Dim3 b = machine.block;
  for (uint32_t i = 0; i < machine.threads; i++) {
    Fiber &fiber = machine.fibers[i];
    Thread &t = fiber.thread;
    t.id = {i % b.x, i / b.x % b.y, i / b.x / b.y};
    t.index = i, t.lane = i % 32, t.warp = i / 32;
    t.checked = machine.checked;
    t.shared = machine.shared;
    t.block = machine.block_id, t.grid_size = machine.grid, t.block_size = b;
    fiber.copies.clear();
    fiber.groups = 0;
    make_ready(i);
  }
}

static void run_one(uint64_t index) {
  const Dim3 g = machine.grid;
  machine.block_id = {(uint32_t)(index % g.x), (uint32_t)(index / g.x % g.y), (uint32_t)(index / g.x / g.y)};
  tick();
  machine.block_clock = machine.barrier_clock = machine.clock;
  machine.alive = machine.threads;
  machine.arrived = 0;
  machine.votes[0] = machine.votes[2] = 0, machine.votes[1] = 1;
  if (machine.checked) {
    machine.started.emplace_back(machine.clock, machine.block_id);
    memset(machine.shared, 0xff, machine.shared_bytes);
    machine.shared_written.reset(machine.shared_bytes, false);
  }
  prepare_warps();
  prepare_threads();
  run_block();
}

}  // namespace eyrie

using namespace eyrie;

int eyrie_launch(const EyrieKernel *handle, const EyrieLaunch *launch, char *error, size_t error_bytes) {
  Turn turn;
  if (error_bytes) error[0] = 0;
  const KernelRecord &kernel = *(const KernelRecord *)handle;
  const std::string wrong = wrong_sizes(kernel, *launch);
  if (!wrong.empty()) return refuse(error, error_bytes, wrong);
  // A frame holds every register at worst twice, and local memory; the rest is the runtime's own.
  if (!reserve_stacks(48 * 1024 + kernel.local_bytes + 16 * (size_t)kernel.registers))
    return refuse(error, error_bytes, std::string("kernel ") + kernel.name + ": no memory for the threads' stacks");
  prepare_shared(kernel, *launch);
  prepare_launch(kernel, *launch);
  const uint64_t blocks = (uint64_t)launch->grid[0] * launch->grid[1] * launch->grid[2];
  std::vector<uint32_t> order(machine.shuffled ? blocks : 0);
  for (uint64_t i = 0; i < order.size(); i++) order[i] = (uint32_t)i;
  for (uint64_t i = order.size(); i > 1; i--) std::swap(order[i - 1], order[draw() % i]);
  for (uint64_t i = 0; i < blocks && machine.error.empty(); i++) run_one(machine.shuffled ? order[i] : i);
  if (machine.error.empty()) return EYRIE_OK;
  if (error_bytes) snprintf(error, error_bytes, "%s", machine.error.c_str());
  return EYRIE_FAULT;
}
