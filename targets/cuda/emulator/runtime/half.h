// f16 and bf16 as their 16 bits: conversions and arithmetic, each rounded exactly once.
// An inexact intermediate is rounded to odd: with two bits to spare, rounding that again gives what rounding once would.
#pragma once
#include <stdint.h>

namespace eyrie {

#define EYRIE_INLINE static inline __attribute__((always_inline))

template <class To, class From>
EYRIE_INLINE To bits(From value) {
  return __builtin_bit_cast(To, value);
}

// a + b in double, rounded to odd.
EYRIE_INLINE double sum_to_odd(double a, double b) {
  const double sum = a + b, part = sum - a, error = (a - (sum - part)) + (b - part);
  const uint64_t pattern = bits<uint64_t>(sum);
  if (!(error != 0) || error != error || (pattern & 1)) return sum;
  return bits<double>((error > 0) == (sum > 0) ? pattern + 1 : pattern - 1);
}

// A double as f32, rounded to odd; overflow becomes the largest finite number.
EYRIE_INLINE float float_to_odd(double value) {
  const float rounded = (float)value;
  const uint32_t pattern = bits<uint32_t>(rounded);
  if ((double)rounded == value || value != value) return rounded;
  if (__builtin_isinf(value)) return rounded;
  const bool away = __builtin_fabs((double)rounded) > __builtin_fabs(value);
  const uint32_t toward_zero = away ? pattern - 1 : pattern;
  return bits<float>(toward_zero | 1);
}

EYRIE_INLINE float f16_to_float(uint16_t half) { return (float)bits<_Float16>(half); }
EYRIE_INLINE float bf16_to_float(uint16_t half) { return bits<float>((uint32_t)half << 16); }

// To nearest, ties to even; every NaN becomes 0x7fff.
EYRIE_INLINE uint16_t float_to_f16(float value) {
  return value != value ? 0x7fff : bits<uint16_t>((_Float16)value);
}
EYRIE_INLINE uint16_t float_to_bf16(float value) {
  const uint32_t pattern = bits<uint32_t>(value);
  if (value != value) return 0x7fff;
  return (uint16_t)((pattern + 0x7fffu + (pattern >> 16 & 1)) >> 16);
}
EYRIE_INLINE uint16_t double_to_f16(double value) { return float_to_f16(float_to_odd(value)); }
EYRIE_INLINE uint16_t double_to_bf16(double value) {
  // The largest finite f32 rounds up to infinity here, as what is larger must.
  return float_to_bf16(float_to_odd(value));
}
// Toward zero.
EYRIE_INLINE uint16_t float_to_f16_zero(float value) {
  const uint16_t near = float_to_f16(value);
  if (value != value || __builtin_isinf(value)) return near;
  return __builtin_fabsf(f16_to_float(near)) > __builtin_fabsf(value) ? near - 1 : near;
}
EYRIE_INLINE uint16_t float_to_bf16_zero(float value) {
  return value != value ? 0x7fff : (uint16_t)(bits<uint32_t>(value) >> 16);
}

EYRIE_INLINE double exact_fma(double a, double b, double c) { return sum_to_odd(a * b, c); }

struct F16Numbers {
  static constexpr uint16_t one = 0x3c00;
  EYRIE_INLINE bool nan(uint16_t half) { return (half & 0x7fff) > 0x7c00; }
  EYRIE_INLINE float read(uint16_t half) { return f16_to_float(half); }
  EYRIE_INLINE uint16_t round(double value) { return double_to_f16(value); }
};
struct Bf16Numbers {
  static constexpr uint16_t one = 0x3f80;
  EYRIE_INLINE bool nan(uint16_t half) { return (half & 0x7fff) > 0x7f80; }
  EYRIE_INLINE float read(uint16_t half) { return bf16_to_float(half); }
  EYRIE_INLINE uint16_t round(double value) { return double_to_bf16(value); }
};

// Out of line: kernels with much half arithmetic compile faster, and tensor-core kernels have little of it.
#define EYRIE_HALF_OPERATIONS(type, Numbers)                                                      \
  static uint16_t add_##type(uint16_t a, uint16_t b) {                                            \
    return Numbers::round(sum_to_odd(Numbers::read(a), Numbers::read(b)));                        \
  }                                                                                               \
  static uint16_t sub_##type(uint16_t a, uint16_t b) {                                            \
    return Numbers::round(sum_to_odd(Numbers::read(a), -(double)Numbers::read(b)));               \
  }                                                                                               \
  static uint16_t mul_##type(uint16_t a, uint16_t b) {                                            \
    return Numbers::round((double)Numbers::read(a) * Numbers::read(b));                           \
  }                                                                                               \
  static uint16_t fma_##type(uint16_t a, uint16_t b, uint16_t c) {                                \
    return Numbers::round(exact_fma(Numbers::read(a), Numbers::read(b), Numbers::read(c)));       \
  }                                                                                               \
  /* A NaN loses against a number; −0 is below +0. */                                             \
  static uint16_t min_##type(uint16_t a, uint16_t b) {                                            \
    const float x = Numbers::read(a), y = Numbers::read(b);                                       \
    if (x != x) return y != y ? 0x7fff : b;                                                       \
    if (y != y || x < y || (x == y && (a >> 15))) return a;                                       \
    return b;                                                                                     \
  }                                                                                               \
  static uint16_t max_##type(uint16_t a, uint16_t b) {                                            \
    const float x = Numbers::read(a), y = Numbers::read(b);                                       \
    if (x != x) return y != y ? 0x7fff : b;                                                       \
    if (y != y || x > y || (x == y && !(a >> 15))) return a;                                      \
    return b;                                                                                     \
  }                                                                                               \
  static uint16_t min_nan_##type(uint16_t a, uint16_t b) {                                        \
    return Numbers::nan(a) || Numbers::nan(b) ? 0x7fff : min_##type(a, b);                        \
  }                                                                                               \
  static uint16_t max_nan_##type(uint16_t a, uint16_t b) {                                        \
    return Numbers::nan(a) || Numbers::nan(b) ? 0x7fff : max_##type(a, b);                        \
  }                                                                                               \
  /* Into [0, 1], NaN to 0; and negative to 0, NaN to 0x7fff. */                                  \
  static uint16_t saturate_##type(uint16_t a) {                                                   \
    const float x = Numbers::read(a);                                                             \
    return x > 0 ? (x < 1 ? a : Numbers::one) : 0;                                                \
  }                                                                                               \
  static uint16_t relu_##type(uint16_t a) {                                                       \
    return Numbers::nan(a) ? 0x7fff : Numbers::read(a) > 0 ? a : 0;                               \
  }                                                                                               \
  EYRIE_INLINE uint16_t neg_##type(uint16_t a) { return a ^ 0x8000; }                             \
  EYRIE_INLINE uint16_t abs_##type(uint16_t a) { return a & 0x7fff; }

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
EYRIE_HALF_OPERATIONS(f16, F16Numbers)
EYRIE_HALF_OPERATIONS(bf16, Bf16Numbers)
#pragma GCC diagnostic pop

EYRIE_INLINE uint16_t flush_bf16(uint16_t a) { return (a & 0x7f80) ? a : a & 0x8000; }

// Both halves of a 32-bit pair.
#define EYRIE_PAIR1(f, a) \
  ({ const uint32_t a_ = (a); (uint32_t)f((uint16_t)a_) | (uint32_t)f((uint16_t)(a_ >> 16)) << 16; })
#define EYRIE_PAIR2(f, a, b)                                                                  \
  ({                                                                                          \
    const uint32_t a_ = (a), b_ = (b);                                                        \
    (uint32_t)f((uint16_t)a_, (uint16_t)b_) | (uint32_t)f((uint16_t)(a_ >> 16), (uint16_t)(b_ >> 16)) << 16; \
  })
#define EYRIE_PAIR3(f, a, b, c)                                                               \
  ({                                                                                          \
    const uint32_t a_ = (a), b_ = (b), c_ = (c);                                              \
    (uint32_t)f((uint16_t)a_, (uint16_t)b_, (uint16_t)c_) |                                   \
        (uint32_t)f((uint16_t)(a_ >> 16), (uint16_t)(b_ >> 16), (uint16_t)(c_ >> 16)) << 16;  \
  })

}  // namespace eyrie
