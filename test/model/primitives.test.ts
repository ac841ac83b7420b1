/** Small models of the primitives, on every executor: any cut of a text, and any company in a batch, gives the same. */
import type { Caps } from "../../codegen/kernel.ts";
import type { Source } from "../../src/compile.ts";
import type { Executor } from "../../src/execute/executors.ts";
import {
  assertClose,
  assertStreamsAgree,
  loadForTest,
  type ModelUnderTest,
} from "../../src/testing.ts";
import { Stream } from "../../targets/stream.ts";
import { executorOrSkip, executors } from "../executor.ts";

/** A model around one block `mix` of [B, T, D]; odd sizes. */
const around = (mix: string): Source => ({
  file: "primitives.eyrie",
  text: `${mix}
model small(vocab: size = 37, width: size = 15, depth: size = 1, pattern: pattern = [layer]) {
  param embedding: [vocab, width] = normal(1 / width)
  layer = added()
  z = stack(gather(embedding, tokens), depth, pattern) as layers
  contract(rms_norm(z) as norm, embedding, over: width)
}
block added(x: [B, T, D]) -> [B, T, D] { x + mix(x) }`,
});

const heads = (name: string, dim: string, size: string) =>
  `${name} = split(project(x, out: 2 * ${size}) as ${name}, 2 * ${size}, [H, ${dim}])`;

/** A matrix for each head: outer products that fade by number, by head, by row or by element, read with a query. */
const memory = (decay: string) => `
block mix(x: [B, T, D]) -> [B, T, D] {
  size H = 2
  size K = 5
  size V = 4
  size L = H * V
  ${heads("q", "K", "K")}
  ${heads("k", "K", "K")}
  ${heads("v", "V", "V")}
  gate = linear(x, out: H) as gate
  s = scan(${decay}, outer(k * exp(-0.1 * float(index(K))), v))
  o = contract(s, softmax(q, over: [H, K]), over: K)
  linear(merge(o, [H, V], L), out: D) as out
}`;

const mixes: Readonly<Record<string, string>> = {
  "shifts by one and by three": `
block mix(x: [B, T, D]) -> [B, T, D] {
  param w: [D] = uniform(0, 1)
  k = linear(w * x + (1 - w) * shift(x) as one, out: D) as key
  g = shift(sigmoid(linear(shift(float(shift(tokens) as token) as far, by: 3) * x, out: D) as g), by: 3) as gate
  k * g
}`,
  "a memory that fades by number": memory("0.9"),
  "a memory that fades by head": memory("exp(-softplus(gate))"),
  "a memory that fades by row": memory(
    "spread(sigmoid(k * outer(gate, spread(1, [K]))), [B, T, H, K])",
  ),
  "a memory that fades by element": memory("sigmoid(outer(k, v))"),
  "turned keys under a capped attention": `
block mix(x: [B, T, D]) -> [B, T, D] {
  size H = 2
  size K = 6
  size J = 4
  size M = K - J
  size L = H * K
  q = split(project(x, out: L) as q, L, [H, K])
  k = split(project(x, out: L) as k, L, [H, K])
  turned = concat([rotary(slice(k, K, J)) as near, slice(k, K, M, from: J)], [J, M], K)
  o = attend(rotary(q, part: 2 / 3, theta: 100), turned, k, window: 5, cap: 0.5)
  linear(merge(o, [H, K], L), out: D) as out
}`,
  "turns by a position that nothing else reads": `
block mix(x: [B, T, D]) -> [B, T, D] {
  size H = 5
  size K = D / H
  merge(concat([rotary(slice(split(x, D, [H, K]), K, 2), theta: 100), slice(split(x, D, [H, K]), K, 1, from: 2)], [2, 1], K), [H, K], D)
}`,
  "products of tokens with themselves": `
block mix(x: [B, T, D]) -> [B, T, D] {
  size H = 3
  size K = D / H
  h = split(x, D, [H, K])
  dot = contract(h, h, over: K)
  norm = pow(contract(x, x, over: D) + 1, -0.25)
  table = transpose(outer(dot, softmax(h, over: K)), [B, T, K, H])
  least = minimum(table, over: [K, H])
  y = contract(table, h + shift(least) as before, over: H)
  scan(0.5, norm * spread(sum(y, over: K), [B, T, D]) * pow(x, 2)) as slow
}`,
};

const tokens = Array.from({ length: 19 }, (_, i) => (i * i * 7 + 3 * i) % 37);
const other = Array.from({ length: 11 }, (_, i) => (i * 5 + 1) % 37);
/** Orders of f32 sums differ: the largest difference met is 1.3e-6, as far as any of them is from float64. */
const tolerance = 2.5e-6;

/** Memories differ in their decay only, which is a matter of kernels and not of how a text is cut. */
const cut = Object.entries(mixes).filter(([name]) => !/by (number|row|element)/.test(name));

for (const [executorName, open] of Object.entries(executors))
  for (const [name, mix] of cut)
    describe(`${name} on ${executorName}`, function () {
      this.timeout(120_000);
      let model: ModelUnderTest;
      const load = async (test: Mocha.Context, batch: number, chunk: number) =>
        loadForTest(await open(test), around(mix), { batch, chunk, context: 64 });
      afterEach(async () => model?.release());

      it("gives the same logits token by token and by chunks of any size", async function () {
        model = await load(this, 1, 8);
        await assertStreamsAgree(model.session, tokens, {
          tolerance,
          parts: executorName === "interpret" ? [5] : [2, 3, 7, 8, 13],
        });
      });

      it("gives each row of a ragged batch what it gets alone", async function () {
        model = await load(this, 3, 8);
        const rows = [tokens, other, tokens.slice(0, 1)];
        const together = Stream.open(model.session);
        const { logits } = await together.feed(rows);
        together.release();
        for (const [row, prompt] of rows.entries()) {
          const alone = Stream.open(model.session);
          const got = await alone.feed([prompt, prompt.slice(0, 1), prompt.slice(0, 2)]);
          alone.release();
          const [mine, its] = [
            got.logits.data.slice(0, 37),
            logits.data.slice(row * 37, (row + 1) * 37),
          ];
          assertClose(mine, its, tolerance, `row ${row}`);
        }
      });
    });

/** What a software adapter is compiled for is not what a GPU gets; these are, on whatever adapter is here. */
const devices: Readonly<Record<string, Partial<Caps>>> = {
  "this adapter": {},
  "a GPU, with barriers and workgroup memory": { barriers: "cheap", busyLanes: 16384 },
  "eight buffers and few workgroups": { maxBuffersPerKernel: 8, maxWorkgroupsPerDimension: 7 },
};

/** Logits after two ragged calls. */
async function logitsOn(executor: Executor, mix: string, chunk: number, prompt = tokens) {
  const options = { batch: 2, chunk, context: 64 };
  const model = await loadForTest(executor, around(mix), options);
  const stream = Stream.open(model.session);
  await stream.feed([prompt, other]);
  const { logits } = await stream.feed([other, tokens.slice(0, 5)]);
  stream.release();
  await model.release();
  return logits.data;
}

describe("a model compiled for", function () {
  this.timeout(240_000);
  for (const [device, caps] of Object.entries(devices))
    for (const [name, mix] of Object.entries(mixes))
      it(`${device} computes ${name}`, async function () {
        const executor = await executorOrSkip(this);
        const got = await logitsOn({ ...executor, caps: { ...executor.caps, ...caps } }, mix, 8);
        const want = await logitsOn(await executors.evaluate(), mix, 8);
        assertClose(got, want, tolerance);
      });
  it("a GPU cuts time into chunks where a head's decay fades its memory", async function () {
    const executor = await executorOrSkip(this);
    const caps = { ...executor.caps, barriers: "cheap", busyLanes: 16384 } as const;
    const mix = mixes["a memory that fades by head"]!;
    const long = Array.from({ length: 600 }, (_, i) => (i * i * 7 + 3 * i) % 37);
    const got = await logitsOn({ ...executor, caps }, mix, 512, long);
    assertClose(got, await logitsOn(await executors.evaluate(), mix, 512, long), tolerance);
  });
});
