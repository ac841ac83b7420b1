/** The report of what nvcc and ptxas make of the golden programs and the zoo, as text. Compiles nothing. */
import type { Toolkit } from "../../targets/cuda/toolkit.ts";
import { architectures, goldens, zoo } from "./programs.ts";
import {
  type AssembledProgram,
  kernelTable,
  problemLines,
  programTable,
  recipeTable,
} from "./tables.ts";

export const reportFile = new URL("../results/cuda-static.md", import.meta.url);

const legend = [
  `Where the architectures differ, they stand in the order ${architectures.join(" / ")}. Occupancy is the part of its subgroups that a multiprocessor holds at once; it says nothing of speed. Spilled counts bytes of spilled registers and of stack. Wrong counts what test/targets/cuda/gates.test.ts complains of.`,
  "",
  "Instructions are found by their numbers in the machine code (targets/cuda/sass), at as many places as told: LDG and STG read and write buffers, LDS and STS workgroup memory, LDGSTS copies from buffers to workgroup memory beside other work, all with the bits that one lane moves at once; LDSM and HMMA load and multiply tiles on matrix units; SHFL exchanges numbers within a subgroup; BAR is a barrier; MUFU starts an exponential, a reciprocal or a root.",
];

/** The report's text; every program of the goldens has a table of its own. */
export function reportOf(
  golden: readonly AssembledProgram[],
  others: readonly AssembledProgram[],
  toolkit: Toolkit,
): string {
  const all = [...golden, ...others];
  const kernels = all.flatMap((p) => p.kernels);
  const problems = problemLines(all);
  const examples = goldens.length + zoo.length;
  const spills = kernels.filter((k) => k.resources.spillStores + k.resources.stackBytes > 0);
  return [
    ...["# CUDA without a GPU", ""],
    ...[
      `${toolkit.version}; made by \`npm run cuda:report\`. Nothing is run here: no number is a time.`,
      "",
    ],
    `${all.length} programs of ${examples} examples with ${kernels.length / architectures.length} kernels, each for ${architectures.join(", ")}: ${spills.length} spill a register or need a stack, ${problems.length} complaints.`,
    ...["", ...problems, ...(problems.length > 0 ? [""] : [])],
    ...["## By recipe", "", "In how many kernels each instruction is, on every architecture.", ""],
    ...[...recipeTable(all), "", "## By program", "", ...programTable(all), ""],
    ...["## How to read the tables", "", ...legend, ""],
    ...golden.flatMap((program) => [`## ${program.name}`, "", ...kernelTable(program), ""]),
  ].join("\n");
}
