// The words of a command line, read into plain data.
#pragma once
#include <stdint.h>
#include <string>
#include <vector>

struct Options {
  std::string weights, prompt, save_state, restore_state;
  bool has_prompt = false, info = false, help = false;
  std::vector<int32_t> tokens, stop;
  int32_t device = 0, max = 200;
  float temperature = 0, top_p = 1;
  uint32_t top_k = 0, seed = 0;
};

extern const char usage[];

// False, with one sentence in `problem`, where the words are wrong.
bool read_options(int count, char **words, Options &options, std::string &problem);
