#include <cuda_fp16.h>

struct __align__(8) f16x4 {
  __half x, y, z, w;
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

__device__ inline unsigned word_of(__half low, __half high) {
  return unsigned(__half_as_ushort(low)) | unsigned(__half_as_ushort(high)) << 16;
}

__device__ inline __half low_half(unsigned word) {
  return __ushort_as_half(word & 0xffffu);
}

__device__ inline __half high_half(unsigned word) {
  return __ushort_as_half(word >> 16);
}

template <>
__device__ inline f16x4 load<f16x4, __half>(const __half* from, unsigned index) {
  const uint2 words = *reinterpret_cast<const uint2*>(from + index);
  return {low_half(words.x), high_half(words.x), low_half(words.y), high_half(words.y)};
}

/** Writes a vector to a multiple of its length, in one access. */
template <typename Vector, typename Scalar>
__device__ inline void store(Scalar* to, unsigned index, Vector value) {
  *reinterpret_cast<Vector*>(to + index) = value;
}

__device__ inline void store(__half* to, unsigned index, f16x4 value) {
  const uint2 words{word_of(value.x, value.y), word_of(value.z, value.w)};
  *reinterpret_cast<uint2*>(to + index) = words;
}

/** Begins to copy neighbours to workgroup memory; zeros come where `when` is false, and nothing is read. */
template <unsigned width, typename Scalar>
__device__ inline void copy_async(Scalar* to, const Scalar* from, bool when = true) {
  constexpr unsigned bytes = width * sizeof(Scalar);
  static_assert(bytes == 4u || bytes == 8u || bytes == 16u, "a copy of 4, 8 or 16 bytes");
  const unsigned shared = static_cast<unsigned>(__cvta_generic_to_shared(to));
  const size_t global = __cvta_generic_to_global(from);
  const unsigned read = when ? bytes : 0u;
  if constexpr (bytes == 16u) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;"
                 :
                 : "r"(shared), "l"(global), "r"(read)
                 : "memory");
  } else {
    asm volatile("cp.async.ca.shared.global [%0], [%1], %2, %3;"
                 :
                 : "r"(shared), "l"(global), "n"(bytes), "r"(read)
                 : "memory");
  }
}

/** The copies since the last call are a group. */
__device__ inline void commit_copies() {
  asm volatile("cp.async.commit_group;" ::: "memory");
}

/** Waits for all groups of copies but the last `pending`. */
template <unsigned pending>
__device__ inline void await_copies() {
  asm volatile("cp.async.wait_group %0;" ::"n"(pending) : "memory");
}

/** The larger of both; NaN where either is NaN. */
__device__ inline float maximum(float a, float b) {
  float result;
  asm("max.NaN.f32 %0, %1, %2;" : "=f"(result) : "f"(a), "f"(b));
  return result;
}

__device__ inline float4 to_float4(f16x4 a) {
  return {float(a.x), float(a.y), float(a.z), float(a.w)};
}

__device__ inline float4 operator+(float4 a, float4 b) {
  return {a.x + b.x, a.y + b.y, a.z + b.z, a.w + b.w};
}

__device__ inline float4 operator*(float4 a, float4 b) {
  return {a.x * b.x, a.y * b.y, a.z * b.z, a.w * b.w};
}

__device__ inline f16x4 to_f16x4(float4 a) {
  return {__half(a.x), __half(a.y), __half(a.z), __half(a.w)};
}

__device__ inline float4 operator-(float4 a, float4 b) {
  return {a.x - b.x, a.y - b.y, a.z - b.z, a.w - b.w};
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

/** Over the 32 lanes of the subgroup, for each of them. */
__device__ inline float subgroup_sum(float value) {
#pragma unroll
  for (unsigned by = 16u; by > 0u; by /= 2u) {
    const float other = __shfl_xor_sync(0xffffffffu, value, by);
    value = value + other;
  }
  return value;
}

/** sums += left × right by the subgroup: rows × depth times depth × columns, in tiles of 16 × 8 sums. */
template <unsigned rows, unsigned columns, unsigned depth>
__device__ inline void multiply(
    float (&sums)[rows * columns / 32u],
    const __half* left,
    unsigned left_stride,
    const __half* right,
    unsigned right_stride) {
  constexpr unsigned tiles = columns / 8u;
  const unsigned lane = threadIdx.x % 32u;
#pragma unroll
  for (unsigned term = 0u; term < depth; term += 16u) {
    unsigned b[tiles][2];
    const __half* right_row = right + (term + lane % 16u) * right_stride;
#pragma unroll
    for (unsigned tile = 0u; tile + 1u < tiles; tile += 2u) {
      const __half* at = right_row + (tile + lane / 16u) * 8u;
      asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                   : "=r"(b[tile][0]), "=r"(b[tile][1]), "=r"(b[tile + 1u][0]), "=r"(b[tile + 1u][1])
                   : "r"(static_cast<unsigned>(__cvta_generic_to_shared(at)))
                   : "memory");
    }
    if constexpr (tiles % 2u == 1u) {
      const __half* at = right_row + (tiles - 1u) * 8u;
      asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2];"
                   : "=r"(b[tiles - 1u][0]), "=r"(b[tiles - 1u][1])
                   : "r"(static_cast<unsigned>(__cvta_generic_to_shared(at)))
                   : "memory");
    }
#pragma unroll
    for (unsigned down = 0u; down < rows / 16u; down++) {
      const __half* at = left + (down * 16u + lane % 16u) * left_stride + term + lane / 16u * 8u;
      unsigned a[4];
      asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                   : "=r"(a[0]), "=r"(a[1]), "=r"(a[2]), "=r"(a[3])
                   : "r"(static_cast<unsigned>(__cvta_generic_to_shared(at)))
                   : "memory");
#pragma unroll
      for (unsigned tile = 0u; tile < tiles; tile++) {
        float* sum = &sums[(down * tiles + tile) * 4u];
        asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 "
            "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
            : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
            : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[tile][0]), "r"(b[tile][1]));
      }
    }
  }
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
__device__ inline float subgroup_max(float value) {
#pragma unroll
  for (unsigned by = 16u; by > 0u; by /= 2u) {
    const float other = __shfl_xor_sync(0xffffffffu, value, by);
    value = maximum(value, other);
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
elementwise_x(
    const int* __restrict__ tokens,
    const __half* __restrict__ embedding,
    float* __restrict__ x) {
  __builtin_assume(threadIdx.x < 64u);
  const unsigned element = blockIdx.x * 64u + threadIdx.x;
  if (element < 24576u) {
    const unsigned element_1 = element * 4u;
    const unsigned k = element_1 % 768u;
    const unsigned j = element_1 / 768u;
    const int tokens_value = tokens[j];
    const unsigned row = min(unsigned(max(tokens_value, 0)), 31999u);
    const f16x4 embedding_value = load<f16x4>(embedding, row * 768u + k);
    const float4 embedding_1 = to_float4(embedding_value);
    store(x, element * 4u, embedding_1);
  }
}

extern "C" __global__ void __launch_bounds__(64, 4)
reduce_temporal_pre_norm(
    const float* __restrict__ x,
    const float* __restrict__ temporal_pre_norm_scale,
    float* __restrict__ temporal_pre_norm_1) {
  __shared__ float sum_partials[2];
  __builtin_assume(threadIdx.x < 64u);
  float4 sum = spread4(0.0f);
  for (unsigned column = threadIdx.x * 4u; column < 768u; column += 256u) {
    const float4 x_value = load<float4>(x, blockIdx.x * 768u + column);
    sum = sum + x_value * x_value;
  }
  const float4 sum_now_1 = sum;
  const float subgroup_sum_ = subgroup_sum(sum_now_1.x + sum_now_1.y + sum_now_1.z + sum_now_1.w);
  if ((threadIdx.x % 32u) == 0u) {
    sum_partials[threadIdx.x / 32u] = subgroup_sum_;
  }
  __syncthreads();
  float sum_1 = 0.0f;
  for (unsigned partial = 0u; partial < 2u; partial += 1u) {
    const float sum_partials_value = sum_partials[partial];
    sum_1 = sum_1 + sum_partials_value;
  }
  const float of_row = rsqrtf(sum_1 * 0.0013020834f + 0.000001f);
  for (unsigned column_1 = threadIdx.x * 4u; column_1 < 768u; column_1 += 256u) {
    const float4 x_value_1 = load<float4>(x, blockIdx.x * 768u + column_1);
    const float4 temporal_pre_norm_scale_value = load<float4>(temporal_pre_norm_scale, column_1);
    const float4 temporal_pre_norm = x_value_1 * spread4(of_row) * (spread4(1.0f) + temporal_pre_norm_scale_value);
    store(temporal_pre_norm_1, blockIdx.x * 768u + column_1, temporal_pre_norm);
  }
}

extern "C" __global__ void __launch_bounds__(64, 4)
contract_linear_x_product(
    const __half* __restrict__ linear_x_w,
    const float* __restrict__ temporal_pre_norm,
    const float* __restrict__ linear_x_b,
    float* __restrict__ linear_x_1) {
  __shared__ __align__(16) __half left_high[1280];
  __shared__ __align__(16) __half left_low[1280];
  __shared__ __align__(16) __half right_tile[4608];
  __shared__ __align__(16) float result_tile[1024];
  __builtin_assume(threadIdx.x < 64u);
  float sums[16];
  float sums_low[16];
  const unsigned top = blockIdx.y * 16u;
  const unsigned leftmost = blockIdx.x * 64u;
  sums[0u] = 0.0f;
  sums[1u] = 0.0f;
  sums[2u] = 0.0f;
  sums[3u] = 0.0f;
  sums[4u] = 0.0f;
  sums[5u] = 0.0f;
  sums[6u] = 0.0f;
  sums[7u] = 0.0f;
  sums[8u] = 0.0f;
  sums[9u] = 0.0f;
  sums[10u] = 0.0f;
  sums[11u] = 0.0f;
  sums[12u] = 0.0f;
  sums[13u] = 0.0f;
  sums[14u] = 0.0f;
  sums[15u] = 0.0f;
  sums_low[0u] = 0.0f;
  sums_low[1u] = 0.0f;
  sums_low[2u] = 0.0f;
  sums_low[3u] = 0.0f;
  sums_low[4u] = 0.0f;
  sums_low[5u] = 0.0f;
  sums_low[6u] = 0.0f;
  sums_low[7u] = 0.0f;
  sums_low[8u] = 0.0f;
  sums_low[9u] = 0.0f;
  sums_low[10u] = 0.0f;
  sums_low[11u] = 0.0f;
  sums_low[12u] = 0.0f;
  sums_low[13u] = 0.0f;
  sums_low[14u] = 0.0f;
  sums_low[15u] = 0.0f;
  const unsigned part = threadIdx.x / 32u;
  const unsigned part_left = part * 32u;
  // the first depth arrives
  for (unsigned part_1 = threadIdx.x; part_1 < 128u; part_1 += 64u) {
    const unsigned row = part_1 / 8u;
    const unsigned term = part_1 % 8u * 4u;
    const unsigned row_1 = top + row;
    const unsigned row_read = min(row_1, 127u);
    const float4 temporal_pre_norm_value = load<float4>(temporal_pre_norm, row_read * 768u + term);
    const f16x4 rounded = to_f16x4(temporal_pre_norm_value);
    const f16x4 rest = to_f16x4((temporal_pre_norm_value - to_float4(rounded)) * spread4(2048.0f));
    const unsigned place = row * 40u + term;
    store(left_high, place, rounded);
    store(left_low, place, rest);
  }
  for (unsigned part_2 = threadIdx.x; part_2 < 256u; part_2 += 64u) {
    const unsigned down = part_2 / 8u;
    const unsigned aside = part_2 % 8u * 8u;
    const unsigned column = leftmost + aside;
    const unsigned column_read = min(column, 1016u);
    copy_async<8u>(&right_tile[down * 72u + aside], &linear_x_w[down * 1024u + column_read], column < 1024u);
  }
  commit_copies();
  for (unsigned start = 0u; start < 768u; start += 32u) {
    const unsigned half_ = start / 32u % 2u;
    await_copies<0u>();
    __syncthreads();
    const unsigned next = start + 32u;
    // the next depth arrives while this one is multiplied
    if (next < 768u) {
      for (unsigned part_3 = threadIdx.x; part_3 < 128u; part_3 += 64u) {
        const unsigned row_2 = part_3 / 8u;
        const unsigned term_3 = part_3 % 8u * 4u;
        const unsigned row_3 = top + row_2;
        const unsigned term_4 = next + term_3;
        const unsigned row_read_1 = min(row_3, 127u);
        const float4 temporal_pre_norm_value_1 = load<float4>(temporal_pre_norm, row_read_1 * 768u + term_4);
        const f16x4 rounded_1 = to_f16x4(temporal_pre_norm_value_1);
        const f16x4 rest_1 = to_f16x4((temporal_pre_norm_value_1 - to_float4(rounded_1)) * spread4(2048.0f));
        const unsigned place_1 = (1u - half_) * 640u + row_2 * 40u + term_3;
        store(left_high, place_1, rounded_1);
        store(left_low, place_1, rest_1);
      }
      for (unsigned part_4 = threadIdx.x; part_4 < 256u; part_4 += 64u) {
        const unsigned down_1 = part_4 / 8u;
        const unsigned aside_1 = part_4 % 8u * 8u;
        const unsigned term_5 = next + down_1;
        const unsigned column_1 = leftmost + aside_1;
        const unsigned term_read_1 = min(term_5, 767u);
        const unsigned column_read_1 = min(column_1, 1016u);
        copy_async<8u>(&right_tile[(1u - half_) * 2304u + down_1 * 72u + aside_1], &linear_x_w[term_read_1 * 1024u + column_read_1], term_5 < 768u && column_1 < 1024u);
      }
      commit_copies();
    }
    const unsigned left_at = half_ * 640u;
    multiply<16u, 32u, 32u>(sums, &left_high[left_at], 40u, &right_tile[half_ * 2304u + part_left], 72u);
    multiply<16u, 32u, 32u>(sums_low, &left_low[left_at], 40u, &right_tile[half_ * 2304u + part_left], 72u);
  }
  // through workgroup memory, so that what follows is written four columns at a time
  const unsigned own = threadIdx.x % 32u;
  const float sums_low_value = sums_low[0u];
  const float sums_value = sums[0u];
  result_tile[own / 4u * 64u + (part_left + own % 4u * 2u)] = fmaf(sums_low_value, 0.00048828125f, sums_value);
  const float sums_low_value_1 = sums_low[1u];
  const float sums_value_1 = sums[1u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 1u))] = fmaf(sums_low_value_1, 0.00048828125f, sums_value_1);
  const float sums_low_value_2 = sums_low[2u];
  const float sums_value_2 = sums[2u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + own % 4u * 2u)] = fmaf(sums_low_value_2, 0.00048828125f, sums_value_2);
  const float sums_low_value_3 = sums_low[3u];
  const float sums_value_3 = sums[3u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 1u))] = fmaf(sums_low_value_3, 0.00048828125f, sums_value_3);
  const float sums_low_value_4 = sums_low[4u];
  const float sums_value_4 = sums[4u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 8u))] = fmaf(sums_low_value_4, 0.00048828125f, sums_value_4);
  const float sums_low_value_5 = sums_low[5u];
  const float sums_value_5 = sums[5u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 9u))] = fmaf(sums_low_value_5, 0.00048828125f, sums_value_5);
  const float sums_low_value_6 = sums_low[6u];
  const float sums_value_6 = sums[6u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 8u))] = fmaf(sums_low_value_6, 0.00048828125f, sums_value_6);
  const float sums_low_value_7 = sums_low[7u];
  const float sums_value_7 = sums[7u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 9u))] = fmaf(sums_low_value_7, 0.00048828125f, sums_value_7);
  const float sums_low_value_8 = sums_low[8u];
  const float sums_value_8 = sums[8u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 16u))] = fmaf(sums_low_value_8, 0.00048828125f, sums_value_8);
  const float sums_low_value_9 = sums_low[9u];
  const float sums_value_9 = sums[9u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 17u))] = fmaf(sums_low_value_9, 0.00048828125f, sums_value_9);
  const float sums_low_value_10 = sums_low[10u];
  const float sums_value_10 = sums[10u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 16u))] = fmaf(sums_low_value_10, 0.00048828125f, sums_value_10);
  const float sums_low_value_11 = sums_low[11u];
  const float sums_value_11 = sums[11u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 17u))] = fmaf(sums_low_value_11, 0.00048828125f, sums_value_11);
  const float sums_low_value_12 = sums_low[12u];
  const float sums_value_12 = sums[12u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 24u))] = fmaf(sums_low_value_12, 0.00048828125f, sums_value_12);
  const float sums_low_value_13 = sums_low[13u];
  const float sums_value_13 = sums[13u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 25u))] = fmaf(sums_low_value_13, 0.00048828125f, sums_value_13);
  const float sums_low_value_14 = sums_low[14u];
  const float sums_value_14 = sums[14u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 24u))] = fmaf(sums_low_value_14, 0.00048828125f, sums_value_14);
  const float sums_low_value_15 = sums_low[15u];
  const float sums_value_15 = sums[15u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 25u))] = fmaf(sums_low_value_15, 0.00048828125f, sums_value_15);
  __syncthreads();
  for (unsigned part_5 = threadIdx.x; part_5 < 256u; part_5 += 64u) {
    const unsigned row_4 = top + part_5 / 16u;
    const unsigned column_2 = leftmost + part_5 % 16u * 4u;
    const float4 result_tile_value = load<float4>(result_tile, part_5 * 4u);
    if (row_4 < 128u && column_2 < 1024u) {
      const float4 linear_x_b_value = load<float4>(linear_x_b, column_2);
      const float4 linear_x = result_tile_value + linear_x_b_value;
      store(linear_x_1, row_4 * 1024u + column_2, linear_x);
    }
  }
}

extern "C" __global__ void __launch_bounds__(64, 4)
composite_conv_1d_conv(
    const __half* __restrict__ conv_1d_w,
    const float* __restrict__ conv_1d_past,
    const float* __restrict__ linear_x,
    const int* __restrict__ position,
    const float* __restrict__ conv_1d_b,
    float* __restrict__ conv_1d_1) {
  __builtin_assume(threadIdx.x < 64u);
  const unsigned element = blockIdx.x * 64u + threadIdx.x;
  if (element < 8192u) {
    const unsigned k = element % 256u;
    const unsigned j = element / 256u;
    const unsigned channel = k * 4u;
    const unsigned first = j * 4u;
    const f16x4 conv_1d_w_value = load<f16x4>(conv_1d_w, channel + 3072u);
    const float4 layers_0_temporal_block_conv_1d_w = to_float4(conv_1d_w_value);
    const f16x4 conv_1d_w_value_1 = load<f16x4>(conv_1d_w, channel + 2048u);
    const float4 layers_0_temporal_block_conv_1d_w_1 = to_float4(conv_1d_w_value_1);
    const f16x4 conv_1d_w_value_2 = load<f16x4>(conv_1d_w, channel + 1024u);
    const float4 layers_0_temporal_block_conv_1d_w_2 = to_float4(conv_1d_w_value_2);
    const f16x4 conv_1d_w_value_3 = load<f16x4>(conv_1d_w, channel);
    const float4 layers_0_temporal_block_conv_1d_w_3 = to_float4(conv_1d_w_value_3);
    float4 before_1 = spread4(0.0f);
    if (first < 1u) {
      const float4 conv_1d_past_value = load<float4>(conv_1d_past, (first + 2u) * 1024u + channel);
      before_1 = conv_1d_past_value;
    } else {
      const unsigned earlier = first - 1u;
      const float4 linear_x_value = load<float4>(linear_x, earlier * 1024u + channel);
      before_1 = linear_x_value;
    }
    float4 back_1 = before_1;
    float4 before_2 = spread4(0.0f);
    if (first < 2u) {
      const float4 conv_1d_past_value_1 = load<float4>(conv_1d_past, (first + 1u) * 1024u + channel);
      before_2 = conv_1d_past_value_1;
    } else {
      const unsigned earlier_1 = first - 2u;
      const float4 linear_x_value_1 = load<float4>(linear_x, earlier_1 * 1024u + channel);
      before_2 = linear_x_value_1;
    }
    float4 back_2 = before_2;
    float4 before_3 = spread4(0.0f);
    if (first < 3u) {
      const float4 conv_1d_past_value_2 = load<float4>(conv_1d_past, first * 1024u + channel);
      before_3 = conv_1d_past_value_2;
    } else {
      const unsigned earlier_2 = first - 3u;
      const float4 linear_x_value_2 = load<float4>(linear_x, earlier_2 * 1024u + channel);
      before_3 = linear_x_value_2;
    }
    float4 back_3 = before_3;
    for (unsigned t = first; t < first + 4u; t += 1u) {
      const float4 linear_x_value_3 = load<float4>(linear_x, t * 1024u + channel);
      const int position_value = position[t];
      const float4 back_1_now = back_1;
      const float4 back_2_now = back_2;
      const float4 sum = layers_0_temporal_block_conv_1d_w * linear_x_value_3;
      const float4 sum_1 = fmaf(layers_0_temporal_block_conv_1d_w_1, select(spread4(0 <= position_value && position_value < 1), spread4(0.0f), back_1_now), sum);
      const float4 sum_2 = fmaf(layers_0_temporal_block_conv_1d_w_2, select(spread4(0 <= position_value && position_value < 2), spread4(0.0f), back_2_now), sum_1);
      const float4 sum_3 = fmaf(layers_0_temporal_block_conv_1d_w_3, select(spread4(0 <= position_value && position_value < 3), spread4(0.0f), back_3), sum_2);
      back_1 = linear_x_value_3;
      back_2 = back_1_now;
      back_3 = back_2_now;
      const float4 conv_1d_b_value = load<float4>(conv_1d_b, channel);
      const float4 conv_1d = sum_3 + conv_1d_b_value;
      store(conv_1d_1, t * 1024u + channel, conv_1d);
    }
  }
}

extern "C" __global__ void __launch_bounds__(64, 4)
contract_product(
    const __half* __restrict__ a_gate_w,
    const float* __restrict__ conv_1d,
    float* __restrict__ contract) {
  __shared__ __align__(16) __half left_high[1280];
  __shared__ __align__(16) __half left_low[1280];
  __shared__ __align__(16) __half right_tile[4608];
  __shared__ __align__(16) float result_tile[1024];
  __builtin_assume(threadIdx.x < 64u);
  float sums[16];
  float sums_low[16];
  const unsigned top = blockIdx.y * 16u;
  const unsigned leftmost = blockIdx.x * 64u;
  sums[0u] = 0.0f;
  sums[1u] = 0.0f;
  sums[2u] = 0.0f;
  sums[3u] = 0.0f;
  sums[4u] = 0.0f;
  sums[5u] = 0.0f;
  sums[6u] = 0.0f;
  sums[7u] = 0.0f;
  sums[8u] = 0.0f;
  sums[9u] = 0.0f;
  sums[10u] = 0.0f;
  sums[11u] = 0.0f;
  sums[12u] = 0.0f;
  sums[13u] = 0.0f;
  sums[14u] = 0.0f;
  sums[15u] = 0.0f;
  sums_low[0u] = 0.0f;
  sums_low[1u] = 0.0f;
  sums_low[2u] = 0.0f;
  sums_low[3u] = 0.0f;
  sums_low[4u] = 0.0f;
  sums_low[5u] = 0.0f;
  sums_low[6u] = 0.0f;
  sums_low[7u] = 0.0f;
  sums_low[8u] = 0.0f;
  sums_low[9u] = 0.0f;
  sums_low[10u] = 0.0f;
  sums_low[11u] = 0.0f;
  sums_low[12u] = 0.0f;
  sums_low[13u] = 0.0f;
  sums_low[14u] = 0.0f;
  sums_low[15u] = 0.0f;
  const unsigned part = threadIdx.x / 32u;
  const unsigned part_left = part * 32u;
  // the first depth arrives
  for (unsigned part_1 = threadIdx.x; part_1 < 128u; part_1 += 64u) {
    const unsigned row = part_1 / 8u;
    const unsigned term = part_1 % 8u * 4u;
    const unsigned row_1 = top + row;
    const unsigned row_read = min(row_1, 127u);
    const float4 conv_1d_value = load<float4>(conv_1d, row_read * 1024u + (blockIdx.z * 64u + term));
    const f16x4 rounded = to_f16x4(conv_1d_value);
    const f16x4 rest = to_f16x4((conv_1d_value - to_float4(rounded)) * spread4(2048.0f));
    const unsigned place = row * 40u + term;
    store(left_high, place, rounded);
    store(left_low, place, rest);
  }
  for (unsigned part_2 = threadIdx.x; part_2 < 256u; part_2 += 64u) {
    const unsigned down = part_2 / 8u;
    const unsigned aside = part_2 % 8u * 8u;
    const unsigned column = leftmost + aside;
    const unsigned column_read = min(column, 56u);
    copy_async<8u>(&right_tile[down * 72u + aside], &a_gate_w[(blockIdx.z * 64u + down) * 64u + column_read], column < 64u);
  }
  commit_copies();
  for (unsigned start = 0u; start < 64u; start += 32u) {
    const unsigned half_ = start / 32u;
    await_copies<0u>();
    __syncthreads();
    const unsigned next = start + 32u;
    // the next depth arrives while this one is multiplied
    if (next < 64u) {
      for (unsigned part_3 = threadIdx.x; part_3 < 128u; part_3 += 64u) {
        const unsigned row_2 = part_3 / 8u;
        const unsigned term_3 = part_3 % 8u * 4u;
        const unsigned row_3 = top + row_2;
        const unsigned term_4 = next + term_3;
        const unsigned row_read_1 = min(row_3, 127u);
        const float4 conv_1d_value_1 = load<float4>(conv_1d, row_read_1 * 1024u + (blockIdx.z * 64u + term_4));
        const f16x4 rounded_1 = to_f16x4(conv_1d_value_1);
        const f16x4 rest_1 = to_f16x4((conv_1d_value_1 - to_float4(rounded_1)) * spread4(2048.0f));
        const unsigned place_1 = (1u - half_) * 640u + row_2 * 40u + term_3;
        store(left_high, place_1, rounded_1);
        store(left_low, place_1, rest_1);
      }
      for (unsigned part_4 = threadIdx.x; part_4 < 256u; part_4 += 64u) {
        const unsigned down_1 = part_4 / 8u;
        const unsigned aside_1 = part_4 % 8u * 8u;
        const unsigned term_5 = next + down_1;
        const unsigned column_1 = leftmost + aside_1;
        const unsigned term_read_1 = min(term_5, 63u);
        const unsigned column_read_1 = min(column_1, 56u);
        copy_async<8u>(&right_tile[(1u - half_) * 2304u + down_1 * 72u + aside_1], &a_gate_w[(blockIdx.z * 64u + term_read_1) * 64u + column_read_1], term_5 < 64u && column_1 < 64u);
      }
      commit_copies();
    }
    const unsigned left_at = half_ * 640u;
    multiply<16u, 32u, 32u>(sums, &left_high[left_at], 40u, &right_tile[half_ * 2304u + part_left], 72u);
    multiply<16u, 32u, 32u>(sums_low, &left_low[left_at], 40u, &right_tile[half_ * 2304u + part_left], 72u);
  }
  // through workgroup memory, so that what follows is written four columns at a time
  const unsigned own = threadIdx.x % 32u;
  const float sums_low_value = sums_low[0u];
  const float sums_value = sums[0u];
  result_tile[own / 4u * 64u + (part_left + own % 4u * 2u)] = fmaf(sums_low_value, 0.00048828125f, sums_value);
  const float sums_low_value_1 = sums_low[1u];
  const float sums_value_1 = sums[1u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 1u))] = fmaf(sums_low_value_1, 0.00048828125f, sums_value_1);
  const float sums_low_value_2 = sums_low[2u];
  const float sums_value_2 = sums[2u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + own % 4u * 2u)] = fmaf(sums_low_value_2, 0.00048828125f, sums_value_2);
  const float sums_low_value_3 = sums_low[3u];
  const float sums_value_3 = sums[3u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 1u))] = fmaf(sums_low_value_3, 0.00048828125f, sums_value_3);
  const float sums_low_value_4 = sums_low[4u];
  const float sums_value_4 = sums[4u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 8u))] = fmaf(sums_low_value_4, 0.00048828125f, sums_value_4);
  const float sums_low_value_5 = sums_low[5u];
  const float sums_value_5 = sums[5u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 9u))] = fmaf(sums_low_value_5, 0.00048828125f, sums_value_5);
  const float sums_low_value_6 = sums_low[6u];
  const float sums_value_6 = sums[6u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 8u))] = fmaf(sums_low_value_6, 0.00048828125f, sums_value_6);
  const float sums_low_value_7 = sums_low[7u];
  const float sums_value_7 = sums[7u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 9u))] = fmaf(sums_low_value_7, 0.00048828125f, sums_value_7);
  const float sums_low_value_8 = sums_low[8u];
  const float sums_value_8 = sums[8u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 16u))] = fmaf(sums_low_value_8, 0.00048828125f, sums_value_8);
  const float sums_low_value_9 = sums_low[9u];
  const float sums_value_9 = sums[9u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 17u))] = fmaf(sums_low_value_9, 0.00048828125f, sums_value_9);
  const float sums_low_value_10 = sums_low[10u];
  const float sums_value_10 = sums[10u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 16u))] = fmaf(sums_low_value_10, 0.00048828125f, sums_value_10);
  const float sums_low_value_11 = sums_low[11u];
  const float sums_value_11 = sums[11u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 17u))] = fmaf(sums_low_value_11, 0.00048828125f, sums_value_11);
  const float sums_low_value_12 = sums_low[12u];
  const float sums_value_12 = sums[12u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 24u))] = fmaf(sums_low_value_12, 0.00048828125f, sums_value_12);
  const float sums_low_value_13 = sums_low[13u];
  const float sums_value_13 = sums[13u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 25u))] = fmaf(sums_low_value_13, 0.00048828125f, sums_value_13);
  const float sums_low_value_14 = sums_low[14u];
  const float sums_value_14 = sums[14u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 24u))] = fmaf(sums_low_value_14, 0.00048828125f, sums_value_14);
  const float sums_low_value_15 = sums_low[15u];
  const float sums_value_15 = sums[15u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 25u))] = fmaf(sums_low_value_15, 0.00048828125f, sums_value_15);
  __syncthreads();
  for (unsigned part_5 = threadIdx.x; part_5 < 256u; part_5 += 64u) {
    const unsigned row_4 = top + part_5 / 16u;
    const unsigned column_2 = leftmost + part_5 % 16u * 4u;
    const float4 result_tile_value = load<float4>(result_tile, part_5 * 4u);
    if (row_4 < 128u && column_2 < 64u) {
      store(contract, (row_4 * 16u + blockIdx.z) * 64u + column_2, result_tile_value);
    }
  }
}

extern "C" __global__ void __launch_bounds__(64, 4)
contract_y_product(
    const __half* __restrict__ linear_y_w,
    const float* __restrict__ temporal_pre_norm,
    const float* __restrict__ linear_y_b,
    float* __restrict__ y_1) {
  __shared__ __align__(16) __half left_high[1280];
  __shared__ __align__(16) __half left_low[1280];
  __shared__ __align__(16) __half right_tile[4608];
  __shared__ __align__(16) float result_tile[1024];
  __builtin_assume(threadIdx.x < 64u);
  float sums[16];
  float sums_low[16];
  const unsigned top = blockIdx.y * 16u;
  const unsigned leftmost = blockIdx.x * 64u;
  sums[0u] = 0.0f;
  sums[1u] = 0.0f;
  sums[2u] = 0.0f;
  sums[3u] = 0.0f;
  sums[4u] = 0.0f;
  sums[5u] = 0.0f;
  sums[6u] = 0.0f;
  sums[7u] = 0.0f;
  sums[8u] = 0.0f;
  sums[9u] = 0.0f;
  sums[10u] = 0.0f;
  sums[11u] = 0.0f;
  sums[12u] = 0.0f;
  sums[13u] = 0.0f;
  sums[14u] = 0.0f;
  sums[15u] = 0.0f;
  sums_low[0u] = 0.0f;
  sums_low[1u] = 0.0f;
  sums_low[2u] = 0.0f;
  sums_low[3u] = 0.0f;
  sums_low[4u] = 0.0f;
  sums_low[5u] = 0.0f;
  sums_low[6u] = 0.0f;
  sums_low[7u] = 0.0f;
  sums_low[8u] = 0.0f;
  sums_low[9u] = 0.0f;
  sums_low[10u] = 0.0f;
  sums_low[11u] = 0.0f;
  sums_low[12u] = 0.0f;
  sums_low[13u] = 0.0f;
  sums_low[14u] = 0.0f;
  sums_low[15u] = 0.0f;
  const unsigned part = threadIdx.x / 32u;
  const unsigned part_left = part * 32u;
  // the first depth arrives
  for (unsigned part_1 = threadIdx.x; part_1 < 128u; part_1 += 64u) {
    const unsigned row = part_1 / 8u;
    const unsigned term = part_1 % 8u * 4u;
    const unsigned row_1 = top + row;
    const unsigned row_read = min(row_1, 127u);
    const float4 temporal_pre_norm_value = load<float4>(temporal_pre_norm, row_read * 768u + term);
    const f16x4 rounded = to_f16x4(temporal_pre_norm_value);
    const f16x4 rest = to_f16x4((temporal_pre_norm_value - to_float4(rounded)) * spread4(2048.0f));
    const unsigned place = row * 40u + term;
    store(left_high, place, rounded);
    store(left_low, place, rest);
  }
  for (unsigned part_2 = threadIdx.x; part_2 < 256u; part_2 += 64u) {
    const unsigned down = part_2 / 8u;
    const unsigned aside = part_2 % 8u * 8u;
    const unsigned column = leftmost + aside;
    const unsigned column_read = min(column, 1016u);
    copy_async<8u>(&right_tile[down * 72u + aside], &linear_y_w[down * 1024u + column_read], column < 1024u);
  }
  commit_copies();
  for (unsigned start = 0u; start < 768u; start += 32u) {
    const unsigned half_ = start / 32u % 2u;
    await_copies<0u>();
    __syncthreads();
    const unsigned next = start + 32u;
    // the next depth arrives while this one is multiplied
    if (next < 768u) {
      for (unsigned part_3 = threadIdx.x; part_3 < 128u; part_3 += 64u) {
        const unsigned row_2 = part_3 / 8u;
        const unsigned term_3 = part_3 % 8u * 4u;
        const unsigned row_3 = top + row_2;
        const unsigned term_4 = next + term_3;
        const unsigned row_read_1 = min(row_3, 127u);
        const float4 temporal_pre_norm_value_1 = load<float4>(temporal_pre_norm, row_read_1 * 768u + term_4);
        const f16x4 rounded_1 = to_f16x4(temporal_pre_norm_value_1);
        const f16x4 rest_1 = to_f16x4((temporal_pre_norm_value_1 - to_float4(rounded_1)) * spread4(2048.0f));
        const unsigned place_1 = (1u - half_) * 640u + row_2 * 40u + term_3;
        store(left_high, place_1, rounded_1);
        store(left_low, place_1, rest_1);
      }
      for (unsigned part_4 = threadIdx.x; part_4 < 256u; part_4 += 64u) {
        const unsigned down_1 = part_4 / 8u;
        const unsigned aside_1 = part_4 % 8u * 8u;
        const unsigned term_5 = next + down_1;
        const unsigned column_1 = leftmost + aside_1;
        const unsigned term_read_1 = min(term_5, 767u);
        const unsigned column_read_1 = min(column_1, 1016u);
        copy_async<8u>(&right_tile[(1u - half_) * 2304u + down_1 * 72u + aside_1], &linear_y_w[term_read_1 * 1024u + column_read_1], term_5 < 768u && column_1 < 1024u);
      }
      commit_copies();
    }
    const unsigned left_at = half_ * 640u;
    multiply<16u, 32u, 32u>(sums, &left_high[left_at], 40u, &right_tile[half_ * 2304u + part_left], 72u);
    multiply<16u, 32u, 32u>(sums_low, &left_low[left_at], 40u, &right_tile[half_ * 2304u + part_left], 72u);
  }
  // through workgroup memory, so that what follows is written four columns at a time
  const unsigned own = threadIdx.x % 32u;
  const float sums_low_value = sums_low[0u];
  const float sums_value = sums[0u];
  result_tile[own / 4u * 64u + (part_left + own % 4u * 2u)] = fmaf(sums_low_value, 0.00048828125f, sums_value);
  const float sums_low_value_1 = sums_low[1u];
  const float sums_value_1 = sums[1u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 1u))] = fmaf(sums_low_value_1, 0.00048828125f, sums_value_1);
  const float sums_low_value_2 = sums_low[2u];
  const float sums_value_2 = sums[2u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + own % 4u * 2u)] = fmaf(sums_low_value_2, 0.00048828125f, sums_value_2);
  const float sums_low_value_3 = sums_low[3u];
  const float sums_value_3 = sums[3u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 1u))] = fmaf(sums_low_value_3, 0.00048828125f, sums_value_3);
  const float sums_low_value_4 = sums_low[4u];
  const float sums_value_4 = sums[4u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 8u))] = fmaf(sums_low_value_4, 0.00048828125f, sums_value_4);
  const float sums_low_value_5 = sums_low[5u];
  const float sums_value_5 = sums[5u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 9u))] = fmaf(sums_low_value_5, 0.00048828125f, sums_value_5);
  const float sums_low_value_6 = sums_low[6u];
  const float sums_value_6 = sums[6u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 8u))] = fmaf(sums_low_value_6, 0.00048828125f, sums_value_6);
  const float sums_low_value_7 = sums_low[7u];
  const float sums_value_7 = sums[7u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 9u))] = fmaf(sums_low_value_7, 0.00048828125f, sums_value_7);
  const float sums_low_value_8 = sums_low[8u];
  const float sums_value_8 = sums[8u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 16u))] = fmaf(sums_low_value_8, 0.00048828125f, sums_value_8);
  const float sums_low_value_9 = sums_low[9u];
  const float sums_value_9 = sums[9u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 17u))] = fmaf(sums_low_value_9, 0.00048828125f, sums_value_9);
  const float sums_low_value_10 = sums_low[10u];
  const float sums_value_10 = sums[10u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 16u))] = fmaf(sums_low_value_10, 0.00048828125f, sums_value_10);
  const float sums_low_value_11 = sums_low[11u];
  const float sums_value_11 = sums[11u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 17u))] = fmaf(sums_low_value_11, 0.00048828125f, sums_value_11);
  const float sums_low_value_12 = sums_low[12u];
  const float sums_value_12 = sums[12u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 24u))] = fmaf(sums_low_value_12, 0.00048828125f, sums_value_12);
  const float sums_low_value_13 = sums_low[13u];
  const float sums_value_13 = sums[13u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 25u))] = fmaf(sums_low_value_13, 0.00048828125f, sums_value_13);
  const float sums_low_value_14 = sums_low[14u];
  const float sums_value_14 = sums[14u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 24u))] = fmaf(sums_low_value_14, 0.00048828125f, sums_value_14);
  const float sums_low_value_15 = sums_low[15u];
  const float sums_value_15 = sums[15u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 25u))] = fmaf(sums_low_value_15, 0.00048828125f, sums_value_15);
  __syncthreads();
  for (unsigned part_5 = threadIdx.x; part_5 < 256u; part_5 += 64u) {
    const unsigned row_4 = top + part_5 / 16u;
    const unsigned column_2 = leftmost + part_5 % 16u * 4u;
    const float4 result_tile_value = load<float4>(result_tile, part_5 * 4u);
    if (row_4 < 128u && column_2 < 1024u) {
      const float4 linear_y_b_value = load<float4>(linear_y_b, column_2);
      const float4 linear_y = result_tile_value + linear_y_b_value;
      const float4 y = linear_y * spread4(0.5f) * (tanhf((linear_y + linear_y * linear_y * linear_y * spread4(0.044715f)) * spread4(0.7978846f)) + spread4(1.0f));
      store(y_1, row_4 * 1024u + column_2, y);
    }
  }
}

extern "C" __global__ void __launch_bounds__(64, 4)
scan_rg_lru_scan(
    const float* __restrict__ rg_lru_scan,
    const float* __restrict__ conv_1d,
    const float* __restrict__ y,
    const int* __restrict__ count,
    const int* __restrict__ position,
    const float* __restrict__ rg_lru_a_param,
    const float* __restrict__ contract,
    const __half* __restrict__ a_gate_b,
    const float* __restrict__ contract_1,
    const __half* __restrict__ input_gate_b,
    float* __restrict__ mul_2,
    float* __restrict__ rg_lru) {
  __shared__ __align__(16) float conv_1d_ahead[2048];
  __shared__ __align__(16) float y_ahead[2048];
  __builtin_assume(threadIdx.x < 64u);
  const unsigned element = blockIdx.x * 64u + threadIdx.x;
  if (element < 256u) {
    const unsigned channel = element * 4u;
    const float4 rg_lru_scan_value = load<float4>(rg_lru_scan, channel);
    float4 h = rg_lru_scan_value;
    for (unsigned early = 0u; early < 8u; early += 1u) {
      const unsigned slot = (early * 64u + threadIdx.x) * 4u;
      copy_async<4u>(&conv_1d_ahead[slot], &conv_1d[early * 1024u + channel]);
      copy_async<4u>(&y_ahead[slot], &y[early * 1024u + channel]);
      commit_copies();
    }
    const int count_value = count[0u];
    const float4 rg_lru_a_param_value = load<float4>(rg_lru_a_param, channel);
    const float4 exp = expf(-fabsf(rg_lru_a_param_value));
    const float4 div = exp / (exp + spread4(2.0f));
    const float4 mul = div * div;
    const f16x4 a_gate_b_value = load<f16x4>(a_gate_b, channel);
    const f16x4 input_gate_b_value = load<f16x4>(input_gate_b, channel);
    const float4 of_all_turns_0 = spread4(-8.0f) * (maximum(rg_lru_a_param_value, spread4(0.0f)) + select(fabsf(exp) < spread4(0.35f), div * ((((spread4(0.22222222f) * mul + spread4(0.2857143f)) * mul + spread4(0.4f)) * mul + spread4(0.6666667f)) * mul + spread4(2.0f)), logf(exp + spread4(1.0f))));
    for (unsigned step = 0u; step < 128u; step += 1u) {
      await_copies<7u>();
      const unsigned slot_1 = (step % 8u * 64u + threadIdx.x) * 4u;
      const int position_value = position[step];
      const bool first = position_value == 0;
      const unsigned j = channel % 64u;
      const unsigned i = channel / 64u;
      const float4 contract_value = load<float4>(contract, (step * 16u + i) * 64u + j);
      const float4 layers_0_temporal_block_rg_lru_a_gate_b = to_float4(a_gate_b_value);
      const float4 y_1 = contract_value + layers_0_temporal_block_rg_lru_a_gate_b;
      const float4 r = spread4(1.0f) / (expf(-y_1) + spread4(1.0f));
      const float4 log_a = of_all_turns_0 * r;
      const float4 a = select(spread4(first), spread4(0.0f), expf(log_a));
      const float4 decay = select(spread4(int(step) < count_value), a, spread4(1.0f));
      const float4 mul_1 = spread4(2.0f) * log_a;
      const float4 m = select(spread4(first), spread4(1.0f), sqrtf(-select(fabsf(mul_1) < spread4(0.35f), mul_1 * ((((((spread4(0.0001984127f) * mul_1 + spread4(0.0013888889f)) * mul_1 + spread4(0.008333334f)) * mul_1 + spread4(0.041666668f)) * mul_1 + spread4(0.16666667f)) * mul_1 + spread4(0.5f)) * mul_1 + spread4(1.0f)), expf(mul_1) - spread4(1.0f))));
      const float4 contract_1_value = load<float4>(contract_1, (step * 16u + i) * 64u + j);
      const float4 layers_0_temporal_block_rg_lru_input_gate_b = to_float4(input_gate_b_value);
      const float4 y_2 = contract_1_value + layers_0_temporal_block_rg_lru_input_gate_b;
      const float4 i_1 = spread4(1.0f) / (expf(-y_2) + spread4(1.0f));
      const float4 conv_1d_ahead_value = load<float4>(conv_1d_ahead, slot_1);
      h = fmaf(decay, h, select(spread4(int(step) < count_value), m * (i_1 * conv_1d_ahead_value), spread4(0.0f)));
      const float4 h_now_1 = h;
      const float4 y_ahead_value = load<float4>(y_ahead, slot_1);
      store(mul_2, step * 1024u + channel, h_now_1 * y_ahead_value);
      if (step == 127u) {
        store(rg_lru, channel, h_now_1);
      }
      const unsigned later = step + 8u;
      const bool inside_1 = later < 128u;
      const unsigned ahead_1 = min(later, 127u);
      const unsigned slot_2 = (later % 8u * 64u + threadIdx.x) * 4u;
      copy_async<4u>(&conv_1d_ahead[slot_2], &conv_1d[ahead_1 * 1024u + channel], inside_1);
      copy_async<4u>(&y_ahead[slot_2], &y[ahead_1 * 1024u + channel], inside_1);
      commit_copies();
    }
    await_copies<0u>();
  }
}

extern "C" __global__ void __launch_bounds__(64, 4)
contract_r_product(
    const __half* __restrict__ linear_out_w,
    const float* __restrict__ mul,
    const float* __restrict__ x,
    const float* __restrict__ linear_out_b,
    float* __restrict__ r_1) {
  __shared__ __align__(16) __half left_high[1280];
  __shared__ __align__(16) __half left_low[1280];
  __shared__ __align__(16) __half right_tile[4608];
  __shared__ __align__(16) float result_tile[1024];
  __builtin_assume(threadIdx.x < 64u);
  float sums[16];
  float sums_low[16];
  const unsigned top = blockIdx.y * 16u;
  const unsigned leftmost = blockIdx.x * 64u;
  sums[0u] = 0.0f;
  sums[1u] = 0.0f;
  sums[2u] = 0.0f;
  sums[3u] = 0.0f;
  sums[4u] = 0.0f;
  sums[5u] = 0.0f;
  sums[6u] = 0.0f;
  sums[7u] = 0.0f;
  sums[8u] = 0.0f;
  sums[9u] = 0.0f;
  sums[10u] = 0.0f;
  sums[11u] = 0.0f;
  sums[12u] = 0.0f;
  sums[13u] = 0.0f;
  sums[14u] = 0.0f;
  sums[15u] = 0.0f;
  sums_low[0u] = 0.0f;
  sums_low[1u] = 0.0f;
  sums_low[2u] = 0.0f;
  sums_low[3u] = 0.0f;
  sums_low[4u] = 0.0f;
  sums_low[5u] = 0.0f;
  sums_low[6u] = 0.0f;
  sums_low[7u] = 0.0f;
  sums_low[8u] = 0.0f;
  sums_low[9u] = 0.0f;
  sums_low[10u] = 0.0f;
  sums_low[11u] = 0.0f;
  sums_low[12u] = 0.0f;
  sums_low[13u] = 0.0f;
  sums_low[14u] = 0.0f;
  sums_low[15u] = 0.0f;
  const unsigned part = threadIdx.x / 32u;
  const unsigned part_left = part * 32u;
  // the first depth arrives
  for (unsigned part_1 = threadIdx.x; part_1 < 128u; part_1 += 64u) {
    const unsigned row = part_1 / 8u;
    const unsigned term = part_1 % 8u * 4u;
    const unsigned row_1 = top + row;
    const unsigned row_read = min(row_1, 127u);
    const float4 mul_value = load<float4>(mul, row_read * 1024u + term);
    const f16x4 rounded = to_f16x4(mul_value);
    const f16x4 rest = to_f16x4((mul_value - to_float4(rounded)) * spread4(2048.0f));
    const unsigned place = row * 40u + term;
    store(left_high, place, rounded);
    store(left_low, place, rest);
  }
  for (unsigned part_2 = threadIdx.x; part_2 < 256u; part_2 += 64u) {
    const unsigned down = part_2 / 8u;
    const unsigned aside = part_2 % 8u * 8u;
    const unsigned column = leftmost + aside;
    const unsigned column_read = min(column, 760u);
    copy_async<8u>(&right_tile[down * 72u + aside], &linear_out_w[down * 768u + column_read], column < 768u);
  }
  commit_copies();
  for (unsigned start = 0u; start < 1024u; start += 32u) {
    const unsigned half_ = start / 32u % 2u;
    await_copies<0u>();
    __syncthreads();
    const unsigned next = start + 32u;
    // the next depth arrives while this one is multiplied
    if (next < 1024u) {
      for (unsigned part_3 = threadIdx.x; part_3 < 128u; part_3 += 64u) {
        const unsigned row_2 = part_3 / 8u;
        const unsigned term_3 = part_3 % 8u * 4u;
        const unsigned row_3 = top + row_2;
        const unsigned term_4 = next + term_3;
        const unsigned row_read_1 = min(row_3, 127u);
        const float4 mul_value_1 = load<float4>(mul, row_read_1 * 1024u + term_4);
        const f16x4 rounded_1 = to_f16x4(mul_value_1);
        const f16x4 rest_1 = to_f16x4((mul_value_1 - to_float4(rounded_1)) * spread4(2048.0f));
        const unsigned place_1 = (1u - half_) * 640u + row_2 * 40u + term_3;
        store(left_high, place_1, rounded_1);
        store(left_low, place_1, rest_1);
      }
      for (unsigned part_4 = threadIdx.x; part_4 < 256u; part_4 += 64u) {
        const unsigned down_1 = part_4 / 8u;
        const unsigned aside_1 = part_4 % 8u * 8u;
        const unsigned term_5 = next + down_1;
        const unsigned column_1 = leftmost + aside_1;
        const unsigned term_read_1 = min(term_5, 1023u);
        const unsigned column_read_1 = min(column_1, 760u);
        copy_async<8u>(&right_tile[(1u - half_) * 2304u + down_1 * 72u + aside_1], &linear_out_w[term_read_1 * 768u + column_read_1], term_5 < 1024u && column_1 < 768u);
      }
      commit_copies();
    }
    const unsigned left_at = half_ * 640u;
    multiply<16u, 32u, 32u>(sums, &left_high[left_at], 40u, &right_tile[half_ * 2304u + part_left], 72u);
    multiply<16u, 32u, 32u>(sums_low, &left_low[left_at], 40u, &right_tile[half_ * 2304u + part_left], 72u);
  }
  // through workgroup memory, so that what follows is written four columns at a time
  const unsigned own = threadIdx.x % 32u;
  const float sums_low_value = sums_low[0u];
  const float sums_value = sums[0u];
  result_tile[own / 4u * 64u + (part_left + own % 4u * 2u)] = fmaf(sums_low_value, 0.00048828125f, sums_value);
  const float sums_low_value_1 = sums_low[1u];
  const float sums_value_1 = sums[1u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 1u))] = fmaf(sums_low_value_1, 0.00048828125f, sums_value_1);
  const float sums_low_value_2 = sums_low[2u];
  const float sums_value_2 = sums[2u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + own % 4u * 2u)] = fmaf(sums_low_value_2, 0.00048828125f, sums_value_2);
  const float sums_low_value_3 = sums_low[3u];
  const float sums_value_3 = sums[3u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 1u))] = fmaf(sums_low_value_3, 0.00048828125f, sums_value_3);
  const float sums_low_value_4 = sums_low[4u];
  const float sums_value_4 = sums[4u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 8u))] = fmaf(sums_low_value_4, 0.00048828125f, sums_value_4);
  const float sums_low_value_5 = sums_low[5u];
  const float sums_value_5 = sums[5u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 9u))] = fmaf(sums_low_value_5, 0.00048828125f, sums_value_5);
  const float sums_low_value_6 = sums_low[6u];
  const float sums_value_6 = sums[6u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 8u))] = fmaf(sums_low_value_6, 0.00048828125f, sums_value_6);
  const float sums_low_value_7 = sums_low[7u];
  const float sums_value_7 = sums[7u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 9u))] = fmaf(sums_low_value_7, 0.00048828125f, sums_value_7);
  const float sums_low_value_8 = sums_low[8u];
  const float sums_value_8 = sums[8u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 16u))] = fmaf(sums_low_value_8, 0.00048828125f, sums_value_8);
  const float sums_low_value_9 = sums_low[9u];
  const float sums_value_9 = sums[9u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 17u))] = fmaf(sums_low_value_9, 0.00048828125f, sums_value_9);
  const float sums_low_value_10 = sums_low[10u];
  const float sums_value_10 = sums[10u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 16u))] = fmaf(sums_low_value_10, 0.00048828125f, sums_value_10);
  const float sums_low_value_11 = sums_low[11u];
  const float sums_value_11 = sums[11u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 17u))] = fmaf(sums_low_value_11, 0.00048828125f, sums_value_11);
  const float sums_low_value_12 = sums_low[12u];
  const float sums_value_12 = sums[12u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 24u))] = fmaf(sums_low_value_12, 0.00048828125f, sums_value_12);
  const float sums_low_value_13 = sums_low[13u];
  const float sums_value_13 = sums[13u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 25u))] = fmaf(sums_low_value_13, 0.00048828125f, sums_value_13);
  const float sums_low_value_14 = sums_low[14u];
  const float sums_value_14 = sums[14u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 24u))] = fmaf(sums_low_value_14, 0.00048828125f, sums_value_14);
  const float sums_low_value_15 = sums_low[15u];
  const float sums_value_15 = sums[15u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 25u))] = fmaf(sums_low_value_15, 0.00048828125f, sums_value_15);
  __syncthreads();
  for (unsigned part_5 = threadIdx.x; part_5 < 256u; part_5 += 64u) {
    const unsigned row_4 = top + part_5 / 16u;
    const unsigned column_2 = leftmost + part_5 % 16u * 4u;
    const float4 result_tile_value = load<float4>(result_tile, part_5 * 4u);
    if (row_4 < 128u && column_2 < 768u) {
      const float4 x_value = load<float4>(x, row_4 * 768u + column_2);
      const float4 linear_out_b_value = load<float4>(linear_out_b, column_2);
      const float4 linear_out = result_tile_value + linear_out_b_value;
      const float4 r = x_value + linear_out;
      store(r_1, row_4 * 768u + column_2, r);
    }
  }
}

extern "C" __global__ void __launch_bounds__(64, 4)
contract_up_product(
    const __half* __restrict__ up_w,
    const float* __restrict__ channel_pre_norm,
    const float* __restrict__ up_b,
    float* __restrict__ up_1) {
  __shared__ __align__(16) __half left_high[1280];
  __shared__ __align__(16) __half left_low[1280];
  __shared__ __align__(16) __half right_tile[4608];
  __shared__ __align__(16) float result_tile[1024];
  __builtin_assume(threadIdx.x < 64u);
  float sums[16];
  float sums_low[16];
  const unsigned top = blockIdx.y * 16u;
  const unsigned leftmost = blockIdx.x * 64u;
  sums[0u] = 0.0f;
  sums[1u] = 0.0f;
  sums[2u] = 0.0f;
  sums[3u] = 0.0f;
  sums[4u] = 0.0f;
  sums[5u] = 0.0f;
  sums[6u] = 0.0f;
  sums[7u] = 0.0f;
  sums[8u] = 0.0f;
  sums[9u] = 0.0f;
  sums[10u] = 0.0f;
  sums[11u] = 0.0f;
  sums[12u] = 0.0f;
  sums[13u] = 0.0f;
  sums[14u] = 0.0f;
  sums[15u] = 0.0f;
  sums_low[0u] = 0.0f;
  sums_low[1u] = 0.0f;
  sums_low[2u] = 0.0f;
  sums_low[3u] = 0.0f;
  sums_low[4u] = 0.0f;
  sums_low[5u] = 0.0f;
  sums_low[6u] = 0.0f;
  sums_low[7u] = 0.0f;
  sums_low[8u] = 0.0f;
  sums_low[9u] = 0.0f;
  sums_low[10u] = 0.0f;
  sums_low[11u] = 0.0f;
  sums_low[12u] = 0.0f;
  sums_low[13u] = 0.0f;
  sums_low[14u] = 0.0f;
  sums_low[15u] = 0.0f;
  const unsigned part = threadIdx.x / 32u;
  const unsigned part_left = part * 32u;
  // the first depth arrives
  for (unsigned part_1 = threadIdx.x; part_1 < 128u; part_1 += 64u) {
    const unsigned row = part_1 / 8u;
    const unsigned term = part_1 % 8u * 4u;
    const unsigned row_1 = top + row;
    const unsigned row_read = min(row_1, 127u);
    const float4 channel_pre_norm_value = load<float4>(channel_pre_norm, row_read * 768u + term);
    const f16x4 rounded = to_f16x4(channel_pre_norm_value);
    const f16x4 rest = to_f16x4((channel_pre_norm_value - to_float4(rounded)) * spread4(2048.0f));
    const unsigned place = row * 40u + term;
    store(left_high, place, rounded);
    store(left_low, place, rest);
  }
  for (unsigned part_2 = threadIdx.x; part_2 < 256u; part_2 += 64u) {
    const unsigned down = part_2 / 8u;
    const unsigned aside = part_2 % 8u * 8u;
    const unsigned column = leftmost + aside;
    const unsigned column_read = min(column, 2296u);
    copy_async<8u>(&right_tile[down * 72u + aside], &up_w[down * 2304u + column_read], column < 2304u);
  }
  commit_copies();
  for (unsigned start = 0u; start < 768u; start += 32u) {
    const unsigned half_ = start / 32u % 2u;
    await_copies<0u>();
    __syncthreads();
    const unsigned next = start + 32u;
    // the next depth arrives while this one is multiplied
    if (next < 768u) {
      for (unsigned part_3 = threadIdx.x; part_3 < 128u; part_3 += 64u) {
        const unsigned row_2 = part_3 / 8u;
        const unsigned term_3 = part_3 % 8u * 4u;
        const unsigned row_3 = top + row_2;
        const unsigned term_4 = next + term_3;
        const unsigned row_read_1 = min(row_3, 127u);
        const float4 channel_pre_norm_value_1 = load<float4>(channel_pre_norm, row_read_1 * 768u + term_4);
        const f16x4 rounded_1 = to_f16x4(channel_pre_norm_value_1);
        const f16x4 rest_1 = to_f16x4((channel_pre_norm_value_1 - to_float4(rounded_1)) * spread4(2048.0f));
        const unsigned place_1 = (1u - half_) * 640u + row_2 * 40u + term_3;
        store(left_high, place_1, rounded_1);
        store(left_low, place_1, rest_1);
      }
      for (unsigned part_4 = threadIdx.x; part_4 < 256u; part_4 += 64u) {
        const unsigned down_1 = part_4 / 8u;
        const unsigned aside_1 = part_4 % 8u * 8u;
        const unsigned term_5 = next + down_1;
        const unsigned column_1 = leftmost + aside_1;
        const unsigned term_read_1 = min(term_5, 767u);
        const unsigned column_read_1 = min(column_1, 2296u);
        copy_async<8u>(&right_tile[(1u - half_) * 2304u + down_1 * 72u + aside_1], &up_w[term_read_1 * 2304u + column_read_1], term_5 < 768u && column_1 < 2304u);
      }
      commit_copies();
    }
    const unsigned left_at = half_ * 640u;
    multiply<16u, 32u, 32u>(sums, &left_high[left_at], 40u, &right_tile[half_ * 2304u + part_left], 72u);
    multiply<16u, 32u, 32u>(sums_low, &left_low[left_at], 40u, &right_tile[half_ * 2304u + part_left], 72u);
  }
  // through workgroup memory, so that what follows is written four columns at a time
  const unsigned own = threadIdx.x % 32u;
  const float sums_low_value = sums_low[0u];
  const float sums_value = sums[0u];
  result_tile[own / 4u * 64u + (part_left + own % 4u * 2u)] = fmaf(sums_low_value, 0.00048828125f, sums_value);
  const float sums_low_value_1 = sums_low[1u];
  const float sums_value_1 = sums[1u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 1u))] = fmaf(sums_low_value_1, 0.00048828125f, sums_value_1);
  const float sums_low_value_2 = sums_low[2u];
  const float sums_value_2 = sums[2u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + own % 4u * 2u)] = fmaf(sums_low_value_2, 0.00048828125f, sums_value_2);
  const float sums_low_value_3 = sums_low[3u];
  const float sums_value_3 = sums[3u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 1u))] = fmaf(sums_low_value_3, 0.00048828125f, sums_value_3);
  const float sums_low_value_4 = sums_low[4u];
  const float sums_value_4 = sums[4u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 8u))] = fmaf(sums_low_value_4, 0.00048828125f, sums_value_4);
  const float sums_low_value_5 = sums_low[5u];
  const float sums_value_5 = sums[5u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 9u))] = fmaf(sums_low_value_5, 0.00048828125f, sums_value_5);
  const float sums_low_value_6 = sums_low[6u];
  const float sums_value_6 = sums[6u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 8u))] = fmaf(sums_low_value_6, 0.00048828125f, sums_value_6);
  const float sums_low_value_7 = sums_low[7u];
  const float sums_value_7 = sums[7u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 9u))] = fmaf(sums_low_value_7, 0.00048828125f, sums_value_7);
  const float sums_low_value_8 = sums_low[8u];
  const float sums_value_8 = sums[8u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 16u))] = fmaf(sums_low_value_8, 0.00048828125f, sums_value_8);
  const float sums_low_value_9 = sums_low[9u];
  const float sums_value_9 = sums[9u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 17u))] = fmaf(sums_low_value_9, 0.00048828125f, sums_value_9);
  const float sums_low_value_10 = sums_low[10u];
  const float sums_value_10 = sums[10u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 16u))] = fmaf(sums_low_value_10, 0.00048828125f, sums_value_10);
  const float sums_low_value_11 = sums_low[11u];
  const float sums_value_11 = sums[11u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 17u))] = fmaf(sums_low_value_11, 0.00048828125f, sums_value_11);
  const float sums_low_value_12 = sums_low[12u];
  const float sums_value_12 = sums[12u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 24u))] = fmaf(sums_low_value_12, 0.00048828125f, sums_value_12);
  const float sums_low_value_13 = sums_low[13u];
  const float sums_value_13 = sums[13u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 25u))] = fmaf(sums_low_value_13, 0.00048828125f, sums_value_13);
  const float sums_low_value_14 = sums_low[14u];
  const float sums_value_14 = sums[14u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 24u))] = fmaf(sums_low_value_14, 0.00048828125f, sums_value_14);
  const float sums_low_value_15 = sums_low[15u];
  const float sums_value_15 = sums[15u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 25u))] = fmaf(sums_low_value_15, 0.00048828125f, sums_value_15);
  __syncthreads();
  for (unsigned part_5 = threadIdx.x; part_5 < 256u; part_5 += 64u) {
    const unsigned row_4 = top + part_5 / 16u;
    const unsigned column_2 = leftmost + part_5 % 16u * 4u;
    const float4 result_tile_value = load<float4>(result_tile, part_5 * 4u);
    if (row_4 < 128u && column_2 < 2304u) {
      const float4 up_b_value = load<float4>(up_b, column_2);
      const float4 up = result_tile_value + up_b_value;
      store(up_1, row_4 * 2304u + column_2, up);
    }
  }
}

extern "C" __global__ void __launch_bounds__(64, 4)
contract_product_2(
    const __half* __restrict__ gate_w,
    const float* __restrict__ channel_pre_norm,
    const float* __restrict__ gate_b,
    const float* __restrict__ up,
    float* __restrict__ mul) {
  __shared__ __align__(16) __half left_high[1280];
  __shared__ __align__(16) __half left_low[1280];
  __shared__ __align__(16) __half right_tile[4608];
  __shared__ __align__(16) float result_tile[1024];
  __builtin_assume(threadIdx.x < 64u);
  float sums[16];
  float sums_low[16];
  const unsigned top = blockIdx.y * 16u;
  const unsigned leftmost = blockIdx.x * 64u;
  sums[0u] = 0.0f;
  sums[1u] = 0.0f;
  sums[2u] = 0.0f;
  sums[3u] = 0.0f;
  sums[4u] = 0.0f;
  sums[5u] = 0.0f;
  sums[6u] = 0.0f;
  sums[7u] = 0.0f;
  sums[8u] = 0.0f;
  sums[9u] = 0.0f;
  sums[10u] = 0.0f;
  sums[11u] = 0.0f;
  sums[12u] = 0.0f;
  sums[13u] = 0.0f;
  sums[14u] = 0.0f;
  sums[15u] = 0.0f;
  sums_low[0u] = 0.0f;
  sums_low[1u] = 0.0f;
  sums_low[2u] = 0.0f;
  sums_low[3u] = 0.0f;
  sums_low[4u] = 0.0f;
  sums_low[5u] = 0.0f;
  sums_low[6u] = 0.0f;
  sums_low[7u] = 0.0f;
  sums_low[8u] = 0.0f;
  sums_low[9u] = 0.0f;
  sums_low[10u] = 0.0f;
  sums_low[11u] = 0.0f;
  sums_low[12u] = 0.0f;
  sums_low[13u] = 0.0f;
  sums_low[14u] = 0.0f;
  sums_low[15u] = 0.0f;
  const unsigned part = threadIdx.x / 32u;
  const unsigned part_left = part * 32u;
  // the first depth arrives
  for (unsigned part_1 = threadIdx.x; part_1 < 128u; part_1 += 64u) {
    const unsigned row = part_1 / 8u;
    const unsigned term = part_1 % 8u * 4u;
    const unsigned row_1 = top + row;
    const unsigned row_read = min(row_1, 127u);
    const float4 channel_pre_norm_value = load<float4>(channel_pre_norm, row_read * 768u + term);
    const f16x4 rounded = to_f16x4(channel_pre_norm_value);
    const f16x4 rest = to_f16x4((channel_pre_norm_value - to_float4(rounded)) * spread4(2048.0f));
    const unsigned place = row * 40u + term;
    store(left_high, place, rounded);
    store(left_low, place, rest);
  }
  for (unsigned part_2 = threadIdx.x; part_2 < 256u; part_2 += 64u) {
    const unsigned down = part_2 / 8u;
    const unsigned aside = part_2 % 8u * 8u;
    const unsigned column = leftmost + aside;
    const unsigned column_read = min(column, 2296u);
    copy_async<8u>(&right_tile[down * 72u + aside], &gate_w[down * 2304u + column_read], column < 2304u);
  }
  commit_copies();
  for (unsigned start = 0u; start < 768u; start += 32u) {
    const unsigned half_ = start / 32u % 2u;
    await_copies<0u>();
    __syncthreads();
    const unsigned next = start + 32u;
    // the next depth arrives while this one is multiplied
    if (next < 768u) {
      for (unsigned part_3 = threadIdx.x; part_3 < 128u; part_3 += 64u) {
        const unsigned row_2 = part_3 / 8u;
        const unsigned term_3 = part_3 % 8u * 4u;
        const unsigned row_3 = top + row_2;
        const unsigned term_4 = next + term_3;
        const unsigned row_read_1 = min(row_3, 127u);
        const float4 channel_pre_norm_value_1 = load<float4>(channel_pre_norm, row_read_1 * 768u + term_4);
        const f16x4 rounded_1 = to_f16x4(channel_pre_norm_value_1);
        const f16x4 rest_1 = to_f16x4((channel_pre_norm_value_1 - to_float4(rounded_1)) * spread4(2048.0f));
        const unsigned place_1 = (1u - half_) * 640u + row_2 * 40u + term_3;
        store(left_high, place_1, rounded_1);
        store(left_low, place_1, rest_1);
      }
      for (unsigned part_4 = threadIdx.x; part_4 < 256u; part_4 += 64u) {
        const unsigned down_1 = part_4 / 8u;
        const unsigned aside_1 = part_4 % 8u * 8u;
        const unsigned term_5 = next + down_1;
        const unsigned column_1 = leftmost + aside_1;
        const unsigned term_read_1 = min(term_5, 767u);
        const unsigned column_read_1 = min(column_1, 2296u);
        copy_async<8u>(&right_tile[(1u - half_) * 2304u + down_1 * 72u + aside_1], &gate_w[term_read_1 * 2304u + column_read_1], term_5 < 768u && column_1 < 2304u);
      }
      commit_copies();
    }
    const unsigned left_at = half_ * 640u;
    multiply<16u, 32u, 32u>(sums, &left_high[left_at], 40u, &right_tile[half_ * 2304u + part_left], 72u);
    multiply<16u, 32u, 32u>(sums_low, &left_low[left_at], 40u, &right_tile[half_ * 2304u + part_left], 72u);
  }
  // through workgroup memory, so that what follows is written four columns at a time
  const unsigned own = threadIdx.x % 32u;
  const float sums_low_value = sums_low[0u];
  const float sums_value = sums[0u];
  result_tile[own / 4u * 64u + (part_left + own % 4u * 2u)] = fmaf(sums_low_value, 0.00048828125f, sums_value);
  const float sums_low_value_1 = sums_low[1u];
  const float sums_value_1 = sums[1u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 1u))] = fmaf(sums_low_value_1, 0.00048828125f, sums_value_1);
  const float sums_low_value_2 = sums_low[2u];
  const float sums_value_2 = sums[2u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + own % 4u * 2u)] = fmaf(sums_low_value_2, 0.00048828125f, sums_value_2);
  const float sums_low_value_3 = sums_low[3u];
  const float sums_value_3 = sums[3u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 1u))] = fmaf(sums_low_value_3, 0.00048828125f, sums_value_3);
  const float sums_low_value_4 = sums_low[4u];
  const float sums_value_4 = sums[4u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 8u))] = fmaf(sums_low_value_4, 0.00048828125f, sums_value_4);
  const float sums_low_value_5 = sums_low[5u];
  const float sums_value_5 = sums[5u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 9u))] = fmaf(sums_low_value_5, 0.00048828125f, sums_value_5);
  const float sums_low_value_6 = sums_low[6u];
  const float sums_value_6 = sums[6u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 8u))] = fmaf(sums_low_value_6, 0.00048828125f, sums_value_6);
  const float sums_low_value_7 = sums_low[7u];
  const float sums_value_7 = sums[7u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 9u))] = fmaf(sums_low_value_7, 0.00048828125f, sums_value_7);
  const float sums_low_value_8 = sums_low[8u];
  const float sums_value_8 = sums[8u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 16u))] = fmaf(sums_low_value_8, 0.00048828125f, sums_value_8);
  const float sums_low_value_9 = sums_low[9u];
  const float sums_value_9 = sums[9u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 17u))] = fmaf(sums_low_value_9, 0.00048828125f, sums_value_9);
  const float sums_low_value_10 = sums_low[10u];
  const float sums_value_10 = sums[10u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 16u))] = fmaf(sums_low_value_10, 0.00048828125f, sums_value_10);
  const float sums_low_value_11 = sums_low[11u];
  const float sums_value_11 = sums[11u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 17u))] = fmaf(sums_low_value_11, 0.00048828125f, sums_value_11);
  const float sums_low_value_12 = sums_low[12u];
  const float sums_value_12 = sums[12u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 24u))] = fmaf(sums_low_value_12, 0.00048828125f, sums_value_12);
  const float sums_low_value_13 = sums_low[13u];
  const float sums_value_13 = sums[13u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 25u))] = fmaf(sums_low_value_13, 0.00048828125f, sums_value_13);
  const float sums_low_value_14 = sums_low[14u];
  const float sums_value_14 = sums[14u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 24u))] = fmaf(sums_low_value_14, 0.00048828125f, sums_value_14);
  const float sums_low_value_15 = sums_low[15u];
  const float sums_value_15 = sums[15u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 25u))] = fmaf(sums_low_value_15, 0.00048828125f, sums_value_15);
  __syncthreads();
  for (unsigned part_5 = threadIdx.x; part_5 < 256u; part_5 += 64u) {
    const unsigned row_4 = top + part_5 / 16u;
    const unsigned column_2 = leftmost + part_5 % 16u * 4u;
    const float4 result_tile_value = load<float4>(result_tile, part_5 * 4u);
    if (row_4 < 128u && column_2 < 2304u) {
      const float4 gate_b_value = load<float4>(gate_b, column_2);
      const float4 gate = result_tile_value + gate_b_value;
      const float4 g = gate * spread4(0.5f) * (tanhf((gate + gate * gate * gate * spread4(0.044715f)) * spread4(0.7978846f)) + spread4(1.0f));
      const float4 up_value = load<float4>(up, row_4 * 2304u + column_2);
      store(mul, row_4 * 2304u + column_2, g * up_value);
    }
  }
}

extern "C" __global__ void __launch_bounds__(64, 4)
contract_layers_0_product(
    const __half* __restrict__ down_w,
    const float* __restrict__ mul,
    const float* __restrict__ r,
    const float* __restrict__ down_b,
    float* __restrict__ layers) {
  __shared__ __align__(16) __half left_high[1280];
  __shared__ __align__(16) __half left_low[1280];
  __shared__ __align__(16) __half right_tile[4608];
  __shared__ __align__(16) float result_tile[1024];
  __builtin_assume(threadIdx.x < 64u);
  float sums[16];
  float sums_low[16];
  const unsigned top = blockIdx.y * 16u;
  const unsigned leftmost = blockIdx.x * 64u;
  sums[0u] = 0.0f;
  sums[1u] = 0.0f;
  sums[2u] = 0.0f;
  sums[3u] = 0.0f;
  sums[4u] = 0.0f;
  sums[5u] = 0.0f;
  sums[6u] = 0.0f;
  sums[7u] = 0.0f;
  sums[8u] = 0.0f;
  sums[9u] = 0.0f;
  sums[10u] = 0.0f;
  sums[11u] = 0.0f;
  sums[12u] = 0.0f;
  sums[13u] = 0.0f;
  sums[14u] = 0.0f;
  sums[15u] = 0.0f;
  sums_low[0u] = 0.0f;
  sums_low[1u] = 0.0f;
  sums_low[2u] = 0.0f;
  sums_low[3u] = 0.0f;
  sums_low[4u] = 0.0f;
  sums_low[5u] = 0.0f;
  sums_low[6u] = 0.0f;
  sums_low[7u] = 0.0f;
  sums_low[8u] = 0.0f;
  sums_low[9u] = 0.0f;
  sums_low[10u] = 0.0f;
  sums_low[11u] = 0.0f;
  sums_low[12u] = 0.0f;
  sums_low[13u] = 0.0f;
  sums_low[14u] = 0.0f;
  sums_low[15u] = 0.0f;
  const unsigned part = threadIdx.x / 32u;
  const unsigned part_left = part * 32u;
  // the first depth arrives
  for (unsigned part_1 = threadIdx.x; part_1 < 128u; part_1 += 64u) {
    const unsigned row = part_1 / 8u;
    const unsigned term = part_1 % 8u * 4u;
    const unsigned row_1 = top + row;
    const unsigned row_read = min(row_1, 127u);
    const float4 mul_value = load<float4>(mul, row_read * 2304u + term);
    const f16x4 rounded = to_f16x4(mul_value);
    const f16x4 rest = to_f16x4((mul_value - to_float4(rounded)) * spread4(2048.0f));
    const unsigned place = row * 40u + term;
    store(left_high, place, rounded);
    store(left_low, place, rest);
  }
  for (unsigned part_2 = threadIdx.x; part_2 < 256u; part_2 += 64u) {
    const unsigned down = part_2 / 8u;
    const unsigned aside = part_2 % 8u * 8u;
    const unsigned column = leftmost + aside;
    const unsigned column_read = min(column, 760u);
    copy_async<8u>(&right_tile[down * 72u + aside], &down_w[down * 768u + column_read], column < 768u);
  }
  commit_copies();
  for (unsigned start = 0u; start < 2304u; start += 32u) {
    const unsigned half_ = start / 32u % 2u;
    await_copies<0u>();
    __syncthreads();
    const unsigned next = start + 32u;
    // the next depth arrives while this one is multiplied
    if (next < 2304u) {
      for (unsigned part_3 = threadIdx.x; part_3 < 128u; part_3 += 64u) {
        const unsigned row_2 = part_3 / 8u;
        const unsigned term_3 = part_3 % 8u * 4u;
        const unsigned row_3 = top + row_2;
        const unsigned term_4 = next + term_3;
        const unsigned row_read_1 = min(row_3, 127u);
        const float4 mul_value_1 = load<float4>(mul, row_read_1 * 2304u + term_4);
        const f16x4 rounded_1 = to_f16x4(mul_value_1);
        const f16x4 rest_1 = to_f16x4((mul_value_1 - to_float4(rounded_1)) * spread4(2048.0f));
        const unsigned place_1 = (1u - half_) * 640u + row_2 * 40u + term_3;
        store(left_high, place_1, rounded_1);
        store(left_low, place_1, rest_1);
      }
      for (unsigned part_4 = threadIdx.x; part_4 < 256u; part_4 += 64u) {
        const unsigned down_1 = part_4 / 8u;
        const unsigned aside_1 = part_4 % 8u * 8u;
        const unsigned term_5 = next + down_1;
        const unsigned column_1 = leftmost + aside_1;
        const unsigned term_read_1 = min(term_5, 2303u);
        const unsigned column_read_1 = min(column_1, 760u);
        copy_async<8u>(&right_tile[(1u - half_) * 2304u + down_1 * 72u + aside_1], &down_w[term_read_1 * 768u + column_read_1], term_5 < 2304u && column_1 < 768u);
      }
      commit_copies();
    }
    const unsigned left_at = half_ * 640u;
    multiply<16u, 32u, 32u>(sums, &left_high[left_at], 40u, &right_tile[half_ * 2304u + part_left], 72u);
    multiply<16u, 32u, 32u>(sums_low, &left_low[left_at], 40u, &right_tile[half_ * 2304u + part_left], 72u);
  }
  // through workgroup memory, so that what follows is written four columns at a time
  const unsigned own = threadIdx.x % 32u;
  const float sums_low_value = sums_low[0u];
  const float sums_value = sums[0u];
  result_tile[own / 4u * 64u + (part_left + own % 4u * 2u)] = fmaf(sums_low_value, 0.00048828125f, sums_value);
  const float sums_low_value_1 = sums_low[1u];
  const float sums_value_1 = sums[1u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 1u))] = fmaf(sums_low_value_1, 0.00048828125f, sums_value_1);
  const float sums_low_value_2 = sums_low[2u];
  const float sums_value_2 = sums[2u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + own % 4u * 2u)] = fmaf(sums_low_value_2, 0.00048828125f, sums_value_2);
  const float sums_low_value_3 = sums_low[3u];
  const float sums_value_3 = sums[3u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 1u))] = fmaf(sums_low_value_3, 0.00048828125f, sums_value_3);
  const float sums_low_value_4 = sums_low[4u];
  const float sums_value_4 = sums[4u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 8u))] = fmaf(sums_low_value_4, 0.00048828125f, sums_value_4);
  const float sums_low_value_5 = sums_low[5u];
  const float sums_value_5 = sums[5u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 9u))] = fmaf(sums_low_value_5, 0.00048828125f, sums_value_5);
  const float sums_low_value_6 = sums_low[6u];
  const float sums_value_6 = sums[6u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 8u))] = fmaf(sums_low_value_6, 0.00048828125f, sums_value_6);
  const float sums_low_value_7 = sums_low[7u];
  const float sums_value_7 = sums[7u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 9u))] = fmaf(sums_low_value_7, 0.00048828125f, sums_value_7);
  const float sums_low_value_8 = sums_low[8u];
  const float sums_value_8 = sums[8u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 16u))] = fmaf(sums_low_value_8, 0.00048828125f, sums_value_8);
  const float sums_low_value_9 = sums_low[9u];
  const float sums_value_9 = sums[9u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 17u))] = fmaf(sums_low_value_9, 0.00048828125f, sums_value_9);
  const float sums_low_value_10 = sums_low[10u];
  const float sums_value_10 = sums[10u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 16u))] = fmaf(sums_low_value_10, 0.00048828125f, sums_value_10);
  const float sums_low_value_11 = sums_low[11u];
  const float sums_value_11 = sums[11u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 17u))] = fmaf(sums_low_value_11, 0.00048828125f, sums_value_11);
  const float sums_low_value_12 = sums_low[12u];
  const float sums_value_12 = sums[12u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 24u))] = fmaf(sums_low_value_12, 0.00048828125f, sums_value_12);
  const float sums_low_value_13 = sums_low[13u];
  const float sums_value_13 = sums[13u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 25u))] = fmaf(sums_low_value_13, 0.00048828125f, sums_value_13);
  const float sums_low_value_14 = sums_low[14u];
  const float sums_value_14 = sums[14u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 24u))] = fmaf(sums_low_value_14, 0.00048828125f, sums_value_14);
  const float sums_low_value_15 = sums_low[15u];
  const float sums_value_15 = sums[15u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 25u))] = fmaf(sums_low_value_15, 0.00048828125f, sums_value_15);
  __syncthreads();
  for (unsigned part_5 = threadIdx.x; part_5 < 256u; part_5 += 64u) {
    const unsigned row_4 = top + part_5 / 16u;
    const unsigned column_2 = leftmost + part_5 % 16u * 4u;
    const float4 result_tile_value = load<float4>(result_tile, part_5 * 4u);
    if (row_4 < 128u && column_2 < 768u) {
      const float4 r_value = load<float4>(r, row_4 * 768u + column_2);
      const float4 down_b_value = load<float4>(down_b, column_2);
      const float4 down_2 = result_tile_value + down_b_value;
      const float4 layers_0 = r_value + down_2;
      store(layers, row_4 * 768u + column_2, layers_0);
    }
  }
}

extern "C" __global__ void __launch_bounds__(64, 4)
elementwise(
    const int* __restrict__ count,
    const float* __restrict__ layers,
    float* __restrict__ layers_1) {
  __builtin_assume(threadIdx.x < 64u);
  const unsigned element = blockIdx.x * 64u + threadIdx.x;
  if (element < 192u) {
    const int count_value = count[0u];
    const unsigned row = min(unsigned(max(int(unsigned(count_value) - 1u), 0)), 127u);
    const float4 layers_value = load<float4>(layers, row * 768u + element * 4u);
    store(layers_1, element * 4u, layers_value);
  }
}

extern "C" __global__ void __launch_bounds__(64, 4)
contract_proj_q_product(
    const __half* __restrict__ proj_q_w,
    const float* __restrict__ temporal_pre_norm,
    float* __restrict__ proj_q) {
  __shared__ __align__(16) __half left_high[1280];
  __shared__ __align__(16) __half left_low[1280];
  __shared__ __align__(16) __half right_tile[4608];
  __shared__ __align__(16) float result_tile[1024];
  __builtin_assume(threadIdx.x < 64u);
  float sums[16];
  float sums_low[16];
  const unsigned top = blockIdx.y * 16u;
  const unsigned leftmost = blockIdx.x * 64u;
  sums[0u] = 0.0f;
  sums[1u] = 0.0f;
  sums[2u] = 0.0f;
  sums[3u] = 0.0f;
  sums[4u] = 0.0f;
  sums[5u] = 0.0f;
  sums[6u] = 0.0f;
  sums[7u] = 0.0f;
  sums[8u] = 0.0f;
  sums[9u] = 0.0f;
  sums[10u] = 0.0f;
  sums[11u] = 0.0f;
  sums[12u] = 0.0f;
  sums[13u] = 0.0f;
  sums[14u] = 0.0f;
  sums[15u] = 0.0f;
  sums_low[0u] = 0.0f;
  sums_low[1u] = 0.0f;
  sums_low[2u] = 0.0f;
  sums_low[3u] = 0.0f;
  sums_low[4u] = 0.0f;
  sums_low[5u] = 0.0f;
  sums_low[6u] = 0.0f;
  sums_low[7u] = 0.0f;
  sums_low[8u] = 0.0f;
  sums_low[9u] = 0.0f;
  sums_low[10u] = 0.0f;
  sums_low[11u] = 0.0f;
  sums_low[12u] = 0.0f;
  sums_low[13u] = 0.0f;
  sums_low[14u] = 0.0f;
  sums_low[15u] = 0.0f;
  const unsigned part = threadIdx.x / 32u;
  const unsigned part_left = part * 32u;
  // the first depth arrives
  for (unsigned part_1 = threadIdx.x; part_1 < 128u; part_1 += 64u) {
    const unsigned row = part_1 / 8u;
    const unsigned term = part_1 % 8u * 4u;
    const unsigned row_1 = top + row;
    const unsigned row_read = min(row_1, 127u);
    const float4 temporal_pre_norm_value = load<float4>(temporal_pre_norm, row_read * 768u + term);
    const f16x4 rounded = to_f16x4(temporal_pre_norm_value);
    const f16x4 rest = to_f16x4((temporal_pre_norm_value - to_float4(rounded)) * spread4(2048.0f));
    const unsigned place = row * 40u + term;
    store(left_high, place, rounded);
    store(left_low, place, rest);
  }
  for (unsigned part_2 = threadIdx.x; part_2 < 256u; part_2 += 64u) {
    const unsigned down = part_2 / 8u;
    const unsigned aside = part_2 % 8u * 8u;
    const unsigned column = leftmost + aside;
    const unsigned column_read = min(column, 760u);
    copy_async<8u>(&right_tile[down * 72u + aside], &proj_q_w[down * 768u + column_read], column < 768u);
  }
  commit_copies();
  for (unsigned start = 0u; start < 768u; start += 32u) {
    const unsigned half_ = start / 32u % 2u;
    await_copies<0u>();
    __syncthreads();
    const unsigned next = start + 32u;
    // the next depth arrives while this one is multiplied
    if (next < 768u) {
      for (unsigned part_3 = threadIdx.x; part_3 < 128u; part_3 += 64u) {
        const unsigned row_2 = part_3 / 8u;
        const unsigned term_3 = part_3 % 8u * 4u;
        const unsigned row_3 = top + row_2;
        const unsigned term_4 = next + term_3;
        const unsigned row_read_1 = min(row_3, 127u);
        const float4 temporal_pre_norm_value_1 = load<float4>(temporal_pre_norm, row_read_1 * 768u + term_4);
        const f16x4 rounded_1 = to_f16x4(temporal_pre_norm_value_1);
        const f16x4 rest_1 = to_f16x4((temporal_pre_norm_value_1 - to_float4(rounded_1)) * spread4(2048.0f));
        const unsigned place_1 = (1u - half_) * 640u + row_2 * 40u + term_3;
        store(left_high, place_1, rounded_1);
        store(left_low, place_1, rest_1);
      }
      for (unsigned part_4 = threadIdx.x; part_4 < 256u; part_4 += 64u) {
        const unsigned down_1 = part_4 / 8u;
        const unsigned aside_1 = part_4 % 8u * 8u;
        const unsigned term_5 = next + down_1;
        const unsigned column_1 = leftmost + aside_1;
        const unsigned term_read_1 = min(term_5, 767u);
        const unsigned column_read_1 = min(column_1, 760u);
        copy_async<8u>(&right_tile[(1u - half_) * 2304u + down_1 * 72u + aside_1], &proj_q_w[term_read_1 * 768u + column_read_1], term_5 < 768u && column_1 < 768u);
      }
      commit_copies();
    }
    const unsigned left_at = half_ * 640u;
    multiply<16u, 32u, 32u>(sums, &left_high[left_at], 40u, &right_tile[half_ * 2304u + part_left], 72u);
    multiply<16u, 32u, 32u>(sums_low, &left_low[left_at], 40u, &right_tile[half_ * 2304u + part_left], 72u);
  }
  // through workgroup memory, so that what follows is written four columns at a time
  const unsigned own = threadIdx.x % 32u;
  const float sums_low_value = sums_low[0u];
  const float sums_value = sums[0u];
  result_tile[own / 4u * 64u + (part_left + own % 4u * 2u)] = fmaf(sums_low_value, 0.00048828125f, sums_value);
  const float sums_low_value_1 = sums_low[1u];
  const float sums_value_1 = sums[1u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 1u))] = fmaf(sums_low_value_1, 0.00048828125f, sums_value_1);
  const float sums_low_value_2 = sums_low[2u];
  const float sums_value_2 = sums[2u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + own % 4u * 2u)] = fmaf(sums_low_value_2, 0.00048828125f, sums_value_2);
  const float sums_low_value_3 = sums_low[3u];
  const float sums_value_3 = sums[3u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 1u))] = fmaf(sums_low_value_3, 0.00048828125f, sums_value_3);
  const float sums_low_value_4 = sums_low[4u];
  const float sums_value_4 = sums[4u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 8u))] = fmaf(sums_low_value_4, 0.00048828125f, sums_value_4);
  const float sums_low_value_5 = sums_low[5u];
  const float sums_value_5 = sums[5u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 9u))] = fmaf(sums_low_value_5, 0.00048828125f, sums_value_5);
  const float sums_low_value_6 = sums_low[6u];
  const float sums_value_6 = sums[6u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 8u))] = fmaf(sums_low_value_6, 0.00048828125f, sums_value_6);
  const float sums_low_value_7 = sums_low[7u];
  const float sums_value_7 = sums[7u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 9u))] = fmaf(sums_low_value_7, 0.00048828125f, sums_value_7);
  const float sums_low_value_8 = sums_low[8u];
  const float sums_value_8 = sums[8u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 16u))] = fmaf(sums_low_value_8, 0.00048828125f, sums_value_8);
  const float sums_low_value_9 = sums_low[9u];
  const float sums_value_9 = sums[9u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 17u))] = fmaf(sums_low_value_9, 0.00048828125f, sums_value_9);
  const float sums_low_value_10 = sums_low[10u];
  const float sums_value_10 = sums[10u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 16u))] = fmaf(sums_low_value_10, 0.00048828125f, sums_value_10);
  const float sums_low_value_11 = sums_low[11u];
  const float sums_value_11 = sums[11u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 17u))] = fmaf(sums_low_value_11, 0.00048828125f, sums_value_11);
  const float sums_low_value_12 = sums_low[12u];
  const float sums_value_12 = sums[12u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 24u))] = fmaf(sums_low_value_12, 0.00048828125f, sums_value_12);
  const float sums_low_value_13 = sums_low[13u];
  const float sums_value_13 = sums[13u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 25u))] = fmaf(sums_low_value_13, 0.00048828125f, sums_value_13);
  const float sums_low_value_14 = sums_low[14u];
  const float sums_value_14 = sums[14u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 24u))] = fmaf(sums_low_value_14, 0.00048828125f, sums_value_14);
  const float sums_low_value_15 = sums_low[15u];
  const float sums_value_15 = sums[15u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 25u))] = fmaf(sums_low_value_15, 0.00048828125f, sums_value_15);
  __syncthreads();
  for (unsigned part_5 = threadIdx.x; part_5 < 256u; part_5 += 64u) {
    const unsigned row_4 = top + part_5 / 16u;
    const unsigned column_2 = leftmost + part_5 % 16u * 4u;
    const float4 result_tile_value = load<float4>(result_tile, part_5 * 4u);
    if (row_4 < 128u && column_2 < 768u) {
      store(proj_q, row_4 * 768u + column_2, result_tile_value);
    }
  }
}

extern "C" __global__ void __launch_bounds__(64, 4)
contract_proj_k_product(
    const __half* __restrict__ proj_k_w,
    const float* __restrict__ temporal_pre_norm,
    float* __restrict__ proj_k) {
  __shared__ __align__(16) __half left_high[1280];
  __shared__ __align__(16) __half left_low[1280];
  __shared__ __align__(16) __half right_tile[4608];
  __shared__ __align__(16) float result_tile[1024];
  __builtin_assume(threadIdx.x < 64u);
  float sums[16];
  float sums_low[16];
  const unsigned top = blockIdx.y * 16u;
  const unsigned leftmost = blockIdx.x * 64u;
  sums[0u] = 0.0f;
  sums[1u] = 0.0f;
  sums[2u] = 0.0f;
  sums[3u] = 0.0f;
  sums[4u] = 0.0f;
  sums[5u] = 0.0f;
  sums[6u] = 0.0f;
  sums[7u] = 0.0f;
  sums[8u] = 0.0f;
  sums[9u] = 0.0f;
  sums[10u] = 0.0f;
  sums[11u] = 0.0f;
  sums[12u] = 0.0f;
  sums[13u] = 0.0f;
  sums[14u] = 0.0f;
  sums[15u] = 0.0f;
  sums_low[0u] = 0.0f;
  sums_low[1u] = 0.0f;
  sums_low[2u] = 0.0f;
  sums_low[3u] = 0.0f;
  sums_low[4u] = 0.0f;
  sums_low[5u] = 0.0f;
  sums_low[6u] = 0.0f;
  sums_low[7u] = 0.0f;
  sums_low[8u] = 0.0f;
  sums_low[9u] = 0.0f;
  sums_low[10u] = 0.0f;
  sums_low[11u] = 0.0f;
  sums_low[12u] = 0.0f;
  sums_low[13u] = 0.0f;
  sums_low[14u] = 0.0f;
  sums_low[15u] = 0.0f;
  const unsigned part = threadIdx.x / 32u;
  const unsigned part_left = part * 32u;
  // the first depth arrives
  for (unsigned part_1 = threadIdx.x; part_1 < 128u; part_1 += 64u) {
    const unsigned row = part_1 / 8u;
    const unsigned term = part_1 % 8u * 4u;
    const unsigned row_1 = top + row;
    const unsigned row_read = min(row_1, 127u);
    const float4 temporal_pre_norm_value = load<float4>(temporal_pre_norm, row_read * 768u + term);
    const f16x4 rounded = to_f16x4(temporal_pre_norm_value);
    const f16x4 rest = to_f16x4((temporal_pre_norm_value - to_float4(rounded)) * spread4(2048.0f));
    const unsigned place = row * 40u + term;
    store(left_high, place, rounded);
    store(left_low, place, rest);
  }
  for (unsigned part_2 = threadIdx.x; part_2 < 256u; part_2 += 64u) {
    const unsigned down = part_2 / 8u;
    const unsigned aside = part_2 % 8u * 8u;
    const unsigned column = leftmost + aside;
    const unsigned column_read = min(column, 120u);
    copy_async<8u>(&right_tile[down * 72u + aside], &proj_k_w[down * 128u + column_read], column < 128u);
  }
  commit_copies();
  for (unsigned start = 0u; start < 768u; start += 32u) {
    const unsigned half_ = start / 32u % 2u;
    await_copies<0u>();
    __syncthreads();
    const unsigned next = start + 32u;
    // the next depth arrives while this one is multiplied
    if (next < 768u) {
      for (unsigned part_3 = threadIdx.x; part_3 < 128u; part_3 += 64u) {
        const unsigned row_2 = part_3 / 8u;
        const unsigned term_3 = part_3 % 8u * 4u;
        const unsigned row_3 = top + row_2;
        const unsigned term_4 = next + term_3;
        const unsigned row_read_1 = min(row_3, 127u);
        const float4 temporal_pre_norm_value_1 = load<float4>(temporal_pre_norm, row_read_1 * 768u + term_4);
        const f16x4 rounded_1 = to_f16x4(temporal_pre_norm_value_1);
        const f16x4 rest_1 = to_f16x4((temporal_pre_norm_value_1 - to_float4(rounded_1)) * spread4(2048.0f));
        const unsigned place_1 = (1u - half_) * 640u + row_2 * 40u + term_3;
        store(left_high, place_1, rounded_1);
        store(left_low, place_1, rest_1);
      }
      for (unsigned part_4 = threadIdx.x; part_4 < 256u; part_4 += 64u) {
        const unsigned down_1 = part_4 / 8u;
        const unsigned aside_1 = part_4 % 8u * 8u;
        const unsigned term_5 = next + down_1;
        const unsigned column_1 = leftmost + aside_1;
        const unsigned term_read_1 = min(term_5, 767u);
        const unsigned column_read_1 = min(column_1, 120u);
        copy_async<8u>(&right_tile[(1u - half_) * 2304u + down_1 * 72u + aside_1], &proj_k_w[term_read_1 * 128u + column_read_1], term_5 < 768u && column_1 < 128u);
      }
      commit_copies();
    }
    const unsigned left_at = half_ * 640u;
    multiply<16u, 32u, 32u>(sums, &left_high[left_at], 40u, &right_tile[half_ * 2304u + part_left], 72u);
    multiply<16u, 32u, 32u>(sums_low, &left_low[left_at], 40u, &right_tile[half_ * 2304u + part_left], 72u);
  }
  // through workgroup memory, so that what follows is written four columns at a time
  const unsigned own = threadIdx.x % 32u;
  const float sums_low_value = sums_low[0u];
  const float sums_value = sums[0u];
  result_tile[own / 4u * 64u + (part_left + own % 4u * 2u)] = fmaf(sums_low_value, 0.00048828125f, sums_value);
  const float sums_low_value_1 = sums_low[1u];
  const float sums_value_1 = sums[1u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 1u))] = fmaf(sums_low_value_1, 0.00048828125f, sums_value_1);
  const float sums_low_value_2 = sums_low[2u];
  const float sums_value_2 = sums[2u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + own % 4u * 2u)] = fmaf(sums_low_value_2, 0.00048828125f, sums_value_2);
  const float sums_low_value_3 = sums_low[3u];
  const float sums_value_3 = sums[3u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 1u))] = fmaf(sums_low_value_3, 0.00048828125f, sums_value_3);
  const float sums_low_value_4 = sums_low[4u];
  const float sums_value_4 = sums[4u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 8u))] = fmaf(sums_low_value_4, 0.00048828125f, sums_value_4);
  const float sums_low_value_5 = sums_low[5u];
  const float sums_value_5 = sums[5u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 9u))] = fmaf(sums_low_value_5, 0.00048828125f, sums_value_5);
  const float sums_low_value_6 = sums_low[6u];
  const float sums_value_6 = sums[6u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 8u))] = fmaf(sums_low_value_6, 0.00048828125f, sums_value_6);
  const float sums_low_value_7 = sums_low[7u];
  const float sums_value_7 = sums[7u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 9u))] = fmaf(sums_low_value_7, 0.00048828125f, sums_value_7);
  const float sums_low_value_8 = sums_low[8u];
  const float sums_value_8 = sums[8u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 16u))] = fmaf(sums_low_value_8, 0.00048828125f, sums_value_8);
  const float sums_low_value_9 = sums_low[9u];
  const float sums_value_9 = sums[9u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 17u))] = fmaf(sums_low_value_9, 0.00048828125f, sums_value_9);
  const float sums_low_value_10 = sums_low[10u];
  const float sums_value_10 = sums[10u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 16u))] = fmaf(sums_low_value_10, 0.00048828125f, sums_value_10);
  const float sums_low_value_11 = sums_low[11u];
  const float sums_value_11 = sums[11u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 17u))] = fmaf(sums_low_value_11, 0.00048828125f, sums_value_11);
  const float sums_low_value_12 = sums_low[12u];
  const float sums_value_12 = sums[12u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 24u))] = fmaf(sums_low_value_12, 0.00048828125f, sums_value_12);
  const float sums_low_value_13 = sums_low[13u];
  const float sums_value_13 = sums[13u];
  result_tile[own / 4u * 64u + (part_left + (own % 4u * 2u + 25u))] = fmaf(sums_low_value_13, 0.00048828125f, sums_value_13);
  const float sums_low_value_14 = sums_low[14u];
  const float sums_value_14 = sums[14u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 24u))] = fmaf(sums_low_value_14, 0.00048828125f, sums_value_14);
  const float sums_low_value_15 = sums_low[15u];
  const float sums_value_15 = sums[15u];
  result_tile[(own / 4u + 8u) * 64u + (part_left + (own % 4u * 2u + 25u))] = fmaf(sums_low_value_15, 0.00048828125f, sums_value_15);
  __syncthreads();
  for (unsigned part_5 = threadIdx.x; part_5 < 256u; part_5 += 64u) {
    const unsigned row_4 = top + part_5 / 16u;
    const unsigned column_2 = leftmost + part_5 % 16u * 4u;
    const float4 result_tile_value = load<float4>(result_tile, part_5 * 4u);
    if (row_4 < 128u && column_2 < 128u) {
      store(proj_k, row_4 * 128u + column_2, result_tile_value);
    }
  }
}

extern "C" __global__ void __launch_bounds__(64, 4)
ringWrite(
    const int* __restrict__ count,
    const int* __restrict__ seen,
    const float* __restrict__ proj_k,
    const float* __restrict__ rotary_64_10000,
    float* __restrict__ temporal_block_keys) {
  __builtin_assume(threadIdx.x < 64u);
  const unsigned element = blockIdx.x * 64u + threadIdx.x;
  if (element < 4096u) {
    const unsigned element_1 = element * 4u;
    const unsigned l = element_1 % 128u;
    const unsigned j = element_1 / 128u;
    const int count_value = count[0u];
    const unsigned real = unsigned(count_value);
    if (j < real) {
      const int seen_value = seen[0u];
      const unsigned slot = (unsigned(seen_value) + j) % 1152u;
      const float4 proj_k_value = load<float4>(proj_k, j * 128u + max(l, 64u));
      const float4 proj_k_value_1 = load<float4>(proj_k, j * 128u + min(max(l, 32u), 60u));
      const float4 rotary_64_10000_value = load<float4>(rotary_64_10000, j * 64u + (min(max(l, 32u), 60u) - 32u));
      const float4 proj_k_value_2 = load<float4>(proj_k, j * 128u + (min(max(l, 32u), 60u) - 32u));
      const float4 rotary_64_10000_value_1 = load<float4>(rotary_64_10000, j * 64u + min(max(l, 32u), 60u));
      const float4 proj_k_value_3 = load<float4>(proj_k, j * 128u + min(l, 28u));
      const float4 rotary_64_10000_value_2 = load<float4>(rotary_64_10000, j * 64u + min(l, 28u));
      const float4 proj_k_value_4 = load<float4>(proj_k, j * 128u + min(l, 28u) + 32u);
      const float4 rotary_64_10000_value_3 = load<float4>(rotary_64_10000, j * 64u + min(l, 28u) + 32u);
      const float4 ringWrite = select(spread4(l < 32u), proj_k_value_3 * rotary_64_10000_value_2 - proj_k_value_4 * rotary_64_10000_value_3, select(spread4(l < 64u), proj_k_value_1 * rotary_64_10000_value + proj_k_value_2 * rotary_64_10000_value_1, proj_k_value));
      store(temporal_block_keys, slot * 128u + l, ringWrite);
    }
  }
}

extern "C" __global__ void __launch_bounds__(64, 4)
ringWrite_2(
    const int* __restrict__ count,
    const int* __restrict__ seen,
    const float* __restrict__ proj_v,
    float* __restrict__ temporal_block_values) {
  __builtin_assume(threadIdx.x < 64u);
  const unsigned element = blockIdx.x * 64u + threadIdx.x;
  if (element < 4096u) {
    const unsigned element_1 = element * 4u;
    const unsigned l = element_1 % 128u;
    const unsigned j = element_1 / 128u;
    const int count_value = count[0u];
    const unsigned real = unsigned(count_value);
    if (j < real) {
      const int seen_value = seen[0u];
      const unsigned slot = (unsigned(seen_value) + j) % 1152u;
      const float4 proj_v_value = load<float4>(proj_v, element * 4u);
      store(temporal_block_values, slot * 128u + l, proj_v_value);
    }
  }
}

extern "C" __global__ void __launch_bounds__(128, 2)
composite_seen_attend(
    const float* __restrict__ proj_q,
    const float* __restrict__ rotary_64_10000,
    const int* __restrict__ seen,
    const int* __restrict__ position,
    const float* __restrict__ temporal_block_keys,
    const float* __restrict__ temporal_block_values,
    float* __restrict__ seen_2) {
  __shared__ __align__(16) __half query_high[4352];
  __shared__ __align__(16) __half query_low[4352];
  __shared__ __align__(16) __half weights_high[1280];
  __shared__ __align__(16) __half weights_low[1280];
  __shared__ __align__(16) __half values_high[4352];
  __shared__ __align__(16) __half values_low[4352];
  __shared__ float logits[1024];
  __shared__ int oldest_of[32];
  __shared__ int newest_of[32];
  __shared__ float fades[32];
  extern __shared__ __align__(16) unsigned char dynamic_memory[];
  __half* const keys_high = reinterpret_cast<__half*>(dynamic_memory);
  __half* const keys_low = reinterpret_cast<__half*>(dynamic_memory + 10240);
  float* const result = reinterpret_cast<float*>(dynamic_memory + 20480);
  __builtin_assume(threadIdx.x < 128u);
  float totals[32];
  float totals_low[32];
  float products[8];
  float products_low[8];
  const unsigned top = blockIdx.y * 32u;
  totals[0u] = 0.0f;
  totals[1u] = 0.0f;
  totals[2u] = 0.0f;
  totals[3u] = 0.0f;
  totals[4u] = 0.0f;
  totals[5u] = 0.0f;
  totals[6u] = 0.0f;
  totals[7u] = 0.0f;
  totals[8u] = 0.0f;
  totals[9u] = 0.0f;
  totals[10u] = 0.0f;
  totals[11u] = 0.0f;
  totals[12u] = 0.0f;
  totals[13u] = 0.0f;
  totals[14u] = 0.0f;
  totals[15u] = 0.0f;
  totals[16u] = 0.0f;
  totals[17u] = 0.0f;
  totals[18u] = 0.0f;
  totals[19u] = 0.0f;
  totals[20u] = 0.0f;
  totals[21u] = 0.0f;
  totals[22u] = 0.0f;
  totals[23u] = 0.0f;
  totals[24u] = 0.0f;
  totals[25u] = 0.0f;
  totals[26u] = 0.0f;
  totals[27u] = 0.0f;
  totals[28u] = 0.0f;
  totals[29u] = 0.0f;
  totals[30u] = 0.0f;
  totals[31u] = 0.0f;
  totals_low[0u] = 0.0f;
  totals_low[1u] = 0.0f;
  totals_low[2u] = 0.0f;
  totals_low[3u] = 0.0f;
  totals_low[4u] = 0.0f;
  totals_low[5u] = 0.0f;
  totals_low[6u] = 0.0f;
  totals_low[7u] = 0.0f;
  totals_low[8u] = 0.0f;
  totals_low[9u] = 0.0f;
  totals_low[10u] = 0.0f;
  totals_low[11u] = 0.0f;
  totals_low[12u] = 0.0f;
  totals_low[13u] = 0.0f;
  totals_low[14u] = 0.0f;
  totals_low[15u] = 0.0f;
  totals_low[16u] = 0.0f;
  totals_low[17u] = 0.0f;
  totals_low[18u] = 0.0f;
  totals_low[19u] = 0.0f;
  totals_low[20u] = 0.0f;
  totals_low[21u] = 0.0f;
  totals_low[22u] = 0.0f;
  totals_low[23u] = 0.0f;
  totals_low[24u] = 0.0f;
  totals_low[25u] = 0.0f;
  totals_low[26u] = 0.0f;
  totals_low[27u] = 0.0f;
  totals_low[28u] = 0.0f;
  totals_low[29u] = 0.0f;
  totals_low[30u] = 0.0f;
  totals_low[31u] = 0.0f;
  // the queries, scaled, and what keys each sees
  for (unsigned part = threadIdx.x; part < 1024u; part += 128u) {
    const unsigned r = part / 32u;
    const unsigned c = part % 32u * 4u;
    const unsigned t = top + r;
    const float4 proj_q_value = load<float4>(proj_q, t * 768u + (blockIdx.x * 128u + max(c, 64u)));
    const float4 proj_q_value_1 = load<float4>(proj_q, t * 768u + (blockIdx.x * 128u + min(max(c, 32u), 60u)));
    const float4 rotary_64_10000_value = load<float4>(rotary_64_10000, t * 64u + (min(max(c, 32u), 60u) - 32u));
    const float4 proj_q_value_2 = load<float4>(proj_q, t * 768u + (blockIdx.x * 128u + (min(max(c, 32u), 60u) - 32u)));
    const float4 rotary_64_10000_value_1 = load<float4>(rotary_64_10000, t * 64u + min(max(c, 32u), 60u));
    const float4 proj_q_value_3 = load<float4>(proj_q, t * 768u + (blockIdx.x * 128u + min(c, 28u)));
    const float4 rotary_64_10000_value_2 = load<float4>(rotary_64_10000, t * 64u + min(c, 28u));
    const float4 proj_q_value_4 = load<float4>(proj_q, t * 768u + (blockIdx.x * 128u + min(c, 28u)) + 32u);
    const float4 rotary_64_10000_value_3 = load<float4>(rotary_64_10000, t * 64u + min(c, 28u) + 32u);
    const float4 whole = select(spread4(c < 32u), proj_q_value_3 * rotary_64_10000_value_2 - proj_q_value_4 * rotary_64_10000_value_3, select(spread4(c < 64u), proj_q_value_1 * rotary_64_10000_value + proj_q_value_2 * rotary_64_10000_value_1, proj_q_value)) * spread4(0.088388346f);
    const f16x4 rounded = to_f16x4(whole);
    const f16x4 rest = to_f16x4((whole - to_float4(rounded)) * spread4(2048.0f));
    const unsigned place = r * 136u + c;
    store(query_high, place, rounded);
    store(query_low, place, rest);
  }
  if (threadIdx.x < 32u) {
    const unsigned t_1 = top + threadIdx.x;
    const int seen_value = seen[0u];
    const int newest = int(unsigned(seen_value) + t_1);
    const int position_value = position[t_1];
    const int place_1 = max(position_value, 0);
    const int oldest = max(int(unsigned(newest) - unsigned(min(place_1, 1024))), 0);
    oldest_of[threadIdx.x] = oldest;
    newest_of[threadIdx.x] = newest;
  }
  __syncthreads();
  const unsigned row_of = threadIdx.x / 4u;
  const unsigned member = threadIdx.x % 4u;
  const int oldest_of_value = oldest_of[row_of];
  const int newest_of_value = newest_of[row_of];
  float largest = -1e+30f;
  float sum = 0.0f;
  const int oldest_of_value_1 = oldest_of[0u];
  int first = oldest_of_value_1;
  for (unsigned other = 1u; other < 32u; other += 1u) {
    const int oldest_of_value_2 = oldest_of[other];
    first = min(first, oldest_of_value_2);
  }
  const int newest_of_value_1 = newest_of[31u];
  const int first_now_1 = first;
  for (int tile = first_now_1; tile < int(unsigned(newest_of_value_1) + 1u); tile += 32) {
    // keys, turned round, and values; past the last they repeat it and weigh nothing
    for (unsigned part_1 = threadIdx.x; part_1 < 1024u; part_1 += 128u) {
      const unsigned r_1 = part_1 / 32u;
      const unsigned c_1 = part_1 % 32u * 4u;
      const unsigned slot = unsigned(min(int(unsigned(tile) + r_1), newest_of_value_1) % 1152);
      const float4 temporal_block_keys_value = load<float4>(temporal_block_keys, slot * 128u + c_1);
      const f16x4 rounded_1 = to_f16x4(temporal_block_keys_value);
      const f16x4 rest_1 = to_f16x4((temporal_block_keys_value - to_float4(rounded_1)) * spread4(2048.0f));
      const unsigned place_2 = c_1 * 40u + r_1;
      keys_high[place_2] = rounded_1.x;
      keys_high[place_2 + 40u] = rounded_1.y;
      keys_high[place_2 + 80u] = rounded_1.z;
      keys_high[place_2 + 120u] = rounded_1.w;
      keys_low[place_2] = rest_1.x;
      keys_low[place_2 + 40u] = rest_1.y;
      keys_low[place_2 + 80u] = rest_1.z;
      keys_low[place_2 + 120u] = rest_1.w;
      const float4 temporal_block_values_value = load<float4>(temporal_block_values, slot * 128u + c_1);
      const f16x4 rounded_2 = to_f16x4(temporal_block_values_value);
      const f16x4 rest_2 = to_f16x4((temporal_block_values_value - to_float4(rounded_2)) * spread4(2048.0f));
      const unsigned place_3 = r_1 * 136u + c_1;
      store(values_high, place_3, rounded_2);
      store(values_low, place_3, rest_2);
    }
    __syncthreads();
    const unsigned part_2 = threadIdx.x / 32u;
    const unsigned part_top = part_2 / 2u * 16u;
    const unsigned part_left = part_2 % 2u * 16u;
    products[0u] = 0.0f;
    products[1u] = 0.0f;
    products[2u] = 0.0f;
    products[3u] = 0.0f;
    products[4u] = 0.0f;
    products[5u] = 0.0f;
    products[6u] = 0.0f;
    products[7u] = 0.0f;
    products_low[0u] = 0.0f;
    products_low[1u] = 0.0f;
    products_low[2u] = 0.0f;
    products_low[3u] = 0.0f;
    products_low[4u] = 0.0f;
    products_low[5u] = 0.0f;
    products_low[6u] = 0.0f;
    products_low[7u] = 0.0f;
    multiply<16u, 16u, 128u>(products, &query_high[part_top * 136u], 136u, &keys_high[part_left], 40u);
    multiply<16u, 16u, 128u>(products_low, &query_high[part_top * 136u], 136u, &keys_low[part_left], 40u);
    multiply<16u, 16u, 128u>(products_low, &query_low[part_top * 136u], 136u, &keys_high[part_left], 40u);
    const unsigned own = threadIdx.x % 32u;
    const float products_low_value = products_low[0u];
    const float products_value = products[0u];
    logits[(part_top + own / 4u) * 32u + (part_left + own % 4u * 2u)] = fmaf(products_low_value, 0.00048828125f, products_value);
    const float products_low_value_1 = products_low[1u];
    const float products_value_1 = products[1u];
    logits[(part_top + own / 4u) * 32u + (part_left + (own % 4u * 2u + 1u))] = fmaf(products_low_value_1, 0.00048828125f, products_value_1);
    const float products_low_value_2 = products_low[2u];
    const float products_value_2 = products[2u];
    logits[(part_top + (own / 4u + 8u)) * 32u + (part_left + own % 4u * 2u)] = fmaf(products_low_value_2, 0.00048828125f, products_value_2);
    const float products_low_value_3 = products_low[3u];
    const float products_value_3 = products[3u];
    logits[(part_top + (own / 4u + 8u)) * 32u + (part_left + (own % 4u * 2u + 1u))] = fmaf(products_low_value_3, 0.00048828125f, products_value_3);
    const float products_low_value_4 = products_low[4u];
    const float products_value_4 = products[4u];
    logits[(part_top + own / 4u) * 32u + (part_left + (own % 4u * 2u + 8u))] = fmaf(products_low_value_4, 0.00048828125f, products_value_4);
    const float products_low_value_5 = products_low[5u];
    const float products_value_5 = products[5u];
    logits[(part_top + own / 4u) * 32u + (part_left + (own % 4u * 2u + 9u))] = fmaf(products_low_value_5, 0.00048828125f, products_value_5);
    const float products_low_value_6 = products_low[6u];
    const float products_value_6 = products[6u];
    logits[(part_top + (own / 4u + 8u)) * 32u + (part_left + (own % 4u * 2u + 8u))] = fmaf(products_low_value_6, 0.00048828125f, products_value_6);
    const float products_low_value_7 = products_low[7u];
    const float products_value_7 = products[7u];
    logits[(part_top + (own / 4u + 8u)) * 32u + (part_left + (own % 4u * 2u + 9u))] = fmaf(products_low_value_7, 0.00048828125f, products_value_7);
    __syncthreads();
    const unsigned place_4 = member * 8u;
    const int key = int(unsigned(tile) + place_4);
    const bool visible = oldest_of_value <= key && key <= newest_of_value;
    const float logits_value = logits[row_of * 32u + place_4];
    const float logit = (visible ? logits_value : -1e+30f);
    const unsigned place_5 = member * 8u + 1u;
    const int key_1 = int(unsigned(tile) + place_5);
    const bool visible_1 = oldest_of_value <= key_1 && key_1 <= newest_of_value;
    const float logits_value_1 = logits[row_of * 32u + place_5];
    const float logit_1 = (visible_1 ? logits_value_1 : -1e+30f);
    const unsigned place_6 = member * 8u + 2u;
    const int key_2 = int(unsigned(tile) + place_6);
    const bool visible_2 = oldest_of_value <= key_2 && key_2 <= newest_of_value;
    const float logits_value_2 = logits[row_of * 32u + place_6];
    const float logit_2 = (visible_2 ? logits_value_2 : -1e+30f);
    const unsigned place_7 = member * 8u + 3u;
    const int key_3 = int(unsigned(tile) + place_7);
    const bool visible_3 = oldest_of_value <= key_3 && key_3 <= newest_of_value;
    const float logits_value_3 = logits[row_of * 32u + place_7];
    const float logit_3 = (visible_3 ? logits_value_3 : -1e+30f);
    const unsigned place_8 = member * 8u + 4u;
    const int key_4 = int(unsigned(tile) + place_8);
    const bool visible_4 = oldest_of_value <= key_4 && key_4 <= newest_of_value;
    const float logits_value_4 = logits[row_of * 32u + place_8];
    const float logit_4 = (visible_4 ? logits_value_4 : -1e+30f);
    const unsigned place_9 = member * 8u + 5u;
    const int key_5 = int(unsigned(tile) + place_9);
    const bool visible_5 = oldest_of_value <= key_5 && key_5 <= newest_of_value;
    const float logits_value_5 = logits[row_of * 32u + place_9];
    const float logit_5 = (visible_5 ? logits_value_5 : -1e+30f);
    const unsigned place_10 = member * 8u + 6u;
    const int key_6 = int(unsigned(tile) + place_10);
    const bool visible_6 = oldest_of_value <= key_6 && key_6 <= newest_of_value;
    const float logits_value_6 = logits[row_of * 32u + place_10];
    const float logit_6 = (visible_6 ? logits_value_6 : -1e+30f);
    const unsigned place_11 = member * 8u + 7u;
    const int key_7 = int(unsigned(tile) + place_11);
    const bool visible_7 = oldest_of_value <= key_7 && key_7 <= newest_of_value;
    const float logits_value_7 = logits[row_of * 32u + place_11];
    const float logit_7 = (visible_7 ? logits_value_7 : -1e+30f);
    const float largest_now = largest;
    const float peak = maximum(maximum(maximum(maximum(maximum(maximum(maximum(maximum(largest_now, logit), logit_1), logit_2), logit_3), logit_4), logit_5), logit_6), logit_7);
    const float subgroup_shuffle_xor_ = __shfl_xor_sync(0xffffffffu, peak, 1u);
    const float together = maximum(peak, subgroup_shuffle_xor_);
    const float subgroup_shuffle_xor_1 = __shfl_xor_sync(0xffffffffu, together, 2u);
    const float together_1 = maximum(together, subgroup_shuffle_xor_1);
    const float fade = expf(largest_now - together_1);
    largest = together_1;
    const float weight = (visible ? expf(logit - together_1) : 0.0f);
    const float weight_1 = (visible_1 ? expf(logit_1 - together_1) : 0.0f);
    const float weight_2 = (visible_2 ? expf(logit_2 - together_1) : 0.0f);
    const float weight_3 = (visible_3 ? expf(logit_3 - together_1) : 0.0f);
    const float weight_4 = (visible_4 ? expf(logit_4 - together_1) : 0.0f);
    const float weight_5 = (visible_5 ? expf(logit_5 - together_1) : 0.0f);
    const float weight_6 = (visible_6 ? expf(logit_6 - together_1) : 0.0f);
    const float weight_7 = (visible_7 ? expf(logit_7 - together_1) : 0.0f);
    const __half rounded_3 = __half(weight);
    const __half rest_3 = __half((weight - float(rounded_3)) * 2048.0f);
    const unsigned place_12 = row_of * 40u + place_4;
    weights_high[place_12] = rounded_3;
    weights_low[place_12] = rest_3;
    const __half rounded_4 = __half(weight_1);
    const __half rest_4 = __half((weight_1 - float(rounded_4)) * 2048.0f);
    const unsigned place_13 = row_of * 40u + place_5;
    weights_high[place_13] = rounded_4;
    weights_low[place_13] = rest_4;
    const __half rounded_5 = __half(weight_2);
    const __half rest_5 = __half((weight_2 - float(rounded_5)) * 2048.0f);
    const unsigned place_14 = row_of * 40u + place_6;
    weights_high[place_14] = rounded_5;
    weights_low[place_14] = rest_5;
    const __half rounded_6 = __half(weight_3);
    const __half rest_6 = __half((weight_3 - float(rounded_6)) * 2048.0f);
    const unsigned place_15 = row_of * 40u + place_7;
    weights_high[place_15] = rounded_6;
    weights_low[place_15] = rest_6;
    const __half rounded_7 = __half(weight_4);
    const __half rest_7 = __half((weight_4 - float(rounded_7)) * 2048.0f);
    const unsigned place_16 = row_of * 40u + place_8;
    weights_high[place_16] = rounded_7;
    weights_low[place_16] = rest_7;
    const __half rounded_8 = __half(weight_5);
    const __half rest_8 = __half((weight_5 - float(rounded_8)) * 2048.0f);
    const unsigned place_17 = row_of * 40u + place_9;
    weights_high[place_17] = rounded_8;
    weights_low[place_17] = rest_8;
    const __half rounded_9 = __half(weight_6);
    const __half rest_9 = __half((weight_6 - float(rounded_9)) * 2048.0f);
    const unsigned place_18 = row_of * 40u + place_10;
    weights_high[place_18] = rounded_9;
    weights_low[place_18] = rest_9;
    const __half rounded_10 = __half(weight_7);
    const __half rest_10 = __half((weight_7 - float(rounded_10)) * 2048.0f);
    const unsigned place_19 = row_of * 40u + place_11;
    weights_high[place_19] = rounded_10;
    weights_low[place_19] = rest_10;
    const float added = weight + weight_1 + weight_2 + weight_3 + weight_4 + weight_5 + weight_6 + weight_7;
    const float subgroup_shuffle_xor_2 = __shfl_xor_sync(0xffffffffu, added, 1u);
    const float together_2 = added + subgroup_shuffle_xor_2;
    const float subgroup_shuffle_xor_3 = __shfl_xor_sync(0xffffffffu, together_2, 2u);
    const float together_3 = together_2 + subgroup_shuffle_xor_3;
    sum = fmaf(sum, fade, together_3);
    if (member == 0u) {
      fades[row_of] = fade;
    }
    __syncthreads();
    const unsigned own_1 = threadIdx.x % 32u;
    const unsigned row_of_sum = own_1 / 4u;
    const unsigned row_of_sum_1 = own_1 / 4u + 8u;
    const unsigned row_of_sum_2 = own_1 / 4u + 16u;
    const unsigned row_of_sum_3 = own_1 / 4u + 24u;
    const float fades_value = fades[row_of_sum];
    const float totals_value = totals[0u];
    totals[0u] = totals_value * fades_value;
    const float totals_low_value = totals_low[0u];
    totals_low[0u] = totals_low_value * fades_value;
    const float totals_value_1 = totals[1u];
    totals[1u] = totals_value_1 * fades_value;
    const float totals_low_value_1 = totals_low[1u];
    totals_low[1u] = totals_low_value_1 * fades_value;
    const float totals_value_2 = totals[4u];
    totals[4u] = totals_value_2 * fades_value;
    const float totals_low_value_2 = totals_low[4u];
    totals_low[4u] = totals_low_value_2 * fades_value;
    const float totals_value_3 = totals[5u];
    totals[5u] = totals_value_3 * fades_value;
    const float totals_low_value_3 = totals_low[5u];
    totals_low[5u] = totals_low_value_3 * fades_value;
    const float totals_value_4 = totals[8u];
    totals[8u] = totals_value_4 * fades_value;
    const float totals_low_value_4 = totals_low[8u];
    totals_low[8u] = totals_low_value_4 * fades_value;
    const float totals_value_5 = totals[9u];
    totals[9u] = totals_value_5 * fades_value;
    const float totals_low_value_5 = totals_low[9u];
    totals_low[9u] = totals_low_value_5 * fades_value;
    const float totals_value_6 = totals[12u];
    totals[12u] = totals_value_6 * fades_value;
    const float totals_low_value_6 = totals_low[12u];
    totals_low[12u] = totals_low_value_6 * fades_value;
    const float totals_value_7 = totals[13u];
    totals[13u] = totals_value_7 * fades_value;
    const float totals_low_value_7 = totals_low[13u];
    totals_low[13u] = totals_low_value_7 * fades_value;
    const float fades_value_1 = fades[row_of_sum_1];
    const float totals_value_8 = totals[2u];
    totals[2u] = totals_value_8 * fades_value_1;
    const float totals_low_value_8 = totals_low[2u];
    totals_low[2u] = totals_low_value_8 * fades_value_1;
    const float totals_value_9 = totals[3u];
    totals[3u] = totals_value_9 * fades_value_1;
    const float totals_low_value_9 = totals_low[3u];
    totals_low[3u] = totals_low_value_9 * fades_value_1;
    const float totals_value_10 = totals[6u];
    totals[6u] = totals_value_10 * fades_value_1;
    const float totals_low_value_10 = totals_low[6u];
    totals_low[6u] = totals_low_value_10 * fades_value_1;
    const float totals_value_11 = totals[7u];
    totals[7u] = totals_value_11 * fades_value_1;
    const float totals_low_value_11 = totals_low[7u];
    totals_low[7u] = totals_low_value_11 * fades_value_1;
    const float totals_value_12 = totals[10u];
    totals[10u] = totals_value_12 * fades_value_1;
    const float totals_low_value_12 = totals_low[10u];
    totals_low[10u] = totals_low_value_12 * fades_value_1;
    const float totals_value_13 = totals[11u];
    totals[11u] = totals_value_13 * fades_value_1;
    const float totals_low_value_13 = totals_low[11u];
    totals_low[11u] = totals_low_value_13 * fades_value_1;
    const float totals_value_14 = totals[14u];
    totals[14u] = totals_value_14 * fades_value_1;
    const float totals_low_value_14 = totals_low[14u];
    totals_low[14u] = totals_low_value_14 * fades_value_1;
    const float totals_value_15 = totals[15u];
    totals[15u] = totals_value_15 * fades_value_1;
    const float totals_low_value_15 = totals_low[15u];
    totals_low[15u] = totals_low_value_15 * fades_value_1;
    const float fades_value_2 = fades[row_of_sum_2];
    const float totals_value_16 = totals[16u];
    totals[16u] = totals_value_16 * fades_value_2;
    const float totals_low_value_16 = totals_low[16u];
    totals_low[16u] = totals_low_value_16 * fades_value_2;
    const float totals_value_17 = totals[17u];
    totals[17u] = totals_value_17 * fades_value_2;
    const float totals_low_value_17 = totals_low[17u];
    totals_low[17u] = totals_low_value_17 * fades_value_2;
    const float totals_value_18 = totals[20u];
    totals[20u] = totals_value_18 * fades_value_2;
    const float totals_low_value_18 = totals_low[20u];
    totals_low[20u] = totals_low_value_18 * fades_value_2;
    const float totals_value_19 = totals[21u];
    totals[21u] = totals_value_19 * fades_value_2;
    const float totals_low_value_19 = totals_low[21u];
    totals_low[21u] = totals_low_value_19 * fades_value_2;
    const float totals_value_20 = totals[24u];
    totals[24u] = totals_value_20 * fades_value_2;
    const float totals_low_value_20 = totals_low[24u];
    totals_low[24u] = totals_low_value_20 * fades_value_2;
    const float totals_value_21 = totals[25u];
    totals[25u] = totals_value_21 * fades_value_2;
    const float totals_low_value_21 = totals_low[25u];
    totals_low[25u] = totals_low_value_21 * fades_value_2;
    const float totals_value_22 = totals[28u];
    totals[28u] = totals_value_22 * fades_value_2;
    const float totals_low_value_22 = totals_low[28u];
    totals_low[28u] = totals_low_value_22 * fades_value_2;
    const float totals_value_23 = totals[29u];
    totals[29u] = totals_value_23 * fades_value_2;
    const float totals_low_value_23 = totals_low[29u];
    totals_low[29u] = totals_low_value_23 * fades_value_2;
    const float fades_value_3 = fades[row_of_sum_3];
    const float totals_value_24 = totals[18u];
    totals[18u] = totals_value_24 * fades_value_3;
    const float totals_low_value_24 = totals_low[18u];
    totals_low[18u] = totals_low_value_24 * fades_value_3;
    const float totals_value_25 = totals[19u];
    totals[19u] = totals_value_25 * fades_value_3;
    const float totals_low_value_25 = totals_low[19u];
    totals_low[19u] = totals_low_value_25 * fades_value_3;
    const float totals_value_26 = totals[22u];
    totals[22u] = totals_value_26 * fades_value_3;
    const float totals_low_value_26 = totals_low[22u];
    totals_low[22u] = totals_low_value_26 * fades_value_3;
    const float totals_value_27 = totals[23u];
    totals[23u] = totals_value_27 * fades_value_3;
    const float totals_low_value_27 = totals_low[23u];
    totals_low[23u] = totals_low_value_27 * fades_value_3;
    const float totals_value_28 = totals[26u];
    totals[26u] = totals_value_28 * fades_value_3;
    const float totals_low_value_28 = totals_low[26u];
    totals_low[26u] = totals_low_value_28 * fades_value_3;
    const float totals_value_29 = totals[27u];
    totals[27u] = totals_value_29 * fades_value_3;
    const float totals_low_value_29 = totals_low[27u];
    totals_low[27u] = totals_low_value_29 * fades_value_3;
    const float totals_value_30 = totals[30u];
    totals[30u] = totals_value_30 * fades_value_3;
    const float totals_low_value_30 = totals_low[30u];
    totals_low[30u] = totals_low_value_30 * fades_value_3;
    const float totals_value_31 = totals[31u];
    totals[31u] = totals_value_31 * fades_value_3;
    const float totals_low_value_31 = totals_low[31u];
    totals_low[31u] = totals_low_value_31 * fades_value_3;
    const unsigned part_left_1 = threadIdx.x / 32u * 32u;
    multiply<32u, 32u, 32u>(totals, &weights_high[0u], 40u, &values_high[part_left_1], 136u);
    multiply<32u, 32u, 32u>(totals_low, &weights_high[0u], 40u, &values_low[part_left_1], 136u);
    multiply<32u, 32u, 32u>(totals_low, &weights_low[0u], 40u, &values_high[part_left_1], 136u);
    __syncthreads();
  }
  if (member == 0u) {
    fades[row_of] = 1.0f / sum;
  }
  __syncthreads();
  const unsigned part_left_2 = threadIdx.x / 32u * 32u;
  const unsigned own_2 = threadIdx.x % 32u;
  const float totals_low_value_32 = totals_low[0u];
  const float totals_value_32 = totals[0u];
  result[own_2 / 4u * 128u + (part_left_2 + own_2 % 4u * 2u)] = fmaf(totals_low_value_32, 0.00048828125f, totals_value_32);
  const float totals_low_value_33 = totals_low[1u];
  const float totals_value_33 = totals[1u];
  result[own_2 / 4u * 128u + (part_left_2 + (own_2 % 4u * 2u + 1u))] = fmaf(totals_low_value_33, 0.00048828125f, totals_value_33);
  const float totals_low_value_34 = totals_low[2u];
  const float totals_value_34 = totals[2u];
  result[(own_2 / 4u + 8u) * 128u + (part_left_2 + own_2 % 4u * 2u)] = fmaf(totals_low_value_34, 0.00048828125f, totals_value_34);
  const float totals_low_value_35 = totals_low[3u];
  const float totals_value_35 = totals[3u];
  result[(own_2 / 4u + 8u) * 128u + (part_left_2 + (own_2 % 4u * 2u + 1u))] = fmaf(totals_low_value_35, 0.00048828125f, totals_value_35);
  const float totals_low_value_36 = totals_low[4u];
  const float totals_value_36 = totals[4u];
  result[own_2 / 4u * 128u + (part_left_2 + (own_2 % 4u * 2u + 8u))] = fmaf(totals_low_value_36, 0.00048828125f, totals_value_36);
  const float totals_low_value_37 = totals_low[5u];
  const float totals_value_37 = totals[5u];
  result[own_2 / 4u * 128u + (part_left_2 + (own_2 % 4u * 2u + 9u))] = fmaf(totals_low_value_37, 0.00048828125f, totals_value_37);
  const float totals_low_value_38 = totals_low[6u];
  const float totals_value_38 = totals[6u];
  result[(own_2 / 4u + 8u) * 128u + (part_left_2 + (own_2 % 4u * 2u + 8u))] = fmaf(totals_low_value_38, 0.00048828125f, totals_value_38);
  const float totals_low_value_39 = totals_low[7u];
  const float totals_value_39 = totals[7u];
  result[(own_2 / 4u + 8u) * 128u + (part_left_2 + (own_2 % 4u * 2u + 9u))] = fmaf(totals_low_value_39, 0.00048828125f, totals_value_39);
  const float totals_low_value_40 = totals_low[8u];
  const float totals_value_40 = totals[8u];
  result[own_2 / 4u * 128u + (part_left_2 + (own_2 % 4u * 2u + 16u))] = fmaf(totals_low_value_40, 0.00048828125f, totals_value_40);
  const float totals_low_value_41 = totals_low[9u];
  const float totals_value_41 = totals[9u];
  result[own_2 / 4u * 128u + (part_left_2 + (own_2 % 4u * 2u + 17u))] = fmaf(totals_low_value_41, 0.00048828125f, totals_value_41);
  const float totals_low_value_42 = totals_low[10u];
  const float totals_value_42 = totals[10u];
  result[(own_2 / 4u + 8u) * 128u + (part_left_2 + (own_2 % 4u * 2u + 16u))] = fmaf(totals_low_value_42, 0.00048828125f, totals_value_42);
  const float totals_low_value_43 = totals_low[11u];
  const float totals_value_43 = totals[11u];
  result[(own_2 / 4u + 8u) * 128u + (part_left_2 + (own_2 % 4u * 2u + 17u))] = fmaf(totals_low_value_43, 0.00048828125f, totals_value_43);
  const float totals_low_value_44 = totals_low[12u];
  const float totals_value_44 = totals[12u];
  result[own_2 / 4u * 128u + (part_left_2 + (own_2 % 4u * 2u + 24u))] = fmaf(totals_low_value_44, 0.00048828125f, totals_value_44);
  const float totals_low_value_45 = totals_low[13u];
  const float totals_value_45 = totals[13u];
  result[own_2 / 4u * 128u + (part_left_2 + (own_2 % 4u * 2u + 25u))] = fmaf(totals_low_value_45, 0.00048828125f, totals_value_45);
  const float totals_low_value_46 = totals_low[14u];
  const float totals_value_46 = totals[14u];
  result[(own_2 / 4u + 8u) * 128u + (part_left_2 + (own_2 % 4u * 2u + 24u))] = fmaf(totals_low_value_46, 0.00048828125f, totals_value_46);
  const float totals_low_value_47 = totals_low[15u];
  const float totals_value_47 = totals[15u];
  result[(own_2 / 4u + 8u) * 128u + (part_left_2 + (own_2 % 4u * 2u + 25u))] = fmaf(totals_low_value_47, 0.00048828125f, totals_value_47);
  const float totals_low_value_48 = totals_low[16u];
  const float totals_value_48 = totals[16u];
  result[(own_2 / 4u + 16u) * 128u + (part_left_2 + own_2 % 4u * 2u)] = fmaf(totals_low_value_48, 0.00048828125f, totals_value_48);
  const float totals_low_value_49 = totals_low[17u];
  const float totals_value_49 = totals[17u];
  result[(own_2 / 4u + 16u) * 128u + (part_left_2 + (own_2 % 4u * 2u + 1u))] = fmaf(totals_low_value_49, 0.00048828125f, totals_value_49);
  const float totals_low_value_50 = totals_low[18u];
  const float totals_value_50 = totals[18u];
  result[(own_2 / 4u + 24u) * 128u + (part_left_2 + own_2 % 4u * 2u)] = fmaf(totals_low_value_50, 0.00048828125f, totals_value_50);
  const float totals_low_value_51 = totals_low[19u];
  const float totals_value_51 = totals[19u];
  result[(own_2 / 4u + 24u) * 128u + (part_left_2 + (own_2 % 4u * 2u + 1u))] = fmaf(totals_low_value_51, 0.00048828125f, totals_value_51);
  const float totals_low_value_52 = totals_low[20u];
  const float totals_value_52 = totals[20u];
  result[(own_2 / 4u + 16u) * 128u + (part_left_2 + (own_2 % 4u * 2u + 8u))] = fmaf(totals_low_value_52, 0.00048828125f, totals_value_52);
  const float totals_low_value_53 = totals_low[21u];
  const float totals_value_53 = totals[21u];
  result[(own_2 / 4u + 16u) * 128u + (part_left_2 + (own_2 % 4u * 2u + 9u))] = fmaf(totals_low_value_53, 0.00048828125f, totals_value_53);
  const float totals_low_value_54 = totals_low[22u];
  const float totals_value_54 = totals[22u];
  result[(own_2 / 4u + 24u) * 128u + (part_left_2 + (own_2 % 4u * 2u + 8u))] = fmaf(totals_low_value_54, 0.00048828125f, totals_value_54);
  const float totals_low_value_55 = totals_low[23u];
  const float totals_value_55 = totals[23u];
  result[(own_2 / 4u + 24u) * 128u + (part_left_2 + (own_2 % 4u * 2u + 9u))] = fmaf(totals_low_value_55, 0.00048828125f, totals_value_55);
  const float totals_low_value_56 = totals_low[24u];
  const float totals_value_56 = totals[24u];
  result[(own_2 / 4u + 16u) * 128u + (part_left_2 + (own_2 % 4u * 2u + 16u))] = fmaf(totals_low_value_56, 0.00048828125f, totals_value_56);
  const float totals_low_value_57 = totals_low[25u];
  const float totals_value_57 = totals[25u];
  result[(own_2 / 4u + 16u) * 128u + (part_left_2 + (own_2 % 4u * 2u + 17u))] = fmaf(totals_low_value_57, 0.00048828125f, totals_value_57);
  const float totals_low_value_58 = totals_low[26u];
  const float totals_value_58 = totals[26u];
  result[(own_2 / 4u + 24u) * 128u + (part_left_2 + (own_2 % 4u * 2u + 16u))] = fmaf(totals_low_value_58, 0.00048828125f, totals_value_58);
  const float totals_low_value_59 = totals_low[27u];
  const float totals_value_59 = totals[27u];
  result[(own_2 / 4u + 24u) * 128u + (part_left_2 + (own_2 % 4u * 2u + 17u))] = fmaf(totals_low_value_59, 0.00048828125f, totals_value_59);
  const float totals_low_value_60 = totals_low[28u];
  const float totals_value_60 = totals[28u];
  result[(own_2 / 4u + 16u) * 128u + (part_left_2 + (own_2 % 4u * 2u + 24u))] = fmaf(totals_low_value_60, 0.00048828125f, totals_value_60);
  const float totals_low_value_61 = totals_low[29u];
  const float totals_value_61 = totals[29u];
  result[(own_2 / 4u + 16u) * 128u + (part_left_2 + (own_2 % 4u * 2u + 25u))] = fmaf(totals_low_value_61, 0.00048828125f, totals_value_61);
  const float totals_low_value_62 = totals_low[30u];
  const float totals_value_62 = totals[30u];
  result[(own_2 / 4u + 24u) * 128u + (part_left_2 + (own_2 % 4u * 2u + 24u))] = fmaf(totals_low_value_62, 0.00048828125f, totals_value_62);
  const float totals_low_value_63 = totals_low[31u];
  const float totals_value_63 = totals[31u];
  result[(own_2 / 4u + 24u) * 128u + (part_left_2 + (own_2 % 4u * 2u + 25u))] = fmaf(totals_low_value_63, 0.00048828125f, totals_value_63);
  __syncthreads();
  for (unsigned part_3 = threadIdx.x; part_3 < 1024u; part_3 += 128u) {
    const unsigned r_2 = part_3 / 32u;
    const unsigned c_2 = part_3 % 32u * 4u;
    const unsigned t_2 = top + r_2;
    if (t_2 < 128u) {
      const float fades_value_4 = fades[r_2];
      const float4 result_value = load<float4>(result, r_2 * 128u + c_2);
      const float4 seen_1 = result_value * spread4(fades_value_4);
      store(seen_2, (t_2 * 6u + blockIdx.x) * 128u + c_2, seen_1);
    }
  }
}

extern "C" __global__ void __launch_bounds__(64, 4)
elementwise_2(
    const int* __restrict__ count,
    const float* __restrict__ seen,
    float* __restrict__ seen_1) {
  __builtin_assume(threadIdx.x < 64u);
  const unsigned element = blockIdx.x * 64u + threadIdx.x;
  if (element < 192u) {
    const unsigned element_1 = element * 4u;
    const unsigned l = element_1 % 128u;
    const unsigned k = element_1 / 128u;
    const int count_value = count[0u];
    const unsigned row = min(unsigned(max(int(unsigned(count_value) - 1u), 0)), 127u);
    const float4 seen_value = load<float4>(seen, (row * 6u + k) * 128u + l);
    store(seen_1, element * 4u, seen_value);
  }
}

extern "C" __global__ void __launch_bounds__(128, 2)
contract_r_product_2(
    const float* __restrict__ seen,
    const __half* __restrict__ proj_final_w,
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
    const f16x4 proj_final_w_value = load<f16x4>(proj_final_w, term * 768u + column);
    const float4 layers_2_temporal_block_proj_final_w = to_float4(proj_final_w_value);
    sum_0_0 = fmaf(spread4(seen_value.x), layers_2_temporal_block_proj_final_w, sum_0_0);
    const f16x4 proj_final_w_value_1 = load<f16x4>(proj_final_w, (term + 1u) * 768u + column);
    const float4 layers_2_temporal_block_proj_final_w_1 = to_float4(proj_final_w_value_1);
    sum_0_0 = fmaf(spread4(seen_value.y), layers_2_temporal_block_proj_final_w_1, sum_0_0);
    const f16x4 proj_final_w_value_2 = load<f16x4>(proj_final_w, (term + 2u) * 768u + column);
    const float4 layers_2_temporal_block_proj_final_w_2 = to_float4(proj_final_w_value_2);
    sum_0_0 = fmaf(spread4(seen_value.z), layers_2_temporal_block_proj_final_w_2, sum_0_0);
    const f16x4 proj_final_w_value_3 = load<f16x4>(proj_final_w, (term + 3u) * 768u + column);
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

extern "C" __global__ void __launch_bounds__(64, 4)
elementwise_3(float* __restrict__ constant) {
  __builtin_assume(threadIdx.x < 64u);
  const unsigned element = blockIdx.x * 64u + threadIdx.x;
  if (element < 1u) {
    constant[element] = 0.0013020834f;
  }
}

extern "C" __global__ void __launch_bounds__(64, 4)
elementwise_4(float* __restrict__ constant) {
  __builtin_assume(threadIdx.x < 64u);
  const unsigned element = blockIdx.x * 64u + threadIdx.x;
  if (element < 1u) {
    constant[element] = 0.000001f;
  }
}

extern "C" __global__ void __launch_bounds__(64, 4)
reduce_channel_pre_norm(
    const float* __restrict__ r,
    const float* __restrict__ constant,
    const float* __restrict__ constant_1,
    const float* __restrict__ channel_pre_norm_scale,
    float* __restrict__ channel_pre_norm_1) {
  __shared__ float sum_partials[2];
  __builtin_assume(threadIdx.x < 64u);
  float4 sum = spread4(0.0f);
  for (unsigned column = threadIdx.x * 4u; column < 768u; column += 256u) {
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
  for (unsigned partial = 0u; partial < 2u; partial += 1u) {
    const float sum_partials_value = sum_partials[partial];
    sum_1 = sum_1 + sum_partials_value;
  }
  const float constant_value = constant[blockIdx.x];
  const float constant_1_value = constant_1[blockIdx.x];
  const float of_row = rsqrtf(sum_1 * constant_value + constant_1_value);
  for (unsigned column_1 = threadIdx.x * 4u; column_1 < 768u; column_1 += 256u) {
    const float4 r_value_1 = load<float4>(r, column_1);
    const float4 channel_pre_norm_scale_value = load<float4>(channel_pre_norm_scale, column_1);
    const float4 channel_pre_norm = r_value_1 * spread4(of_row) * (spread4(1.0f) + channel_pre_norm_scale_value);
    store(channel_pre_norm_1, column_1, channel_pre_norm);
  }
}

extern "C" __global__ void __launch_bounds__(128, 2)
contract_up_product_2(
    const float* __restrict__ channel_pre_norm,
    const __half* __restrict__ up_w,
    const float* __restrict__ up_b,
    float* __restrict__ up_1) {
  __shared__ __align__(16) float parts[512];
  __builtin_assume(threadIdx.x < 128u);
  const unsigned slice = threadIdx.x / 8u;
  const unsigned place = threadIdx.x % 8u;
  const unsigned position = blockIdx.x * 8u + place;
  const unsigned column = position * 4u;
  float4 sum_0_0 = spread4(0.0f);
  for (unsigned term = slice * 4u; term < 768u; term += 64u) {
    const float4 channel_pre_norm_value = load<float4>(channel_pre_norm, term);
    const f16x4 up_w_value = load<f16x4>(up_w, term * 2304u + column);
    const float4 layers_2_mlp_block_up_w = to_float4(up_w_value);
    sum_0_0 = fmaf(spread4(channel_pre_norm_value.x), layers_2_mlp_block_up_w, sum_0_0);
    const f16x4 up_w_value_1 = load<f16x4>(up_w, (term + 1u) * 2304u + column);
    const float4 layers_2_mlp_block_up_w_1 = to_float4(up_w_value_1);
    sum_0_0 = fmaf(spread4(channel_pre_norm_value.y), layers_2_mlp_block_up_w_1, sum_0_0);
    const f16x4 up_w_value_2 = load<f16x4>(up_w, (term + 2u) * 2304u + column);
    const float4 layers_2_mlp_block_up_w_2 = to_float4(up_w_value_2);
    sum_0_0 = fmaf(spread4(channel_pre_norm_value.z), layers_2_mlp_block_up_w_2, sum_0_0);
    const f16x4 up_w_value_3 = load<f16x4>(up_w, (term + 3u) * 2304u + column);
    const float4 layers_2_mlp_block_up_w_3 = to_float4(up_w_value_3);
    sum_0_0 = fmaf(spread4(channel_pre_norm_value.w), layers_2_mlp_block_up_w_3, sum_0_0);
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
    const float4 up_b_value = load<float4>(up_b, column);
    const float4 up = total + up_b_value;
    store(up_1, column, up);
  }
}

extern "C" __global__ void __launch_bounds__(128, 2)
contract_product_3(
    const float* __restrict__ channel_pre_norm,
    const __half* __restrict__ gate_w,
    const float* __restrict__ gate_b,
    const float* __restrict__ up,
    float* __restrict__ mul) {
  __shared__ __align__(16) float parts[512];
  __builtin_assume(threadIdx.x < 128u);
  const unsigned slice = threadIdx.x / 8u;
  const unsigned place = threadIdx.x % 8u;
  const unsigned position = blockIdx.x * 8u + place;
  const unsigned column = position * 4u;
  float4 sum_0_0 = spread4(0.0f);
  for (unsigned term = slice * 4u; term < 768u; term += 64u) {
    const float4 channel_pre_norm_value = load<float4>(channel_pre_norm, term);
    const f16x4 gate_w_value = load<f16x4>(gate_w, term * 2304u + column);
    const float4 layers_2_mlp_block_gate_w = to_float4(gate_w_value);
    sum_0_0 = fmaf(spread4(channel_pre_norm_value.x), layers_2_mlp_block_gate_w, sum_0_0);
    const f16x4 gate_w_value_1 = load<f16x4>(gate_w, (term + 1u) * 2304u + column);
    const float4 layers_2_mlp_block_gate_w_1 = to_float4(gate_w_value_1);
    sum_0_0 = fmaf(spread4(channel_pre_norm_value.y), layers_2_mlp_block_gate_w_1, sum_0_0);
    const f16x4 gate_w_value_2 = load<f16x4>(gate_w, (term + 2u) * 2304u + column);
    const float4 layers_2_mlp_block_gate_w_2 = to_float4(gate_w_value_2);
    sum_0_0 = fmaf(spread4(channel_pre_norm_value.z), layers_2_mlp_block_gate_w_2, sum_0_0);
    const f16x4 gate_w_value_3 = load<f16x4>(gate_w, (term + 3u) * 2304u + column);
    const float4 layers_2_mlp_block_gate_w_3 = to_float4(gate_w_value_3);
    sum_0_0 = fmaf(spread4(channel_pre_norm_value.w), layers_2_mlp_block_gate_w_3, sum_0_0);
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
    const float4 gate_b_value = load<float4>(gate_b, column);
    const float4 gate = total + gate_b_value;
    const float4 g = gate * spread4(0.5f) * (tanhf((gate + gate * gate * gate * spread4(0.044715f)) * spread4(0.7978846f)) + spread4(1.0f));
    const float4 up_value = load<float4>(up, column);
    store(mul, column, g * up_value);
  }
}

extern "C" __global__ void __launch_bounds__(128, 2)
contract_layers_2_product(
    const float* __restrict__ mul,
    const __half* __restrict__ down_w,
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
    const f16x4 down_w_value = load<f16x4>(down_w, term * 768u + column);
    const float4 layers_2_mlp_block_down_w = to_float4(down_w_value);
    sum_0_0 = fmaf(spread4(mul_value.x), layers_2_mlp_block_down_w, sum_0_0);
    const f16x4 down_w_value_1 = load<f16x4>(down_w, (term + 1u) * 768u + column);
    const float4 layers_2_mlp_block_down_w_1 = to_float4(down_w_value_1);
    sum_0_0 = fmaf(spread4(mul_value.y), layers_2_mlp_block_down_w_1, sum_0_0);
    const f16x4 down_w_value_2 = load<f16x4>(down_w, (term + 2u) * 768u + column);
    const float4 layers_2_mlp_block_down_w_2 = to_float4(down_w_value_2);
    sum_0_0 = fmaf(spread4(mul_value.z), layers_2_mlp_block_down_w_2, sum_0_0);
    const f16x4 down_w_value_3 = load<f16x4>(down_w, (term + 3u) * 768u + column);
    const float4 layers_2_mlp_block_down_w_3 = to_float4(down_w_value_3);
    sum_0_0 = fmaf(spread4(mul_value.w), layers_2_mlp_block_down_w_3, sum_0_0);
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
    const float4 layers_2 = r_value + down;
    store(layers, column, layers_2);
  }
}

extern "C" __global__ void __launch_bounds__(128, 2)
contract_logits_product(
    const float* __restrict__ final_norm,
    const __half* __restrict__ embedding,
    float* __restrict__ logits) {
  __builtin_assume(threadIdx.x < 128u);
  const unsigned slice = threadIdx.x % 32u;
  const unsigned place = threadIdx.x / 32u;
  const unsigned group = blockIdx.x * 8u + place;
  const unsigned column = group + 4u;
  float4 sum_0_0 = spread4(0.0f);
  float4 sum_0_1 = spread4(0.0f);
  for (unsigned term = slice * 4u; term < 768u; term += 128u) {
    const float4 final_norm_value = load<float4>(final_norm, term);
    const f16x4 embedding_value = load<f16x4>(embedding, group * 768u + term);
    const float4 embedding_1 = to_float4(embedding_value);
    const f16x4 embedding_value_1 = load<f16x4>(embedding, column * 768u + term);
    const float4 embedding_2 = to_float4(embedding_value_1);
    sum_0_0 = fmaf(final_norm_value, embedding_1, sum_0_0);
    sum_0_1 = fmaf(final_norm_value, embedding_2, sum_0_1);
  }
  const float4 sum_0_0_now_1 = sum_0_0;
  const float sum = sum_0_0_now_1.x + sum_0_0_now_1.y + (sum_0_0_now_1.z + sum_0_0_now_1.w);
  const float4 sum_0_1_now_1 = sum_0_1;
  const float sum_1 = sum_0_1_now_1.x + sum_0_1_now_1.y + (sum_0_1_now_1.z + sum_0_1_now_1.w);
  const float subgroup_sum_ = subgroup_sum(sum);
  const float subgroup_sum_1 = subgroup_sum(sum_1);
  if (slice == 0u) {
    logits[group] = subgroup_sum_;
    logits[column] = subgroup_sum_1;
  }
}

extern "C" __global__ void __launch_bounds__(256, 1)
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

extern "C" __global__ void __launch_bounds__(64, 4)
elementwise_5(
    const int* __restrict__ count,
    const int* __restrict__ position,
    unsigned* __restrict__ and_) {
  __builtin_assume(threadIdx.x < 64u);
  const unsigned element = blockIdx.x * 64u + threadIdx.x;
  if (element < 3u) {
    const int count_value = count[0u];
    const unsigned row = min(unsigned(max(int(unsigned(count_value) - 1u), 0)), 127u);
    const int position_value = position[row];
    and_[element] = (0 <= position_value && position_value < int(2u - element) && 0 < count_value ? 1u : 0u);
  }
}

extern "C" __global__ void __launch_bounds__(64, 4)
elementwise_6(
    const unsigned* __restrict__ and_,
    const int* __restrict__ count,
    const float* __restrict__ linear_x,
    const float* __restrict__ conv_1d_past,
    float* __restrict__ select_) {
  __builtin_assume(threadIdx.x < 64u);
  const unsigned element = blockIdx.x * 64u + threadIdx.x;
  if (element < 768u) {
    const unsigned element_1 = element * 4u;
    const unsigned k = element_1 % 1024u;
    const unsigned j = element_1 / 1024u;
    const unsigned and_value = and_[j];
    const int count_value = count[0u];
    const unsigned row = min(unsigned(max(int(j + unsigned(count_value)), 0)), 130u);
    const float4 linear_x_value = load<float4>(linear_x, (max(row, 3u) - 3u) * 1024u + k);
    const float4 conv_1d_past_value = load<float4>(conv_1d_past, min(row, 2u) * 1024u + k);
    store(select_, element * 4u, select(spread4(and_value != 0u), spread4(0.0f), select(spread4(row < 3u), conv_1d_past_value, linear_x_value)));
  }
}

extern "C" __global__ void __launch_bounds__(64, 4)
elementwise_7(const int* __restrict__ seen, const int* __restrict__ count, int* __restrict__ add) {
  __builtin_assume(threadIdx.x < 64u);
  const unsigned element = blockIdx.x * 64u + threadIdx.x;
  if (element < 1u) {
    const int seen_value = seen[element];
    const int count_value = count[element];
    add[element] = int(unsigned(seen_value) + unsigned(count_value));
  }
}
