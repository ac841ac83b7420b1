#include <cuda_bf16.h>

struct __align__(8) bf16x4 {
  __nv_bfloat16 x, y, z, w;
};

__device__ inline float4 spread4(float value) {
  return {value, value, value, value};
}

struct __align__(4) boolx4 {
  bool x, y, z, w;
};

__device__ inline boolx4 spread4(bool value) {
  return {value, value, value, value};
}

/** A vector that begins at a multiple of its length, in one access. */
template <typename Vector, typename Scalar>
__device__ inline Vector load(const Scalar* from, unsigned index) {
  return *reinterpret_cast<const Vector*>(from + index);
}

__device__ inline unsigned word_of(__nv_bfloat16 low, __nv_bfloat16 high) {
  return unsigned(__bfloat16_as_ushort(low)) | unsigned(__bfloat16_as_ushort(high)) << 16;
}

__device__ inline __nv_bfloat16 low_bf16(unsigned word) {
  return __ushort_as_bfloat16(word & 0xffffu);
}

__device__ inline __nv_bfloat16 high_bf16(unsigned word) {
  return __ushort_as_bfloat16(word >> 16);
}

template <>
__device__ inline bf16x4 load<bf16x4, __nv_bfloat16>(const __nv_bfloat16* from, unsigned index) {
  const uint2 words = *reinterpret_cast<const uint2*>(from + index);
  return {low_bf16(words.x), high_bf16(words.x), low_bf16(words.y), high_bf16(words.y)};
}

/** Writes a vector to a multiple of its length, in one access. */
template <typename Vector, typename Scalar>
__device__ inline void store(Scalar* to, unsigned index, Vector value) {
  *reinterpret_cast<Vector*>(to + index) = value;
}

/** The larger of both; NaN where either is NaN. */
__device__ inline float maximum(float a, float b) {
  float result;
  asm("max.NaN.f32 %0, %1, %2;" : "=f"(result) : "f"(a), "f"(b));
  return result;
}

__device__ inline float4 to_float4(bf16x4 a) {
  return {__bfloat162float(a.x), __bfloat162float(a.y), __bfloat162float(a.z), __bfloat162float(a.w)};
}

__device__ inline float4 operator+(float4 a, float4 b) {
  return {a.x + b.x, a.y + b.y, a.z + b.z, a.w + b.w};
}

__device__ inline float4 operator*(float4 a, float4 b) {
  return {a.x * b.x, a.y * b.y, a.z * b.z, a.w * b.w};
}

__device__ inline float4 fmaf(float4 a, float4 b, float4 c) {
  return {fmaf(a.x, b.x, c.x), fmaf(a.y, b.y, c.y), fmaf(a.z, b.z, c.z), fmaf(a.w, b.w, c.w)};
}

__device__ inline float4 select(boolx4 a, float4 b, float4 c) {
  return {(a.x ? b.x : c.x), (a.y ? b.y : c.y), (a.z ? b.z : c.z), (a.w ? b.w : c.w)};
}

__device__ inline float4 tanhf(float4 a) {
  return {tanhf(a.x), tanhf(a.y), tanhf(a.z), tanhf(a.w)};
}

__device__ inline float4 expf(float4 a) {
  return {expf(a.x), expf(a.y), expf(a.z), expf(a.w)};
}

__device__ inline float4 operator-(float4 a) {
  return {-a.x, -a.y, -a.z, -a.w};
}

__device__ inline float4 fabsf(float4 a) {
  return {fabsf(a.x), fabsf(a.y), fabsf(a.z), fabsf(a.w)};
}

__device__ inline float4 operator/(float4 a, float4 b) {
  return {a.x / b.x, a.y / b.y, a.z / b.z, a.w / b.w};
}

__device__ inline float4 maximum(float4 a, float4 b) {
  return {maximum(a.x, b.x), maximum(a.y, b.y), maximum(a.z, b.z), maximum(a.w, b.w)};
}

__device__ inline boolx4 operator<(float4 a, float4 b) {
  return {a.x < b.x, a.y < b.y, a.z < b.z, a.w < b.w};
}

__device__ inline float4 logf(float4 a) {
  return {logf(a.x), logf(a.y), logf(a.z), logf(a.w)};
}

__device__ inline float4 sqrtf(float4 a) {
  return {sqrtf(a.x), sqrtf(a.y), sqrtf(a.z), sqrtf(a.w)};
}

__device__ inline float4 operator-(float4 a, float4 b) {
  return {a.x - b.x, a.y - b.y, a.z - b.z, a.w - b.w};
}

/** Over the 32 lanes of the subgroup, for each of them. */
__device__ inline float subgroup_sum(float value) {
#pragma unroll
  for (unsigned by = 16u; by > 0u; by /= 2u) {
    const float other = __shfl_xor_sync(0xffffffffu, value, by);
    value = value + other;
  }
  return value;
}

/** Over the 32 lanes of the subgroup, for each of them. */
__device__ inline float subgroup_max(float value) {
#pragma unroll
  for (unsigned by = 16u; by > 0u; by /= 2u) {
    const float other = __shfl_xor_sync(0xffffffffu, value, by);
    value = maximum(value, other);
  }
  return value;
}

/** Over the 32 lanes of the subgroup, for each of them. */
__device__ inline unsigned subgroup_sum(unsigned value) {
#pragma unroll
  for (unsigned by = 16u; by > 0u; by /= 2u) {
    const unsigned other = __shfl_xor_sync(0xffffffffu, value, by);
    value = value + other;
  }
  return value;
}

/** Over the 32 lanes of the subgroup, for each of them. */
__device__ inline unsigned subgroup_max(unsigned value) {
#pragma unroll
  for (unsigned by = 16u; by > 0u; by /= 2u) {
    const unsigned other = __shfl_xor_sync(0xffffffffu, value, by);
    value = max(value, other);
  }
  return value;
}

extern "C" __global__ void __launch_bounds__(64, 4)
elementwise_and_elementwise_3(
    const int* __restrict__ tokens,
    const __nv_bfloat16* __restrict__ embedding,
    float* __restrict__ x_1,
    const int* __restrict__ seen,
    const int* __restrict__ count,
    int* __restrict__ add) {
  __builtin_assume(threadIdx.x < 64u);
  if (blockIdx.x < 3u) {
    const unsigned element = blockIdx.x * 64u + threadIdx.x;
    if (element < 192u) {
      const int tokens_value = tokens[0u];
      const unsigned row = min(unsigned(max(tokens_value, 0)), 31999u);
      const bf16x4 embedding_value = load<bf16x4>(embedding, row * 768u + element * 4u);
      const float4 x = to_float4(embedding_value);
      store(x_1, element * 4u, x);
    }
  } else {
    const unsigned place = blockIdx.x - 3u;
    const unsigned element_2 = place * 64u + threadIdx.x;
    if (element_2 < 1u) {
      const int seen_value = seen[element_2];
      const int count_value = count[element_2];
      add[element_2] = int(unsigned(seen_value) + unsigned(count_value));
    }
  }
}

extern "C" __global__ void __launch_bounds__(128, 2)
contract_y_product(
    const float* __restrict__ x,
    const float* __restrict__ temporal_pre_norm_scale,
    const __nv_bfloat16* __restrict__ linear_x_w,
    const __nv_bfloat16* __restrict__ linear_y_w,
    const float* __restrict__ linear_x_b,
    float* __restrict__ linear_x_1,
    const int* __restrict__ position_1,
    const float* __restrict__ conv_1d_past,
    const __nv_bfloat16* __restrict__ conv_1d_w,
    const float* __restrict__ conv_1d_b,
    float* __restrict__ conv_1d_1,
    const float* __restrict__ linear_y_b,
    float* __restrict__ y_1) {
  __shared__ float sum_partials[4];
  __shared__ __align__(16) float rows[768];
  __shared__ __align__(16) float parts[1024];
  __builtin_assume(threadIdx.x < 128u);
  float4 sum = spread4(0.0f);
  for (unsigned column = threadIdx.x * 4u; column < 768u; column += 512u) {
    const float4 x_value = load<float4>(x, column);
    sum = sum + x_value * x_value;
  }
  const float4 sum_now_1 = sum;
  const float subgroup_sum_ = subgroup_sum(sum_now_1.x + sum_now_1.y + sum_now_1.z + sum_now_1.w);
  if ((threadIdx.x % 32u) == 0u) {
    sum_partials[threadIdx.x / 32u] = subgroup_sum_;
  }
  __syncthreads();
  float sum_1 = 0.0f;
  for (unsigned partial = 0u; partial < 4u; partial += 1u) {
    const float sum_partials_value = sum_partials[partial];
    sum_1 = sum_1 + sum_partials_value;
  }
  const float of_row = rsqrtf(sum_1 * 0.0013020834f + 0.000001f);
  // the rows, once for all lanes
  for (unsigned cell = threadIdx.x * 4u; cell < 768u; cell += 512u) {
    const float4 x_value_1 = load<float4>(x, cell);
    const float4 temporal_pre_norm_scale_value = load<float4>(temporal_pre_norm_scale, cell);
    const float4 temporal_pre_norm = x_value_1 * spread4(of_row) * (spread4(1.0f) + temporal_pre_norm_scale_value);
    store(rows, cell, temporal_pre_norm);
  }
  __syncthreads();
  const unsigned slice = threadIdx.x / 8u;
  const unsigned place = threadIdx.x % 8u;
  const unsigned position = blockIdx.x * 8u + place;
  const unsigned column_1 = position * 4u;
  float4 sum_0_0 = spread4(0.0f);
  float4 sum_0_0_1 = spread4(0.0f);
  for (unsigned term = slice * 4u; term < 768u; term += 64u) {
    const float4 left_value = load<float4>(rows, term);
    const bf16x4 linear_x_w_value = load<bf16x4>(linear_x_w, term * 1024u + column_1);
    const float4 layers_0_temporal_block_linear_x_w = to_float4(linear_x_w_value);
    const bf16x4 linear_y_w_value = load<bf16x4>(linear_y_w, term * 1024u + column_1);
    const float4 layers_0_temporal_block_linear_y_w = to_float4(linear_y_w_value);
    sum_0_0 = fmaf(spread4(left_value.x), layers_0_temporal_block_linear_x_w, sum_0_0);
    sum_0_0_1 = fmaf(spread4(left_value.x), layers_0_temporal_block_linear_y_w, sum_0_0_1);
    const bf16x4 linear_x_w_value_1 = load<bf16x4>(linear_x_w, (term + 1u) * 1024u + column_1);
    const float4 layers_0_temporal_block_linear_x_w_1 = to_float4(linear_x_w_value_1);
    const bf16x4 linear_y_w_value_1 = load<bf16x4>(linear_y_w, (term + 1u) * 1024u + column_1);
    const float4 layers_0_temporal_block_linear_y_w_1 = to_float4(linear_y_w_value_1);
    sum_0_0 = fmaf(spread4(left_value.y), layers_0_temporal_block_linear_x_w_1, sum_0_0);
    sum_0_0_1 = fmaf(spread4(left_value.y), layers_0_temporal_block_linear_y_w_1, sum_0_0_1);
    const bf16x4 linear_x_w_value_2 = load<bf16x4>(linear_x_w, (term + 2u) * 1024u + column_1);
    const float4 layers_0_temporal_block_linear_x_w_2 = to_float4(linear_x_w_value_2);
    const bf16x4 linear_y_w_value_2 = load<bf16x4>(linear_y_w, (term + 2u) * 1024u + column_1);
    const float4 layers_0_temporal_block_linear_y_w_2 = to_float4(linear_y_w_value_2);
    sum_0_0 = fmaf(spread4(left_value.z), layers_0_temporal_block_linear_x_w_2, sum_0_0);
    sum_0_0_1 = fmaf(spread4(left_value.z), layers_0_temporal_block_linear_y_w_2, sum_0_0_1);
    const bf16x4 linear_x_w_value_3 = load<bf16x4>(linear_x_w, (term + 3u) * 1024u + column_1);
    const float4 layers_0_temporal_block_linear_x_w_3 = to_float4(linear_x_w_value_3);
    const bf16x4 linear_y_w_value_3 = load<bf16x4>(linear_y_w, (term + 3u) * 1024u + column_1);
    const float4 layers_0_temporal_block_linear_y_w_3 = to_float4(linear_y_w_value_3);
    sum_0_0 = fmaf(spread4(left_value.w), layers_0_temporal_block_linear_x_w_3, sum_0_0);
    sum_0_0_1 = fmaf(spread4(left_value.w), layers_0_temporal_block_linear_y_w_3, sum_0_0_1);
  }
  const float4 sum_0_0_now_4 = sum_0_0;
  const float4 sum_0_0_1_now_4 = sum_0_0_1;
  store(parts, threadIdx.x * 4u, sum_0_0_now_4);
  store(parts, ((slice + 16u) * 8u + place) * 4u, sum_0_0_1_now_4);
  __syncthreads();
  if (slice == 0u) {
    float4 total = sum_0_0_now_4;
    for (unsigned other = 1u; other < 16u; other += 1u) {
      const float4 part_value = load<float4>(parts, (other * 8u + place) * 4u);
      total = total + part_value;
    }
    float4 total_1 = sum_0_0_1_now_4;
    for (unsigned other_1 = 1u; other_1 < 16u; other_1 += 1u) {
      const float4 part_value_1 = load<float4>(parts, ((other_1 + 16u) * 8u + place) * 4u);
      total_1 = total_1 + part_value_1;
    }
    const float4 linear_x_b_value = load<float4>(linear_x_b, column_1);
    const float4 linear_x = total + linear_x_b_value;
    store(linear_x_1, column_1, linear_x);
    const int position_1_value = position_1[blockIdx.z];
    const bool le = 0 <= position_1_value;
    const float4 conv_1d_past_value = load<float4>(conv_1d_past, column_1);
    const bf16x4 conv_1d_w_value = load<bf16x4>(conv_1d_w, column_1);
    const float4 layers_0_temporal_block_conv_1d_w = to_float4(conv_1d_w_value);
    const float4 conv_1d_past_value_1 = load<float4>(conv_1d_past, column_1 + 1024u);
    const bf16x4 conv_1d_w_value_1 = load<bf16x4>(conv_1d_w, column_1 + 1024u);
    const float4 layers_0_temporal_block_conv_1d_w_1 = to_float4(conv_1d_w_value_1);
    const float4 conv_1d_past_value_2 = load<float4>(conv_1d_past, column_1 + 2048u);
    const bf16x4 conv_1d_w_value_2 = load<bf16x4>(conv_1d_w, column_1 + 2048u);
    const float4 layers_0_temporal_block_conv_1d_w_2 = to_float4(conv_1d_w_value_2);
    const bf16x4 conv_1d_w_value_3 = load<bf16x4>(conv_1d_w, column_1 + 3072u);
    const float4 layers_0_temporal_block_conv_1d_w_3 = to_float4(conv_1d_w_value_3);
    const float4 conv_1d_b_value = load<float4>(conv_1d_b, column_1);
    const float4 conv_1d = select(spread4(le && position_1_value < 3), spread4(0.0f), conv_1d_past_value * layers_0_temporal_block_conv_1d_w) + select(spread4(le && position_1_value < 2), spread4(0.0f), conv_1d_past_value_1 * layers_0_temporal_block_conv_1d_w_1) + select(spread4(le && position_1_value < 1), spread4(0.0f), conv_1d_past_value_2 * layers_0_temporal_block_conv_1d_w_2) + linear_x * layers_0_temporal_block_conv_1d_w_3 + conv_1d_b_value;
    store(conv_1d_1, column_1, conv_1d);
    const float4 linear_y_b_value = load<float4>(linear_y_b, column_1);
    const float4 linear_y = total_1 + linear_y_b_value;
    const float4 y = linear_y * spread4(0.5f) * (tanhf((linear_y + linear_y * linear_y * linear_y * spread4(0.044715f)) * spread4(0.7978846f)) + spread4(1.0f));
    store(y_1, column_1, y);
  }
}

extern "C" __global__ void __launch_bounds__(128, 2)
contract_product_and_elementwise_2(
    const float* __restrict__ conv_1d,
    const __nv_bfloat16* __restrict__ a_gate_w,
    const __nv_bfloat16* __restrict__ input_gate_w,
    const __nv_bfloat16* __restrict__ a_gate_b,
    const __nv_bfloat16* __restrict__ input_gate_b,
    const int* __restrict__ count,
    const int* __restrict__ position_1,
    const float* __restrict__ rg_lru_a_param,
    const float* __restrict__ rg_lru_scan,
    const float* __restrict__ y_2,
    float* __restrict__ mul_1,
    float* __restrict__ rg_lru_1,
    const float* __restrict__ linear_x,
    const float* __restrict__ conv_1d_past,
    float* __restrict__ select_) {
  __shared__ __align__(16) float parts[1024];
  __builtin_assume(threadIdx.x < 128u);
  if (blockIdx.x < 16u) {
    const unsigned across = blockIdx.x % 1u;
    const unsigned slice = threadIdx.x / 32u;
    const unsigned place = threadIdx.x % 32u;
    const unsigned position = across * 32u + place;
    const unsigned column = position * 4u;
    const unsigned column_read = min(column, 60u);
    float4 sum_0_0 = spread4(0.0f);
    float4 sum_0_0_1 = spread4(0.0f);
    for (unsigned term = slice * 4u; term < 64u; term += 16u) {
      const float4 conv_1d_value = load<float4>(conv_1d, blockIdx.x * 64u + term);
      const bf16x4 a_gate_w_value = load<bf16x4>(a_gate_w, (blockIdx.x * 64u + term) * 64u + column_read);
      const float4 layers_0_temporal_block_rg_lru_a_gate_w = to_float4(a_gate_w_value);
      const bf16x4 input_gate_w_value = load<bf16x4>(input_gate_w, (blockIdx.x * 64u + term) * 64u + column_read);
      const float4 layers_0_temporal_block_rg_lru_input_gate_w = to_float4(input_gate_w_value);
      sum_0_0 = fmaf(spread4(conv_1d_value.x), layers_0_temporal_block_rg_lru_a_gate_w, sum_0_0);
      sum_0_0_1 = fmaf(spread4(conv_1d_value.x), layers_0_temporal_block_rg_lru_input_gate_w, sum_0_0_1);
      const bf16x4 a_gate_w_value_1 = load<bf16x4>(a_gate_w, (blockIdx.x * 64u + term + 1u) * 64u + column_read);
      const float4 layers_0_temporal_block_rg_lru_a_gate_w_1 = to_float4(a_gate_w_value_1);
      const bf16x4 input_gate_w_value_1 = load<bf16x4>(input_gate_w, (blockIdx.x * 64u + term + 1u) * 64u + column_read);
      const float4 layers_0_temporal_block_rg_lru_input_gate_w_1 = to_float4(input_gate_w_value_1);
      sum_0_0 = fmaf(spread4(conv_1d_value.y), layers_0_temporal_block_rg_lru_a_gate_w_1, sum_0_0);
      sum_0_0_1 = fmaf(spread4(conv_1d_value.y), layers_0_temporal_block_rg_lru_input_gate_w_1, sum_0_0_1);
      const bf16x4 a_gate_w_value_2 = load<bf16x4>(a_gate_w, (blockIdx.x * 64u + term + 2u) * 64u + column_read);
      const float4 layers_0_temporal_block_rg_lru_a_gate_w_2 = to_float4(a_gate_w_value_2);
      const bf16x4 input_gate_w_value_2 = load<bf16x4>(input_gate_w, (blockIdx.x * 64u + term + 2u) * 64u + column_read);
      const float4 layers_0_temporal_block_rg_lru_input_gate_w_2 = to_float4(input_gate_w_value_2);
      sum_0_0 = fmaf(spread4(conv_1d_value.z), layers_0_temporal_block_rg_lru_a_gate_w_2, sum_0_0);
      sum_0_0_1 = fmaf(spread4(conv_1d_value.z), layers_0_temporal_block_rg_lru_input_gate_w_2, sum_0_0_1);
      const bf16x4 a_gate_w_value_3 = load<bf16x4>(a_gate_w, (blockIdx.x * 64u + term + 3u) * 64u + column_read);
      const float4 layers_0_temporal_block_rg_lru_a_gate_w_3 = to_float4(a_gate_w_value_3);
      const bf16x4 input_gate_w_value_3 = load<bf16x4>(input_gate_w, (blockIdx.x * 64u + term + 3u) * 64u + column_read);
      const float4 layers_0_temporal_block_rg_lru_input_gate_w_3 = to_float4(input_gate_w_value_3);
      sum_0_0 = fmaf(spread4(conv_1d_value.w), layers_0_temporal_block_rg_lru_a_gate_w_3, sum_0_0);
      sum_0_0_1 = fmaf(spread4(conv_1d_value.w), layers_0_temporal_block_rg_lru_input_gate_w_3, sum_0_0_1);
    }
    const float4 sum_0_0_now_4 = sum_0_0;
    const float4 sum_0_0_1_now_4 = sum_0_0_1;
    store(parts, threadIdx.x * 4u, sum_0_0_now_4);
    store(parts, ((slice + 4u) * 32u + place) * 4u, sum_0_0_1_now_4);
    __syncthreads();
    if (slice == 0u) {
      float4 total = sum_0_0_now_4;
      for (unsigned other = 1u; other < 4u; other += 1u) {
        const float4 part_value = load<float4>(parts, (other * 32u + place) * 4u);
        total = total + part_value;
      }
      const float4 total_now_1 = total;
      float4 total_1 = sum_0_0_1_now_4;
      for (unsigned other_1 = 1u; other_1 < 4u; other_1 += 1u) {
        const float4 part_value_1 = load<float4>(parts, ((other_1 + 4u) * 32u + place) * 4u);
        total_1 = total_1 + part_value_1;
      }
      const float4 total_1_now_1 = total_1;
      if (column < 64u) {
        const bf16x4 a_gate_b_value = load<bf16x4>(a_gate_b, blockIdx.x * 64u + column);
        const float4 layers_0_temporal_block_rg_lru_a_gate_b = to_float4(a_gate_b_value);
        const float4 y = total_now_1 + layers_0_temporal_block_rg_lru_a_gate_b;
        const bf16x4 input_gate_b_value = load<bf16x4>(input_gate_b, blockIdx.x * 64u + column);
        const float4 layers_0_temporal_block_rg_lru_input_gate_b = to_float4(input_gate_b_value);
        const float4 y_1 = total_1_now_1 + layers_0_temporal_block_rg_lru_input_gate_b;
        const int count_value = count[0u];
        const int position_1_value = position_1[0u];
        const bool first = position_1_value == 0;
        const float4 rg_lru_a_param_value = load<float4>(rg_lru_a_param, blockIdx.x * 64u + column);
        const float4 exp = expf(-fabsf(rg_lru_a_param_value));
        const float4 div = exp / (exp + spread4(2.0f));
        const float4 mul = div * div;
        const float4 r = spread4(1.0f) / (expf(-y) + spread4(1.0f));
        const float4 log_a = spread4(-8.0f) * (maximum(rg_lru_a_param_value, spread4(0.0f)) + select(fabsf(exp) < spread4(0.35f), div * ((((spread4(0.22222222f) * mul + spread4(0.2857143f)) * mul + spread4(0.4f)) * mul + spread4(0.6666667f)) * mul + spread4(2.0f)), logf(exp + spread4(1.0f)))) * r;
        const float4 exp_1 = expf(log_a);
        const float4 a = select(spread4(first), spread4(0.0f), exp_1);
        const float4 rg_lru_scan_value = load<float4>(rg_lru_scan, blockIdx.x * 64u + column);
        const float4 m = select(spread4(first), spread4(1.0f), sqrtf(-(select(fabsf(log_a) < spread4(0.35f), (((((spread4(0.0001984127f) * log_a + spread4(0.0013888889f)) * log_a + spread4(0.008333334f)) * log_a + spread4(0.041666668f)) * log_a + spread4(0.16666667f)) * log_a + spread4(0.5f)) * log_a * log_a + log_a, exp_1 - spread4(1.0f)) * (exp_1 + spread4(1.0f)))));
        const float4 i = spread4(1.0f) / (expf(-y_1) + spread4(1.0f));
        const float4 conv_1d_value_1 = load<float4>(conv_1d, blockIdx.x * 64u + column);
        const float4 rg_lru = select(spread4(0 < count_value), a, spread4(1.0f)) * rg_lru_scan_value + select(spread4(0 < count_value), m * (i * conv_1d_value_1), spread4(0.0f));
        const float4 y_2_value = load<float4>(y_2, blockIdx.x * 64u + column);
        store(mul_1, blockIdx.x * 64u + column, rg_lru * y_2_value);
        store(rg_lru_1, blockIdx.x * 64u + column, rg_lru);
      }
    }
  } else {
    if (threadIdx.x < 64u) {
      const unsigned place_2 = blockIdx.x - 16u;
      const unsigned element = place_2 * 64u + threadIdx.x;
      if (element < 768u) {
        const unsigned element_1 = element * 4u;
        const unsigned k = element_1 % 1024u;
        const unsigned j = element_1 / 1024u;
        const int position_value = position_1[0u];
        const int count_value_2 = count[0u];
        const unsigned row = min(unsigned(max(int(j + unsigned(count_value_2)), 0)), 3u);
        const float4 linear_x_value = load<float4>(linear_x, k);
        const float4 conv_1d_past_value = load<float4>(conv_1d_past, min(row, 2u) * 1024u + k);
        store(select_, element * 4u, select(spread4(0 <= position_value && position_value < int(2u - j) && 0 < count_value_2), spread4(0.0f), select(spread4(row < 3u), conv_1d_past_value, linear_x_value)));
      }
    }
  }
}

extern "C" __global__ void __launch_bounds__(128, 2)
contract_r_product(
    const float* __restrict__ mul,
    const __nv_bfloat16* __restrict__ linear_out_w,
    const float* __restrict__ x,
    const float* __restrict__ linear_out_b,
    float* __restrict__ r_1) {
  __shared__ __align__(16) float parts[512];
  __builtin_assume(threadIdx.x < 128u);
  const unsigned slice = threadIdx.x / 8u;
  const unsigned place = threadIdx.x % 8u;
  const unsigned position = blockIdx.x * 8u + place;
  const unsigned column = position * 4u;
  float4 sum_0_0 = spread4(0.0f);
  for (unsigned term = slice * 4u; term < 1024u; term += 64u) {
    const float4 mul_value = load<float4>(mul, term);
    const bf16x4 linear_out_w_value = load<bf16x4>(linear_out_w, term * 768u + column);
    const float4 layers_0_temporal_block_linear_out_w = to_float4(linear_out_w_value);
    sum_0_0 = fmaf(spread4(mul_value.x), layers_0_temporal_block_linear_out_w, sum_0_0);
    const bf16x4 linear_out_w_value_1 = load<bf16x4>(linear_out_w, (term + 1u) * 768u + column);
    const float4 layers_0_temporal_block_linear_out_w_1 = to_float4(linear_out_w_value_1);
    sum_0_0 = fmaf(spread4(mul_value.y), layers_0_temporal_block_linear_out_w_1, sum_0_0);
    const bf16x4 linear_out_w_value_2 = load<bf16x4>(linear_out_w, (term + 2u) * 768u + column);
    const float4 layers_0_temporal_block_linear_out_w_2 = to_float4(linear_out_w_value_2);
    sum_0_0 = fmaf(spread4(mul_value.z), layers_0_temporal_block_linear_out_w_2, sum_0_0);
    const bf16x4 linear_out_w_value_3 = load<bf16x4>(linear_out_w, (term + 3u) * 768u + column);
    const float4 layers_0_temporal_block_linear_out_w_3 = to_float4(linear_out_w_value_3);
    sum_0_0 = fmaf(spread4(mul_value.w), layers_0_temporal_block_linear_out_w_3, sum_0_0);
  }
  const float4 sum_0_0_now_4 = sum_0_0;
  store(parts, threadIdx.x * 4u, sum_0_0_now_4);
  __syncthreads();
  if (slice == 0u) {
    float4 total = sum_0_0_now_4;
    for (unsigned other = 1u; other < 16u; other += 1u) {
      const float4 part_value = load<float4>(parts, (other * 8u + place) * 4u);
      total = total + part_value;
    }
    const float4 x_value = load<float4>(x, column);
    const float4 linear_out_b_value = load<float4>(linear_out_b, column);
    const float4 linear_out = total + linear_out_b_value;
    const float4 r = x_value + linear_out;
    store(r_1, column, r);
  }
}

extern "C" __global__ void __launch_bounds__(128, 2)
contract_product_2(
    const float* __restrict__ r,
    const float* __restrict__ channel_pre_norm_scale,
    const __nv_bfloat16* __restrict__ gate_w,
    const __nv_bfloat16* __restrict__ up_w,
    const float* __restrict__ gate_b,
    const float* __restrict__ up_b,
    float* __restrict__ mul) {
  __shared__ float sum_partials[4];
  __shared__ __align__(16) float rows[768];
  __shared__ __align__(16) float parts[1024];
  __builtin_assume(threadIdx.x < 128u);
  float4 sum = spread4(0.0f);
  for (unsigned column = threadIdx.x * 4u; column < 768u; column += 512u) {
    const float4 r_value = load<float4>(r, column);
    sum = sum + r_value * r_value;
  }
  const float4 sum_now_1 = sum;
  const float subgroup_sum_ = subgroup_sum(sum_now_1.x + sum_now_1.y + sum_now_1.z + sum_now_1.w);
  if ((threadIdx.x % 32u) == 0u) {
    sum_partials[threadIdx.x / 32u] = subgroup_sum_;
  }
  __syncthreads();
  float sum_1 = 0.0f;
  for (unsigned partial = 0u; partial < 4u; partial += 1u) {
    const float sum_partials_value = sum_partials[partial];
    sum_1 = sum_1 + sum_partials_value;
  }
  const float of_row = rsqrtf(sum_1 * 0.0013020834f + 0.000001f);
  // the rows, once for all lanes
  for (unsigned cell = threadIdx.x * 4u; cell < 768u; cell += 512u) {
    const float4 r_value_1 = load<float4>(r, cell);
    const float4 channel_pre_norm_scale_value = load<float4>(channel_pre_norm_scale, cell);
    const float4 channel_pre_norm = r_value_1 * spread4(of_row) * (spread4(1.0f) + channel_pre_norm_scale_value);
    store(rows, cell, channel_pre_norm);
  }
  __syncthreads();
  const unsigned slice = threadIdx.x / 8u;
  const unsigned place = threadIdx.x % 8u;
  const unsigned position = blockIdx.x * 8u + place;
  const unsigned column_1 = position * 4u;
  float4 sum_0_0 = spread4(0.0f);
  float4 sum_0_0_1 = spread4(0.0f);
  for (unsigned term = slice * 4u; term < 768u; term += 64u) {
    const float4 left_value = load<float4>(rows, term);
    const bf16x4 gate_w_value = load<bf16x4>(gate_w, term * 2304u + column_1);
    const float4 layers_0_mlp_block_gate_w = to_float4(gate_w_value);
    const bf16x4 up_w_value = load<bf16x4>(up_w, term * 2304u + column_1);
    const float4 layers_0_mlp_block_up_w = to_float4(up_w_value);
    sum_0_0 = fmaf(spread4(left_value.x), layers_0_mlp_block_gate_w, sum_0_0);
    sum_0_0_1 = fmaf(spread4(left_value.x), layers_0_mlp_block_up_w, sum_0_0_1);
    const bf16x4 gate_w_value_1 = load<bf16x4>(gate_w, (term + 1u) * 2304u + column_1);
    const float4 layers_0_mlp_block_gate_w_1 = to_float4(gate_w_value_1);
    const bf16x4 up_w_value_1 = load<bf16x4>(up_w, (term + 1u) * 2304u + column_1);
    const float4 layers_0_mlp_block_up_w_1 = to_float4(up_w_value_1);
    sum_0_0 = fmaf(spread4(left_value.y), layers_0_mlp_block_gate_w_1, sum_0_0);
    sum_0_0_1 = fmaf(spread4(left_value.y), layers_0_mlp_block_up_w_1, sum_0_0_1);
    const bf16x4 gate_w_value_2 = load<bf16x4>(gate_w, (term + 2u) * 2304u + column_1);
    const float4 layers_0_mlp_block_gate_w_2 = to_float4(gate_w_value_2);
    const bf16x4 up_w_value_2 = load<bf16x4>(up_w, (term + 2u) * 2304u + column_1);
    const float4 layers_0_mlp_block_up_w_2 = to_float4(up_w_value_2);
    sum_0_0 = fmaf(spread4(left_value.z), layers_0_mlp_block_gate_w_2, sum_0_0);
    sum_0_0_1 = fmaf(spread4(left_value.z), layers_0_mlp_block_up_w_2, sum_0_0_1);
    const bf16x4 gate_w_value_3 = load<bf16x4>(gate_w, (term + 3u) * 2304u + column_1);
    const float4 layers_0_mlp_block_gate_w_3 = to_float4(gate_w_value_3);
    const bf16x4 up_w_value_3 = load<bf16x4>(up_w, (term + 3u) * 2304u + column_1);
    const float4 layers_0_mlp_block_up_w_3 = to_float4(up_w_value_3);
    sum_0_0 = fmaf(spread4(left_value.w), layers_0_mlp_block_gate_w_3, sum_0_0);
    sum_0_0_1 = fmaf(spread4(left_value.w), layers_0_mlp_block_up_w_3, sum_0_0_1);
  }
  const float4 sum_0_0_now_4 = sum_0_0;
  const float4 sum_0_0_1_now_4 = sum_0_0_1;
  store(parts, threadIdx.x * 4u, sum_0_0_now_4);
  store(parts, ((slice + 16u) * 8u + place) * 4u, sum_0_0_1_now_4);
  __syncthreads();
  if (slice == 0u) {
    float4 total = sum_0_0_now_4;
    for (unsigned other = 1u; other < 16u; other += 1u) {
      const float4 part_value = load<float4>(parts, (other * 8u + place) * 4u);
      total = total + part_value;
    }
    float4 total_1 = sum_0_0_1_now_4;
    for (unsigned other_1 = 1u; other_1 < 16u; other_1 += 1u) {
      const float4 part_value_1 = load<float4>(parts, ((other_1 + 16u) * 8u + place) * 4u);
      total_1 = total_1 + part_value_1;
    }
    const float4 gate_b_value = load<float4>(gate_b, column_1);
    const float4 gate = total + gate_b_value;
    const float4 g = gate * spread4(0.5f) * (tanhf((gate + gate * gate * gate * spread4(0.044715f)) * spread4(0.7978846f)) + spread4(1.0f));
    const float4 up_b_value = load<float4>(up_b, column_1);
    const float4 up = total_1 + up_b_value;
    store(mul, column_1, g * up);
  }
}

extern "C" __global__ void __launch_bounds__(128, 2)
contract_layers_0_product(
    const float* __restrict__ mul,
    const __nv_bfloat16* __restrict__ down_w,
    const float* __restrict__ r,
    const float* __restrict__ down_b,
    float* __restrict__ layers) {
  __shared__ __align__(16) float parts[512];
  __builtin_assume(threadIdx.x < 128u);
  const unsigned slice = threadIdx.x / 8u;
  const unsigned place = threadIdx.x % 8u;
  const unsigned position = blockIdx.x * 8u + place;
  const unsigned column = position * 4u;
  float4 sum_0_0 = spread4(0.0f);
  for (unsigned term = slice * 4u; term < 2304u; term += 64u) {
    const float4 mul_value = load<float4>(mul, term);
    const bf16x4 down_w_value = load<bf16x4>(down_w, term * 768u + column);
    const float4 layers_0_mlp_block_down_w = to_float4(down_w_value);
    sum_0_0 = fmaf(spread4(mul_value.x), layers_0_mlp_block_down_w, sum_0_0);
    const bf16x4 down_w_value_1 = load<bf16x4>(down_w, (term + 1u) * 768u + column);
    const float4 layers_0_mlp_block_down_w_1 = to_float4(down_w_value_1);
    sum_0_0 = fmaf(spread4(mul_value.y), layers_0_mlp_block_down_w_1, sum_0_0);
    const bf16x4 down_w_value_2 = load<bf16x4>(down_w, (term + 2u) * 768u + column);
    const float4 layers_0_mlp_block_down_w_2 = to_float4(down_w_value_2);
    sum_0_0 = fmaf(spread4(mul_value.z), layers_0_mlp_block_down_w_2, sum_0_0);
    const bf16x4 down_w_value_3 = load<bf16x4>(down_w, (term + 3u) * 768u + column);
    const float4 layers_0_mlp_block_down_w_3 = to_float4(down_w_value_3);
    sum_0_0 = fmaf(spread4(mul_value.w), layers_0_mlp_block_down_w_3, sum_0_0);
  }
  const float4 sum_0_0_now_4 = sum_0_0;
  store(parts, threadIdx.x * 4u, sum_0_0_now_4);
  __syncthreads();
  if (slice == 0u) {
    float4 total = sum_0_0_now_4;
    for (unsigned other = 1u; other < 16u; other += 1u) {
      const float4 part_value = load<float4>(parts, (other * 8u + place) * 4u);
      total = total + part_value;
    }
    const float4 r_value = load<float4>(r, column);
    const float4 down_b_value = load<float4>(down_b, column);
    const float4 down = total + down_b_value;
    const float4 layers_0 = r_value + down;
    store(layers, column, layers_0);
  }
}

extern "C" __global__ void __launch_bounds__(128, 2)
contract_proj_q_product_and_contract_proj_v_product(
    const float* __restrict__ layers,
    const float* __restrict__ temporal_pre_norm_scale,
    const __nv_bfloat16* __restrict__ proj_q_w,
    float* __restrict__ proj_q,
    const __nv_bfloat16* __restrict__ proj_k_w,
    const __nv_bfloat16* __restrict__ proj_v_w,
    float* __restrict__ proj_k,
    float* __restrict__ proj_v) {
  __shared__ float sum_partials[4];
  __shared__ __align__(16) float rows[768];
  __shared__ __align__(16) float parts[1024];
  __builtin_assume(threadIdx.x < 128u);
  if (blockIdx.x < 24u) {
    float4 sum = spread4(0.0f);
    for (unsigned column = threadIdx.x * 4u; column < 768u; column += 512u) {
      const float4 layers_value = load<float4>(layers, column);
      sum = sum + layers_value * layers_value;
    }
    const float4 sum_now_1 = sum;
    const float subgroup_sum_ = subgroup_sum(sum_now_1.x + sum_now_1.y + sum_now_1.z + sum_now_1.w);
    if ((threadIdx.x % 32u) == 0u) {
      sum_partials[threadIdx.x / 32u] = subgroup_sum_;
    }
    __syncthreads();
    float sum_1 = 0.0f;
    for (unsigned partial = 0u; partial < 4u; partial += 1u) {
      const float sum_partials_value = sum_partials[partial];
      sum_1 = sum_1 + sum_partials_value;
    }
    const float of_row = rsqrtf(sum_1 * 0.0013020834f + 0.000001f);
    // the rows, once for all lanes
    for (unsigned cell = threadIdx.x * 4u; cell < 768u; cell += 512u) {
      const float4 layers_value_1 = load<float4>(layers, cell);
      const float4 temporal_pre_norm_scale_value = load<float4>(temporal_pre_norm_scale, cell);
      const float4 temporal_pre_norm = layers_value_1 * spread4(of_row) * (spread4(1.0f) + temporal_pre_norm_scale_value);
      store(rows, cell, temporal_pre_norm);
    }
    __syncthreads();
    const unsigned slice = threadIdx.x / 8u;
    const unsigned place = threadIdx.x % 8u;
    const unsigned position = blockIdx.x * 8u + place;
    const unsigned column_1 = position * 4u;
    float4 sum_0_0 = spread4(0.0f);
    for (unsigned term = slice * 4u; term < 768u; term += 64u) {
      const float4 left_value = load<float4>(rows, term);
      const bf16x4 proj_q_w_value = load<bf16x4>(proj_q_w, term * 768u + column_1);
      const float4 layers_2_temporal_block_proj_q_w = to_float4(proj_q_w_value);
      sum_0_0 = fmaf(spread4(left_value.x), layers_2_temporal_block_proj_q_w, sum_0_0);
      const bf16x4 proj_q_w_value_1 = load<bf16x4>(proj_q_w, (term + 1u) * 768u + column_1);
      const float4 layers_2_temporal_block_proj_q_w_1 = to_float4(proj_q_w_value_1);
      sum_0_0 = fmaf(spread4(left_value.y), layers_2_temporal_block_proj_q_w_1, sum_0_0);
      const bf16x4 proj_q_w_value_2 = load<bf16x4>(proj_q_w, (term + 2u) * 768u + column_1);
      const float4 layers_2_temporal_block_proj_q_w_2 = to_float4(proj_q_w_value_2);
      sum_0_0 = fmaf(spread4(left_value.z), layers_2_temporal_block_proj_q_w_2, sum_0_0);
      const bf16x4 proj_q_w_value_3 = load<bf16x4>(proj_q_w, (term + 3u) * 768u + column_1);
      const float4 layers_2_temporal_block_proj_q_w_3 = to_float4(proj_q_w_value_3);
      sum_0_0 = fmaf(spread4(left_value.w), layers_2_temporal_block_proj_q_w_3, sum_0_0);
    }
    const float4 sum_0_0_now_4 = sum_0_0;
    store(parts, threadIdx.x * 4u, sum_0_0_now_4);
    __syncthreads();
    if (slice == 0u) {
      float4 total = sum_0_0_now_4;
      for (unsigned other = 1u; other < 16u; other += 1u) {
        const float4 part_value = load<float4>(parts, (other * 8u + place) * 4u);
        total = total + part_value;
      }
      store(proj_q, column_1, total);
    }
  } else {
    const unsigned place_3 = blockIdx.x - 24u;
    float4 sum_2 = spread4(0.0f);
    for (unsigned column_2 = threadIdx.x * 4u; column_2 < 768u; column_2 += 512u) {
      const float4 layers_value_2 = load<float4>(layers, column_2);
      sum_2 = sum_2 + layers_value_2 * layers_value_2;
    }
    const float4 sum_now_1_2 = sum_2;
    const float subgroup_sum_2 = subgroup_sum(sum_now_1_2.x + sum_now_1_2.y + sum_now_1_2.z + sum_now_1_2.w);
    if ((threadIdx.x % 32u) == 0u) {
      sum_partials[threadIdx.x / 32u] = subgroup_sum_2;
    }
    __syncthreads();
    float sum_1_2 = 0.0f;
    for (unsigned partial_2 = 0u; partial_2 < 4u; partial_2 += 1u) {
      const float sum_partials_value_2 = sum_partials[partial_2];
      sum_1_2 = sum_1_2 + sum_partials_value_2;
    }
    const float of_row_2 = rsqrtf(sum_1_2 * 0.0013020834f + 0.000001f);
    // the rows, once for all lanes
    for (unsigned cell_2 = threadIdx.x * 4u; cell_2 < 768u; cell_2 += 512u) {
      const float4 layers_value_1_2 = load<float4>(layers, cell_2);
      const float4 temporal_pre_norm_scale_value_2 = load<float4>(temporal_pre_norm_scale, cell_2);
      const float4 temporal_pre_norm_2 = layers_value_1_2 * spread4(of_row_2) * (spread4(1.0f) + temporal_pre_norm_scale_value_2);
      store(rows, cell_2, temporal_pre_norm_2);
    }
    __syncthreads();
    const unsigned slice_2 = threadIdx.x / 8u;
    const unsigned place_2 = threadIdx.x % 8u;
    const unsigned position_2 = place_3 * 8u + place_2;
    const unsigned column_1_2 = position_2 * 4u;
    float4 sum_0_0_2 = spread4(0.0f);
    float4 sum_0_0_1 = spread4(0.0f);
    for (unsigned term_2 = slice_2 * 4u; term_2 < 768u; term_2 += 64u) {
      const float4 left_value_2 = load<float4>(rows, term_2);
      const bf16x4 proj_k_w_value = load<bf16x4>(proj_k_w, term_2 * 128u + column_1_2);
      const float4 layers_2_temporal_block_proj_k_w = to_float4(proj_k_w_value);
      const bf16x4 proj_v_w_value = load<bf16x4>(proj_v_w, term_2 * 128u + column_1_2);
      const float4 layers_2_temporal_block_proj_v_w = to_float4(proj_v_w_value);
      sum_0_0_2 = fmaf(spread4(left_value_2.x), layers_2_temporal_block_proj_k_w, sum_0_0_2);
      sum_0_0_1 = fmaf(spread4(left_value_2.x), layers_2_temporal_block_proj_v_w, sum_0_0_1);
      const bf16x4 proj_k_w_value_1 = load<bf16x4>(proj_k_w, (term_2 + 1u) * 128u + column_1_2);
      const float4 layers_2_temporal_block_proj_k_w_1 = to_float4(proj_k_w_value_1);
      const bf16x4 proj_v_w_value_1 = load<bf16x4>(proj_v_w, (term_2 + 1u) * 128u + column_1_2);
      const float4 layers_2_temporal_block_proj_v_w_1 = to_float4(proj_v_w_value_1);
      sum_0_0_2 = fmaf(spread4(left_value_2.y), layers_2_temporal_block_proj_k_w_1, sum_0_0_2);
      sum_0_0_1 = fmaf(spread4(left_value_2.y), layers_2_temporal_block_proj_v_w_1, sum_0_0_1);
      const bf16x4 proj_k_w_value_2 = load<bf16x4>(proj_k_w, (term_2 + 2u) * 128u + column_1_2);
      const float4 layers_2_temporal_block_proj_k_w_2 = to_float4(proj_k_w_value_2);
      const bf16x4 proj_v_w_value_2 = load<bf16x4>(proj_v_w, (term_2 + 2u) * 128u + column_1_2);
      const float4 layers_2_temporal_block_proj_v_w_2 = to_float4(proj_v_w_value_2);
      sum_0_0_2 = fmaf(spread4(left_value_2.z), layers_2_temporal_block_proj_k_w_2, sum_0_0_2);
      sum_0_0_1 = fmaf(spread4(left_value_2.z), layers_2_temporal_block_proj_v_w_2, sum_0_0_1);
      const bf16x4 proj_k_w_value_3 = load<bf16x4>(proj_k_w, (term_2 + 3u) * 128u + column_1_2);
      const float4 layers_2_temporal_block_proj_k_w_3 = to_float4(proj_k_w_value_3);
      const bf16x4 proj_v_w_value_3 = load<bf16x4>(proj_v_w, (term_2 + 3u) * 128u + column_1_2);
      const float4 layers_2_temporal_block_proj_v_w_3 = to_float4(proj_v_w_value_3);
      sum_0_0_2 = fmaf(spread4(left_value_2.w), layers_2_temporal_block_proj_k_w_3, sum_0_0_2);
      sum_0_0_1 = fmaf(spread4(left_value_2.w), layers_2_temporal_block_proj_v_w_3, sum_0_0_1);
    }
    const float4 sum_0_0_now_4_2 = sum_0_0_2;
    const float4 sum_0_0_1_now_4 = sum_0_0_1;
    store(parts, threadIdx.x * 4u, sum_0_0_now_4_2);
    store(parts, ((slice_2 + 16u) * 8u + place_2) * 4u, sum_0_0_1_now_4);
    __syncthreads();
    if (slice_2 == 0u) {
      float4 total_2 = sum_0_0_now_4_2;
      for (unsigned other_2 = 1u; other_2 < 16u; other_2 += 1u) {
        const float4 part_value_2 = load<float4>(parts, (other_2 * 8u + place_2) * 4u);
        total_2 = total_2 + part_value_2;
      }
      float4 total_1 = sum_0_0_1_now_4;
      for (unsigned other_1 = 1u; other_1 < 16u; other_1 += 1u) {
        const float4 part_value_1 = load<float4>(parts, ((other_1 + 16u) * 8u + place_2) * 4u);
        total_1 = total_1 + part_value_1;
      }
      store(proj_k, column_1_2, total_2);
      store(proj_v, column_1_2, total_1);
    }
  }
}

extern "C" __global__ void __launch_bounds__(256, 2)
composite_seen_attend(
    const float* __restrict__ proj_q,
    const float* __restrict__ rotary_64_10000,
    const float* __restrict__ proj_k,
    const int* __restrict__ seen,
    const int* __restrict__ position,
    const float* __restrict__ proj_v,
    float* __restrict__ temporal_block_keys,
    float* __restrict__ temporal_block_values,
    float* __restrict__ seen_2,
    const int* __restrict__ count) {
  __shared__ __align__(16) float query[128];
  __shared__ float peaks[8];
  __shared__ float weights[256];
  __shared__ __align__(16) float own_key[128];
  __shared__ float sums[256];
  __shared__ __align__(16) float totals[1024];
  __builtin_assume(threadIdx.x < 256u);
  if (threadIdx.x < 32u) {
    const unsigned d = threadIdx.x * 4u;
    const float4 proj_q_value = load<float4>(proj_q, blockIdx.x * 128u + max(d, 64u));
    const float4 proj_q_value_1 = load<float4>(proj_q, blockIdx.x * 128u + min(max(d, 32u), 60u));
    const float4 rotary_64_10000_value = load<float4>(rotary_64_10000, min(max(d, 32u), 60u) - 32u);
    const float4 proj_q_value_2 = load<float4>(proj_q, blockIdx.x * 128u + (min(max(d, 32u), 60u) - 32u));
    const float4 rotary_64_10000_value_1 = load<float4>(rotary_64_10000, min(max(d, 32u), 60u));
    const float4 proj_q_value_3 = load<float4>(proj_q, blockIdx.x * 128u + min(d, 28u));
    const float4 rotary_64_10000_value_2 = load<float4>(rotary_64_10000, min(d, 28u));
    const float4 proj_q_value_4 = load<float4>(proj_q, blockIdx.x * 128u + min(d, 28u) + 32u);
    const float4 rotary_64_10000_value_3 = load<float4>(rotary_64_10000, min(d, 28u) + 32u);
    store(query, d, select(spread4(d < 32u), proj_q_value_3 * rotary_64_10000_value_2 - proj_q_value_4 * rotary_64_10000_value_3, select(spread4(d < 64u), proj_q_value_1 * rotary_64_10000_value + proj_q_value_2 * rotary_64_10000_value_1, proj_q_value)) * spread4(0.088388346f));
    const float4 proj_k_value = load<float4>(proj_k, max(d, 64u));
    const float4 proj_k_value_1 = load<float4>(proj_k, min(max(d, 32u), 60u));
    const float4 proj_k_value_2 = load<float4>(proj_k, min(max(d, 32u), 60u) - 32u);
    const float4 proj_k_value_3 = load<float4>(proj_k, min(d, 28u));
    const float4 proj_k_value_4 = load<float4>(proj_k, min(d, 28u) + 32u);
    store(own_key, d, select(spread4(d < 32u), proj_k_value_3 * rotary_64_10000_value_2 - proj_k_value_4 * rotary_64_10000_value_3, select(spread4(d < 64u), proj_k_value_1 * rotary_64_10000_value + proj_k_value_2 * rotary_64_10000_value_1, proj_k_value)));
  }
  __syncthreads();
  const unsigned part = threadIdx.x / 32u;
  const unsigned mine = threadIdx.x % 32u * 4u;
  const int seen_value = seen[0u];
  const int newest = int(unsigned(seen_value) + blockIdx.y);
  const int position_value = position[0u];
  const int place = max(position_value, 0);
  const int oldest = max(int(unsigned(newest) - unsigned(min(place, 1024))), 0);
  const int last = int(unsigned(newest) - 1u);
  float4 product = spread4(0.0f);
  for (unsigned d_1 = 0u; d_1 < 128u; d_1 += 4u) {
    const float4 own_key_value = load<float4>(own_key, d_1);
    const float4 query_value = load<float4>(query, d_1);
    product = fmaf(query_value, own_key_value, product);
  }
  const float4 product_now_1 = product;
  const float own_logit = product_now_1.x + product_now_1.y + product_now_1.z + product_now_1.w;
  float4 own_value = spread4(0.0f);
  if (part == 0u) {
    const float4 proj_v_value = load<float4>(proj_v, mine);
    own_value = proj_v_value;
  }
  float largest = own_logit;
  float sum = (part == 0u ? 1.0f : 0.0f);
  float4 total = own_value;
  for (int tile = oldest; tile < int(unsigned(last) + 1u); tile += 256) {
    const int key = int(unsigned(tile) + threadIdx.x);
    const bool visible = key <= last;
    const unsigned slot = unsigned(min(key, last) % 1152);
    float4 product_1 = spread4(0.0f);
    for (unsigned d_2 = 0u; d_2 < 128u; d_2 += 4u) {
      const float4 temporal_block_keys_value = load<float4>(temporal_block_keys, slot * 128u + d_2);
      const float4 query_value_1 = load<float4>(query, d_2);
      product_1 = fmaf(query_value_1, temporal_block_keys_value, product_1);
    }
    const float4 product_1_now_1 = product_1;
    const float logit = (visible ? product_1_now_1.x + product_1_now_1.y + product_1_now_1.z + product_1_now_1.w : -1e+30f);
    const float subgroup_max_ = subgroup_max(logit);
    if (threadIdx.x % 32u == 0u) {
      peaks[threadIdx.x / 32u] = subgroup_max_;
    }
    __syncthreads();
    const float largest_now = largest;
    for (unsigned other = 0u; other < 8u; other += 1u) {
      const float peaks_value = peaks[other];
      largest = maximum(largest, peaks_value);
    }
    const float largest_now_2 = largest;
    const float fade = expf(largest_now - largest_now_2);
    weights[threadIdx.x] = (visible ? expf(logit - largest_now_2) : 0.0f);
    __syncthreads();
    sum = sum * fade;
    total = total * spread4(fade);
    const unsigned keys_here = unsigned(min(int(unsigned(last) + 1u - unsigned(tile)), 256));
    for (unsigned other_1 = part; other_1 < keys_here; other_1 += 8u) {
      const float weights_value = weights[other_1];
      const unsigned slot_1 = unsigned(int(unsigned(tile) + other_1) % 1152);
      sum = sum + weights_value;
      const float4 temporal_block_values_value = load<float4>(temporal_block_values, slot_1 * 128u + mine);
      total = fmaf(temporal_block_values_value, spread4(weights_value), total);
    }
  }
  const float sum_now_2 = sum;
  const float4 total_now_2 = total;
  sums[threadIdx.x] = sum_now_2;
  store(totals, part * 128u + mine, total_now_2);
  __syncthreads();
  if (part == 0u) {
    float sum_1 = sum_now_2;
    float4 total_1 = total_now_2;
    for (unsigned other_2 = 1u; other_2 < 8u; other_2 += 1u) {
      const float sums_value = sums[other_2 * 32u + threadIdx.x % 32u];
      sum_1 = sum_1 + sums_value;
      const float4 totals_value = load<float4>(totals, other_2 * 128u + mine);
      total_1 = total_1 + totals_value;
    }
    const float4 seen_1 = total_1 / spread4(sum_1);
    store(seen_2, blockIdx.x * 128u + mine, seen_1);
    if (blockIdx.x % 6u == 0u) {
      const int count_value = count[0u];
      if (0u < unsigned(count_value)) {
        const float4 proj_k_value_5 = load<float4>(proj_k, max(mine, 64u));
        const float4 proj_k_value_6 = load<float4>(proj_k, min(max(mine, 32u), 60u));
        const float4 rotary_64_10000_value_4 = load<float4>(rotary_64_10000, min(max(mine, 32u), 60u) - 32u);
        const float4 proj_k_value_7 = load<float4>(proj_k, min(max(mine, 32u), 60u) - 32u);
        const float4 rotary_64_10000_value_5 = load<float4>(rotary_64_10000, min(max(mine, 32u), 60u));
        const float4 proj_k_value_8 = load<float4>(proj_k, min(mine, 28u));
        const float4 rotary_64_10000_value_6 = load<float4>(rotary_64_10000, min(mine, 28u));
        const float4 proj_k_value_9 = load<float4>(proj_k, min(mine, 28u) + 32u);
        const float4 rotary_64_10000_value_7 = load<float4>(rotary_64_10000, min(mine, 28u) + 32u);
        const unsigned new_slot = unsigned(seen_value) % 1152u;
        const float4 ringWrite = select(spread4(mine < 32u), proj_k_value_8 * rotary_64_10000_value_6 - proj_k_value_9 * rotary_64_10000_value_7, select(spread4(mine < 64u), proj_k_value_6 * rotary_64_10000_value_4 + proj_k_value_7 * rotary_64_10000_value_5, proj_k_value_5));
        store(temporal_block_keys, new_slot * 128u + mine, ringWrite);
        const float4 proj_v_value_1 = load<float4>(proj_v, mine);
        const unsigned new_slot_1 = unsigned(seen_value) % 1152u;
        store(temporal_block_values, new_slot_1 * 128u + mine, proj_v_value_1);
      }
    }
  }
}

extern "C" __global__ void __launch_bounds__(128, 2)
contract_r_product_2(
    const float* __restrict__ seen,
    const __nv_bfloat16* __restrict__ proj_final_w,
    const float* __restrict__ layers,
    const float* __restrict__ proj_final_b,
    float* __restrict__ r_1) {
  __shared__ __align__(16) float parts[512];
  __builtin_assume(threadIdx.x < 128u);
  const unsigned slice = threadIdx.x / 8u;
  const unsigned place = threadIdx.x % 8u;
  const unsigned position = blockIdx.x * 8u + place;
  const unsigned column = position * 4u;
  float4 sum_0_0 = spread4(0.0f);
  for (unsigned term = slice * 4u; term < 768u; term += 64u) {
    const float4 seen_value = load<float4>(seen, term);
    const bf16x4 proj_final_w_value = load<bf16x4>(proj_final_w, term * 768u + column);
    const float4 layers_2_temporal_block_proj_final_w = to_float4(proj_final_w_value);
    sum_0_0 = fmaf(spread4(seen_value.x), layers_2_temporal_block_proj_final_w, sum_0_0);
    const bf16x4 proj_final_w_value_1 = load<bf16x4>(proj_final_w, (term + 1u) * 768u + column);
    const float4 layers_2_temporal_block_proj_final_w_1 = to_float4(proj_final_w_value_1);
    sum_0_0 = fmaf(spread4(seen_value.y), layers_2_temporal_block_proj_final_w_1, sum_0_0);
    const bf16x4 proj_final_w_value_2 = load<bf16x4>(proj_final_w, (term + 2u) * 768u + column);
    const float4 layers_2_temporal_block_proj_final_w_2 = to_float4(proj_final_w_value_2);
    sum_0_0 = fmaf(spread4(seen_value.z), layers_2_temporal_block_proj_final_w_2, sum_0_0);
    const bf16x4 proj_final_w_value_3 = load<bf16x4>(proj_final_w, (term + 3u) * 768u + column);
    const float4 layers_2_temporal_block_proj_final_w_3 = to_float4(proj_final_w_value_3);
    sum_0_0 = fmaf(spread4(seen_value.w), layers_2_temporal_block_proj_final_w_3, sum_0_0);
  }
  const float4 sum_0_0_now_4 = sum_0_0;
  store(parts, threadIdx.x * 4u, sum_0_0_now_4);
  __syncthreads();
  if (slice == 0u) {
    float4 total = sum_0_0_now_4;
    for (unsigned other = 1u; other < 16u; other += 1u) {
      const float4 part_value = load<float4>(parts, (other * 8u + place) * 4u);
      total = total + part_value;
    }
    const float4 layers_value = load<float4>(layers, column);
    const float4 proj_final_b_value = load<float4>(proj_final_b, column);
    const float4 proj_final = total + proj_final_b_value;
    const float4 r = layers_value + proj_final;
    store(r_1, column, r);
  }
}

extern "C" __global__ void __launch_bounds__(128, 2)
contract_logits_product(
    const float* __restrict__ layers,
    const float* __restrict__ final_norm_scale,
    const __nv_bfloat16* __restrict__ embedding,
    float* __restrict__ logits) {
  __shared__ float sum_partials[4];
  __shared__ __align__(16) float rows[768];
  __builtin_assume(threadIdx.x < 128u);
  float4 sum = spread4(0.0f);
  for (unsigned column = threadIdx.x * 4u; column < 768u; column += 512u) {
    const float4 layers_value = load<float4>(layers, column);
    sum = sum + layers_value * layers_value;
  }
  const float4 sum_now_1 = sum;
  const float subgroup_sum_ = subgroup_sum(sum_now_1.x + sum_now_1.y + sum_now_1.z + sum_now_1.w);
  if ((threadIdx.x % 32u) == 0u) {
    sum_partials[threadIdx.x / 32u] = subgroup_sum_;
  }
  __syncthreads();
  float sum_1 = 0.0f;
  for (unsigned partial = 0u; partial < 4u; partial += 1u) {
    const float sum_partials_value = sum_partials[partial];
    sum_1 = sum_1 + sum_partials_value;
  }
  const float of_row = rsqrtf(sum_1 * 0.0013020834f + 0.000001f);
  // the rows, once for all lanes
  for (unsigned cell = threadIdx.x * 4u; cell < 768u; cell += 512u) {
    const float4 layers_value_1 = load<float4>(layers, cell);
    const float4 final_norm_scale_value = load<float4>(final_norm_scale, cell);
    const float4 final_norm = layers_value_1 * spread4(of_row) * (spread4(1.0f) + final_norm_scale_value);
    store(rows, cell, final_norm);
  }
  __syncthreads();
  const unsigned slice = threadIdx.x % 32u;
  const unsigned place = threadIdx.x / 32u;
  const unsigned group = blockIdx.x * 8u + place;
  const unsigned column_1 = group + 4u;
  float4 sum_0_0 = spread4(0.0f);
  float4 sum_0_1 = spread4(0.0f);
  for (unsigned term = slice * 4u; term < 768u; term += 128u) {
    const float4 left_value = load<float4>(rows, term);
    const bf16x4 embedding_value = load<bf16x4>(embedding, group * 768u + term);
    const float4 embedding_1 = to_float4(embedding_value);
    const bf16x4 embedding_value_1 = load<bf16x4>(embedding, column_1 * 768u + term);
    const float4 embedding_2 = to_float4(embedding_value_1);
    sum_0_0 = fmaf(left_value, embedding_1, sum_0_0);
    sum_0_1 = fmaf(left_value, embedding_2, sum_0_1);
  }
  const float4 sum_0_0_now_1 = sum_0_0;
  const float sum_2 = sum_0_0_now_1.x + sum_0_0_now_1.y + (sum_0_0_now_1.z + sum_0_0_now_1.w);
  const float4 sum_0_1_now_1 = sum_0_1;
  const float sum_3 = sum_0_1_now_1.x + sum_0_1_now_1.y + (sum_0_1_now_1.z + sum_0_1_now_1.w);
  const float subgroup_sum_1 = subgroup_sum(sum_2);
  const float subgroup_sum_2 = subgroup_sum(sum_3);
  if (slice == 0u) {
    logits[group] = subgroup_sum_1;
    logits[column_1] = subgroup_sum_2;
  }
}

extern "C" __global__ void __launch_bounds__(256, 2)
sample_token(
    const float* __restrict__ temperature,
    const float* __restrict__ logits,
    const float* __restrict__ topP,
    const unsigned* __restrict__ topK,
    const unsigned* __restrict__ seed,
    const unsigned* __restrict__ draw,
    int* __restrict__ token_2) {
  __shared__ unsigned sum_partials[16];
  __shared__ float max_partials[8];
  __shared__ float sum_partials_1[8];
  __shared__ float sum_partials_2[16];
  __shared__ float max_partials_1[8];
  __shared__ unsigned max_partials_2[8];
  __builtin_assume(threadIdx.x < 256u);
  const float temperature_value = temperature[0u];
  float best = -3.4028235e+38f;
  unsigned token = 0u;
  if (temperature_value == 0.0f) {
    for (unsigned first = threadIdx.x * 4u; first < 32000u; first += 1024u) {
      const float4 logits_value = load<float4>(logits, first);
      const float best_now = best;
      const bool better = best_now < logits_value.x;
      best = (better ? logits_value.x : best_now);
      token = (better ? first : token);
      const unsigned token_here = first + 1u;
      const float best_now_1 = best;
      const bool better_1 = best_now_1 < logits_value.y;
      best = (better_1 ? logits_value.y : best_now_1);
      token = (better_1 ? token_here : token);
      const unsigned token_here_1 = first + 2u;
      const float best_now_2 = best;
      const bool better_2 = best_now_2 < logits_value.z;
      best = (better_2 ? logits_value.z : best_now_2);
      token = (better_2 ? token_here_1 : token);
      const unsigned token_here_2 = first + 3u;
      const float best_now_3 = best;
      const bool better_3 = best_now_3 < logits_value.w;
      best = (better_3 ? logits_value.w : best_now_3);
      token = (better_3 ? token_here_2 : token);
    }
  } else {
    const float topP_value = topP[0u];
    const unsigned topK_value = topK[0u];
    unsigned least_by_rank = 0u;
    if (topK_value != 0u && topK_value < 32000u) {
      unsigned threshold = 0u;
      for (unsigned round = 0u; round < 32u; round += 1u) {
        const unsigned tried = (threshold | (1u << ((31u - round) & 31u)));
        unsigned count = 0u;
        for (unsigned first_1 = threadIdx.x * 4u; first_1 < 32000u; first_1 += 1024u) {
          const float4 logits_value_1 = load<float4>(logits, first_1);
          const float scaled = logits_value_1.x / temperature_value;
          const unsigned bits = __float_as_uint((scaled == 0.0f ? 0.0f : scaled));
          const unsigned order = (2147483648u <= bits ? (bits ^ 4294967295u) : (bits | 2147483648u));
          count = count + (tried <= order ? 1u : 0u);
          const float scaled_1 = logits_value_1.y / temperature_value;
          const unsigned bits_1 = __float_as_uint((scaled_1 == 0.0f ? 0.0f : scaled_1));
          const unsigned order_1 = (2147483648u <= bits_1 ? (bits_1 ^ 4294967295u) : (bits_1 | 2147483648u));
          count = count + (tried <= order_1 ? 1u : 0u);
          const float scaled_2 = logits_value_1.z / temperature_value;
          const unsigned bits_2 = __float_as_uint((scaled_2 == 0.0f ? 0.0f : scaled_2));
          const unsigned order_2 = (2147483648u <= bits_2 ? (bits_2 ^ 4294967295u) : (bits_2 | 2147483648u));
          count = count + (tried <= order_2 ? 1u : 0u);
          const float scaled_3 = logits_value_1.w / temperature_value;
          const unsigned bits_3 = __float_as_uint((scaled_3 == 0.0f ? 0.0f : scaled_3));
          const unsigned order_3 = (2147483648u <= bits_3 ? (bits_3 ^ 4294967295u) : (bits_3 | 2147483648u));
          count = count + (tried <= order_3 ? 1u : 0u);
        }
        const unsigned subgroup_sum_ = subgroup_sum(count);
        const unsigned half_ = (round & 1u) * 8u;
        if ((threadIdx.x % 32u) == 0u) {
          sum_partials[half_ + threadIdx.x / 32u] = subgroup_sum_;
        }
        __syncthreads();
        unsigned sum = 0u;
        for (unsigned partial = 0u; partial < 8u; partial += 1u) {
          const unsigned sum_partials_value = sum_partials[half_ + partial];
          sum = sum + sum_partials_value;
        }
        threshold = (topK_value <= sum ? tried : threshold);
      }
      least_by_rank = threshold;
    }
    const unsigned least_by_rank_now = least_by_rank;
    unsigned least_by_mass = least_by_rank_now;
    if (topP_value < 1.0f) {
      float most = -3.4028235e+38f;
      for (unsigned first_2 = threadIdx.x * 4u; first_2 < 32000u; first_2 += 1024u) {
        const float4 logits_value_2 = load<float4>(logits, first_2);
        const float scaled_4 = logits_value_2.x / temperature_value;
        most = maximum(most, scaled_4);
        const float scaled_5 = logits_value_2.y / temperature_value;
        most = maximum(most, scaled_5);
        const float scaled_6 = logits_value_2.z / temperature_value;
        most = maximum(most, scaled_6);
        const float scaled_7 = logits_value_2.w / temperature_value;
        most = maximum(most, scaled_7);
      }
      const float subgroup_max_ = subgroup_max(most);
      if ((threadIdx.x % 32u) == 0u) {
        max_partials[threadIdx.x / 32u] = subgroup_max_;
      }
      __syncthreads();
      float max_ = -3.4028235e+38f;
      for (unsigned partial_1 = 0u; partial_1 < 8u; partial_1 += 1u) {
        const float max_partials_value = max_partials[partial_1];
        max_ = maximum(max_, max_partials_value);
      }
      const float max_now_1 = max_;
      float mass = 0.0f;
      for (unsigned first_3 = threadIdx.x * 4u; first_3 < 32000u; first_3 += 1024u) {
        const float4 logits_value_3 = load<float4>(logits, first_3);
        const float scaled_8 = logits_value_3.x / temperature_value;
        const unsigned bits_4 = __float_as_uint((scaled_8 == 0.0f ? 0.0f : scaled_8));
        const unsigned order_4 = (2147483648u <= bits_4 ? (bits_4 ^ 4294967295u) : (bits_4 | 2147483648u));
        mass = mass + (least_by_rank_now <= order_4 ? expf(scaled_8 - max_now_1) : 0.0f);
        const float scaled_9 = logits_value_3.y / temperature_value;
        const unsigned bits_5 = __float_as_uint((scaled_9 == 0.0f ? 0.0f : scaled_9));
        const unsigned order_5 = (2147483648u <= bits_5 ? (bits_5 ^ 4294967295u) : (bits_5 | 2147483648u));
        mass = mass + (least_by_rank_now <= order_5 ? expf(scaled_9 - max_now_1) : 0.0f);
        const float scaled_10 = logits_value_3.z / temperature_value;
        const unsigned bits_6 = __float_as_uint((scaled_10 == 0.0f ? 0.0f : scaled_10));
        const unsigned order_6 = (2147483648u <= bits_6 ? (bits_6 ^ 4294967295u) : (bits_6 | 2147483648u));
        mass = mass + (least_by_rank_now <= order_6 ? expf(scaled_10 - max_now_1) : 0.0f);
        const float scaled_11 = logits_value_3.w / temperature_value;
        const unsigned bits_7 = __float_as_uint((scaled_11 == 0.0f ? 0.0f : scaled_11));
        const unsigned order_7 = (2147483648u <= bits_7 ? (bits_7 ^ 4294967295u) : (bits_7 | 2147483648u));
        mass = mass + (least_by_rank_now <= order_7 ? expf(scaled_11 - max_now_1) : 0.0f);
      }
      const float subgroup_sum_1 = subgroup_sum(mass);
      if ((threadIdx.x % 32u) == 0u) {
        sum_partials_1[threadIdx.x / 32u] = subgroup_sum_1;
      }
      __syncthreads();
      float sum_1 = 0.0f;
      for (unsigned partial_2 = 0u; partial_2 < 8u; partial_2 += 1u) {
        const float sum_partials_1_value = sum_partials_1[partial_2];
        sum_1 = sum_1 + sum_partials_1_value;
      }
      const float needed = sum_1 * topP_value;
      unsigned threshold_1 = 0u;
      for (unsigned round_1 = 0u; round_1 < 32u; round_1 += 1u) {
        const unsigned tried_1 = (threshold_1 | (1u << ((31u - round_1) & 31u)));
        const unsigned from = max(tried_1, least_by_rank_now);
        float mass_1 = 0.0f;
        for (unsigned first_4 = threadIdx.x * 4u; first_4 < 32000u; first_4 += 1024u) {
          const float4 logits_value_4 = load<float4>(logits, first_4);
          const float scaled_12 = logits_value_4.x / temperature_value;
          const unsigned bits_8 = __float_as_uint((scaled_12 == 0.0f ? 0.0f : scaled_12));
          const unsigned order_8 = (2147483648u <= bits_8 ? (bits_8 ^ 4294967295u) : (bits_8 | 2147483648u));
          mass_1 = mass_1 + (from <= order_8 ? expf(scaled_12 - max_now_1) : 0.0f);
          const float scaled_13 = logits_value_4.y / temperature_value;
          const unsigned bits_9 = __float_as_uint((scaled_13 == 0.0f ? 0.0f : scaled_13));
          const unsigned order_9 = (2147483648u <= bits_9 ? (bits_9 ^ 4294967295u) : (bits_9 | 2147483648u));
          mass_1 = mass_1 + (from <= order_9 ? expf(scaled_13 - max_now_1) : 0.0f);
          const float scaled_14 = logits_value_4.z / temperature_value;
          const unsigned bits_10 = __float_as_uint((scaled_14 == 0.0f ? 0.0f : scaled_14));
          const unsigned order_10 = (2147483648u <= bits_10 ? (bits_10 ^ 4294967295u) : (bits_10 | 2147483648u));
          mass_1 = mass_1 + (from <= order_10 ? expf(scaled_14 - max_now_1) : 0.0f);
          const float scaled_15 = logits_value_4.w / temperature_value;
          const unsigned bits_11 = __float_as_uint((scaled_15 == 0.0f ? 0.0f : scaled_15));
          const unsigned order_11 = (2147483648u <= bits_11 ? (bits_11 ^ 4294967295u) : (bits_11 | 2147483648u));
          mass_1 = mass_1 + (from <= order_11 ? expf(scaled_15 - max_now_1) : 0.0f);
        }
        const float subgroup_sum_2 = subgroup_sum(mass_1);
        const unsigned half_1 = (round_1 & 1u) * 8u;
        if ((threadIdx.x % 32u) == 0u) {
          sum_partials_2[half_1 + threadIdx.x / 32u] = subgroup_sum_2;
        }
        __syncthreads();
        float sum_2 = 0.0f;
        for (unsigned partial_3 = 0u; partial_3 < 8u; partial_3 += 1u) {
          const float sum_partials_2_value = sum_partials_2[half_1 + partial_3];
          sum_2 = sum_2 + sum_partials_2_value;
        }
        threshold_1 = (needed <= sum_2 ? tried_1 : threshold_1);
      }
      const unsigned bits_12 = __float_as_uint((max_now_1 == 0.0f ? 0.0f : max_now_1));
      const unsigned order_12 = (2147483648u <= bits_12 ? (bits_12 ^ 4294967295u) : (bits_12 | 2147483648u));
      least_by_mass = min(max(threshold_1, least_by_rank_now), order_12);
    }
    const unsigned least_by_mass_now = least_by_mass;
    const unsigned seed_value = seed[0u];
    const unsigned draw_value = draw[0u];
    for (unsigned first_5 = threadIdx.x * 4u; first_5 < 32000u; first_5 += 1024u) {
      unsigned key_0 = seed_value;
      unsigned key_1 = 0u;
      unsigned counter_0 = (first_5 >> 2u);
      unsigned counter_1 = draw_value;
      unsigned counter_2 = 0u;
      unsigned counter_3 = 1165587049u;
      for (unsigned turn = 0u; turn < 10u; turn += 1u) {
        const unsigned counter_0_now = counter_0;
        const unsigned counter_2_now = counter_2;
        const unsigned low = (counter_0_now & 65535u);
        const unsigned high = (counter_0_now >> 16u);
        const unsigned low_high = low * 53841u;
        const unsigned high_low = high * 8019u;
        const unsigned product_high = high * 53841u + (low_high >> 16u) + (high_low >> 16u) + ((((low * 8019u) >> 16u) + (low_high & 65535u) + (high_low & 65535u)) >> 16u);
        const unsigned product_low = counter_0_now * 3528531795u;
        const unsigned low_1 = (counter_2_now & 65535u);
        const unsigned high_1 = (counter_2_now >> 16u);
        const unsigned low_high_1 = low_1 * 52638u;
        const unsigned high_low_1 = high_1 * 36183u;
        const unsigned product_high_1 = high_1 * 52638u + (low_high_1 >> 16u) + (high_low_1 >> 16u) + ((((low_1 * 36183u) >> 16u) + (low_high_1 & 65535u) + (high_low_1 & 65535u)) >> 16u);
        const unsigned product_low_1 = counter_2_now * 3449720151u;
        counter_0 = ((product_high_1 ^ counter_1) ^ key_0);
        counter_1 = product_low_1;
        counter_2 = ((product_high ^ counter_3) ^ key_1);
        counter_3 = product_low;
        key_0 = key_0 + 2654435769u;
        key_1 = key_1 + 3144134277u;
      }
      const unsigned draw_bits = (counter_0 >> 8u);
      const float one_less_u = (float(16777215u - draw_bits) + 0.5f) * 5.9604645e-8f;
      const float minus_log = (one_less_u < 0.03125f ? (((((0.0f * one_less_u + 0.2f) * one_less_u + 0.25f) * one_less_u + 0.33333334f) * one_less_u + 0.5f) * one_less_u + 1.0f) * one_less_u : -logf((draw_bits < 8388608u ? (float(draw_bits) + 0.5f) * 5.9604645e-8f : 1.0f - one_less_u)));
      const float gumbel = -logf(minus_log);
      const unsigned draw_bits_1 = (counter_1 >> 8u);
      const float one_less_u_1 = (float(16777215u - draw_bits_1) + 0.5f) * 5.9604645e-8f;
      const float minus_log_1 = (one_less_u_1 < 0.03125f ? (((((0.0f * one_less_u_1 + 0.2f) * one_less_u_1 + 0.25f) * one_less_u_1 + 0.33333334f) * one_less_u_1 + 0.5f) * one_less_u_1 + 1.0f) * one_less_u_1 : -logf((draw_bits_1 < 8388608u ? (float(draw_bits_1) + 0.5f) * 5.9604645e-8f : 1.0f - one_less_u_1)));
      const float gumbel_1 = -logf(minus_log_1);
      const unsigned draw_bits_2 = (counter_2 >> 8u);
      const float one_less_u_2 = (float(16777215u - draw_bits_2) + 0.5f) * 5.9604645e-8f;
      const float minus_log_2 = (one_less_u_2 < 0.03125f ? (((((0.0f * one_less_u_2 + 0.2f) * one_less_u_2 + 0.25f) * one_less_u_2 + 0.33333334f) * one_less_u_2 + 0.5f) * one_less_u_2 + 1.0f) * one_less_u_2 : -logf((draw_bits_2 < 8388608u ? (float(draw_bits_2) + 0.5f) * 5.9604645e-8f : 1.0f - one_less_u_2)));
      const float gumbel_2 = -logf(minus_log_2);
      const unsigned draw_bits_3 = (counter_3 >> 8u);
      const float one_less_u_3 = (float(16777215u - draw_bits_3) + 0.5f) * 5.9604645e-8f;
      const float minus_log_3 = (one_less_u_3 < 0.03125f ? (((((0.0f * one_less_u_3 + 0.2f) * one_less_u_3 + 0.25f) * one_less_u_3 + 0.33333334f) * one_less_u_3 + 0.5f) * one_less_u_3 + 1.0f) * one_less_u_3 : -logf((draw_bits_3 < 8388608u ? (float(draw_bits_3) + 0.5f) * 5.9604645e-8f : 1.0f - one_less_u_3)));
      const float gumbel_3 = -logf(minus_log_3);
      const float4 logits_value_5 = load<float4>(logits, first_5);
      const float scaled_16 = logits_value_5.x / temperature_value;
      const float noisy = scaled_16 + gumbel;
      const unsigned bits_13 = __float_as_uint((scaled_16 == 0.0f ? 0.0f : scaled_16));
      const unsigned order_13 = (2147483648u <= bits_13 ? (bits_13 ^ 4294967295u) : (bits_13 | 2147483648u));
      const float best_now_4 = best;
      const bool better_4 = least_by_mass_now <= order_13 && best_now_4 < noisy;
      best = (better_4 ? noisy : best_now_4);
      token = (better_4 ? first_5 : token);
      const unsigned token_here_15 = first_5 + 1u;
      const float scaled_17 = logits_value_5.y / temperature_value;
      const float noisy_1 = scaled_17 + gumbel_1;
      const unsigned bits_14 = __float_as_uint((scaled_17 == 0.0f ? 0.0f : scaled_17));
      const unsigned order_14 = (2147483648u <= bits_14 ? (bits_14 ^ 4294967295u) : (bits_14 | 2147483648u));
      const float best_now_5 = best;
      const bool better_5 = least_by_mass_now <= order_14 && best_now_5 < noisy_1;
      best = (better_5 ? noisy_1 : best_now_5);
      token = (better_5 ? token_here_15 : token);
      const unsigned token_here_16 = first_5 + 2u;
      const float scaled_18 = logits_value_5.z / temperature_value;
      const float noisy_2 = scaled_18 + gumbel_2;
      const unsigned bits_15 = __float_as_uint((scaled_18 == 0.0f ? 0.0f : scaled_18));
      const unsigned order_15 = (2147483648u <= bits_15 ? (bits_15 ^ 4294967295u) : (bits_15 | 2147483648u));
      const float best_now_6 = best;
      const bool better_6 = least_by_mass_now <= order_15 && best_now_6 < noisy_2;
      best = (better_6 ? noisy_2 : best_now_6);
      token = (better_6 ? token_here_16 : token);
      const unsigned token_here_17 = first_5 + 3u;
      const float scaled_19 = logits_value_5.w / temperature_value;
      const float noisy_3 = scaled_19 + gumbel_3;
      const unsigned bits_16 = __float_as_uint((scaled_19 == 0.0f ? 0.0f : scaled_19));
      const unsigned order_16 = (2147483648u <= bits_16 ? (bits_16 ^ 4294967295u) : (bits_16 | 2147483648u));
      const float best_now_7 = best;
      const bool better_7 = least_by_mass_now <= order_16 && best_now_7 < noisy_3;
      best = (better_7 ? noisy_3 : best_now_7);
      token = (better_7 ? token_here_17 : token);
    }
  }
  const float subgroup_max_1 = subgroup_max(best);
  if ((threadIdx.x % 32u) == 0u) {
    max_partials_1[threadIdx.x / 32u] = subgroup_max_1;
  }
  __syncthreads();
  float max_1 = -3.4028235e+38f;
  for (unsigned partial_4 = 0u; partial_4 < 8u; partial_4 += 1u) {
    const float max_partials_1_value = max_partials_1[partial_4];
    max_1 = maximum(max_1, max_partials_1_value);
  }
  const unsigned from_end = (best == max_1 ? 32000u - token : 0u);
  const unsigned subgroup_max_2 = subgroup_max(from_end);
  if ((threadIdx.x % 32u) == 0u) {
    max_partials_2[threadIdx.x / 32u] = subgroup_max_2;
  }
  __syncthreads();
  unsigned max_2 = 0u;
  for (unsigned partial_5 = 0u; partial_5 < 8u; partial_5 += 1u) {
    const unsigned max_partials_2_value = max_partials_2[partial_5];
    max_2 = max(max_2, max_partials_2_value);
  }
  const unsigned max_2_now_1 = max_2;
  if (threadIdx.x == 0u) {
    const int token_1 = int(32000u - max(max_2_now_1, 1u));
    token_2[0u] = token_1;
  }
}
