// Kernel libraries: loaded, looked into, given back.
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "machine.h"

struct EyrieModule {
  void *library;
  const eyrie::ModuleRecord *record;
  uint32_t loads;
  std::string path;
};

namespace eyrie {

static std::vector<EyrieModule *> modules;

constexpr uint32_t record_version = 1;

static EyrieModule *failed(char *error, size_t error_bytes, const std::string &words) {
  if (error_bytes) snprintf(error, error_bytes, "%s", words.c_str());
  return nullptr;
}

}  // namespace eyrie

using namespace eyrie;

uint32_t eyrie_emulator_version(void) { return EYRIE_EMULATOR_VERSION; }

EyrieModule *eyrie_module_load(const char *path, char *error, size_t error_bytes) {
  Turn turn;
  for (EyrieModule *module : modules)
    if (module->path == path) return module->loads++, module;
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) return failed(error, error_bytes, dlerror());
  auto record = (const ModuleRecord *(*)())dlsym(library, "eyrie_module_record");
  if (!record || record()->version != record_version) {
    dlclose(library);
    return failed(error, error_bytes, std::string(path) + " is not a kernel library of this emulator");
  }
  EyrieModule *module = new EyrieModule{library, record(), 1, path};
  for (uint32_t i = 0; i < module->record->variables; i++) {
    const VariableRecord &v = module->record->variable[i];
    add_piece((char *)v.start, v.bytes, true, v.name, true);
  }
  modules.push_back(module);
  return module;
}

void eyrie_module_name(const char *ptx, size_t ptx_bytes, char name[33]) {
  unsigned __int128 hash = (unsigned __int128)0x6c62272e07bb0142ull << 64 | 0x62b821756295c58dull;
  const unsigned __int128 prime = (unsigned __int128)0x1000000 << 64 | 0x13b;
  for (size_t i = 0; i < ptx_bytes; i++) hash = (hash ^ (unsigned char)ptx[i]) * prime;
  snprintf(name, 33, "%016llx%016llx", (unsigned long long)(hash >> 64), (unsigned long long)hash);
}

EyrieModule *eyrie_module_find(const char *ptx, size_t ptx_bytes, char *error, size_t error_bytes) {
  Dl_info here;
  if (!dladdr((void *)&eyrie_module_find, &here)) return failed(error, error_bytes, "the runtime library's folder is unknown");
  std::string path = here.dli_fname;
  char name[33];
  eyrie_module_name(ptx, ptx_bytes, name);
  path = path.substr(0, path.rfind('/') + 1) + name + ".so";
  if (access(path.c_str(), R_OK) != 0)
    return failed(error, error_bytes, "no kernel library was built of this PTX: there is no " + path);
  return eyrie_module_load(path.c_str(), error, error_bytes);
}

void eyrie_module_unload(EyrieModule *module) {
  Turn turn;
  if (--module->loads) return;
  for (uint32_t i = 0; i < module->record->variables; i++) remove_piece((char *)module->record->variable[i].start);
  std::erase(modules, module);
  dlclose(module->library);
  delete module;
}

const EyrieKernel *eyrie_module_kernel(EyrieModule *module, const char *name) {
  for (uint32_t i = 0; i < module->record->kernels; i++)
    if (strcmp(module->record->kernel[i].name, name) == 0) return (const EyrieKernel *)&module->record->kernel[i];
  return nullptr;
}

void *eyrie_module_variable(EyrieModule *module, const char *name, size_t *bytes) {
  for (uint32_t i = 0; i < module->record->variables; i++) {
    const VariableRecord &v = module->record->variable[i];
    if (strcmp(v.name, name) != 0) continue;
    if (bytes) *bytes = v.bytes;
    return v.start;
  }
  return nullptr;
}

void eyrie_kernel_facts(const EyrieKernel *handle, EyrieKernelFacts *facts) {
  const KernelRecord &kernel = *(const KernelRecord *)handle;
  uint32_t shared = 0;
  for (uint32_t i = 0; i < kernel.shared_variables; i++) shared += kernel.shared[i].bytes;
  *facts = {kernel.parameters, kernel.max_threads, {}, shared, kernel.local_bytes};
  memcpy(facts->required_threads, kernel.required_threads, sizeof facts->required_threads);
}

uint32_t eyrie_kernel_parameter_bytes(const EyrieKernel *handle, uint32_t index) {
  const KernelRecord &kernel = *(const KernelRecord *)handle;
  return index < kernel.parameters ? kernel.parameter_bytes[index] : 0;
}
