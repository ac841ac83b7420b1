/** What primitives say of mistakes in how they are called. */
import assert from "node:assert/strict";
import { elaborateText, mistakesIn } from "./files.ts";

const [B, T] = [2, 3];

describe("mistakes of primitives", () => {
  /** The first mistake of a body; tensors that it leaves unused are none. */
  const mistake = (expression: string): string =>
    mistakesIn(`block f(x: [B, T, D], y: [B, T, N], n: int[B, T]) -> [B, T, D] {\n${expression} }`)
      .map((line) => line.replace(/^\d+: /, ""))
      .find((line) => !line.startsWith("W"))!;
  const cases: Readonly<Record<string, RegExp>> = {
    "outer(x)": /^E0405 .* takes 2/,
    "outer(x, n)": /^E0308 at n: `outer` needs float elements but gets int\[B, T\]/,
    "outer(mean(x, over: D), 2)": /^E0312 at 2: `outer` needs a tensor but gets the number 2/,
    "outer(index(D), x)": /^E0308 at index\(D\)/,
    "outer(spread(1, [D]), y)": /^E0311 .*`outer` cannot change or go over `B`/,
    "spread(x, [B, T, N])": /^E0303 .*\[B, T, D\] cannot be spread over \[B, T, N\]: `D` is not/,
    "spread(x, [D, T, B])": /^E0303 .*in another order/,
    "spread(x, [B, T, D, M])": /^E0201 at M: nothing here is named `M`/,
    "float(index(T))": /^E0415 at T/,
    "float(index(x))": /^E0408 at x/,
    "slice(x, N, D)": /^E0304 at N: the shape \[B, T, D\] has no dimension `N`/,
    "slice(x, T, D)": /^E0311 .*`slice` cannot change or go over `T`/,
    "slice(x, D, B)": /^E0311 .*`slice` cannot change or go over `B`/,
    "slice(x, D, N, from: n)": /^E0408 at n/,
    "slice(x, D, N, start: 2)": /^E0401 at start: `slice` has no setting `start`/,
    "concat(x, D, N)": /^E0312 at x: `concat` needs a list of tensors but gets x/,
    "concat([], [], N)": /^E0312 at \[\]/,
    "concat([x, y], [D], N)": /^E0315 .*`concat` gets 2 tensors and 1 dimension/,
    "concat([x, 2], [D, N], D)": /^E0312 at 2: `concat` needs a tensor but gets the number 2/,
    "concat([x, mean(y, over: N)], [D, T], D)": /^E0311/,
    "concat([x, outer(x, y)], [D, N], D)":
      /^E0319 .*\[B, T, D\] and \[B, T, D, N\] along `D` and `N`/,
    "concat([x, y], [D, D], N)": /^E0304 at D/,
    "transpose(x, [B, T])": /^E0316 at \[B, T\]: \[B, T\] is no order of .* \[B, T, D\]/,
    "transpose(x, [B, B, D])": /^E0316/,
    "transpose(x, D)": /^E0316/,
    "minimum(x, over: [D, D])": /^E0317 at D: `D` is listed twice/,
    "minimum(x, over: [])": /^E0402 .*needs the setting `over`/,
    "softmax(x, over: T)": /^E0311/,
    "merge(x, [], D)": /^E0312 at \[\]/,
    "shift(spread(1, [D]))": /^E0302 .*`shift` needs the shape \[B, T, …\] but gets \[D\]/,
    "shift(n == 0)": /^E0308 .*`shift` needs float or int elements/,
    "rotary(x)": /^E0302 .*`rotary` needs the shape \[B, T, heads, d\] but gets \[B, T, D\]/,
    "pow(x, n)": /^E0308 at n/,
    "pow(-2, x)": /^E0318 at -2: `pow` of -2 and a tensor/,
    "pow(x, y)": /^E0301/,
  };
  for (const [expression, expected] of Object.entries(cases))
    it(`${expression} is ${expected.source.slice(1, 6)}`, () =>
      assert.match(mistake(expression), expected));

  it("numbers that do not fit are told with the sizes at hand", () => {
    const said = (expression: string) =>
      elaborateText(`block f(x: [B, T, D], q: [B, T, H, d]) -> [B, T, D] { ${expression} }`, "f", {
        inputs: { x: [B, T, 5], q: [B, T, 2, 6] },
      }).diagnostics.map((d) => `${d.code} ${d.message}; ${d.hint}`)[0]!;
    assert.match(said("slice(x, D, 3, from: 3)"), /E0313 .* 3 to 5 of `D`, which ends with 4/);
    assert.match(said("slice(x, D, 3, from: -1)"), /E0412 `from` is -1 but must be a whole number/);
    assert.match(said("slice(x, D, 3, from: 0.5)"), /E0412/);
    assert.match(said("concat([x, x], [D, D], 9)"), /E0314 \[D, D\] has 10 elements in all.*has 9/);
    assert.match(said("shift(x, by: 0)"), /E0412 `by` is 0 but must be a whole number from 1/);
    assert.match(said("rotary(q, part: 0.5)"), /E0412 `part` is 0.5 .* of 6 dimensions/);
    assert.match(said("rotary(q, theta: 0)"), /E0412 `theta` is 0 but must be a number above 0/);
    assert.match(said("attend(q, q, q, cap: -1)"), /E0412 `cap` is -1/);
    assert.match(said("pow(x, pow(0, -1))"), /E0411 .*infinite/);
    assert.match(said("pow(x, pow(-8, 1 / 3))"), /E0411 .*not a number/);
    assert.match(said("shift(x, by: 1000000000)"), /E0416/);
  });
});
