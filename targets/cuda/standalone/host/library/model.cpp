// Loads programs and runs their steps: one by one, or for a step of decoding as a graph that is
// recorded once a state.
#include "model.h"
#include <algorithm>
#include <string.h>
#include "driver.h"
#include "failure.h"
#include "state.h"

namespace eyrie {

namespace {

// Machine code for exactly this architecture, else PTX.
const Image &choose_image(const Program &program, const std::string &architecture) {
  const Image *chosen = nullptr;
  for (const Image &image : program.images)
    if (image.architecture ? architecture == image.architecture : !chosen) chosen = &image;
  return *chosen;
}

bool contains(const List<size_t> &indices, size_t wanted) {
  return std::find(indices.begin(), indices.end(), wanted) != indices.end();
}

// More than this is given to a launch only where the function was told.
constexpr unsigned plain_dynamic_bytes = 48 * 1024;

void allow_dynamic_bytes(CUfunction function, const Kernel &kernel, const Context &context) {
  const unsigned bytes = kernel.dynamic_bytes;
  if (bytes > context.shared_bytes())
    fail("%s gives a kernel %u bytes of shared memory, and %s takes %u; compile the model for %s",
         context.name().c_str(), context.shared_bytes(), kernel.name, bytes,
         context.architecture().c_str());
  if (bytes <= plain_dynamic_bytes) return;
  check(driver().cuFuncSetAttribute(function, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                                    (int)bytes),
        "cuFuncSetAttribute");
}

}  // namespace

Module::Module(const Program &program, const Context &context) {
  const Image &image = choose_image(program, context.architecture());
  image_ = image.architecture ? image.architecture : "PTX";
  check(driver().cuModuleLoadData(&handle_, image.data), "cuModuleLoadData");
  try {
    for (const Kernel &kernel : program.kernels) {
      CUfunction function = nullptr;
      check(driver().cuModuleGetFunction(&function, handle_, kernel.name), "cuModuleGetFunction");
      allow_dynamic_bytes(function, kernel, context);
      functions_.push_back(function);
    }
  } catch (...) {
    driver().cuModuleUnload(handle_);
    throw;
  }
}

Module::~Module() { driver().cuModuleUnload(handle_); }

LoadedProgram::LoadedProgram(const Program &program, const Context &context, const Stream &stream)
    : plan(program),
      module(program, context),
      inputs(program.input_bytes, "the inputs"),
      staging(program.input_bytes) {
  memset(staging.data(), 0, program.input_bytes);
  for (const Constant &constant : program.constants) {
    constants.emplace_back(constant.words.size * 4, "a constant");
    constants.back().upload(constant.words.items, constant.words.size * 4, stream);
  }
  for (const Tensor &output : program.outputs) outputs.emplace_back(output.bytes, output.name);
  stream.wait();
}

Model::Model(std::shared_ptr<Context> on, const std::string &path)
    : context(std::move(on)),
      prefill(plan.prefill, *context, stream),
      decode(plan.decode, *context, stream),
      weights(load_weights(path, stream)) {
  for (const size_t bytes : plan.slots) slots.emplace_back(bytes, "intermediate values");
  for (size_t i = 0; i < plan.states.size; i++) {
    const bool replaced = contains(plan.prefill.replaced, i) || contains(plan.decode.replaced, i);
    next.emplace_back(replaced ? plan.states[i].bytes : 0, plan.states[i].name);
  }
}

CUdeviceptr Model::address(const LoadedProgram &program, const State &state,
                           const Binding &binding) const {
  const size_t index = binding.index;
  switch (binding.place) {
    case Place::input: return program.inputs.address() + program.plan.inputs[index].offset;
    case Place::weight: return weights.buffers[index].address();
    case Place::constant: return program.constants[index].address();
    case Place::slot: return slots[index].address() + binding.offset;
    case Place::state: return state.buffers[index].address();
    case Place::next: return next[index].address();
    case Place::output: return program.outputs[index].address();
  }
  fail("the plan names no place of memory; compile the model again");
}

void Model::launch(const LoadedProgram &program, const State &state) const {
  std::vector<CUdeviceptr> addresses;
  std::vector<void *> parameters;
  for (const Step &step : program.plan.steps) {
    addresses.clear();
    parameters.clear();
    for (const Binding &binding : step.bindings)
      addresses.push_back(address(program, state, binding));
    for (CUdeviceptr &given : addresses) parameters.push_back(&given);
    const Kernel &kernel = program.plan.kernels[step.kernel];
    const CUresult result = driver().cuLaunchKernel(
        program.module.functions()[step.kernel], step.grid[0], step.grid[1], step.grid[2],
        kernel.threads, 1, 1, kernel.dynamic_bytes, stream.handle(), parameters.data(), nullptr);
    check(result, ("the launch of " + std::string(kernel.name)).c_str());
  }
  for (const size_t index : program.plan.replaced)
    state.buffers[index].copy_from(next[index], plan.states[index].bytes, stream);
}

// Relaxed, because a driver may load a kernel at its first launch.
CUgraphExec Model::record(const LoadedProgram &program, const State &state) const {
  check(driver().cuStreamBeginCapture(stream.handle(), CU_STREAM_CAPTURE_MODE_RELAXED),
        "cuStreamBeginCapture");
  CUgraph graph = nullptr;
  try {
    launch(program, state);
  } catch (...) {
    if (driver().cuStreamEndCapture(stream.handle(), &graph) == CUDA_SUCCESS)
      driver().cuGraphDestroy(graph);
    throw;
  }
  check(driver().cuStreamEndCapture(stream.handle(), &graph), "cuStreamEndCapture");
  CUgraphExec recorded = nullptr;
  const CUresult result = driver().cuGraphInstantiateWithFlags(&recorded, graph, 0);
  driver().cuGraphDestroy(graph);
  check(result, "cuGraphInstantiate");
  return recorded;
}

void Model::run(const LoadedProgram &program, State &state) const {
  program.inputs.upload(program.staging.data(), program.plan.input_bytes, stream);
  if (&program != &decode) return launch(program, state);
  if (!state.graph) state.graph = record(program, state);
  check(driver().cuGraphLaunch(state.graph, stream.handle()), "cuGraphLaunch");
}

}  // namespace eyrie
