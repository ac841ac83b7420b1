/** What the interpreter finds wrong with a kernel, with all that is needed to find the place. */

/** `race`: two lanes touch a cell, one of them writing, and no barrier orders them. */
export type FaultKind =
  | "out-of-range"
  | "misaligned"
  | "unwritten-read"
  | "race"
  | "divergent-barrier"
  | "copy-not-awaited"
  | "division-by-zero";

/** Where a fault happened; `memory` and `index` are absent for barriers and divisions. */
export type FaultPlace = {
  readonly kernel: string;
  readonly workgroup: readonly [number, number, number];
  readonly lane: number;
  readonly memory?: string;
  readonly index?: number;
  /** The printed statement. */
  readonly statement: string;
};

/** A kernel did what no kernel may do. */
export class KernelFault extends Error {
  readonly kind: FaultKind;
  readonly place: FaultPlace;
  constructor(kind: FaultKind, place: FaultPlace, detail: string) {
    const at = `lane ${place.lane} of workgroup ${place.workgroup.join(",")}`;
    const cell = place.memory === undefined ? "" : `, ${place.memory}[${place.index}]`;
    super(`${place.kernel}: ${kind}${cell}, ${at}: ${detail}\n  at: ${place.statement}`);
    this.name = "KernelFault";
    this.kind = kind;
    this.place = place;
  }
}
