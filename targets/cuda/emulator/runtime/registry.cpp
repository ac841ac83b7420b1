// The registry of device memory and the part of the C interface that speaks of it.
#include "registry.h"
#include <stdlib.h>
#include <string.h>
#include <memory>
#include "emulator.h"
#include "machine.h"

namespace eyrie {

static std::map<uint64_t, std::unique_ptr<Piece>> pieces;
// The pieces found last, by page: kernels return to few.
static Piece *recent[64];

static void forget_recent() { memset(recent, 0, sizeof recent); }

static Piece *search(uint64_t address) {
  auto after = pieces.upper_bound(address);
  if (after == pieces.begin()) return nullptr;
  Piece *piece = std::prev(after)->second.get();
  return address - (uint64_t)piece->start < piece->bytes ? piece : nullptr;
}

Piece *find_piece(uint64_t address) {
  Piece *&slot = recent[address >> 12 & 63];
  if (slot && address - (uint64_t)slot->start < slot->bytes) return slot;
  Piece *found = search(address);
  if (found) slot = found;
  return found;
}

std::string nearest_piece(uint64_t address) {
  auto after = pieces.upper_bound(address);
  std::string words;
  uint64_t distance = ~0ull;
  if (after != pieces.begin()) {
    const Piece &before = *std::prev(after)->second;
    distance = address - (uint64_t)before.start - before.bytes;
    words = std::to_string(distance) + " bytes past the end of " + before.name;
  }
  if (after != pieces.end() && after->first - address < distance)
    words = std::to_string(after->first - address) + " bytes before the start of " + after->second->name;
  return words.empty() ? "no memory is registered" : words;
}

bool add_piece(char *start, size_t bytes, bool written, const char *name, bool module_variable) {
  const uint64_t from = (uint64_t)start;
  if (from & 15) return false;
  auto next = pieces.lower_bound(from);
  if (next != pieces.end() && next->first < from + bytes) return false;
  if (next != pieces.begin()) {
    const Piece &before = *std::prev(next)->second;
    if ((uint64_t)before.start + before.bytes > from) return false;
  }
  auto piece = std::make_unique<Piece>();
  piece->start = start;
  piece->bytes = bytes;
  piece->name = name ? name : "memory of " + std::to_string(bytes) + " bytes";
  piece->owned = false;
  piece->module_variable = module_variable;
  piece->written.reset(bytes, written);
  if (!piece->cells.reserve(bytes)) return false;
  pieces.emplace(from, std::move(piece));
  return true;
}

bool remove_piece(char *start) {
  forget_recent();
  return pieces.erase((uint64_t)start) == 1;
}

void forget_accesses() {
  for (auto &entry : pieces) entry.second->cells.forget();
}

constexpr size_t red_zone = 256;

// The piece that holds all the bytes, or null.
static Piece *holding(const void *start, size_t bytes) {
  Piece *piece = find_piece((uint64_t)start);
  return piece && (size_t)((const char *)start - piece->start) + bytes <= piece->bytes ? piece : nullptr;
}

}  // namespace eyrie

using namespace eyrie;

void *eyrie_memory_allocate(size_t bytes, const char *name) {
  Turn turn;
  const size_t rounded = (bytes + 255) / 256 * 256;
  char *whole = (char *)aligned_alloc(256, rounded + 2 * red_zone);
  if (!whole) return nullptr;
  // Every 32-bit word a NaN, so that reads of unwritten memory also show in a fast run's results.
  memset(whole, 0xff, rounded + 2 * red_zone);
  if (!add_piece(whole + red_zone, bytes, false, name, false)) return free(whole), nullptr;
  pieces.at((uint64_t)whole + red_zone)->owned = true;
  return whole + red_zone;
}
int eyrie_memory_free(void *start) {
  Turn turn;
  auto entry = pieces.find((uint64_t)start);
  if (entry == pieces.end() || !entry->second->owned) return 1;
  remove_piece((char *)start);
  free((char *)start - red_zone);
  return 0;
}
int eyrie_memory_register(void *start, size_t bytes, int written, const char *name) {
  Turn turn;
  return add_piece((char *)start, bytes, written != 0, name, false) ? 0 : 1;
}
int eyrie_memory_unregister(void *start) {
  Turn turn;
  auto entry = pieces.find((uint64_t)start);
  if (entry == pieces.end() || entry->second->owned) return 1;
  return remove_piece((char *)start) ? 0 : 1;
}
int eyrie_memory_mark(void *start, size_t bytes, int written) {
  Turn turn;
  Piece *piece = holding(start, bytes);
  if (!piece) return bytes == 0 ? 0 : 1;
  piece->written.mark((size_t)((char *)start - piece->start), bytes, written != 0);
  return 0;
}
size_t eyrie_memory_reach(const void *start, size_t bytes) {
  Turn turn;
  Piece *piece = find_piece((uint64_t)start);
  if (!piece) return 0;
  const size_t left = piece->bytes - (size_t)((const char *)start - piece->start);
  return left < bytes ? left : bytes;
}
size_t eyrie_memory_first_unwritten(const void *start, size_t bytes) {
  Turn turn;
  Piece *piece = holding(start, bytes);
  if (!piece) return 0;
  const size_t from = (size_t)((const char *)start - piece->start);
  return piece->written.first_unwritten(from, bytes) - from;
}
int eyrie_memory_copy_record(void *to, const void *from, size_t bytes) {
  Turn turn;
  Piece *target = holding(to, bytes), *source = holding(from, bytes);
  if (!target || !source) return bytes == 0 ? 0 : 1;
  const size_t at = (size_t)((char *)to - target->start), start = (size_t)((const char *)from - source->start);
  if (source->written.first_unwritten(start, bytes) == start + bytes) {
    target->written.mark(at, bytes, true);
    return 0;
  }
  for (size_t i = 0; i < bytes; i++) {
    const bool written = source->written.first_unwritten(start + i, 1) == start + i + 1;
    target->written.mark(at + i, 1, written);
  }
  return 0;
}
size_t eyrie_memory_count(void) {
  Turn turn;
  size_t count = 0;
  for (auto &entry : pieces) count += !entry.second->module_variable;
  return count;
}
size_t eyrie_memory_bytes(void) {
  Turn turn;
  size_t bytes = 0;
  for (auto &entry : pieces)
    if (!entry.second->module_variable) bytes += entry.second->bytes;
  return bytes;
}
