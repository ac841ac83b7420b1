// What the rows of a model's tokens have left behind on the device. Knows no kernel.
#pragma once
#include <memory>
#include <string>
#include <vector>
#include "model.h"

namespace eyrie {

struct State {
  // Values of 0, and rows that have seen nothing.
  explicit State(std::shared_ptr<Model> model);
  ~State();
  State(const State &) = delete;
  State &operator=(const State &) = delete;
  const std::shared_ptr<Model> model;
  // In the order of Plan::states.
  std::vector<Buffer> buffers;
  // By row: tokens seen, and the position of the next one.
  std::vector<int32_t> seen, next;
  // A step of decoding on this state, recorded when it is first taken.
  CUgraphExec graph = nullptr;
};

void copy_state(const State &from, State &to);

// A file of `eyrie run --save-state`. `unfed` has a token for each row, −1 for none; null: there
// are none.
void save_state(const State &state, const int32_t *unfed, const std::string &path);
void restore_state(State &state, const std::string &path, int32_t *unfed);

}  // namespace eyrie
