// Checks what is given, cuts it into calls, fills their inputs and reads back what is wanted.
#include "feed.h"
#include <algorithm>
#include <math.h>
#include <string.h>
#include "failure.h"

namespace eyrie {

namespace {

// One call: tokens from … from + counts[row] of each row.
struct Part {
  const Rows &rows;
  uint64_t from;
  std::vector<int32_t> counts;
};

void check_rows(const State &state, const Rows &rows) {
  bool any = false;
  for (uint64_t row = 0; row < plan.batch; row++) {
    const int32_t length = rows.lengths[row];
    if (length < 0) fail("row %d has %d tokens; give 0 or more", (int)row, length);
    if (length > 0 && !rows.tokens[row])
      fail("row %d has %d tokens, but no place where they are", (int)row, length);
    any = any || length > 0;
    for (int32_t i = 0; i < length; i++) {
      const int32_t token = rows.tokens[row][i];
      if (token < 0 || (uint64_t)token >= plan.tokens)
        fail("token %d of row %d is outside the vocabulary of %d; tokens are 0 to %d", token,
             (int)row, (int)plan.tokens, (int)plan.tokens - 1);
    }
    const int64_t reach = (int64_t)state.next[row] + length;
    if (plan.context > 0 && length > 0 && reach > (int64_t)plan.context)
      fail(
          "row %d would hold %lld tokens, but the model was compiled for a context of %lld; "
          "compile it for a larger "
          "context or start a new state",
          (int)row, (long long)reach, (long long)plan.context);
    if (reach > INT32_MAX)
      fail("row %d would hold more than %d tokens; start a new state", (int)row, INT32_MAX);
  }
  if (!any) fail("every row is empty; give at least one row a token");
}

void check_sampling(const eyrie_sampling &sampling) {
  if (!(sampling.temperature >= 0) || !isfinite(sampling.temperature))
    fail("the temperature is %g; it must be 0 or more", (double)sampling.temperature);
  if (!(sampling.top_p >= 0 && sampling.top_p <= 1))
    fail("top_p is %g; it must be above 0 and at most 1 (or 0, which keeps all)",
         (double)sampling.top_p);
}

// Cosines of dims / 2 angles, then their sines; angle j is position · theta^(−2j / dims).
void rotary(float *row, const Input &input, int32_t position) {
  const uint64_t half = input.dims / 2;
  for (uint64_t j = 0; j < half; j++) {
    const double angle = position * pow(input.theta, -2.0 * (double)j / (double)input.dims);
    row[j] = (float)cos(angle);
    row[half + j] = (float)sin(angle);
  }
}

// Padding has token 0 and position −1.
void fill_input(const Input &input, void *memory, const State &state, const Part &part,
                uint64_t length, const eyrie_sampling &sampling) {
  int32_t *const numbers = static_cast<int32_t *>(memory);
  uint32_t *const words = static_cast<uint32_t *>(memory);
  float *const reals = static_cast<float *>(memory);
  for (uint64_t row = 0; row < plan.batch; row++) {
    const int32_t count = part.counts[row];
    const auto position = [&](uint64_t at) {
      return (int64_t)at < count ? state.next[row] + (int32_t)at : -1;
    };
    switch (input.source) {
      case Source::tokens:
        for (uint64_t at = 0; at < length; at++)
          numbers[row * length + at] =
              (int64_t)at < count ? part.rows.tokens[row][part.from + at] : 0;
        break;
      case Source::position:
        for (uint64_t at = 0; at < length; at++) numbers[row * length + at] = position(at);
        break;
      case Source::rotary:
        for (uint64_t at = 0; at < length; at++)
          rotary(&reals[(row * length + at) * input.dims], input, position(at));
        break;
      case Source::count: numbers[row] = count; break;
      case Source::temperature: reals[row] = sampling.temperature; break;
      case Source::top_p: reals[row] = sampling.top_p == 0 ? 1 : sampling.top_p; break;
      case Source::top_k: words[row] = sampling.top_k; break;
      case Source::seed:
        words[row] = sampling.seeds ? sampling.seeds[row] : sampling.seed + (uint32_t)row;
        break;
      case Source::draw:
        // A draw is numbered by the tokens that its row has seen.
        words[row] = (uint32_t)(state.seen[row] + count);
        break;
    }
  }
}

const Buffer *output_named(const LoadedProgram &program, const char *name) {
  for (size_t i = 0; i < program.plan.outputs.size; i++)
    if (strcmp(program.plan.outputs[i].name, name) == 0) return &program.outputs[i];
  return nullptr;
}

// Rows that end with this call get what is wanted of them.
template <class Number>
void read_back(const LoadedProgram &program, const char *name, const Stream &stream,
               const std::vector<bool> &ending, Number *into, uint64_t width) {
  if (!into || std::find(ending.begin(), ending.end(), true) == ending.end()) return;
  const Buffer *output = output_named(program, name);
  if (!output) fail("the model has no output \"%s\"; compile it again", name);
  std::vector<Number> read(plan.batch * width);
  output->download(read.data(), read.size() * sizeof(Number), stream);
  stream.wait();
  for (uint64_t row = 0; row < plan.batch; row++)
    if (ending[row]) memcpy(into + row * width, &read[row * width], width * sizeof(Number));
}

void run_part(const LoadedProgram &program, State &state, const Part &part,
              const eyrie_sampling &sampling, const Wanted &wanted) {
  const Model &model = *state.model;
  for (const Input &input : program.plan.inputs)
    fill_input(input, program.staging.data() + input.offset, state, part, program.plan.length,
               sampling);
  model.run(program, state);
  std::vector<bool> ending(plan.batch);
  for (uint64_t row = 0; row < plan.batch; row++) {
    const int32_t count = part.counts[row];
    ending[row] = count > 0 && (int64_t)part.from + count >= part.rows.lengths[row];
    state.seen[row] += count;
    state.next[row] += count;
  }
  read_back(program, "token", model.stream, ending, wanted.drawn, 1);
  read_back(program, "logits", model.stream, ending, wanted.logits, plan.vocabulary);
  model.stream.wait();
}

void feed(const LoadedProgram &program, State &state, const Rows &rows,
          const eyrie_sampling *sampling, const Wanted &wanted) {
  const eyrie_sampling greedy = {};
  const eyrie_sampling &draws = sampling ? *sampling : greedy;
  check_rows(state, rows);
  check_sampling(draws);
  const int64_t longest = *std::max_element(rows.lengths, rows.lengths + plan.batch);
  const int64_t length = (int64_t)program.plan.length;
  for (int64_t from = 0; from < longest; from += length) {
    Part part{rows, (uint64_t)from, {}};
    for (uint64_t row = 0; row < plan.batch; row++)
      part.counts.push_back(
          (int32_t)std::min(length, std::max<int64_t>(0, rows.lengths[row] - from)));
    run_part(program, state, part, draws, wanted);
  }
}

}  // namespace

void feed_prefill(State &state, const Rows &rows, const eyrie_sampling *sampling,
                  const Wanted &wanted) {
  feed(state.model->prefill, state, rows, sampling, wanted);
}

void feed_decode(State &state, const int32_t *tokens, const eyrie_sampling *sampling,
                 const Wanted &wanted) {
  std::vector<int32_t> lengths;
  std::vector<const int32_t *> rows;
  for (uint64_t row = 0; row < plan.batch; row++) {
    if (tokens[row] < -1)
      fail("token %d of row %d is no token; give −1 to leave the row as it is", tokens[row],
           (int)row);
    lengths.push_back(tokens[row] < 0 ? 0 : 1);
    rows.push_back(tokens + row);
  }
  feed(state.model->decode, state, {rows.data(), lengths.data()}, sampling, wanted);
}

}  // namespace eyrie
