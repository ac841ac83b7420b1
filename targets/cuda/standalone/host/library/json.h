// Reads JSON text strictly: no repeated names, no stray characters, nothing nested deeply. A
// Failure says where it is wrong.
#pragma once
#include <stdint.h>
#include <map>
#include <string>
#include <vector>

namespace eyrie {

struct Json {
  enum class Kind { null, truth, number, text, array, object };
  Kind kind = Kind::null;
  bool truth = false;
  double number = 0;
  std::string text;
  std::vector<Json> items;
  std::map<std::string, Json> fields;

  // The number where it is a whole one that a double holds exactly, from 0 to 2^53.
  bool whole(uint64_t &value) const;
  // The field of that name, or null.
  const Json *field(const char *name) const;
};

// `where` begins the words of a Failure.
Json read_json(const std::string &text, const std::string &where);

// The text as a JSON string with its quotes.
std::string json_text(const std::string &text);

}  // namespace eyrie
