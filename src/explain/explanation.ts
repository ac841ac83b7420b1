/** What is told of a compiled model: plain data, from which the printer and JSON are made. */
import type { DeviceMemory } from "../../targets/ledger.ts";
import type { EntryProfile } from "../execute/profile.ts";
import type { DeviceFigures } from "../tune/file.ts";

/** Counts of work: floating-point operations as in src/graph/cost.ts, and estimates of bytes that kernels read and write. */
export type Cost = { readonly flops: number; readonly read: number; readonly written: number };

/** A tensor in memory that a region reads or writes. */
export type StoredTensor = {
  /** Its path in the model; where it has none, "on the way to" the nearest value that has. */
  readonly name: string;
  readonly kind: "parameter" | "input" | "state" | "value" | "output" | "next state";
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
  /** Number of the region that makes it; null for what is there from the start, and for what is written. */
  readonly madeBy: number | null;
};

/** Operations of a region on one side of its anchor. */
export type Part = {
  /** Paths of the named values among them, in the order in which they are computed. */
  readonly values: readonly string[];
  /** How many of each scalar function and other operation; views and constants cost nothing and are left out. */
  readonly operations: Readonly<Record<string, number>>;
  readonly flops: number;
};

export type Anchor = {
  readonly op: string;
  /** Its path, where the text names it. */
  readonly value: string | null;
  readonly shape: readonly number[];
  /** How many of its kind are computed side by side; it is the last of them. */
  readonly count: number;
  /** Of all of them. */
  readonly flops: number;
};

export type KernelUse = {
  readonly name: string;
  readonly lanes: number;
  /** Workgroups of one dispatch, the largest where pieces differ. */
  readonly workgroups: number;
  readonly dispatches: number;
  readonly buffers: number;
  readonly workgroupBytes: number;
};

/** Why a tensor between two regions is stored and not computed within one. */
export type Boundary = {
  readonly value: string;
  /** `other` reads what this region made, or made what this one reads. */
  readonly side: "read" | "written";
  readonly other: number;
  readonly reason: string;
};

/** Who chose a schedule. */
export type Chosen = {
  readonly by: "recipe" | "measurement";
  /** How many schedules the recipe offers. */
  readonly offered: number;
  /** Microseconds of the region by itself when schedules were measured, and of the recipe's own choice; null where nobody tells. */
  readonly alone: number | null;
  readonly first: number | null;
};

/** Microseconds; null where the device's figures, or a measurement, are missing. */
export type Times = {
  /** What bytes and FLOPs take at least: the longer of both by the device's figures. */
  readonly bound: number | null;
  readonly boundBy: "bytes" | "FLOPs" | null;
  /** With what dispatching costs. */
  readonly predicted: number | null;
  readonly measured: number | null;
  /** bound / measured */
  readonly roofline: number | null;
};

/** A kernel of a region within a dispatch. */
export type Member = {
  /** Number of the region. */
  readonly region: number;
  readonly kernel: string;
  readonly recipe: string;
  readonly schedule: Readonly<Record<string, number>>;
  readonly chosen: Chosen;
  readonly cost: Cost;
};

/** What runs at one go: a kernel of one region, or those of several joined. */
export type DispatchExplanation = {
  /** Its place in the order in which they run, from 1. */
  readonly number: number;
  readonly kernel: string;
  readonly members: readonly Member[];
  readonly cost: Cost;
  readonly times: Times;
};

/** All dispatches of one kernel together. */
export type KernelExplanation = {
  readonly kernel: string;
  /** Their numbers in the order in which they run, from 1. */
  readonly dispatches: readonly number[];
  /** Of the first of them; others are of regions like these. */
  readonly members: readonly Member[];
  readonly cost: Cost;
  readonly times: Times;
};

export type RegionExplanation = {
  /** Its places in the order of the program, from 1: several where repeated layers have the same. */
  readonly numbers: readonly number[];
  readonly name: string;
  /** What stands for `{i}` in the other names, one list for each of `numbers`; empty where there is one region. */
  readonly indices: readonly string[];
  readonly recipe: string;
  readonly schedule: Readonly<Record<string, number>>;
  /** The recipes that were asked before and declined, and what the one that took it goes by. */
  readonly declined: readonly string[];
  readonly because: string;
  readonly chosen: Chosen;
  readonly anchor: Anchor | null;
  /** What the anchor needs, computed on the way to it. */
  readonly prologue: Part;
  /** The rest: what follows the anchor's values, and what that needs beside them. All of a region without an anchor. */
  readonly epilogue: Part;
  readonly reads: readonly StoredTensor[];
  readonly writes: readonly StoredTensor[];
  /** In how many pieces a parameter of it is bound; 1 where it is whole. */
  readonly pieces: number;
  readonly kernels: readonly KernelUse[];
  /** For each of `numbers`, the numbers of the dispatches that its kernels run in. */
  readonly dispatches: readonly (readonly number[])[];
  /** Regions, by number, that run beside the first of `numbers` in one dispatch. */
  readonly beside: readonly number[];
  /** Of one of `numbers`. */
  readonly cost: Cost;
  readonly boundaries: readonly Boundary[];
};

export type EntryExplanation = {
  readonly entry: string;
  readonly regions: readonly RegionExplanation[];
  /** In the order in which they run; where a name was asked for, those that its regions run in. */
  readonly dispatches: readonly DispatchExplanation[];
  /** The same by kernel, in the order of their first dispatches. */
  readonly kernels: readonly KernelExplanation[];
  /** Of the whole entry, whatever is shown of it. */
  readonly totals: Cost & {
    readonly regions: number;
    readonly kernels: number;
    readonly dispatches: number;
    readonly arenaBytes: number;
  };
  /** How it was measured; null where it was not. */
  readonly profile: EntryProfile | null;
  /** Named values that were asked for and that no region computes: nothing needs them, or something equal took their place. */
  readonly absent: readonly string[];
};

/** The most bytes at one time. */
export type MemoryExplanation = {
  /** Null where the executor has no device. */
  readonly device: DeviceMemory | null;
  /** Resident bytes of the whole process; on a software adapter these hold the device's, too. */
  readonly process: number;
};

export type Explanation = {
  readonly model: string;
  readonly device: string;
  readonly batch: number;
  readonly chunk: number;
  /** What predictions rest on; null where the device was not measured. */
  readonly figures: DeviceFigures | null;
  /** What the file that measured schedules came from is called. */
  readonly schedules: string | null;
  readonly memory: MemoryExplanation | null;
  readonly entries: readonly EntryExplanation[];
};
