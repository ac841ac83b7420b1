/** Says of each mutant which check sees it. Knows how versions are compiled and run; knows no kinds of mistakes. */
import type { CellData } from "../../../../codegen/interpret.ts";
import type { Lowered } from "../../../../codegen/recipe.ts";
import { compilePtx } from "../../../../targets/cuda/nvcc.ts";
import { printCudaFile } from "../../../../targets/cuda/print.ts";
import { identifier } from "../../../../targets/cuda/words.ts";
import type { Leaves } from "../../../codegen/region.ts";
import { bareInstructions, type Compiled, compileVersions, entryOf } from "./batch.ts";
import type { Mutant } from "./mutants.ts";
import { emulate, errorOf, expectedOf, type Loaded, loadModule } from "./run.ts";
import { lower, type Subject } from "./subject.ts";

export type Verdict =
  | { readonly by: "nvcc" | "emulator" | "results"; readonly what: string }
  /** The mistake is none: nvcc makes the same instructions of it, or the changed expression never has another value. */
  | { readonly by: "same instructions" | "same values" }
  | { readonly by: "nothing" };

export const seeds = [1, 2, 3] as const;

/** A subject made ready: its kernels, its numbers, and what they give. */
export type Ready = {
  readonly subject: Subject;
  readonly lowered: Lowered;
  readonly texts: readonly string[];
  readonly cases: readonly {
    readonly seed: number;
    readonly leaves: Leaves;
    readonly expected: readonly CellData[];
  }[];
};

export function makeReady(subject: Subject): Ready {
  const lowered = lower(subject);
  const cases = seeds.map((seed) => {
    const leaves = subject.leaves(seed);
    return { seed, leaves, expected: expectedOf(lowered, subject, leaves) };
  });
  return { subject, lowered, texts: lowered.kernels.map((k) => printCudaFile([k.kernel])), cases };
}

type Told = (mutant: number) => void;

/** Verdicts on mutants of the kernel `at`; `begins` is told of each before it runs. Throws where the original itself is wrong. */
export async function judge(
  ready: Ready,
  at: number,
  mutants: readonly Mutant[],
  begins: Told = () => {},
): Promise<readonly Verdict[]> {
  const entry = identifier(ready.lowered.kernels[at]!.kernel.name);
  const versions = new Map([
    [0, ready.texts[at]!],
    ...mutants.map((m, i) => [i + 1, m.text] as const),
  ]);
  const compiled = await compileVersions(entry, versions);
  const original = compiled.entries.get(0);
  if (original === undefined)
    throw new Error(`${ready.subject.name} does not compile: ${compiled.refused.get(0)}`);
  const own = bareInstructions(original);
  const isSame = (version: number) => bareInstructions(compiled.entries.get(version)!) === own;
  const runs = [...compiled.entries.keys()].filter((version) => version > 0 && !isSame(version));
  const seen = await runVersions(ready, at, entry, compiled, runs, begins);
  const unseen = runs.filter((version) => seen.get(version) === null);
  const idle = await withoutOtherValues(ready, at, entry, mutants, unseen);
  return mutants.map((_, i): Verdict => {
    const refused = compiled.refused.get(i + 1);
    if (refused !== undefined) return { by: "nvcc", what: refused };
    if (!runs.includes(i + 1)) return { by: "same instructions" };
    return seen.get(i + 1) ?? { by: idle.has(i + 1) ? "same values" : "nothing" };
  });
}

/** What the emulator finds wrong with each version; null where nothing. The others of the kernels are as they are. */
async function runVersions(
  ready: Ready,
  at: number,
  entry: string,
  { head, entries }: Compiled,
  versions: readonly number[],
  begins: Told,
): Promise<ReadonlyMap<number, Verdict | null>> {
  const texts = [0, ...versions].map((v) => entries.get(v)!);
  const own = await loadModule([head, ...texts].join("\n"));
  const others = await Promise.all(
    ready.lowered.kernels.map(({ kernel }, i) =>
      i === at ? null : originalOf(ready.texts[i]!, identifier(kernel.name)),
    ),
  );
  const kernelsOf = (version: number) =>
    others.map((other) => other ?? own(entryOf(entry, version)));
  const original = run(ready, kernelsOf(0));
  if (original)
    throw new Error(`${ready.subject.name} is wrong as it is written: ${JSON.stringify(original)}`);
  const found = new Map<number, Verdict | null>();
  for (const version of versions) {
    begins(version - 1);
    found.set(version, run(ready, kernelsOf(version)));
  }
  return found;
}

const originals = new Map<string, Promise<Loaded>>();

/** A kernel as it is written. */
function originalOf(text: string, entry: string): Promise<Loaded> {
  const load = async () => (await loadModule((await compilePtx(text)).ptx))(entry);
  const known = originals.get(text) ?? load();
  originals.set(text, known);
  return known;
}

function run({ subject, lowered, cases }: Ready, kernels: readonly Loaded[]): Verdict | null {
  for (const { seed, leaves, expected } of cases) {
    const found = emulate(lowered, subject, leaves, kernels, seed);
    if ("fault" in found) return { by: "emulator", what: found.fault };
    const error = errorOf(found.outputs, expected, subject, seed);
    if (error > subject.tolerance)
      return { by: "results", what: `differ by ${error.toExponential(1)}` };
  }
  return null;
}

/** The versions whose changed expression has the value of the original's wherever a lane comes by. */
async function withoutOtherValues(
  ready: Ready,
  at: number,
  entry: string,
  mutants: readonly Mutant[],
  versions: readonly number[],
): Promise<ReadonlySet<number>> {
  const witnesses = versions.flatMap((v) => {
    const text = mutants[v - 1]!.witness;
    return text === null ? [] : [[v, text] as const];
  });
  if (witnesses.length === 0) return new Set();
  const compiled = await compileVersions(entry, new Map([[0, ready.texts[at]!], ...witnesses]));
  const runs = [...compiled.entries.keys()].filter((v) => v > 0);
  const seen = await runVersions(ready, at, entry, compiled, runs, () => {});
  return new Set(runs.filter((v) => seen.get(v) === null));
}
