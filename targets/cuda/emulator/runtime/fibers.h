// Fibers: a stack each, and a switch between them. By hand on x86-64, ucontext elsewhere or with EYRIE_UCONTEXT.
#pragma once
#include <stddef.h>
#include <stdint.h>

#if !defined(__x86_64__)
#define EYRIE_UCONTEXT 1
#endif

#ifdef EYRIE_UCONTEXT
#include <ucontext.h>
#endif

namespace eyrie {

// Where a fiber continues.
struct Context {
#ifdef EYRIE_UCONTEXT
  ucontext_t saved;
#else
  void *stack_pointer;
#endif
};

constexpr uint32_t most_threads = 1024;

// Makes room for a stack of at least `bytes` for each of 1024 fibers. False where memory is short.
bool reserve_stacks(size_t bytes);
// Fiber `index` will start at `enter`, which must never return.
void prepare(Context &context, uint32_t index, void (*enter)());
// Saves here, continues there.
void switch_to(Context &from, Context &to);

}  // namespace eyrie
