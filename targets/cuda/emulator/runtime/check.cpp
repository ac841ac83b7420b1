// Whether an access is allowed: alignment, bounds, written bytes, races.
//
// Two accesses of one word race unless a barrier of their block lies between them, or they are the same thread's, or
// of one warp with __syncwarp between. Blocks of one launch are never ordered. Shuffles order nothing (CUDA's guide,
// "Independent thread scheduling").
#include "machine.h"

namespace eyrie {

// What is accessed, in words for a report.
struct Target {
  const char *space, *name;
  size_t offset;
};

struct AccessAt {
  Thread &thread;
  uint32_t bytes, access, site;
  // Accesses before this clock do not count: the launch's start, for shared memory the block's.
  uint32_t horizon;
  Target target;
};

static const char *verb(uint32_t access) {
  return access == Write ? "writes" : access == Atomic ? "updates" : "reads";
}

static std::string object(const AccessAt &at) {
  return std::to_string(at.bytes) + " bytes of " + at.target.space + at.target.name + " at byte " +
         std::to_string(at.target.offset);
}

// Whether this thread's access comes after one of its own block in the same barrier interval.
static bool follows(const Thread &thread, uint32_t clock, uint32_t other) {
  if (other == thread.index) return true;
  const Warp &warp = machine.warps[thread.warp];
  if (other / 32 != thread.warp) return false;
  return clock < warp.clock || (warp.partial && clock < warp.pairs[other & 31][thread.lane]);
}

[[noreturn]] static void race(const AccessAt &at, const Cell &cell, bool with_write) {
  const uint32_t clock = with_write ? cell.write_clock : cell.read_clock;
  const uint32_t other = (with_write ? cell.write_thread : cell.read_thread) & thread_bits;
  const bool same_block = clock >= machine.block_clock;
  const std::string where = same_block ? "" : " of block " + block_name(clock);
  fault(at.thread, at.site, "a data race: it %s %s, which thread %s%s %s at %s, and %s", verb(at.access),
        object(at).c_str(), thread_name(other).c_str(), where.c_str(), with_write ? "wrote" : "read",
        place(with_write ? cell.write_site : cell.read_site).c_str(),
        same_block ? "no barrier lies between" : "blocks of one launch have no order");
}

// Against the last write.
static inline void after_write(const AccessAt &at, const Cell &cell) {
  const uint32_t clock = cell.write_clock;
  if (clock < at.horizon) return;
  if (__builtin_expect(cell.write_thread & in_flight && clock >= machine.block_clock, 0))
    fault(at.thread, at.site, "it %s %s before the asynchronous copy issued at %s by thread %s was waited for",
          verb(at.access), object(at).c_str(), place(cell.write_site).c_str(),
          thread_name(cell.write_thread & thread_bits).c_str());
  if (__builtin_expect(at.access == ReadOnly, 0))
    fault(at.thread, at.site, "it reads %s through the read-only cache (ld.global.nc), but the same launch wrote it at %s",
          object(at).c_str(), place(cell.write_site).c_str());
  if (at.access == Atomic && cell.write_thread & by_atomic) return;
  if (clock < machine.block_clock) race(at, cell, true);
  if (clock >= machine.barrier_clock && !follows(at.thread, clock, cell.write_thread & thread_bits))
    race(at, cell, true);
}

// Against the last reads.
static inline void after_reads(const AccessAt &at, const Cell &cell) {
  const uint32_t clock = cell.read_clock;
  if (clock < at.horizon) return;
  if (cell.read_thread & as_constant)
    fault(at.thread, at.site, "it %s %s, which the same launch read through the read-only cache (ld.global.nc) at %s",
          verb(at.access), object(at).c_str(), place(cell.read_site).c_str());
  if (clock < machine.block_clock || cell.read_thread & by_blocks) race(at, cell, false);
  if (clock < machine.barrier_clock) return;
  const uint32_t other = cell.read_thread & thread_bits;
  if (!(cell.read_thread & by_threads)) {
    if (!follows(at.thread, clock, other)) race(at, cell, false);
    return;
  }
  const Warp &warp = machine.warps[at.thread.warp];
  const bool ordered = !(cell.read_thread & by_warps) && other / 32 == at.thread.warp && clock < warp.clock;
  if (!ordered) race(at, cell, false);
}

static inline void record_read(const AccessAt &at, Cell &cell) {
  const uint32_t clock = cell.read_clock;
  uint16_t flags = 0;
  if (clock >= at.horizon) {
    flags = cell.read_thread & (by_blocks | as_constant);
    if (clock < machine.block_clock) {
      flags |= by_blocks;
    } else if (clock >= machine.barrier_clock) {
      const uint32_t other = cell.read_thread & thread_bits;
      const bool several = other != at.thread.index || cell.read_thread & by_threads;
      const bool behind = !(cell.read_thread & by_warps) && other / 32 == at.thread.warp &&
                          clock < machine.warps[at.thread.warp].clock;
      if (several && !behind) {
        flags |= cell.read_thread & by_warps;
        flags |= by_threads | (other / 32 != at.thread.warp ? by_warps : 0);
      }
    }
  }
  cell.read_clock = machine.clock;
  cell.read_thread = (uint16_t)(at.thread.index | flags | (at.access == ReadOnly ? as_constant : 0));
  cell.read_site = (uint16_t)at.site;
}

static inline void visit(const AccessAt &at, WrittenBytes &written, Cells &cells, size_t offset, uint16_t write_flags) {
  const bool reads = at.access != Write, writes = at.access == Write || at.access == Atomic;
  if (__builtin_expect(at.bytes < (1u << cells.shift()), 0)) cells.refine(at.bytes);
  Cell *cell = cells.at(offset), *end = cells.at(offset + at.bytes - 1) + 1;
  for (; cell < end; cell++) {
    after_write(at, *cell);
    if (writes) {
      after_reads(at, *cell);
      cell->write_clock = machine.clock;
      cell->write_thread = (uint16_t)(at.thread.index | write_flags);
      cell->write_site = (uint16_t)at.site;
    } else {
      record_read(at, *cell);
    }
  }
  if (reads && __builtin_expect(!written.holds(offset, at.bytes), 0))
    fault(at.thread, at.site, "it reads %s, which nothing has written yet", object(at).c_str());
  if (writes) written.add(offset, at.bytes);
}

static inline void check_alignment(Thread &thread, uint64_t address, uint32_t bytes, uint32_t access, const char *space, uint32_t site) {
  if (__builtin_expect(address & (bytes - 1), 0))
    fault(thread, site, "it %s %u bytes of %s memory at an address that is not a multiple of %u (%llu past one)",
          verb(access), bytes, space, bytes, (unsigned long long)(address & (bytes - 1)));
}

static const SharedVariable dynamic_variable = {"dynamic shared memory", 0, 0};

// The declared variable that holds all the bytes, or null.
static const SharedVariable *shared_variable(uint32_t offset, uint32_t bytes) {
  const SharedVariable *last = machine.recent_variable;
  if (last && offset - last->offset < last->bytes && offset - last->offset + bytes <= last->bytes) return last;
  const KernelRecord &kernel = *machine.kernel;
  for (uint32_t i = 0; i < kernel.shared_variables; i++) {
    const SharedVariable &v = kernel.shared[i];
    if (offset - v.offset < v.bytes && offset - v.offset + bytes <= v.bytes) return machine.recent_variable = &v;
  }
  const uint32_t within = offset - machine.dynamic_start;
  const bool dynamic = within < machine.dynamic_bytes && within + bytes <= machine.dynamic_bytes;
  return dynamic ? &dynamic_variable : nullptr;
}

[[noreturn]] static void outside_shared(Thread &thread, uint32_t offset, uint32_t bytes, uint32_t access, uint32_t site) {
  const SharedVariable *near = nullptr;
  for (uint32_t i = 0; i < machine.kernel->shared_variables; i++) {
    const SharedVariable &v = machine.kernel->shared[i];
    if (v.offset <= offset && (!near || v.offset > near->offset)) near = &v;
  }
  if (machine.dynamic_bytes && offset >= machine.dynamic_start)
    fault(thread, site, "it %s %u bytes at byte %u of dynamic shared memory, which has %u bytes", verb(access), bytes,
          offset - machine.dynamic_start, machine.dynamic_bytes);
  if (near)
    fault(thread, site, "it %s %u bytes at byte %u of shared variable %s, which has %u bytes", verb(access), bytes,
          offset - near->offset, near->name, near->bytes);
  fault(thread, site, "it %s %u bytes at shared offset %d, where no variable lies", verb(access), bytes,
        (int)(offset - shared_start));
}

void check_shared(Thread &thread, uint32_t offset, uint32_t bytes, uint32_t access, uint32_t site, uint16_t flags) {
  check_alignment(thread, offset, bytes, access, "shared", site);
  const SharedVariable *variable = shared_variable(offset, bytes);
  if (__builtin_expect(!variable, 0)) outside_shared(thread, offset, bytes, access, site);
  const uint32_t start = variable == &dynamic_variable ? machine.dynamic_start : variable->offset;
  const AccessAt at = {thread, bytes, access, site, machine.block_clock, {variable == &dynamic_variable ? "" : "shared variable ", variable->name, offset - start}};
  visit(at, machine.shared_written, machine.shared_cells, offset, flags);
}

// The copy has landed: its bytes count as written now, by the thread that waited.
void settle_shared(Thread &thread, uint32_t offset, uint32_t bytes) {
  for (Cell *cell = machine.shared_cells.at(offset), *end = machine.shared_cells.at(offset + bytes - 1) + 1; cell < end; cell++)
    if (cell->write_thread == (thread.index | in_flight)) {
      cell->write_thread = (uint16_t)thread.index;
      cell->write_clock = machine.clock;
    }
}

}  // namespace eyrie

using namespace eyrie;

void eyrie_check_global(Thread &thread, uint64_t address, uint32_t bytes, uint32_t access, uint32_t site) {
  check_alignment(thread, address, bytes, access, "global", site);
  Piece *piece = find_piece(address);
  const size_t offset = piece ? (size_t)(address - (uint64_t)piece->start) : 0;
  if (__builtin_expect(!piece, 0))
    fault(thread, site, "it %s %u bytes outside every allocation: %s", verb(access), bytes, nearest_piece(address).c_str());
  if (__builtin_expect(offset + bytes > piece->bytes, 0))
    fault(thread, site, "it %s %u bytes across the end of %s (byte %zu of %zu)", verb(access), bytes,
          piece->name.c_str(), offset, piece->bytes);
  const AccessAt at = {thread, bytes, access, site, machine.launch_clock, {"", piece->name.c_str(), offset}};
  visit(at, piece->written, piece->cells, offset, access == Atomic ? by_atomic : 0);
}

void eyrie_check_shared(Thread &thread, uint32_t offset, uint32_t bytes, uint32_t access, uint32_t site) {
  check_shared(thread, offset, bytes, access, site, access == Atomic ? by_atomic : 0);
}

void eyrie_check_local(Thread &thread, uint64_t address, uint32_t bytes, const char *depot, uint32_t depot_bytes, uint32_t site) {
  check_alignment(thread, address, bytes, Read, "local", site);
  const uint64_t within = address - (uint64_t)depot;
  if (within >= depot_bytes || within + bytes > depot_bytes)
    fault(thread, site, "it touches %u bytes of local memory at byte %lld, but the thread has %u bytes", bytes,
          (long long)within, depot_bytes);
}

char *eyrie_generic(Thread &thread, uint64_t address, uint32_t bytes, uint32_t access, const char *depot, uint32_t depot_bytes, uint32_t site) {
  if (!thread.checked) return (char *)address;
  const uint64_t shared = address - (uint64_t)machine.shared;
  if (shared < machine.shared_bytes) eyrie_check_shared(thread, (uint32_t)shared, bytes, access, site);
  else if (depot && address - (uint64_t)depot < depot_bytes) eyrie_check_local(thread, address, bytes, depot, depot_bytes, site);
  else eyrie_check_global(thread, address, bytes, access, site);
  return (char *)address;
}

bool eyrie_is_shared(uint64_t address) { return address - (uint64_t)machine.shared < machine.shared_bytes; }
