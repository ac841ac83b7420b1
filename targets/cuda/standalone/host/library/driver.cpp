// Loads the driver and turns its codes into words.
#include "driver.h"
#include <dlfcn.h>
#include <stdlib.h>
#include "failure.h"

#define EYRIE_TEXT(word) #word
#define EYRIE_SYMBOL(word) EYRIE_TEXT(word)

namespace eyrie {

namespace {

void *symbol(void *library, const char *path, const char *name) {
  if (void *found = dlsym(library, name)) return found;
  fail("%s is too old: it has no %s; update NVIDIA's driver", path, name);
}

void *open_library(const char *path) {
  if (void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL)) return library;
  fail(
      "CUDA's driver cannot be loaded (%s); install NVIDIA's driver, or name its library in "
      "EYRIE_LIBCUDA",
      dlerror());
}

Driver load() {
  const char *named = getenv("EYRIE_LIBCUDA");
  const char *path = named && *named ? named : "libcuda.so.1";
  void *library = open_library(path);
  Driver loaded;
#define EYRIE_LOAD(function) \
  loaded.function = (decltype(&::function))symbol(library, path, EYRIE_SYMBOL(function));
  EYRIE_DRIVER_FUNCTIONS(EYRIE_LOAD)
#undef EYRIE_LOAD
  loaded.stand_in_failure = (const char *(*)())dlsym(library, "eyrie_stand_in_failure");
  return loaded;
}

// What the user can do about it.
const char *advice(CUresult code) {
  switch (code) {
    case CUDA_ERROR_NO_DEVICE:
      return "; this machine shows no CUDA device: check nvidia-smi and CUDA_VISIBLE_DEVICES";
    case CUDA_ERROR_INVALID_DEVICE: return "; choose another device";
    case CUDA_ERROR_OUT_OF_MEMORY:
      return "; free memory of the device, or compile the model for a smaller batch or chunk";
    case CUDA_ERROR_NO_BINARY_FOR_GPU:
    case CUDA_ERROR_INVALID_PTX:
    case CUDA_ERROR_UNSUPPORTED_PTX_VERSION:
      return "; update NVIDIA's driver, or build with this device's architecture";
    case CUDA_ERROR_ILLEGAL_ADDRESS:
    case CUDA_ERROR_LAUNCH_FAILED:
    case CUDA_ERROR_MISALIGNED_ADDRESS:
    case CUDA_ERROR_ECC_UNCORRECTABLE:
      return "; the device is lost to this process: start it again";
    default: return "";
  }
}

}  // namespace

const Driver &driver() {
  static const Driver loaded = load();
  return loaded;
}

void check(CUresult result, const char *call) {
  if (result == CUDA_SUCCESS) return;
  const char *name = nullptr, *words = nullptr;
  driver().cuGetErrorName(result, &name);
  driver().cuGetErrorString(result, &words);
  const char *known = driver().stand_in_failure ? driver().stand_in_failure() : "";
  fail("%s failed with %s (%s)%s%s%s", call, name ? name : "an unknown code",
       words ? words : "no words for it", *known ? ": " : "", known, advice(result));
}

}  // namespace eyrie
