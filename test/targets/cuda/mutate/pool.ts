/** Hands jobs to processes, as many as there are cores; a mutant that does not end in time costs its process, and is caught. */
import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { Verdict } from "./judge.ts";
import type { Job, Told } from "./worker.ts";

/** Seconds; the slowest that ends takes one. */
const longest = 60;

const endless: Verdict = { by: "emulator", what: `does not end within ${longest} seconds` };

export type Judged = (job: Job, verdicts: readonly Verdict[]) => void;

const open = (): ChildProcess =>
  fork(fileURLToPath(new URL("./worker.ts", import.meta.url)), {
    execArgv: ["--import", "tsx/esm"],
  });

type Outcome =
  | { readonly kind: "done"; readonly verdicts: readonly Verdict[] }
  | { readonly kind: "stuck"; readonly mutant: number };

/** Runs one job to its end, or to the mutant that it is stuck in. Rejects where the job itself fails. */
const runJob = (child: ChildProcess, job: Job): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const settle = (act: () => void) => {
      clearTimeout(timer);
      child.removeAllListeners();
      act();
    };
    child.on("exit", (code, signal) =>
      settle(() =>
        reject(
          new Error(`a process ended by itself (${code ?? signal}) in ${JSON.stringify(job)}`),
        ),
      ),
    );
    child.on("message", (told: Told) => {
      clearTimeout(timer);
      if (told.kind === "done") settle(() => resolve({ kind: "done", verdicts: told.verdicts }));
      else if (told.kind === "failed") settle(() => reject(new Error(told.message)));
      else {
        const { mutant } = told;
        timer = setTimeout(() => settle(() => resolve({ kind: "stuck", mutant })), longest * 1000);
      }
    });
    child.send(job);
  });

/** Judges all jobs; `judged` is told of each as it is done. */
export async function judgeAll(jobs: readonly Job[], judged: Judged): Promise<void> {
  const waiting = [...jobs];
  const worker = async (): Promise<void> => {
    let child = open();
    for (let job = waiting.shift(); job; job = waiting.shift()) {
      const outcome = await runJob(child, job);
      if (outcome.kind === "done") judged(job, outcome.verdicts);
      else {
        child.kill("SIGKILL");
        child = open();
        const { mutant } = outcome;
        judged({ ...job, mutants: [mutant] }, [endless]);
        waiting.push({ ...job, mutants: job.mutants.filter((m) => m !== mutant) });
      }
    }
    child.kill();
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}
