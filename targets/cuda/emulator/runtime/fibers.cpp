// The switch, and one mapping that holds all stacks.
#include "fibers.h"
#include <sys/mman.h>

namespace eyrie {

static char *stacks;
static size_t stack_bytes;

bool reserve_stacks(size_t bytes) {
  bytes = (bytes + 4095) / 4096 * 4096;
  if (stacks && bytes <= stack_bytes) return true;
  if (stacks) munmap(stacks, stack_bytes * most_threads);
  void *mapped = mmap(nullptr, bytes * most_threads, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  stacks = mapped == MAP_FAILED ? nullptr : (char *)mapped;
  stack_bytes = bytes;
  return stacks != nullptr;
}

// Equal frames of different fibers start at different cache lines, else they would all fight for one set.
static size_t stagger(uint32_t index) { return index % 61 * 64; }

#ifdef EYRIE_UCONTEXT

void prepare(Context &context, uint32_t index, void (*enter)()) {
  getcontext(&context.saved);
  context.saved.uc_stack.ss_sp = stacks + index * stack_bytes;
  context.saved.uc_stack.ss_size = stack_bytes - stagger(index);
  context.saved.uc_link = nullptr;
  makecontext(&context.saved, enter, 0);
}
void switch_to(Context &from, Context &to) { swapcontext(&from.saved, &to.saved); }

#else

// Keeps what the ABI says a call must keep, on the stack that is left.
extern "C" void eyrie_switch(void **save, void *to);
asm(R"(
.text
.globl eyrie_switch
.hidden eyrie_switch
.type eyrie_switch,@function
eyrie_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size eyrie_switch, .-eyrie_switch
)");

void prepare(Context &context, uint32_t index, void (*enter)()) {
  uint64_t *top = (uint64_t *)(stacks + (index + 1) * stack_bytes - 256 - stagger(index));
  *--top = 0;  // where `enter` would return to; also keeps its stack aligned as after a call
  *--top = (uint64_t)enter;
  for (int saved = 0; saved < 6; saved++) *--top = 0;
  context.stack_pointer = top;
}
void switch_to(Context &from, Context &to) { eyrie_switch(&from.stack_pointer, to.stack_pointer); }

#endif

}  // namespace eyrie
