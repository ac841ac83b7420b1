// Streams, events and launches. What is put on a stream is done before the call returns, but where work is late.
#include <time.h>
#include <set>
#include "module.h"
#include "state.h"
#include "stream.h"

namespace stand_in {

static Stream standard;
static std::set<Stream *> streams = {&standard};

// Null for a stream that is none, or of another context.
static Stream *of(CUstream stream) {
  if (stream == nullptr) return &standard;
  return holds(stream, Kind::stream) && stream->context == current_context() ? stream : nullptr;
}

CUresult perform(CUstream handle, std::function<CUresult()> work) {
  Stream *stream = of(handle);
  if (!stream) return invalid_handle;
  if (stream->capturing)
    stream->capturing->steps.push_back(std::move(work));
  else if (options.late)
    stream->waiting.push_back(std::move(work));
  else
    return work();
  return success;
}

// Does so much of what the stream was given.
static CUresult work_off(Stream *stream, size_t most) {
  for (; most > 0 && !stream->waiting.empty(); most--) {
    const std::function<CUresult()> work = std::move(stream->waiting.front());
    stream->waiting.pop_front();
    if (CUresult code = work()) return code;
  }
  return success;
}

constexpr size_t all = ~(size_t)0;

CUresult synchronize() {
  for (Stream *stream : streams) {
    if (stream->context && stream->context != current_context()) continue;
    if (CUresult code = work_off(stream, all)) return code;
  }
  return success;
}

CUresult refuse_in_capture(CUstream handle) {
  Stream *stream = of(handle);
  if (!stream) return invalid_handle;
  return stream->capturing ? stream_capture_unsupported : success;
}

}  // namespace stand_in

using namespace stand_in;

EXPORT CUresult cuStreamCreate(CUstream *stream, unsigned) {
  ENTER(context);
  Stream *made = new Stream;
  made->context = current_context();
  streams.insert(made);
  keep(made, Kind::stream, [made] {
    streams.erase(made);
    delete made->capturing;
    delete made;
  });
  *stream = made;
  return success;
}
EXPORT CUresult cuStreamDestroy_v2(CUstream stream) {
  ENTER(driver);
  return drop(stream, Kind::stream) ? success : invalid_handle;
}
EXPORT CUresult cuStreamSynchronize(CUstream stream) {
  ENTER(context);
  if (CUresult code = refuse_in_capture(stream)) return code;
  return work_off(of(stream), all);
}
EXPORT CUresult cuStreamQuery(CUstream stream) {
  ENTER(context);
  if (CUresult code = refuse_in_capture(stream)) return code;
  if (CUresult code = work_off(of(stream), 1)) return code;
  return of(stream)->waiting.empty() ? success : not_ready;
}
EXPORT CUresult cuCtxSynchronize(void) {
  ENTER(context);
  return synchronize();
}

EXPORT CUresult cuEventCreate(CUevent *event, unsigned flags) {
  ENTER(context);
  Event *made = new Event{(flags & event_disable_timing) == 0, nullptr, false, 0};
  keep(made, Kind::event, [made] { delete made; });
  *event = made;
  return success;
}
EXPORT CUresult cuEventDestroy_v2(CUevent event) {
  ENTER(driver);
  return drop(event, Kind::event) ? success : invalid_handle;
}
EXPORT CUresult cuEventRecord(CUevent event, CUstream stream) {
  ENTER(context);
  if (!holds(event, Kind::event) || !of(stream)) return invalid_handle;
  event->awaited = of(stream)->capturing ? nullptr : of(stream);
  return perform(stream, [event] {
    if (!holds(event, Kind::event)) return fail(invalid_handle, "an event was destroyed before the stream came to it");
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    event->awaited = nullptr;
    event->recorded = true;
    event->milliseconds = (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
    return success;
  });
}
EXPORT CUresult cuEventQuery(CUevent event) {
  ENTER(context);
  if (!holds(event, Kind::event)) return invalid_handle;
  if (event->awaited)
    if (CUresult code = work_off(event->awaited, 1)) return code;
  return event->awaited ? not_ready : success;
}
EXPORT CUresult cuEventSynchronize(CUevent event) {
  ENTER(context);
  if (!holds(event, Kind::event)) return invalid_handle;
  while (event->awaited)
    if (CUresult code = work_off(event->awaited, 1)) return code;
  return success;
}
EXPORT CUresult cuEventElapsedTime(float *milliseconds, CUevent start, CUevent end) {
  ENTER(context);
  for (CUevent event : {start, end})
    if (!holds(event, Kind::event) || !event->recorded || !event->timing) return invalid_handle;
  if (start->awaited || end->awaited) return not_ready;
  *milliseconds = (float)(end->milliseconds - start->milliseconds);
  return success;
}
EXPORT CUresult cuEventElapsedTime_v2(float *milliseconds, CUevent start, CUevent end) {
  return cuEventElapsedTime(milliseconds, start, end);
}

// A launch with its own copy of the parameters.
struct Launch {
  Function *function;
  EyrieLaunch sizes;
  std::vector<std::vector<char>> values;
};

static CUresult run(Launch launch) {
  if (!holds(launch.function, Kind::function)) return invalid_handle;
  std::vector<void *> pointers;
  for (auto &value : launch.values) pointers.push_back(value.data());
  launch.sizes.parameters = pointers.data();
  char error[2048];
  switch (eyrie_launch(launch.function->kernel, &launch.sizes, error, sizeof error)) {
    case EYRIE_OK: return success;
    case EYRIE_INVALID: return fail(invalid_value, error);
  }
  return break_context(launch_failed, error);
}

EXPORT CUresult cuLaunchKernel(CUfunction function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                               unsigned block_x, unsigned block_y, unsigned block_z, unsigned dynamic_bytes,
                               CUstream stream, void **parameters, void **extra) {
  ENTER(context);
  if (!holds(function, Kind::function)) return invalid_handle;
  if (extra) return fail(invalid_value, "the stand-in takes parameters one by one, not packed");
  if (dynamic_bytes > function->most_dynamic_bytes)
    return fail(invalid_value, function->name + " asks for " + std::to_string(dynamic_bytes) +
                                   " bytes of dynamic shared memory and may have " +
                                   std::to_string(function->most_dynamic_bytes) + "; see cuFuncSetAttribute");
  Launch launch{function, {}, {}};
  launch.sizes = {{grid_x, grid_y, grid_z}, {block_x, block_y, block_z}, dynamic_bytes, options.checked,
                  options.perturb,          0,                           options.seed,  nullptr};
  for (uint32_t i = 0; i < function->facts.parameters; i++) {
    const char *value = (const char *)parameters[i];
    launch.values.emplace_back(value, value + eyrie_kernel_parameter_bytes(function->kernel, i));
  }
  return perform(stream, [launch] { return run(launch); });
}
