/** The NVIDIA architectures that kernels are assembled for, with what one multiprocessor of each holds. Plain data. */
import { UserError } from "../../src/graph/bug.ts";

/** Figures of one compute capability. Bytes are of workgroup (shared) memory. */
export type Architecture = {
  /** As `ptxas -arch` takes it. */
  readonly name: string;
  readonly title: string;
  /** Subgroups of 32 lanes that one multiprocessor holds. */
  readonly subgroups: number;
  /** Workgroups that one multiprocessor holds. */
  readonly workgroups: number;
  readonly workgroupBytes: number;
  readonly multiprocessorBytes: number;
};

const KiB = 2 ** 10;

const row = (
  name: string,
  title: string,
  subgroups: number,
  workgroups: number,
  workgroupKiB: number,
  multiprocessorKiB: number,
): Architecture => ({
  ...{ name, title, subgroups, workgroups },
  workgroupBytes: workgroupKiB * KiB,
  multiprocessorBytes: multiprocessorKiB * KiB,
});

/**
 * CUDA programming guide 13.0, appendix on compute capabilities, and the toolkit's cuda_occupancy.h. All have 65536
 * registers of 32 bits a multiprocessor and 255 a lane, subgroups of 32 lanes and workgroups of at most 1024.
 */
export const architectures: readonly Architecture[] = [
  row("sm_80", "Ampere (A100, A30)", 64, 32, 163, 164),
  row("sm_86", "Ampere (GeForce RTX 30, A10, A40)", 48, 16, 99, 100),
  row("sm_87", "Ampere (Jetson Orin)", 48, 16, 163, 164),
  row("sm_89", "Ada Lovelace (GeForce RTX 40, L4, L40)", 48, 24, 99, 100),
  row("sm_90", "Hopper (H100, H200, GH200)", 64, 32, 227, 228),
  row("sm_100", "Blackwell (B100, B200, GB200)", 64, 32, 227, 228),
  row("sm_103", "Blackwell (B300, GB300)", 64, 32, 227, 228),
  row("sm_110", "Blackwell (Jetson Thor)", 48, 24, 227, 228),
  row("sm_120", "Blackwell (GeForce RTX 50, RTX PRO)", 48, 24, 99, 100),
  row("sm_121", "Blackwell (DGX Spark)", 48, 24, 99, 100),
];

export const architectureNames: readonly string[] = architectures.map((a) => a.name);

/** The architecture of that name; a UserError lists the names where there is none. */
export function architectureOf(name: string): Architecture {
  const found = architectures.find((a) => a.name === name);
  if (found) return found;
  const older = /^sm_(\d+)$/.exec(name);
  const hint =
    older && Number(older[1]) < 80 ? "GPUs before Ampere cannot run these kernels; " : "";
  throw new UserError(`${hint}--arch takes ${architectureNames.join(", ")}, not "${name}"`);
}

/** What one kernel takes, as the assembler tells. */
export type Occupant = {
  readonly lanes: number;
  readonly registers: number;
  readonly workgroupBytes: number;
};

export type Occupancy = {
  /** Workgroups that one multiprocessor holds at once. */
  readonly workgroups: number;
  /** Their subgroups as a part of all that it could hold, 0 … 1. */
  readonly share: number;
  /** What forbids one workgroup more. */
  readonly limit: "subgroups" | "workgroups" | "registers" | "memory";
};

/** A multiprocessor has four parts with their own registers, which are given to a subgroup in units. */
const parts = 4;
const registersOfPart = 65536 / parts;
const registerUnit = 256;
/** Workgroup memory is given in units of this many bytes, after 1 KiB that the system takes for each workgroup. */
const memoryUnit = 128;
const systemBytes = KiB;

/**
 * How full one multiprocessor gets, by the rules of cuda_occupancy.h. It says nothing of speed: a kernel
 * whose lanes have much to do at once is fast with little occupancy.
 */
export function occupancyOf(
  architecture: Architecture,
  { lanes, registers, workgroupBytes }: Occupant,
): Occupancy {
  const subgroups = Math.ceil(lanes / 32);
  const ofSubgroup = roundUp(Math.max(registers, 1) * 32, registerUnit);
  const bytes = roundUp(workgroupBytes + systemBytes, memoryUnit);
  const fitting = {
    subgroups: Math.floor(architecture.subgroups / subgroups),
    workgroups: architecture.workgroups,
    registers: Math.floor((parts * Math.floor(registersOfPart / ofSubgroup)) / subgroups),
    memory: Math.floor(architecture.multiprocessorBytes / bytes),
  } as const;
  const limits = ["subgroups", "workgroups", "registers", "memory"] as const;
  const limit = limits.reduce((least, name) => (fitting[name] < fitting[least] ? name : least));
  const workgroups = fitting[limit];
  return { workgroups, limit, share: (workgroups * subgroups) / architecture.subgroups };
}

const roundUp = (n: number, unit: number): number => Math.ceil(n / unit) * unit;
