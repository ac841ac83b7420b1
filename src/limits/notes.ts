/** What a device's limits made of a compiled model: parameters in pieces, regions cut short, and how much of each limit is used. */
import { bytesOf } from "../../codegen/bytes.ts";
import type { Kernel } from "../../codegen/kernel.ts";
import type { BufferPlan, Program } from "../../codegen/program.ts";
import type { Diagnostic } from "../../dsl/diagnostics.ts";
import { diagnose } from "../../dsl/messages.ts";
import type { Compiled } from "../compile.ts";
import { cutRegions } from "./cut-regions.ts";
import { memoryOf, usageTable } from "./memory.ts";
import type { Places } from "./places.ts";

/** What messages call a device, and which of its figures are only typical. */
export type Device = { readonly name: string; readonly typical: readonly string[] };

/** Notes on a model that fits, in the order of the text; the last says how much memory it takes. */
export function deviceNotes(
  compiled: Compiled,
  places: Places,
  { name: device, typical }: Device,
): readonly Diagnostic[] {
  const { caps, entries } = compiled;
  const programs = Object.values(entries).map((e) => e.program);
  const limit = Math.min(caps.maxBindingBytes, caps.maxBufferBytes);
  const total = diagnose("N0603", places.owner, {
    ...{ device, typical, limit },
    ...memoryOf(programs),
    table: usageTable(programs, caps),
  });
  const found = [
    ...splitParameters(compiled, programs, places, device, limit),
    ...cutRegions(compiled, places, device),
  ];
  return [...found.toSorted(byPlace), total];
}

const byPlace = ({ span: a }: Diagnostic, { span: b }: Diagnostic): number =>
  a.file === b.file ? a.from - b.from : a.file < b.file ? -1 : 1;

type Piece = BufferPlan & { readonly kind: "parameter" };

/** One note for each `param` whose parameters are bound in pieces. */
function splitParameters(
  { model }: Compiled,
  programs: readonly Program<Kernel>[],
  places: Places,
  device: string,
  limit: number,
): readonly Diagnostic[] {
  const groups = new Map<string, { readonly first: Piece; pieces: number; times: number }>();
  for (const pieces of piecesByName(programs).values()) {
    const first = pieces[0]!;
    const { span } = places.of(first.name) ?? { span: places.owner };
    const key = [span.file, span.from, pieces.length].join(" ");
    const known = groups.get(key);
    if (known) known.times++;
    else groups.set(key, { first, pieces: pieces.length, times: 1 });
  }
  return [...groups.values()].map(({ first: { name, dtype, piece }, pieces, times }) => {
    const place = places.of(name);
    const shape = model.parameters.find((p) => p.name === name)?.shape ?? [];
    const dims = place?.dims ?? null;
    const told = { name, dims, shape, dtype, bytes: bytesOf({ dtype, shape }), times };
    const along = dims?.[piece!.axis] ?? String(shape[piece!.axis]);
    const facts = { ...told, device, limit, pieces, along };
    return diagnose("N0601", place?.span ?? places.owner, facts, place?.related);
  });
}

/** The pieces of every parameter that is bound in pieces, of the entry that has most; scales are cut as their numbers are. */
function piecesByName(programs: readonly Program<Kernel>[]): ReadonlyMap<string, readonly Piece[]> {
  const most = new Map<string, readonly Piece[]>();
  for (const { buffers } of programs) {
    const here = new Map<string, Piece[]>();
    for (const buffer of buffers)
      if (buffer.kind === "parameter" && buffer.piece && buffer.quantized?.part !== "scales")
        here.set(buffer.name, [...(here.get(buffer.name) ?? []), buffer]);
    for (const [name, pieces] of here)
      if (pieces.length > (most.get(name)?.length ?? 0)) most.set(name, pieces);
  }
  return most;
}
