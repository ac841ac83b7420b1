// Makes contexts, streams and memory, and gives them back. What fails while giving back has no one
// to be told.
#include "device.h"
#include "driver.h"
#include "failure.h"

namespace eyrie {

int device_count() {
  check(driver().cuInit(0), "cuInit");
  int count = 0;
  check(driver().cuDeviceGetCount(&count), "cuDeviceGetCount");
  return count;
}

static int attribute(CUdevice device, CUdevice_attribute which) {
  int value = 0;
  check(driver().cuDeviceGetAttribute(&value, which, device), "cuDeviceGetAttribute");
  return value;
}

// The PTX is made for this and later.
static constexpr int least_capability = 8;

Context::Context(int ordinal) {
  const int count = device_count();
  if (ordinal < 0 || ordinal >= count)
    fail("there is no device %d: the driver sees %d, counted from 0", ordinal, count);
  check(driver().cuDeviceGet(&device_, ordinal), "cuDeviceGet");
  char name[256] = "";
  check(driver().cuDeviceGetName(name, sizeof name, device_), "cuDeviceGetName");
  name_ = name;
  const int major = attribute(device_, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
  const int minor = attribute(device_, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
  if (major < least_capability)
    fail(
        "%s has compute capability %d.%d, and the kernels need %d.0 or later; choose another "
        "device",
        name, major, minor, least_capability);
  shared_bytes_ =
      (unsigned)attribute(device_, CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN);
  architecture_ = "sm_" + std::to_string(major) + std::to_string(minor);
  check(driver().cuDevicePrimaryCtxRetain(&handle_, device_), "cuDevicePrimaryCtxRetain");
}

Context::~Context() { driver().cuDevicePrimaryCtxRelease(device_); }

Current::Current(CUcontext context) {
  check(driver().cuCtxGetCurrent(&before_), "cuCtxGetCurrent");
  check(driver().cuCtxSetCurrent(context), "cuCtxSetCurrent");
}

Current::~Current() { driver().cuCtxSetCurrent(before_); }

Stream::Stream() {
  check(driver().cuStreamCreate(&handle_, CU_STREAM_NON_BLOCKING), "cuStreamCreate");
}

Stream::~Stream() { driver().cuStreamDestroy(handle_); }

void Stream::wait() const { check(driver().cuStreamSynchronize(handle_), "cuStreamSynchronize"); }

// Kernels read up to 16 bytes at once; nothing is allocated smaller.
static size_t rounded(size_t bytes) { return bytes < 16 ? 16 : (bytes + 15) / 16 * 16; }

Buffer::Buffer(size_t bytes, const char *what) : bytes_(rounded(bytes)) {
  const CUresult result = driver().cuMemAlloc(&address_, bytes_);
  if (result == CUDA_ERROR_OUT_OF_MEMORY) {
    size_t free = 0, total = 0;
    check(driver().cuMemGetInfo(&free, &total), "cuMemGetInfo");
    fail(
        "the device has no room for %s: it takes %zu bytes, and %zu of %zu are free; free memory "
        "of the device, or "
        "compile the model for a smaller batch or chunk",
        what, bytes_, free, total);
  }
  check(result, "cuMemAlloc");
}

Buffer::~Buffer() {
  if (address_) driver().cuMemFree(address_);
}

void Buffer::clear(const Stream &stream) const {
  check(driver().cuMemsetD8Async(address_, 0, bytes_, stream.handle()), "cuMemsetD8Async");
}

void Buffer::upload(const void *from, size_t bytes, const Stream &stream) const {
  check(driver().cuMemcpyHtoDAsync(address_, from, bytes, stream.handle()), "cuMemcpyHtoDAsync");
}

void Buffer::download(void *to, size_t bytes, const Stream &stream) const {
  check(driver().cuMemcpyDtoHAsync(to, address_, bytes, stream.handle()), "cuMemcpyDtoHAsync");
}

void Buffer::copy_from(const Buffer &other, size_t bytes, const Stream &stream) const {
  check(driver().cuMemcpyDtoDAsync(address_, other.address_, bytes, stream.handle()),
        "cuMemcpyDtoDAsync");
}

HostBuffer::HostBuffer(size_t bytes) {
  void *made = nullptr;
  check(driver().cuMemHostAlloc(&made, rounded(bytes), 0), "cuMemHostAlloc");
  data_ = static_cast<unsigned char *>(made);
}

HostBuffer::~HostBuffer() {
  if (data_) driver().cuMemFreeHost(data_);
}

}  // namespace eyrie
