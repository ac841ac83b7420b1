// Real numbers as whole numbers of few bits with a scale for each group, and how both lie in device
// memory. Knows no file and no device.
#pragma once
#include <stdint.h>
#include <vector>
#include "plan.h"

namespace eyrie {

// Whole numbers and scales, both row-major.
struct Quantized {
  std::vector<int8_t> values;
  std::vector<float> scales;
};

// The nearest whole numbers, ties to even. 8 bits: the largest magnitude of a group becomes ±127; 4
// bits: it becomes −8. Fails where a number is infinite or NaN.
Quantized quantize(const std::vector<float> &numbers, const std::vector<uint64_t> &shape,
                   const Quantization &how, const char *name);

// The shape of the scales of numbers of this shape.
std::vector<uint64_t> scales_shape(std::vector<uint64_t> shape, const Quantization &how);

// What the weight's buffer holds: blocks of words, or scales, of the piece that it is. `shape` is
// the whole parameter's.
std::vector<unsigned char> packed(const Quantized &whole, const std::vector<uint64_t> &shape,
                                  const Weight &weight);

// The `size` places from `start` along `axis` of numbers of that shape.
template <class T>
std::vector<T> cut(const std::vector<T> &whole, const std::vector<uint64_t> &shape, size_t axis,
                   uint64_t start, uint64_t size) {
  uint64_t before = 1, after = 1;
  for (size_t i = 0; i < shape.size(); i++) {
    if (i < axis) before *= shape[i];
    if (i > axis) after *= shape[i];
  }
  std::vector<T> part;
  part.reserve(before * size * after);
  for (uint64_t b = 0; b < before; b++) {
    const auto from = whole.begin() + (ptrdiff_t)((b * shape[axis] + start) * after);
    part.insert(part.end(), from, from + (ptrdiff_t)(size * after));
  }
  return part;
}

}  // namespace eyrie
