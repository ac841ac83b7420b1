// Feeds rows of tokens to a state in calls of the length that its programs take, as a stream does.
// Knows no kernel.
#pragma once
#include "../eyrie.h"
#include "state.h"

namespace eyrie {

// Rows of tokens; a row of length 0 stays as it is.
struct Rows {
  const int32_t *const *tokens;
  const int32_t *lengths;
};

// What is wanted of each row's last token; null: nothing.
struct Wanted {
  int32_t *drawn;
  float *logits;
};

// A Failure about what was given comes before anything has run.
void feed_prefill(State &state, const Rows &rows, const eyrie_sampling *sampling,
                  const Wanted &wanted);
void feed_decode(State &state, const int32_t *tokens, const eyrie_sampling *sampling,
                 const Wanted &wanted);

}  // namespace eyrie
