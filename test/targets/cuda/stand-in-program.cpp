// A program against the driver's own header: every function of the stand-in by the names and types that cuda.h gives them.
#include <cuda.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(call)                                              \
  do {                                                           \
    const CUresult code = (call);                                \
    if (code != CUDA_SUCCESS) {                                  \
      const char *name = nullptr, *text = nullptr;               \
      cuGetErrorName(code, &name);                               \
      cuGetErrorString(code, &text);                             \
      printf("%s: %s, %s\n", #call, name, text);                 \
      return 1;                                                  \
    }                                                            \
  } while (0)

int main() {
  int version, count, major, most;
  CUdevice device;
  CUcontext context, current;
  char name[100];
  size_t total, free_bytes;
  CHECK(cuInit(0));
  CHECK(cuDriverGetVersion(&version));
  CHECK(cuDeviceGetCount(&count));
  CHECK(cuDeviceGet(&device, 0));
  CHECK(cuDeviceGetName(name, sizeof name, device));
  CHECK(cuDeviceGetAttribute(&major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device));
  CHECK(cuDeviceTotalMem(&total, device));
  CHECK(cuDevicePrimaryCtxRetain(&context, device));
  CHECK(cuCtxSetCurrent(context));
  CHECK(cuCtxGetCurrent(&current));
  printf("%s, %d.x, %d devices, CUDA %d, context %s\n", name, major, count, version / 1000,
         current == context ? "current" : "lost");

  FILE *file = fopen(getenv("KERNELS"), "rb");
  static char ptx[1 << 20];
  ptx[fread(ptx, 1, sizeof ptx - 1, file)] = 0;
  fclose(file);
  CUmodule module, again;
  CUfunction function;
  CHECK(cuModuleLoadData(&module, ptx));
  CHECK(cuModuleLoadDataEx(&again, ptx, 0, nullptr, nullptr));
  CHECK(cuModuleUnload(again));
  CHECK(cuModuleGetFunction(&function, module, "twice"));
  CHECK(cuFuncGetAttribute(&most, CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, function));
  CHECK(cuFuncSetAttribute(function, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, 100000));

  const size_t n = 32, bytes = n * sizeof(float);
  CUdeviceptr from, to;
  float *host;
  CHECK(cuMemAlloc(&from, bytes));
  CHECK(cuMemAlloc(&to, bytes));
  CHECK(cuMemHostAlloc((void **)&host, bytes, 0));
  CHECK(cuMemGetInfo(&free_bytes, &total));
  printf("%zu bytes are used\n", total - free_bytes);
  for (size_t i = 0; i < n; i++) host[i] = (float)i;

  CUstream stream;
  CUevent start, end;
  CUgraph graph;
  CUgraphExec executable;
  CUstreamCaptureStatus capturing;
  float milliseconds;
  CHECK(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
  CHECK(cuEventCreate(&start, CU_EVENT_DEFAULT));
  CHECK(cuEventCreate(&end, CU_EVENT_DEFAULT));
  CHECK(cuMemcpyHtoD(from, host, bytes));
  CHECK(cuMemcpyHtoDAsync(from, host, bytes, stream));
  CHECK(cuMemsetD8(to, 0, bytes));
  CHECK(cuMemsetD8Async(to, 0, bytes, stream));
  CHECK(cuEventRecord(start, stream));
  CHECK(cuStreamBeginCapture(stream, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
  void *parameters[] = {&from, &to};
  CHECK(cuLaunchKernel(function, 1, 1, 1, n, 1, 1, 0, stream, parameters, nullptr));
  CHECK(cuMemcpyDtoDAsync(from, to, bytes, stream));
  CHECK(cuStreamIsCapturing(stream, &capturing));
  CHECK(cuStreamEndCapture(stream, &graph));
  CHECK(cuGraphInstantiate(&executable, graph, 0));
  CHECK(cuGraphDestroy(graph));
  for (int i = 0; i < 3; i++) CHECK(cuGraphLaunch(executable, stream));
  CHECK(cuEventRecord(end, stream));
  CHECK(cuMemcpyDtoHAsync(host, to, bytes, stream));
  CHECK(cuStreamSynchronize(stream));
  CHECK(cuStreamQuery(stream));
  CHECK(cuEventSynchronize(end));
  CHECK(cuEventQuery(end));
  CHECK(cuEventElapsedTime(&milliseconds, start, end));
  printf("capturing %d, time %s\n", (int)capturing, milliseconds >= 0 ? "passed" : "ran back");
  CHECK(cuMemcpyDtoD(to, from, bytes));
  CHECK(cuMemcpyDtoH(host, to, bytes));
  CHECK(cuCtxSynchronize());
  printf("31 · 2³ = %g\n", host[31]);

  CHECK(cuGraphExecDestroy(executable));
  CHECK(cuEventDestroy(start));
  CHECK(cuEventDestroy(end));
  CHECK(cuStreamDestroy(stream));
  CHECK(cuMemFreeHost(host));
  CHECK(cuMemFree(from));
  CHECK(cuMemFree(to));
  CHECK(cuModuleUnload(module));
  CHECK(cuDevicePrimaryCtxRelease(device));
  CHECK(cuMemAlloc(&from, bytes));
  return 0;
}
