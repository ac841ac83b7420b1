/** The machine code of every golden program and of the zoo, against what their kernels ask for. Nothing is run. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { type AssembledKernel, assembleProgram } from "../../../bench/cuda/assemble.ts";
import { type Example, goldens, oddZoo, programsOf, zoo } from "../../../bench/cuda/programs.ts";
import { reportFile, reportOf } from "../../../bench/cuda/report-text.ts";
import type { AssembledProgram } from "../../../bench/cuda/tables.ts";
import { countOf } from "../../../targets/cuda/sass/census.ts";
import { problemsOf } from "../../../targets/cuda/sass/gates.ts";
import { findToolkit, sayWhetherSteady } from "../../../targets/cuda/toolkit.ts";
import { needs } from "./emulator/tools.ts";

type Named = AssembledKernel & { readonly program: string };

const assembled = new Map<Example, Promise<readonly Named[]>>();

/** All kernels of prefill and decode, once for all tests. */
function kernelsOf(example: Example): Promise<readonly Named[]> {
  const made = assembled.get(example) ?? assembleAll(example);
  assembled.set(example, made);
  return made;
}

async function assembleAll(example: Example): Promise<readonly Named[]> {
  const found: Named[] = [];
  for (const program of programsOf(example))
    for (const kernel of await assembleProgram(program))
      found.push({ ...kernel, program: program.name });
  return found;
}

const label = ({ program, kernel, recipe, architecture }: Named): string =>
  `${program}, ${kernel.name} (${recipe}) on ${architecture.name}`;

function passesFor(example: Example): void {
  it(`of ${example.name} fits, spills nothing and is what its kernels ask for`, async function () {
    needs(this, "nvcc");
    const problems = (await kernelsOf(example)).flatMap((k) =>
      problemsOf(k).map((problem) => `${label(k)} ${problem}`),
    );
    assert.deepEqual(problems, []);
  });
}

const root = new URL("../../../", import.meta.url);

describe("machine code of the golden programs", function () {
  this.timeout(600_000);
  it("is looked at for every folder of test/samples", () => {
    const folders = readdirSync(new URL("test/samples", root));
    assert.deepEqual(goldens.map((g) => g.name).toSorted(), folders.toSorted());
  });
  goldens.forEach(passesFor);
});

describe("machine code of the zoo", function () {
  this.timeout(600_000);
  it("is looked at for every model of examples/zoo", () => {
    const models = readdirSync(new URL("examples/zoo", root)).filter((f) => f.endsWith(".eyrie"));
    for (const list of [zoo, oddZoo])
      assert.deepEqual(
        list.map((z) => z.file.slice("examples/zoo/".length)).toSorted(),
        models.toSorted(),
      );
  });
  [...zoo, ...oddZoo].forEach(passesFor);
});

type Promised = {
  readonly of: string;
  readonly programs: RegExp;
  readonly recipe: string;
  /** Each of them is in each such kernel. */
  readonly has: readonly string[];
};

/** What recipes are written for, where all widths are multiples of four. */
const promised: readonly Promised[] = [
  {
    of: "products of few rows read 128 bits a lane at once",
    ...{ programs: /./, recipe: "gemv", has: ["LDG.128"] },
  },
  {
    // Four halves are the widest vector of the kernel language.
    of: "products of few rows read weights in half precision by 64 bits",
    ...{ programs: /^griffin-(half|bf16) /, recipe: "gemv", has: ["LDG.64"] },
  },
  {
    of: "scans read and write 128 bits a lane at once",
    ...{ programs: /./, recipe: "scan", has: ["LDG.128", "STG.128"] },
  },
  {
    of: "scans of many tokens read ahead",
    ...{ programs: / prefill$/, recipe: "scan", has: ["LDGSTS.128"] },
  },
  {
    of: "products of many rows read and write 128 bits a lane at once",
    ...{ programs: /./, recipe: "matmul", has: ["LDG.128", "LDS.128", "STG.128"] },
  },
  {
    of: "products of many rows in half precision run on matrix units, beside copies",
    ...{ programs: /^griffin-(half|bf16) /, recipe: "matmul", has: ["HMMA", "LDSM", "LDGSTS.128"] },
  },
  {
    // Keys and values are f32, which a copy cannot make the two f16 of that each becomes: there is no LDGSTS.
    of: "attention of many queries in half precision runs on matrix units",
    ...{ programs: /^griffin-half prefill$/, recipe: "attention" },
    has: ["HMMA", "LDSM", "LDG.128", "STG.128"],
  },
];

const has = ({ census }: Named, name: string): boolean =>
  name.includes(".") ? name in census : countOf(census, name) > 0;

describe("what recipes promise of the golden programs' machine code", function () {
  this.timeout(600_000);
  for (const { of, programs, recipe, has: names } of promised)
    it(of, async function () {
      needs(this, "nvcc");
      const all = (await Promise.all(goldens.map(kernelsOf))).flat();
      const wanted = all.filter((k) => programs.test(k.program) && k.recipe === recipe);
      assert.ok(wanted.length > 0, `no program has a kernel of ${recipe}`);
      const broken = wanted.filter((k) => !names.every((name) => has(k, name)));
      assert.deepEqual(broken.map(label), [], `without ${names.join(", ")}`);
    });
});

/** The programs of examples, each with its kernels. */
async function programsWith(examples: readonly Example[]): Promise<readonly AssembledProgram[]> {
  const kernels = (await Promise.all(examples.map(kernelsOf))).flat();
  const names = [...new Set(kernels.map(({ program }) => program))];
  return names.map((name) => ({ name, kernels: kernels.filter((k) => k.program === name) }));
}

describe("bench/results/cuda-static.md", function () {
  this.timeout(600_000);
  it("is what npm run cuda:report writes", async function () {
    needs(this, "nvcc");
    const toolkit = await findToolkit();
    const kept = readFileSync(reportFile, "utf8");
    const other = kept.includes(`\n${toolkit.version};`) ? null : "another nvcc made it";
    const unsteady = toolkit.setarch ? other : sayWhetherSteady(toolkit);
    if (unsteady) {
      console.log(`      skipped: ${unsteady}`);
      this.skip();
    }
    const fresh = reportOf(await programsWith(goldens), await programsWith(zoo), toolkit);
    assert.equal(kept, fresh, "stale: npm run cuda:report rewrites it");
  });
});
