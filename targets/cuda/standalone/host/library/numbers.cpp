// Halves have 1 bit of sign, 5 of exponent (bias 15) and 10 of fraction.
#include "numbers.h"

namespace eyrie {

float widen_f16(uint16_t half) {
  const uint32_t sign = (uint32_t)(half & 0x8000) << 16, exponent = half >> 10 & 31,
                 fraction = half & 0x3ff;
  if (exponent == 31) return float_of(sign | 0x7f800000 | fraction << 13);
  if (exponent > 0) return float_of(sign | (exponent + 112) << 23 | fraction << 13);
  // Below 2^−14 a half counts in steps of 2^−24.
  const float magnitude = (float)fraction * (1.0f / 16777216.0f);
  return float_of(sign | bits_of(magnitude));
}

// `value` shifted right by `by` bits, to nearest, ties to even.
static uint32_t shift_to_even(uint32_t value, uint32_t by) {
  const uint32_t kept = value >> by, rest = value & ((1u << by) - 1), middle = 1u << (by - 1);
  return kept + (rest > middle || (rest == middle && (kept & 1)) ? 1 : 0);
}

uint16_t narrow_f16(float value) {
  const uint32_t bits = bits_of(value), magnitude = bits & 0x7fffffff, sign = bits >> 16 & 0x8000;
  if (magnitude > 0x7f800000) return (uint16_t)(sign | 0x7e00);
  // 65520 is halfway between the largest half and the next power of two.
  if (magnitude >= 0x477ff000) return (uint16_t)(sign | 0x7bff);
  if (magnitude >= 0x38800000) return (uint16_t)(sign | shift_to_even(magnitude - 0x38000000, 13));
  const uint32_t exponent = magnitude >> 23;
  if (exponent < 102) return (uint16_t)sign;
  return (uint16_t)(sign | shift_to_even((magnitude & 0x7fffff) | 0x800000, 126 - exponent));
}

}  // namespace eyrie
