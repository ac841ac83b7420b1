// Finds a model's parameters in a checkpoint and brings them onto the device, in the types and
// pieces that kernels read.
#pragma once
#include <string>
#include <vector>
#include "device.h"

namespace eyrie {

struct Weights {
  // In the order of Plan::weights.
  std::vector<Buffer> buffers;
  // How the checkpoint names them: "own", or the name of a table.
  std::string names;
};

// Every shape is checked before anything is read; a parameter is read once.
Weights load_weights(const std::string &path, const Stream &stream);

}  // namespace eyrie
