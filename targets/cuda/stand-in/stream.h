// Streams, events, and graphs as lists of what they do.
#pragma once
#include <deque>
#include <functional>
#include <vector>
#include "api.h"

struct Graph {
  std::vector<std::function<CUresult()>> steps;
};

struct Stream {
  // Null for the one that is always there.
  CUcontext context = nullptr;
  Graph *capturing = nullptr;
  // Given and not yet done.
  std::deque<std::function<CUresult()>> waiting;
};

struct Event {
  bool timing;
  // Where it was recorded last, until that stream has come to it.
  Stream *awaited;
  bool recorded;
  double milliseconds;
};
