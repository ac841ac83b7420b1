/** Weights as MatMulNBits takes them: every `blockSize` numbers along the depth share a scale, codes are stored low bits first. */

export type Layout = {
  readonly depth: number;
  readonly columns: number;
  readonly bits: number;
  readonly blockSize: number;
};

/** From [depth, columns] to codes [columns, depth / blockSize, blockSize · bits / 8] and scales; a code of half its range stands for 0. */
export function quantize(
  weights: Float32Array,
  { depth, columns, bits, blockSize }: Layout,
): { readonly codes: Uint8Array; readonly scales: Float32Array } {
  const zero = 2 ** (bits - 1);
  const perByte = 8 / bits;
  const blocks = depth / blockSize;
  const codes = new Uint8Array((columns * depth) / perByte);
  const scales = new Float32Array(columns * blocks);
  for (let n = 0; n < columns; n++)
    for (let b = 0; b < blocks; b++) {
      const at = (i: number) => weights[(b * blockSize + i) * columns + n]!;
      let most = 0;
      for (let i = 0; i < blockSize; i++) most = Math.max(most, Math.abs(at(i)));
      const scale = most / (zero - 1) || 1;
      scales[n * blocks + b] = scale;
      for (let i = 0; i < blockSize; i++) {
        const place = (n * blocks + b) * blockSize + i;
        const code = Math.round(at(i) / scale) + zero;
        codes[Math.floor(place / perByte)]! |= code << ((place % perByte) * bits);
      }
    }
  return { codes, scales };
}
