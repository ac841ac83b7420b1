// Asynchronous copies: each lands at its issue or at its wait, drawn by the seed; until then its bytes are poison.
#include <string.h>
#include <algorithm>
#include "machine.h"

namespace eyrie {

void check_shared(Thread &thread, uint32_t offset, uint32_t bytes, uint32_t access, uint32_t site, uint16_t flags);
void settle_shared(Thread &thread, uint32_t offset, uint32_t bytes);

static void land(AsyncCopy &copy) {
  char *to = machine.shared + copy.offset;
  memcpy(to, (const void *)copy.from, copy.source_bytes);
  memset(to + copy.source_bytes, 0, copy.bytes - copy.source_bytes);
  copy.landed = true;
}

static void finish(Thread &thread, AsyncCopy &copy) {
  if (!copy.landed) land(copy);
  if (thread.checked) settle_shared(thread, copy.offset, copy.bytes);
}

static void finish_below(Thread &thread, uint32_t group) {
  auto &copies = machine.fibers[thread.index].copies;
  for (AsyncCopy &copy : copies)
    if (copy.group < group) finish(thread, copy);
  std::erase_if(copies, [&](const AsyncCopy &copy) { return copy.group < group; });
}

void check_copies_done(Fiber &fiber) {
  if (fiber.copies.empty() || !machine.checked) return;
  const AsyncCopy &copy = fiber.copies.front();
  fault(fiber.thread, copy.site, "it left the kernel without waiting for the asynchronous copy issued here");
}

}  // namespace eyrie

using namespace eyrie;

void eyrie_copy_async(Thread &thread, uint32_t offset, uint64_t from, uint32_t bytes, uint32_t source_bytes, uint32_t site) {
  Fiber &fiber = machine.fibers[thread.index];
  if (thread.checked) {
    if (source_bytes > bytes) fault(thread, site, "its asynchronous copy of %u bytes reads %u", bytes, source_bytes);
    if (from & (bytes - 1)) fault(thread, site, "its asynchronous copy of %u bytes reads an address that is not a multiple of %u", bytes, bytes);
    // Bytes past the source are zeros and never read, so only the rest must be there.
    for (uint32_t at = 0; at < source_bytes;) {
      uint32_t step = 16;
      while (step > source_bytes - at || (at & (step - 1))) step /= 2;
      eyrie_check_global(thread, from + at, step, Read, site);
      at += step;
    }
    check_shared(thread, offset, bytes, Write, site, in_flight);
  }
  AsyncCopy copy = {offset, bytes, std::min(source_bytes, bytes), fiber.groups, site, from, false};
  const bool late = machine.shuffled ? draw() & 1 : machine.checked;
  if (late) memset(machine.shared + offset, 0xff, bytes);
  else land(copy);
  fiber.copies.push_back(copy);
}

void eyrie_commit_group(Thread &thread) { machine.fibers[thread.index].groups++; }

void eyrie_wait_group(Thread &thread, uint32_t pending, uint32_t) {
  const uint32_t groups = machine.fibers[thread.index].groups;
  if (groups > pending) finish_below(thread, groups - pending);
}

void eyrie_wait_all(Thread &thread, uint32_t) { finish_below(thread, ~0u); }
