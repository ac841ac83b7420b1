// A model on a device: its weights, the memory that its programs share, and the programs
// themselves.
#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <vector>
#include "device.h"
#include "plan.h"
#include "weights.h"

namespace eyrie {

struct State;

// The kernels of one program: machine code for just this device, else PTX, which the driver
// compiles.
class Module {
 public:
  Module(const Program &program, const Context &context);
  ~Module();
  Module(const Module &) = delete;
  Module &operator=(const Module &) = delete;
  // By index into Program::kernels.
  const std::vector<CUfunction> &functions() const { return functions_; }
  // "sm_90", or "PTX".
  const char *image() const { return image_; }

 private:
  CUmodule handle_ = nullptr;
  std::vector<CUfunction> functions_;
  const char *image_ = nullptr;
};

// A program, and memory of its own.
class LoadedProgram {
 public:
  LoadedProgram(const Program &plan, const Context &context, const Stream &stream);
  const Program &plan;
  const Module module;
  const Buffer inputs;
  // What the host fills before a call.
  const HostBuffer staging;
  std::vector<Buffer> constants, outputs;
};

class Model {
 public:
  Model(std::shared_ptr<Context> context, const std::string &weights);
  const std::shared_ptr<Context> context;
  const Stream stream;
  const LoadedProgram prefill, decode;
  const Weights weights;
  // Memory that steps share, and next values of states, by index of the state; tiny where no step
  // writes one.
  std::vector<Buffer> slots, next;
  // Held by whoever uses the model.
  std::mutex turn;

  // Runs a program on what lies in its staging memory, and replaces the state's values. Nothing is
  // awaited.
  void run(const LoadedProgram &program, State &state) const;

 private:
  void launch(const LoadedProgram &program, const State &state) const;
  CUdeviceptr address(const LoadedProgram &program, const State &state,
                      const Binding &binding) const;
  CUgraphExec record(const LoadedProgram &program, const State &state) const;
};

}  // namespace eyrie
