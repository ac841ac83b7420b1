// What generated kernel code and the runtime share: the thread, a kernel library's tables, and the calls between them.
#pragma once
#include <stddef.h>
#include <stdint.h>

namespace eyrie {

struct Dim3 {
  uint32_t x, y, z;
};

// One CUDA thread while its block runs. `given` and `taken` carry the operands and results of warp operations.
struct Thread {
  Dim3 id;
  uint32_t index;  // within the block, x fastest
  uint32_t lane;   // index % 32
  uint32_t warp;   // index / 32
  bool checked;
  char *shared;    // address of shared offset 0
  Dim3 block, grid_size, block_size;
  uint32_t given[12];
  uint32_t taken[4];
};

struct Site {
  const char *file;
  uint32_t line;
};
struct SharedVariable {
  const char *name;
  uint32_t offset, bytes;
};

struct KernelRecord {
  const char *name;
  void (*run)(Thread &, void *const *);
  uint32_t parameters;
  const uint32_t *parameter_bytes;
  uint32_t shared_end;  // offset after the static variables and their red zones
  uint32_t shared_variables;
  const SharedVariable *shared;
  uint32_t local_bytes;
  uint32_t registers;   // how many names; bounds the frame
  uint32_t max_threads;
  uint32_t required_threads[3];
  uint32_t meets;       // 1 where threads wait for each other anywhere
  const Site *sites;
};
struct VariableRecord {
  const char *name;
  void *start;
  size_t bytes;
};
struct ModuleRecord {
  uint32_t version;
  uint32_t kernels;
  const KernelRecord *kernel;
  uint32_t variables;
  const VariableRecord *variable;
};

// Shared memory starts here, so that a null pointer is never inside it.
constexpr uint32_t shared_start = 1024;

enum Access : uint32_t { Read = 0, Write = 1, ReadOnly = 2, Atomic = 3 };
enum Shuffle : uint32_t { Up = 0, Down = 1, Butterfly = 2, Index = 3 };
enum Vote : uint32_t { All = 0, Any = 1, Uniform = 2, Ballot = 3 };
enum Reduce : uint32_t { Add, MinU, MaxU, MinS, MaxS, And, Or, Xor };
enum Factor : uint32_t { F16, Bf16, Tf32 };

}  // namespace eyrie

#pragma GCC visibility push(default)
extern "C" {
// Every kernel library exports this.
const eyrie::ModuleRecord *eyrie_module_record();

// Checks; each ends the launch where something is wrong.
void eyrie_check_global(eyrie::Thread &, uint64_t address, uint32_t bytes, uint32_t access, uint32_t site);
void eyrie_check_shared(eyrie::Thread &, uint32_t offset, uint32_t bytes, uint32_t access, uint32_t site);
void eyrie_check_local(eyrie::Thread &, uint64_t address, uint32_t bytes, const char *depot, uint32_t depot_bytes, uint32_t site);
// Where a generic address points, checked as its state space asks.
char *eyrie_generic(eyrie::Thread &, uint64_t address, uint32_t bytes, uint32_t access, const char *depot, uint32_t depot_bytes, uint32_t site);
bool eyrie_is_shared(uint64_t address);
[[noreturn]] void eyrie_trap(eyrie::Thread &, uint32_t site);
[[noreturn]] void eyrie_bad_branch(eyrie::Thread &, uint32_t index, uint32_t site);

// Threads meeting.
void eyrie_barrier(eyrie::Thread &, uint32_t site);
// bar.red: op 0 popc, 1 and, 2 or.
uint32_t eyrie_barrier_reduce(eyrie::Thread &, uint32_t op, bool value, uint32_t site);
void eyrie_sync_warp(eyrie::Thread &, uint32_t mask, uint32_t site);
uint32_t eyrie_shuffle(eyrie::Thread &, uint32_t mode, uint32_t value, uint32_t by, uint32_t clamp, uint32_t mask, bool &within, uint32_t site);
uint32_t eyrie_vote(eyrie::Thread &, uint32_t mode, bool value, uint32_t mask, uint32_t site);
uint32_t eyrie_reduce(eyrie::Thread &, uint32_t op, uint32_t value, uint32_t mask, uint32_t site);
uint32_t eyrie_match_any(eyrie::Thread &, uint32_t value, uint32_t mask, uint32_t site);
uint32_t eyrie_active_mask(eyrie::Thread &);
void eyrie_load_matrix(eyrie::Thread &, uint32_t offset, uint32_t count, bool transposed, uint32_t *result, uint32_t site);
// D = A B + C of m16n8k`depth`: a 2 or 4 registers, b 1 or 2, c and d four f32.
void eyrie_multiply(eyrie::Thread &, uint32_t factor, uint32_t depth, const uint32_t *a, const uint32_t *b, const float *c, float *d, uint32_t site);

// Asynchronous copies from global to shared memory.
void eyrie_copy_async(eyrie::Thread &, uint32_t offset, uint64_t from, uint32_t bytes, uint32_t source_bytes, uint32_t site);
void eyrie_commit_group(eyrie::Thread &);
void eyrie_wait_group(eyrie::Thread &, uint32_t pending, uint32_t site);
void eyrie_wait_all(eyrie::Thread &, uint32_t site);

// Approximate functions: the exact value rounded once, moved within the documented error where a launch asks for it.
float eyrie_exp2(float);
float eyrie_log2(float);
float eyrie_sin(float);
float eyrie_cos(float);
float eyrie_tanh(float);
float eyrie_reciprocal(float);
float eyrie_square_root(float);
float eyrie_reciprocal_root(float);
float eyrie_divide_approximately(float, float);
float eyrie_divide_full(float, float);
uint16_t eyrie_exp2_f16(uint16_t);
uint16_t eyrie_tanh_f16(uint16_t);
uint16_t eyrie_exp2_bf16(uint16_t);
uint16_t eyrie_tanh_bf16(uint16_t);
uint32_t eyrie_clock();
}
#pragma GCC visibility pop
