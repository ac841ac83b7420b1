/** The text of `multiply`: products of tiles by a subgroup on matrix units. Knows no kernel. */
import { type Half, scalarNames } from "./types.ts";

/** One ldmatrix; `turn`: what it loads is turned on the way. */
function loadMatrices(count: 2 | 4, turn: boolean): string {
  const numbers = Array.from({ length: count }, (_, i) => i);
  const places = numbers.map((i) => `%${i}`).join(", ");
  const results = numbers.map((i) => `"=r"(to[${i}])`).join(", ");
  return `asm volatile("ldmatrix.sync.aligned.m8n8.x${count}${turn ? ".trans" : ""}.shared.b16 {${places}}, [%${count}];"
                 : ${results}
                 : "r"(shared)
                 : "memory");`;
}

/** Fragments as PTX defines them for ldmatrix and mma.m16n8k16 (PTX ISA, warp-level matrix instructions). */
export const multiply = (
  scalar: Half,
): string => `/** Matrices of 8 × 8, of which each lane names a row: lanes 0 to 7 those of the first, and so on. */
template <unsigned count, bool turn>
__device__ inline void load_matrices(unsigned* to, const ${scalarNames[scalar]}* row) {
  const unsigned shared = static_cast<unsigned>(__cvta_generic_to_shared(row));
  if constexpr (count == 4u && turn) {
    ${loadMatrices(4, true)}
  } else if constexpr (count == 4u) {
    ${loadMatrices(4, false)}
  } else if constexpr (turn) {
    ${loadMatrices(2, true)}
  } else {
    ${loadMatrices(2, false)}
  }
}

/**
 * sums += left × right by the subgroup: rows × depth times depth × columns, in tiles of 16 × 8 sums. If \`turned\`, right is
 * stored as columns × depth.
 */
template <unsigned rows, unsigned columns, unsigned depth, bool turned>
__device__ inline void multiply(
    float (&sums)[rows * columns / 32u],
    const ${scalarNames[scalar]}* left,
    unsigned left_stride,
    const ${scalarNames[scalar]}* right,
    unsigned right_stride) {
  constexpr unsigned tiles = columns / 8u;
  const unsigned lane = threadIdx.x % 32u;
  const auto right_row = [&](unsigned term, unsigned tile) {
    return turned ? right + (tile * 8u + lane % 8u) * right_stride + term + lane / 8u % 2u * 8u
                  : right + (term + lane % 16u) * right_stride + tile * 8u;
  };
#pragma unroll
  for (unsigned term = 0u; term < depth; term += 16u) {
    unsigned b[tiles * 2u];
#pragma unroll
    for (unsigned tile = 0u; tile + 1u < tiles; tile += 2u)
      load_matrices<4u, !turned>(&b[tile * 2u], right_row(term, tile + lane / 16u));
    if constexpr (tiles % 2u == 1u)
      load_matrices<2u, !turned>(&b[tiles * 2u - 2u], right_row(term, tiles - 1u));
#pragma unroll
    for (unsigned down = 0u; down < rows / 16u; down++) {
      unsigned a[4];
      load_matrices<4u, false>(
          a, left + (down * 16u + lane % 16u) * left_stride + term + lane / 16u * 8u);
#pragma unroll
      for (unsigned tile = 0u; tile < tiles; tile++) {
        float* sum = &sums[(down * tiles + tile) * 4u];
        asm("mma.sync.aligned.m16n8k16.row.col.f32.${scalar}.${scalar}.f32 "
            "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
            : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
            : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[tile * 2u]), "r"(b[tile * 2u + 1u]));
      }
    }
  }
}`;
