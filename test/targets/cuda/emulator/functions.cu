// The scalar functions that the models need.
extern "C" __global__ void functions(const float *__restrict__ x, float *__restrict__ y, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  const float v = x[i];
  float s, c;
  sincosf(v, &s, &c);
  const float values[] = {expf(v), logf(fabsf(v)), tanhf(v), s, c, erff(v), log1pf(fabsf(v)), expm1f(v), sqrtf(fabsf(v)), rsqrtf(fabsf(v)), powf(fabsf(v), 0.3f), v / 3.f, floorf(v), __expf(v)};
#pragma unroll
  for (int k = 0; k < 14; k++) y[k * n + i] = values[k];
}
