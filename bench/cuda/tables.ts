/** What the assembler told of programs, as tables: one row a kernel, its architectures side by side. */
import { occupancyOf } from "../../targets/cuda/architectures.ts";
import { countOf } from "../../targets/cuda/sass/census.ts";
import { problemsOf, workgroupBytesOf } from "../../targets/cuda/sass/gates.ts";
import type { AssembledKernel } from "./assemble.ts";

export type AssembledProgram = {
  readonly name: string;
  readonly kernels: readonly AssembledKernel[];
};

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]) => [
  row(head),
  row(head.map(() => "---")),
  ...rows.map(row),
];

/** One value where all are equal, else all of them. */
const together = (values: readonly (string | number)[]): string =>
  new Set(values).size === 1 ? `${values[0]}` : values.join(" / ");

const percent = (share: number): string => `${Math.round(100 * share)} %`;

const occupancy = (k: AssembledKernel) =>
  occupancyOf(k.architecture, {
    lanes: k.kernel.workgroupSize,
    registers: k.resources.registers,
    workgroupBytes: workgroupBytesOf(k),
  });

const spilled = ({ resources: r }: AssembledKernel): number =>
  r.spillStores + r.spillLoads + r.stackBytes;

/** The kernel's assemblies, an architecture each. */
function byKernel(kernels: readonly AssembledKernel[]): readonly (readonly AssembledKernel[])[] {
  const found = new Map<string, AssembledKernel[]>();
  for (const k of kernels) found.set(k.kernel.name, [...(found.get(k.kernel.name) ?? []), k]);
  return [...found.values()];
}

/** "FFMA 8, HMMA 16 / 12 / 12": how often each stands in the code. */
function censusCell(all: readonly AssembledKernel[]): string {
  const names = [...new Set(all.flatMap((k) => Object.keys(k.census)))].toSorted();
  return names.map((n) => `${n} ${together(all.map((k) => k.census[n] ?? 0))}`).join(", ");
}

/** All kernels of one program. */
export function kernelTable({ kernels }: AssembledProgram): readonly string[] {
  const head = [
    "kernel",
    "recipe",
    "lanes",
    "registers",
    "workgroup bytes",
    "spilled",
    "occupancy",
  ];
  return table(
    [...head, "instructions", "of which"],
    byKernel(kernels).map((all) => [
      all[0]!.kernel.name,
      all[0]!.recipe,
      all[0]!.kernel.workgroupSize,
      together(all.map((k) => k.resources.registers)),
      together(all.map(workgroupBytesOf)),
      together(all.map(spilled)),
      together(all.map((k) => percent(occupancy(k).share))),
      together(all.map((k) => k.instructions)),
      censusCell(all),
    ]),
  );
}

type Measure = (k: AssembledKernel) => number;
const most = (kernels: readonly AssembledKernel[], measure: Measure): AssembledKernel =>
  kernels.reduce((a, b) => (measure(b) > measure(a) ? b : a));
const sum = (kernels: readonly AssembledKernel[], measure: Measure): number =>
  kernels.reduce((total, k) => total + measure(k), 0);
const byRegisters: Measure = (k) => k.resources.registers;
const kib = (bytes: number) => `${(bytes / 2 ** 10).toFixed(1)} KiB`;

/** One row a program: the extremes of its kernels. */
export function programTable(programs: readonly AssembledProgram[]): readonly string[] {
  const head = ["program", "kernels", "most registers", "most workgroup memory", "least occupancy"];
  return table(
    [...head, "spilled", "wrong"],
    programs.map(({ name, kernels }) => {
      const greedy = most(kernels, byRegisters);
      const emptiest = most(kernels, (k) => 1 - occupancy(k).share);
      return [
        name,
        byKernel(kernels).length,
        `${greedy.resources.registers} (${greedy.kernel.name}, ${greedy.architecture.name})`,
        kib(workgroupBytesOf(most(kernels, workgroupBytesOf))),
        `${percent(occupancy(emptiest).share)} (${emptiest.kernel.name}, ${emptiest.architecture.name})`,
        sum(kernels, spilled),
        sum(kernels, (k) => problemsOf(k).length),
      ];
    }),
  );
}

/** Instructions that tell how a kernel reaches memory and multiplies. */
const telling = ["LDG.128", "LDG.64", "STG.128", "LDGSTS.128", "LDSM", "HMMA", "SHFL", "BAR"];

/** One row a recipe: in how many of its kernels each telling instruction is, on every architecture. */
export function recipeTable(programs: readonly AssembledProgram[]): readonly string[] {
  const kernels = programs.flatMap((p) => byKernel(p.kernels));
  const recipes = [...new Set(kernels.map(([k]) => k!.recipe))].toSorted();
  return table(
    ["recipe", "kernels", "registers", "occupancy", ...telling],
    recipes.map((recipe) => {
      const own = kernels.filter(([k]) => k!.recipe === recipe);
      const has = (name: string) => own.filter((all) => all.every((k) => isIn(k, name))).length;
      return [
        ...[recipe, own.length, range(own.flat().map(byRegisters), String)],
        range(
          own.flat().map((k) => occupancy(k).share),
          percent,
        ),
        ...telling.map((name) => has(name) || ""),
      ];
    }),
  );
}

const isIn = ({ census }: AssembledKernel, name: string): boolean =>
  name.includes(".") ? name in census : countOf(census, name) > 0;

function range(values: readonly number[], show: (n: number) => string): string {
  const [least, most] = [show(Math.min(...values)), show(Math.max(...values))];
  return least === most ? least : `${least} – ${most}`;
}

/** A line for everything that the gates find wrong. */
export const problemLines = (programs: readonly AssembledProgram[]): readonly string[] =>
  programs.flatMap(({ name, kernels }) =>
    kernels.flatMap((k) =>
      problemsOf(k).map((p) => `- ${name}, ${k.kernel.name} on ${k.architecture.name} ${p}`),
    ),
  );
