/** How much memory the programs of a model take together, and how near they come to each limit of a device. */
import { workgroupBytesOf } from "../../codegen/bytes.ts";
import type { Caps, Kernel } from "../../codegen/kernel.ts";
import type { BufferPlan, Program } from "../../codegen/program.ts";
import { readableBytes } from "../../dsl/device-messages.ts";

type Programs = readonly Program<Kernel>[];

/** Bytes by what they are for. Entries run one after another, so they share weights, states and the arena. */
export type Memory = {
  readonly weights: number;
  readonly states: number;
  readonly arena: number;
  readonly other: number;
};

export function memoryOf(programs: Programs): Memory {
  const buffers = programs.flatMap((p) => p.buffers);
  const largest = (kind: BufferPlan["kind"], key: (b: BufferPlan) => string) => {
    const bytes = new Map<string, number>();
    for (const b of buffers)
      if (b.kind === kind) bytes.set(key(b), Math.max(b.bytes, bytes.get(key(b)) ?? 0));
    return sum(bytes.values());
  };
  const slots: number[] = [];
  for (const program of programs)
    program.slots.forEach((bytes, i) => {
      slots[i] = Math.max(bytes, slots[i] ?? 0);
    });
  const own = buffers.filter((b) => b.kind === "input" || b.kind === "output");
  return {
    weights: largest("parameter", (b) =>
      [b.name, b.dtype, b.kind === "parameter" && b.piece ? b.piece.start : ""].join(" "),
    ),
    states: largest("state", (b) => b.name),
    arena: sum(slots),
    other: largest("next", (b) => b.name) + sum(own.map((b) => b.bytes)),
  };
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((a, b) => a + b, 0);

/** The most that any kernel uses of each limit, aligned. */
export function usageTable(programs: Programs, caps: Caps): string {
  const plain = (n: number) => n.toLocaleString("en");
  const binding = Math.min(caps.maxBindingBytes, caps.maxBufferBytes);
  const buffers = most(
    programs.flatMap((p) => p.buffers),
    (b) => b.bytes,
  );
  const kernels = programs.flatMap((p) => p.kernels);
  const steps = programs.flatMap((p) =>
    p.steps.map(({ kernel, grid }) => ({ name: p.kernels[kernel]!.name, most: Math.max(...grid) })),
  );
  const row = (
    what: string,
    [used, where]: readonly [number, string],
    limit: number,
    show: (n: number) => string,
  ) => [what, show(used), `of ${show(limit)}`, where] as const;
  const { maxBuffersPerKernel, maxWorkgroupBytes, maxWorkgroupLanes } = caps;
  return align([
    row("bytes of a binding", buffers, binding, readableBytes),
    row(
      "buffers of a kernel",
      most(kernels, (k) => k.buffers.length),
      maxBuffersPerKernel,
      plain,
    ),
    row("workgroup memory", most(kernels, workgroupBytesOf), maxWorkgroupBytes, readableBytes),
    row(
      "lanes of a workgroup",
      most(kernels, (k) => k.workgroupSize),
      maxWorkgroupLanes,
      plain,
    ),
    row(
      "workgroups of a dimension",
      most(steps, (s) => s.most),
      caps.maxWorkgroupsPerDimension,
      plain,
    ),
  ]);
}

/** The largest of some things, and what it is called. */
function most<T extends { readonly name: string }>(
  things: readonly T[],
  size: (thing: T) => number,
): readonly [number, string] {
  const [first, ...others] = things;
  if (!first) return [0, ""];
  const best = others.reduce((a, b) => (size(b) > size(a) ? b : a), first);
  return [size(best), best.name];
}

function align(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((r) => r[i]!.length)));
  return rows
    .map((r) =>
      r
        .map((cell, i) => (i === 1 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
