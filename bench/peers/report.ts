/** What a run found, as a page of tables, a chart and JSON. Pure. */
import { barChart, short } from "../chart.ts";
import type { Timing } from "../measure.ts";
import type { Case } from "./cases.ts";
import {
  bestOf,
  bestPeer,
  type ContestantName,
  contestants,
  type Goal,
  judge,
  type Pair,
  ratioOf,
} from "./goals.ts";
import type { Match, Remark } from "./match.ts";

export type Found = Match & {
  readonly made: string;
  readonly runs: number;
  readonly describe: readonly string[];
  readonly cases: readonly Case[];
};

const ms = ({ median, quartiles: [low, high] }: Timing): string =>
  `${short(median)} (${short(low)} – ${short(high)})`;

const scientific = (error: number | null): string =>
  error === null ? "–" : error === 0 ? "0" : error.toExponential(1);

export function goalTable(goals: readonly Goal[], pairs: readonly Pair[]): string {
  const rows = goals.map((goal) => {
    const { found, reached } = judge(goal, pairs);
    const said = reached === null ? "not measured" : reached ? "reached" : "not reached";
    const best = bestPeer(pairs, goal.case);
    const peer = best ? `${short(ratioOf(best))} (${best.contestant}, ${best.way})` : "–";
    return `| ${goal.case} | ${goal.text} | ${found === null ? "–" : short(found)} | ${short(goal.times)} | ${said} | ${peer} |`;
  });
  return [
    "| work | goal | found | at least | | best WebGPU peer : ours |",
    "|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

function caseTable({ name, tolerance }: Case, { pairs, remarks }: Match): string {
  const rows = pairs
    .filter((p) => p.case === name)
    .map((p) => {
      const theirs = p.right ? ms(p.theirs) : `(${ms(p.theirs)})`;
      const ratio = p.right ? short(ratioOf(p)) : "wrong result";
      return `| ${p.contestant} | ${p.way} | ${p.measure} | ${theirs} | ${ms(p.ours)} | ${ratio} | ${scientific(p.error)} |`;
    });
  const ours = remarks.find((r) => r.case === name && r.contestant === contestants.ours);
  const failed = remarks.filter((r) => r.case === name && r.problem !== null).map(complaint);
  const wrong = (ours?.error ?? 0) > tolerance ? " **Ours is wrong.**" : "";
  const own = ours?.error
    ? `Ours is off by ${scientific(ours.error)} from the same in f32.${wrong} `
    : "";
  return [
    `### ${name}`,
    "",
    `${own}Results may be off by ${scientific(tolerance)} of their largest number.`,
    "",
    "| who | way | measure | ms | ours in turn, ms | theirs : ours | off by |",
    "|---|---|---|---|---|---|---|",
    ...rows,
    ...(failed.length > 0 ? ["", ...failed] : []),
  ].join("\n");
}

const complaint = ({ contestant, way, problem }: Remark): string =>
  `* ${contestant}${way ? `, ${way}` : ""} did not run: ${problem}`;

export function page(found: Found, goals: readonly Goal[]): string {
  return [
    "# Peers",
    "",
    found.made,
    "",
    ...found.describe.map((d) => `* ${d}`),
    "",
    `Times are medians of ${found.runs} turns (quartiles beside), ours and theirs one after the other, each pair by itself; a turn is the median of as many runs as fit into 50 ms, one at least, and first turns do not count. \`device\`: tensors are on the device before and after. \`host\`: inputs are uploaded and the result is read back; onnxruntime has no other way. A result in brackets is wrong, and its time is no measure.`,
    "",
    goalTable(goals, found.pairs),
    "",
    ...found.cases.map((one) => `${caseTable(one, found)}\n`),
  ].join("\n");
}

/** Every contestant's best right way against ours, on a logarithmic axis. */
export function chart(found: Found): string {
  const groups = found.cases.map(({ name }) => ({
    label: name,
    bars: seatsOf(found.pairs, name).flatMap((contestant) => {
      const best = bestOf(found.pairs, name, contestant);
      return best ? [{ series: contestant, value: ratioOf(best), note: best.way }] : [];
    }),
  }));
  const unit = "time against ours (right of 1: slower than Eyrie), in the same measure";
  return barChart({ title: "Peers, each in turn with Eyrie", unit, groups });
}

const seatsOf = (pairs: readonly Pair[], name: string): readonly ContestantName[] =>
  Object.values(contestants).filter(
    (c) => c !== contestants.ours && pairs.some((p) => p.case === name && p.contestant === c),
  );
