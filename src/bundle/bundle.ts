/** A compiled model as plain data: all that a runtime needs but the weights. Safe in a browser. */
import type { Caps } from "../../codegen/kernel.ts";
import type { KernelText, Program } from "../../codegen/program.ts";
import type { Settings } from "../../dsl/model.ts";
import type { EntrySpec } from "../../targets/executor.ts";
import type { LoadTable, Parameter } from "../weights/names.ts";

/** The one form of a bundle that this version reads and writes. */
export const bundleFormat = 1;

export type Bundle = {
  readonly format: typeof bundleFormat;
  readonly model: string;
  readonly settings: Settings;
  readonly parameters: readonly Parameter[];
  /** How known checkpoints name the parameters. */
  readonly names: readonly LoadTable[];
  /** Most tokens of one document; null where nothing limits it. */
  readonly context: number | null;
  readonly chunk: number;
  readonly batch: number;
  /** What the kernels were written for: a device must offer as much. */
  readonly caps: Caps;
  readonly entries: Readonly<Record<string, EntrySpec>>;
  readonly programs: Readonly<Record<string, Program<KernelText>>>;
};

/** A kernel in the manifest: its text is in a file of its own. */
export type KernelFile = Omit<KernelText, "code"> & { readonly file: string };

/** Text instead of a number where JSON has no spelling for it. */
export type ManifestNumber = number | "Infinity" | "-Infinity" | "NaN" | "-0";

type ManifestBuffer<B> = B extends { readonly kind: "constant" }
  ? Omit<B, "values"> & { readonly values: readonly ManifestNumber[] }
  : B;
export type ManifestProgram = Omit<Program<KernelFile>, "buffers"> & {
  readonly buffers: readonly ManifestBuffer<Program<KernelFile>["buffers"][number]>[];
};

/** What manifest.json holds. */
export type Manifest = Omit<Bundle, "programs"> & {
  readonly programs: Readonly<Record<string, ManifestProgram>>;
};
