import assert from "node:assert/strict";
import type { Executor } from "../../src/execute/executors.ts";
import { cudaOnCpuOrSkip, executors } from "../executor.ts";
import { isForward, listCases, openCase } from "./cases.ts";
import { share, verdict } from "./compare.ts";
import { runCase } from "./run-case.ts";

const directory = new URL("cases/", import.meta.url).pathname;
const cases = (await listCases(directory)).filter(isForward);

/** The interpreter and CUDA on the CPU take a model of each family here; `npm run reference -- DIR --executor interpret` takes them all. */
const models =
  /^(griffin_decode_5_20|hawk_decode_50_20|mqa_local_decode_50_20|paper_decode_30_10)$/;
const isSmall = (c: (typeof cases)[number]) => !c.kind.startsWith("model") || models.test(c.name);

const opened = { ...executors, "cuda-cpu": cudaOnCpuOrSkip };

for (const [name, open] of Object.entries(opened) as [
  keyof typeof opened,
  (typeof opened)["wgsl"],
][])
  describe(`the published reference on ${name}`, function () {
    this.timeout(240_000);
    let executor: Executor;
    before(async function () {
      executor = await open(this);
    });
    after(async () => {
      if (name === "cuda-cpu") await executor?.release();
    });
    const takesAll = name === "evaluate" || name === "wgsl";
    for (const file of cases.filter((c) => takesAll || isSmall(c)))
      it(`agrees on ${file.name}: ${file.description}`, async () => {
        const c = await openCase(directory, file);
        try {
          const { measured } = await runCase(c, executor);
          const worst = measured.reduce((a, b) => (share(b) > share(a) ? b : a));
          assert.notEqual(
            verdict(measured, name === "wgsl"),
            "miss",
            `${worst.output}: ${worst.error} of ${worst.tolerance} allowed`,
          );
        } finally {
          await c.close();
        }
      });
  });
