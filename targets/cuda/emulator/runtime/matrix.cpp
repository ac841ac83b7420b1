// ldmatrix and mma: where each lane's registers lie in the matrices, after the figures of the PTX ISA manual.
#include <math.h>
#include <string.h>
#include <algorithm>
#include "half.h"
#include "meet.h"

namespace eyrie {

static void whole_warp(Thread &thread, const char *what, uint32_t site) {
  if (machine.warps[thread.warp].live != ~0u) fault(thread, site, "its warp executes %s with fewer than 32 lanes", what);
}

// The value of an element that a register holds at `part` (0 or 1; f32 has one).
static float element(uint32_t factor, uint32_t word, uint32_t part) {
  switch (factor) {
    case F16: return f16_to_float((uint16_t)(word >> (16 * part)));
    case Bf16: return bf16_to_float((uint16_t)(word >> (16 * part)));
    // tf32 keeps ten bits of the fraction; the rest of the register is not looked at.
    default: return bits<float>(word & 0xffffe000u);
  }
}

struct Factors {
  float a[16][16], b[16][8];  // [row][k], [k][column]
};

// Lane = 4·group + place. A register of halves holds two neighbours in k.
// Halves: a0 (group, 2·place), a1 (group+8, …), a2, a3 the same 8 further in k; b0 (k = 2·place, column group), b1 8 further.
// tf32: a0 (group, place), a1 (group+8, place), a2, a3 the same 4 further in k; b0 (k = place, group), b1 4 further.
static void gather(Thread &thread, uint32_t factor, uint32_t depth, Factors &m) {
  const uint32_t per_word = factor == Tf32 ? 1 : 2, half = 4 * per_word, slices = depth / half;
  for (uint32_t lane = 0; lane < 32; lane++) {
    const uint32_t group = lane / 4, place = lane % 4, *given = lane_of(thread, lane).given;
    for (uint32_t slice = 0; slice < slices; slice++)
      for (uint32_t part = 0; part < per_word; part++) {
        const uint32_t k = slice * half + place * per_word + part;
        m.a[group][k] = element(factor, given[slice * 2], part);
        m.a[group + 8][k] = element(factor, given[slice * 2 + 1], part);
        m.b[k][group] = element(factor, given[4 + slice], part);
      }
  }
}

// Products are exact in double; their sum is rounded once. Real units sum in another order and with fewer bits, which
// a perturbed launch imitates by adding in f32 in a drawn order.
static float dot(const Factors &m, uint32_t depth, uint32_t row, uint32_t column, float start, const uint32_t *order) {
  if (order) {
    float sum = 0;
    for (uint32_t i = 0; i < depth; i++) sum += m.a[row][order[i]] * m.b[order[i]][column];
    return sum + start;
  }
  double sum = start;
  for (uint32_t k = 0; k < depth; k++) sum += (double)m.a[row][k] * m.b[k][column];
  return (float)sum;
}

static void multiply(Thread &thread, uint32_t factor, uint32_t depth) {
  Factors m;
  gather(thread, factor, depth, m);
  uint32_t order[16];
  for (uint32_t i = 0; i < depth; i++) order[i] = i;
  if (machine.perturbed)
    for (uint32_t i = depth; i > 1; i--) std::swap(order[i - 1], order[draw() % i]);
  for (uint32_t lane = 0; lane < 32; lane++) {
    Thread &owner = lane_of(thread, lane);
    for (uint32_t i = 0; i < 4; i++) {
      // c0, c1 lie in row `group`, columns 2·place and one further; c2, c3 eight rows below.
      const float start = bits<float>(owner.given[6 + i]);
      const float sum = dot(m, depth, lane / 4 + i / 2 * 8, lane % 4 * 2 + i % 2, start, machine.perturbed ? order : nullptr);
      owner.taken[i] = bits<uint32_t>(sum);
    }
  }
}

}  // namespace eyrie

using namespace eyrie;

void eyrie_multiply(Thread &thread, uint32_t factor, uint32_t depth, const uint32_t *a, const uint32_t *b, const float *c, float *d, uint32_t site) {
  whole_warp(thread, "mma", site);
  const uint32_t slices = depth / (factor == Tf32 ? 4 : 8);
  memcpy(thread.given, a, slices * 8);
  memcpy(thread.given + 4, b, slices * 4);
  memcpy(thread.given + 6, c, 16);
  meet_lanes(thread, ~0u, "mma", site, [&](uint32_t) { multiply(thread, factor, depth); });
  memcpy(d, thread.taken, 16);
}

void eyrie_load_matrix(Thread &thread, uint32_t offset, uint32_t count, bool transposed, uint32_t *result, uint32_t site) {
  whole_warp(thread, "ldmatrix", site);
  // Lanes 0–7 give the rows of the first matrix, 8–15 those of the second, …; the other lanes' addresses are not used.
  if (thread.checked && thread.lane < 8 * count) eyrie_check_shared(thread, offset, 16, Read, site);
  thread.given[0] = offset;
  meet_lanes(thread, ~0u, transposed ? "transposing ldmatrix" : "ldmatrix", site, [&](uint32_t) {
    for (uint32_t matrix = 0; matrix < count; matrix++) {
      uint16_t rows[8][8];
      for (uint32_t row = 0; row < 8; row++)
        memcpy(rows[row], machine.shared + lane_of(thread, matrix * 8 + row).given[0], 16);
      for (uint32_t lane = 0; lane < 32; lane++) {
        const uint32_t r = lane / 4, c = lane % 4 * 2;
        const uint32_t low = transposed ? rows[c][r] : rows[r][c], high = transposed ? rows[c + 1][r] : rows[r][c + 1];
        lane_of(thread, lane).taken[matrix] = low | high << 16;
      }
    }
  });
  memcpy(result, thread.taken, 4 * count);
}
