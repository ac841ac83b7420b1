// Registered device memory, found by address.
#pragma once
#include <map>
#include <string>
#include "shadow.h"

namespace eyrie {

struct Piece {
  char *start;
  size_t bytes;
  std::string name;
  bool owned;  // made by eyrie_memory_allocate
  bool module_variable;
  WrittenBytes written;
  Cells cells;
};

// The piece that holds an address, or null.
Piece *find_piece(uint64_t address);
// In words: how far an address lies from the nearest piece.
std::string nearest_piece(uint64_t address);
bool add_piece(char *start, size_t bytes, bool written, const char *name, bool module_variable);
bool remove_piece(char *start);
// Starts the clock anew: no access is remembered, what is written stays written.
void forget_accesses();

}  // namespace eyrie
