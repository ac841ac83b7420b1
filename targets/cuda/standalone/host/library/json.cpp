// A reader of JSON by recursive descent over bytes that are checked to be UTF-8.
#include "json.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "failure.h"

namespace eyrie {

namespace {

constexpr int deepest = 32;

class Reader {
 public:
  Reader(const std::string &text, const std::string &where) : text_(text), where_(where) {}

  Json whole_text() {
    Json value = read(0);
    skip_space();
    if (at_ < text_.size()) broken("something follows the value");
    return value;
  }

 private:
  [[noreturn]] void broken(const char *what) const {
    fail("%s is not JSON at byte %zu (%s); write or download the file again", where_.c_str(), at_,
         what);
  }

  int peek() const { return at_ < text_.size() ? (unsigned char)text_[at_] : -1; }
  void skip_space() {
    while (at_ < text_.size() && strchr(" \t\r\n", text_[at_]) && text_[at_] != '\0') at_++;
  }
  bool take(char wanted) {
    skip_space();
    if (peek() != (unsigned char)wanted) return false;
    at_++;
    return true;
  }
  bool take_word(const char *word) {
    const size_t length = strlen(word);
    if (text_.compare(at_, length, word) != 0) return false;
    at_ += length;
    return true;
  }

  Json read(int depth) {
    if (depth > deepest) broken("it is nested too deeply");
    skip_space();
    Json value;
    switch (peek()) {
      case '{': read_object(value, depth); break;
      case '[': read_array(value, depth); break;
      case '"':
        value.kind = Json::Kind::text;
        value.text = read_text();
        break;
      default: read_plain(value);
    }
    return value;
  }

  void read_object(Json &value, int depth) {
    value.kind = Json::Kind::object;
    at_++;
    if (take('}')) return;
    do {
      skip_space();
      if (peek() != '"') broken("a name is missing");
      const std::string name = read_text();
      if (!take(':')) broken("a colon is missing");
      Json field = read(depth + 1);
      if (!value.fields.emplace(name, std::move(field)).second)
        fail("%s names \"%s\" twice", where_.c_str(), name.c_str());
    } while (take(','));
    if (!take('}')) broken("a comma or a brace is missing");
  }

  void read_array(Json &value, int depth) {
    value.kind = Json::Kind::array;
    at_++;
    if (take(']')) return;
    do value.items.push_back(read(depth + 1));
    while (take(','));
    if (!take(']')) broken("a comma or a bracket is missing");
  }

  void read_plain(Json &value) {
    if (take_word("true") || take_word("false")) {
      value.kind = Json::Kind::truth;
      value.truth = text_[at_ - 2] == 'u';
    } else if (!take_word("null")) {
      value.kind = Json::Kind::number;
      value.number = read_number();
    }
  }

  bool digit() const { return peek() >= '0' && peek() <= '9'; }
  void digits() {
    if (!digit()) broken("no value begins here");
    while (digit()) at_++;
  }
  double read_number() {
    const size_t from = at_;
    if (peek() == '-') at_++;
    if (peek() == '0')
      at_++;
    else
      digits();
    if (peek() == '.') {
      at_++;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      at_++;
      if (peek() == '+' || peek() == '-') at_++;
      digits();
    }
    return strtod(text_.substr(from, at_ - from).c_str(), nullptr);
  }

  std::string read_text() {
    std::string read;
    at_++;
    for (;;) {
      const int next = peek();
      if (next < 0x20)
        broken(next < 0 ? "a text does not end" : "a text holds a control character");
      if (next == '"') break;
      if (next == '\\')
        read_escape(read);
      else
        read_character(read);
    }
    at_++;
    return read;
  }

  void read_escape(std::string &into) {
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    at_++;
    const int name = peek();
    if (name == 'u') {
      at_++;
      append(into, read_unit());
      return;
    }
    const char *found = name > 0 ? strchr(names, name) : nullptr;
    if (!found) broken("an unknown escape");
    into += values[found - names];
    at_++;
  }

  uint32_t hex4() {
    uint32_t value = 0;
    for (int i = 0; i < 4; i++, at_++) {
      const int next = peek();
      if (next < 0 || !isxdigit(next)) broken("an unfinished escape");
      value = value * 16 + (uint32_t)(next <= '9' ? next - '0' : (next | 32) - 'a' + 10);
    }
    return value;
  }
  uint32_t read_unit() {
    const uint32_t first = hex4();
    if (first < 0xd800 || first > 0xdfff) return first;
    if (first > 0xdbff || !take_word("\\u")) broken("half of a surrogate pair");
    const uint32_t second = hex4();
    if (second < 0xdc00 || second > 0xdfff) broken("half of a surrogate pair");
    return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
  }

  static void append(std::string &into, uint32_t code) {
    if (code < 0x80) {
      into += (char)code;
      return;
    }
    const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char heads[] = {0, 0xc0, 0xe0, 0xf0};
    into += (char)(heads[more] | code >> (6 * more));
    for (int i = more - 1; i >= 0; i--) into += (char)(0x80 | (code >> (6 * i) & 0x3f));
  }

  // One character of UTF-8: the shortest form, no surrogates, at most U+10FFFF.
  void read_character(std::string &into) {
    const int head = peek();
    const int more = head < 0x80                   ? 0
                     : head >= 0xc2 && head < 0xe0 ? 1
                     : head >= 0xe0 && head < 0xf0 ? 2
                                                   : 3;
    if (more == 3 && (head < 0xf0 || head > 0xf4)) broken("it is not UTF-8");
    uint32_t code = more == 0 ? (uint32_t)head : (uint32_t)head & (0x3fu >> more);
    for (int i = 1; i <= more; i++) {
      const int next = at_ + (size_t)i < text_.size() ? (unsigned char)text_[at_ + (size_t)i] : -1;
      if (next < 0x80 || next > 0xbf) broken("it is not UTF-8");
      code = code << 6 | ((uint32_t)next & 0x3f);
    }
    const bool wrong = (more == 2 && code < 0x800) ||
                       (more == 3 && (code < 0x10000 || code > 0x10ffff)) ||
                       (code >= 0xd800 && code <= 0xdfff);
    if (wrong) broken("it is not UTF-8");
    into.append(text_, at_, (size_t)more + 1);
    at_ += (size_t)more + 1;
  }

  const std::string &text_;
  const std::string &where_;
  size_t at_ = 0;
};

}  // namespace

bool Json::whole(uint64_t &value) const {
  if (kind != Kind::number || number < 0 || number > 9007199254740992.0 || number != floor(number))
    return false;
  value = (uint64_t)number;
  return true;
}

const Json *Json::field(const char *name) const {
  const auto found = fields.find(name);
  return found == fields.end() ? nullptr : &found->second;
}

Json read_json(const std::string &text, const std::string &where) {
  return Reader(text, where).whole_text();
}

std::string json_text(const std::string &text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    char escape[8];
    snprintf(escape, sizeof escape, "\\u%04x", (unsigned char)c);
    quoted += (unsigned char)c < 0x20 ? std::string(escape) : std::string(1, c);
  }
  return quoted + "\"";
}

}  // namespace eyrie
