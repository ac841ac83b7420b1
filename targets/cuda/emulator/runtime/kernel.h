// The one header of generated kernels: short spellings, so that a kernel's text stays small.
#pragma once
#pragma GCC diagnostic ignored "-Wunused-function"
#include "calls.h"
#include "numbers.h"

using namespace eyrie;
typedef uint8_t u8;
typedef int8_t s8;
typedef uint16_t u16;
typedef int16_t s16;
typedef uint32_t u32;
typedef int32_t s32;
typedef uint64_t u64;
typedef int64_t s64;
typedef float f32;
typedef double f64;

#define BITS(type, value) __builtin_bit_cast(type, value)
#define LOAD(type, pointer) (*(const type *)(pointer))
#define STORE(type, pointer, value) (*(type *)(pointer) = (value))

// A check of the thread `t` where its launch asks for checks.
#define GLOBAL(address, bytes, access, site) \
  if (__builtin_expect(checked, 0)) eyrie_check_global(t, address, bytes, access, site)
#define SHARED(offset, bytes, access, site) \
  if (__builtin_expect(checked, 0)) eyrie_check_shared(t, offset, bytes, access, site)
#define LOCAL(address, bytes, site) \
  if (__builtin_expect(checked, 0)) eyrie_check_local(t, address, bytes, depot, depot_bytes, site)
