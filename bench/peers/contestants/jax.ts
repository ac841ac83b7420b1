/** jax-js on WebGPU, through Dawn in Node, in a process of its own: every work as one jitted function. */
import "core-js/actual/iterator/index.js";
import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np } from "@jax-js/jax";
import { create, globals } from "webgpu";
import { type Case, type Work, weightNames } from "../cases.ts";
import { type Contestant, type Measure, serve, type Way } from "../contestant.ts";
import { type Given, tensorsOf } from "../tensors.ts";

type Tensor = np.Array;
/** Takes the work's tensors in the order of their names in cases.ts, and owns them, as is jax-js's way. */
type Compute = (...tensors: Tensor[]) => Tensor;

async function open(): Promise<Contestant> {
  // jax-js asks the browser's place for a GPU; Dawn's object must stay referenced from there.
  Object.assign(globalThis, globals);
  const gpu = create([]);
  Object.defineProperty(globalThis, "navigator", {
    value: { gpu, userAgent: "Node" },
    configurable: true,
  });
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  const devices = await init("webgpu");
  if (!adapter || !devices.includes("webgpu")) throw new Error("jax-js found no WebGPU device");
  defaultDevice("webgpu");
  return { describe: `jax-js 0.1.25 on ${adapter.info.description}`, prepare };
}

async function prepare({ work, precision }: Case) {
  if (precision !== "f32") return { ways: [], release: async () => {} };
  const given = tensorsOf(work);
  const held = Object.values(given).map(onDevice);
  await blockUntilReady(held);
  const ways = waysTo(work).map(([name, compute]) => wayOf(name, compute, given, held));
  return {
    ways: ways.map(({ way }) => way),
    release: async () => {
      for (const { release } of ways) release();
      for (const tensor of held) tensor.dispose();
    },
  };
}

const onDevice = ({ shape, data }: Given): Tensor =>
  np.array(data as Float32Array<ArrayBuffer>, { shape: [...shape] });

function wayOf(
  name: string,
  compute: Compute,
  given: Readonly<Record<string, Given>>,
  held: readonly Tensor[],
): { readonly way: Way; release(): void } {
  const compiled = jit(compute);
  const isWeight = Object.keys(given).map((n) => weightNames.has(n));
  const run = async (measure: Measure) => {
    const start = performance.now();
    const tensors = Object.values(given).map((g, i) =>
      measure === "device" || isWeight[i] ? held[i]!.ref : onDevice(g),
    );
    const result = compiled(...tensors);
    if (measure === "host") {
      const data = (await result.data()) as Float32Array;
      return { milliseconds: performance.now() - start, data };
    }
    const ready = await result.blockUntilReady();
    const milliseconds = performance.now() - start;
    ready.dispose();
    return { milliseconds, data: null };
  };
  const way: Way = {
    name,
    measures: ["device", "host"],
    result: async () => Float32Array.from((await run("host")).data!),
    run: async (measure) => (await run(measure)).milliseconds,
  };
  return { way, release: () => compiled.dispose() };
}

function waysTo(work: Work): readonly (readonly [string, Compute])[] {
  switch (work.op) {
    case "product":
      return [["matmul", (x, w) => np.matmul(x!, w!)]];
    case "mlp":
      return [["matmul and gelu", mlp]];
    case "attention":
      return [["dotProductAttention", attention(work.past === 0)]];
    case "scan":
      return (["odd and even", "doubling"] as const).map((name) => {
        const scan = name === "doubling" ? byDoubling : byHalves;
        return [name, work.gated ? gated(scan) : (a, x) => scan(a!, x!)];
      });
  }
}

const mlp: Compute = (x, gate, up, down) => {
  const g = nn.gelu(np.matmul(x!.ref, gate!));
  return np.matmul(g.mul(np.matmul(x!, up!)), down!);
};

/** One query of the newest token sees all keys, so only several need a mask. */
const attention =
  (isCausal: boolean): Compute =>
  (q, k, v) =>
    nn.dotProductAttention(q!, k!, v!, { isCausal });

const gated =
  (scan: (a: Tensor, x: Tensor) => Tensor): Compute =>
  (r, x, rate) => {
    const l = nn.softplus(rate!).mul(-8).mul(r!);
    const m = np.sqrt(np.expm1(l.ref.mul(2)).mul(-1));
    return scan(np.exp(l), m.mul(x!));
  };

/** Textbook scan by doubling: log2 T passes, each over all of time. */
function byDoubling(a: Tensor, x: Tensor): Tensor {
  const T = a.shape[0]!;
  let [decay, h] = [a, x];
  for (let reach = 1; reach < T; reach *= 2) {
    const earlier = (t: Tensor) =>
      np.pad(t.slice([0, T - reach]), [
        [reach, 0],
        [0, 0],
      ]);
    h = h.ref.add(decay.ref.mul(earlier(h)));
    // What lies before the start counts as 0, whatever its decay.
    decay = decay.ref.mul(earlier(decay));
  }
  decay.dispose();
  return h;
}

/** Textbook associative scan: neighbours are joined, half as many are scanned, and the others follow from those. T is a power of two. */
function byHalves(a: Tensor, x: Tensor): Tensor {
  const [T, D] = a.shape as [number, number];
  if (T === 1) {
    a.dispose();
    return x;
  }
  const halves = (t: Tensor) => {
    const pairs = t.reshape([T / 2, 2, D]);
    return [pairs.ref.slice([], 0), pairs.slice([], 1)] as const;
  };
  const [evenA, oddA] = halves(a);
  const [evenX, oddX] = halves(x);
  const odd = byHalves(oddA.ref.mul(evenA.ref), oddA.mul(evenX.ref).add(oddX));
  const before = np.pad(odd.ref.slice([0, T / 2 - 1]), [
    [1, 0],
    [0, 0],
  ]);
  const even = evenA.mul(before).add(evenX);
  return np.stack([even, odd], 1).reshape([T, D]);
}

await serve(open);
