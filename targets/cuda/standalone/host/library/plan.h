// The tables of a compiled model: what plan.cpp is made of. Knows no device and no file.
#pragma once
#include <stddef.h>
#include <stdint.h>

namespace eyrie {

// A table that lives as long as the program.
template <class T>
struct List {
  const T *items = nullptr;
  size_t size = 0;
  const T *begin() const { return items; }
  const T *end() const { return items + size; }
  const T &operator[](size_t index) const { return items[index]; }
};
template <class T, size_t size>
constexpr List<T> list(const T (&items)[size]) {
  return {items, size};
}

// How numbers lie in device memory; `boolean` is a 32-bit 0 or 1.
enum class Type { f32, f16, bf16, i32, u32, boolean };

struct Tensor {
  const char *name;
  Type type;
  List<uint64_t> shape;
  size_t bytes;
};

// Where a tensor of a weight file becomes a parameter: the tensor, or its part [index] (−1: all of
// it), with its last two axes swapped where `transpose`.
struct Origin {
  const char *tensor;
  int64_t index;
  bool transpose;
};
// One way to name the parameters: the origins of each, in the order of Model::parameters; the first
// that is there counts.
struct NameTable {
  const char *name;
  List<List<Origin>> origins;
};
struct Parameter {
  const char *name;
  List<uint64_t> shape;
};

// A parameter as whole numbers of few bits: every `group` of them along `axis` share a scale, and
// four along `column` lie together. It is the numbers or the scales; `bits` is 0 where it is
// neither.
struct Quantization {
  unsigned bits;
  bool scales;
  size_t axis;
  size_t column;
  uint64_t group;
};

// A parameter, or `size` of its places from `start` along `axis`, as device memory holds it.
struct Weight {
  size_t parameter;
  Type type;
  size_t bytes;
  bool cut;
  size_t axis;
  uint64_t start;
  uint64_t size;
  Quantization quantized;
};

// What the host gives for every call.
enum class Source { tokens, position, count, temperature, top_p, top_k, seed, draw, rotary };
// Inputs of a program lie in one block of memory, from `offset` on. Rotary tables have `dims`
// numbers a token.
struct Input {
  const char *name;
  Source source;
  size_t offset;
  uint64_t dims;
  double theta;
};

// Fixed numbers, as the bits that memory holds.
struct Constant {
  List<uint32_t> words;
};

// A buffer of a kernel.
enum class Place { input, weight, constant, slot, state, next, output };
struct Binding {
  Place place;
  size_t index;
  // Of a slot: the byte from which the buffer lies there.
  size_t offset;
};
constexpr Binding input(size_t index) { return {Place::input, index, 0}; }
constexpr Binding weight(size_t index) { return {Place::weight, index, 0}; }
constexpr Binding constant(size_t index) { return {Place::constant, index, 0}; }
constexpr Binding slot(size_t index, size_t offset = 0) {
  return {Place::slot, index, offset};
}
constexpr Binding state(size_t index) { return {Place::state, index, 0}; }
constexpr Binding next(size_t index) { return {Place::next, index, 0}; }
constexpr Binding output(size_t index) { return {Place::output, index, 0}; }

struct Kernel {
  const char *name;
  unsigned threads;
  // Shared memory that a launch asks for.
  unsigned dynamic_bytes;
};
struct Step {
  // The part of the model that it computes.
  const char *what;
  size_t kernel;
  unsigned grid[3];
  List<Binding> bindings;
};

// Machine code for one architecture, or PTX where `architecture` is null.
struct Image {
  const char *architecture;
  const unsigned char *data;
};

struct Program {
  const char *name;
  // Tokens of a row in one call.
  uint64_t length;
  List<Input> inputs;
  size_t input_bytes;
  List<Tensor> outputs;
  List<Constant> constants;
  List<Kernel> kernels;
  List<Step> steps;
  // States whose next value the steps write, which replaces the old one when they are done.
  List<size_t> replaced;
  List<Image> images;
};

struct Plan {
  const char *name;
  const char *settings;
  uint64_t batch;
  // Numbers of the logits.
  uint64_t vocabulary;
  // Tokens are below this.
  uint64_t tokens;
  // 0 where nothing limits it.
  uint64_t context;
  List<Parameter> parameters;
  List<NameTable> names;
  List<Weight> weights;
  List<Tensor> states;
  // Bytes of memory that steps share, one tenant at a time.
  List<size_t> slots;
  Program prefill;
  Program decode;
};

extern const Plan plan;

}  // namespace eyrie
