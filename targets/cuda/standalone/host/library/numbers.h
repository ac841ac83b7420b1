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

}  // namespace eyrie
