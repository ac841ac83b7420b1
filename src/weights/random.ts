/** A quick stream of uniform numbers for one block of one parameter; its start comes from Philox, so that blocks need no order. */
import { philox } from "../graph/philox.ts";

/** Draws in (0, 1): sfc32 (Doty-Humphrey, PractRand), seeded by the seed, the parameter's name and the block's number. */
export function generator(seed: number, name: string, block: number): () => number {
  let [a, b, c, counter] = philox([seed >>> 0, hash(name)], [block, 0, 0, 0x696e6974]).map(
    (word) => word | 0,
  ) as [number, number, number, number];
  return () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return ((sum >>> 0) + 0.5) * 2 ** -32;
  };
}

/** FNV-1a over UTF-16 units. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++)
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}
