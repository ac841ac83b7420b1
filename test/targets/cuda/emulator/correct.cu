// Kernels without bugs, of the kinds that a compiler for recurrent models writes; each uses another set of features.
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#define ALL 0xffffffffu

// C = A B by tiles of 32 x 32 in shared memory; any sizes. Grid (columns / 32, rows / 32), block (32, 8).
extern "C" __global__ void __launch_bounds__(256) product(const float *__restrict__ a, const float *__restrict__ b, float *__restrict__ c, int rows, int columns, int depth) {
  __shared__ float left[32][33], right[32][33];
  const int x = threadIdx.x, y = threadIdx.y, column = blockIdx.x * 32 + x, row0 = blockIdx.y * 32;
  float sum[4] = {};
  for (int k0 = 0; k0 < depth; k0 += 32) {
    for (int i = y; i < 32; i += 8) {
      left[i][x] = row0 + i < rows && k0 + x < depth ? a[(row0 + i) * depth + k0 + x] : 0.f;
      right[i][x] = k0 + i < depth && column < columns ? b[(k0 + i) * columns + column] : 0.f;
    }
    __syncthreads();
    for (int k = 0; k < 32; k++)
#pragma unroll
      for (int i = 0; i < 4; i++) sum[i] = fmaf(left[y + 8 * i][k], right[k][x], sum[i]);
    __syncthreads();
  }
#pragma unroll
  for (int i = 0; i < 4; i++)
    if (row0 + y + 8 * i < rows && column < columns) c[(row0 + y + 8 * i) * columns + column] = sum[i];
}

// Rows scaled to unit root mean square; a block of 128 a row; sums by shuffles, then by shared memory.
extern "C" __global__ void normalise(const __half *__restrict__ x, __half *__restrict__ y, int width, float epsilon) {
  __shared__ float parts[4];
  const int t = threadIdx.x;
  float sum = 0;
  for (int i = t; i < width; i += 128) {
    const float v = __half2float(x[blockIdx.x * width + i]);
    sum = fmaf(v, v, sum);
  }
  for (int step = 16; step; step >>= 1) sum += __shfl_xor_sync(ALL, sum, step);
  if ((t & 31) == 0) parts[t >> 5] = sum;
  __syncthreads();
  const float scale = rsqrtf((parts[0] + parts[1] + parts[2] + parts[3]) / width + epsilon);
  for (int i = t; i < width; i += 128) y[blockIdx.x * width + i] = __float2half_rn(__half2float(x[blockIdx.x * width + i]) * scale);
}

// h = a h + x over time, a lane a channel; a chunk of eight steps is fetched by cp.async while the last is used.
extern "C" __global__ void recurrence(const float *__restrict__ a, const float *__restrict__ x, float *__restrict__ h, int steps) {
  __shared__ __align__(16) float stage[2][2][8][32];
  const int t = threadIdx.x;
  const size_t base = (size_t)blockIdx.x * 32;
  const int stride = gridDim.x * 32;
  auto fetch = [&](int buffer, int start) {
    for (int i = t; i < 64; i += 32) {
      const int step = i >> 3, four = (i & 7) * 4;
      const unsigned bytes = start + step < steps ? 16 : 0;
      const size_t from = bytes ? (size_t)(start + step) * stride + base + four : 0;
      asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"((unsigned)__cvta_generic_to_shared(&stage[buffer][0][step][four])), "l"(a + from), "r"(bytes) : "memory");
      asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"((unsigned)__cvta_generic_to_shared(&stage[buffer][1][step][four])), "l"(x + from), "r"(bytes) : "memory");
    }
    asm volatile("cp.async.commit_group;" ::: "memory");
  };
  float carry = 0;
  fetch(0, 0);
  for (int start = 0, buffer = 0; start < steps; start += 8, buffer ^= 1) {
    if (start + 8 < steps) {
      fetch(buffer ^ 1, start + 8);
      asm volatile("cp.async.wait_group 1;" ::: "memory");
    } else {
      asm volatile("cp.async.wait_all;" ::: "memory");
    }
    __syncwarp();
    for (int i = 0; i < 8 && start + i < steps; i++) {
      carry = fmaf(stage[buffer][0][i][t], carry, stage[buffer][1][i][t]);
      h[(size_t)(start + i) * stride + base + t] = carry;
    }
    __syncwarp();
  }
}

// A 16 x 8 tile a warp by tensor cores; depth a multiple of 16. Grid (columns / 8, rows / 16).
extern "C" __global__ void tensor_product(const __nv_bfloat16 *__restrict__ a, const __nv_bfloat16 *__restrict__ b, float *__restrict__ c, int columns, int depth) {
  __shared__ __align__(16) __nv_bfloat16 left[16][24], right[16][8];
  const int t = threadIdx.x;
  float d[4] = {};
  for (int k0 = 0; k0 < depth; k0 += 16) {
    *(uint4 *)&left[t >> 1][(t & 1) * 8] = *(const uint4 *)(a + (size_t)(blockIdx.y * 16 + (t >> 1)) * depth + k0 + (t & 1) * 8);
    if (t < 16) *(uint4 *)right[t] = *(const uint4 *)(b + (size_t)(k0 + t) * columns + blockIdx.x * 8);
    __syncwarp();
    unsigned fa[4], fb[2];
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];" : "=r"(fa[0]), "=r"(fa[1]), "=r"(fa[2]), "=r"(fa[3]) : "r"((unsigned)__cvta_generic_to_shared(&left[t & 15][(t >> 4) * 8])) : "memory");
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0,%1}, [%2];" : "=r"(fb[0]), "=r"(fb[1]) : "r"((unsigned)__cvta_generic_to_shared(right[t & 15])) : "memory");
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};" : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]) : "r"(fa[0]), "r"(fa[1]), "r"(fa[2]), "r"(fa[3]), "r"(fb[0]), "r"(fb[1]));
    __syncwarp();
  }
  float *out = c + (size_t)(blockIdx.y * 16 + (t >> 2)) * columns + blockIdx.x * 8 + (t & 3) * 2;
  *(float2 *)out = make_float2(d[0], d[1]);
  *(float2 *)(out + 8 * columns) = make_float2(d[2], d[3]);
}

// Softmax of a row kept in dynamic shared memory; a block of 64.
extern "C" __global__ void softmax(const float *__restrict__ x, float *__restrict__ y, int width) {
  extern __shared__ float row[];
  __shared__ float parts[2];
  const int t = threadIdx.x;
  float most = -INFINITY, sum = 0;
  for (int i = t; i < width; i += 64) most = fmaxf(most, row[i] = x[blockIdx.x * width + i]);
  for (int step = 16; step; step >>= 1) most = fmaxf(most, __shfl_xor_sync(ALL, most, step));
  if ((t & 31) == 0) parts[t >> 5] = most;
  __syncthreads();
  most = fmaxf(parts[0], parts[1]);
  __syncthreads();
  for (int i = t; i < width; i += 64) sum += row[i] = expf(row[i] - most);
  for (int step = 16; step; step >>= 1) sum += __shfl_xor_sync(ALL, sum, step);
  if ((t & 31) == 0) parts[t >> 5] = sum;
  __syncthreads();
  sum = parts[0] + parts[1];
  for (int i = t; i < width; i += 64) y[blockIdx.x * width + i] = row[i] / sum;
}

// Counts by atomics of shared and of global memory, over blocks of 64.
extern "C" __global__ void histogram(const int *__restrict__ x, unsigned *counts, int n) {
  __shared__ unsigned own[16];
  const int t = threadIdx.x, i = blockIdx.x * 64 + t;
  if (t < 16) own[t] = 0;
  __syncthreads();
  if (i < n) atomicAdd(&own[x[i] & 15], 1u);
  __syncthreads();
  if (t < 16) atomicAdd(&counts[t], own[t]);
}

// Neighbours by shared memory, ordered by __syncwarp of half a warp each; lanes of a half leave early.
extern "C" __global__ void halves(const float *__restrict__ x, float *__restrict__ y) {
  __shared__ float tile[32];
  const int t = threadIdx.x;
  tile[t] = x[t];
  if (t < 16) {
    __syncwarp(0xffffu);
    y[t] = tile[t ^ 1];
    return;
  }
  __syncwarp(0xffff0000u);
  y[t] = tile[t ^ 2] + __shfl_xor_sync(0xffff0000u, x[t], 4);
}
