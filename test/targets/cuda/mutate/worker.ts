/** A process of its own that judges mutants as they are handed to it: one that never ends must not stop the others. */

import { judge, makeReady, type Ready, type Verdict } from "./judge.ts";
import { mutantsOf } from "./mutants.ts";
import { subjects } from "./subjects.ts";

/** Mutants of one kernel of a subject, by their numbers among all of that kernel. */
export type Job = {
  readonly subject: number;
  readonly kernel: number;
  readonly mutants: readonly number[];
};

export type Told =
  | { readonly kind: "begins"; readonly mutant: number }
  | { readonly kind: "done"; readonly verdicts: readonly Verdict[] }
  | { readonly kind: "failed"; readonly message: string };

const ready = new Map<number, Ready>();

function readyFor(subject: number): Ready {
  const known = ready.get(subject) ?? makeReady(subjects[subject]!());
  ready.set(subject, known);
  return known;
}

const tell = (message: Told): void => void process.send?.(message);

async function work({ subject, kernel, mutants }: Job): Promise<void> {
  const own = readyFor(subject);
  const all = mutantsOf(own.texts[kernel]!);
  const chosen = mutants.map((i) => all[i]!);
  const verdicts = await judge(own, kernel, chosen, (i) =>
    tell({ kind: "begins", mutant: mutants[i]! }),
  );
  tell({ kind: "done", verdicts });
}

process.on("message", (job: Job) => {
  work(job).catch((error: unknown) => {
    tell({
      kind: "failed",
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  });
});
