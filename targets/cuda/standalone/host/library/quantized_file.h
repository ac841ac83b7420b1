// What a checkpoint holds quantised, as `eyrie quantize` writes it. Knows no device.
#pragma once
#include <map>
#include <string>
#include <vector>
#include "checkpoint.h"
#include "quantized.h"

namespace eyrie {

class QuantizedFile {
 public:
  // Fails where the file's own words about it are no such words.
  explicit QuantizedFile(const Checkpoint &file);
  // Whether the file holds that parameter quantised.
  bool holds(const std::string &name) const { return axes_.count(name) > 0; }
  // Its numbers; fails where they were quantised otherwise than the plan reads them.
  Quantized read(const std::string &name, const std::vector<uint64_t> &shape,
                 const Quantization &how) const;

 private:
  template <class T>
  std::vector<T> tensor(const std::string &name, Stored type,
                        const std::vector<uint64_t> &shape) const;
  const Checkpoint &file_;
  std::string precision_;
  // By name, the axis along which groups run.
  std::map<std::string, uint64_t> axes_;
};

}  // namespace eyrie
