// CUDA's driver, loaded when it is first needed: the program starts and speaks where there is none.
#pragma once
#include <cuda.h>

namespace eyrie {

// The functions that are called. Their names are macros of cuda.h that choose the version.
#define EYRIE_DRIVER_FUNCTIONS(use)                                                               \
  use(cuInit) use(cuDeviceGetCount) use(cuDeviceGet) use(cuDeviceGetName)                         \
      use(cuDeviceGetAttribute) use(cuDevicePrimaryCtxRetain) use(cuDevicePrimaryCtxRelease)      \
          use(cuCtxGetCurrent) use(cuCtxSetCurrent) use(cuModuleLoadData) use(cuModuleUnload)     \
              use(cuModuleGetFunction) use(cuFuncSetAttribute) use(cuMemAlloc) use(cuMemFree)     \
                  use(cuMemGetInfo) use(cuMemHostAlloc) use(cuMemFreeHost) use(cuMemcpyHtoDAsync) \
                      use(cuMemcpyDtoHAsync) use(cuMemcpyDtoDAsync) use(cuMemsetD8Async)          \
                          use(cuStreamCreate) use(cuStreamDestroy) use(cuStreamSynchronize)       \
                              use(cuStreamBeginCapture) use(cuStreamEndCapture)                   \
                                  use(cuGraphInstantiateWithFlags) use(cuGraphLaunch)             \
                                      use(cuGraphExecDestroy) use(cuGraphDestroy)                 \
                                          use(cuLaunchKernel) use(cuGetErrorName)                 \
                                              use(cuGetErrorString)

struct Driver {
#define EYRIE_MEMBER(function) decltype(&::function) function;
  EYRIE_DRIVER_FUNCTIONS(EYRIE_MEMBER)
#undef EYRIE_MEMBER
  // What a library that stands in for a driver knows of its last failure, or no words; null for a
  // driver.
  const char *(*stand_in_failure)();
};

// The driver of EYRIE_LIBCUDA, else libcuda.so.1; a Failure says what to do where it cannot be
// used.
const Driver &driver();

// A Failure that names the call and says CUDA's words, unless it went well.
void check(CUresult result, const char *call);

}  // namespace eyrie
