// What the stand-in knows: its options, its devices' contexts, and every object that was made and not yet given back.
#pragma once
#include <functional>
#include <mutex>
#include <string>
#include <vector>
#include "api.h"

struct Context {
  int retains = 0;
  // Bytes of device memory in use.
  uint64_t used = 0;
  // Set by a failed launch; every later call gives it, as on a GPU.
  CUresult broken = success;
};

namespace stand_in {

struct PlannedFailure {
  std::string call;
  uint64_t at;
  CUresult code;
};

// Read from the environment by cuInit; options.cpp says which variables.
struct Options {
  uint64_t seed = 0;
  bool checked = true;
  bool perturb = false;
  bool late = false;
  uint64_t total_bytes = 4ull << 30;
  int capability = 80;
  int devices = 1;
  int driver_version = 13000;
  std::vector<PlannedFailure> failures;
};
extern Options options;
void read_options();

enum class Needs { nothing, driver, context };

// All calls take turns, whatever thread they come from.
extern std::recursive_mutex turns;

// What every exported function does first: counts the call, and says why it cannot be done.
CUresult enter(const char *call, Needs needs);
// Starts the count of calls anew.
void restart();
bool is_initialized();
Context *current_context();
Context *context_of(CUdevice device);
void make_current(Context *context);

// Remembers what went wrong in words, for eyrie_stand_in_failure, and gives the code back.
CUresult fail(CUresult code, const std::string &words);
const std::string &failure_words();
// The same, and the current context is of no more use.
CUresult break_context(CUresult code, const std::string &words);

enum class Kind { memory, host_memory, module, function, stream, event, graph, executable };

// An object of the current context, destroyed by `drop` or with its context.
void keep(const void *object, Kind kind, std::function<void()> destroy);
bool holds(const void *object, Kind kind);
// False where there is no such object.
bool drop(const void *object, Kind kind);
void drop_all(Context *context);

// Adds it to the graph that the stream captures; else runs it now, or, where work is late, when the stream is waited for.
CUresult perform(CUstream stream, std::function<CUresult()> work);
// Does all that the streams of the current context were given.
CUresult synchronize();
// Not allowed while a stream captures.
CUresult refuse_in_capture(CUstream stream);

}  // namespace stand_in

#define ENTER(needs)                                                        \
  std::lock_guard<std::recursive_mutex> turn(stand_in::turns);              \
  if (CUresult refused = stand_in::enter(__func__, stand_in::Needs::needs)) return refused
