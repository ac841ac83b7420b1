// The driver, its devices and their contexts.
#include <stdio.h>
#include <map>
#include <string>
#include "state.h"

using namespace stand_in;

EXPORT CUresult cuInit(unsigned flags) {
  std::lock_guard<std::recursive_mutex> turn(turns);
  read_options();
  restart();
  if (CUresult refused = enter(__func__, Needs::nothing)) return refused;
  if (options.devices == 0) return no_device;
  return flags == 0 ? success : invalid_value;
}

EXPORT CUresult cuDriverGetVersion(int *version) {
  ENTER(nothing);
  *version = options.driver_version;
  return success;
}

EXPORT CUresult cuDeviceGetCount(int *count) {
  ENTER(driver);
  *count = options.devices;
  return success;
}

static bool exists(CUdevice device) { return device >= 0 && device < options.devices; }

EXPORT CUresult cuDeviceGet(CUdevice *device, int ordinal) {
  ENTER(driver);
  if (!exists(ordinal)) return invalid_device;
  *device = ordinal;
  return success;
}

EXPORT CUresult cuDeviceGetName(char *name, int bytes, CUdevice device) {
  ENTER(driver);
  if (!exists(device)) return invalid_device;
  snprintf(name, (size_t)bytes, "Eyrie's emulator on the CPU");
  return success;
}

EXPORT CUresult cuDeviceTotalMem_v2(size_t *bytes, CUdevice device) {
  ENTER(driver);
  if (!exists(device)) return invalid_device;
  *bytes = options.total_bytes;
  return success;
}

EXPORT CUresult cuDeviceGetAttribute(int *value, int attribute, CUdevice device) {
  ENTER(driver);
  if (!exists(device)) return invalid_device;
  const std::map<int, int> values = {
      {max_threads_per_block, 1024},
      {max_shared_memory_per_block, 48 << 10},
      {warp_size, 32},
      {multiprocessor_count, 1},
      {compute_capability_major, options.capability / 10},
      {compute_capability_minor, options.capability % 10},
      {max_shared_memory_per_multiprocessor, 164 << 10},
      {max_shared_memory_per_block_optin, 163 << 10},
  };
  auto found = values.find(attribute);
  if (found == values.end())
    return fail(invalid_value, "the stand-in knows no device attribute " + std::to_string(attribute));
  *value = found->second;
  return success;
}

EXPORT CUresult cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device) {
  ENTER(driver);
  if (!exists(device)) return invalid_device;
  *context = context_of(device);
  (*context)->retains++;
  return success;
}

EXPORT CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) {
  ENTER(driver);
  Context *context = context_of(device);
  if (context->retains == 0) return invalid_context;
  if (--context->retains > 0) return success;
  drop_all(context);
  *context = Context();
  if (current_context() == context) make_current(nullptr);
  return success;
}

EXPORT CUresult cuCtxSetCurrent(CUcontext context) {
  ENTER(driver);
  make_current(context);
  return success;
}

EXPORT CUresult cuCtxGetCurrent(CUcontext *context) {
  ENTER(driver);
  *context = current_context();
  return success;
}

struct Words {
  const char *name;
  const char *text;
};

static const std::map<int, Words> words = {
    {success, {"CUDA_SUCCESS", "no error"}},
    {invalid_value, {"CUDA_ERROR_INVALID_VALUE", "invalid argument"}},
    {out_of_memory, {"CUDA_ERROR_OUT_OF_MEMORY", "out of memory"}},
    {not_initialized, {"CUDA_ERROR_NOT_INITIALIZED", "initialization error"}},
    {no_device, {"CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"}},
    {invalid_device, {"CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"}},
    {invalid_image, {"CUDA_ERROR_INVALID_IMAGE", "device kernel image is invalid"}},
    {invalid_context, {"CUDA_ERROR_INVALID_CONTEXT", "invalid device context"}},
    {no_binary_for_gpu,
     {"CUDA_ERROR_NO_BINARY_FOR_GPU", "no kernel image is available for execution on the device"}},
    {ecc_uncorrectable, {"CUDA_ERROR_ECC_UNCORRECTABLE", "uncorrectable ECC error encountered"}},
    {unsupported_ptx_version,
     {"CUDA_ERROR_UNSUPPORTED_PTX_VERSION",
      "the provided PTX was compiled with an unsupported toolchain."}},
    {invalid_handle, {"CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"}},
    {not_found, {"CUDA_ERROR_NOT_FOUND", "named symbol not found"}},
    {not_ready, {"CUDA_ERROR_NOT_READY", "device not ready"}},
    {illegal_address,
     {"CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"}},
    {launch_timeout,
     {"CUDA_ERROR_LAUNCH_TIMEOUT", "the launch timed out and was terminated"}},
    {launch_failed, {"CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"}},
    {stream_capture_unsupported,
     {"CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED",
      "operation not permitted when stream is capturing"}},
    {stream_capture_invalidated,
     {"CUDA_ERROR_STREAM_CAPTURE_INVALIDATED",
      "operation failed due to a previous error during capture"}},
    {stream_capture_unmatched,
     {"CUDA_ERROR_STREAM_CAPTURE_UNMATCHED", "capture was not initiated in this stream"}},
    {unknown, {"CUDA_ERROR_UNKNOWN", "unknown error"}},
};

// These two say what went before: they count nothing and forget nothing.
EXPORT CUresult cuGetErrorName(CUresult code, const char **name) {
  auto found = words.find(code);
  *name = found == words.end() ? nullptr : found->second.name;
  return *name ? success : invalid_value;
}

EXPORT CUresult cuGetErrorString(CUresult code, const char **text) {
  auto found = words.find(code);
  *text = found == words.end() ? nullptr : found->second.text;
  return *text ? success : invalid_value;
}
