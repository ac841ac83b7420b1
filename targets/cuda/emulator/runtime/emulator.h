/*
 * The emulator's C interface: device memory, loaded kernel libraries, launches.
 *
 * One process loads one runtime library (libeyrie_emulator.so); `buildEmulated(ptx)` makes a kernel library
 * for each PTX text beside it, and eyrie_module_load brings that in. Memory is registered once, for all
 * kernel libraries. Calls may come from any thread; they take turns. Names and texts are UTF-8, ended by a zero.
 *
 * A checked launch ends at the first of these, and says which kernel, .cu line, block and thread it was:
 * accesses out of bounds or misaligned; reads of bytes never written (global and shared memory); data races (only a
 * block's barriers, and __syncwarp within a warp, order accesses; shuffles and fences do not, blocks never); barriers
 * that threads reach at different places or not at all; deadlock; warp operations without a lane that their mask names,
 * by a lane outside it, or reading one outside it (stricter than PTX: a lane that left the kernel may not be named);
 * asynchronous copies read before their wait or never waited for; ld.global.nc of what the same launch writes; traps.
 * Not shown: what ptxas or the hardware do wrong, waiting of one block for another, the weak order of memory, time.
 * NaN results of f32 arithmetic may have other payloads than the device's 0x7fffffff.
 */
#ifndef EYRIE_EMULATOR_H
#define EYRIE_EMULATOR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#pragma GCC visibility push(default)
extern "C" {
#endif

/* Changes whenever this file changes what a caller must do. */
#define EYRIE_EMULATOR_VERSION 1
uint32_t eyrie_emulator_version(void);

/* ---- Device memory ----
 * A device address is a host address. A checked kernel may touch registered bytes only, may read only written
 * ones, and races on them are found. Give allocations by eyrie_memory_allocate where possible: it surrounds
 * them with unregistered bytes, so that the end of one is never the start of the next.
 */

/* Bytes aligned to 256, unwritten, between two red zones of 256 bytes. Null where memory is short. */
void *eyrie_memory_allocate(size_t bytes, const char *name);
/* 0, or 1 where `start` is not the start of such an allocation. */
int eyrie_memory_free(void *start);

/* Registers memory of one's own, whose start is a multiple of 16. `name` (may be null) is what errors call it.
 * 0, or 1 where it overlaps another or is not aligned. */
int eyrie_memory_register(void *start, size_t bytes, int written, const char *name);
int eyrie_memory_unregister(void *start);

/* What an upload, a memset or a copy does to the record of written bytes: 0, or 1 where a byte is not registered. */
int eyrie_memory_mark(void *start, size_t bytes, int written);
/* How many of the bytes lie in one registered piece: `bytes` where a host copy is allowed. */
size_t eyrie_memory_reach(const void *start, size_t bytes);
/* The place of the first byte never written, counted from start; `bytes` where all are written. */
size_t eyrie_memory_first_unwritten(const void *start, size_t bytes);
/* Copies the record of written bytes as a device-to-device copy does with the values. Both must be registered. */
int eyrie_memory_copy_record(void *to, const void *from, size_t bytes);
/* Pieces of registered memory now (modules' own variables not counted), and their bytes. */
size_t eyrie_memory_count(void);
size_t eyrie_memory_bytes(void);

/* ---- Kernel libraries ---- */

typedef struct EyrieModule EyrieModule;
typedef struct EyrieKernel EyrieKernel;

/* Null on failure, with a sentence in `error`. Each load is a separate instance with its own variables where
 * the path was not loaded before; the same path gives the same instance, counted. */
EyrieModule *eyrie_module_load(const char *path, char *error, size_t error_bytes);
/* The library that buildEmulated made of this PTX text, which lies beside the runtime library as NAME.so. Null with
 * a sentence in `error` where it was not built. */
EyrieModule *eyrie_module_find(const char *ptx, size_t ptx_bytes, char *error, size_t error_bytes);
/* NAME: 32 hexadecimal digits (FNV-1a of 128 bits over the text without its ending zero) and a zero. */
void eyrie_module_name(const char *ptx, size_t ptx_bytes, char name[33]);
void eyrie_module_unload(EyrieModule *module);
/* Null where there is no such kernel. Valid until the module is unloaded. */
const EyrieKernel *eyrie_module_kernel(EyrieModule *module, const char *name);
/* The address of a .global or .const variable, null where there is none; its bytes where asked. */
void *eyrie_module_variable(EyrieModule *module, const char *name, size_t *bytes);

typedef struct EyrieKernelFacts {
  uint32_t parameters;            /* how many */
  uint32_t max_threads;           /* of a block; .maxntid, else 1024 */
  uint32_t required_threads[3];   /* .reqntid, else zeros */
  uint32_t static_shared_bytes;   /* as declared, without red zones */
  uint32_t local_bytes;           /* of one thread */
} EyrieKernelFacts;
void eyrie_kernel_facts(const EyrieKernel *kernel, EyrieKernelFacts *facts);
/* Bytes of one parameter; 0 where there is no such parameter. */
uint32_t eyrie_kernel_parameter_bytes(const EyrieKernel *kernel, uint32_t index);

/* ---- Launches ---- */

typedef struct EyrieLaunch {
  uint32_t grid[3];
  uint32_t block[3];
  uint32_t dynamic_shared_bytes;
  /* 1: every access and every synchronisation is checked. 0: fast; a wrong kernel may end the process. */
  uint32_t checked;
  /* 1: approximate functions (ex2.approx, …) are moved within their documented error, and sums of matrix
   * products are taken in another order, both by the seed. 0: as exact as their result type. */
  uint32_t perturb;
  uint32_t reserved;
  /* Equal seeds give equal runs. 0: blocks and threads in order. Else: in an order drawn from the seed. */
  uint64_t seed;
  /* One pointer for each parameter to its value, as cuLaunchKernel takes them. */
  void **parameters;
} EyrieLaunch;

enum {
  EYRIE_OK = 0,
  /* A check failed: what the kernel did wrong is in `error`; memory holds what was written until then. */
  EYRIE_FAULT = 1,
  /* The launch itself cannot be (sizes, shared memory): nothing ran. */
  EYRIE_INVALID = 2
};

/* Runs one kernel to its end. */
int eyrie_launch(const EyrieKernel *kernel, const EyrieLaunch *launch, char *error, size_t error_bytes);

#ifdef __cplusplus
}
#pragma GCC visibility pop
#endif
#endif
