/** What primitives do to the names of dimensions, and what they compute, against plain loops. */
import assert from "node:assert/strict";
import { evaluate, type Value, valueFrom } from "../../src/graph/evaluate.ts";
import { printGraph } from "../../src/graph/print.ts";
import { verify } from "../../src/graph/verify.ts";
import { elaborateText, modelOf } from "./files.ts";

const [B, T] = [2, 3];
type Shapes = Readonly<Record<string, readonly number[]>>;

/** Numbers that differ everywhere, some of them negative. */
const numbers = (shape: readonly number[], seed = 0): number[] =>
  Array.from({ length: shape.reduce((n, size) => n * size, 1) }, (_, i) =>
    Math.sin(1.3 * i + seed + 0.4),
  );

/** The value of block `f`, its promise checked by elaboration, with `numbers` for its inputs in their order. */
function valueOfBlock(text: string, inputs: Shapes, map: (x: number) => number = (x) => x): Value {
  const { graph } = modelOf(text, "f", { inputs });
  const given = Object.entries(inputs).map(([name, shape], i): [string, Value] => [
    name,
    valueFrom({ dtype: "f32", shape }, numbers(shape, i).map(map)),
  ]);
  const tokens = Array.from({ length: B * T }, (_, i) => i % T);
  const position = valueFrom({ dtype: "i32", shape: [B, T] }, tokens);
  const count = valueFrom({ dtype: "i32", shape: [B] }, [T, T]);
  const all = { position, count, ...Object.fromEntries(given) };
  return evaluate(verify(graph), { parameters: {}, inputs: all }).outputs.y!;
}

/** Fails where the value has another shape or is off by more than rounding; `at` gets an index an axis. */
function assertValue(
  { type, data }: Value,
  shape: readonly number[],
  at: (...i: number[]) => number,
): void {
  assert.deepEqual(type.shape, shape);
  data.forEach((value, place) => {
    const index: number[] = [];
    for (let axis = shape.length - 1, rest = place; axis >= 0; axis--) {
      index.unshift(rest % shape[axis]!);
      rest = Math.floor(rest / shape[axis]!);
    }
    const right = at(...index);
    assert.ok(Math.abs(value - right) < 1e-9, `[${index}]: ${value} is not ${right}`);
  });
}

const sum = (count: number, term: (k: number) => number): number =>
  Array.from({ length: count }, (_, k) => term(k)).reduce((a, b) => a + b, 0);

describe("primitives that multiply and fold", () => {
  const [D, N] = [4, 5];
  const a = (b: number, t: number, d: number) => numbers([B, T, D])[(b * T + t) * D + d]!;

  it("outer: a's dimensions, then b's own", () => {
    const own = "block f(x: [B, T, D], y: [N]) -> [B, T, D, N] { outer(x, y) }";
    const y = numbers([N], 1);
    assertValue(
      valueOfBlock(own, { x: [B, T, D], y: [N] }),
      [B, T, D, N],
      (b, t, d, n) => a(b, t, d) * y[n]!,
    );
    const shared = "block f(x: [B, T, D], y: [B, T, N]) -> [B, T, D, N] { outer(x, y) }";
    const z = numbers([B, T, N], 1);
    assertValue(
      valueOfBlock(shared, { x: [B, T, D], y: [B, T, N] }),
      [B, T, D, N],
      (b, t, d, n) => a(b, t, d) * z[(b * T + t) * N + n]!,
    );
  });
  it("outer: batches in another order, or nothing of b's own", () => {
    const turned = "block f(x: [B, T, D], y: [N, D]) -> [B, T, D, N] { outer(x, y) }";
    const y = numbers([N, D], 1);
    assertValue(
      valueOfBlock(turned, { x: [B, T, D], y: [N, D] }),
      [B, T, D, N],
      (b, t, d, n) => a(b, t, d) * y[n * D + d]!,
    );
    const none = "block f(x: [B, T, D], y: [B, T]) -> [B, T, D] { outer(x, y) }";
    const z = numbers([B, T], 1);
    assertValue(
      valueOfBlock(none, { x: [B, T, D], y: [B, T] }),
      [B, T, D],
      (b, t, d) => a(b, t, d) * z[b * T + t]!,
    );
  });
  it("contract: every other dimension a batch, one or several summed over", () => {
    const x = numbers([B, T, 2, D, N], 0);
    const at = (b: number, t: number, h: number, d: number, n: number) =>
      x[(((b * T + t) * 2 + h) * D + d) * N + n]!;
    const q = numbers([B, T, 2, D], 1);
    const by = (b: number, t: number, h: number, d: number) => q[((b * T + t) * 2 + h) * D + d]!;
    const inputs = { x: [B, T, 2, D, N], y: [B, T, 2, D] };
    const types = "x: [B, T, H, D, N], y: [B, T, H, D]";
    assertValue(
      valueOfBlock(`block f(${types}) -> [B, T, H, N] { contract(x, y, over: D) }`, inputs),
      [B, T, 2, N],
      (b, t, h, n) => sum(D, (d) => at(b, t, h, d, n) * by(b, t, h, d)),
    );
    assertValue(
      valueOfBlock(`block f(${types}) -> [B, T, N] { contract(x, y, over: [D, H]) }`, inputs),
      [B, T, N],
      (b, t, n) => sum(2, (h) => sum(D, (d) => at(b, t, h, d, n) * by(b, t, h, d))),
    );
    assertValue(
      valueOfBlock(`block f(${types}) -> [B, T] { contract(y, y, over: [H, D]) }`, inputs),
      [B, T],
      (b, t) => sum(2, (h) => sum(D, (d) => by(b, t, h, d) ** 2)),
    );
  });
  it("contract: more dimensions than there are letters", () => {
    const dims = Array.from({ length: 15 }, (_, i) => `A${i}`);
    const others = Array.from({ length: 15 }, (_, i) => `C${i}`);
    const text = `block f(x: [K, ${dims}], y: [${others}, K]) -> [${dims}, ${others}] { contract(x, y, over: K) }`;
    const ones = dims.map(() => 1);
    const inputs = { x: [3, ...ones], y: [...ones, 3] };
    const [x, y] = [numbers([3], 0), numbers([3], 1)];
    assertValue(valueOfBlock(text, inputs), [...ones, ...ones], () => sum(3, (k) => x[k]! * y[k]!));
  });
  it("sum, mean, maximum, minimum: over one dimension or several, in any order", () => {
    const fold = { sum: Math.max, mean: Math.max, maximum: Math.max, minimum: Math.min };
    const x = numbers([B, T, D, N]);
    for (const name of Object.keys(fold) as (keyof typeof fold)[])
      for (const over of ["[D, N]", "[N, D]", "D"]) {
        const [left, counts] = over === "D" ? [[B, T, N], D] : [[B, T], D * N];
        const result = over === "D" ? "[B, T, N]" : "[B, T]";
        const text = `block f(x: [B, T, D, N]) -> ${result} { ${name}(x, over: ${over}) }`;
        assertValue(valueOfBlock(text, { x: [B, T, D, N] }), left, (b, t, n = 0) => {
          const from = (b! * T + t!) * D * N;
          const all = Array.from(
            { length: counts },
            (_, i) => x[from + (over === "D" ? i * N + n : i)]!,
          );
          const total = all.reduce((p, q) => p + q, 0);
          if (name === "sum" || name === "mean") return total / (name === "sum" ? 1 : counts);
          return fold[name](...all);
        });
      }
  });
  it("softmax: sums to 1 over all the dimensions named, wherever they stand", () => {
    const x = numbers([B, T, 2, D, N]);
    const e = (...i: number[]) =>
      Math.exp(x[(((i[0]! * T + i[1]!) * 2 + i[2]!) * D + i[3]!) * N + i[4]!]!);
    for (const over of ["[H, N]", "[N, H]"]) {
      const text = `block f(x: [B, T, H, D, N]) -> [B, T, H, D, N] { softmax(x, over: ${over}) }`;
      assertValue(
        valueOfBlock(text, { x: [B, T, 2, D, N] }),
        [B, T, 2, D, N],
        (b, t, h, d, n) =>
          e(b!, t!, h!, d!, n!) / sum(2, (i) => sum(N, (j) => e(b!, t!, i, d!, j))),
      );
    }
  });
});

describe("primitives that move elements", () => {
  it("spread: over the dimensions that a tensor lacks, and a number over all", () => {
    const text = "block f(x: [B, T, D], y: [D, N]) -> [B, T, D, N] { spread(x, [B, T, D, N]) * y }";
    const [x, y] = [numbers([B, T, 4]), numbers([4, 5], 1)];
    assertValue(
      valueOfBlock(text, { x: [B, T, 4], y: [4, 5] }),
      [B, T, 4, 5],
      (b, t, d, n) => x[(b! * T + t!) * 4 + d!]! * y[d! * 5 + n!]!,
    );
    const number = "block f(x: [B, T, D]) -> [B, T, D] { spread(2.5, [B, T, D]) }";
    assertValue(valueOfBlock(number, { x: [B, T, 4] }), [B, T, 4], () => 2.5);
  });
  it("index: 0, 1, … along a dimension named by its text", () => {
    const text = `block f(x: [B, T, D]) -> [B, T, D] { x * exp(float(index(D))) }`;
    const x = numbers([B, T, 4]);
    assertValue(
      valueOfBlock(text, { x: [B, T, 4] }),
      [B, T, 4],
      (b, t, d) => x[(b! * T + t!) * 4 + d!]! * Math.exp(d!),
    );
    const { model } = elaborateText("block f(x: [B, T, D]) -> int[2 * D] { index(2 * D) }", "f", {
      inputs: { x: [B, T, 4] },
    });
    assert.deepEqual(model?.graph.outputs.y?.type, { dtype: "i32", shape: [8] });
  });
  it("slice and concat: what is cut is put together again", () => {
    const text = `block f(x: [B, T, D]) -> [B, T, D] {
  size K = 2
  size J = D - K
  concat([slice(x, D, J, from: K), slice(x, D, K)], [J, K], D) }`;
    const x = numbers([B, T, 5]);
    assertValue(
      valueOfBlock(text, { x: [B, T, 5] }),
      [B, T, 5],
      (b, t, d) => x[(b! * T + t!) * 5 + ((d! + 2) % 5)]!,
    );
  });
  it("transpose: the same dimensions in any order", () => {
    const text = "block f(x: [B, T, D, N]) -> [N, B, D, T] { transpose(x, [N, B, D, T]) }";
    const x = numbers([B, T, 4, 5]);
    assertValue(
      valueOfBlock(text, { x: [B, T, 4, 5] }),
      [5, B, 4, T],
      (n, b, d, t) => x[((b! * T + t!) * 4 + d!) * 5 + n!]!,
    );
  });
});

describe("primitives in a function", () => {
  it("mean the caller's dimensions, whatever the function calls them", () => {
    const body = (D: string, K: string, H: string) =>
      `concat([slice(x, ${D}, ${K}, from: ${K}), slice(x, ${D}, ${K})], [${K}, ${K}], ${D}) * float(index(${D})) + merge(transpose(transpose(split(spread(mean(x, over: ${D}), [B, T, ${D}]) + x, ${D}, [${H}, ${K}]), [B, T, ${K}, ${H}]), [B, T, ${H}, ${K}]), [${H}, ${K}], ${D})`;
    const block = (result: string) =>
      `block f(x: [B, T, W]) -> [B, T, W] {\n size two = 2\n size half = W / two\n ${result} }`;
    const inlined = `function g(x, D, K, H) { ${body("D", "K", "H")} }\n${block("g(x, W, half, two)")}`;
    const options = { inputs: { x: [B, T, 6] } };
    const [got, want] = [inlined, block(body("W", "half", "two"))].map((text) =>
      printGraph(modelOf(text, "f", options).graph),
    );
    assert.equal(got, want);
  });
});

describe("rotary", () => {
  it("turns pairs of the first part by position · theta^(−2j / dims), and leaves the rest", () => {
    const [H, d, dims, theta] = [2, 6, 4, 100];
    const text = "block f(x: [B, T, H, d]) -> [B, T, H, d] { rotary(x, part: 2 / 3, theta: 100) }";
    const { graph } = modelOf(text, "f", { inputs: { x: [B, T, H, d] } });
    const angle = (t: number, j: number) => 5 * t * theta ** ((-2 * j) / dims);
    const table = Array.from({ length: B * T * dims }, (_, i) => {
      const [t, j] = [Math.floor(i / dims) % T, i % dims];
      return j < dims / 2 ? Math.cos(angle(t, j)) : Math.sin(angle(t, j - dims / 2));
    });
    const x = numbers([B, T, H, d]);
    const inputs = {
      x: valueFrom({ dtype: "f32", shape: [B, T, H, d] }, x),
      rotary_4_100: valueFrom({ dtype: "f32", shape: [B, T, dims] }, table),
      count: valueFrom({ dtype: "i32", shape: [B] }, [T, T]),
    };
    const y = evaluate(verify(graph), { parameters: {}, inputs }).outputs.y!;
    assertValue(y, [B, T, H, d], (b, t, h, j) => {
      const at = (k: number) => x[((b! * T + t!) * H + h!) * d + k]!;
      const half = dims / 2;
      if (j! >= dims) return at(j!);
      const turn = angle(t!, j! % half);
      const [one, two] = [at(j! % half), at((j! % half) + half)];
      return j! < half
        ? one * Math.cos(turn) - two * Math.sin(turn)
        : two * Math.cos(turn) + one * Math.sin(turn);
    });
  });
});

describe("pow", () => {
  const ofX = (exponent: string | number, power: (x: number) => number, map?: typeof Math.abs) => {
    const text = `block f(x: [B, T, D]) -> [B, T, D] { pow(x, ${exponent}) }`;
    const x = numbers([B, T, 4]).map(map ?? ((n) => n));
    assertValue(valueOfBlock(text, { x: [B, T, 4] }, map), [B, T, 4], (b, t, d) =>
      power(x[(b! * T + t!) * 4 + d!]!),
    );
  };
  it("multiplies for whole exponents, whatever the sign of the base", () => {
    for (const n of [0, 1, 2, 3, 7, 16, -1, -2]) ofX(n, (x) => x ** n);
  });
  it("takes roots and logarithms of what is above 0", () => {
    for (const n of [0.5, -0.5, 1 / 3, 17]) ofX(n, (x) => x ** n, Math.abs);
  });
  it("folds numbers and raises them to tensors", () => {
    ofX("pow(2, 3)", (x) => x ** 8);
    const text = "block f(x: [B, T, D]) -> [B, T, D] { pow(3, x) }";
    const x = numbers([B, T, 4]);
    assertValue(
      valueOfBlock(text, { x: [B, T, 4] }),
      [B, T, 4],
      (b, t, d) => 3 ** x[(b! * T + t!) * 4 + d!]!,
    );
  });
  it("raises tensors to tensors that spread over them", () => {
    const text = "block f(x: [B, T, D], y: [D]) -> [B, T, D] { pow(x, y) }";
    const [x, y] = [numbers([B, T, 4]).map(Math.abs), numbers([4], 1).map(Math.abs)];
    assertValue(
      valueOfBlock(text, { x: [B, T, 4], y: [4] }, Math.abs),
      [B, T, 4],
      (b, t, d) => x[(b! * T + t!) * 4 + d!]! ** y[d!]!,
    );
  });
});
