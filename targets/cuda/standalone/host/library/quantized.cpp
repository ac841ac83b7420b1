// Groups run along one axis; blocks are four columns of four or eight terms, each column's bits
// beside the next one's.
#include "quantized.h"
#include <algorithm>
#include <cmath>
#include <string.h>
#include "failure.h"

namespace eyrie {

namespace {

using Shape = std::vector<uint64_t>;

uint64_t over(uint64_t size, uint64_t by) { return (size + by - 1) / by; }

// The distance between neighbours along an axis.
uint64_t step_of(const Shape &shape, size_t axis) {
  uint64_t step = 1;
  for (size_t i = axis + 1; i < shape.size(); i++) step *= shape[i];
  return step;
}

double nearest_even(double x) {
  const double floor = std::floor(x), rest = x - floor;
  return floor + (rest > 0.5 || (rest == 0.5 && std::fmod(floor, 2) != 0) ? 1 : 0);
}

// Calls `visit` with the first element of each row of columns, its matrix and its term.
template <class Visit>
void each_row(const Shape &shape, const Quantization &how, Visit visit) {
  uint64_t matrices = 1;
  for (size_t i = 0; i < shape.size(); i++)
    if (i != how.axis && i != how.column) matrices *= shape[i];
  for (uint64_t outer = 0; outer < matrices; outer++) {
    uint64_t rest = outer, base = 0;
    for (size_t i = shape.size(); i-- > 0;) {
      if (i == how.axis || i == how.column) continue;
      base += rest % shape[i] * step_of(shape, i);
      rest /= shape[i];
    }
    for (uint64_t term = 0; term < shape[how.axis]; term++)
      visit(base + term * step_of(shape, how.axis), outer, term);
  }
}

std::vector<unsigned char> packed_values(const std::vector<int8_t> &values, const Shape &shape,
                                         const Weight &weight) {
  const Quantization &how = weight.quantized;
  std::vector<uint32_t> words(weight.bytes / 4, 0);
  const uint64_t in_block = 32 / how.bits, in_word = in_block / 4;
  const uint64_t term_blocks = over(shape[how.axis], in_block);
  const uint64_t column_blocks = over(shape[how.column], 4);
  const uint64_t step = step_of(shape, how.column);
  const uint32_t mask = (1u << how.bits) - 1;
  each_row(shape, how, [&](uint64_t first, uint64_t outer, uint64_t term) {
    const uint64_t row = (outer * term_blocks + term / in_block) * column_blocks;
    const uint64_t word = term % in_block / in_word, bit = term % in_word * 4 * how.bits;
    for (uint64_t column = 0; column < shape[how.column]; column++) {
      const uint32_t value = (uint32_t)values[first + column * step] & mask;
      words[(row + column / 4) * 4 + word] |= value << (bit + column % 4 * how.bits);
    }
  });
  std::vector<unsigned char> memory(weight.bytes);
  memcpy(memory.data(), words.data(), memory.size());
  return memory;
}

std::vector<unsigned char> packed_scales(const std::vector<float> &scales, const Shape &shape,
                                         const Weight &weight) {
  const Quantization &how = weight.quantized;
  std::vector<float> numbers(weight.bytes / 4, 0);
  const uint64_t groups = shape[how.axis], columns = over(shape[how.column], 4) * 4;
  const uint64_t step = step_of(shape, how.column);
  each_row(shape, how, [&](uint64_t first, uint64_t outer, uint64_t group) {
    for (uint64_t column = 0; column < shape[how.column]; column++)
      numbers[(outer * groups + group) * columns + column] = scales[first + column * step];
  });
  std::vector<unsigned char> memory(weight.bytes);
  memcpy(memory.data(), numbers.data(), memory.size());
  return memory;
}

}  // namespace

std::vector<uint64_t> scales_shape(Shape shape, const Quantization &how) {
  shape[how.axis] = over(shape[how.axis], how.group);
  return shape;
}

Quantized quantize(const std::vector<float> &numbers, const Shape &shape, const Quantization &how,
                   const char *name) {
  const uint64_t terms = shape[how.axis], step = step_of(shape, how.axis);
  const uint64_t groups = over(terms, how.group), before = numbers.size() / (terms * step);
  Quantized made{std::vector<int8_t>(numbers.size(), 0),
                 std::vector<float>(before * groups * step, 0)};
  const double least = how.bits == 8 ? -127 : -8, most = how.bits == 8 ? 127 : 7;
  for (uint64_t group = 0; group < before * groups; group++)
    for (uint64_t inner = 0; inner < step; inner++) {
      const uint64_t start = group % groups * how.group;
      const uint64_t count = std::min(how.group, terms - start);
      const uint64_t first = (group / groups * terms + start) * step + inner;
      float extreme = 0;
      for (uint64_t i = 0; i < count; i++) {
        const float x = numbers[first + i * step];
        if (!std::isfinite(x))
          fail("parameter \"%s\" holds %f, which int%u cannot hold; compile with --precision bf16",
               name, x, how.bits);
        if (std::fabs(x) > std::fabs(extreme)) extreme = x;
      }
      const float scale =
          (float)(how.bits == 8 ? std::fabs((double)extreme) / 127 : (double)extreme / -8);
      if (scale == 0) continue;
      made.scales[group * step + inner] = scale;
      for (uint64_t i = 0; i < count; i++) {
        const double x = (double)numbers[first + i * step] / (double)scale;
        made.values[first + i * step] = (int8_t)std::clamp(nearest_even(x), least, most);
      }
    }
  return made;
}

std::vector<unsigned char> packed(const Quantized &whole, const Shape &shape,
                                  const Weight &weight) {
  const auto part = [&weight](Shape of) {
    if (weight.cut) of[weight.axis] = weight.size;
    return of;
  };
  if (!weight.quantized.scales) {
    if (!weight.cut) return packed_values(whole.values, shape, weight);
    const auto values = cut(whole.values, shape, weight.axis, weight.start, weight.size);
    return packed_values(values, part(shape), weight);
  }
  const Shape of_scales = scales_shape(shape, weight.quantized);
  if (!weight.cut) return packed_scales(whole.scales, of_scales, weight);
  const auto scales = cut(whole.scales, of_scales, weight.axis, weight.start, weight.size);
  return packed_scales(scales, part(of_scales), weight);
}

}  // namespace eyrie
