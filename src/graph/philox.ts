/** Philox4x32-10: four random words from a key and a counter, the same on every machine (Salmon et al., SC 2011). */

export type Words = readonly [number, number, number, number];

/** High and low words of the 64-bit product of two u32, from products of their halves. */
function multiply(a: number, b: number): [high: number, low: number] {
  const [a0, a1, b0, b1] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const carried = a0 * b1 + (middle & 0xffff);
  return [a1 * b1 + (middle >>> 16) + (carried >>> 16), Math.imul(a, b) >>> 0];
}

/** Ten rounds; all words are u32. */
export function philox(key: readonly [number, number], counter: Words): Words {
  let [k0, k1] = key;
  let [c0, c1, c2, c3] = counter;
  for (let round = 0; round < 10; round++) {
    const [high0, low0] = multiply(0xd2511f53, c0);
    const [high1, low1] = multiply(0xcd9e8d57, c2);
    [c0, c1, c2, c3] = [(high1 ^ c1 ^ k0) >>> 0, low1, (high0 ^ c3 ^ k1) >>> 0, low0];
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** The uniform draw in (0, 1) of vocabulary entry v: row seeds are keys, `draw` counts the tokens drawn. */
export function uniform(seed: number, draw: number, v: number): number {
  const words = philox([seed, 0], [v >>> 2, draw, 0, 0x45797269]);
  return ((words[v & 3]! >>> 8) + 0.5) * 2 ** -24;
}
