// Generates text, or token numbers, with the compiled model. Everything goes through eyrie.h.
#include <stdio.h>
#include <string>
#include <vector>
#include "eyrie.h"
#include "library/options.h"

namespace {

// Models of this many tokens read and write bytes.
constexpr int32_t byte_vocabulary = 256;

using Rows = std::vector<std::vector<int32_t>>;

int complain(const std::string &words) {
  fprintf(stderr, "error: %s\n", words.c_str());
  return 1;
}

// A model and a state that are given back, in that order's reverse, when the program ends.
struct Opened {
  eyrie_model *model = nullptr;
  eyrie_state *state = nullptr;
  ~Opened() {
    eyrie_state_destroy(state);
    eyrie_destroy(model);
  }
};

// False, after saying why, where a call failed.
bool went_well(int code) { return code == 0 || !complain(eyrie_last_error()); }

void print_info(const eyrie_info &info) {
  printf("model       %s\n", info.name);
  printf("settings    %s\n", info.settings);
  printf("rows        %d, %d tokens of each in one call of prefill\n", info.batch, info.chunk);
  printf("vocabulary  %d\n", info.vocabulary);
  if (info.context > 0) printf("context     %lld\n", (long long)info.context);
  printf("weights     %llu bytes", (unsigned long long)info.weight_bytes);
  if (info.names) printf(" (%s names)", info.names);
  printf("\n");
  printf("state       %llu bytes\n", (unsigned long long)info.state_bytes);
  if (!info.device) return;
  printf("work        %llu bytes\n", (unsigned long long)info.work_bytes);
  printf("device      %s\n", info.device);
  printf("kernels     %s\n", info.image);
}

// A token as text: a byte, or its number and a space.
void print_token(int32_t token, int32_t vocabulary) {
  if (vocabulary == byte_vocabulary)
    putchar(token);
  else
    printf("%d ", token);
}

// The tokens that every row goes on from.
bool read_prompt(const Options &options, int32_t vocabulary, std::vector<int32_t> &prompt) {
  prompt = options.tokens;
  if (!options.has_prompt) return true;
  if (vocabulary != byte_vocabulary)
    return !complain("this model has " + std::to_string(vocabulary) +
                     " tokens and no tokenizer; give token numbers with --tokens 2,651,9456");
  for (const char byte : options.prompt) prompt.push_back((unsigned char)byte);
  return true;
}

// A new state, or the one of a file; with each row's tokens that come before the prompt.
bool open_state(const Options &options, Opened &opened, Rows &rows) {
  if (options.restore_state.empty()) return went_well(eyrie_state_new(opened.model, &opened.state));
  std::vector<int32_t> unfed(rows.size());
  if (!went_well(eyrie_state_restore(opened.model, options.restore_state.c_str(), unfed.data(),
                                     &opened.state)))
    return false;
  for (size_t row = 0; row < rows.size(); row++)
    if (unfed[row] >= 0) rows[row].push_back(unfed[row]);
  return true;
}

bool feed(const Opened &opened, const Rows &rows, const eyrie_sampling &sampling,
          std::vector<int32_t> &drawn) {
  std::vector<const int32_t *> tokens;
  std::vector<int32_t> lengths;
  for (const auto &row : rows) {
    tokens.push_back(row.data());
    lengths.push_back((int32_t)row.size());
  }
  return went_well(
      eyrie_prefill(opened.state, tokens.data(), lengths.data(), &sampling, drawn.data(), nullptr));
}

bool contains(const std::vector<int32_t> &tokens, int32_t wanted) {
  for (const int32_t token : tokens)
    if (token == wanted) return true;
  return false;
}

// Draws up to options.max tokens a row; `made` gets them. A single row is printed as it comes.
bool generate(const Options &options, const Opened &opened, const Rows &prompts, int32_t vocabulary,
              Rows &made) {
  const eyrie_sampling sampling = {options.temperature, options.top_k, options.top_p, options.seed,
                                   nullptr};
  std::vector<int32_t> drawn(prompts.size());
  if (!feed(opened, prompts, sampling, drawn)) return false;
  std::vector<bool> alive(prompts.size(), true);
  for (int32_t count = 1;; count++) {
    std::vector<int32_t> tokens(prompts.size(), -1);
    bool any = false;
    for (size_t row = 0; row < prompts.size(); row++) {
      alive[row] = alive[row] && !contains(options.stop, drawn[row]);
      if (!alive[row]) continue;
      any = true;
      tokens[row] = drawn[row];
      made[row].push_back(drawn[row]);
      if (prompts.size() == 1) print_token(drawn[row], vocabulary);
    }
    fflush(stdout);
    if (!any || count >= options.max) return true;
    if (!went_well(eyrie_decode(opened.state, tokens.data(), &sampling, drawn.data(), nullptr)))
      return false;
  }
}

void print_rows(const Options &options, const Rows &made, int32_t vocabulary) {
  for (size_t row = 0; row < made.size(); row++) {
    printf("--- row %zu, seed %u\n%s", row, options.seed + (uint32_t)row, options.prompt.c_str());
    for (const int32_t token : made[row]) print_token(token, vocabulary);
    printf("\n");
  }
}

// The last token of a row that reached the end was shown but not fed.
bool save(const Options &options, const Opened &opened, const Rows &made) {
  if (options.save_state.empty()) return true;
  std::vector<int32_t> unfed;
  for (const auto &row : made)
    unfed.push_back((int32_t)row.size() == options.max ? row.back() : -1);
  return went_well(eyrie_state_save(opened.state, unfed.data(), options.save_state.c_str()));
}

int run(const Options &options) {
  Opened opened;
  eyrie_info info;
  if (!options.weights.empty() &&
      !went_well(eyrie_create(options.weights.c_str(), options.device, &opened.model)))
    return 1;
  if (!went_well(eyrie_describe(opened.model, &info))) return 1;
  if (options.info) return print_info(info), 0;
  if (!opened.model)
    return complain("--weights is missing: give a .safetensors file or the folder of one");
  std::vector<int32_t> prompt;
  if (!read_prompt(options, info.vocabulary, prompt)) return 1;
  Rows prompts((size_t)info.batch), made((size_t)info.batch);
  if (!open_state(options, opened, prompts)) return 1;
  for (auto &row : prompts) {
    row.insert(row.end(), prompt.begin(), prompt.end());
    if (row.empty())
      return complain("there are no tokens to go on from; give --prompt or --tokens");
  }
  const bool single = prompts.size() == 1;
  if (single) printf("%s", options.prompt.c_str());
  if (!generate(options, opened, prompts, info.vocabulary, made)) return 1;
  if (single)
    printf("\n");
  else
    print_rows(options, made, info.vocabulary);
  return save(options, opened, made) ? 0 : 1;
}

}  // namespace

int main(int count, char **words) {
  Options options;
  std::string problem;
  if (!read_options(count, words, options, problem)) return complain(problem);
  if (options.help) return printf("%s", usage), 0;
  return run(options);
}
