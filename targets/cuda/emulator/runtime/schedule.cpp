// Which thread runs next, and what ends a launch early.
#include <stdarg.h>
#include <stdio.h>
#include <map>
#include "machine.h"

namespace eyrie {

Machine machine;
static std::recursive_mutex turns;
Turn::Turn() { turns.lock(); }
Turn::~Turn() { turns.unlock(); }

// xorshift64
uint32_t draw() {
  uint64_t &x = machine.random;
  x ^= x << 13, x ^= x >> 7, x ^= x << 17;
  return (uint32_t)(x >> 16);
}

static std::string triple(Dim3 d) {
  return "(" + std::to_string(d.x) + "," + std::to_string(d.y) + "," + std::to_string(d.z) + ")";
}

std::string place(uint32_t site) {
  const Site &at = machine.kernel->sites[site];
  return std::string(at.file) + ":" + std::to_string(at.line);
}
std::string thread_name(uint32_t index) {
  const Dim3 b = machine.block;
  return triple({index % b.x, index / b.x % b.y, index / b.x / b.y});
}
std::string block_name(uint32_t clock) {
  std::string name = "?";
  for (auto &entry : machine.started)
    if (entry.first <= clock) name = triple(entry.second);
  return name;
}

[[noreturn]] static void leave() {
  Context abandoned;
  switch_to(abandoned, machine.outside);
  __builtin_unreachable();
}

void fault(const Thread &thread, uint32_t site, const char *format, ...) {
  char words[1200];
  va_list list;
  va_start(list, format);
  vsnprintf(words, sizeof words, format, list);
  va_end(list);
  machine.error = std::string("kernel ") + machine.kernel->name + ", " + place(site) + ", block " +
                  triple(machine.block_id) + ", thread " + triple(thread.id) + ": " + words;
  leave();
}

void tick() {
  if (++machine.clock == 0) {
    machine.error = std::string("kernel ") + machine.kernel->name + ": more synchronisations than the checker can count";
    leave();
  }
}

void make_ready(uint32_t fiber) {
  machine.fibers[fiber].waits = Waits::No;
  machine.ready[(machine.ready_first + machine.ready_count++) % most_threads] = (uint16_t)fiber;
}
void make_next(uint32_t fiber) {
  machine.fibers[fiber].waits = Waits::No;
  machine.ready_first = (machine.ready_first + most_threads - 1) % most_threads;
  machine.ready[machine.ready_first] = (uint16_t)fiber;
  machine.ready_count++;
}

static uint32_t take_ready() {
  uint16_t &first = machine.ready[machine.ready_first];
  if (machine.shuffled) {
    uint16_t &chosen = machine.ready[(machine.ready_first + draw() % machine.ready_count) % most_threads];
    const uint16_t other = chosen;
    chosen = first, first = other;
  }
  const uint32_t fiber = first;
  machine.ready_first = (machine.ready_first + 1) % most_threads;
  machine.ready_count--;
  return fiber;
}

// Nobody can continue: says who waits where.
[[noreturn]] static void deadlock() {
  std::map<std::string, uint32_t> waiting;
  const Fiber *one = nullptr;
  for (uint32_t i = 0; i < machine.threads; i++) {
    const Fiber &fiber = machine.fibers[i];
    if (fiber.waits != Waits::Barrier && fiber.waits != Waits::Warp) continue;
    if (!one) one = &fiber;
    waiting[std::string(fiber.what) + " at " + place(fiber.site)]++;
  }
  std::string words;
  for (auto &entry : waiting)
    words += (words.empty() ? "" : ", ") + std::to_string(entry.second) + " wait in " + entry.first;
  fault(one->thread, one->site, "a deadlock, because threads wait for others that never come: %s", words.c_str());
}

static void continue_with_another() {
  if (machine.ready_count == 0) deadlock();
  const uint32_t next = take_ready(), left = machine.current;
  if (next == left) return;
  machine.current = next;
  switch_to(machine.fibers[left].context, machine.fibers[next].context);
}

void wait_here(Waits waits, uint32_t site, const char *what) {
  Fiber &fiber = machine.fibers[machine.current];
  fiber.waits = waits;
  fiber.site = site;
  fiber.what = what;
  continue_with_another();
}

void finish_thread(Fiber &fiber) {
  check_copies_done(fiber);
  fiber.waits = Waits::Done;
  machine.alive--;
  machine.warps[fiber.thread.warp].live &= ~(1u << fiber.thread.lane);
  leave_meetings(fiber.thread);
}

static void enter() {
  Fiber &fiber = machine.fibers[machine.current];
  machine.kernel->run(fiber.thread, machine.parameters);
  finish_thread(fiber);
  if (machine.arrived && machine.arrived == machine.alive)
    fault(fiber.thread, machine.barrier_site, "it left the kernel while other threads of its block wait at the barrier at %s", place(machine.barrier_site).c_str());
  if (machine.alive == 0) leave();
  continue_with_another();
  __builtin_unreachable();
}

// Where threads never meet, one fiber runs them one after another.
static void enter_all() {
  while (machine.ready_count) {
    machine.current = take_ready();
    Fiber &fiber = machine.fibers[machine.current];
    machine.kernel->run(fiber.thread, machine.parameters);
    finish_thread(fiber);
  }
  leave();
}

void run_block() {
  const bool meets = machine.kernel->meets != 0;
  if (meets)
    for (uint32_t i = 0; i < machine.threads; i++) prepare(machine.fibers[i].context, i, enter);
  Context start;
  if (!meets) prepare(start, 0, enter_all);
  machine.current = meets ? take_ready() : 0;
  switch_to(machine.outside, meets ? machine.fibers[machine.current].context : start);
}

}  // namespace eyrie
