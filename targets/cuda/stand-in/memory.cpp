// Memory of the device and of the host, and copies between them. The engine's record of written bytes follows every copy.
#include <stdlib.h>
#include <string.h>
#include "../emulator/runtime/emulator.h"
#include "state.h"

using namespace stand_in;

static std::string next_name;

// What the engine calls the memory that is allocated next.
EXPORT void eyrie_stand_in_name(const char *name) {
  std::lock_guard<std::recursive_mutex> turn(turns);
  next_name = name;
}

EXPORT CUresult cuMemGetInfo_v2(size_t *free, size_t *total) {
  ENTER(context);
  *total = options.total_bytes;
  *free = options.total_bytes - current_context()->used;
  return success;
}

EXPORT CUresult cuMemAlloc_v2(CUdeviceptr *address, size_t bytes) {
  ENTER(context);
  if (bytes == 0) return fail(invalid_value, "an allocation of no bytes");
  Context *context = current_context();
  const std::string name = std::move(next_name);
  next_name.clear();
  if (context->used + bytes > options.total_bytes) return out_of_memory;
  void *start = eyrie_memory_allocate(bytes, name.empty() ? nullptr : name.c_str());
  if (!start) return out_of_memory;
  context->used += bytes;
  keep(start, Kind::memory, [=] {
    context->used -= bytes;
    eyrie_memory_free(start);
  });
  *address = (CUdeviceptr)start;
  return success;
}

// A context of no more use still gives its memory back.
static CUresult give_back(const void *object, Kind kind) {
  if (!drop(object, kind)) return fail(invalid_value, "memory that is not allocated is freed");
  Context *context = current_context();
  return context ? context->broken : success;
}

EXPORT CUresult cuMemFree_v2(CUdeviceptr address) {
  ENTER(driver);
  // As the driver does, so that nothing loses what it works on.
  if (current_context() && !current_context()->broken)
    if (CUresult code = synchronize()) return code;
  return give_back((void *)address, Kind::memory);
}

EXPORT CUresult cuMemHostAlloc(void **start, size_t bytes, unsigned) {
  ENTER(context);
  void *made = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
  if (!made) return out_of_memory;
  keep(made, Kind::host_memory, [=] { free(made); });
  *start = made;
  return success;
}

EXPORT CUresult cuMemFreeHost(void *start) {
  ENTER(driver);
  return give_back(start, Kind::host_memory);
}

static CUresult outside(const char *what) {
  return fail(invalid_value, std::string(what) + " reaches past the end of an allocation, or was freed");
}
static bool reaches(CUdeviceptr address, size_t bytes) {
  return eyrie_memory_reach((void *)address, bytes) == bytes;
}

static CUresult upload(CUdeviceptr to, const void *from, size_t bytes) {
  if (!reaches(to, bytes)) return outside("an upload");
  memcpy((void *)to, from, bytes);
  eyrie_memory_mark((void *)to, bytes, 1);
  return success;
}

static CUresult download(void *to, CUdeviceptr from, size_t bytes) {
  if (!reaches(from, bytes)) return outside("a read-back");
  const size_t unwritten = eyrie_memory_first_unwritten((void *)from, bytes);
  if (options.checked && unwritten < bytes)
    return fail(invalid_value, "byte " + std::to_string(unwritten) + " of " + std::to_string(bytes) +
                                   " that are read back was never written");
  memcpy(to, (const void *)from, bytes);
  return success;
}

static CUresult copy(CUdeviceptr to, CUdeviceptr from, size_t bytes) {
  if (!reaches(from, bytes) || !reaches(to, bytes)) return outside("a copy on the device");
  memmove((void *)to, (const void *)from, bytes);
  eyrie_memory_copy_record((void *)to, (const void *)from, bytes);
  return success;
}

static CUresult clear(CUdeviceptr to, unsigned char value, size_t bytes) {
  if (!reaches(to, bytes)) return outside("a memset");
  memset((void *)to, value, bytes);
  eyrie_memory_mark((void *)to, bytes, 1);
  return success;
}

EXPORT CUresult cuMemcpyHtoD_v2(CUdeviceptr to, const void *from, size_t bytes) {
  ENTER(context);
  return upload(to, from, bytes);
}
EXPORT CUresult cuMemcpyDtoH_v2(void *to, CUdeviceptr from, size_t bytes) {
  ENTER(context);
  return download(to, from, bytes);
}
EXPORT CUresult cuMemcpyDtoD_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes) {
  ENTER(context);
  return copy(to, from, bytes);
}
EXPORT CUresult cuMemsetD8_v2(CUdeviceptr to, unsigned char value, size_t bytes) {
  ENTER(context);
  return clear(to, value, bytes);
}
EXPORT CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void *from, size_t bytes, CUstream stream) {
  ENTER(context);
  return perform(stream, [=] { return upload(to, from, bytes); });
}
EXPORT CUresult cuMemcpyDtoHAsync_v2(void *to, CUdeviceptr from, size_t bytes, CUstream stream) {
  ENTER(context);
  return perform(stream, [=] { return download(to, from, bytes); });
}
EXPORT CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream) {
  ENTER(context);
  return perform(stream, [=] { return copy(to, from, bytes); });
}
EXPORT CUresult cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t bytes, CUstream stream) {
  ENTER(context);
  return perform(stream, [=] { return clear(to, value, bytes); });
}
