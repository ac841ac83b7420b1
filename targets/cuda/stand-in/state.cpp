// Contexts, the objects made in them, and what every call checks first. Three exported functions tell of them.
#include "state.h"
#include <map>

namespace stand_in {

std::recursive_mutex turns;

static bool initialized;
static std::map<CUdevice, Context> contexts;
static thread_local Context *current;
static std::map<std::string, uint64_t> calls;
static std::string failure;

struct Object {
  Kind kind;
  Context *context;
  std::function<void()> destroy;
};
static std::map<const void *, Object> objects;

static bool is_lasting(CUresult code) {
  return code == ecc_uncorrectable || (code >= illegal_address && code <= launch_failed && code != 701);
}

CUresult enter(const char *call, Needs needs) {
  const uint64_t count = ++calls[call];
  for (const PlannedFailure &planned : options.failures) {
    if (planned.call != call || planned.at != count) continue;
    if (is_lasting(planned.code) && current) current->broken = planned.code;
    return fail(planned.code, "");
  }
  if (needs != Needs::nothing && !initialized) return fail(not_initialized, "cuInit was not called");
  if (needs != Needs::context) return success;
  if (!current) return fail(invalid_context, "no context is current on this thread");
  return current->broken;
}

void restart() {
  initialized = true;
  calls.clear();
  failure.clear();
}
bool is_initialized() { return initialized; }
Context *current_context() { return current; }
Context *context_of(CUdevice device) { return &contexts[device]; }
void make_current(Context *context) { current = context; }

CUresult fail(CUresult code, const std::string &words) {
  failure = words;
  return code;
}
const std::string &failure_words() { return failure; }
CUresult break_context(CUresult code, const std::string &words) {
  current->broken = code;
  return fail(code, words);
}

void keep(const void *object, Kind kind, std::function<void()> destroy) {
  objects[object] = {kind, current, std::move(destroy)};
}
bool holds(const void *object, Kind kind) {
  auto found = objects.find(object);
  return found != objects.end() && found->second.kind == kind;
}
bool drop(const void *object, Kind kind) {
  if (!holds(object, kind)) return false;
  const std::function<void()> destroy = objects.at(object).destroy;
  objects.erase(object);
  destroy();
  return true;
}
void drop_all(Context *context) {
  // Destroying a module drops its functions, too: look anew each time.
  for (bool found = true; found;) {
    found = false;
    for (auto &[object, kept] : objects) {
      if (kept.context != context) continue;
      drop(object, kept.kind);
      found = true;
      break;
    }
  }
}

}  // namespace stand_in

using namespace stand_in;

// What the last failed call of a kernel, a copy or a module did wrong, in the engine's words; empty where nothing more is known.
EXPORT const char *eyrie_stand_in_failure(void) { return failure.c_str(); }

// Objects that were made and not given back: "memory", "host", "module", "stream", "event",
// "graph" or "executable"; all for any other word.
EXPORT uint64_t eyrie_stand_in_live(const char *kind) {
  static const std::map<std::string, Kind> kinds = {
      {"memory", Kind::memory}, {"host", Kind::host_memory}, {"module", Kind::module},
      {"stream", Kind::stream}, {"event", Kind::event}, {"graph", Kind::graph},
      {"executable", Kind::executable}};
  auto asked = kinds.find(kind);
  uint64_t count = 0;
  for (auto &[object, kept] : objects)
    count += kept.kind != Kind::function && (asked == kinds.end() || kept.kind == asked->second);
  return count;
}

// How often a function was called since cuInit.
EXPORT uint64_t eyrie_stand_in_calls(const char *call) {
  auto found = calls.find(call);
  return found == calls.end() ? 0 : found->second;
}
