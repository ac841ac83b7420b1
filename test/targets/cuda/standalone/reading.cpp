// What the host library reads, by itself: numbers of 16 bits, quantised ones, JSON texts, and files
// of tensors that may be broken.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <iostream>
#include <iterator>
#include "library/failure.h"
#include "library/json.h"
#include "library/numbers.h"
#include "library/quantized.h"
#include "library/safetensors.h"

using namespace eyrie;

// Words of f32 from standard input become f16, then bf16; before them, every f16 becomes a word.
static int numbers() {
  for (uint32_t half = 0; half < 65536; half++) {
    const uint32_t word = bits_of(widen_f16((uint16_t)half));
    fwrite(&word, sizeof word, 1, stdout);
  }
  for (float value; fread(&value, sizeof value, 1, stdin) == 1;) {
    const uint16_t halves[] = {narrow_f16(value), narrow_bf16(value)};
    fwrite(halves, sizeof halves, 1, stdout);
  }
  return 0;
}

// Words of f32 from standard input become a piece's blocks of whole numbers, then its scales. Words:
// bits, axis, column, group, the bytes of both, the piece's axis (-1: the whole), start and size,
// then the shape.
static int quantized(char **words, int count) {
  const auto word = [words](int i) { return strtoull(words[i], nullptr, 10); };
  std::vector<uint64_t> shape;
  for (int i = 9; i < count; i++) shape.push_back(word(i));
  std::vector<float> numbers(elements_of(shape));
  if (fread(numbers.data(), sizeof(float), numbers.size(), stdin) != numbers.size()) return 1;
  const Quantization how{(unsigned)word(0), false, word(1), word(2), word(3)};
  const Quantized whole = quantize(numbers, shape, how, "w");
  for (const bool scales : {false, true}) {
    const bool cut = strcmp(words[6], "-1") != 0;
    Weight weight{0, Type::u32, word(scales ? 5 : 4), cut, cut ? word(6) : 0, word(7), word(8), how};
    weight.quantized.scales = scales;
    const std::vector<unsigned char> memory = packed(whole, shape, weight);
    fwrite(memory.data(), 1, memory.size(), stdout);
  }
  return 0;
}

// Each line is a text: what it is, and a string's characters, or why it is no JSON.
static int json() {
  for (std::string line; std::getline(std::cin, line);) {
    try {
      const Json value = read_json(line, "it");
      if (value.kind == Json::Kind::text)
        printf("%s\n", json_text(value.text).c_str());
      else
        printf("fine\n");
    } catch (const Failure &failure) {
      printf("broken: %s\n", failure.words.c_str());
    }
  }
  return 0;
}

static std::string contents(int file) {
  std::string bytes;
  char part[4096];
  for (ssize_t count; (count = read(file, part, sizeof part)) > 0;)
    bytes.append(part, (size_t)count);
  return bytes;
}

// One change of a few bytes: the header's, mostly, since the rest means anything.
static void change(std::string &bytes, uint32_t &seed, size_t header) {
  const auto random = [&seed](size_t below) {
    seed = seed * 1664525 + 1013904223;
    return (size_t)(seed >> 8) % below;
  };
  static const char likely[] = "{}[]\",:0123456789.eE-+\\u\n\xc3\xff ";
  const size_t at = random(4) == 0 ? random(bytes.size()) : random(header);
  switch (random(5)) {
    case 0: bytes[at] = likely[random(sizeof likely)]; break;
    case 1: bytes[at] = (char)(bytes[at] ^ (1 << random(8))); break;
    case 2: bytes.erase(at, 1 + random(8)); break;
    case 3: bytes.insert(at, bytes.substr(random(header), 1 + random(16))); break;
    default: bytes.resize(at);
  }
}

// Reads the file with changes: whole, or refused with one sentence.
static int files(const char *path, uint32_t count) {
  const std::string whole = contents(fileno(fopen(path, "rb")));
  uint32_t refused = 0;
  for (uint32_t seed = 1; seed <= count; seed++) {
    std::string bytes = whole;
    uint32_t state = seed;
    for (uint32_t i = 0; i <= seed % 3 && !bytes.empty(); i++)
      change(bytes, state, std::min<size_t>(bytes.size(), 600));
    const int file = memfd_create("changed", 0);
    if (write(file, bytes.data(), bytes.size()) != (ssize_t)bytes.size()) return 1;
    try {
      const SafetensorsFile read("/proc/self/fd/" + std::to_string(file));
      for (const auto &[name, tensor] : read.tensors()) {
        std::vector<char> values(elements_of(tensor.shape) * stored_bytes(tensor.type));
        read.read(tensor, 0, elements_of(tensor.shape), values.data());
      }
    } catch (const Failure &failure) {
      refused++;
      if (failure.words.empty()) return 1;
    }
    close(file);
  }
  printf("%u of %u refused\n", refused, count);
  return 0;
}

int main(int count, char **words) {
  const std::string what = count > 1 ? words[1] : "";
  if (what == "numbers") return numbers();
  if (what == "json") return json();
  if (what == "quantized" && count > 11) return quantized(words + 2, count - 2);
  return count == 4 && what == "files" ? files(words[2], (uint32_t)atoi(words[3])) : 2;
}
