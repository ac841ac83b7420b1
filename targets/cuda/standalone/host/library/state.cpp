// States of a model: made, copied, written to files and read from them.
#include "state.h"
#include <algorithm>
#include "driver.h"
#include "failure.h"
#include "safetensors.h"

namespace eyrie {

namespace {

const char file_format[] = "eyrie-state-1";
const char progress_name[] = "stream.progress";
const char unfed_name[] = "run.unfed";

Stored stored_type(Type type) {
  return type == Type::f32 ? Stored::F32 : type == Type::i32 ? Stored::I32 : Stored::U32;
}

std::vector<uint64_t> shape_of(const Tensor &tensor) {
  return {tensor.shape.begin(), tensor.shape.end()};
}

std::string described(Stored type, const std::vector<uint64_t> &shape) {
  return stored_name(type) + (" " + shape_text(shape));
}

// The numbers of a tensor that must be there in just this form.
void read_tensor(const SafetensorsFile &file, const char *name, Stored type,
                 const std::vector<uint64_t> &shape, void *to) {
  const StoredTensor *tensor = file.find(name);
  if (!tensor)
    fail("%s lacks \"%s\"; give a file that was saved from this model", file.path().c_str(), name);
  if (tensor->type != type || tensor->shape != shape)
    fail(
        "%s: \"%s\" must be %s, not %s; give a file that was saved with these settings, batch and "
        "chunk",
        file.path().c_str(), name, described(type, shape).c_str(),
        described(tensor->type, tensor->shape).c_str());
  file.read(*tensor, 0, elements_of(shape), to);
}

const std::string &metadata_of(const SafetensorsFile &file, const char *key) {
  static const std::string none;
  const auto found = file.metadata().find(key);
  return found == file.metadata().end() ? none : found->second;
}

void require_own(const SafetensorsFile &file) {
  if (metadata_of(file, "format") != file_format)
    fail("%s is no saved state; give a file that --save-state wrote", file.path().c_str());
  const std::string &model = metadata_of(file, "model");
  if (model != plan.name)
    fail("%s holds the state of the model %s, not of %s; give a state of this model",
         file.path().c_str(), model.c_str(), plan.name);
}

}  // namespace

State::State(std::shared_ptr<Model> of)
    : model(std::move(of)), seen(plan.batch, 0), next(plan.batch, 0) {
  for (const Tensor &tensor : plan.states) {
    buffers.emplace_back(tensor.bytes, tensor.name);
    buffers.back().clear(model->stream);
  }
  model->stream.wait();
}

State::~State() {
  if (graph) driver().cuGraphExecDestroy(graph);
}

void copy_state(const State &from, State &to) {
  for (size_t i = 0; i < plan.states.size; i++)
    to.buffers[i].copy_from(from.buffers[i], plan.states[i].bytes, from.model->stream);
  from.model->stream.wait();
  to.seen = from.seen;
  to.next = from.next;
}

void save_state(const State &state, const int32_t *unfed, const std::string &path) {
  std::vector<std::vector<uint32_t>> values;
  std::vector<TensorToWrite> tensors;
  for (size_t i = 0; i < plan.states.size; i++) {
    const Tensor &tensor = plan.states[i];
    values.emplace_back(tensor.bytes / 4);
    if (tensor.bytes > 0)
      state.buffers[i].download(values.back().data(), tensor.bytes, state.model->stream);
    state.model->stream.wait();
    tensors.push_back(
        {tensor.name, stored_type(tensor.type), shape_of(tensor), values.back().data()});
  }
  std::vector<int32_t> progress;
  for (uint64_t row = 0; row < plan.batch; row++) {
    progress.push_back(state.seen[row]);
    progress.push_back(state.next[row]);
  }
  tensors.push_back({progress_name, Stored::I32, {plan.batch, 2}, progress.data()});
  if (unfed) tensors.push_back({unfed_name, Stored::I32, {plan.batch, 1}, unfed});
  write_safetensors(
      path, {{"format", file_format}, {"model", plan.name}, {"batch", std::to_string(plan.batch)}},
      tensors);
}

void restore_state(State &state, const std::string &path, int32_t *unfed) {
  const SafetensorsFile file(path);
  require_own(file);
  std::vector<int32_t> progress(2 * plan.batch);
  read_tensor(file, progress_name, Stored::I32, {plan.batch, 2}, progress.data());
  for (uint64_t row = 0; row < plan.batch; row++) {
    state.seen[row] = progress[2 * row];
    state.next[row] = progress[2 * row + 1];
  }
  for (size_t i = 0; i < plan.states.size; i++) {
    const Tensor &tensor = plan.states[i];
    std::vector<uint32_t> values(tensor.bytes / 4);
    read_tensor(file, tensor.name, stored_type(tensor.type), shape_of(tensor), values.data());
    state.buffers[i].upload(values.data(), tensor.bytes, state.model->stream);
    state.model->stream.wait();
  }
  if (!unfed) return;
  std::fill(unfed, unfed + plan.batch, -1);
  if (file.find(unfed_name)) read_tensor(file, unfed_name, Stored::I32, {plan.batch, 1}, unfed);
}

}  // namespace eyrie
