/** Computes one case on an executor and measures every output that the case expects. */
import { standardLibrary } from "../../dsl/standard-node.ts";
import { compile } from "../../src/compile.ts";
import type { Executor } from "../../src/execute/executors.ts";
import { DiagnosticsError } from "../../src/execute/open-model.ts";
import type { TunedRegions } from "../../src/tune/file.ts";
import { mapNames } from "../../src/weights/names.ts";
import type { Tensor, Tensors } from "../../targets/tensor.ts";
import { drawnSchedules } from "../tune/drawn.ts";
import type { Case } from "./cases.ts";
import { type Measured, measure } from "./compare.ts";
import { tapsOf } from "./taps.ts";
import { type CaseTarget, targetOf } from "./targets.ts";
import { cachesOf, type Played, play, type Script } from "./timeline.ts";

export type CaseResult = {
  readonly measured: readonly Measured[];
  readonly unmeasured: readonly string[];
};

/** With `seed`, every region has one of its recipe's choices, drawn, in place of the first. */
export async function runCase(c: Case, executor: Executor, seed?: number): Promise<CaseResult> {
  const target = targetOf(c);
  const script = scriptOf(c, target);
  const taps = tapsOf(c, target);
  const compiledWith = (schedules: TunedRegions) =>
    compileCase(target, script, executor, [...taps.values()], schedules);
  const first = compiledWith({});
  const compiled = seed === undefined ? first : compiledWith(drawnSchedules(first, seed));
  const weights = mapNames(compiled.model.parameters, compiled.model.names, c.weights);
  const session = await executor.load(compiled, weights);
  try {
    const played = await play(session, script, [...taps.values()]);
    return compare(c, script, outputsOf(c, target, script, played), played.taps, taps);
  } finally {
    await session.release();
  }
}

function compileCase(
  target: CaseTarget,
  script: Script,
  executor: Executor,
  taps: readonly string[],
  schedules: TunedRegions,
) {
  const standard = standardLibrary();
  const { compiled, diagnostics } = compile([target.source], {
    standard,
    item: target.target,
    settings: target.settings,
    batch: script.batch,
    chunk: Math.max(1, script.prefill),
    caps: executor.caps,
    entries: script.decode > 0 ? ["score", "decode"] : ["score"],
    ...{ taps, schedules },
    ...(target.path ? { path: target.path } : {}),
    ...(target.input === "x"
      ? {
          inputs: {
            x: [script.batch, Math.max(1, script.prefill), ...script.input.tensor.shape.slice(2)],
          },
        }
      : {}),
  });
  if (!compiled) throw new DiagnosticsError(diagnostics, [...standard, target.source]);
  return compiled;
}

/** What is fed when: the config says how many tokens at once and how many one by one. */
function scriptOf(c: Case, target: CaseTarget): Script {
  const tensor = c.inputs[target.input === "tokens" ? "tokens" : "x"];
  if (!tensor) throw new Error(`${c.name} has no input.${target.input}`);
  const [batch = 1, total = 1] = tensor.shape;
  const decode = typeof c.config.decode === "number" ? c.config.decode : 0;
  const path = target.path ?? "";
  const start: Record<string, Tensor> = {};
  if (c.inputs.h0) start[`${path}.scan`] = c.inputs.h0;
  if (c.inputs.conv1d_state) start[`${path}.past`] = c.inputs.conv1d_state;
  return {
    batch,
    prefill: total - decode,
    decode,
    input: { name: target.input, tensor },
    positions: positionsOf(c, batch, total),
    output: target.output,
    start,
  };
}

/** Positions of all tokens; where a case gives only the first call's, each row counts on. */
function positionsOf(c: Case, batch: number, total: number): Int32Array {
  const given = c.inputs.segment_pos;
  const width = given?.shape[1] ?? 0;
  const positions = new Int32Array(batch * total);
  for (let b = 0; b < batch; b++)
    for (let t = 0; t < total; t++)
      positions[b * total + t] =
        t < width
          ? (given?.data[b * width + t] ?? 0)
          : width === 0
            ? t
            : (positions[b * total + t - 1] ?? 0) + 1;
  return positions;
}

/** The case's outputs under the names that it expects them. */
function outputsOf(c: Case, target: CaseTarget, script: Script, played: Played): Tensors {
  const total = script.prefill + script.decode;
  const lastOf = (count: number) =>
    Int32Array.from(
      { length: script.batch },
      (_, b) => script.positions[b * total + count - 1] ?? -1,
    );
  const window =
    typeof c.config.attention_window_size === "number" ? c.config.attention_window_size : 0;
  const caches = (states: Tensors, name: string, prefix: string, count: number) =>
    prefixed(`expected.${name}`, cachesOf(states, prefix, lastOf(count), window));
  const everything = join(script.batch, [...(played.first ? [played.first] : []), ...played.steps]);
  const path = target.path ?? "layers.0";
  switch (c.kind) {
    case "rms_norm":
    case "mlp":
      return { "expected.y": everything };
    case "rg_lru":
      return {
        "expected.y": everything,
        ...rename(played.atEnd, `${path}.scan`, "expected.last_h"),
      };
    case "conv1d":
      return {
        "expected.y": everything,
        ...rename(played.atEnd, `${path}.past`, "expected.conv1d_state"),
      };
    case "attention":
    case "residual_block":
      return { "expected.y": everything, ...caches(played.atEnd, "cache", path, total) };
    default: {
      const layers = [
        ...new Set(Object.keys(played.atEnd).flatMap((n) => /^layers\.\d+/.exec(n) ?? [])),
      ];
      const all = (states: Tensors, name: string, count: number) =>
        Object.assign({}, ...layers.map((l) => caches(states, `${name}.${l}`, `${l}.`, count)));
      return {
        ...(played.first
          ? {
              "expected.logits": played.first,
              "expected.prefill_logits": played.first,
              "expected.act.logits": played.first,
            }
          : {}),
        ...(played.steps.length > 0
          ? { "expected.decode_logits": join(script.batch, played.steps) }
          : {}),
        ...all(played.afterFirst, "cache", script.prefill),
        ...all(played.afterFirst, "prefill_cache", script.prefill),
        ...all(played.atEnd, "final_cache", total),
      };
    }
  }
}

const prefixed = (prefix: string, tensors: Tensors): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, t]) => [`${prefix}.${name}`, t]));

const rename = (tensors: Tensors, from: string, to: string): Tensors =>
  tensors[from] ? { [to]: tensors[from] } : {};

/** Tensors [B, t, width] side by side along time; a decode call's are [B, width]. */
function join(batch: number, parts: readonly Tensor[]): Tensor {
  const width = parts[0]?.shape.at(-1) ?? 0;
  const rows = Array.from({ length: batch }, (_, b) =>
    parts.flatMap((p) => [
      ...p.data.subarray((b * p.data.length) / batch, ((b + 1) * p.data.length) / batch),
    ]),
  );
  const length = rows[0]?.length ?? 0;
  return {
    dtype: "f32",
    shape: [batch, width ? length / width : 0, width],
    data: Float32Array.from(rows.flat()),
  };
}

function compare(
  c: Case,
  script: Script,
  got: Tensors,
  tapped: Tensors,
  taps: ReadonlyMap<string, string>,
): CaseResult {
  const measured: Measured[] = [];
  const unmeasured: string[] = [];
  for (const [name, expected] of Object.entries(c.outputs)) {
    const want = c.expected[name];
    const have = got[name] ?? tapped[taps.get(name) ?? ""];
    if (!want || !have) unmeasured.push(name);
    else
      measured.push(
        measure(
          name.replace("expected.", ""),
          have.data,
          want.data,
          expected,
          meaningful(c, name, script, want),
        ),
      );
  }
  return { measured, unmeasured };
}

/** Left padding (position −1) computes nothing that means something. */
function meaningful(
  c: Case,
  output: string,
  script: Script,
  want: Tensor,
): (index: number) => boolean {
  if (c.kind !== "model_padded" || output !== "expected.prefill_logits") return () => true;
  const width = want.data.length / script.batch / script.prefill;
  const total = script.prefill + script.decode;
  return (i) => {
    const place = Math.floor(i / width);
    return (
      (script.positions[Math.floor(place / script.prefill) * total + (place % script.prefill)] ??
        -1) >= 0
    );
  };
}
