// Numbers of 16 bits: widened exactly, narrowed with rounding to nearest even.
#pragma once
#include <stdint.h>
#include <string.h>

namespace eyrie {

inline uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}
inline float float_of(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

inline float widen_bf16(uint16_t value) { return float_of((uint32_t)value << 16); }
float widen_f16(uint16_t value);
// What is too large becomes the largest half, never infinite.
uint16_t narrow_f16(float value);
// What is a bf16 stays as it is, NaN included; another NaN stays NaN.
inline uint16_t narrow_bf16(float value) {
  const uint32_t bits = bits_of(value), upper = bits >> 16;
  if ((bits & 0x7fffffff) <= 0x7f800000) return (uint16_t)((bits + 0x7fff + (upper & 1)) >> 16);
  return (uint16_t)(upper & 0x7f ? upper : upper | 0x40);
}

}  // namespace eyrie
