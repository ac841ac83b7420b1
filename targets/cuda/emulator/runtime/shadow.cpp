// The storage of the record: bit sets and lazily mapped cells.
#include "shadow.h"
#include <string.h>
#include <sys/mman.h>

namespace eyrie {

void WrittenBytes::reset(size_t bytes, bool written) {
  bytes_ = bytes;
  all_ = written;
  if (written) words_.clear();
  else words_.assign(bytes / 64 + 2, 0);
}

void WrittenBytes::spread() {
  words_.assign(bytes_ / 64 + 2, ~0ull);
  all_ = false;
}

void WrittenBytes::mark(size_t from, size_t bytes, bool written) {
  if (all_ && written) return;
  if (from == 0 && bytes >= bytes_) return reset(bytes_, written);
  if (all_) spread();
  for (size_t at = from, end = from + bytes; at < end;) {
    const size_t bit = at & 63, count = end - at < 64 - bit ? end - at : 64 - bit;
    const uint64_t mask = (count == 64 ? ~0ull : (1ull << count) - 1) << bit;
    if (written) words_[at >> 6] |= mask;
    else words_[at >> 6] &= ~mask;
    at += count;
  }
}

size_t WrittenBytes::first_unwritten(size_t from, size_t bytes) const {
  const size_t end = from + bytes;
  if (all_) return end;
  for (size_t at = from; at < end;) {
    const uint64_t missing = ~words_[at >> 6] >> (at & 63);
    if (missing) {
      const size_t found = at + (size_t)__builtin_ctzll(missing);
      return found < end ? found : end;
    }
    at = (at | 63) + 1;
  }
  return end;
}

Cells::~Cells() {
  if (cells_) munmap(cells_, mapped_);
}

bool Cells::map(uint32_t shift) {
  const size_t wanted = ((bytes_ >> shift) + 5) * sizeof(Cell);
  void *fresh = mmap(nullptr, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (fresh == MAP_FAILED) return false;
  cells_ = (Cell *)fresh;
  mapped_ = wanted;
  shift_ = shift;
  return true;
}

bool Cells::reserve(size_t bytes) {
  if (cells_ && bytes <= bytes_) return true;
  if (cells_) munmap(cells_, mapped_);
  bytes_ = bytes;
  return map(shift_);
}

void Cells::refine(uint32_t bytes) {
  const uint32_t finer = bytes == 1 ? 0 : 1;
  if (finer >= shift_) return;
  Cell *coarse = cells_;
  const size_t count = (bytes_ >> shift_) + 1, mapped = mapped_;
  const uint32_t more = 1u << (shift_ - finer);
  if (!map(finer)) return;
  const Cell untouched = {};
  for (size_t i = 0; i < count; i++) {
    if (memcmp(&coarse[i], &untouched, sizeof(Cell)) == 0) continue;
    for (uint32_t part = 0; part < more; part++) cells_[i * more + part] = coarse[i];
  }
  munmap(coarse, mapped);
}

void Cells::forget() {
  if (cells_) madvise(cells_, mapped_, MADV_DONTNEED);
}

}  // namespace eyrie
