// Graphs: what a stream was given while it captured, done again by every launch.
#include <memory>
#include "state.h"
#include "stream.h"

using namespace stand_in;

EXPORT CUresult cuStreamBeginCapture_v2(CUstream stream, int) {
  ENTER(context);
  if (!holds(stream, Kind::stream) || stream->capturing) return invalid_value;
  stream->capturing = new Graph;
  return success;
}

EXPORT CUresult cuStreamIsCapturing(CUstream stream, int *capturing) {
  ENTER(context);
  if (!holds(stream, Kind::stream)) return invalid_handle;
  *capturing = stream->capturing ? 1 : 0;
  return success;
}

// The capture ends even where the call fails.
static Graph *end_capture(CUstream stream) {
  if (!holds(stream, Kind::stream)) return nullptr;
  Graph *captured = stream->capturing;
  stream->capturing = nullptr;
  return captured;
}

EXPORT CUresult cuStreamEndCapture(CUstream stream, CUgraph *graph) {
  std::lock_guard<std::recursive_mutex> turn(turns);
  std::unique_ptr<Graph> captured(end_capture(stream));
  *graph = nullptr;
  if (CUresult refused = enter(__func__, Needs::context)) return refused;
  if (!captured) return stream_capture_unmatched;
  Graph *made = captured.release();
  keep(made, Kind::graph, [made] { delete made; });
  *graph = made;
  return success;
}

EXPORT CUresult cuGraphInstantiateWithFlags(CUgraphExec *executable, CUgraph graph, unsigned long long) {
  ENTER(context);
  if (!holds(graph, Kind::graph)) return invalid_handle;
  Graph *made = new Graph(*graph);
  keep(made, Kind::executable, [made] { delete made; });
  *executable = made;
  return success;
}

EXPORT CUresult cuGraphLaunch(CUgraphExec executable, CUstream stream) {
  ENTER(context);
  if (!holds(executable, Kind::executable)) return invalid_handle;
  return perform(stream, [executable] {
    if (!holds(executable, Kind::executable)) return fail(invalid_handle, "a graph was destroyed before it ran");
    for (auto &step : executable->steps)
      if (CUresult code = step()) return code;
    return success;
  });
}

EXPORT CUresult cuGraphExecDestroy(CUgraphExec executable) {
  ENTER(driver);
  return drop(executable, Kind::executable) ? success : invalid_handle;
}

EXPORT CUresult cuGraphDestroy(CUgraph graph) {
  ENTER(driver);
  return drop(graph, Kind::graph) ? success : invalid_handle;
}
