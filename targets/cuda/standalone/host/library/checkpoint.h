// A model's weights on disk as one set of tensors by name: one file, or several that an index
// joins. Knows no model.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>
#include "safetensors.h"

namespace eyrie {

// A tensor and the file that holds it.
struct Home {
  const SafetensorsFile *file;
  const StoredTensor *tensor;
};

class Checkpoint {
 public:
  // A .safetensors file, a .safetensors.index.json, or the folder that holds model.safetensors or
  // its index.
  explicit Checkpoint(const std::string &path);
  const std::string &path() const { return path_; }
  // The tensor of that name, or null.
  const Home *find(const std::string &name) const;
  // What a file says of itself under that key, or null.
  const std::string *metadata(const std::string &key) const;

 private:
  const SafetensorsFile &open(const std::string &file);
  void join_shards(const std::string &index);
  std::string path_;
  std::vector<std::unique_ptr<SafetensorsFile>> files_;
  std::map<std::string, Home> homes_;
};

}  // namespace eyrie
