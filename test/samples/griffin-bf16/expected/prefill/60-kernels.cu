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

__device__ inline void store(__nv_bfloat16* to, unsigned index, bf16x4 value) {
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

__device__ inline float4 to_float4(bf16x4 a) {
  return {__bfloat162float(a.x), __bfloat162float(a.y), __bfloat162float(a.z), __bfloat162float(a.w)};
}

__device__ inline float4 operator+(float4 a, float4 b) {
  return {a.x + b.x, a.y + b.y, a.z + b.z, a.w + b.w};
}

__device__ inline float4 operator*(float4 a, float4 b) {
  return {a.x * b.x, a.y * b.y, a.z * b.z, a.w * b.w};
}

__device__ inline bf16x4 to_bf16x4(float4 a) {
  return {__float2bfloat16_rn(a.x), __float2bfloat16_rn(a.y), __float2bfloat16_rn(a.z), __float2bfloat16_rn(a.w)};
}

__device__ inline float4 operator-(float4 a, float4 b) {
  return {a.x - b.x, a.y - b.y, a.z - b.z, a.w - b.w};
}

__device__ inline float4 tanhf(float4 a) {
  return {tanhf(a.x), tanhf(a.y), tanhf(a.z), tanhf(a.w)};
}

__device__ inline float4 fmaf(float4 a, float4 b, float4 c) {
  return {fmaf(a.x, b.x, c.x), fmaf(a.y, b.y, c.y), fmaf(a.z, b.z, c.z), fmaf(a.w, b.w, c.w)};
}

__device__ inline float4 select(boolx4 a, float4 b, float4 c) {
  return {(a.x ? b.x : c.x), (a.y ? b.y : c.y), (a.z ? b.z : c.z), (a.w ? b.w : c.w)};
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

/** Matrices of 8 × 8, of which each lane names a row: lanes 0 to 7 those of the first, and so on. */
template <unsigned count, bool turn>
__device__ inline void load_matrices(unsigned* to, const __nv_bfloat16* row) {
  const unsigned shared = static_cast<unsigned>(__cvta_generic_to_shared(row));
  if constexpr (count == 4u && turn) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"(shared)
                 : "memory");
  } else if constexpr (count == 4u) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"(shared)
                 : "memory");
  } else if constexpr (turn) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2];"
                 : "=r"(to[0]), "=r"(to[1])
                 : "r"(shared)
                 : "memory");
  } else {
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0, %1}, [%2];"
                 : "=r"(to[0]), "=r"(to[1])
                 : "r"(shared)
                 : "memory");
  }
}

/**
 * sums += left × right by the subgroup: rows × depth times depth × columns, in tiles of 16 × 8 sums. If `turned`, right is
 * stored as columns × depth.
 */
template <unsigned rows, unsigned columns, unsigned depth, bool turned>
__device__ inline void multiply(
    float (&sums)[rows * columns / 32u],
    const __nv_bfloat16* left,
    unsigned left_stride,
    const __nv_bfloat16* right,
    unsigned right_stride) {
  constexpr unsigned tiles = columns / 8u;
  const unsigned lane = threadIdx.x % 32u;
  const auto right_row = [&](unsigned term, unsigned tile) {
    return turned ? right + (tile * 8u + lane % 8u) * right_stride + term + lane / 8u % 2u * 8u
                  : right + (term + lane % 16u) * right_stride + tile * 8u;
  };
#pragma unroll
  for (unsigned term = 0u; term < depth; term += 16u) {
    unsigned b[tiles * 2u];
#pragma unroll
    for (unsigned tile = 0u; tile + 1u < tiles; tile += 2u)
      load_matrices<4u, !turned>(&b[tile * 2u], right_row(term, tile + lane / 16u));
    if constexpr (tiles % 2u == 1u)
      load_matrices<2u, !turned>(&b[tiles * 2u - 2u], right_row(term, tiles - 1u));
#pragma unroll
    for (unsigned down = 0u; down < rows / 16u; down++) {
      unsigned a[4];
      load_matrices<4u, false>(
          a, left + (down * 16u + lane % 16u) * left_stride + term + lane / 16u * 8u);
#pragma unroll
      for (unsigned tile = 0u; tile < tiles; tile++) {
        float* sum = &sums[(down * tiles + tile) * 4u];
        asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
            "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
            : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
            : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[tile * 2u]), "r"(b[tile * 2u + 1u]));
      }
    }
  }
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
elementwise_and_elementwise_4_and_elementwise_6(
    const int* __restrict__ tokens,
    const __nv_bfloat16* __restrict__ embedding,
    float* __restrict__ x_1,
    const int* __restrict__ count,
    const int* __restrict__ position,
    unsigned* __restrict__ and_,
    const int* __restrict__ seen,
    int* __restrict__ add) {
  __builtin_assume(threadIdx.x < 64u);
  if (blockIdx.x < 384u) {
    const unsigned element = blockIdx.x * 64u + threadIdx.x;
    if (element < 24576u) {
      const unsigned element_1 = element * 4u;
      const unsigned k = element_1 % 768u;
      const unsigned j = element_1 / 768u;
      const int tokens_value = tokens[j];
      const unsigned row = min(unsigned(max(tokens_value, 0)), 31999u);
      const bf16x4 embedding_value = load<bf16x4>(embedding, row * 768u + k);
      const float4 x = to_float4(embedding_value);
      store(x_1, element * 4u, x);
    }
  } else {
    if (blockIdx.x < 385u) {
      const unsigned place = blockIdx.x - 384u;
      const unsigned element_2 = place * 64u + threadIdx.x;
      if (element_2 < 3u) {
        const int count_value = count[0u];
        const unsigned row_2 = min(unsigned(max(int(unsigned(count_value) - 1u), 0)), 127u);
        const int position_value = position[row_2];
        and_[element_2] = (0 <= position_value && position_value < int(2u - element_2) && 0 < count_value ? 1u : 0u);
      }
    } else {
      const unsigned place_2 = blockIdx.x - 385u;
      const unsigned element_3 = place_2 * 64u + threadIdx.x;
      if (element_3 < 1u) {
        const int seen_value = seen[element_3];
        const int count_value_2 = count[element_3];
        add[element_3] = int(unsigned(seen_value) + unsigned(count_value_2));
      }
    }
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

extern "C" __global__ void __launch_bounds__(128, 2)
contract_linear_x_product_and_contract_y_product(
    const __nv_bfloat16* __restrict__ linear_x_w,
    const float* __restrict__ temporal_pre_norm,
    const float* __restrict__ linear_x_b,
    float* __restrict__ linear_x_1,
    const __nv_bfloat16* __restrict__ linear_y_w,
    const float* __restrict__ linear_y_b,
    float* __restrict__ y_1) {
  __shared__ __align__(16) __nv_bfloat16 left_high[5120];
  __shared__ __align__(16) __nv_bfloat16 left_middle[5120];
  __shared__ __align__(16) __nv_bfloat16 left_low[5120];
  __shared__ __align__(16) __nv_bfloat16 right_tile[2560];
  __shared__ __align__(16) float result_tile[2048];
  __builtin_assume(threadIdx.x < 128u);
  float sums[16];
  float sums_low[16];
  float sums_2[16];
  float sums_low_2[16];
  if (blockIdx.x < 64u) {
    const unsigned across = blockIdx.x % 32u;
    const unsigned down_2 = blockIdx.x / 32u;
    const unsigned top = down_2 * 64u;
    const unsigned leftmost = across * 32u;
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
    const unsigned part_top = part / 2u * 32u;
    const unsigned part_left = part % 2u * 16u;
    // the first depth arrives
    for (unsigned part_1 = threadIdx.x; part_1 < 512u; part_1 += 128u) {
      const unsigned row = part_1 / 8u;
      const unsigned term = part_1 % 8u * 4u;
      const unsigned row_1 = top + row;
      const unsigned row_read = min(row_1, 127u);
      const float4 temporal_pre_norm_value = load<float4>(temporal_pre_norm, row_read * 768u + term);
      const bf16x4 rounded = to_bf16x4(temporal_pre_norm_value);
      const float4 left = temporal_pre_norm_value - to_float4(rounded);
      const bf16x4 rest = to_bf16x4(left);
      const bf16x4 rest_1 = to_bf16x4(left - to_float4(rest));
      const unsigned place = row * 40u + term;
      store(left_high, place, rounded);
      store(left_middle, place, rest);
      store(left_low, place, rest_1);
    }
    const unsigned down = threadIdx.x / 4u;
    const unsigned aside = threadIdx.x % 4u * 8u;
    const unsigned column = leftmost + aside;
    const unsigned column_read = min(column, 1016u);
    copy_async<8u>(&right_tile[down * 40u + aside], &linear_x_w[down * 1024u + column_read], column < 1024u);
    commit_copies();
    for (unsigned start = 0u; start < 768u; start += 32u) {
      const unsigned half_ = start / 32u % 2u;
      await_copies<0u>();
      __syncthreads();
      const unsigned next = start + 32u;
      // the next depth arrives while this one is multiplied
      if (next < 768u) {
        for (unsigned part_3 = threadIdx.x; part_3 < 512u; part_3 += 128u) {
          const unsigned row_2 = part_3 / 8u;
          const unsigned term_3 = part_3 % 8u * 4u;
          const unsigned row_3 = top + row_2;
          const unsigned term_4 = next + term_3;
          const unsigned row_read_1 = min(row_3, 127u);
          const float4 temporal_pre_norm_value_1 = load<float4>(temporal_pre_norm, row_read_1 * 768u + term_4);
          const bf16x4 rounded_1 = to_bf16x4(temporal_pre_norm_value_1);
          const float4 left_1 = temporal_pre_norm_value_1 - to_float4(rounded_1);
          const bf16x4 rest_2 = to_bf16x4(left_1);
          const bf16x4 rest_3 = to_bf16x4(left_1 - to_float4(rest_2));
          const unsigned place_1 = (1u - half_) * 2560u + row_2 * 40u + term_3;
          store(left_high, place_1, rounded_1);
          store(left_middle, place_1, rest_2);
          store(left_low, place_1, rest_3);
        }
        const unsigned down_1 = threadIdx.x / 4u;
        const unsigned aside_1 = threadIdx.x % 4u * 8u;
        const unsigned term_5 = next + down_1;
        const unsigned column_1 = leftmost + aside_1;
        const unsigned term_read_1 = min(term_5, 767u);
        const unsigned column_read_1 = min(column_1, 1016u);
        copy_async<8u>(&right_tile[(1u - half_) * 1280u + down_1 * 40u + aside_1], &linear_x_w[term_read_1 * 1024u + column_read_1], term_5 < 768u && column_1 < 1024u);
        commit_copies();
      }
      const unsigned left_at = half_ * 2560u + part_top * 40u;
      multiply<32u, 16u, 32u, false>(sums, &left_high[left_at], 40u, &right_tile[half_ * 1280u + part_left], 40u);
      multiply<32u, 16u, 32u, false>(sums_low, &left_middle[left_at], 40u, &right_tile[half_ * 1280u + part_left], 40u);
      multiply<32u, 16u, 32u, false>(sums_low, &left_low[left_at], 40u, &right_tile[half_ * 1280u + part_left], 40u);
    }
    // through workgroup memory, so that what follows is written four columns at a time
    const unsigned own = threadIdx.x % 32u;
    const float sums_low_value = sums_low[0u];
    const float sums_value = sums[0u];
    result_tile[(part_top + own / 4u) * 32u + (part_left + own % 4u * 2u)] = sums_value + sums_low_value;
    const float sums_low_value_1 = sums_low[1u];
    const float sums_value_1 = sums[1u];
    result_tile[(part_top + own / 4u) * 32u + (part_left + (own % 4u * 2u + 1u))] = sums_value_1 + sums_low_value_1;
    const float sums_low_value_2 = sums_low[2u];
    const float sums_value_2 = sums[2u];
    result_tile[(part_top + (own / 4u + 8u)) * 32u + (part_left + own % 4u * 2u)] = sums_value_2 + sums_low_value_2;
    const float sums_low_value_3 = sums_low[3u];
    const float sums_value_3 = sums[3u];
    result_tile[(part_top + (own / 4u + 8u)) * 32u + (part_left + (own % 4u * 2u + 1u))] = sums_value_3 + sums_low_value_3;
    const float sums_low_value_4 = sums_low[4u];
    const float sums_value_4 = sums[4u];
    result_tile[(part_top + own / 4u) * 32u + (part_left + (own % 4u * 2u + 8u))] = sums_value_4 + sums_low_value_4;
    const float sums_low_value_5 = sums_low[5u];
    const float sums_value_5 = sums[5u];
    result_tile[(part_top + own / 4u) * 32u + (part_left + (own % 4u * 2u + 9u))] = sums_value_5 + sums_low_value_5;
    const float sums_low_value_6 = sums_low[6u];
    const float sums_value_6 = sums[6u];
    result_tile[(part_top + (own / 4u + 8u)) * 32u + (part_left + (own % 4u * 2u + 8u))] = sums_value_6 + sums_low_value_6;
    const float sums_low_value_7 = sums_low[7u];
    const float sums_value_7 = sums[7u];
    result_tile[(part_top + (own / 4u + 8u)) * 32u + (part_left + (own % 4u * 2u + 9u))] = sums_value_7 + sums_low_value_7;
    const float sums_low_value_8 = sums_low[8u];
    const float sums_value_8 = sums[8u];
    result_tile[(part_top + (own / 4u + 16u)) * 32u + (part_left + own % 4u * 2u)] = sums_value_8 + sums_low_value_8;
    const float sums_low_value_9 = sums_low[9u];
    const float sums_value_9 = sums[9u];
    result_tile[(part_top + (own / 4u + 16u)) * 32u + (part_left + (own % 4u * 2u + 1u))] = sums_value_9 + sums_low_value_9;
    const float sums_low_value_10 = sums_low[10u];
    const float sums_value_10 = sums[10u];
    result_tile[(part_top + (own / 4u + 24u)) * 32u + (part_left + own % 4u * 2u)] = sums_value_10 + sums_low_value_10;
    const float sums_low_value_11 = sums_low[11u];
    const float sums_value_11 = sums[11u];
    result_tile[(part_top + (own / 4u + 24u)) * 32u + (part_left + (own % 4u * 2u + 1u))] = sums_value_11 + sums_low_value_11;
    const float sums_low_value_12 = sums_low[12u];
    const float sums_value_12 = sums[12u];
    result_tile[(part_top + (own / 4u + 16u)) * 32u + (part_left + (own % 4u * 2u + 8u))] = sums_value_12 + sums_low_value_12;
    const float sums_low_value_13 = sums_low[13u];
    const float sums_value_13 = sums[13u];
    result_tile[(part_top + (own / 4u + 16u)) * 32u + (part_left + (own % 4u * 2u + 9u))] = sums_value_13 + sums_low_value_13;
    const float sums_low_value_14 = sums_low[14u];
    const float sums_value_14 = sums[14u];
    result_tile[(part_top + (own / 4u + 24u)) * 32u + (part_left + (own % 4u * 2u + 8u))] = sums_value_14 + sums_low_value_14;
    const float sums_low_value_15 = sums_low[15u];
    const float sums_value_15 = sums[15u];
    result_tile[(part_top + (own / 4u + 24u)) * 32u + (part_left + (own % 4u * 2u + 9u))] = sums_value_15 + sums_low_value_15;
    __syncthreads();
    for (unsigned part_5 = threadIdx.x; part_5 < 512u; part_5 += 128u) {
      const unsigned row_4 = top + part_5 / 8u;
      const unsigned column_2 = leftmost + part_5 % 8u * 4u;
      const float4 result_tile_value = load<float4>(result_tile, part_5 * 4u);
      if (row_4 < 128u && column_2 < 1024u) {
        const float4 linear_x_b_value = load<float4>(linear_x_b, column_2);
        const float4 linear_x = result_tile_value + linear_x_b_value;
        store(linear_x_1, row_4 * 1024u + column_2, linear_x);
      }
    }
  } else {
    const unsigned place_3 = blockIdx.x - 64u;
    const unsigned across_2 = place_3 % 32u;
    const unsigned down_4 = place_3 / 32u;
    const unsigned top_2 = down_4 * 64u;
    const unsigned leftmost_2 = across_2 * 32u;
    sums_2[0u] = 0.0f;
    sums_2[1u] = 0.0f;
    sums_2[2u] = 0.0f;
    sums_2[3u] = 0.0f;
    sums_2[4u] = 0.0f;
    sums_2[5u] = 0.0f;
    sums_2[6u] = 0.0f;
    sums_2[7u] = 0.0f;
    sums_2[8u] = 0.0f;
    sums_2[9u] = 0.0f;
    sums_2[10u] = 0.0f;
    sums_2[11u] = 0.0f;
    sums_2[12u] = 0.0f;
    sums_2[13u] = 0.0f;
    sums_2[14u] = 0.0f;
    sums_2[15u] = 0.0f;
    sums_low_2[0u] = 0.0f;
    sums_low_2[1u] = 0.0f;
    sums_low_2[2u] = 0.0f;
    sums_low_2[3u] = 0.0f;
    sums_low_2[4u] = 0.0f;
    sums_low_2[5u] = 0.0f;
    sums_low_2[6u] = 0.0f;
    sums_low_2[7u] = 0.0f;
    sums_low_2[8u] = 0.0f;
    sums_low_2[9u] = 0.0f;
    sums_low_2[10u] = 0.0f;
    sums_low_2[11u] = 0.0f;
    sums_low_2[12u] = 0.0f;
    sums_low_2[13u] = 0.0f;
    sums_low_2[14u] = 0.0f;
    sums_low_2[15u] = 0.0f;
    const unsigned part_2 = threadIdx.x / 32u;
    const unsigned part_top_2 = part_2 / 2u * 32u;
    const unsigned part_left_2 = part_2 % 2u * 16u;
    // the first depth arrives
    for (unsigned part_1_2 = threadIdx.x; part_1_2 < 512u; part_1_2 += 128u) {
      const unsigned row_5 = part_1_2 / 8u;
      const unsigned term_2 = part_1_2 % 8u * 4u;
      const unsigned row_1_2 = top_2 + row_5;
      const unsigned row_read_2 = min(row_1_2, 127u);
      const float4 temporal_pre_norm_value_2 = load<float4>(temporal_pre_norm, row_read_2 * 768u + term_2);
      const bf16x4 rounded_2 = to_bf16x4(temporal_pre_norm_value_2);
      const float4 left_2 = temporal_pre_norm_value_2 - to_float4(rounded_2);
      const bf16x4 rest_4 = to_bf16x4(left_2);
      const bf16x4 rest_1_2 = to_bf16x4(left_2 - to_float4(rest_4));
      const unsigned place_2 = row_5 * 40u + term_2;
      store(left_high, place_2, rounded_2);
      store(left_middle, place_2, rest_4);
      store(left_low, place_2, rest_1_2);
    }
    const unsigned down_3 = threadIdx.x / 4u;
    const unsigned aside_2 = threadIdx.x % 4u * 8u;
    const unsigned column_3 = leftmost_2 + aside_2;
    const unsigned column_read_2 = min(column_3, 1016u);
    copy_async<8u>(&right_tile[down_3 * 40u + aside_2], &linear_y_w[down_3 * 1024u + column_read_2], column_3 < 1024u);
    commit_copies();
    for (unsigned start_2 = 0u; start_2 < 768u; start_2 += 32u) {
      const unsigned half_2 = start_2 / 32u % 2u;
      await_copies<0u>();
      __syncthreads();
      const unsigned next_2 = start_2 + 32u;
      // the next depth arrives while this one is multiplied
      if (next_2 < 768u) {
        for (unsigned part_3_2 = threadIdx.x; part_3_2 < 512u; part_3_2 += 128u) {
          const unsigned row_2_2 = part_3_2 / 8u;
          const unsigned term_3_2 = part_3_2 % 8u * 4u;
          const unsigned row_3_2 = top_2 + row_2_2;
          const unsigned term_4_2 = next_2 + term_3_2;
          const unsigned row_read_1_2 = min(row_3_2, 127u);
          const float4 temporal_pre_norm_value_1_2 = load<float4>(temporal_pre_norm, row_read_1_2 * 768u + term_4_2);
          const bf16x4 rounded_1_2 = to_bf16x4(temporal_pre_norm_value_1_2);
          const float4 left_1_2 = temporal_pre_norm_value_1_2 - to_float4(rounded_1_2);
          const bf16x4 rest_2_2 = to_bf16x4(left_1_2);
          const bf16x4 rest_3_2 = to_bf16x4(left_1_2 - to_float4(rest_2_2));
          const unsigned place_1_2 = (1u - half_2) * 2560u + row_2_2 * 40u + term_3_2;
          store(left_high, place_1_2, rounded_1_2);
          store(left_middle, place_1_2, rest_2_2);
          store(left_low, place_1_2, rest_3_2);
        }
        const unsigned down_1_2 = threadIdx.x / 4u;
        const unsigned aside_1_2 = threadIdx.x % 4u * 8u;
        const unsigned term_5_2 = next_2 + down_1_2;
        const unsigned column_1_2 = leftmost_2 + aside_1_2;
        const unsigned term_read_1_2 = min(term_5_2, 767u);
        const unsigned column_read_1_2 = min(column_1_2, 1016u);
        copy_async<8u>(&right_tile[(1u - half_2) * 1280u + down_1_2 * 40u + aside_1_2], &linear_y_w[term_read_1_2 * 1024u + column_read_1_2], term_5_2 < 768u && column_1_2 < 1024u);
        commit_copies();
      }
      const unsigned left_at_2 = half_2 * 2560u + part_top_2 * 40u;
      multiply<32u, 16u, 32u, false>(sums_2, &left_high[left_at_2], 40u, &right_tile[half_2 * 1280u + part_left_2], 40u);
      multiply<32u, 16u, 32u, false>(sums_low_2, &left_middle[left_at_2], 40u, &right_tile[half_2 * 1280u + part_left_2], 40u);
      multiply<32u, 16u, 32u, false>(sums_low_2, &left_low[left_at_2], 40u, &right_tile[half_2 * 1280u + part_left_2], 40u);
    }
    // through workgroup memory, so that what follows is written four columns at a time
    const unsigned own_2 = threadIdx.x % 32u;
    const float sums_low_value_16 = sums_low_2[0u];
    const float sums_value_16 = sums_2[0u];
    result_tile[(part_top_2 + own_2 / 4u) * 32u + (part_left_2 + own_2 % 4u * 2u)] = sums_value_16 + sums_low_value_16;
    const float sums_low_value_1_2 = sums_low_2[1u];
    const float sums_value_1_2 = sums_2[1u];
    result_tile[(part_top_2 + own_2 / 4u) * 32u + (part_left_2 + (own_2 % 4u * 2u + 1u))] = sums_value_1_2 + sums_low_value_1_2;
    const float sums_low_value_2_2 = sums_low_2[2u];
    const float sums_value_2_2 = sums_2[2u];
    result_tile[(part_top_2 + (own_2 / 4u + 8u)) * 32u + (part_left_2 + own_2 % 4u * 2u)] = sums_value_2_2 + sums_low_value_2_2;
    const float sums_low_value_3_2 = sums_low_2[3u];
    const float sums_value_3_2 = sums_2[3u];
    result_tile[(part_top_2 + (own_2 / 4u + 8u)) * 32u + (part_left_2 + (own_2 % 4u * 2u + 1u))] = sums_value_3_2 + sums_low_value_3_2;
    const float sums_low_value_4_2 = sums_low_2[4u];
    const float sums_value_4_2 = sums_2[4u];
    result_tile[(part_top_2 + own_2 / 4u) * 32u + (part_left_2 + (own_2 % 4u * 2u + 8u))] = sums_value_4_2 + sums_low_value_4_2;
    const float sums_low_value_5_2 = sums_low_2[5u];
    const float sums_value_5_2 = sums_2[5u];
    result_tile[(part_top_2 + own_2 / 4u) * 32u + (part_left_2 + (own_2 % 4u * 2u + 9u))] = sums_value_5_2 + sums_low_value_5_2;
    const float sums_low_value_6_2 = sums_low_2[6u];
    const float sums_value_6_2 = sums_2[6u];
    result_tile[(part_top_2 + (own_2 / 4u + 8u)) * 32u + (part_left_2 + (own_2 % 4u * 2u + 8u))] = sums_value_6_2 + sums_low_value_6_2;
    const float sums_low_value_7_2 = sums_low_2[7u];
    const float sums_value_7_2 = sums_2[7u];
    result_tile[(part_top_2 + (own_2 / 4u + 8u)) * 32u + (part_left_2 + (own_2 % 4u * 2u + 9u))] = sums_value_7_2 + sums_low_value_7_2;
    const float sums_low_value_8_2 = sums_low_2[8u];
    const float sums_value_8_2 = sums_2[8u];
    result_tile[(part_top_2 + (own_2 / 4u + 16u)) * 32u + (part_left_2 + own_2 % 4u * 2u)] = sums_value_8_2 + sums_low_value_8_2;
    const float sums_low_value_9_2 = sums_low_2[9u];
    const float sums_value_9_2 = sums_2[9u];
    result_tile[(part_top_2 + (own_2 / 4u + 16u)) * 32u + (part_left_2 + (own_2 % 4u * 2u + 1u))] = sums_value_9_2 + sums_low_value_9_2;
    const float sums_low_value_10_2 = sums_low_2[10u];
    const float sums_value_10_2 = sums_2[10u];
    result_tile[(part_top_2 + (own_2 / 4u + 24u)) * 32u + (part_left_2 + own_2 % 4u * 2u)] = sums_value_10_2 + sums_low_value_10_2;
    const float sums_low_value_11_2 = sums_low_2[11u];
    const float sums_value_11_2 = sums_2[11u];
    result_tile[(part_top_2 + (own_2 / 4u + 24u)) * 32u + (part_left_2 + (own_2 % 4u * 2u + 1u))] = sums_value_11_2 + sums_low_value_11_2;
    const float sums_low_value_12_2 = sums_low_2[12u];
    const float sums_value_12_2 = sums_2[12u];
    result_tile[(part_top_2 + (own_2 / 4u + 16u)) * 32u + (part_left_2 + (own_2 % 4u * 2u + 8u))] = sums_value_12_2 + sums_low_value_12_2;
    const float sums_low_value_13_2 = sums_low_2[13u];
    const float sums_value_13_2 = sums_2[13u];
    result_tile[(part_top_2 + (own_2 / 4u + 16u)) * 32u + (part_left_2 + (own_2 % 4u * 2u + 9u))] = sums_value_13_2 + sums_low_value_13_2;
    const float sums_low_value_14_2 = sums_low_2[14u];
    const float sums_value_14_2 = sums_2[14u];
    result_tile[(part_top_2 + (own_2 / 4u + 24u)) * 32u + (part_left_2 + (own_2 % 4u * 2u + 8u))] = sums_value_14_2 + sums_low_value_14_2;
    const float sums_low_value_15_2 = sums_low_2[15u];
    const float sums_value_15_2 = sums_2[15u];
    result_tile[(part_top_2 + (own_2 / 4u + 24u)) * 32u + (part_left_2 + (own_2 % 4u * 2u + 9u))] = sums_value_15_2 + sums_low_value_15_2;
    __syncthreads();
    for (unsigned part_5_2 = threadIdx.x; part_5_2 < 512u; part_5_2 += 128u) {
      const unsigned row_4_2 = top_2 + part_5_2 / 8u;
      const unsigned column_2_2 = leftmost_2 + part_5_2 % 8u * 4u;
      const float4 result_tile_value_2 = load<float4>(result_tile, part_5_2 * 4u);
      if (row_4_2 < 128u && column_2_2 < 1024u) {
        const float4 linear_y_b_value = load<float4>(linear_y_b, column_2_2);
        const float4 linear_y = result_tile_value_2 + linear_y_b_value;
        const float4 y = linear_y * spread4(0.5f) * (tanhf((linear_y + linear_y * linear_y * linear_y * spread4(0.044715f)) * spread4(0.7978846f)) + spread4(1.0f));
        store(y_1, row_4_2 * 1024u + column_2_2, y);
      }
    }
  }
}

extern "C" __global__ void __launch_bounds__(64, 4)
composite_conv_1d_conv_and_elementwise_5(
    const __nv_bfloat16* __restrict__ conv_1d_w,
    const float* __restrict__ conv_1d_past,
    const float* __restrict__ linear_x,
    const int* __restrict__ position,
    const float* __restrict__ conv_1d_b,
    float* __restrict__ conv_1d_1,
    const unsigned* __restrict__ and_,
    const int* __restrict__ count,
    float* __restrict__ select_) {
  __builtin_assume(threadIdx.x < 64u);
  if (blockIdx.x < 128u) {
    const unsigned element = blockIdx.x * 64u + threadIdx.x;
    if (element < 8192u) {
      const unsigned k = element % 256u;
      const unsigned j = element / 256u;
      const unsigned channel = k * 4u;
      const unsigned first = j * 4u;
      const bf16x4 conv_1d_w_value = load<bf16x4>(conv_1d_w, channel + 3072u);
      const float4 layers_0_temporal_block_conv_1d_w = to_float4(conv_1d_w_value);
      const bf16x4 conv_1d_w_value_1 = load<bf16x4>(conv_1d_w, channel + 2048u);
      const float4 layers_0_temporal_block_conv_1d_w_1 = to_float4(conv_1d_w_value_1);
      const bf16x4 conv_1d_w_value_2 = load<bf16x4>(conv_1d_w, channel + 1024u);
      const float4 layers_0_temporal_block_conv_1d_w_2 = to_float4(conv_1d_w_value_2);
      const bf16x4 conv_1d_w_value_3 = load<bf16x4>(conv_1d_w, channel);
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
  } else {
    const unsigned place = blockIdx.x - 128u;
    const unsigned element_2 = place * 64u + threadIdx.x;
    if (element_2 < 768u) {
      const unsigned element_1 = element_2 * 4u;
      const unsigned k_2 = element_1 % 1024u;
      const unsigned j_2 = element_1 / 1024u;
      const unsigned and_value = and_[j_2];
      const int count_value = count[0u];
      const unsigned row = min(unsigned(max(int(j_2 + unsigned(count_value)), 0)), 130u);
      const float4 linear_x_value_4 = load<float4>(linear_x, (max(row, 3u) - 3u) * 1024u + k_2);
      const float4 conv_1d_past_value_3 = load<float4>(conv_1d_past, min(row, 2u) * 1024u + k_2);
      store(select_, element_2 * 4u, select(spread4(and_value != 0u), spread4(0.0f), select(spread4(row < 3u), conv_1d_past_value_3, linear_x_value_4)));
    }
  }
}

extern "C" __global__ void __launch_bounds__(128, 2)
contract_product_and_contract_product(
    const __nv_bfloat16* __restrict__ a_gate_w,
    const float* __restrict__ conv_1d,
    float* __restrict__ contract,
    const __nv_bfloat16* __restrict__ a_gate_w_2,
    float* __restrict__ contract_2) {
  __shared__ __align__(16) __nv_bfloat16 left_high[5120];
  __shared__ __align__(16) __nv_bfloat16 left_middle[5120];
  __shared__ __align__(16) __nv_bfloat16 left_low[5120];
  __shared__ __align__(16) __nv_bfloat16 right_tile[2560];
  __shared__ __align__(16) float result_tile[2048];
  __builtin_assume(threadIdx.x < 128u);
  float sums[16];
  float sums_low[16];
  float sums_2[16];
  float sums_low_2[16];
  if (blockIdx.x < 64u) {
    const unsigned across = blockIdx.x % 2u;
    const unsigned down_2 = blockIdx.x / 2u % 2u;
    const unsigned layer = blockIdx.x / 4u;
    const unsigned top = down_2 * 64u;
    const unsigned leftmost = across * 32u;
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
    const unsigned part_top = part / 2u * 32u;
    const unsigned part_left = part % 2u * 16u;
    // the first depth arrives
    for (unsigned part_1 = threadIdx.x; part_1 < 512u; part_1 += 128u) {
      const unsigned row = part_1 / 8u;
      const unsigned term = part_1 % 8u * 4u;
      const unsigned row_1 = top + row;
      const unsigned row_read = min(row_1, 127u);
      const float4 conv_1d_value = load<float4>(conv_1d, row_read * 1024u + (layer * 64u + term));
      const bf16x4 rounded = to_bf16x4(conv_1d_value);
      const float4 left = conv_1d_value - to_float4(rounded);
      const bf16x4 rest = to_bf16x4(left);
      const bf16x4 rest_1 = to_bf16x4(left - to_float4(rest));
      const unsigned place = row * 40u + term;
      store(left_high, place, rounded);
      store(left_middle, place, rest);
      store(left_low, place, rest_1);
    }
    const unsigned down = threadIdx.x / 4u;
    const unsigned aside = threadIdx.x % 4u * 8u;
    const unsigned column = leftmost + aside;
    const unsigned column_read = min(column, 56u);
    copy_async<8u>(&right_tile[down * 40u + aside], &a_gate_w[(layer * 64u + down) * 64u + column_read], column < 64u);
    commit_copies();
    for (unsigned start = 0u; start < 64u; start += 32u) {
      const unsigned half_ = start / 32u;
      await_copies<0u>();
      __syncthreads();
      const unsigned next = start + 32u;
      // the next depth arrives while this one is multiplied
      if (next < 64u) {
        for (unsigned part_3 = threadIdx.x; part_3 < 512u; part_3 += 128u) {
          const unsigned row_2 = part_3 / 8u;
          const unsigned term_3 = part_3 % 8u * 4u;
          const unsigned row_3 = top + row_2;
          const unsigned term_4 = next + term_3;
          const unsigned row_read_1 = min(row_3, 127u);
          const float4 conv_1d_value_1 = load<float4>(conv_1d, row_read_1 * 1024u + (layer * 64u + term_4));
          const bf16x4 rounded_1 = to_bf16x4(conv_1d_value_1);
          const float4 left_1 = conv_1d_value_1 - to_float4(rounded_1);
          const bf16x4 rest_2 = to_bf16x4(left_1);
          const bf16x4 rest_3 = to_bf16x4(left_1 - to_float4(rest_2));
          const unsigned place_1 = (1u - half_) * 2560u + row_2 * 40u + term_3;
          store(left_high, place_1, rounded_1);
          store(left_middle, place_1, rest_2);
          store(left_low, place_1, rest_3);
        }
        const unsigned down_1 = threadIdx.x / 4u;
        const unsigned aside_1 = threadIdx.x % 4u * 8u;
        const unsigned term_5 = next + down_1;
        const unsigned column_1 = leftmost + aside_1;
        const unsigned term_read_1 = min(term_5, 63u);
        const unsigned column_read_1 = min(column_1, 56u);
        copy_async<8u>(&right_tile[(1u - half_) * 1280u + down_1 * 40u + aside_1], &a_gate_w[(layer * 64u + term_read_1) * 64u + column_read_1], term_5 < 64u && column_1 < 64u);
        commit_copies();
      }
      const unsigned left_at = half_ * 2560u + part_top * 40u;
      multiply<32u, 16u, 32u, false>(sums, &left_high[left_at], 40u, &right_tile[half_ * 1280u + part_left], 40u);
      multiply<32u, 16u, 32u, false>(sums_low, &left_middle[left_at], 40u, &right_tile[half_ * 1280u + part_left], 40u);
      multiply<32u, 16u, 32u, false>(sums_low, &left_low[left_at], 40u, &right_tile[half_ * 1280u + part_left], 40u);
    }
    // through workgroup memory, so that what follows is written four columns at a time
    const unsigned own = threadIdx.x % 32u;
    const float sums_low_value = sums_low[0u];
    const float sums_value = sums[0u];
    result_tile[(part_top + own / 4u) * 32u + (part_left + own % 4u * 2u)] = sums_value + sums_low_value;
    const float sums_low_value_1 = sums_low[1u];
    const float sums_value_1 = sums[1u];
    result_tile[(part_top + own / 4u) * 32u + (part_left + (own % 4u * 2u + 1u))] = sums_value_1 + sums_low_value_1;
    const float sums_low_value_2 = sums_low[2u];
    const float sums_value_2 = sums[2u];
    result_tile[(part_top + (own / 4u + 8u)) * 32u + (part_left + own % 4u * 2u)] = sums_value_2 + sums_low_value_2;
    const float sums_low_value_3 = sums_low[3u];
    const float sums_value_3 = sums[3u];
    result_tile[(part_top + (own / 4u + 8u)) * 32u + (part_left + (own % 4u * 2u + 1u))] = sums_value_3 + sums_low_value_3;
    const float sums_low_value_4 = sums_low[4u];
    const float sums_value_4 = sums[4u];
    result_tile[(part_top + own / 4u) * 32u + (part_left + (own % 4u * 2u + 8u))] = sums_value_4 + sums_low_value_4;
    const float sums_low_value_5 = sums_low[5u];
    const float sums_value_5 = sums[5u];
    result_tile[(part_top + own / 4u) * 32u + (part_left + (own % 4u * 2u + 9u))] = sums_value_5 + sums_low_value_5;
    const float sums_low_value_6 = sums_low[6u];
    const float sums_value_6 = sums[6u];
    result_tile[(part_top + (own / 4u + 8u)) * 32u + (part_left + (own % 4u * 2u + 8u))] = sums_value_6 + sums_low_value_6;
    const float sums_low_value_7 = sums_low[7u];
    const float sums_value_7 = sums[7u];
    result_tile[(part_top + (own / 4u + 8u)) * 32u + (part_left + (own % 4u * 2u + 9u))] = sums_value_7 + sums_low_value_7;
    const float sums_low_value_8 = sums_low[8u];
    const float sums_value_8 = sums[8u];
    result_tile[(part_top + (own / 4u + 16u)) * 32u + (part_left + own % 4u * 2u)] = sums_value_8 + sums_low_value_8;
    const float sums_low_value_9 = sums_low[9u];
    const float sums_value_9 = sums[9u];
    result_tile[(part_top + (own / 4u + 16u)) * 32u + (part_left + (own % 4u * 2u + 1u))] = sums_value_9 + sums_low_value_9;
    const float sums_low_value_10 = sums_low[10u];
    const float sums_value_10 = sums[10u];
    result_tile[(part_top + (own / 4u + 24u)) * 32u + (part_left + own % 4u * 2u)] = sums_value_10 + sums_low_value_10;
    const float sums_low_value_11 = sums_low[11u];
    const float sums_value_11 = sums[11u];
    result_tile[(part_top + (own / 4u + 24u)) * 32u + (part_left + (own % 4u * 2u + 1u))] = sums_value_11 + sums_low_value_11;
    const float sums_low_value_12 = sums_low[12u];
    const float sums_value_12 = sums[12u];
    result_tile[(part_top + (own / 4u + 16u)) * 32u + (part_left + (own % 4u * 2u + 8u))] = sums_value_12 + sums_low_value_12;
    const float sums_low_value_13 = sums_low[13u];
    const float sums_value_13 = sums[13u];
    result_tile[(part_top + (own / 4u + 16u)) * 32u + (part_left + (own % 4u * 2u + 9u))] = sums_value_13 + sums_low_value_13;
    const float sums_low_value_14 = sums_low[14u];
    const float sums_value_14 = sums[14u];
    result_tile[(part_top + (own / 4u + 24u)) * 32u + (part_left + (own % 4u * 2u + 8u))] = sums_value_14 + sums_low_value_14;
    const float sums_low_value_15 = sums_low[15u];
    const float sums_value_15 = sums[15u];
    result_tile[(part_top + (own / 4u + 24u)) * 32u + (part_left + (own % 4u * 2u + 9u))] = sums_value_15 + sums_low_value_15;
    __syncthreads();
    for (unsigned part_5 = threadIdx.x; part_5 < 512u; part_5 += 128u) {
      const unsigned row_4 = top + part_5 / 8u;
      const unsigned column_2 = leftmost + part_5 % 8u * 4u;
      const float4 result_tile_value = load<float4>(result_tile, part_5 * 4u);
      if (row_4 < 128u && column_2 < 64u) {
        store(contract, (row_4 * 16u + layer) * 64u + column_2, result_tile_value);
      }
    }
  } else {
    const unsigned place_3 = blockIdx.x - 64u;
    const unsigned across_2 = place_3 % 2u;
    const unsigned down_4 = place_3 / 2u % 2u;
    const unsigned layer_2 = place_3 / 4u;
    const unsigned top_2 = down_4 * 64u;
    const unsigned leftmost_2 = across_2 * 32u;
    sums_2[0u] = 0.0f;
    sums_2[1u] = 0.0f;
    sums_2[2u] = 0.0f;
    sums_2[3u] = 0.0f;
    sums_2[4u] = 0.0f;
    sums_2[5u] = 0.0f;
    sums_2[6u] = 0.0f;
    sums_2[7u] = 0.0f;
    sums_2[8u] = 0.0f;
    sums_2[9u] = 0.0f;
    sums_2[10u] = 0.0f;
    sums_2[11u] = 0.0f;
    sums_2[12u] = 0.0f;
    sums_2[13u] = 0.0f;
    sums_2[14u] = 0.0f;
    sums_2[15u] = 0.0f;
    sums_low_2[0u] = 0.0f;
    sums_low_2[1u] = 0.0f;
    sums_low_2[2u] = 0.0f;
    sums_low_2[3u] = 0.0f;
    sums_low_2[4u] = 0.0f;
    sums_low_2[5u] = 0.0f;
    sums_low_2[6u] = 0.0f;
    sums_low_2[7u] = 0.0f;
    sums_low_2[8u] = 0.0f;
    sums_low_2[9u] = 0.0f;
    sums_low_2[10u] = 0.0f;
    sums_low_2[11u] = 0.0f;
    sums_low_2[12u] = 0.0f;
    sums_low_2[13u] = 0.0f;
    sums_low_2[14u] = 0.0f;
    sums_low_2[15u] = 0.0f;
    const unsigned part_2 = threadIdx.x / 32u;
    const unsigned part_top_2 = part_2 / 2u * 32u;
    const unsigned part_left_2 = part_2 % 2u * 16u;
    // the first depth arrives
    for (unsigned part_1_2 = threadIdx.x; part_1_2 < 512u; part_1_2 += 128u) {
      const unsigned row_5 = part_1_2 / 8u;
      const unsigned term_2 = part_1_2 % 8u * 4u;
      const unsigned row_1_2 = top_2 + row_5;
      const unsigned row_read_2 = min(row_1_2, 127u);
      const float4 conv_1d_value_2 = load<float4>(conv_1d, row_read_2 * 1024u + (layer_2 * 64u + term_2));
      const bf16x4 rounded_2 = to_bf16x4(conv_1d_value_2);
      const float4 left_2 = conv_1d_value_2 - to_float4(rounded_2);
      const bf16x4 rest_4 = to_bf16x4(left_2);
      const bf16x4 rest_1_2 = to_bf16x4(left_2 - to_float4(rest_4));
      const unsigned place_2 = row_5 * 40u + term_2;
      store(left_high, place_2, rounded_2);
      store(left_middle, place_2, rest_4);
      store(left_low, place_2, rest_1_2);
    }
    const unsigned down_3 = threadIdx.x / 4u;
    const unsigned aside_2 = threadIdx.x % 4u * 8u;
    const unsigned column_3 = leftmost_2 + aside_2;
    const unsigned column_read_2 = min(column_3, 56u);
    copy_async<8u>(&right_tile[down_3 * 40u + aside_2], &a_gate_w_2[(layer_2 * 64u + down_3) * 64u + column_read_2], column_3 < 64u);
    commit_copies();
    for (unsigned start_2 = 0u; start_2 < 64u; start_2 += 32u) {
      const unsigned half_2 = start_2 / 32u;
      await_copies<0u>();
      __syncthreads();
      const unsigned next_2 = start_2 + 32u;
      // the next depth arrives while this one is multiplied
      if (next_2 < 64u) {
        for (unsigned part_3_2 = threadIdx.x; part_3_2 < 512u; part_3_2 += 128u) {
          const unsigned row_2_2 = part_3_2 / 8u;
          const unsigned term_3_2 = part_3_2 % 8u * 4u;
          const unsigned row_3_2 = top_2 + row_2_2;
          const unsigned term_4_2 = next_2 + term_3_2;
          const unsigned row_read_1_2 = min(row_3_2, 127u);
          const float4 conv_1d_value_1_2 = load<float4>(conv_1d, row_read_1_2 * 1024u + (layer_2 * 64u + term_4_2));
          const bf16x4 rounded_1_2 = to_bf16x4(conv_1d_value_1_2);
          const float4 left_1_2 = conv_1d_value_1_2 - to_float4(rounded_1_2);
          const bf16x4 rest_2_2 = to_bf16x4(left_1_2);
          const bf16x4 rest_3_2 = to_bf16x4(left_1_2 - to_float4(rest_2_2));
          const unsigned place_1_2 = (1u - half_2) * 2560u + row_2_2 * 40u + term_3_2;
          store(left_high, place_1_2, rounded_1_2);
          store(left_middle, place_1_2, rest_2_2);
          store(left_low, place_1_2, rest_3_2);
        }
        const unsigned down_1_2 = threadIdx.x / 4u;
        const unsigned aside_1_2 = threadIdx.x % 4u * 8u;
        const unsigned term_5_2 = next_2 + down_1_2;
        const unsigned column_1_2 = leftmost_2 + aside_1_2;
        const unsigned term_read_1_2 = min(term_5_2, 63u);
        const unsigned column_read_1_2 = min(column_1_2, 56u);
        copy_async<8u>(&right_tile[(1u - half_2) * 1280u + down_1_2 * 40u + aside_1_2], &a_gate_w_2[(layer_2 * 64u + term_read_1_2) * 64u + column_read_1_2], term_5_2 < 64u && column_1_2 < 64u);
        commit_copies();
      }
      const unsigned left_at_2 = half_2 * 2560u + part_top_2 * 40u;
      multiply<32u, 16u, 32u, false>(sums_2, &left_high[left_at_2], 40u, &right_tile[half_2 * 1280u + part_left_2], 40u);
      multiply<32u, 16u, 32u, false>(sums_low_2, &left_middle[left_at_2], 40u, &right_tile[half_2 * 1280u + part_left_2], 40u);
      multiply<32u, 16u, 32u, false>(sums_low_2, &left_low[left_at_2], 40u, &right_tile[half_2 * 1280u + part_left_2], 40u);
    }
    // through workgroup memory, so that what follows is written four columns at a time
    const unsigned own_2 = threadIdx.x % 32u;
    const float sums_low_value_16 = sums_low_2[0u];
    const float sums_value_16 = sums_2[0u];
    result_tile[(part_top_2 + own_2 / 4u) * 32u + (part_left_2 + own_2 % 4u * 2u)] = sums_value_16 + sums_low_value_16;
    const float sums_low_value_1_2 = sums_low_2[1u];
    const float sums_value_1_2 = sums_2[1u];
    result_tile[(part_top_2 + own_2 / 4u) * 32u + (part_left_2 + (own_2 % 4u * 2u + 1u))] = sums_value_1_2 + sums_low_value_1_2;
    const float sums_low_value_2_2 = sums_low_2[2u];
    const float sums_value_2_2 = sums_2[2u];
    result_tile[(part_top_2 + (own_2 / 4u + 8u)) * 32u + (part_left_2 + own_2 % 4u * 2u)] = sums_value_2_2 + sums_low_value_2_2;
    const float sums_low_value_3_2 = sums_low_2[3u];
    const float sums_value_3_2 = sums_2[3u];
    result_tile[(part_top_2 + (own_2 / 4u + 8u)) * 32u + (part_left_2 + (own_2 % 4u * 2u + 1u))] = sums_value_3_2 + sums_low_value_3_2;
    const float sums_low_value_4_2 = sums_low_2[4u];
    const float sums_value_4_2 = sums_2[4u];
    result_tile[(part_top_2 + own_2 / 4u) * 32u + (part_left_2 + (own_2 % 4u * 2u + 8u))] = sums_value_4_2 + sums_low_value_4_2;
    const float sums_low_value_5_2 = sums_low_2[5u];
    const float sums_value_5_2 = sums_2[5u];
    result_tile[(part_top_2 + own_2 / 4u) * 32u + (part_left_2 + (own_2 % 4u * 2u + 9u))] = sums_value_5_2 + sums_low_value_5_2;
    const float sums_low_value_6_2 = sums_low_2[6u];
    const float sums_value_6_2 = sums_2[6u];
    result_tile[(part_top_2 + (own_2 / 4u + 8u)) * 32u + (part_left_2 + (own_2 % 4u * 2u + 8u))] = sums_value_6_2 + sums_low_value_6_2;
    const float sums_low_value_7_2 = sums_low_2[7u];
    const float sums_value_7_2 = sums_2[7u];
    result_tile[(part_top_2 + (own_2 / 4u + 8u)) * 32u + (part_left_2 + (own_2 % 4u * 2u + 9u))] = sums_value_7_2 + sums_low_value_7_2;
    const float sums_low_value_8_2 = sums_low_2[8u];
    const float sums_value_8_2 = sums_2[8u];
    result_tile[(part_top_2 + (own_2 / 4u + 16u)) * 32u + (part_left_2 + own_2 % 4u * 2u)] = sums_value_8_2 + sums_low_value_8_2;
    const float sums_low_value_9_2 = sums_low_2[9u];
    const float sums_value_9_2 = sums_2[9u];
    result_tile[(part_top_2 + (own_2 / 4u + 16u)) * 32u + (part_left_2 + (own_2 % 4u * 2u + 1u))] = sums_value_9_2 + sums_low_value_9_2;
    const float sums_low_value_10_2 = sums_low_2[10u];
    const float sums_value_10_2 = sums_2[10u];
    result_tile[(part_top_2 + (own_2 / 4u + 24u)) * 32u + (part_left_2 + own_2 % 4u * 2u)] = sums_value_10_2 + sums_low_value_10_2;
    const float sums_low_value_11_2 = sums_low_2[11u];
    const float sums_value_11_2 = sums_2[11u];
    result_tile[(part_top_2 + (own_2 / 4u + 24u)) * 32u + (part_left_2 + (own_2 % 4u * 2u + 1u))] = sums_value_11_2 + sums_low_value_11_2;
    const float sums_low_value_12_2 = sums_low_2[12u];
    const float sums_value_12_2 = sums_2[12u];
    result_tile[(part_top_2 + (own_2 / 4u + 16u)) * 32u + (part_left_2 + (own_2 % 4u * 2u + 8u))] = sums_value_12_2 + sums_low_value_12_2;
    const float sums_low_value_13_2 = sums_low_2[13u];
    const float sums_value_13_2 = sums_2[13u];
    result_tile[(part_top_2 + (own_2 / 4u + 16u)) * 32u + (part_left_2 + (own_2 % 4u * 2u + 9u))] = sums_value_13_2 + sums_low_value_13_2;
    const float sums_low_value_14_2 = sums_low_2[14u];
    const float sums_value_14_2 = sums_2[14u];
    result_tile[(part_top_2 + (own_2 / 4u + 24u)) * 32u + (part_left_2 + (own_2 % 4u * 2u + 8u))] = sums_value_14_2 + sums_low_value_14_2;
    const float sums_low_value_15_2 = sums_low_2[15u];
    const float sums_value_15_2 = sums_2[15u];
    result_tile[(part_top_2 + (own_2 / 4u + 24u)) * 32u + (part_left_2 + (own_2 % 4u * 2u + 9u))] = sums_value_15_2 + sums_low_value_15_2;
    __syncthreads();
    for (unsigned part_5_2 = threadIdx.x; part_5_2 < 512u; part_5_2 += 128u) {
      const unsigned row_4_2 = top_2 + part_5_2 / 8u;
      const unsigned column_2_2 = leftmost_2 + part_5_2 % 8u * 4u;
      const float4 result_tile_value_2 = load<float4>(result_tile, part_5_2 * 4u);
      if (row_4_2 < 128u && column_2_2 < 64u) {
        store(contract_2, (row_4_2 * 16u + layer_2) * 64u + column_2_2, result_tile_value_2);
      }
    }
  }
}

extern "C" __global__ void __launch_bounds__(64, 4)
scan_rg_lru_scan(
    const float* __restrict__ rg_lru_scan,
    const int* __restrict__ count,
    const float* __restrict__ rg_lru_a_param,
    const float* __restrict__ conv_1d,
    const float* __restrict__ y,
    const int* __restrict__ position,
    const float* __restrict__ contract,
    const __nv_bfloat16* __restrict__ a_gate_b,
    const float* __restrict__ contract_1,
    const __nv_bfloat16* __restrict__ input_gate_b,
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
    const int count_value = count[0u];
    const float4 rg_lru_a_param_value = load<float4>(rg_lru_a_param, channel);
    const float4 exp = expf(-fabsf(rg_lru_a_param_value));
    const float4 div = exp / (exp + spread4(2.0f));
    const float4 mul = div * div;
    const float4 mul_1 = spread4(-8.0f) * (maximum(rg_lru_a_param_value, spread4(0.0f)) + select(fabsf(exp) < spread4(0.35f), div * ((((spread4(0.22222222f) * mul + spread4(0.2857143f)) * mul + spread4(0.4f)) * mul + spread4(0.6666667f)) * mul + spread4(2.0f)), logf(exp + spread4(1.0f))));
    for (unsigned early = 0u; early < 8u; early += 1u) {
      const unsigned slot = (early * 64u + threadIdx.x) * 4u;
      copy_async<4u>(&conv_1d_ahead[slot], &conv_1d[early * 1024u + channel]);
      copy_async<4u>(&y_ahead[slot], &y[early * 1024u + channel]);
      commit_copies();
    }
    const bf16x4 a_gate_b_value = load<bf16x4>(a_gate_b, channel);
    const bf16x4 input_gate_b_value = load<bf16x4>(input_gate_b, channel);
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
      const float4 log_a = mul_1 * r;
      const float4 exp_1 = expf(log_a);
      const float4 a = select(spread4(first), spread4(0.0f), exp_1);
      const float4 decay = select(spread4(int(step) < count_value), a, spread4(1.0f));
      const float4 m = select(spread4(first), spread4(1.0f), sqrtf(-(select(fabsf(log_a) < spread4(0.35f), (((((spread4(0.0001984127f) * log_a + spread4(0.0013888889f)) * log_a + spread4(0.008333334f)) * log_a + spread4(0.041666668f)) * log_a + spread4(0.16666667f)) * log_a + spread4(0.5f)) * log_a * log_a + log_a, exp_1 - spread4(1.0f)) * (exp_1 + spread4(1.0f)))));
      const float4 contract_1_value = load<float4>(contract_1, (step * 16u + i) * 64u + j);
      const float4 layers_0_temporal_block_rg_lru_input_gate_b = to_float4(input_gate_b_value);
      const float4 y_2 = contract_1_value + layers_0_temporal_block_rg_lru_input_gate_b;
      const float4 i_1 = spread4(1.0f) / (expf(-y_2) + spread4(1.0f));
      const float4 conv_1d_ahead_value = load<float4>(conv_1d_ahead, slot_1);
      h = fmaf(decay, h, select(spread4(int(step) < count_value), m * (i_1 * conv_1d_ahead_value), spread4(0.0f)));
      const float4 y_ahead_value = load<float4>(y_ahead, slot_1);
      store(mul_2, step * 1024u + channel, h * y_ahead_value);
      const unsigned later = step + 8u;
      const bool inside_1 = later < 128u;
      const unsigned ahead_1 = min(later, 127u);
      const unsigned slot_2 = (later % 8u * 64u + threadIdx.x) * 4u;
      copy_async<4u>(&conv_1d_ahead[slot_2], &conv_1d[ahead_1 * 1024u + channel], inside_1);
      copy_async<4u>(&y_ahead[slot_2], &y[ahead_1 * 1024u + channel], inside_1);
      commit_copies();
    }
    await_copies<0u>();
    store(rg_lru, channel, h);
  }
}

extern "C" __global__ void __launch_bounds__(128, 2)
contract_r_product(
    const __nv_bfloat16* __restrict__ linear_out_w,
    const float* __restrict__ mul,
    const float* __restrict__ x,
    const float* __restrict__ linear_out_b,
    float* __restrict__ r_1) {
  __shared__ __align__(16) __nv_bfloat16 left_high[5120];
  __shared__ __align__(16) __nv_bfloat16 left_middle[5120];
  __shared__ __align__(16) __nv_bfloat16 left_low[5120];
  __shared__ __align__(16) __nv_bfloat16 right_tile[2560];
  __shared__ __align__(16) float result_tile[2048];
  __builtin_assume(threadIdx.x < 128u);
  float sums[16];
  float sums_low[16];
  const unsigned top = blockIdx.y * 64u;
  const unsigned leftmost = blockIdx.x * 32u;
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
  const unsigned part_top = part / 2u * 32u;
  const unsigned part_left = part % 2u * 16u;
  // the first depth arrives
  for (unsigned part_1 = threadIdx.x; part_1 < 512u; part_1 += 128u) {
    const unsigned row = part_1 / 8u;
    const unsigned term = part_1 % 8u * 4u;
    const unsigned row_1 = top + row;
    const unsigned row_read = min(row_1, 127u);
    const float4 mul_value = load<float4>(mul, row_read * 1024u + term);
    const bf16x4 rounded = to_bf16x4(mul_value);
    const float4 left = mul_value - to_float4(rounded);
    const bf16x4 rest = to_bf16x4(left);
    const bf16x4 rest_1 = to_bf16x4(left - to_float4(rest));
    const unsigned place = row * 40u + term;
    store(left_high, place, rounded);
    store(left_middle, place, rest);
    store(left_low, place, rest_1);
  }
  const unsigned down = threadIdx.x / 4u;
  const unsigned aside = threadIdx.x % 4u * 8u;
  const unsigned column = leftmost + aside;
  const unsigned column_read = min(column, 760u);
  copy_async<8u>(&right_tile[down * 40u + aside], &linear_out_w[down * 768u + column_read], column < 768u);
  commit_copies();
  for (unsigned start = 0u; start < 1024u; start += 32u) {
    const unsigned half_ = start / 32u % 2u;
    await_copies<0u>();
    __syncthreads();
    const unsigned next = start + 32u;
    // the next depth arrives while this one is multiplied
    if (next < 1024u) {
      for (unsigned part_3 = threadIdx.x; part_3 < 512u; part_3 += 128u) {
        const unsigned row_2 = part_3 / 8u;
        const unsigned term_3 = part_3 % 8u * 4u;
        const unsigned row_3 = top + row_2;
        const unsigned term_4 = next + term_3;
        const unsigned row_read_1 = min(row_3, 127u);
        const float4 mul_value_1 = load<float4>(mul, row_read_1 * 1024u + term_4);
        const bf16x4 rounded_1 = to_bf16x4(mul_value_1);
        const float4 left_1 = mul_value_1 - to_float4(rounded_1);
        const bf16x4 rest_2 = to_bf16x4(left_1);
        const bf16x4 rest_3 = to_bf16x4(left_1 - to_float4(rest_2));
        const unsigned place_1 = (1u - half_) * 2560u + row_2 * 40u + term_3;
        store(left_high, place_1, rounded_1);
        store(left_middle, place_1, rest_2);
        store(left_low, place_1, rest_3);
      }
      const unsigned down_1 = threadIdx.x / 4u;
      const unsigned aside_1 = threadIdx.x % 4u * 8u;
      const unsigned term_5 = next + down_1;
      const unsigned column_1 = leftmost + aside_1;
      const unsigned term_read_1 = min(term_5, 1023u);
      const unsigned column_read_1 = min(column_1, 760u);
      copy_async<8u>(&right_tile[(1u - half_) * 1280u + down_1 * 40u + aside_1], &linear_out_w[term_read_1 * 768u + column_read_1], term_5 < 1024u && column_1 < 768u);
      commit_copies();
    }
    const unsigned left_at = half_ * 2560u + part_top * 40u;
    multiply<32u, 16u, 32u, false>(sums, &left_high[left_at], 40u, &right_tile[half_ * 1280u + part_left], 40u);
    multiply<32u, 16u, 32u, false>(sums_low, &left_middle[left_at], 40u, &right_tile[half_ * 1280u + part_left], 40u);
    multiply<32u, 16u, 32u, false>(sums_low, &left_low[left_at], 40u, &right_tile[half_ * 1280u + part_left], 40u);
  }
  // through workgroup memory, so that what follows is written four columns at a time
  const unsigned own = threadIdx.x % 32u;
  const float sums_low_value = sums_low[0u];
  const float sums_value = sums[0u];
  result_tile[(part_top + own / 4u) * 32u + (part_left + own % 4u * 2u)] = sums_value + sums_low_value;
  const float sums_low_value_1 = sums_low[1u];
  const float sums_value_1 = sums[1u];
  result_tile[(part_top + own / 4u) * 32u + (part_left + (own % 4u * 2u + 1u))] = sums_value_1 + sums_low_value_1;
  const float sums_low_value_2 = sums_low[2u];
  const float sums_value_2 = sums[2u];
  result_tile[(part_top + (own / 4u + 8u)) * 32u + (part_left + own % 4u * 2u)] = sums_value_2 + sums_low_value_2;
  const float sums_low_value_3 = sums_low[3u];
  const float sums_value_3 = sums[3u];
  result_tile[(part_top + (own / 4u + 8u)) * 32u + (part_left + (own % 4u * 2u + 1u))] = sums_value_3 + sums_low_value_3;
  const float sums_low_value_4 = sums_low[4u];
  const float sums_value_4 = sums[4u];
  result_tile[(part_top + own / 4u) * 32u + (part_left + (own % 4u * 2u + 8u))] = sums_value_4 + sums_low_value_4;
  const float sums_low_value_5 = sums_low[5u];
  const float sums_value_5 = sums[5u];
  result_tile[(part_top + own / 4u) * 32u + (part_left + (own % 4u * 2u + 9u))] = sums_value_5 + sums_low_value_5;
  const float sums_low_value_6 = sums_low[6u];
  const float sums_value_6 = sums[6u];
  result_tile[(part_top + (own / 4u + 8u)) * 32u + (part_left + (own % 4u * 2u + 8u))] = sums_value_6 + sums_low_value_6;
  const float sums_low_value_7 = sums_low[7u];
  const float sums_value_7 = sums[7u];
  result_tile[(part_top + (own / 4u + 8u)) * 32u + (part_left + (own % 4u * 2u + 9u))] = sums_value_7 + sums_low_value_7;
  const float sums_low_value_8 = sums_low[8u];
  const float sums_value_8 = sums[8u];
  result_tile[(part_top + (own / 4u + 16u)) * 32u + (part_left + own % 4u * 2u)] = sums_value_8 + sums_low_value_8;
  const float sums_low_value_9 = sums_low[9u];
  const float sums_value_9 = sums[9u];
  result_tile[(part_top + (own / 4u + 16u)) * 32u + (part_left + (own % 4u * 2u + 1u))] = sums_value_9 + sums_low_value_9;
  const float sums_low_value_10 = sums_low[10u];
  const float sums_value_10 = sums[10u];
  result_tile[(part_top + (own / 4u + 24u)) * 32u + (part_left + own % 4u * 2u)] = sums_value_10 + sums_low_value_10;
  const float sums_low_value_11 = sums_low[11u];
  const float sums_value_11 = sums[11u];
  result_tile[(part_top + (own / 4u + 24u)) * 32u + (part_left + (own % 4u * 2u + 1u))] = sums_value_11 + sums_low_value_11;
  const float sums_low_value_12 = sums_low[12u];
  const float sums_value_12 = sums[12u];
  result_tile[(part_top + (own / 4u + 16u)) * 32u + (part_left + (own % 4u * 2u + 8u))] = sums_value_12 + sums_low_value_12;
  const float sums_low_value_13 = sums_low[13u];
  const float sums_value_13 = sums[13u];
  result_tile[(part_top + (own / 4u + 16u)) * 32u + (part_left + (own % 4u * 2u + 9u))] = sums_value_13 + sums_low_value_13;
  const float sums_low_value_14 = sums_low[14u];
  const float sums_value_14 = sums[14u];
  result_tile[(part_top + (own / 4u + 24u)) * 32u + (part_left + (own % 4u * 2u + 8u))] = sums_value_14 + sums_low_value_14;
  const float sums_low_value_15 = sums_low[15u];
  const float sums_value_15 = sums[15u];
  result_tile[(part_top + (own / 4u + 24u)) * 32u + (part_left + (own % 4u * 2u + 9u))] = sums_value_15 + sums_low_value_15;
  __syncthreads();
  for (unsigned part_5 = threadIdx.x; part_5 < 512u; part_5 += 128u) {
    const unsigned row_4 = top + part_5 / 8u;
    const unsigned column_2 = leftmost + part_5 % 8u * 4u;
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

extern "C" __global__ void __launch_bounds__(128, 2)
contract_product_2(
    const __nv_bfloat16* __restrict__ gate_w,
    const __nv_bfloat16* __restrict__ up_w,
    const float* __restrict__ channel_pre_norm,
    const float* __restrict__ gate_b,
    const float* __restrict__ up_b,
    float* __restrict__ mul) {
  __shared__ __align__(16) __nv_bfloat16 left_middle[5120];
  __shared__ __align__(16) __nv_bfloat16 left_low[5120];
  __shared__ __align__(16) __nv_bfloat16 right_tile[2560];
  __shared__ __align__(16) __nv_bfloat16 right_tile_1[2560];
  __shared__ __align__(16) float result_tile[2048];
  __shared__ __align__(16) float result_tile_1[2048];
  extern __shared__ __align__(16) unsigned char dynamic_memory[];
  __nv_bfloat16* const left_high = reinterpret_cast<__nv_bfloat16*>(dynamic_memory);
  __builtin_assume(threadIdx.x < 128u);
  float sums[16];
  float sums_low[16];
  float sums_1[16];
  float sums_low_1[16];
  const unsigned top = blockIdx.y * 64u;
  const unsigned leftmost = blockIdx.x * 32u;
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
  sums_1[0u] = 0.0f;
  sums_1[1u] = 0.0f;
  sums_1[2u] = 0.0f;
  sums_1[3u] = 0.0f;
  sums_1[4u] = 0.0f;
  sums_1[5u] = 0.0f;
  sums_1[6u] = 0.0f;
  sums_1[7u] = 0.0f;
  sums_1[8u] = 0.0f;
  sums_1[9u] = 0.0f;
  sums_1[10u] = 0.0f;
  sums_1[11u] = 0.0f;
  sums_1[12u] = 0.0f;
  sums_1[13u] = 0.0f;
  sums_1[14u] = 0.0f;
  sums_1[15u] = 0.0f;
  sums_low_1[0u] = 0.0f;
  sums_low_1[1u] = 0.0f;
  sums_low_1[2u] = 0.0f;
  sums_low_1[3u] = 0.0f;
  sums_low_1[4u] = 0.0f;
  sums_low_1[5u] = 0.0f;
  sums_low_1[6u] = 0.0f;
  sums_low_1[7u] = 0.0f;
  sums_low_1[8u] = 0.0f;
  sums_low_1[9u] = 0.0f;
  sums_low_1[10u] = 0.0f;
  sums_low_1[11u] = 0.0f;
  sums_low_1[12u] = 0.0f;
  sums_low_1[13u] = 0.0f;
  sums_low_1[14u] = 0.0f;
  sums_low_1[15u] = 0.0f;
  const unsigned part = threadIdx.x / 32u;
  const unsigned part_top = part / 2u * 32u;
  const unsigned part_left = part % 2u * 16u;
  // the first depth arrives
  for (unsigned part_1 = threadIdx.x; part_1 < 512u; part_1 += 128u) {
    const unsigned row = part_1 / 8u;
    const unsigned term = part_1 % 8u * 4u;
    const unsigned row_1 = top + row;
    const unsigned row_read = min(row_1, 127u);
    const float4 channel_pre_norm_value = load<float4>(channel_pre_norm, row_read * 768u + term);
    const bf16x4 rounded = to_bf16x4(channel_pre_norm_value);
    const float4 left = channel_pre_norm_value - to_float4(rounded);
    const bf16x4 rest = to_bf16x4(left);
    const bf16x4 rest_1 = to_bf16x4(left - to_float4(rest));
    const unsigned place = row * 40u + term;
    store(left_high, place, rounded);
    store(left_middle, place, rest);
    store(left_low, place, rest_1);
  }
  const unsigned down = threadIdx.x / 4u;
  const unsigned aside = threadIdx.x % 4u * 8u;
  const unsigned column = leftmost + aside;
  const unsigned column_read = min(column, 2296u);
  copy_async<8u>(&right_tile[down * 40u + aside], &gate_w[down * 2304u + column_read], column < 2304u);
  const unsigned down_1 = threadIdx.x / 4u;
  const unsigned aside_1 = threadIdx.x % 4u * 8u;
  const unsigned column_1 = leftmost + aside_1;
  const unsigned column_read_1 = min(column_1, 2296u);
  copy_async<8u>(&right_tile_1[down_1 * 40u + aside_1], &up_w[down_1 * 2304u + column_read_1], column_1 < 2304u);
  commit_copies();
  for (unsigned start = 0u; start < 768u; start += 32u) {
    const unsigned half_ = start / 32u % 2u;
    await_copies<0u>();
    __syncthreads();
    const unsigned next = start + 32u;
    // the next depth arrives while this one is multiplied
    if (next < 768u) {
      for (unsigned part_4 = threadIdx.x; part_4 < 512u; part_4 += 128u) {
        const unsigned row_2 = part_4 / 8u;
        const unsigned term_4 = part_4 % 8u * 4u;
        const unsigned row_3 = top + row_2;
        const unsigned term_5 = next + term_4;
        const unsigned row_read_1 = min(row_3, 127u);
        const float4 channel_pre_norm_value_1 = load<float4>(channel_pre_norm, row_read_1 * 768u + term_5);
        const bf16x4 rounded_1 = to_bf16x4(channel_pre_norm_value_1);
        const float4 left_1 = channel_pre_norm_value_1 - to_float4(rounded_1);
        const bf16x4 rest_2 = to_bf16x4(left_1);
        const bf16x4 rest_3 = to_bf16x4(left_1 - to_float4(rest_2));
        const unsigned place_1 = (1u - half_) * 2560u + row_2 * 40u + term_4;
        store(left_high, place_1, rounded_1);
        store(left_middle, place_1, rest_2);
        store(left_low, place_1, rest_3);
      }
      const unsigned down_2 = threadIdx.x / 4u;
      const unsigned aside_2 = threadIdx.x % 4u * 8u;
      const unsigned term_6 = next + down_2;
      const unsigned column_2 = leftmost + aside_2;
      const unsigned term_read_2 = min(term_6, 767u);
      const unsigned column_read_2 = min(column_2, 2296u);
      copy_async<8u>(&right_tile[(1u - half_) * 1280u + down_2 * 40u + aside_2], &gate_w[term_read_2 * 2304u + column_read_2], term_6 < 768u && column_2 < 2304u);
      const unsigned down_3 = threadIdx.x / 4u;
      const unsigned aside_3 = threadIdx.x % 4u * 8u;
      const unsigned term_7 = next + down_3;
      const unsigned column_3 = leftmost + aside_3;
      const unsigned term_read_3 = min(term_7, 767u);
      const unsigned column_read_3 = min(column_3, 2296u);
      copy_async<8u>(&right_tile_1[(1u - half_) * 1280u + down_3 * 40u + aside_3], &up_w[term_read_3 * 2304u + column_read_3], term_7 < 768u && column_3 < 2304u);
      commit_copies();
    }
    const unsigned left_at = half_ * 2560u + part_top * 40u;
    multiply<32u, 16u, 32u, false>(sums, &left_high[left_at], 40u, &right_tile[half_ * 1280u + part_left], 40u);
    multiply<32u, 16u, 32u, false>(sums_low, &left_middle[left_at], 40u, &right_tile[half_ * 1280u + part_left], 40u);
    multiply<32u, 16u, 32u, false>(sums_low, &left_low[left_at], 40u, &right_tile[half_ * 1280u + part_left], 40u);
    multiply<32u, 16u, 32u, false>(sums_1, &left_high[left_at], 40u, &right_tile_1[half_ * 1280u + part_left], 40u);
    multiply<32u, 16u, 32u, false>(sums_low_1, &left_middle[left_at], 40u, &right_tile_1[half_ * 1280u + part_left], 40u);
    multiply<32u, 16u, 32u, false>(sums_low_1, &left_low[left_at], 40u, &right_tile_1[half_ * 1280u + part_left], 40u);
  }
  // through workgroup memory, so that what follows is written four columns at a time
  const unsigned own = threadIdx.x % 32u;
  const float sums_low_value = sums_low[0u];
  const float sums_value = sums[0u];
  result_tile[(part_top + own / 4u) * 32u + (part_left + own % 4u * 2u)] = sums_value + sums_low_value;
  const float sums_low_1_value = sums_low_1[0u];
  const float sums_1_value = sums_1[0u];
  result_tile_1[(part_top + own / 4u) * 32u + (part_left + own % 4u * 2u)] = sums_1_value + sums_low_1_value;
  const float sums_low_value_1 = sums_low[1u];
  const float sums_value_1 = sums[1u];
  result_tile[(part_top + own / 4u) * 32u + (part_left + (own % 4u * 2u + 1u))] = sums_value_1 + sums_low_value_1;
  const float sums_low_1_value_1 = sums_low_1[1u];
  const float sums_1_value_1 = sums_1[1u];
  result_tile_1[(part_top + own / 4u) * 32u + (part_left + (own % 4u * 2u + 1u))] = sums_1_value_1 + sums_low_1_value_1;
  const float sums_low_value_2 = sums_low[2u];
  const float sums_value_2 = sums[2u];
  result_tile[(part_top + (own / 4u + 8u)) * 32u + (part_left + own % 4u * 2u)] = sums_value_2 + sums_low_value_2;
  const float sums_low_1_value_2 = sums_low_1[2u];
  const float sums_1_value_2 = sums_1[2u];
  result_tile_1[(part_top + (own / 4u + 8u)) * 32u + (part_left + own % 4u * 2u)] = sums_1_value_2 + sums_low_1_value_2;
  const float sums_low_value_3 = sums_low[3u];
  const float sums_value_3 = sums[3u];
  result_tile[(part_top + (own / 4u + 8u)) * 32u + (part_left + (own % 4u * 2u + 1u))] = sums_value_3 + sums_low_value_3;
  const float sums_low_1_value_3 = sums_low_1[3u];
  const float sums_1_value_3 = sums_1[3u];
  result_tile_1[(part_top + (own / 4u + 8u)) * 32u + (part_left + (own % 4u * 2u + 1u))] = sums_1_value_3 + sums_low_1_value_3;
  const float sums_low_value_4 = sums_low[4u];
  const float sums_value_4 = sums[4u];
  result_tile[(part_top + own / 4u) * 32u + (part_left + (own % 4u * 2u + 8u))] = sums_value_4 + sums_low_value_4;
  const float sums_low_1_value_4 = sums_low_1[4u];
  const float sums_1_value_4 = sums_1[4u];
  result_tile_1[(part_top + own / 4u) * 32u + (part_left + (own % 4u * 2u + 8u))] = sums_1_value_4 + sums_low_1_value_4;
  const float sums_low_value_5 = sums_low[5u];
  const float sums_value_5 = sums[5u];
  result_tile[(part_top + own / 4u) * 32u + (part_left + (own % 4u * 2u + 9u))] = sums_value_5 + sums_low_value_5;
  const float sums_low_1_value_5 = sums_low_1[5u];
  const float sums_1_value_5 = sums_1[5u];
  result_tile_1[(part_top + own / 4u) * 32u + (part_left + (own % 4u * 2u + 9u))] = sums_1_value_5 + sums_low_1_value_5;
  const float sums_low_value_6 = sums_low[6u];
  const float sums_value_6 = sums[6u];
  result_tile[(part_top + (own / 4u + 8u)) * 32u + (part_left + (own % 4u * 2u + 8u))] = sums_value_6 + sums_low_value_6;
  const float sums_low_1_value_6 = sums_low_1[6u];
  const float sums_1_value_6 = sums_1[6u];
  result_tile_1[(part_top + (own / 4u + 8u)) * 32u + (part_left + (own % 4u * 2u + 8u))] = sums_1_value_6 + sums_low_1_value_6;
  const float sums_low_value_7 = sums_low[7u];
  const float sums_value_7 = sums[7u];
  result_tile[(part_top + (own / 4u + 8u)) * 32u + (part_left + (own % 4u * 2u + 9u))] = sums_value_7 + sums_low_value_7;
  const float sums_low_1_value_7 = sums_low_1[7u];
  const float sums_1_value_7 = sums_1[7u];
  result_tile_1[(part_top + (own / 4u + 8u)) * 32u + (part_left + (own % 4u * 2u + 9u))] = sums_1_value_7 + sums_low_1_value_7;
  const float sums_low_value_8 = sums_low[8u];
  const float sums_value_8 = sums[8u];
  result_tile[(part_top + (own / 4u + 16u)) * 32u + (part_left + own % 4u * 2u)] = sums_value_8 + sums_low_value_8;
  const float sums_low_1_value_8 = sums_low_1[8u];
  const float sums_1_value_8 = sums_1[8u];
  result_tile_1[(part_top + (own / 4u + 16u)) * 32u + (part_left + own % 4u * 2u)] = sums_1_value_8 + sums_low_1_value_8;
  const float sums_low_value_9 = sums_low[9u];
  const float sums_value_9 = sums[9u];
  result_tile[(part_top + (own / 4u + 16u)) * 32u + (part_left + (own % 4u * 2u + 1u))] = sums_value_9 + sums_low_value_9;
  const float sums_low_1_value_9 = sums_low_1[9u];
  const float sums_1_value_9 = sums_1[9u];
  result_tile_1[(part_top + (own / 4u + 16u)) * 32u + (part_left + (own % 4u * 2u + 1u))] = sums_1_value_9 + sums_low_1_value_9;
  const float sums_low_value_10 = sums_low[10u];
  const float sums_value_10 = sums[10u];
  result_tile[(part_top + (own / 4u + 24u)) * 32u + (part_left + own % 4u * 2u)] = sums_value_10 + sums_low_value_10;
  const float sums_low_1_value_10 = sums_low_1[10u];
  const float sums_1_value_10 = sums_1[10u];
  result_tile_1[(part_top + (own / 4u + 24u)) * 32u + (part_left + own % 4u * 2u)] = sums_1_value_10 + sums_low_1_value_10;
  const float sums_low_value_11 = sums_low[11u];
  const float sums_value_11 = sums[11u];
  result_tile[(part_top + (own / 4u + 24u)) * 32u + (part_left + (own % 4u * 2u + 1u))] = sums_value_11 + sums_low_value_11;
  const float sums_low_1_value_11 = sums_low_1[11u];
  const float sums_1_value_11 = sums_1[11u];
  result_tile_1[(part_top + (own / 4u + 24u)) * 32u + (part_left + (own % 4u * 2u + 1u))] = sums_1_value_11 + sums_low_1_value_11;
  const float sums_low_value_12 = sums_low[12u];
  const float sums_value_12 = sums[12u];
  result_tile[(part_top + (own / 4u + 16u)) * 32u + (part_left + (own % 4u * 2u + 8u))] = sums_value_12 + sums_low_value_12;
  const float sums_low_1_value_12 = sums_low_1[12u];
  const float sums_1_value_12 = sums_1[12u];
  result_tile_1[(part_top + (own / 4u + 16u)) * 32u + (part_left + (own % 4u * 2u + 8u))] = sums_1_value_12 + sums_low_1_value_12;
  const float sums_low_value_13 = sums_low[13u];
  const float sums_value_13 = sums[13u];
  result_tile[(part_top + (own / 4u + 16u)) * 32u + (part_left + (own % 4u * 2u + 9u))] = sums_value_13 + sums_low_value_13;
  const float sums_low_1_value_13 = sums_low_1[13u];
  const float sums_1_value_13 = sums_1[13u];
  result_tile_1[(part_top + (own / 4u + 16u)) * 32u + (part_left + (own % 4u * 2u + 9u))] = sums_1_value_13 + sums_low_1_value_13;
  const float sums_low_value_14 = sums_low[14u];
  const float sums_value_14 = sums[14u];
  result_tile[(part_top + (own / 4u + 24u)) * 32u + (part_left + (own % 4u * 2u + 8u))] = sums_value_14 + sums_low_value_14;
  const float sums_low_1_value_14 = sums_low_1[14u];
  const float sums_1_value_14 = sums_1[14u];
  result_tile_1[(part_top + (own / 4u + 24u)) * 32u + (part_left + (own % 4u * 2u + 8u))] = sums_1_value_14 + sums_low_1_value_14;
  const float sums_low_value_15 = sums_low[15u];
  const float sums_value_15 = sums[15u];
  result_tile[(part_top + (own / 4u + 24u)) * 32u + (part_left + (own % 4u * 2u + 9u))] = sums_value_15 + sums_low_value_15;
  const float sums_low_1_value_15 = sums_low_1[15u];
  const float sums_1_value_15 = sums_1[15u];
  result_tile_1[(part_top + (own / 4u + 24u)) * 32u + (part_left + (own % 4u * 2u + 9u))] = sums_1_value_15 + sums_low_1_value_15;
  __syncthreads();
  for (unsigned part_7 = threadIdx.x; part_7 < 512u; part_7 += 128u) {
    const unsigned row_4 = top + part_7 / 8u;
    const unsigned column_4 = leftmost + part_7 % 8u * 4u;
    const float4 result_tile_value = load<float4>(result_tile, part_7 * 4u);
    const float4 result_tile_1_value = load<float4>(result_tile_1, part_7 * 4u);
    if (row_4 < 128u && column_4 < 2304u) {
      const float4 gate_b_value = load<float4>(gate_b, column_4);
      const float4 gate = result_tile_value + gate_b_value;
      const float4 g = gate * spread4(0.5f) * (tanhf((gate + gate * gate * gate * spread4(0.044715f)) * spread4(0.7978846f)) + spread4(1.0f));
      const float4 up_b_value = load<float4>(up_b, column_4);
      const float4 up = result_tile_1_value + up_b_value;
      store(mul, row_4 * 2304u + column_4, g * up);
    }
  }
}

extern "C" __global__ void __launch_bounds__(128, 2)
contract_layers_0_product(
    const __nv_bfloat16* __restrict__ down_w,
    const float* __restrict__ mul,
    const float* __restrict__ r,
    const float* __restrict__ down_b,
    float* __restrict__ layers) {
  __shared__ __align__(16) __nv_bfloat16 left_high[5120];
  __shared__ __align__(16) __nv_bfloat16 left_middle[5120];
  __shared__ __align__(16) __nv_bfloat16 left_low[5120];
  __shared__ __align__(16) __nv_bfloat16 right_tile[2560];
  __shared__ __align__(16) float result_tile[2048];
  __builtin_assume(threadIdx.x < 128u);
  float sums[16];
  float sums_low[16];
  const unsigned top = blockIdx.y * 64u;
  const unsigned leftmost = blockIdx.x * 32u;
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
  const unsigned part_top = part / 2u * 32u;
  const unsigned part_left = part % 2u * 16u;
  // the first depth arrives
  for (unsigned part_1 = threadIdx.x; part_1 < 512u; part_1 += 128u) {
    const unsigned row = part_1 / 8u;
    const unsigned term = part_1 % 8u * 4u;
    const unsigned row_1 = top + row;
    const unsigned row_read = min(row_1, 127u);
    const float4 mul_value = load<float4>(mul, row_read * 2304u + term);
    const bf16x4 rounded = to_bf16x4(mul_value);
    const float4 left = mul_value - to_float4(rounded);
    const bf16x4 rest = to_bf16x4(left);
    const bf16x4 rest_1 = to_bf16x4(left - to_float4(rest));
    const unsigned place = row * 40u + term;
    store(left_high, place, rounded);
    store(left_middle, place, rest);
    store(left_low, place, rest_1);
  }
  const unsigned down = threadIdx.x / 4u;
  const unsigned aside = threadIdx.x % 4u * 8u;
  const unsigned column = leftmost + aside;
  const unsigned column_read = min(column, 760u);
  copy_async<8u>(&right_tile[down * 40u + aside], &down_w[down * 768u + column_read], column < 768u);
  commit_copies();
  for (unsigned start = 0u; start < 2304u; start += 32u) {
    const unsigned half_ = start / 32u % 2u;
    await_copies<0u>();
    __syncthreads();
    const unsigned next = start + 32u;
    // the next depth arrives while this one is multiplied
    if (next < 2304u) {
      for (unsigned part_3 = threadIdx.x; part_3 < 512u; part_3 += 128u) {
        const unsigned row_2 = part_3 / 8u;
        const unsigned term_3 = part_3 % 8u * 4u;
        const unsigned row_3 = top + row_2;
        const unsigned term_4 = next + term_3;
        const unsigned row_read_1 = min(row_3, 127u);
        const float4 mul_value_1 = load<float4>(mul, row_read_1 * 2304u + term_4);
        const bf16x4 rounded_1 = to_bf16x4(mul_value_1);
        const float4 left_1 = mul_value_1 - to_float4(rounded_1);
        const bf16x4 rest_2 = to_bf16x4(left_1);
        const bf16x4 rest_3 = to_bf16x4(left_1 - to_float4(rest_2));
        const unsigned place_1 = (1u - half_) * 2560u + row_2 * 40u + term_3;
        store(left_high, place_1, rounded_1);
        store(left_middle, place_1, rest_2);
        store(left_low, place_1, rest_3);
      }
      const unsigned down_1 = threadIdx.x / 4u;
      const unsigned aside_1 = threadIdx.x % 4u * 8u;
      const unsigned term_5 = next + down_1;
      const unsigned column_1 = leftmost + aside_1;
      const unsigned term_read_1 = min(term_5, 2303u);
      const unsigned column_read_1 = min(column_1, 760u);
      copy_async<8u>(&right_tile[(1u - half_) * 1280u + down_1 * 40u + aside_1], &down_w[term_read_1 * 768u + column_read_1], term_5 < 2304u && column_1 < 768u);
      commit_copies();
    }
    const unsigned left_at = half_ * 2560u + part_top * 40u;
    multiply<32u, 16u, 32u, false>(sums, &left_high[left_at], 40u, &right_tile[half_ * 1280u + part_left], 40u);
    multiply<32u, 16u, 32u, false>(sums_low, &left_middle[left_at], 40u, &right_tile[half_ * 1280u + part_left], 40u);
    multiply<32u, 16u, 32u, false>(sums_low, &left_low[left_at], 40u, &right_tile[half_ * 1280u + part_left], 40u);
  }
  // through workgroup memory, so that what follows is written four columns at a time
  const unsigned own = threadIdx.x % 32u;
  const float sums_low_value = sums_low[0u];
  const float sums_value = sums[0u];
  result_tile[(part_top + own / 4u) * 32u + (part_left + own % 4u * 2u)] = sums_value + sums_low_value;
  const float sums_low_value_1 = sums_low[1u];
  const float sums_value_1 = sums[1u];
  result_tile[(part_top + own / 4u) * 32u + (part_left + (own % 4u * 2u + 1u))] = sums_value_1 + sums_low_value_1;
  const float sums_low_value_2 = sums_low[2u];
  const float sums_value_2 = sums[2u];
  result_tile[(part_top + (own / 4u + 8u)) * 32u + (part_left + own % 4u * 2u)] = sums_value_2 + sums_low_value_2;
  const float sums_low_value_3 = sums_low[3u];
  const float sums_value_3 = sums[3u];
  result_tile[(part_top + (own / 4u + 8u)) * 32u + (part_left + (own % 4u * 2u + 1u))] = sums_value_3 + sums_low_value_3;
  const float sums_low_value_4 = sums_low[4u];
  const float sums_value_4 = sums[4u];
  result_tile[(part_top + own / 4u) * 32u + (part_left + (own % 4u * 2u + 8u))] = sums_value_4 + sums_low_value_4;
  const float sums_low_value_5 = sums_low[5u];
  const float sums_value_5 = sums[5u];
  result_tile[(part_top + own / 4u) * 32u + (part_left + (own % 4u * 2u + 9u))] = sums_value_5 + sums_low_value_5;
  const float sums_low_value_6 = sums_low[6u];
  const float sums_value_6 = sums[6u];
  result_tile[(part_top + (own / 4u + 8u)) * 32u + (part_left + (own % 4u * 2u + 8u))] = sums_value_6 + sums_low_value_6;
  const float sums_low_value_7 = sums_low[7u];
  const float sums_value_7 = sums[7u];
  result_tile[(part_top + (own / 4u + 8u)) * 32u + (part_left + (own % 4u * 2u + 9u))] = sums_value_7 + sums_low_value_7;
  const float sums_low_value_8 = sums_low[8u];
  const float sums_value_8 = sums[8u];
  result_tile[(part_top + (own / 4u + 16u)) * 32u + (part_left + own % 4u * 2u)] = sums_value_8 + sums_low_value_8;
  const float sums_low_value_9 = sums_low[9u];
  const float sums_value_9 = sums[9u];
  result_tile[(part_top + (own / 4u + 16u)) * 32u + (part_left + (own % 4u * 2u + 1u))] = sums_value_9 + sums_low_value_9;
  const float sums_low_value_10 = sums_low[10u];
  const float sums_value_10 = sums[10u];
  result_tile[(part_top + (own / 4u + 24u)) * 32u + (part_left + own % 4u * 2u)] = sums_value_10 + sums_low_value_10;
  const float sums_low_value_11 = sums_low[11u];
  const float sums_value_11 = sums[11u];
  result_tile[(part_top + (own / 4u + 24u)) * 32u + (part_left + (own % 4u * 2u + 1u))] = sums_value_11 + sums_low_value_11;
  const float sums_low_value_12 = sums_low[12u];
  const float sums_value_12 = sums[12u];
  result_tile[(part_top + (own / 4u + 16u)) * 32u + (part_left + (own % 4u * 2u + 8u))] = sums_value_12 + sums_low_value_12;
  const float sums_low_value_13 = sums_low[13u];
  const float sums_value_13 = sums[13u];
  result_tile[(part_top + (own / 4u + 16u)) * 32u + (part_left + (own % 4u * 2u + 9u))] = sums_value_13 + sums_low_value_13;
  const float sums_low_value_14 = sums_low[14u];
  const float sums_value_14 = sums[14u];
  result_tile[(part_top + (own / 4u + 24u)) * 32u + (part_left + (own % 4u * 2u + 8u))] = sums_value_14 + sums_low_value_14;
  const float sums_low_value_15 = sums_low[15u];
  const float sums_value_15 = sums[15u];
  result_tile[(part_top + (own / 4u + 24u)) * 32u + (part_left + (own % 4u * 2u + 9u))] = sums_value_15 + sums_low_value_15;
  __syncthreads();
  for (unsigned part_5 = threadIdx.x; part_5 < 512u; part_5 += 128u) {
    const unsigned row_4 = top + part_5 / 8u;
    const unsigned column_2 = leftmost + part_5 % 8u * 4u;
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
elementwise_2_and_reduce_temporal_pre_norm(
    const int* __restrict__ count,
    const float* __restrict__ layers,
    float* __restrict__ layers_1,
    const float* __restrict__ temporal_pre_norm_scale,
    float* __restrict__ temporal_pre_norm_1) {
  __shared__ float sum_partials[2];
  __builtin_assume(threadIdx.x < 64u);
  if (blockIdx.x < 3u) {
    const unsigned element = blockIdx.x * 64u + threadIdx.x;
    if (element < 192u) {
      const int count_value = count[0u];
      const unsigned row = min(unsigned(max(int(unsigned(count_value) - 1u), 0)), 127u);
      const float4 layers_value = load<float4>(layers, row * 768u + element * 4u);
      store(layers_1, element * 4u, layers_value);
    }
  } else {
    const unsigned place = blockIdx.x - 3u;
    const unsigned across = place;
    float4 sum = spread4(0.0f);
    for (unsigned column = threadIdx.x * 4u; column < 768u; column += 256u) {
      const float4 x_value = load<float4>(layers, across * 768u + column);
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
      const float4 x_value_1 = load<float4>(layers, across * 768u + column_1);
      const float4 temporal_pre_norm_scale_value = load<float4>(temporal_pre_norm_scale, column_1);
      const float4 temporal_pre_norm = x_value_1 * spread4(of_row) * (spread4(1.0f) + temporal_pre_norm_scale_value);
      store(temporal_pre_norm_1, across * 768u + column_1, temporal_pre_norm);
    }
  }
}

extern "C" __global__ void __launch_bounds__(128, 2)
contract_proj_q_product_and_contract_proj_k_product_and_contract_proj_k_product(
    const __nv_bfloat16* __restrict__ proj_q_w,
    const float* __restrict__ temporal_pre_norm,
    float* __restrict__ proj_q,
    const __nv_bfloat16* __restrict__ proj_k_w,
    float* __restrict__ proj_k,
    const __nv_bfloat16* __restrict__ proj_k_w_2,
    float* __restrict__ proj_k_2) {
  __shared__ __align__(16) __nv_bfloat16 left_high[5120];
  __shared__ __align__(16) __nv_bfloat16 left_middle[5120];
  __shared__ __align__(16) __nv_bfloat16 left_low[5120];
  __shared__ __align__(16) __nv_bfloat16 right_tile[2560];
  __shared__ __align__(16) float result_tile[2048];
  __builtin_assume(threadIdx.x < 128u);
  float sums[16];
  float sums_low[16];
  float sums_2[16];
  float sums_low_2[16];
  float sums_3[16];
  float sums_low_3[16];
  if (blockIdx.x < 48u) {
    const unsigned across = blockIdx.x % 24u;
    const unsigned down_2 = blockIdx.x / 24u;
    const unsigned top = down_2 * 64u;
    const unsigned leftmost = across * 32u;
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
    const unsigned part_top = part / 2u * 32u;
    const unsigned part_left = part % 2u * 16u;
    // the first depth arrives
    for (unsigned part_1 = threadIdx.x; part_1 < 512u; part_1 += 128u) {
      const unsigned row = part_1 / 8u;
      const unsigned term = part_1 % 8u * 4u;
      const unsigned row_1 = top + row;
      const unsigned row_read = min(row_1, 127u);
      const float4 temporal_pre_norm_value = load<float4>(temporal_pre_norm, row_read * 768u + term);
      const bf16x4 rounded = to_bf16x4(temporal_pre_norm_value);
      const float4 left = temporal_pre_norm_value - to_float4(rounded);
      const bf16x4 rest = to_bf16x4(left);
      const bf16x4 rest_1 = to_bf16x4(left - to_float4(rest));
      const unsigned place = row * 40u + term;
      store(left_high, place, rounded);
      store(left_middle, place, rest);
      store(left_low, place, rest_1);
    }
    const unsigned down = threadIdx.x / 4u;
    const unsigned aside = threadIdx.x % 4u * 8u;
    const unsigned column = leftmost + aside;
    const unsigned column_read = min(column, 760u);
    copy_async<8u>(&right_tile[down * 40u + aside], &proj_q_w[down * 768u + column_read], column < 768u);
    commit_copies();
    for (unsigned start = 0u; start < 768u; start += 32u) {
      const unsigned half_ = start / 32u % 2u;
      await_copies<0u>();
      __syncthreads();
      const unsigned next = start + 32u;
      // the next depth arrives while this one is multiplied
      if (next < 768u) {
        for (unsigned part_3 = threadIdx.x; part_3 < 512u; part_3 += 128u) {
          const unsigned row_2 = part_3 / 8u;
          const unsigned term_3 = part_3 % 8u * 4u;
          const unsigned row_3 = top + row_2;
          const unsigned term_4 = next + term_3;
          const unsigned row_read_1 = min(row_3, 127u);
          const float4 temporal_pre_norm_value_1 = load<float4>(temporal_pre_norm, row_read_1 * 768u + term_4);
          const bf16x4 rounded_1 = to_bf16x4(temporal_pre_norm_value_1);
          const float4 left_1 = temporal_pre_norm_value_1 - to_float4(rounded_1);
          const bf16x4 rest_2 = to_bf16x4(left_1);
          const bf16x4 rest_3 = to_bf16x4(left_1 - to_float4(rest_2));
          const unsigned place_1 = (1u - half_) * 2560u + row_2 * 40u + term_3;
          store(left_high, place_1, rounded_1);
          store(left_middle, place_1, rest_2);
          store(left_low, place_1, rest_3);
        }
        const unsigned down_1 = threadIdx.x / 4u;
        const unsigned aside_1 = threadIdx.x % 4u * 8u;
        const unsigned term_5 = next + down_1;
        const unsigned column_1 = leftmost + aside_1;
        const unsigned term_read_1 = min(term_5, 767u);
        const unsigned column_read_1 = min(column_1, 760u);
        copy_async<8u>(&right_tile[(1u - half_) * 1280u + down_1 * 40u + aside_1], &proj_q_w[term_read_1 * 768u + column_read_1], term_5 < 768u && column_1 < 768u);
        commit_copies();
      }
      const unsigned left_at = half_ * 2560u + part_top * 40u;
      multiply<32u, 16u, 32u, false>(sums, &left_high[left_at], 40u, &right_tile[half_ * 1280u + part_left], 40u);
      multiply<32u, 16u, 32u, false>(sums_low, &left_middle[left_at], 40u, &right_tile[half_ * 1280u + part_left], 40u);
      multiply<32u, 16u, 32u, false>(sums_low, &left_low[left_at], 40u, &right_tile[half_ * 1280u + part_left], 40u);
    }
    // through workgroup memory, so that what follows is written four columns at a time
    const unsigned own = threadIdx.x % 32u;
    const float sums_low_value = sums_low[0u];
    const float sums_value = sums[0u];
    result_tile[(part_top + own / 4u) * 32u + (part_left + own % 4u * 2u)] = sums_value + sums_low_value;
    const float sums_low_value_1 = sums_low[1u];
    const float sums_value_1 = sums[1u];
    result_tile[(part_top + own / 4u) * 32u + (part_left + (own % 4u * 2u + 1u))] = sums_value_1 + sums_low_value_1;
    const float sums_low_value_2 = sums_low[2u];
    const float sums_value_2 = sums[2u];
    result_tile[(part_top + (own / 4u + 8u)) * 32u + (part_left + own % 4u * 2u)] = sums_value_2 + sums_low_value_2;
    const float sums_low_value_3 = sums_low[3u];
    const float sums_value_3 = sums[3u];
    result_tile[(part_top + (own / 4u + 8u)) * 32u + (part_left + (own % 4u * 2u + 1u))] = sums_value_3 + sums_low_value_3;
    const float sums_low_value_4 = sums_low[4u];
    const float sums_value_4 = sums[4u];
    result_tile[(part_top + own / 4u) * 32u + (part_left + (own % 4u * 2u + 8u))] = sums_value_4 + sums_low_value_4;
    const float sums_low_value_5 = sums_low[5u];
    const float sums_value_5 = sums[5u];
    result_tile[(part_top + own / 4u) * 32u + (part_left + (own % 4u * 2u + 9u))] = sums_value_5 + sums_low_value_5;
    const float sums_low_value_6 = sums_low[6u];
    const float sums_value_6 = sums[6u];
    result_tile[(part_top + (own / 4u + 8u)) * 32u + (part_left + (own % 4u * 2u + 8u))] = sums_value_6 + sums_low_value_6;
    const float sums_low_value_7 = sums_low[7u];
    const float sums_value_7 = sums[7u];
    result_tile[(part_top + (own / 4u + 8u)) * 32u + (part_left + (own % 4u * 2u + 9u))] = sums_value_7 + sums_low_value_7;
    const float sums_low_value_8 = sums_low[8u];
    const float sums_value_8 = sums[8u];
    result_tile[(part_top + (own / 4u + 16u)) * 32u + (part_left + own % 4u * 2u)] = sums_value_8 + sums_low_value_8;
    const float sums_low_value_9 = sums_low[9u];
    const float sums_value_9 = sums[9u];
    result_tile[(part_top + (own / 4u + 16u)) * 32u + (part_left + (own % 4u * 2u + 1u))] = sums_value_9 + sums_low_value_9;
    const float sums_low_value_10 = sums_low[10u];
    const float sums_value_10 = sums[10u];
    result_tile[(part_top + (own / 4u + 24u)) * 32u + (part_left + own % 4u * 2u)] = sums_value_10 + sums_low_value_10;
    const float sums_low_value_11 = sums_low[11u];
    const float sums_value_11 = sums[11u];
    result_tile[(part_top + (own / 4u + 24u)) * 32u + (part_left + (own % 4u * 2u + 1u))] = sums_value_11 + sums_low_value_11;
    const float sums_low_value_12 = sums_low[12u];
    const float sums_value_12 = sums[12u];
    result_tile[(part_top + (own / 4u + 16u)) * 32u + (part_left + (own % 4u * 2u + 8u))] = sums_value_12 + sums_low_value_12;
    const float sums_low_value_13 = sums_low[13u];
    const float sums_value_13 = sums[13u];
    result_tile[(part_top + (own / 4u + 16u)) * 32u + (part_left + (own % 4u * 2u + 9u))] = sums_value_13 + sums_low_value_13;
    const float sums_low_value_14 = sums_low[14u];
    const float sums_value_14 = sums[14u];
    result_tile[(part_top + (own / 4u + 24u)) * 32u + (part_left + (own % 4u * 2u + 8u))] = sums_value_14 + sums_low_value_14;
    const float sums_low_value_15 = sums_low[15u];
    const float sums_value_15 = sums[15u];
    result_tile[(part_top + (own / 4u + 24u)) * 32u + (part_left + (own % 4u * 2u + 9u))] = sums_value_15 + sums_low_value_15;
    __syncthreads();
    for (unsigned part_5 = threadIdx.x; part_5 < 512u; part_5 += 128u) {
      const unsigned row_4 = top + part_5 / 8u;
      const unsigned column_2 = leftmost + part_5 % 8u * 4u;
      const float4 result_tile_value = load<float4>(result_tile, part_5 * 4u);
      if (row_4 < 128u && column_2 < 768u) {
        store(proj_q, row_4 * 768u + column_2, result_tile_value);
      }
    }
  } else {
    if (blockIdx.x < 56u) {
      const unsigned place_3 = blockIdx.x - 48u;
      const unsigned across_2 = place_3 % 4u;
      const unsigned down_4 = place_3 / 4u;
      const unsigned top_2 = down_4 * 64u;
      const unsigned leftmost_2 = across_2 * 32u;
      sums_2[0u] = 0.0f;
      sums_2[1u] = 0.0f;
      sums_2[2u] = 0.0f;
      sums_2[3u] = 0.0f;
      sums_2[4u] = 0.0f;
      sums_2[5u] = 0.0f;
      sums_2[6u] = 0.0f;
      sums_2[7u] = 0.0f;
      sums_2[8u] = 0.0f;
      sums_2[9u] = 0.0f;
      sums_2[10u] = 0.0f;
      sums_2[11u] = 0.0f;
      sums_2[12u] = 0.0f;
      sums_2[13u] = 0.0f;
      sums_2[14u] = 0.0f;
      sums_2[15u] = 0.0f;
      sums_low_2[0u] = 0.0f;
      sums_low_2[1u] = 0.0f;
      sums_low_2[2u] = 0.0f;
      sums_low_2[3u] = 0.0f;
      sums_low_2[4u] = 0.0f;
      sums_low_2[5u] = 0.0f;
      sums_low_2[6u] = 0.0f;
      sums_low_2[7u] = 0.0f;
      sums_low_2[8u] = 0.0f;
      sums_low_2[9u] = 0.0f;
      sums_low_2[10u] = 0.0f;
      sums_low_2[11u] = 0.0f;
      sums_low_2[12u] = 0.0f;
      sums_low_2[13u] = 0.0f;
      sums_low_2[14u] = 0.0f;
      sums_low_2[15u] = 0.0f;
      const unsigned part_2 = threadIdx.x / 32u;
      const unsigned part_top_2 = part_2 / 2u * 32u;
      const unsigned part_left_2 = part_2 % 2u * 16u;
      // the first depth arrives
      for (unsigned part_1_2 = threadIdx.x; part_1_2 < 512u; part_1_2 += 128u) {
        const unsigned row_5 = part_1_2 / 8u;
        const unsigned term_2 = part_1_2 % 8u * 4u;
        const unsigned row_1_2 = top_2 + row_5;
        const unsigned row_read_2 = min(row_1_2, 127u);
        const float4 temporal_pre_norm_value_2 = load<float4>(temporal_pre_norm, row_read_2 * 768u + term_2);
        const bf16x4 rounded_2 = to_bf16x4(temporal_pre_norm_value_2);
        const float4 left_2 = temporal_pre_norm_value_2 - to_float4(rounded_2);
        const bf16x4 rest_4 = to_bf16x4(left_2);
        const bf16x4 rest_1_2 = to_bf16x4(left_2 - to_float4(rest_4));
        const unsigned place_2 = row_5 * 40u + term_2;
        store(left_high, place_2, rounded_2);
        store(left_middle, place_2, rest_4);
        store(left_low, place_2, rest_1_2);
      }
      const unsigned down_3 = threadIdx.x / 4u;
      const unsigned aside_2 = threadIdx.x % 4u * 8u;
      const unsigned column_3 = leftmost_2 + aside_2;
      const unsigned column_read_2 = min(column_3, 120u);
      copy_async<8u>(&right_tile[down_3 * 40u + aside_2], &proj_k_w[down_3 * 128u + column_read_2], column_3 < 128u);
      commit_copies();
      for (unsigned start_2 = 0u; start_2 < 768u; start_2 += 32u) {
        const unsigned half_2 = start_2 / 32u % 2u;
        await_copies<0u>();
        __syncthreads();
        const unsigned next_2 = start_2 + 32u;
        // the next depth arrives while this one is multiplied
        if (next_2 < 768u) {
          for (unsigned part_3_2 = threadIdx.x; part_3_2 < 512u; part_3_2 += 128u) {
            const unsigned row_2_2 = part_3_2 / 8u;
            const unsigned term_3_2 = part_3_2 % 8u * 4u;
            const unsigned row_3_2 = top_2 + row_2_2;
            const unsigned term_4_2 = next_2 + term_3_2;
            const unsigned row_read_1_2 = min(row_3_2, 127u);
            const float4 temporal_pre_norm_value_1_2 = load<float4>(temporal_pre_norm, row_read_1_2 * 768u + term_4_2);
            const bf16x4 rounded_1_2 = to_bf16x4(temporal_pre_norm_value_1_2);
            const float4 left_1_2 = temporal_pre_norm_value_1_2 - to_float4(rounded_1_2);
            const bf16x4 rest_2_2 = to_bf16x4(left_1_2);
            const bf16x4 rest_3_2 = to_bf16x4(left_1_2 - to_float4(rest_2_2));
            const unsigned place_1_2 = (1u - half_2) * 2560u + row_2_2 * 40u + term_3_2;
            store(left_high, place_1_2, rounded_1_2);
            store(left_middle, place_1_2, rest_2_2);
            store(left_low, place_1_2, rest_3_2);
          }
          const unsigned down_1_2 = threadIdx.x / 4u;
          const unsigned aside_1_2 = threadIdx.x % 4u * 8u;
          const unsigned term_5_2 = next_2 + down_1_2;
          const unsigned column_1_2 = leftmost_2 + aside_1_2;
          const unsigned term_read_1_2 = min(term_5_2, 767u);
          const unsigned column_read_1_2 = min(column_1_2, 120u);
          copy_async<8u>(&right_tile[(1u - half_2) * 1280u + down_1_2 * 40u + aside_1_2], &proj_k_w[term_read_1_2 * 128u + column_read_1_2], term_5_2 < 768u && column_1_2 < 128u);
          commit_copies();
        }
        const unsigned left_at_2 = half_2 * 2560u + part_top_2 * 40u;
        multiply<32u, 16u, 32u, false>(sums_2, &left_high[left_at_2], 40u, &right_tile[half_2 * 1280u + part_left_2], 40u);
        multiply<32u, 16u, 32u, false>(sums_low_2, &left_middle[left_at_2], 40u, &right_tile[half_2 * 1280u + part_left_2], 40u);
        multiply<32u, 16u, 32u, false>(sums_low_2, &left_low[left_at_2], 40u, &right_tile[half_2 * 1280u + part_left_2], 40u);
      }
      // through workgroup memory, so that what follows is written four columns at a time
      const unsigned own_2 = threadIdx.x % 32u;
      const float sums_low_value_16 = sums_low_2[0u];
      const float sums_value_16 = sums_2[0u];
      result_tile[(part_top_2 + own_2 / 4u) * 32u + (part_left_2 + own_2 % 4u * 2u)] = sums_value_16 + sums_low_value_16;
      const float sums_low_value_1_2 = sums_low_2[1u];
      const float sums_value_1_2 = sums_2[1u];
      result_tile[(part_top_2 + own_2 / 4u) * 32u + (part_left_2 + (own_2 % 4u * 2u + 1u))] = sums_value_1_2 + sums_low_value_1_2;
      const float sums_low_value_2_2 = sums_low_2[2u];
      const float sums_value_2_2 = sums_2[2u];
      result_tile[(part_top_2 + (own_2 / 4u + 8u)) * 32u + (part_left_2 + own_2 % 4u * 2u)] = sums_value_2_2 + sums_low_value_2_2;
      const float sums_low_value_3_2 = sums_low_2[3u];
      const float sums_value_3_2 = sums_2[3u];
      result_tile[(part_top_2 + (own_2 / 4u + 8u)) * 32u + (part_left_2 + (own_2 % 4u * 2u + 1u))] = sums_value_3_2 + sums_low_value_3_2;
      const float sums_low_value_4_2 = sums_low_2[4u];
      const float sums_value_4_2 = sums_2[4u];
      result_tile[(part_top_2 + own_2 / 4u) * 32u + (part_left_2 + (own_2 % 4u * 2u + 8u))] = sums_value_4_2 + sums_low_value_4_2;
      const float sums_low_value_5_2 = sums_low_2[5u];
      const float sums_value_5_2 = sums_2[5u];
      result_tile[(part_top_2 + own_2 / 4u) * 32u + (part_left_2 + (own_2 % 4u * 2u + 9u))] = sums_value_5_2 + sums_low_value_5_2;
      const float sums_low_value_6_2 = sums_low_2[6u];
      const float sums_value_6_2 = sums_2[6u];
      result_tile[(part_top_2 + (own_2 / 4u + 8u)) * 32u + (part_left_2 + (own_2 % 4u * 2u + 8u))] = sums_value_6_2 + sums_low_value_6_2;
      const float sums_low_value_7_2 = sums_low_2[7u];
      const float sums_value_7_2 = sums_2[7u];
      result_tile[(part_top_2 + (own_2 / 4u + 8u)) * 32u + (part_left_2 + (own_2 % 4u * 2u + 9u))] = sums_value_7_2 + sums_low_value_7_2;
      const float sums_low_value_8_2 = sums_low_2[8u];
      const float sums_value_8_2 = sums_2[8u];
      result_tile[(part_top_2 + (own_2 / 4u + 16u)) * 32u + (part_left_2 + own_2 % 4u * 2u)] = sums_value_8_2 + sums_low_value_8_2;
      const float sums_low_value_9_2 = sums_low_2[9u];
      const float sums_value_9_2 = sums_2[9u];
      result_tile[(part_top_2 + (own_2 / 4u + 16u)) * 32u + (part_left_2 + (own_2 % 4u * 2u + 1u))] = sums_value_9_2 + sums_low_value_9_2;
      const float sums_low_value_10_2 = sums_low_2[10u];
      const float sums_value_10_2 = sums_2[10u];
      result_tile[(part_top_2 + (own_2 / 4u + 24u)) * 32u + (part_left_2 + own_2 % 4u * 2u)] = sums_value_10_2 + sums_low_value_10_2;
      const float sums_low_value_11_2 = sums_low_2[11u];
      const float sums_value_11_2 = sums_2[11u];
      result_tile[(part_top_2 + (own_2 / 4u + 24u)) * 32u + (part_left_2 + (own_2 % 4u * 2u + 1u))] = sums_value_11_2 + sums_low_value_11_2;
      const float sums_low_value_12_2 = sums_low_2[12u];
      const float sums_value_12_2 = sums_2[12u];
      result_tile[(part_top_2 + (own_2 / 4u + 16u)) * 32u + (part_left_2 + (own_2 % 4u * 2u + 8u))] = sums_value_12_2 + sums_low_value_12_2;
      const float sums_low_value_13_2 = sums_low_2[13u];
      const float sums_value_13_2 = sums_2[13u];
      result_tile[(part_top_2 + (own_2 / 4u + 16u)) * 32u + (part_left_2 + (own_2 % 4u * 2u + 9u))] = sums_value_13_2 + sums_low_value_13_2;
      const float sums_low_value_14_2 = sums_low_2[14u];
      const float sums_value_14_2 = sums_2[14u];
      result_tile[(part_top_2 + (own_2 / 4u + 24u)) * 32u + (part_left_2 + (own_2 % 4u * 2u + 8u))] = sums_value_14_2 + sums_low_value_14_2;
      const float sums_low_value_15_2 = sums_low_2[15u];
      const float sums_value_15_2 = sums_2[15u];
      result_tile[(part_top_2 + (own_2 / 4u + 24u)) * 32u + (part_left_2 + (own_2 % 4u * 2u + 9u))] = sums_value_15_2 + sums_low_value_15_2;
      __syncthreads();
      for (unsigned part_5_2 = threadIdx.x; part_5_2 < 512u; part_5_2 += 128u) {
        const unsigned row_4_2 = top_2 + part_5_2 / 8u;
        const unsigned column_2_2 = leftmost_2 + part_5_2 % 8u * 4u;
        const float4 result_tile_value_2 = load<float4>(result_tile, part_5_2 * 4u);
        if (row_4_2 < 128u && column_2_2 < 128u) {
          store(proj_k, row_4_2 * 128u + column_2_2, result_tile_value_2);
        }
      }
    } else {
      const unsigned place_5 = blockIdx.x - 56u;
      const unsigned across_3 = place_5 % 4u;
      const unsigned down_6 = place_5 / 4u;
      const unsigned top_3 = down_6 * 64u;
      const unsigned leftmost_3 = across_3 * 32u;
      sums_3[0u] = 0.0f;
      sums_3[1u] = 0.0f;
      sums_3[2u] = 0.0f;
      sums_3[3u] = 0.0f;
      sums_3[4u] = 0.0f;
      sums_3[5u] = 0.0f;
      sums_3[6u] = 0.0f;
      sums_3[7u] = 0.0f;
      sums_3[8u] = 0.0f;
      sums_3[9u] = 0.0f;
      sums_3[10u] = 0.0f;
      sums_3[11u] = 0.0f;
      sums_3[12u] = 0.0f;
      sums_3[13u] = 0.0f;
      sums_3[14u] = 0.0f;
      sums_3[15u] = 0.0f;
      sums_low_3[0u] = 0.0f;
      sums_low_3[1u] = 0.0f;
      sums_low_3[2u] = 0.0f;
      sums_low_3[3u] = 0.0f;
      sums_low_3[4u] = 0.0f;
      sums_low_3[5u] = 0.0f;
      sums_low_3[6u] = 0.0f;
      sums_low_3[7u] = 0.0f;
      sums_low_3[8u] = 0.0f;
      sums_low_3[9u] = 0.0f;
      sums_low_3[10u] = 0.0f;
      sums_low_3[11u] = 0.0f;
      sums_low_3[12u] = 0.0f;
      sums_low_3[13u] = 0.0f;
      sums_low_3[14u] = 0.0f;
      sums_low_3[15u] = 0.0f;
      const unsigned part_4 = threadIdx.x / 32u;
      const unsigned part_top_3 = part_4 / 2u * 32u;
      const unsigned part_left_3 = part_4 % 2u * 16u;
      // the first depth arrives
      for (unsigned part_1_3 = threadIdx.x; part_1_3 < 512u; part_1_3 += 128u) {
        const unsigned row_6 = part_1_3 / 8u;
        const unsigned term_6 = part_1_3 % 8u * 4u;
        const unsigned row_1_3 = top_3 + row_6;
        const unsigned row_read_3 = min(row_1_3, 127u);
        const float4 temporal_pre_norm_value_3 = load<float4>(temporal_pre_norm, row_read_3 * 768u + term_6);
        const bf16x4 rounded_3 = to_bf16x4(temporal_pre_norm_value_3);
        const float4 left_3 = temporal_pre_norm_value_3 - to_float4(rounded_3);
        const bf16x4 rest_5 = to_bf16x4(left_3);
        const bf16x4 rest_1_3 = to_bf16x4(left_3 - to_float4(rest_5));
        const unsigned place_4 = row_6 * 40u + term_6;
        store(left_high, place_4, rounded_3);
        store(left_middle, place_4, rest_5);
        store(left_low, place_4, rest_1_3);
      }
      const unsigned down_5 = threadIdx.x / 4u;
      const unsigned aside_3 = threadIdx.x % 4u * 8u;
      const unsigned column_4 = leftmost_3 + aside_3;
      const unsigned column_read_3 = min(column_4, 120u);
      copy_async<8u>(&right_tile[down_5 * 40u + aside_3], &proj_k_w_2[down_5 * 128u + column_read_3], column_4 < 128u);
      commit_copies();
      for (unsigned start_3 = 0u; start_3 < 768u; start_3 += 32u) {
        const unsigned half_3 = start_3 / 32u % 2u;
        await_copies<0u>();
        __syncthreads();
        const unsigned next_3 = start_3 + 32u;
        // the next depth arrives while this one is multiplied
        if (next_3 < 768u) {
          for (unsigned part_3_3 = threadIdx.x; part_3_3 < 512u; part_3_3 += 128u) {
            const unsigned row_2_3 = part_3_3 / 8u;
            const unsigned term_3_3 = part_3_3 % 8u * 4u;
            const unsigned row_3_3 = top_3 + row_2_3;
            const unsigned term_4_3 = next_3 + term_3_3;
            const unsigned row_read_1_3 = min(row_3_3, 127u);
            const float4 temporal_pre_norm_value_1_3 = load<float4>(temporal_pre_norm, row_read_1_3 * 768u + term_4_3);
            const bf16x4 rounded_1_3 = to_bf16x4(temporal_pre_norm_value_1_3);
            const float4 left_1_3 = temporal_pre_norm_value_1_3 - to_float4(rounded_1_3);
            const bf16x4 rest_2_3 = to_bf16x4(left_1_3);
            const bf16x4 rest_3_3 = to_bf16x4(left_1_3 - to_float4(rest_2_3));
            const unsigned place_1_3 = (1u - half_3) * 2560u + row_2_3 * 40u + term_3_3;
            store(left_high, place_1_3, rounded_1_3);
            store(left_middle, place_1_3, rest_2_3);
            store(left_low, place_1_3, rest_3_3);
          }
          const unsigned down_1_3 = threadIdx.x / 4u;
          const unsigned aside_1_3 = threadIdx.x % 4u * 8u;
          const unsigned term_5_3 = next_3 + down_1_3;
          const unsigned column_1_3 = leftmost_3 + aside_1_3;
          const unsigned term_read_1_3 = min(term_5_3, 767u);
          const unsigned column_read_1_3 = min(column_1_3, 120u);
          copy_async<8u>(&right_tile[(1u - half_3) * 1280u + down_1_3 * 40u + aside_1_3], &proj_k_w_2[term_read_1_3 * 128u + column_read_1_3], term_5_3 < 768u && column_1_3 < 128u);
          commit_copies();
        }
        const unsigned left_at_3 = half_3 * 2560u + part_top_3 * 40u;
        multiply<32u, 16u, 32u, false>(sums_3, &left_high[left_at_3], 40u, &right_tile[half_3 * 1280u + part_left_3], 40u);
        multiply<32u, 16u, 32u, false>(sums_low_3, &left_middle[left_at_3], 40u, &right_tile[half_3 * 1280u + part_left_3], 40u);
        multiply<32u, 16u, 32u, false>(sums_low_3, &left_low[left_at_3], 40u, &right_tile[half_3 * 1280u + part_left_3], 40u);
      }
      // through workgroup memory, so that what follows is written four columns at a time
      const unsigned own_3 = threadIdx.x % 32u;
      const float sums_low_value_17 = sums_low_3[0u];
      const float sums_value_17 = sums_3[0u];
      result_tile[(part_top_3 + own_3 / 4u) * 32u + (part_left_3 + own_3 % 4u * 2u)] = sums_value_17 + sums_low_value_17;
      const float sums_low_value_1_3 = sums_low_3[1u];
      const float sums_value_1_3 = sums_3[1u];
      result_tile[(part_top_3 + own_3 / 4u) * 32u + (part_left_3 + (own_3 % 4u * 2u + 1u))] = sums_value_1_3 + sums_low_value_1_3;
      const float sums_low_value_2_3 = sums_low_3[2u];
      const float sums_value_2_3 = sums_3[2u];
      result_tile[(part_top_3 + (own_3 / 4u + 8u)) * 32u + (part_left_3 + own_3 % 4u * 2u)] = sums_value_2_3 + sums_low_value_2_3;
      const float sums_low_value_3_3 = sums_low_3[3u];
      const float sums_value_3_3 = sums_3[3u];
      result_tile[(part_top_3 + (own_3 / 4u + 8u)) * 32u + (part_left_3 + (own_3 % 4u * 2u + 1u))] = sums_value_3_3 + sums_low_value_3_3;
      const float sums_low_value_4_3 = sums_low_3[4u];
      const float sums_value_4_3 = sums_3[4u];
      result_tile[(part_top_3 + own_3 / 4u) * 32u + (part_left_3 + (own_3 % 4u * 2u + 8u))] = sums_value_4_3 + sums_low_value_4_3;
      const float sums_low_value_5_3 = sums_low_3[5u];
      const float sums_value_5_3 = sums_3[5u];
      result_tile[(part_top_3 + own_3 / 4u) * 32u + (part_left_3 + (own_3 % 4u * 2u + 9u))] = sums_value_5_3 + sums_low_value_5_3;
      const float sums_low_value_6_3 = sums_low_3[6u];
      const float sums_value_6_3 = sums_3[6u];
      result_tile[(part_top_3 + (own_3 / 4u + 8u)) * 32u + (part_left_3 + (own_3 % 4u * 2u + 8u))] = sums_value_6_3 + sums_low_value_6_3;
      const float sums_low_value_7_3 = sums_low_3[7u];
      const float sums_value_7_3 = sums_3[7u];
      result_tile[(part_top_3 + (own_3 / 4u + 8u)) * 32u + (part_left_3 + (own_3 % 4u * 2u + 9u))] = sums_value_7_3 + sums_low_value_7_3;
      const float sums_low_value_8_3 = sums_low_3[8u];
      const float sums_value_8_3 = sums_3[8u];
      result_tile[(part_top_3 + (own_3 / 4u + 16u)) * 32u + (part_left_3 + own_3 % 4u * 2u)] = sums_value_8_3 + sums_low_value_8_3;
      const float sums_low_value_9_3 = sums_low_3[9u];
      const float sums_value_9_3 = sums_3[9u];
      result_tile[(part_top_3 + (own_3 / 4u + 16u)) * 32u + (part_left_3 + (own_3 % 4u * 2u + 1u))] = sums_value_9_3 + sums_low_value_9_3;
      const float sums_low_value_10_3 = sums_low_3[10u];
      const float sums_value_10_3 = sums_3[10u];
      result_tile[(part_top_3 + (own_3 / 4u + 24u)) * 32u + (part_left_3 + own_3 % 4u * 2u)] = sums_value_10_3 + sums_low_value_10_3;
      const float sums_low_value_11_3 = sums_low_3[11u];
      const float sums_value_11_3 = sums_3[11u];
      result_tile[(part_top_3 + (own_3 / 4u + 24u)) * 32u + (part_left_3 + (own_3 % 4u * 2u + 1u))] = sums_value_11_3 + sums_low_value_11_3;
      const float sums_low_value_12_3 = sums_low_3[12u];
      const float sums_value_12_3 = sums_3[12u];
      result_tile[(part_top_3 + (own_3 / 4u + 16u)) * 32u + (part_left_3 + (own_3 % 4u * 2u + 8u))] = sums_value_12_3 + sums_low_value_12_3;
      const float sums_low_value_13_3 = sums_low_3[13u];
      const float sums_value_13_3 = sums_3[13u];
      result_tile[(part_top_3 + (own_3 / 4u + 16u)) * 32u + (part_left_3 + (own_3 % 4u * 2u + 9u))] = sums_value_13_3 + sums_low_value_13_3;
      const float sums_low_value_14_3 = sums_low_3[14u];
      const float sums_value_14_3 = sums_3[14u];
      result_tile[(part_top_3 + (own_3 / 4u + 24u)) * 32u + (part_left_3 + (own_3 % 4u * 2u + 8u))] = sums_value_14_3 + sums_low_value_14_3;
      const float sums_low_value_15_3 = sums_low_3[15u];
      const float sums_value_15_3 = sums_3[15u];
      result_tile[(part_top_3 + (own_3 / 4u + 24u)) * 32u + (part_left_3 + (own_3 % 4u * 2u + 9u))] = sums_value_15_3 + sums_low_value_15_3;
      __syncthreads();
      for (unsigned part_5_3 = threadIdx.x; part_5_3 < 512u; part_5_3 += 128u) {
        const unsigned row_4_3 = top_3 + part_5_3 / 8u;
        const unsigned column_2_3 = leftmost_3 + part_5_3 % 8u * 4u;
        const float4 result_tile_value_3 = load<float4>(result_tile, part_5_3 * 4u);
        if (row_4_3 < 128u && column_2_3 < 128u) {
          store(proj_k_2, row_4_3 * 128u + column_2_3, result_tile_value_3);
        }
      }
    }
  }
}

extern "C" __global__ void __launch_bounds__(64, 4)
ringWrite_and_ringWrite_2(
    const int* __restrict__ count,
    const int* __restrict__ seen,
    const float* __restrict__ proj_k,
    const float* __restrict__ rotary_64_10000,
    float* __restrict__ temporal_block_keys,
    const float* __restrict__ proj_v,
    float* __restrict__ temporal_block_values) {
  __builtin_assume(threadIdx.x < 64u);
  if (blockIdx.x < 64u) {
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
  } else {
    const unsigned place = blockIdx.x - 64u;
    const unsigned element_2 = place * 64u + threadIdx.x;
    if (element_2 < 4096u) {
      const unsigned element_1_2 = element_2 * 4u;
      const unsigned l_2 = element_1_2 % 128u;
      const unsigned j_2 = element_1_2 / 128u;
      const int count_value_2 = count[0u];
      const unsigned real_2 = unsigned(count_value_2);
      if (j_2 < real_2) {
        const int seen_value_2 = seen[0u];
        const unsigned slot_2 = (unsigned(seen_value_2) + j_2) % 1152u;
        const float4 proj_v_value = load<float4>(proj_v, element_2 * 4u);
        store(temporal_block_values, slot_2 * 128u + l_2, proj_v_value);
      }
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
  __shared__ __align__(16) float query[128];
  __shared__ float peaks[4];
  __shared__ float weights[128];
  __shared__ float sums[128];
  __shared__ __align__(16) float totals[512];
  __builtin_assume(threadIdx.x < 128u);
  if (threadIdx.x < 32u) {
    const unsigned d = threadIdx.x * 4u;
    const float4 proj_q_value = load<float4>(proj_q, blockIdx.y * 768u + (blockIdx.x * 128u + max(d, 64u)));
    const float4 proj_q_value_1 = load<float4>(proj_q, blockIdx.y * 768u + (blockIdx.x * 128u + min(max(d, 32u), 60u)));
    const float4 rotary_64_10000_value = load<float4>(rotary_64_10000, blockIdx.y * 64u + (min(max(d, 32u), 60u) - 32u));
    const float4 proj_q_value_2 = load<float4>(proj_q, blockIdx.y * 768u + (blockIdx.x * 128u + (min(max(d, 32u), 60u) - 32u)));
    const float4 rotary_64_10000_value_1 = load<float4>(rotary_64_10000, blockIdx.y * 64u + min(max(d, 32u), 60u));
    const float4 proj_q_value_3 = load<float4>(proj_q, blockIdx.y * 768u + (blockIdx.x * 128u + min(d, 28u)));
    const float4 rotary_64_10000_value_2 = load<float4>(rotary_64_10000, blockIdx.y * 64u + min(d, 28u));
    const float4 proj_q_value_4 = load<float4>(proj_q, blockIdx.y * 768u + (blockIdx.x * 128u + min(d, 28u)) + 32u);
    const float4 rotary_64_10000_value_3 = load<float4>(rotary_64_10000, blockIdx.y * 64u + min(d, 28u) + 32u);
    store(query, d, select(spread4(d < 32u), proj_q_value_3 * rotary_64_10000_value_2 - proj_q_value_4 * rotary_64_10000_value_3, select(spread4(d < 64u), proj_q_value_1 * rotary_64_10000_value + proj_q_value_2 * rotary_64_10000_value_1, proj_q_value)) * spread4(0.088388346f));
  }
  __syncthreads();
  const unsigned part = threadIdx.x / 32u;
  const unsigned mine = threadIdx.x % 32u * 4u;
  const int seen_value = seen[0u];
  const int newest = int(unsigned(seen_value) + blockIdx.y);
  const int position_value = position[blockIdx.y];
  const int place = max(position_value, 0);
  const int oldest = max(int(unsigned(newest) - unsigned(min(place, 1024))), 0);
  float largest = -1e+30f;
  float sum = 0.0f;
  float4 total = spread4(0.0f);
  for (int tile = oldest; tile < int(unsigned(newest) + 1u); tile += 128) {
    const int key = int(unsigned(tile) + threadIdx.x);
    const bool visible = key <= newest;
    const unsigned slot = unsigned(min(key, newest) % 1152);
    float4 product = spread4(0.0f);
    for (unsigned d_1 = 0u; d_1 < 128u; d_1 += 4u) {
      const float4 temporal_block_keys_value = load<float4>(temporal_block_keys, slot * 128u + d_1);
      const float4 query_value = load<float4>(query, d_1);
      product = fmaf(query_value, temporal_block_keys_value, product);
    }
    const float4 product_now_1 = product;
    const float logit = (visible ? product_now_1.x + product_now_1.y + product_now_1.z + product_now_1.w : -1e+30f);
    const float subgroup_max_ = subgroup_max(logit);
    if (threadIdx.x % 32u == 0u) {
      peaks[threadIdx.x / 32u] = subgroup_max_;
    }
    __syncthreads();
    const float largest_now = largest;
    for (unsigned other = 0u; other < 4u; other += 1u) {
      const float peaks_value = peaks[other];
      largest = maximum(largest, peaks_value);
    }
    const float largest_now_2 = largest;
    const float fade = expf(largest_now - largest_now_2);
    weights[threadIdx.x] = (visible ? expf(logit - largest_now_2) : 0.0f);
    __syncthreads();
    sum = sum * fade;
    total = total * spread4(fade);
    const unsigned keys_here = unsigned(min(int(unsigned(newest) + 1u - unsigned(tile)), 128));
    for (unsigned other_1 = part; other_1 < keys_here; other_1 += 4u) {
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
    for (unsigned other_2 = 1u; other_2 < 4u; other_2 += 1u) {
      const float sums_value = sums[other_2 * 32u + threadIdx.x % 32u];
      sum_1 = sum_1 + sums_value;
      const float4 totals_value = load<float4>(totals, other_2 * 128u + mine);
      total_1 = total_1 + totals_value;
    }
    const float4 seen_1 = total_1 / spread4(sum_1);
    store(seen_2, (blockIdx.y * 6u + blockIdx.x) * 128u + mine, seen_1);
  }
}

extern "C" __global__ void __launch_bounds__(64, 4)
elementwise_3(
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
contract_product_3(
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
    const float4 layers_2_mlp_block_gate_w = to_float4(gate_w_value);
    const bf16x4 up_w_value = load<bf16x4>(up_w, term * 2304u + column_1);
    const float4 layers_2_mlp_block_up_w = to_float4(up_w_value);
    sum_0_0 = fmaf(spread4(left_value.x), layers_2_mlp_block_gate_w, sum_0_0);
    sum_0_0_1 = fmaf(spread4(left_value.x), layers_2_mlp_block_up_w, sum_0_0_1);
    const bf16x4 gate_w_value_1 = load<bf16x4>(gate_w, (term + 1u) * 2304u + column_1);
    const float4 layers_2_mlp_block_gate_w_1 = to_float4(gate_w_value_1);
    const bf16x4 up_w_value_1 = load<bf16x4>(up_w, (term + 1u) * 2304u + column_1);
    const float4 layers_2_mlp_block_up_w_1 = to_float4(up_w_value_1);
    sum_0_0 = fmaf(spread4(left_value.y), layers_2_mlp_block_gate_w_1, sum_0_0);
    sum_0_0_1 = fmaf(spread4(left_value.y), layers_2_mlp_block_up_w_1, sum_0_0_1);
    const bf16x4 gate_w_value_2 = load<bf16x4>(gate_w, (term + 2u) * 2304u + column_1);
    const float4 layers_2_mlp_block_gate_w_2 = to_float4(gate_w_value_2);
    const bf16x4 up_w_value_2 = load<bf16x4>(up_w, (term + 2u) * 2304u + column_1);
    const float4 layers_2_mlp_block_up_w_2 = to_float4(up_w_value_2);
    sum_0_0 = fmaf(spread4(left_value.z), layers_2_mlp_block_gate_w_2, sum_0_0);
    sum_0_0_1 = fmaf(spread4(left_value.z), layers_2_mlp_block_up_w_2, sum_0_0_1);
    const bf16x4 gate_w_value_3 = load<bf16x4>(gate_w, (term + 3u) * 2304u + column_1);
    const float4 layers_2_mlp_block_gate_w_3 = to_float4(gate_w_value_3);
    const bf16x4 up_w_value_3 = load<bf16x4>(up_w, (term + 3u) * 2304u + column_1);
    const float4 layers_2_mlp_block_up_w_3 = to_float4(up_w_value_3);
    sum_0_0 = fmaf(spread4(left_value.w), layers_2_mlp_block_gate_w_3, sum_0_0);
    sum_0_0_1 = fmaf(spread4(left_value.w), layers_2_mlp_block_up_w_3, sum_0_0_1);
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
contract_layers_2_product(
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
    const float4 layers_2_mlp_block_down_w = to_float4(down_w_value);
    sum_0_0 = fmaf(spread4(mul_value.x), layers_2_mlp_block_down_w, sum_0_0);
    const bf16x4 down_w_value_1 = load<bf16x4>(down_w, (term + 1u) * 768u + column);
    const float4 layers_2_mlp_block_down_w_1 = to_float4(down_w_value_1);
    sum_0_0 = fmaf(spread4(mul_value.y), layers_2_mlp_block_down_w_1, sum_0_0);
    const bf16x4 down_w_value_2 = load<bf16x4>(down_w, (term + 2u) * 768u + column);
    const float4 layers_2_mlp_block_down_w_2 = to_float4(down_w_value_2);
    sum_0_0 = fmaf(spread4(mul_value.z), layers_2_mlp_block_down_w_2, sum_0_0);
    const bf16x4 down_w_value_3 = load<bf16x4>(down_w, (term + 3u) * 768u + column);
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
