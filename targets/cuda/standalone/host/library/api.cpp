// The plain C functions of eyrie.h: they check pointers, take turns, and turn every failure into
// its sentence.
#include "../eyrie.h"
#include <new>
#include <stdio.h>
#include "failure.h"
#include "feed.h"
#include "model.h"
#include "state.h"

using namespace eyrie;

struct eyrie_model {
  std::shared_ptr<Model> model;
};
struct eyrie_state {
  std::unique_ptr<State> state;
};

namespace {

thread_local char last_error[2048];

void keep_error(const char *words) { snprintf(last_error, sizeof last_error, "%s", words); }

// Runs the work and turns what it throws into words.
template <class Work>
int guarded(const Work &work) noexcept {
  try {
    work();
    return 0;
  } catch (const Failure &failure) {
    keep_error(failure.words.c_str());
  } catch (const std::bad_alloc &) {
    keep_error("the host has no memory left; close other programs or choose a smaller model");
  } catch (const std::exception &problem) {
    keep_error(problem.what());
  } catch (...) {
    keep_error("something unknown went wrong");
  }
  return 1;
}

// The same with the model's turn taken and its context current.
template <class Work>
int with_model(const std::shared_ptr<Model> &model, const Work &work) noexcept {
  return guarded([&] {
    const std::lock_guard<std::mutex> turn(model->turn);
    const Current current(model->context->handle());
    work();
  });
}

void require(const void *pointer, const char *what) {
  if (!pointer) fail("%s is a null pointer", what);
}

uint64_t bytes_of(const std::vector<Buffer> &buffers) {
  uint64_t sum = 0;
  for (const Buffer &buffer : buffers) sum += buffer.bytes();
  return sum;
}

uint64_t bytes_of(const LoadedProgram &program) {
  return program.inputs.bytes() + bytes_of(program.constants) + bytes_of(program.outputs);
}

// Forgets a handle, and gives back what only it held while the context is still there.
template <class Work>
void forget(std::shared_ptr<Model> model, const Work &work) noexcept {
  guarded([&] {
    const std::shared_ptr<Context> context = model->context;
    const Current current(context->handle());
    {
      const std::lock_guard<std::mutex> turn(model->turn);
      work();
    }
    model.reset();
  });
}

}  // namespace

const char *eyrie_last_error(void) { return last_error; }

int eyrie_device_count(int32_t *count) {
  return guarded([&] {
    require(count, "count");
    *count = device_count();
  });
}

int eyrie_create(const char *weights, int32_t device, eyrie_model **model) {
  return guarded([&] {
    require(weights, "weights");
    require(model, "model");
    const auto context = std::make_shared<Context>(device);
    const Current current(context->handle());
    *model = new eyrie_model{std::make_shared<Model>(context, weights)};
  });
}

void eyrie_destroy(eyrie_model *model) {
  if (model) forget(model->model, [&] { delete model; });
}

int eyrie_describe(const eyrie_model *model, eyrie_info *info) {
  return guarded([&] {
    require(info, "info");
    *info = {};
    info->name = plan.name;
    info->settings = plan.settings;
    info->batch = (int32_t)plan.batch;
    info->chunk = (int32_t)plan.prefill.length;
    info->vocabulary = (int32_t)plan.vocabulary;
    info->context = (int64_t)plan.context;
    for (const Weight &weight : plan.weights) info->weight_bytes += weight.bytes;
    for (const Tensor &state : plan.states) info->state_bytes += state.bytes;
    if (!model) return;
    const Model &loaded = *model->model;
    info->device = loaded.context->name().c_str();
    info->image = loaded.decode.module.image();
    info->names = loaded.weights.names.c_str();
    info->work_bytes = bytes_of(loaded.slots) + bytes_of(loaded.next) + bytes_of(loaded.prefill) +
                       bytes_of(loaded.decode);
  });
}

int eyrie_state_new(eyrie_model *model, eyrie_state **state) {
  if (!model || !state) return guarded([&] { fail("eyrie_state_new was given a null pointer"); });
  return with_model(model->model,
                    [&] { *state = new eyrie_state{std::make_unique<State>(model->model)}; });
}

int eyrie_state_copy(const eyrie_state *state, eyrie_state **copy) {
  if (!state || !copy) return guarded([&] { fail("eyrie_state_copy was given a null pointer"); });
  return with_model(state->state->model, [&] {
    auto made = std::make_unique<State>(state->state->model);
    copy_state(*state->state, *made);
    *copy = new eyrie_state{std::move(made)};
  });
}

void eyrie_state_destroy(eyrie_state *state) {
  if (state) forget(state->state->model, [&] { delete state; });
}

int eyrie_state_seen(const eyrie_state *state, int32_t row, int32_t *seen) {
  return guarded([&] {
    require(state, "state");
    require(seen, "seen");
    if (row < 0 || (uint64_t)row >= plan.batch)
      fail("there is no row %d; rows are 0 to %d", row, (int)plan.batch - 1);
    const std::lock_guard<std::mutex> turn(state->state->model->turn);
    *seen = state->state->seen[(size_t)row];
  });
}

int eyrie_state_save(const eyrie_state *state, const int32_t *unfed, const char *path) {
  if (!state || !path) return guarded([&] { fail("eyrie_state_save was given a null pointer"); });
  return with_model(state->state->model, [&] { save_state(*state->state, unfed, path); });
}

int eyrie_state_restore(eyrie_model *model, const char *path, int32_t *unfed, eyrie_state **state) {
  if (!model || !path || !state)
    return guarded([&] { fail("eyrie_state_restore was given a null pointer"); });
  return with_model(model->model, [&] {
    auto made = std::make_unique<State>(model->model);
    restore_state(*made, path, unfed);
    *state = new eyrie_state{std::move(made)};
  });
}

int eyrie_prefill(eyrie_state *state, const int32_t *const *tokens, const int32_t *lengths,
                  const eyrie_sampling *sampling, int32_t *drawn, float *logits) {
  if (!state || !tokens || !lengths)
    return guarded([&] { fail("eyrie_prefill was given a null pointer"); });
  return with_model(state->state->model, [&] {
    feed_prefill(*state->state, {tokens, lengths}, sampling, {drawn, logits});
  });
}

int eyrie_decode(eyrie_state *state, const int32_t *tokens, const eyrie_sampling *sampling,
                 int32_t *drawn, float *logits) {
  if (!state || !tokens) return guarded([&] { fail("eyrie_decode was given a null pointer"); });
  return with_model(state->state->model,
                    [&] { feed_decode(*state->state, tokens, sampling, {drawn, logits}); });
}
