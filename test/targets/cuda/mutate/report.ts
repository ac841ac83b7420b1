/** Counts verdicts and writes them as a table and a list of survivors. */

import type { Verdict } from "./judge.ts";
import type { Mutant } from "./mutants.ts";
import { reasonOf } from "./reasons.ts";

export type Judgement = {
  readonly subject: string;
  readonly mutant: Mutant;
  readonly verdict: Verdict;
};

type By = Verdict["by"];

const count = (all: readonly Judgement[], ...by: readonly By[]): number =>
  all.filter((j) => by.includes(j.verdict.by)).length;

/** Caught ones among those that are mistakes; 1 where there are none. */
export function scoreOf(all: readonly Judgement[]): number {
  const caught = count(all, "nvcc", "emulator", "results");
  const survivors = count(all, "nothing");
  return caught + survivors === 0 ? 1 : caught / (caught + survivors);
}

const percent = (score: number): string => `${(100 * score).toFixed(1)} %`;

function row(name: string, all: readonly Judgement[]): string {
  const numbers = [
    all.length,
    ...(
      ["nvcc", "emulator", "results", "same instructions", "same values", "nothing"] as const
    ).map((by) => count(all, by)),
  ];
  return `| ${name} | ${numbers.join(" | ")} | ${percent(scoreOf(all))} |`;
}

function table(what: string, all: readonly Judgement[], keyOf: (j: Judgement) => string): string {
  const keys = [...new Set(all.map(keyOf))];
  return [
    `| ${what} | mutants | nvcc | emulator | results | same instructions | same values | survive | score |`,
    "|---|---|---|---|---|---|---|---|---|",
    ...keys.map((key) =>
      row(
        key,
        all.filter((j) => keyOf(j) === key),
      ),
    ),
    row("**all**", all),
  ].join("\n");
}

function survivors(all: readonly Judgement[]): string {
  const lines = all
    .filter((j) => j.verdict.by === "nothing")
    .map(({ subject, mutant }) => {
      const why = reasonOf(subject, mutant) ?? "not explained";
      return `* ${subject}, line ${mutant.line}, ${mutant.kind}: \`${mutant.before}\` → \`${mutant.after || "nothing"}\`. ${why}`;
    });
  return lines.length > 0 ? lines.join("\n") : "None.";
}

export const reportOf = (
  all: readonly Judgement[],
  made: string,
): string => `# Mutations of CUDA kernels

${made}

Each mutant is a kernel's CUDA text with one mistake. It is caught where nvcc refuses it, where the emulator finds a fault in what
nvcc makes of it, or where its results are further from the interpreter's than the recipe's tolerance, with three sets of numbers
and orders of lanes. No mistakes, and not counted: those of which nvcc makes the same instructions, and those whose changed
expression has the original's value wherever a lane comes by (the original is run with both, and faults where they differ).

${table("program", all, (j) => j.subject)}

${table("mistake", all, (j) => j.mutant.kind)}

## Survivors

${survivors(all)}
`;
