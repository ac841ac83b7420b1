import assert from "node:assert/strict";
import { relativeError } from "../../../bench/measure.ts";
import { cases, resultShape, sizeOf, type Work } from "../../../bench/peers/cases.ts";
import {
  givenFor,
  inputsOf,
  keptStates,
  lastRows,
  placesOf,
  residentInputs,
  textOf,
} from "../../../bench/peers/ours.ts";
import { type Given, tensorsOf } from "../../../bench/peers/tensors.ts";
import { minimumCaps } from "../../../codegen/kernel.ts";
import { compileFile } from "../../../src/execute/open-model.ts";
import { loadInterpreter } from "../../../targets/cpu/interpret.ts";

type Tensors = Readonly<Record<string, Given>>;

const caps = { ...minimumCaps, maxBuffersPerKernel: 16, barriers: "dear" as const, busyLanes: 16 };

/** Works of every kind, small, by straight loops in double precision. */
const small: readonly (readonly [Work, (t: Tensors) => readonly number[]])[] = [
  [{ op: "product", rows: 3, depth: 8, columns: 12 }, (t) => times(t["x"]!, t["w"]!)],
  [{ op: "product", rows: 1, depth: 8, columns: 12 }, (t) => times(t["x"]!, t["w"]!)],
  [{ op: "mlp", rows: 3, width: 8, hidden: 12 }, mlp],
  [{ op: "mlp", rows: 1, width: 8, hidden: 12 }, mlp],
  [{ op: "attention", rows: 5, past: 0, heads: 2, headDim: 4 }, attention],
  [{ op: "attention", rows: 1, past: 6, heads: 2, headDim: 4 }, attention],
  [{ op: "scan", rows: 9, channels: 8, gated: false }, (t) => scan(t["decay"]!.data, t["x"]!)],
  [{ op: "scan", rows: 9, channels: 8, gated: true }, gatedScan],
];

function times(
  x: Given,
  w: { readonly data: ArrayLike<number>; readonly shape: readonly number[] },
) {
  const [rows, depth, columns] = [x.shape[0]!, w.shape[0]!, w.shape[1]!];
  return Array.from({ length: rows * columns }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < depth; k++)
      sum += x.data[Math.floor(i / columns) * depth + k]! * w.data[k * columns + (i % columns)]!;
    return sum;
  });
}

function mlp(t: Tensors) {
  const gelu = (x: number) =>
    0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
  const up = times(t["x"]!, t["up"]!);
  const inner = times(t["x"]!, t["gate"]!).map((g, i) => gelu(g) * up[i]!);
  const shape = [t["x"]!.shape[0]!, t["down"]!.shape[0]!];
  return times({ shape, data: Float32Array.from(inner) }, t["down"]!);
}

function attention(t: Tensors) {
  const [rows, heads, dim] = t["q"]!.shape as [number, number, number];
  const all = t["k"]!.shape[0]!;
  const [q, k, v] = [t["q"]!.data, t["k"]!.data, t["v"]!.data];
  return Array.from({ length: rows * heads * dim }, (_, i) => {
    const [row, head, d] = [Math.floor(i / (heads * dim)), Math.floor(i / dim) % heads, i % dim];
    let [sum, total] = [0, 0];
    for (let s = 0; s <= all - rows + row; s++) {
      let score = 0;
      for (let e = 0; e < dim; e++)
        score += q[(row * heads + head) * dim + e]! * k[(s * heads + head) * dim + e]!;
      const weight = Math.exp(score / Math.sqrt(dim));
      sum += weight * v[(s * heads + head) * dim + d]!;
      total += weight;
    }
    return sum / total;
  });
}

function scan(decay: ArrayLike<number>, x: { shape: readonly number[]; data: ArrayLike<number> }) {
  const channels = x.shape[1]!;
  const h = new Array<number>(channels).fill(0);
  return Array.from({ length: sizeOf(x.shape) }, (_, i) => {
    h[i % channels] = decay[i]! * h[i % channels]! + x.data[i]!;
    return h[i % channels]!;
  });
}

function gatedScan(t: Tensors) {
  const x = t["x"]!;
  const l = Array.from(t["r"]!.data, (r, i) => {
    const rate = t["rate"]!.data[i % x.shape[1]!]!;
    return -8 * Math.log1p(Math.exp(rate)) * r;
  });
  const data = l.map((a, i) => Math.sqrt(-Math.expm1(2 * a)) * x.data[i]!);
  return scan(
    l.map((a) => Math.exp(a)),
    { shape: x.shape, data },
  );
}

async function run(work: Work, resident: boolean): Promise<ArrayLike<number>> {
  const tensors = tensorsOf(work);
  const entry = work.rows === 1 ? "decode" : "score";
  const { file, settings } = textOf(work);
  const model = new URL(`../../../bench/peers/models/${file}`, import.meta.url).pathname;
  const whole = await compileFile({ model, settings, chunk: work.rows, entries: [entry] }, caps);
  const given = givenFor(work, tensors);
  const compiled = resident ? residentInputs(whole, Object.keys(given)) : whole;
  const { program, spec } = compiled.entries[entry]!;
  const read = async (name: string) => lastRows(compiled, name, tensors[name]!.data);
  const session = await loadInterpreter({ [entry]: program }, { [entry]: spec }, { read }, caps);
  const state = await session.upload(keptStates(work, spec.states, tensors));
  const inputs = inputsOf(spec, { ...placesOf(work), ...given });
  const { y } = await session.run(entry, inputs, state, ["y"]);
  return y!.data;
}

describe("the texts of the peers bench", () => {
  for (const [work, expected] of small)
    it(`${JSON.stringify(work)} is what they say, with inputs that cross and with inputs on the device`, async () => {
      const want = expected(tensorsOf(work));
      assert.equal(want.length, sizeOf(resultShape(work)));
      for (const resident of [false, true])
        assert.ok(relativeError(await run(work, resident), want) < 2e-6);
    });

  it("there is a small one for every kind of case", () => {
    const kindOf = (work: Work) => `${work.op} ${work.rows === 1} ${"gated" in work && work.gated}`;
    const kinds = small.map(([work]) => kindOf(work));
    for (const { work } of cases) assert.ok(kinds.includes(kindOf(work)));
  });
});
