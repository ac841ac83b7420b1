// Modules and their kernels.
#pragma once
#include <map>
#include <string>
#include "../emulator/runtime/emulator.h"
#include "api.h"

struct Function {
  const EyrieKernel *kernel;
  std::string name;
  EyrieKernelFacts facts;
  // What a launch may ask for; see cuFuncSetAttribute.
  uint32_t most_dynamic_bytes;
};

struct Module {
  EyrieModule *library;
  std::map<std::string, Function *> functions;
};
