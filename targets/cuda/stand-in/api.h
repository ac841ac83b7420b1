// The part of CUDA's driver interface that the stand-in exports: its numbers, written after the driver's documentation.
#pragma once
#include <stddef.h>
#include <stdint.h>

#define EXPORT extern "C" __attribute__((visibility("default")))

typedef int CUdevice;
typedef uint64_t CUdeviceptr;
typedef struct Context *CUcontext;
typedef struct Module *CUmodule;
typedef struct Function *CUfunction;
typedef struct Stream *CUstream;
typedef struct Event *CUevent;
typedef struct Graph *CUgraph;
typedef struct Graph *CUgraphExec;

enum CUresult : int {
  success = 0,
  invalid_value = 1,
  out_of_memory = 2,
  not_initialized = 3,
  no_device = 100,
  invalid_device = 101,
  invalid_image = 200,
  invalid_context = 201,
  no_binary_for_gpu = 209,
  ecc_uncorrectable = 214,
  unsupported_ptx_version = 222,
  invalid_handle = 400,
  not_found = 500,
  not_ready = 600,
  illegal_address = 700,
  launch_timeout = 702,
  launch_failed = 719,
  stream_capture_unsupported = 900,
  stream_capture_invalidated = 901,
  stream_capture_unmatched = 903,
  unknown = 999,
};

// CUdevice_attribute
enum {
  max_threads_per_block = 1,
  max_shared_memory_per_block = 8,
  warp_size = 10,
  multiprocessor_count = 16,
  compute_capability_major = 75,
  compute_capability_minor = 76,
  max_shared_memory_per_multiprocessor = 81,
  max_shared_memory_per_block_optin = 97,
};

// CUfunction_attribute
enum {
  function_max_threads = 0,
  function_shared_bytes = 1,
  function_local_bytes = 3,
  function_ptx_version = 5,
  function_binary_version = 6,
  function_max_dynamic_shared_bytes = 8,
};

// CUjit_option
enum { jit_error_log_buffer = 5, jit_error_log_buffer_bytes = 6 };

// CUevent_flags
enum { event_disable_timing = 2 };
