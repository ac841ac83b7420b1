// The record beside memory: which bytes are written, and who touched each word last. Knows nothing of state spaces.
//
// One clock counts every synchronisation of the process (launch, block, barrier, warp barrier). An access keeps the
// clock's value, so comparing two numbers says which synchronisations lie between two accesses.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <vector>

namespace eyrie {

// The last accesses of one granule. Threads take ten bits; the rest are the flags below.
struct Cell {
  uint32_t write_clock, read_clock;
  uint16_t write_thread, read_thread;
  uint16_t write_site, read_site;
};
constexpr uint16_t thread_bits = 1023;
// Of write_thread: by an atomic operation; by an asynchronous copy that nobody waited for yet.
constexpr uint16_t by_atomic = 1 << 14, in_flight = 1 << 13;
// Of read_thread: by several threads since the last barrier; of several warps; by several blocks; as read-only data.
constexpr uint16_t by_threads = 1 << 15, by_warps = 1 << 14, by_blocks = 1 << 13, as_constant = 1 << 12;

// Which bytes were ever written: one bit each, or all of them.
class WrittenBytes {
 public:
  void reset(size_t bytes, bool written);
  void mark(size_t from, size_t bytes, bool written);
  // The first byte in [from, from + bytes) that is not written; from + bytes where there is none.
  size_t first_unwritten(size_t from, size_t bytes) const;
  bool all() const { return all_; }
  // An access of at most 16 bytes, aligned to its size.
  bool holds(size_t from, uint32_t bytes) const {
    return all_ || (~words_[from >> 6] >> (from & 63) & ((1ull << bytes) - 1)) == 0;
  }
  void add(size_t from, uint32_t bytes) {
    if (!all_) words_[from >> 6] |= ((1ull << bytes) - 1) << (from & 63);
  }

 private:
  void spread();
  std::vector<uint64_t> words_;
  size_t bytes_ = 0;
  bool all_ = false;
};

// The cells of one piece of memory: four bytes each until a smaller access comes, then as fine as that.
// Pages of zeros until touched, so large read-only weights cost what is read of them.
class Cells {
 public:
  ~Cells();
  Cells() = default;
  Cells(const Cells &) = delete;
  Cells &operator=(const Cells &) = delete;
  bool reserve(size_t bytes);
  void refine(uint32_t bytes);
  void forget();
  uint32_t shift() const { return shift_; }
  Cell *at(size_t byte) { return cells_ + (byte >> shift_); }

 private:
  bool map(uint32_t shift);
  Cell *cells_ = nullptr;
  size_t bytes_ = 0, mapped_ = 0;
  uint32_t shift_ = 2;
};

}  // namespace eyrie
