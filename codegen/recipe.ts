/** What a recipe is: it writes the kernels of a region. Recipes stand in one ordered list; the first that accepts wins. */
import type { Node } from "../src/graph/graph.ts";
import type { Region } from "../src/passes/regions.ts";
import type { KernelBuilder } from "./build.ts";
import type { Caps, Kernel, Width } from "./kernel.ts";
import type { Val } from "./val.ts";

/**
 * Reads a tensor's element at an index (one u32 Val an axis); with `width` 4, that element and the next three along the
 * last axis. What is fused in front is computed on the way: a recipe never sees it.
 */
export type ReadAt = (at: readonly Val[], width?: Width) => Val;
/** Stores everything that follows from the anchor's value at an index; what is fused behind is computed on the way. */
export type WriteAt = (at: readonly Val[], value: Val) => void;

/** A kernel's binding: a stored node, a scratch tensor of the same recipe, or the start of the piece of a split parameter. */
export type BindingOf =
  | { readonly kind: "node"; readonly node: Node }
  | { readonly kind: "scratch"; readonly name: string }
  | { readonly kind: "piece" };

export type Scratch = { readonly name: string; readonly length: number };

export type LoweredKernel = {
  readonly kernel: Kernel;
  /** One for each of kernel.buffers, in order. */
  readonly bindings: readonly BindingOf[];
  readonly grid: readonly [number, number, number];
};
export type Lowered = {
  readonly kernels: readonly LoweredKernel[];
  readonly scratch: readonly Scratch[];
};

/** Tile sizes and the like. */
export type Schedule = Readonly<Record<string, number>>;
export type Choice = { readonly schedule: Schedule; readonly build: () => Lowered };

export type Recipe = {
  readonly name: string;
  accepts(region: Region, caps: Caps): boolean;
  /** The first is the default for these caps; the rest are what a tuner may try. All are correct. */
  choices(region: Region, caps: Caps): readonly Choice[];
};

export type { KernelBuilder };
