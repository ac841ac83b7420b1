import assert from "node:assert/strict";
import fc from "fast-check";
import { circles } from "../../../dsl/elaborate/circles.ts";

const size = 9;
/** Edges between numbers below `size`. */
const edges = fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 20 });

/** Whether a way of at least one edge leads from one number to another, for all pairs. */
function reaches(pairs: readonly (readonly [number, number])[]): (a: number, b: number) => boolean {
  const known = Array.from({ length: size }, (_, a) =>
    Array.from({ length: size }, (_, b) => pairs.some(([from, to]) => from === a && to === b)),
  );
  for (let via = 0; via < size; via++)
    for (let a = 0; a < size; a++)
      for (let b = 0; b < size; b++) if (known[a]![via] && known[via]![b]) known[a]![b] = true;
  return (a, b) => known[a]![b]!;
}

describe("circles", () => {
  it("are the groups of what leads to itself and to each other, in order", () => {
    fc.assert(
      fc.property(edges, (pairs) => {
        const items = Array.from({ length: size }, (_, i) => i);
        const leads = reaches(pairs);
        const inCircle = items.filter((a) => leads(a, a));
        const expected = inCircle
          .map((a) => inCircle.filter((b) => leads(a, b) && leads(b, a)))
          .filter(([first], i) => first === inCircle[i]);
        const next = (item: number) => pairs.flatMap(([from, to]) => (from === item ? [to] : []));
        assert.deepEqual(circles(items, next), expected);
      }),
    );
  });
  it("are found in a chain of a hundred thousand", () => {
    const items = Array.from({ length: 100_000 }, (_, i) => i);
    const [circle] = circles(items, (i) => [(i + 1) % items.length]);
    assert.deepEqual(circle, items);
  });
});
