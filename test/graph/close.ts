/** Comparison of evaluated graphs. */
import assert from "node:assert/strict";
import type { Results, Value } from "../../src/graph/evaluate.ts";

/** Equal types, and elements that differ by rounding of doubles at most. */
export function assertClose(actual: Value, expected: Value, what: string, tolerance = 1e-9): void {
  assert.deepEqual(actual.type, expected.type, what);
  actual.data.forEach((n, i) => {
    const m = expected.data[i]!;
    const close = Object.is(n, m) || Math.abs(n - m) <= tolerance * (1 + Math.abs(m));
    assert.ok(close, `${what}[${i}] is ${n}, not ${m}`);
  });
}

export function assertSameResults(actual: Results, expected: Results, what: string): void {
  assert.deepEqual(Object.keys(actual.outputs), Object.keys(expected.outputs));
  for (const part of ["outputs", "states"] as const)
    for (const [name, value] of Object.entries(expected[part]))
      assertClose(actual[part][name]!, value, `${what}: ${name}`);
}
