/** The curves as a page and three charts in one picture. Pure. */
import { type Line, lineChart, short, stacked } from "../chart.ts";
import type { Plan } from "./run.ts";
import {
  type Check,
  type Curve,
  type Curves,
  lineThrough,
  type ModelName,
  models,
} from "./sizes.ts";

const titles: Readonly<Record<ModelName, string>> = {
  mqa: "MQA",
  hawk: "Hawk",
  griffin: "Griffin",
};

const named = (n: number): string => (n >= 1024 ? `${n / 1024} k` : String(n));

function table(
  what: string,
  curves: Readonly<Record<ModelName, Curve>>,
  of: (x: number, ms: number) => number = (_, ms) => ms,
): string {
  const xs = [...new Set(models.flatMap((m) => curves[m].map(([x]) => x)))].sort((a, b) => a - b);
  const rows = models.map((m) => {
    const cells = xs.map((x) => {
      const ms = curves[m].find(([a]) => a === x)?.[1];
      return ms === undefined ? "–" : short(of(x, ms));
    });
    return `| ${titles[m]} | ${cells.join(" | ")} |`;
  });
  return [
    `| ${what} | ${xs.map(named).join(" | ")} |`,
    `|${"---|".repeat(xs.length + 1)}`,
    ...rows,
  ].join("\n");
}

const checkLine = ({ text, found, most, reached }: Check): string =>
  `* ${text}: ${found.toFixed(3)}${Number.isFinite(most) ? `, at most ${most}` : ""}: ${reached ? "reached" : "not reached"}`;

export type Found = {
  readonly info: string;
  readonly made: string;
  readonly plan: Plan;
  readonly parameters: Readonly<Record<ModelName, number>>;
  readonly curves: Curves;
  readonly checks: readonly Check[];
};

export function curvesPage({ info, made, plan, parameters, curves, checks }: Found): string {
  const sizes = models.map((m) => `${titles[m]} ${(parameters[m] / 1e6).toFixed(2)} M`).join(", ");
  const perToken = (x: number, ms: number) => ms / x;
  const slopes = (["hawk", "griffin"] as const).map(
    (m) => `${titles[m]} ${short(1 / lineThrough(curves.prefill[m]).slope)} tokens a millisecond`,
  );
  return [
    `# The paper's curves at small scale, on ${info}`,
    "",
    made,
    "",
    `Models of equal size (${sizes}; width ${plan.width}, six layers, ${plan.request.precision}${plan.request.schedules ? ", tuned schedules" : ""}): small, so that a software adapter reads the longest prompt in seconds; what grows with the context grows all the same. Contexts of decode steps are noise put in place as a saved state, not text that was read: the work of a step depends on how much was seen, never on what. MQA keeps room for the longest context at every context; prompts are read ${plan.chunk} tokens at a time.`,
    "",
    ...checks.map(checkLine),
    "",
    `Decode, milliseconds a step of one row (median of ${plan.steps}, contexts in turn):`,
    "",
    table("context", curves.latency),
    "",
    `Decode, tokens a second with ${plan.batch} rows side by side:`,
    "",
    table("context", curves.batched, (_, ms) => (1000 * plan.batch) / ms),
    "",
    `Prefill, milliseconds (median of ${plan.prefills}); along the fitted lines ${slopes.join(", ")}. MQA's grows with the square and ends earlier:`,
    "",
    table("tokens", curves.prefill),
    "",
    "Prefill, milliseconds a token:",
    "",
    table("tokens", curves.prefill, perToken),
    "",
  ].join("\n");
}

export function curvesChart({ info, plan, curves }: Found): string {
  const lines = (
    of: Readonly<Record<ModelName, Curve>>,
    value: (x: number, ms: number) => number,
  ): readonly Line[] =>
    models.map((m) => ({
      name: titles[m],
      points: of[m].map(([x, ms]) => [x, value(x, ms)] as const),
    }));
  const x = { label: "tokens seen", log: true };
  return stacked([
    lineChart({
      ...{ title: `Decode latency on ${info}`, x, y: { label: "ms a step", log: false } },
      lines: lines(curves.latency, (_, ms) => ms),
    }),
    lineChart({
      ...{ title: `Decode throughput, ${plan.batch} rows`, x },
      y: { label: "tokens a second", log: false },
      lines: lines(curves.batched, (_, ms) => (1000 * plan.batch) / ms),
    }),
    lineChart({
      ...{ title: "Prefill", x: { label: "tokens of the prompt", log: true } },
      y: { label: "ms", log: true },
      lines: lines(curves.prefill, (_, ms) => ms),
    }),
  ]);
}
