/** Plays a case on a session: some tokens at once, then the rest one by one; and reads states as the published caches. */
import type { Session } from "../../targets/executor.ts";
import { samplingInputs } from "../../targets/sampling.ts";
import type { Tensor, TensorData, Tensors } from "../../targets/tensor.ts";

export type Script = {
  readonly batch: number;
  /** Tokens taken by the first call, then calls of one token. */
  readonly prefill: number;
  readonly decode: number;
  readonly input: { readonly name: string; readonly tensor: Tensor };
  /** [B, prefill + decode]. */
  readonly positions: Int32Array;
  readonly output: string;
  /** States that do not start at zero. */
  readonly start: Tensors;
};

export type Played = {
  /** The output of every token: the first call's, then the single ones'. */
  readonly first: Tensor | null;
  readonly steps: readonly Tensor[];
  readonly afterFirst: Tensors;
  readonly atEnd: Tensors;
};

export async function play(
  session: Session,
  script: Script,
  taps: readonly string[] = [],
): Promise<Played & { taps: Tensors }> {
  const fresh = session.fresh();
  const zeros = await session.download(fresh);
  fresh.release();
  const state = await session.upload({ ...zeros, ...script.start });
  let first: Tensor | null = null;
  let tapped: Tensors = {};
  if (script.prefill > 0) {
    const out = await session.run("score", callInputs(script, 0, script.prefill), state, [
      script.output,
      ...taps,
    ]);
    const { [script.output]: wanted, ...others } = out;
    first = wanted ?? null;
    tapped = others;
  }
  const afterFirst = await session.download(state);
  const steps: Tensor[] = [];
  // A model's decode entry draws a token as well; a block's does not.
  const draws = session.entries.decode?.inputs.some((i) => i.name === "temperature");
  const sampling = draws
    ? samplingInputs(
        {},
        Array.from({ length: script.batch }, () => 0),
      )
    : {};
  for (let t = script.prefill; t < script.prefill + script.decode; t++) {
    const out = await session.run("decode", { ...callInputs(script, t, 1), ...sampling }, state, [
      script.output,
    ]);
    const step = out[script.output];
    if (step) steps.push(step);
  }
  const atEnd = await session.download(state);
  state.release();
  return { first, steps, afterFirst, atEnd, taps: tapped };
}

/** Inputs of one call: `count` tokens from `start`, all real. */
function callInputs(script: Script, start: number, count: number): Tensors {
  const { batch, input } = script;
  const width = input.tensor.data.length / batch / (script.prefill + script.decode);
  const column = (data: TensorData, size: number): TensorData => {
    const total = data.length / batch;
    const picked = data.slice(0, batch * count * size);
    for (let b = 0; b < batch; b++)
      picked.set(
        data.subarray(b * total + start * size, b * total + (start + count) * size),
        b * count * size,
      );
    return picked;
  };
  const shape = [batch, count, ...input.tensor.shape.slice(2)];
  return {
    [input.name]: { dtype: input.tensor.dtype, shape, data: column(input.tensor.data, width) },
    position: {
      dtype: "i32",
      shape: [batch, count],
      data: column(script.positions, 1) as Int32Array,
    },
    count: { dtype: "i32", shape: [batch], data: new Int32Array(batch).fill(count) },
  };
}

/** Caches of one layer under the published names, from states named <prefix>…. */
export function cachesOf(
  states: Tensors,
  prefix: string,
  last: Int32Array,
  window: number,
): Record<string, Tensor> {
  const caches: Record<string, Tensor> = {};
  const seen = states.seen?.data ?? new Int32Array(last.length);
  for (const [name, tensor] of Object.entries(states)) {
    if (!name.startsWith(prefix)) continue;
    const kind = name.slice(name.lastIndexOf(".") + 1);
    if (kind === "scan") caches.rg_lru_state = tensor;
    if (kind === "past") caches.conv1d_state = tensor;
    if (kind === "keys" || kind === "values") {
      caches[kind] = publishedRing(tensor, seen, last, window);
      caches.num_tokens = { dtype: "i32", shape: [last.length], data: last.map((p) => p + 1) };
    }
  }
  return caches;
}

/** Our ring keeps stream index j in slot j mod R; the published one keeps position P of the last W tokens in slot P mod W. */
function publishedRing(ring: Tensor, seen: TensorData, last: Int32Array, window: number): Tensor {
  const [batch = 1, slots = 1, ...rest] = ring.shape;
  const size = rest.reduce((a, b) => a * b, 1);
  const data = new Float32Array(batch * window * size);
  for (let b = 0; b < batch; b++) {
    const total = seen[b] ?? 0;
    for (let age = 0; age < Math.min(window, total); age++) {
      const from = (b * slots + ((total - 1 - age) % slots)) * size;
      const slot = ((((last[b] ?? 0) - age) % window) + window) % window;
      data.set((ring.data as Float32Array).subarray(from, from + size), (b * window + slot) * size);
    }
  }
  return { dtype: "f32", shape: [batch, window, ...rest], data };
}
