// One bug a kernel. The line that an error must name ends in "//!". Blocks have 64 threads where not said.
#include <cuda_runtime.h>
#define ALL 0xffffffffu

__device__ __forceinline__ unsigned shared_address(const void *p) { return (unsigned)__cvta_generic_to_shared(p); }
__device__ __forceinline__ void copy16(void *to, const void *from) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(shared_address(to)), "l"(from) : "memory");
}
__device__ __forceinline__ void commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }
template <int N> __device__ __forceinline__ void wait() { asm volatile("cp.async.wait_group %0;" ::"n"(N) : "memory"); }

extern "C" __global__ void barrier_dropped(const float *x, float *y) {
  __shared__ float tile[64];
  const int t = threadIdx.x;
  tile[t] = x[t];
  y[t] = tile[63 - t];  //!
}
extern "C" __global__ void second_barrier_dropped(const float *x, float *y) {
  __shared__ float tile[64];
  const int t = threadIdx.x;
  float sum = 0;
  for (int k = 0; k < 4; k++) {
    tile[t] = x[k * 64 + t];  //!
    __syncthreads();
    sum += tile[(t + 33) & 63];
  }
  y[t] = sum;
}
extern "C" __global__ void warp_barrier_dropped(const float *x, float *y) {
  __shared__ float tile[64];
  const int t = threadIdx.x;
  tile[t] = x[t];
  y[t] = tile[t ^ 1];  //!
}
extern "C" __global__ void warp_barrier_too_narrow(const float *x, float *y) {
  __shared__ float tile[64];
  const int t = threadIdx.x;
  tile[t] = x[t];
  __syncwarp();
  y[t] = tile[t ^ 32];  //!
}
extern "C" __global__ void shuffle_taken_for_a_barrier(const float *x, float *y) {
  __shared__ float tile[64];
  const int t = threadIdx.x;
  tile[t] = x[t];
  const float other = __shfl_xor_sync(ALL, x[t], 1);
  y[t] = other + tile[t ^ 1];  //!
}
extern "C" __global__ void read_past_the_end(const float *x, float *y) {
  y[threadIdx.x] = x[threadIdx.x + 1];  //!
}
extern "C" __global__ void write_past_the_end(const float *x, float *y) {
  y[threadIdx.x + 1] = x[threadIdx.x];  //!
}
extern "C" __global__ void read_before_the_start(const float *x, float *y) {
  y[threadIdx.x] = x[(int)threadIdx.x - 1];  //!
}
extern "C" __global__ void vector_across_the_end(const float4 *x, float *y) {
  const float4 v = x[threadIdx.x];  //!
  y[threadIdx.x] = v.x + v.y + v.z + v.w;
}
extern "C" __global__ void shared_overrun(const float *x, float *y) {
  __shared__ float first[64];
  __shared__ float second[64];
  const int t = threadIdx.x;
  second[t] = 0;
  first[t + 1] = x[t];  //!
  __syncthreads();
  y[t] = first[t] + second[63 - t];
}
extern "C" __global__ void shared_underrun(const float *x, float *y) {
  __shared__ float first[64];
  const int t = threadIdx.x;
  first[t] = x[t];
  __syncthreads();
  y[t] = first[t - 1];  //!
}
extern "C" __global__ void dynamic_shared_too_small(const float *x, float *y) {
  extern __shared__ float dynamic[];
  const int t = threadIdx.x;
  dynamic[t] = x[t];  //!
  __syncthreads();
  y[t] = dynamic[63 - t];
}
extern "C" __global__ void global_vector_misaligned(const float *x, float *y) {
  const float2 v = *(const float2 *)(x + 1 + 2 * (threadIdx.x & 7));  //!
  y[threadIdx.x] = v.x + v.y;
}
extern "C" __global__ void shared_vector_misaligned(const float *x, float *y) {
  __shared__ float tile[16][65];
  const int t = threadIdx.x;
  for (int i = 0; i < 16; i++) tile[i][t] = x[t];
  __syncthreads();
  const float4 v = *(const float4 *)&tile[t & 15][4];  //!
  y[t] = v.x + v.w;
}
extern "C" __global__ void shared_not_initialised(const float *x, float *y) {
  __shared__ float tile[64];
  const int t = threadIdx.x;
  if (t < 63) tile[t] = x[t];
  __syncthreads();
  y[t] = tile[63 - t];  //!
}
extern "C" __global__ void global_not_initialised(const float *x, float *y) {
  y[threadIdx.x] += x[threadIdx.x];  //!
}
extern "C" __global__ void local_array_overrun(const int *x, float *y) {
  float own[8];
  for (int i = 0; i < 8; i++) own[i] = x[i] * 0.5f;
  own[x[threadIdx.x]] = 1;  //!
  y[threadIdx.x] = own[x[threadIdx.x + 8] & 7];
}
extern "C" __global__ void blocks_write_one_place(const float *x, float *y) {
  y[threadIdx.x] = x[threadIdx.x] + blockIdx.x;  //!
}
extern "C" __global__ void block_reads_another_block(float *y) {
  const int i = blockIdx.x * 64 + threadIdx.x;
  y[i] = y[i ^ 64] + 1;  //!
}
extern "C" __global__ void barriers_diverge(const float *x, float *y) {
  __shared__ float tile[64];
  const int t = threadIdx.x;
  tile[t] = x[t];
  if (t < 32) {
    __syncthreads();  //!
    y[t] = tile[t + 32];
  } else {
    y[t] = 0;
    __syncthreads();
  }
}
extern "C" __global__ void barrier_after_return(const float *x, float *y, int n) {
  __shared__ float tile[64];
  const int t = threadIdx.x;
  if (t >= n) return;
  tile[t] = x[t];
  __syncthreads();  //!
  y[t] = tile[n - 1 - t];
}
extern "C" __global__ void barrier_in_a_branch(const float *x, float *y) {
  __shared__ float tile[64];
  const int t = threadIdx.x;
  tile[t] = x[t];
  if (t & 1) __syncthreads();  //!
  y[t] = tile[t];
}
extern "C" __global__ void shuffle_in_a_branch(const float *x, float *y) {
  float v = x[threadIdx.x];
  if (threadIdx.x & 1) v += __shfl_xor_sync(ALL, v, 2);  //!
  y[threadIdx.x] = v;
}
extern "C" __global__ void lane_outside_its_mask(const float *x, float *y) {
  y[threadIdx.x] = __shfl_xor_sync(0x7fffffffu, x[threadIdx.x], 1);  //!
}
extern "C" __global__ void lane_read_outside_the_mask(const float *x, float *y) {
  const float v = x[threadIdx.x];
  float other = 0;
  if ((threadIdx.x & 31) < 16) other = __shfl_sync(0xffffu, v, (threadIdx.x + 1) & 31);  //!
  y[threadIdx.x] = other;
}
// 48 threads: the second warp has sixteen.
extern "C" __global__ void lane_that_does_not_exist(const float *x, float *y) {
  y[threadIdx.x] = __shfl_xor_sync(ALL, x[threadIdx.x], 16);  //!
}
extern "C" __global__ void warp_and_block_barrier(float *y) {
  if (threadIdx.x & 1) __syncwarp();  //!
  else __syncthreads();
  y[threadIdx.x] = 1;
}
extern "C" __global__ void copy_not_waited_for(const float *x, float *y) {
  __shared__ __align__(16) float tile[256];
  const int t = threadIdx.x;
  copy16(tile + t * 4, x + t * 4);
  commit();
  __syncthreads();
  y[t] = tile[t * 4 + 1];  //!
  wait<0>();
}
extern "C" __global__ void copy_waits_one_group_too_few(const float *x, float *y) {
  __shared__ __align__(16) float tile[2][256];
  const int t = threadIdx.x;
  copy16(tile[0] + t * 4, x + t * 4);
  commit();
  copy16(tile[1] + t * 4, x + 256 + t * 4);
  commit();
  wait<1>();
  y[t] = tile[0][t * 4] + tile[1][t * 4];  //!
  wait<0>();
}
extern "C" __global__ void copy_never_waited_for(const float *x, float *y) {
  __shared__ __align__(16) float tile[256];
  const int t = threadIdx.x;
  copy16(tile + t * 4, x + t * 4);  //!
  commit();
  y[t] = x[t];
}
extern "C" __global__ void copy_without_barrier(const float *x, float *y) {
  __shared__ __align__(16) float tile[256];
  const int t = threadIdx.x;
  copy16(tile + t * 4, x + t * 4);
  commit();
  wait<0>();
  y[t] = tile[(t ^ 32) * 4];  //!
}
extern "C" __global__ void copy_misaligned(const float *x, float *y) {
  __shared__ __align__(16) float tile[256];
  const int t = threadIdx.x;
  copy16(tile + t * 4, x + 1 + (t & 7) * 4);  //!
  commit();
  wait<0>();
  y[t] = tile[t * 4];
}
extern "C" __global__ void copy_past_the_end(const float *x, float *y) {
  __shared__ __align__(16) float tile[256];
  const int t = threadIdx.x;
  copy16(tile + t * 4, x + (t + 1) * 4);  //!
  commit();
  wait<0>();
  y[t] = tile[t * 4];
}
extern "C" __global__ void copy_into_the_stage_being_read(const float *x, float *y) {
  __shared__ __align__(16) float tile[256];
  const int t = threadIdx.x;
  copy16(tile + t * 4, x + t * 4);
  commit();
  wait<0>();
  __syncthreads();
  const float v = tile[(t ^ 32) * 4];  // Races with the copy below.
  copy16(tile + t * 4, x + 256 + t * 4);  //!
  commit();
  wait<0>();
  y[t] = v + tile[t * 4];
}
extern "C" __global__ void constant_data_written(const float *__restrict__ x, float *__restrict__ y) {
  y[threadIdx.x] = 2;
  __syncthreads();
  y[threadIdx.x + 64] = __ldg(x + threadIdx.x);  //!
}
extern "C" __global__ void constant_data_written_later(const float *__restrict__ x, float *__restrict__ y) {
  const float v = __ldg(x + threadIdx.x);
  __syncthreads();
  y[threadIdx.x] = v + 1;  //!
}
extern "C" __global__ void ldmatrix_misaligned(const unsigned *x, unsigned *y) {
  __shared__ __align__(16) unsigned tile[32 * 5];
  const int t = threadIdx.x;
  for (int i = 0; i < 5; i++) tile[t * 5 + i] = x[t];
  __syncthreads();
  unsigned r;
  asm volatile("ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%0}, [%1];" : "=r"(r) : "r"(shared_address(tile + (t & 7) * 5)) : "memory");  //!
  y[t] = r;
}
extern "C" __global__ void mma_without_all_lanes(const unsigned *x, float *y) {
  const int t = threadIdx.x;
  if (t == 31) return;
  const unsigned v = x[t];
  float d0, d1, d2, d3;
  asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%4}, {%4}, {%5,%5,%5,%5};" : "=f"(d0), "=f"(d1), "=f"(d2), "=f"(d3) : "r"(v), "f"(0.f));  //!
  y[t] = d0 + d1 + d2 + d3;
}
extern "C" __global__ void atomic_and_plain_read(float *y) {
  __shared__ float sum;
  if (threadIdx.x == 0) sum = 0;
  __syncthreads();
  atomicAdd(&sum, 1.f);
  y[threadIdx.x] = sum;  //!
}
extern "C" __global__ void two_writers_of_one_place(const float *x, float *y) {
  __shared__ float flag;
  if ((threadIdx.x & 31) == 0) flag = x[threadIdx.x];  //!
  __syncthreads();
  y[threadIdx.x] = flag;
}
extern "C" __global__ void executes_a_trap(const float *x, float *y) {
  if (x[threadIdx.x] < 0) __trap();  //!
  y[threadIdx.x] = 1;
}
