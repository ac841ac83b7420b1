/** What is wrong with a kernel's machine code, as far as that can be told without a GPU. Runs nothing. */
import type { Kernel } from "../../../codegen/kernel.ts";
import { type Architecture, occupancyOf } from "../architectures.ts";
import { layOut } from "../memory.ts";
import type { KernelResources } from "../ptxas.ts";
import { type Census, countOf } from "./census.ts";
import { bitsOf, type Claims, claimsOf } from "./claims.ts";

/** A kernel as it was assembled for one architecture. */
export type Assembly = {
  readonly kernel: Kernel;
  readonly architecture: Architecture;
  readonly resources: KernelResources;
  readonly census: Census;
  /** Whether nvcc surely makes the same PTX in every run (toolkit.ts). */
  readonly steady: boolean;
};

/** Arithmetic in f64, a lane's own memory, and accesses of which the compiler does not know what they reach. */
const unwanted = {
  ...{ DFMA: "f64", DMUL: "f64", DADD: "f64" },
  ...{ LDL: "local memory", STL: "local memory" },
  ...{ LD: "an address of any kind of memory", ST: "an address of any kind of memory" },
} as const;

/** Loads and stores may become wider than the kernel says, as neighbours are joined, but not narrower. */
const joined = ["LDG", "STG", "LDS", "STS"] as const;

/**
 * Of some kernels nvcc has two texts, and in one of them it takes a part of a vector from memory once more. Where it may be either
 * from run to run, one such access in so many wide ones is let pass; where it is always the same, none.
 */
const widePerNarrow = 16;

/** Registers that a lane can have. */
const mostRegisters = 255;

/** Workgroup memory of a launch: what the kernel declares and what the launch gives. */
export const workgroupBytesOf = ({ kernel, resources }: Assembly): number =>
  resources.workgroupBytes + layOut(kernel).dynamicBytes;

/** A sentence for each thing that is wrong; none where the machine code is as it should be. */
export function problemsOf(assembly: Assembly): readonly string[] {
  const claims = claimsOf(assembly.kernel);
  return [
    ...resourceProblems(assembly),
    ...unwantedIn(assembly.census),
    ...missingFrom(assembly.census, claims),
    ...narrowIn(assembly, claims),
    ...unclaimedIn(assembly.census, claims),
  ];
}

function resourceProblems(assembly: Assembly): readonly string[] {
  const { architecture, kernel, resources } = assembly;
  const { registers, spillStores, spillLoads, stackBytes } = resources;
  const workgroupBytes = workgroupBytesOf(assembly);
  const { workgroups, limit } = occupancyOf(architecture, {
    ...{ lanes: kernel.workgroupSize, registers, workgroupBytes },
  });
  const checks: readonly (readonly [boolean, string])[] = [
    [spillStores + spillLoads > 0, `spills ${spillStores} bytes and loads ${spillLoads} again`],
    [stackBytes > 0, `takes ${stackBytes} bytes of stack`],
    [registers > mostRegisters, `takes ${registers} registers a lane`],
    [
      workgroupBytes > architecture.workgroupBytes,
      `takes ${workgroupBytes} bytes of workgroup memory, of which there are ${architecture.workgroupBytes}`,
    ],
    [workgroups < 1, `cannot start: its workgroup does not fit a multiprocessor's ${limit}`],
  ];
  return checks.filter(([isWrong]) => isWrong).map(([, sentence]) => sentence);
}

const unwantedIn = (census: Census): readonly string[] =>
  Object.entries(unwanted)
    .filter(([name]) => countOf(census, name) > 0)
    .map(([name, what]) => `has ${countOf(census, name)} ${name}: ${what}`);

/** Copies, products, barriers, exchanges and accesses of 64 bits or more; the compiler may see that it needs no narrow one. */
const missingFrom = (census: Census, claims: Claims): readonly string[] =>
  [...claims.keys()]
    .filter((name) => (bitsOf(name) ?? 64) >= 64 || name.startsWith("LDGSTS"))
    .filter((name) => !(name in census))
    .map((name) => `has no ${name}, which its text asks for`);

function narrowIn({ census, steady }: Assembly, claims: Claims): readonly string[] {
  return joined.flatMap((access) => {
    const widths = (names: Iterable<string>) =>
      [...names].filter((n) => n.startsWith(`${access}.`)).map((n) => bitsOf(n)!);
    const least = Math.min(...widths(claims.keys()));
    const narrow = widths(Object.keys(census)).filter((bits) => bits < least);
    const places = narrow.reduce((sum, bits) => sum + census[`${access}.${bits}`]!, 0);
    if (!steady && places * widePerNarrow <= countOf(census, access) - places) return [];
    return narrow.map((b) => `has ${access}.${b}, narrower than any that its text asks for`);
  });
}

const unclaimedIn = (census: Census, claims: Claims): readonly string[] =>
  Object.keys(census)
    .filter((name) => /^(LDGSTS|LDSM|HMMA|BAR|SHFL)\b/.test(name) && !claims.has(name))
    .map((name) => `has ${name}, which its text does not ask for`);
