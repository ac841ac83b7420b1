// What PTX's integer and f32/f64 instructions compute where C++ has no operator with that meaning.
// Formulas follow the pseudo-code of the PTX ISA manual, chapter 9.7.
#pragma once
#include "half.h"

namespace eyrie {

// A subnormal as a zero of its sign.
EYRIE_INLINE float flush(float value) {
  return __builtin_fabsf(value) < 0x1p-126f ? __builtin_copysignf(0.0f, value) : value;
}
// Into [0, 1]; NaN becomes 0.
EYRIE_INLINE float saturate(float value) { return value > 0.0f ? (value < 1.0f ? value : 1.0f) : 0.0f; }
EYRIE_INLINE double saturate(double value) { return value > 0.0 ? (value < 1.0 ? value : 1.0) : 0.0; }

EYRIE_INLINE float canonical_nan(float) { return bits<float>(0x7fffffffu); }
EYRIE_INLINE double canonical_nan(double) { return bits<double>(0x7ff8000000000000ull); }

// A NaN loses against a number; −0 is below +0.
template <class T>
EYRIE_INLINE T minimum(T a, T b) {
  if (a != a) return b != b ? canonical_nan(a) : b;
  return (b != b || a < b || (a == b && __builtin_signbit(a))) ? a : b;
}
template <class T>
EYRIE_INLINE T maximum(T a, T b) {
  if (a != a) return b != b ? canonical_nan(a) : b;
  return (b != b || a > b || (a == b && !__builtin_signbit(a))) ? a : b;
}
// .NaN: a NaN wins.
template <class T>
EYRIE_INLINE T minimum_nan(T a, T b) { return (a != a || b != b) ? canonical_nan(a) : minimum(a, b); }
template <class T>
EYRIE_INLINE T maximum_nan(T a, T b) { return (a != a || b != b) ? canonical_nan(a) : maximum(a, b); }
template <class T>
EYRIE_INLINE bool unordered(T a, T b) { return a != a || b != b; }

// Directed rounding of an exact double (or one rounded to odd): 0 toward zero, 1 down, 2 up.
EYRIE_INLINE float directed(double value, int mode) {
  const float near = (float)value;
  if ((double)near == value || value != value) return near;
  const bool above = (double)near > value;
  const bool want_below = mode == 1 || (mode == 0 && value > 0);
  if (above == !want_below) return near;
  const uint32_t pattern = bits<uint32_t>(near);
  const bool larger_magnitude = above == (near < 0.0f);
  if (near == 0.0f) return bits<float>(above ? 0x80000001u : 0x00000001u);
  return bits<float>(larger_magnitude ? pattern + 1 : pattern - 1);
}
// An exact zero from numbers of opposite sign is −0 when rounding down.
EYRIE_INLINE float sum_directed(double a, double b, int mode) {
  const double sum = sum_to_odd(a, b);
  if (sum == 0.0 && mode == 1 && (__builtin_signbit(a) || __builtin_signbit(b))) return -0.0f;
  return directed(sum, mode);
}
static float add_directed(float a, float b, int mode) { return sum_directed(a, b, mode); }
static float sub_directed(float a, float b, int mode) { return sum_directed(a, -(double)b, mode); }
static float mul_directed(float a, float b, int mode) { return directed((double)a * b, mode); }
static float fma_directed(float a, float b, float c, int mode) { return sum_directed((double)a * b, c, mode); }

// A 64-bit whole number as double, rounded to odd, so that rounding it again is exact.
EYRIE_INLINE double whole_to_odd(uint64_t value) {
  if (value < (1ull << 53)) return (double)value;
  const int extra = 11 - __builtin_clzll(value);
  const uint64_t kept = value >> extra;
  const bool lost = (kept << extra) != value;
  return (double)(kept | lost) * (double)(1ull << extra);
}
EYRIE_INLINE double whole_to_odd(int64_t value) {
  return value < 0 ? -whole_to_odd((uint64_t)0 - (uint64_t)value) : whole_to_odd((uint64_t)value);
}

// Ten bits of fraction, ties away from zero; the register's other bits are zeros.
EYRIE_INLINE uint32_t to_tf32(float value) {
  if (value != value) return 0x7fffffffu;
  if (__builtin_isinf(value)) return bits<uint32_t>(value);
  return (bits<uint32_t>(value) + 0x1000u) & ~0x1fffu;
}

// A rounded value as a whole number in [low, high]; `nan` is the result for NaN.
template <class T>
EYRIE_INLINE T whole(double value, double low, double high, T least, T most, T nan) {
  if (value != value) return nan;
  return value <= low ? least : value >= high ? most : (T)value;
}

template <class T>
EYRIE_INLINE T divide(T a, T b) { return b == 0 ? (T) ~(T)0 : (b == (T)-1 ? (T)(0 - a) : (T)(a / b)); }
template <class T>
EYRIE_INLINE T remainder(T a, T b) { return b == 0 ? a : (b == (T)-1 ? (T)0 : (T)(a % b)); }
EYRIE_INLINE uint32_t divide(uint32_t a, uint32_t b) { return b == 0 ? ~0u : a / b; }
EYRIE_INLINE uint64_t divide(uint64_t a, uint64_t b) { return b == 0 ? ~0ull : a / b; }
EYRIE_INLINE uint16_t divide(uint16_t a, uint16_t b) { return b == 0 ? 0xffff : a / b; }
EYRIE_INLINE uint32_t remainder(uint32_t a, uint32_t b) { return b == 0 ? a : a % b; }
EYRIE_INLINE uint64_t remainder(uint64_t a, uint64_t b) { return b == 0 ? a : a % b; }
EYRIE_INLINE uint16_t remainder(uint16_t a, uint16_t b) { return b == 0 ? a : a % b; }

EYRIE_INLINE uint16_t high(uint16_t a, uint16_t b) { return (uint32_t)a * b >> 16; }
EYRIE_INLINE int16_t high(int16_t a, int16_t b) { return (int32_t)a * b >> 16; }
EYRIE_INLINE uint32_t high(uint32_t a, uint32_t b) { return (uint64_t)a * b >> 32; }
EYRIE_INLINE int32_t high(int32_t a, int32_t b) { return (int64_t)a * b >> 32; }
EYRIE_INLINE uint64_t high(uint64_t a, uint64_t b) { return (unsigned __int128)a * b >> 64; }
EYRIE_INLINE int64_t high(int64_t a, int64_t b) { return (__int128)a * b >> 64; }

// Shifts by the width or more give zeros, or the sign.
template <class T>
EYRIE_INLINE T shift_left(T a, uint32_t by) { return by >= sizeof(T) * 8 ? 0 : (T)(a << by); }
template <class T>
EYRIE_INLINE T shift_right(T a, uint32_t by) {
  if (by >= sizeof(T) * 8) return a < 0 ? (T)-1 : 0;
  return (T)(a >> by);
}
EYRIE_INLINE uint32_t funnel_left(uint32_t low, uint32_t high, uint32_t by) {
  return (uint32_t)((((uint64_t)high << 32 | low) << by) >> 32);
}
EYRIE_INLINE uint32_t funnel_right(uint32_t low, uint32_t high, uint32_t by) {
  return (uint32_t)(((uint64_t)high << 32 | low) >> by);
}

template <class T>
EYRIE_INLINE T insert_bits(T field, T into, uint32_t position, uint32_t length) {
  constexpr uint32_t width = sizeof(T) * 8;
  position &= 255, length &= 255;
  if (position >= width || length == 0) return into;
  const T ones = length >= width ? (T) ~(T)0 : (T)(((T)1 << length) - 1);
  const T mask = (T)(ones << position);
  return (T)((into & ~mask) | ((field << position) & mask));
}
template <class T, class Unsigned>
EYRIE_INLINE T extract_bits(T value, uint32_t position, uint32_t length) {
  constexpr uint32_t width = sizeof(T) * 8;
  position &= 255, length &= 255;
  const uint32_t top = position + length - 1 < width - 1 ? position + length - 1 : width - 1;
  if (length == 0) return 0;
  const bool negative = (T)-1 < 0 && ((Unsigned)value >> top & 1);
  const Unsigned field = position >= width ? 0 : (Unsigned)value >> position;
  // Where the field reaches past the top, its upper bits are copies of the sign.
  const uint32_t present = position >= width ? 0 : (length < width - position ? length : width - position);
  const Unsigned mask = present >= width ? ~(Unsigned)0 : ((Unsigned)1 << present) - 1;
  return (T)(negative ? field | ~mask : field & mask);
}
EYRIE_INLINE uint32_t reverse_bits(uint32_t a) {
  a = (a >> 1 & 0x55555555) | (a & 0x55555555) << 1;
  a = (a >> 2 & 0x33333333) | (a & 0x33333333) << 2;
  a = (a >> 4 & 0x0f0f0f0f) | (a & 0x0f0f0f0f) << 4;
  return __builtin_bswap32(a);
}
EYRIE_INLINE uint64_t reverse_bits(uint64_t a) {
  return (uint64_t)reverse_bits((uint32_t)a) << 32 | reverse_bits((uint32_t)(a >> 32));
}
EYRIE_INLINE uint32_t leading_zeros(uint32_t a) { return a ? __builtin_clz(a) : 32; }
EYRIE_INLINE uint32_t leading_zeros(uint64_t a) { return a ? __builtin_clzll(a) : 64; }
// The place of the highest bit that differs from the sign; all ones where there is none.
EYRIE_INLINE uint32_t highest_bit(uint64_t a) { return a ? 63 - __builtin_clzll(a) : ~0u; }

// prmt: four bytes chosen from the eight of b:a; bit 3 of a choice spreads that byte's sign.
static uint32_t permute(uint32_t a, uint32_t b, uint32_t choices) {
  const uint64_t bytes = (uint64_t)b << 32 | a;
  uint32_t result = 0;
  for (int i = 0; i < 4; i++) {
    const uint32_t choice = choices >> (4 * i) & 15;
    uint32_t byte = bytes >> ((choice & 7) * 8) & 255;
    if (choice & 8) byte = byte & 128 ? 255 : 0;
    result |= byte << (8 * i);
  }
  return result;
}
// fns: the n-th set bit from `base`, upwards for n > 0, downwards for n < 0; all ones where there is none.
static uint32_t find_set(uint32_t mask, uint32_t base, int32_t n) {
  if (n == 0) return mask >> base & 1 ? base : ~0u;
  const int step = n > 0 ? 1 : -1;
  int left = n > 0 ? n : -n;
  for (int at = (int)base; at >= 0 && at < 32; at += step)
    if ((mask >> at & 1) && --left == 0) return (uint32_t)at;
  return ~0u;
}

}  // namespace eyrie
