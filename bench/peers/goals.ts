/** What issue 5 asks of the times of a run, as data, and whether it is so. Knows no contestant's workings. */
import type { Timing } from "../measure.ts";
import type { Measure } from "./contestant.ts";

export const contestants = {
  ours: "Eyrie",
  onnxWebgpu: "onnxruntime WebGPU",
  jax: "jax-js WebGPU",
  onnxCpu: "onnxruntime CPU",
  plain: "plain WGSL",
} as const;
export type ContestantName = (typeof contestants)[keyof typeof contestants];

/** Those that we must beat: the others are there for scale. */
export const webgpuPeers: readonly ContestantName[] = [contestants.onnxWebgpu, contestants.jax];

/** One way of one contestant against ours: both timed in turn, in the same measure. */
export type Pair = {
  readonly case: string;
  readonly contestant: ContestantName;
  readonly way: string;
  readonly measure: Measure;
  readonly ours: Timing;
  readonly theirs: Timing;
  /** Relative error of its result; null where it has none to compare, as the copy. */
  readonly error: number | null;
  readonly right: boolean;
};

/** How many times as long as ours theirs takes. */
export const ratioOf = ({ ours, theirs }: Pick<Pair, "ours" | "theirs">): number =>
  theirs.median / ours.median;

export type Goal = {
  readonly case: string;
  /** Whose time is to be at least `times` ours: a contestant's best right way, or one way of it. */
  readonly against: { readonly contestant: ContestantName; readonly way?: string };
  readonly times: number;
  readonly text: string;
};

const { ours, onnxWebgpu, jax, plain } = contestants;

export const goals: readonly Goal[] = [
  {
    case: "scan",
    against: { contestant: plain, way: "scan" },
    times: 1,
    text: "no slower than the hand-written scan",
  },
  {
    case: "gated scan",
    against: { contestant: ours, way: "scan" },
    times: 1 / 1.3,
    text: "at most 1.3 × the plain scan",
  },
  { case: "gated scan", against: { contestant: jax }, times: 40, text: "≥ 40 × jax-js" },
  {
    case: "gated scan",
    against: { contestant: plain, way: "copy" },
    times: 0.8,
    text: "≥ 0.8 of the bandwidth of a copy of the same bytes",
  },
  {
    case: "GEMM 512 × 768 × 2304",
    against: { contestant: onnxWebgpu },
    times: 1.5,
    text: "≥ 1.5 × onnxruntime",
  },
  { case: "GEMV 2048 → 6144", against: { contestant: jax }, times: 2.5, text: "≥ 2.5 × jax-js" },
  {
    case: "GEMV 2048 → 6144, int8",
    against: { contestant: ours, way: "GEMV 2048 → 6144" },
    times: 1.8,
    text: "≥ 1.8 × our f32",
  },
  {
    case: "GEMV 2048 → 6144, int4",
    against: { contestant: onnxWebgpu },
    times: 1.5,
    text: "≥ 1.5 × onnxruntime's 4 bits",
  },
  {
    case: "gated MLP, 512 tokens",
    against: { contestant: onnxWebgpu },
    times: 1.5,
    text: "≥ 1.5 × onnxruntime",
  },
  { case: "gated MLP, 1 token", against: { contestant: jax }, times: 2, text: "≥ 2 × jax-js" },
  { case: "attention, 512 tokens", against: { contestant: jax }, times: 10, text: "≥ 10 × jax-js" },
  {
    case: "attention, 1 token at 1 023",
    against: { contestant: jax },
    times: 2,
    text: "≥ 2 × jax-js",
  },
];

export type Verdict = {
  readonly goal: Goal;
  /** What was found; null where nothing right was measured. */
  readonly found: number | null;
  readonly reached: boolean | null;
};

/** A contestant's fastest right way of a case; on the device where it can be timed there, else with what crosses. */
export function bestOf(
  pairs: readonly Pair[],
  name: string,
  contestant: ContestantName,
  way?: string,
): Pair | null {
  const all = pairs.filter((p) => p.case === name && p.contestant === contestant);
  const measure = all.some((p) => p.measure === "device") ? "device" : "host";
  const fit = all.filter(
    (p) => p.right && p.measure === measure && (way === undefined || p.way === way),
  );
  return fit.toSorted((a, b) => a.theirs.median - b.theirs.median)[0] ?? null;
}

/** Of the WebGPU peers the one that takes the fewest of our times. */
export function bestPeer(pairs: readonly Pair[], name: string): Pair | null {
  const best = webgpuPeers.flatMap((peer) => bestOf(pairs, name, peer) ?? []);
  return best.toSorted((a, b) => ratioOf(a) - ratioOf(b))[0] ?? null;
}

export function judge(goal: Goal, pairs: readonly Pair[]): Verdict {
  const { contestant, way } = goal.against;
  const pair = bestOf(pairs, goal.case, contestant, way);
  const found = pair && ratioOf(pair);
  return { goal, found, reached: found === null ? null : found >= goal.times };
}
