// Files of tensors in the safetensors format: read by parts after every field of the header is
// checked, and written whole.
#pragma once
#include <stdint.h>
#include <map>
#include <string>
#include <vector>

namespace eyrie {

// How numbers lie in a file.
enum class Stored { F32, F16, BF16, I32, U32, I8, U8 };
const char *stored_name(Stored type);
size_t stored_bytes(Stored type);

struct StoredTensor {
  Stored type;
  std::vector<uint64_t> shape;
  // First byte, from the start of the file.
  uint64_t offset;
};

// "[2, 3]"
std::string shape_text(const std::vector<uint64_t> &shape);
// Number of elements; 1 for a single number.
uint64_t elements_of(const std::vector<uint64_t> &shape);

class SafetensorsFile {
 public:
  explicit SafetensorsFile(const std::string &path);
  ~SafetensorsFile();
  SafetensorsFile(const SafetensorsFile &) = delete;
  SafetensorsFile &operator=(const SafetensorsFile &) = delete;

  const std::string &path() const { return path_; }
  const std::map<std::string, std::string> &metadata() const { return metadata_; }
  const std::map<std::string, StoredTensor> &tensors() const { return tensors_; }
  // The tensor of that name, or null.
  const StoredTensor *find(const std::string &name) const;
  // `count` elements from element `from`, as the file holds them.
  void read(const StoredTensor &tensor, uint64_t from, uint64_t count, void *to) const;

 private:
  void read_header();
  void check_layout(uint64_t data_bytes) const;
  void read_bytes(uint64_t from, void *to, uint64_t bytes) const;
  std::string path_;
  int file_ = -1;
  uint64_t size_ = 0;
  std::map<std::string, std::string> metadata_;
  std::map<std::string, StoredTensor> tensors_;
};

// A tensor of 32-bit numbers to write.
struct TensorToWrite {
  std::string name;
  Stored type;
  std::vector<uint64_t> shape;
  const void *data;
};

// Writes one file: under another name first, renamed when it is whole.
void write_safetensors(const std::string &path,
                       const std::vector<std::pair<std::string, std::string>> &metadata,
                       const std::vector<TensorToWrite> &tensors);

}  // namespace eyrie
