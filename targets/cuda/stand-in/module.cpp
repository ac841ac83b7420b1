// Modules: PTX texts, whose kernels were translated and compiled before, or are by the command in EYRIE_PTX_BUILD.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <algorithm>
#include "module.h"
#include "state.h"

using namespace stand_in;

// A command that is given a file of PTX and makes its kernel library where the engine looks for it.
static void build(const char *command, const char *ptx) {
  char path[] = "/tmp/eyrie-ptx-XXXXXX";
  const int file = mkstemp(path);
  if (file < 0) return;
  const size_t bytes = strlen(ptx);
  const bool whole = write(file, ptx, bytes) == (ssize_t)bytes;
  close(file);
  const std::string line = std::string(command) + " " + path;
  if (!whole || system(line.c_str()) != 0) fprintf(stderr, "EYRIE_PTX_BUILD failed: %s\n", line.c_str());
  unlink(path);
}

static EyrieModule *find(const char *ptx, std::string &problem) {
  char error[1024] = "";
  EyrieModule *module = eyrie_module_find(ptx, strlen(ptx), error, sizeof error);
  const char *command = getenv("EYRIE_PTX_BUILD");
  if (!module && command && *command) {
    build(command, ptx);
    module = eyrie_module_find(ptx, strlen(ptx), error, sizeof error);
  }
  problem = std::string(error) + (module || (command && *command) ? "" : "; EYRIE_PTX_BUILD names no command that builds it");
  return module;
}

// The number behind a directive such as ".version 9.0", times ten, or ".target sm_80"; 0 where there is none.
static int number_after(const char *ptx, const char *directive) {
  const char *at = strstr(ptx, directive);
  if (!at) return 0;
  int major = 0, minor = 0;
  sscanf(at + strlen(directive), "%d.%d", &major, &minor);
  return strcmp(directive, ".version ") == 0 ? major * 10 + minor : major;
}

static CUresult check(const char *image) {
  if (memcmp(image, "\177ELF", 4) == 0)
    return fail(no_binary_for_gpu, "the stand-in runs PTX, and was given machine code");
  const int version = number_after(image, ".version "), target = number_after(image, ".target sm_");
  if (version == 0) return fail(invalid_image, "the image is no PTX");
  // PTX 8 came with CUDA 12, PTX 9 with CUDA 13.
  if (version / 10 + 4 > options.driver_version / 1000)
    return fail(unsupported_ptx_version,
                "PTX " + std::to_string(version / 10) + "." + std::to_string(version % 10));
  if (target > options.capability)
    return fail(no_binary_for_gpu, "the PTX is for sm_" + std::to_string(target) + " and later");
  return success;
}

static CUresult load(CUmodule *module, const char *image) {
  if (CUresult code = check(image)) return code;
  std::string problem;
  EyrieModule *library = find(image, problem);
  if (!library) return fail(no_binary_for_gpu, problem);
  Module *made = new Module{library, {}};
  keep(made, Kind::module, [made] {
    for (auto &[name, function] : made->functions) {
      drop(function, Kind::function);
      delete function;
    }
    eyrie_module_unload(made->library);
    delete made;
  });
  *module = made;
  return success;
}

EXPORT CUresult cuModuleLoadData(CUmodule *module, const void *image) {
  ENTER(context);
  return load(module, (const char *)image);
}

EXPORT CUresult cuModuleLoadDataEx(CUmodule *module, const void *image, unsigned count, const int *names,
                                   void **values) {
  ENTER(context);
  const CUresult code = load(module, (const char *)image);
  char *log = nullptr;
  size_t bytes = 0;
  for (unsigned i = 0; i < count; i++) {
    if (names[i] == jit_error_log_buffer) log = (char *)values[i];
    if (names[i] == jit_error_log_buffer_bytes) bytes = (size_t)values[i];
  }
  if (log && bytes) snprintf(log, bytes, "%s", failure_words().c_str());
  return code;
}

EXPORT CUresult cuModuleUnload(CUmodule module) {
  ENTER(driver);
  return drop(module, Kind::module) ? success : invalid_handle;
}

EXPORT CUresult cuModuleGetFunction(CUfunction *function, CUmodule module, const char *name) {
  ENTER(context);
  if (!holds(module, Kind::module)) return invalid_handle;
  Function *&known = module->functions[name];
  if (!known) {
    const EyrieKernel *kernel = eyrie_module_kernel(module->library, name);
    if (!kernel) {
      module->functions.erase(name);
      return fail(not_found, std::string("the PTX has no kernel ") + name);
    }
    EyrieKernelFacts facts;
    eyrie_kernel_facts(kernel, &facts);
    const uint32_t standard = 48 << 10;
    known = new Function{kernel, name, facts, standard - std::min(standard, facts.static_shared_bytes)};
    keep(known, Kind::function, [] {});
  }
  *function = known;
  return success;
}

EXPORT CUresult cuFuncGetAttribute(int *value, int attribute, CUfunction function) {
  ENTER(context);
  if (!holds(function, Kind::function)) return invalid_handle;
  switch (attribute) {
    case function_max_threads: *value = (int)function->facts.max_threads; return success;
    case function_shared_bytes: *value = (int)function->facts.static_shared_bytes; return success;
    case function_local_bytes: *value = (int)function->facts.local_bytes; return success;
    case function_ptx_version:
    case function_binary_version: *value = options.capability; return success;
    case function_max_dynamic_shared_bytes: *value = (int)function->most_dynamic_bytes; return success;
  }
  return fail(invalid_value, "the stand-in knows no function attribute " + std::to_string(attribute));
}

EXPORT CUresult cuFuncSetAttribute(CUfunction function, int attribute, int value) {
  ENTER(context);
  if (!holds(function, Kind::function)) return invalid_handle;
  const int most = (163 << 10) - (int)function->facts.static_shared_bytes;
  if (attribute != function_max_dynamic_shared_bytes || value < 0 || value > most)
    return fail(invalid_value, function->name + " may ask for " + std::to_string(most) + " bytes of dynamic shared memory");
  function->most_dynamic_bytes = (uint32_t)value;
  return success;
}
