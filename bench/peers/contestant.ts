/** What every process that takes part offers, and the messages between it and the referee. */
import { summarise } from "../measure.ts";
import type { Case } from "./cases.ts";

/** From the call until the result is there. `device`: inputs and result stay on the device; `host`: both cross to it and back. */
export type Measure = "device" | "host";

/** One way in which a contestant does a case. */
export type Way = {
  readonly name: string;
  readonly measures: readonly Measure[];
  /** The result of a first run; null for what only moves bytes, or does another work to be compared with. */
  result(): Promise<Float32Array | null>;
  /** Milliseconds of one more run. */
  run(measure: Measure): Promise<number>;
};

export type Contestant = {
  /** What it is and runs on, for people. */
  readonly describe: string;
  /** Its ways to do a case; empty where it has none. */
  prepare(one: Case): Promise<{ readonly ways: readonly Way[]; release(): Promise<void> }>;
};

/** How a contestant's ways look from outside. */
export type Prepared = {
  readonly name: string;
  readonly measures: readonly Measure[];
  /** null where there is nothing to compare. */
  readonly result: Float32Array | null;
  /** Milliseconds of the first run, pipelines included. */
  readonly firstMs: number;
  /** Why the first run failed; null where it went well. */
  readonly problem: string | null;
};

export type Request =
  | { readonly do: "prepare"; readonly case: Case }
  | { readonly do: "run"; readonly way: number; readonly measure: Measure }
  | { readonly do: "release" };

export type Reply =
  | { readonly kind: "ready"; readonly describe: string; readonly drivers: string | null }
  | { readonly kind: "prepared"; readonly ways: readonly Prepared[] }
  | { readonly kind: "ran"; readonly milliseconds: number }
  | { readonly kind: "released" }
  | { readonly kind: "failed"; readonly problem: string };

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).trim().split("\n")[0] ?? "";

/** Answers the referee's requests one after another. The process lives until the referee ends it. */
export async function serve(open: () => Promise<Contestant>): Promise<void> {
  const reply = (message: Reply) => void process.send?.(message);
  let prepared: Awaited<ReturnType<Contestant["prepare"]>> | null = null;
  const contestant = await open().catch((error: unknown) => {
    reply({ kind: "failed", problem: messageOf(error) });
    return null;
  });
  if (!contestant) return;
  const answer = async (request: Request): Promise<Reply> => {
    switch (request.do) {
      case "prepare":
        prepared = await contestant.prepare(request.case);
        return { kind: "prepared", ways: await firstRuns(prepared.ways) };
      case "run":
        return {
          kind: "ran",
          milliseconds: await turnOf(prepared!.ways[request.way]!, request.measure),
        };
      case "release":
        await prepared?.release();
        prepared = null;
        return { kind: "released" };
    }
  };
  process.on("message", (request: Request) => {
    answer(request).then(reply, (error: unknown) =>
      reply({ kind: "failed", problem: messageOf(error) }),
    );
  });
  const drivers = process.env["VK_ICD_FILENAMES"] ?? null;
  reply({ kind: "ready", describe: contestant.describe, drivers });
}

/** Milliseconds for which a turn repeats its run: as within a stream of tokens, caches and clocks are not those of an idle process. */
const turnMs = 50;

/** The median of a turn's runs. */
async function turnOf(way: Way, measure: Measure): Promise<number> {
  const times: number[] = [];
  const start = performance.now();
  do times.push(await way.run(measure));
  while (performance.now() - start < turnMs);
  return summarise(times).median;
}

async function firstRuns(ways: readonly Way[]): Promise<readonly Prepared[]> {
  const prepared: Prepared[] = [];
  for (const { name, measures, result } of ways) {
    const start = performance.now();
    const found = await result().then(
      (values) => ({ result: values, problem: null }),
      (error: unknown) => ({ result: null, problem: messageOf(error) }),
    );
    prepared.push({ name, measures, firstMs: performance.now() - start, ...found });
  }
  return prepared;
}
