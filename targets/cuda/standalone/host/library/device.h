// A device, its context, a stream and memory: what is made is given back by whoever owns it.
#pragma once
#include <cuda.h>
#include <stdint.h>
#include <string>

namespace eyrie {

// The primary context of a device.
class Context {
 public:
  explicit Context(int ordinal);
  ~Context();
  Context(const Context &) = delete;
  Context &operator=(const Context &) = delete;
  CUcontext handle() const { return handle_; }
  const std::string &name() const { return name_; }
  // "sm_90"
  const std::string &architecture() const { return architecture_; }
  // Shared memory that a kernel may have.
  unsigned shared_bytes() const { return shared_bytes_; }

 private:
  CUdevice device_ = 0;
  CUcontext handle_ = nullptr;
  std::string name_, architecture_;
  unsigned shared_bytes_ = 0;
};

// Makes a context the thread's own for a while, then what was before.
class Current {
 public:
  explicit Current(CUcontext context);
  ~Current();
  Current(const Current &) = delete;
  Current &operator=(const Current &) = delete;

 private:
  CUcontext before_ = nullptr;
};

class Stream {
 public:
  Stream();
  ~Stream();
  Stream(const Stream &) = delete;
  Stream &operator=(const Stream &) = delete;
  CUstream handle() const { return handle_; }
  void wait() const;

 private:
  CUstream handle_ = nullptr;
};

// Memory of the device.
class Buffer {
 public:
  // `what` is called that where it does not fit.
  Buffer(size_t bytes, const char *what);
  ~Buffer();
  Buffer(Buffer &&other) noexcept : address_(other.address_), bytes_(other.bytes_) {
    other.address_ = 0;
  }
  Buffer(const Buffer &) = delete;
  Buffer &operator=(const Buffer &) = delete;
  CUdeviceptr address() const { return address_; }
  size_t bytes() const { return bytes_; }
  void clear(const Stream &stream) const;
  void upload(const void *from, size_t bytes, const Stream &stream) const;
  void download(void *to, size_t bytes, const Stream &stream) const;
  void copy_from(const Buffer &other, size_t bytes, const Stream &stream) const;

 private:
  CUdeviceptr address_ = 0;
  size_t bytes_ = 0;
};

// Memory of the host that the device reads quickly.
class HostBuffer {
 public:
  explicit HostBuffer(size_t bytes);
  ~HostBuffer();
  HostBuffer(HostBuffer &&other) noexcept : data_(other.data_) { other.data_ = nullptr; }
  HostBuffer(const HostBuffer &) = delete;
  HostBuffer &operator=(const HostBuffer &) = delete;
  unsigned char *data() const { return data_; }

 private:
  unsigned char *data_ = nullptr;
};

// Devices that the driver sees.
int device_count();

}  // namespace eyrie
