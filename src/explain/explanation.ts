/** What is told of a compiled model: plain data, from which the printer and JSON are made. */

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
  /** Regions, by number, that run beside the first of `numbers` in one dispatch. */
  readonly beside: readonly number[];
  /** Of one of `numbers`. */
  readonly cost: Cost;
  /** Microseconds of one of `numbers` by itself on the device, where the schedules it was compiled with tell. */
  readonly measured: number | null;
  readonly boundaries: readonly Boundary[];
};

export type EntryExplanation = {
  readonly entry: string;
  readonly regions: readonly RegionExplanation[];
  /** Of the whole entry, whatever is shown of it. */
  readonly totals: Cost & {
    readonly regions: number;
    readonly kernels: number;
    readonly dispatches: number;
    readonly arenaBytes: number;
  };
  /** Named values that were asked for and that no region computes: nothing needs them, or something equal took their place. */
  readonly absent: readonly string[];
};

export type Explanation = {
  readonly model: string;
  readonly device: string;
  readonly batch: number;
  readonly chunk: number;
  readonly entries: readonly EntryExplanation[];
};
