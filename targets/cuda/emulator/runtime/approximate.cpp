// Approximate functions: computed in double and rounded once; where a launch asks, moved by the seed within the bound
// that the PTX ISA manual documents for the instruction.
#include <math.h>
#include "half.h"
#include "machine.h"

namespace eyrie {

// In [−1, 1].
static double nudge() { return (double)(int32_t)draw() * 0x1p-31; }

// `relative` and `absolute` bound the error; half an ulp of it is the rounding's own.
static float rounded(double exact, double relative, double absolute = 0) {
  if (!machine.perturbed || !isfinite(exact) || exact == 0) return (float)exact;
  const double bound = fmax(fabs(exact) * (relative - 0x1p-24), absolute - fabs(exact) * 0x1p-24);
  return (float)(exact + nudge() * fmax(bound, 0));
}

}  // namespace eyrie

using namespace eyrie;

// 2^-22.5. Whole powers are exact: the manual says so of 2^0, and CUDA's own expm1f counts on it for the others.
float eyrie_exp2(float x) { return x == truncf(x) ? (float)exp2((double)x) : rounded(exp2((double)x), 0x1.6ap-23); }
float eyrie_log2(float x) {
  const double exact = log2((double)x);
  return x > 0.5f && x < 2.0f ? rounded(exact, 0, 0x1p-22) : rounded(exact, 0x1p-22);
}
float eyrie_sin(float x) { return rounded(sin((double)x), 0, 0x1.6ap-21); }            // 2^-20.5 within [−2π, 2π]
float eyrie_cos(float x) { return x == 0 ? 1 : rounded(cos((double)x), 0, 0x1.6ap-21); }
float eyrie_tanh(float x) { return rounded(tanh((double)x), 0x1p-11); }
float eyrie_reciprocal(float x) { return rounded(1 / (double)x, 0x1p-23); }
float eyrie_square_root(float x) { return rounded(sqrt((double)x), 0x1p-23); }
float eyrie_reciprocal_root(float x) { return rounded(1 / sqrt((double)x), 0x1.12p-23); }  // 2^-22.9
float eyrie_divide_full(float a, float b) { return rounded((double)a / b, 0x1p-22); }      // 2 ulp
float eyrie_divide_approximately(float a, float b) {
  const float size = fabsf(b);
  if (size > 0x1p126f && size < INFINITY) return isinf(a) ? NAN : copysignf(0, a) * copysignf(1, b);
  return rounded((double)a / b, 0x1p-22);
}
uint16_t eyrie_exp2_f16(uint16_t x) { return float_to_f16(rounded(exp2(f16_to_float(x)), 0x1.12p-10)); }  // 2^-9.9
uint16_t eyrie_tanh_f16(uint16_t x) { return float_to_f16(rounded(tanh(f16_to_float(x)), 0x1.02p-11)); }  // 2^-10.987
uint16_t eyrie_exp2_bf16(uint16_t x) { return float_to_bf16(rounded(exp2(bf16_to_float(x)), 0x1p-8)); }
uint16_t eyrie_tanh_bf16(uint16_t x) { return float_to_bf16(rounded(tanh(bf16_to_float(x)), 0x1p-8)); }

uint32_t eyrie_clock() { return machine.clock; }
