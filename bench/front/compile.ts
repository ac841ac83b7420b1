/** Compiles RecurrentGemma 2B several times in this process, without weights; sends the milliseconds of each time to its parent. */
import { readFileSync } from "node:fs";
import { compile, minimumCaps, standardLibrary } from "./built.ts";

export type CompileTimes = {
  /** Of prefill and of decode. */
  readonly kernels: readonly number[];
  readonly times: readonly number[];
};

const rounds = 31;
const file = "examples/recurrentgemma-2b.eyrie";
const text = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
const standard = standardLibrary();
/** A GPU that binds sixteen buffers. */
const caps = { ...minimumCaps, maxBuffersPerKernel: 16 };

let kernels: readonly number[] = [];
const times = Array.from({ length: rounds }, () => {
  const started = performance.now();
  const { compiled } = compile([{ file, text }], {
    ...{ standard, chunk: 512, entries: ["prefill", "decode"], caps },
  });
  const took = performance.now() - started;
  if (!compiled) throw new Error(`${file} does not compile`);
  kernels = Object.values(compiled.entries).map(({ program }) => program.kernels.length);
  return took;
});
process.send?.({ kernels, times } satisfies CompileTimes);
