/** The text of `multiply`: products of tiles by a subgroup on matrix units. Knows no kernel. */

/** Fragments as PTX defines them for ldmatrix and mma.m16n8k16 (PTX ISA, warp-level matrix instructions). */
export const multiply = `/** sums += left × right by the subgroup: rows × depth times depth × columns, in tiles of 16 × 8 sums. */
template <unsigned rows, unsigned columns, unsigned depth>
__device__ inline void multiply(
    float (&sums)[rows * columns / 32u],
    const __half* left,
    unsigned left_stride,
    const __half* right,
    unsigned right_stride) {
  constexpr unsigned tiles = columns / 8u;
  const unsigned lane = threadIdx.x % 32u;
#pragma unroll
  for (unsigned term = 0u; term < depth; term += 16u) {
    unsigned b[tiles][2];
    const __half* right_row = right + (term + lane % 16u) * right_stride;
#pragma unroll
    for (unsigned tile = 0u; tile + 1u < tiles; tile += 2u) {
      const __half* at = right_row + (tile + lane / 16u) * 8u;
      asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                   : "=r"(b[tile][0]), "=r"(b[tile][1]), "=r"(b[tile + 1u][0]), "=r"(b[tile + 1u][1])
                   : "r"(static_cast<unsigned>(__cvta_generic_to_shared(at)))
                   : "memory");
    }
    if constexpr (tiles % 2u == 1u) {
      const __half* at = right_row + (tiles - 1u) * 8u;
      asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2];"
                   : "=r"(b[tiles - 1u][0]), "=r"(b[tiles - 1u][1])
                   : "r"(static_cast<unsigned>(__cvta_generic_to_shared(at)))
                   : "memory");
    }
#pragma unroll
    for (unsigned down = 0u; down < rows / 16u; down++) {
      const __half* at = left + (down * 16u + lane % 16u) * left_stride + term + lane / 16u * 8u;
      unsigned a[4];
      asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                   : "=r"(a[0]), "=r"(a[1]), "=r"(a[2]), "=r"(a[3])
                   : "r"(static_cast<unsigned>(__cvta_generic_to_shared(at)))
                   : "memory");
#pragma unroll
      for (unsigned tile = 0u; tile < tiles; tile++) {
        float* sum = &sums[(down * tiles + tile) * 4u];
        asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 "
            "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
            : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
            : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[tile][0]), "r"(b[tile][1]));
      }
    }
  }
}`;
