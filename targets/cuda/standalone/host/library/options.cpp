// Reads the command line's words. Numbers are whole words: 12x is a mistake, not 12.
#include "options.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>

const char usage[] =
    "--weights PATH         a .safetensors file, an index, or the folder of one\n"
    "--prompt TEXT          text to go on from (models over bytes)\n"
    "--tokens 1,2,3         token numbers to go on from\n"
    "--max N                most tokens to make (200)\n"
    "--temperature T        0 takes the most likely token (0)\n"
    "--top-k K              keep the K most likely tokens; 0 keeps all (0)\n"
    "--top-p P              keep the most likely tokens of this total probability (1)\n"
    "--seed N               seed of the draws; row r draws with N + r (0)\n"
    "--stop 1,2             token numbers that end the text\n"
    "--save-state FILE      write what the model carries when it ends\n"
    "--restore-state FILE   go on from a state written before; a prompt may follow\n"
    "--device N             number of the device (0)\n"
    "--info                 say what was compiled, and with --weights where it runs\n"
    "--help                 these lines\n";

namespace {

bool read_whole(const std::string &word, int64_t least, int64_t most, int64_t &value) {
  if (word.empty() || word.find_first_not_of("0123456789") != std::string::npos) return false;
  errno = 0;
  value = strtoll(word.c_str(), nullptr, 10);
  return errno == 0 && value >= least && value <= most;
}

bool read_real(const std::string &word, double least, double most, float &value) {
  char *end = nullptr;
  const double read = strtod(word.c_str(), &end);
  value = (float)read;
  return !word.empty() && *end == '\0' && isfinite(read) && read >= least && read <= most;
}

bool read_list(const std::string &word, std::vector<int32_t> &values) {
  values.clear();
  for (size_t from = 0;;) {
    const size_t comma = word.find(',', from);
    int64_t value = 0;
    if (!read_whole(word.substr(from, comma == std::string::npos ? comma : comma - from), 0,
                    INT32_MAX, value))
      return false;
    values.push_back((int32_t)value);
    if (comma == std::string::npos) return true;
    from = comma + 1;
  }
}

// One option with its value; false where the value does not fit, `known` where there is such an
// option.
bool take(const std::string &name, const std::string &value, Options &options, bool &known) {
  int64_t whole = 0;
  known = true;
  if (name == "--weights") return options.weights = value, !value.empty();
  if (name == "--prompt") return options.prompt = value, options.has_prompt = true;
  if (name == "--tokens") return read_list(value, options.tokens);
  if (name == "--stop") return read_list(value, options.stop);
  if (name == "--save-state") return options.save_state = value, !value.empty();
  if (name == "--restore-state") return options.restore_state = value, !value.empty();
  if (name == "--temperature") return read_real(value, 0, 1000, options.temperature);
  if (name == "--top-p") return read_real(value, 1e-6, 1, options.top_p);
  if (name == "--max")
    return read_whole(value, 1, INT32_MAX, whole) && (options.max = (int32_t)whole, true);
  if (name == "--device")
    return read_whole(value, 0, 1023, whole) && (options.device = (int32_t)whole, true);
  if (name == "--top-k")
    return read_whole(value, 0, UINT32_MAX, whole) && (options.top_k = (uint32_t)whole, true);
  if (name == "--seed")
    return read_whole(value, 0, UINT32_MAX, whole) && (options.seed = (uint32_t)whole, true);
  known = false;
  return false;
}

}  // namespace

bool read_options(int count, char **words, Options &options, std::string &problem) {
  for (int i = 1; i < count; i++) {
    const std::string name = words[i];
    if (name == "--info")
      options.info = true;
    else if (name == "--help")
      options.help = true;
    else {
      bool known = false;
      const bool has_value = i + 1 < count;
      const bool fits = take(name, has_value ? words[i + 1] : "", options, known);
      if (!known)
        problem = "there is no option \"" + name + "\"; --help lists them";
      else if (!has_value)
        problem = name + " needs a value";
      else if (!fits)
        problem = name + " cannot be \"" + words[i + 1] + "\"; --help says what it takes";
      if (!problem.empty()) return false;
      i++;
    }
  }
  if (options.has_prompt && !options.tokens.empty())
    problem = "give one of --prompt and --tokens, not both";
  return problem.empty();
}
