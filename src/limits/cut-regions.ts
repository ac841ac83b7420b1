/** Finds the regions that a device's number of buffers cut short, by fusing once more as if buffers were no matter. */
import { fuseOptions } from "../../codegen/fuse-options.ts";
import type { Diagnostic } from "../../dsl/diagnostics.ts";
import { diagnose } from "../../dsl/messages.ts";
import type { Compiled, CompiledEntry } from "../compile.ts";
import type { Node } from "../graph/graph.ts";
import { ValueNames } from "../graph/value-names.ts";
import { fuse } from "../passes/fuse.ts";
import { Facts } from "../passes/fusion/roles.ts";
import type { Region } from "../passes/regions.ts";
import type { Places } from "./places.ts";

type Cut = {
  readonly path: string;
  readonly kind: string;
  readonly needed: number;
  readonly apart: readonly string[];
  readonly before: string;
};

/** One note for each anchor in the text whose region is smaller than it would be, of the entry where most is missing. */
export function cutRegions(
  { entries, caps }: Compiled,
  places: Places,
  device: string,
): readonly Diagnostic[] {
  const groups = new Map<string, { cut: Cut; readonly times: Map<string, number> }>();
  for (const [entry, compiled] of Object.entries(entries))
    for (const cut of cutsOf(compiled, caps)) {
      const key = `${cut.kind} ${cut.path.replace(/\b\d+\b/g, "i")}`;
      const known = groups.get(key) ?? { cut, times: new Map() };
      groups.set(key, known);
      if (cut.needed > known.cut.needed) known.cut = cut;
      known.times.set(entry, (known.times.get(entry) ?? 0) + 1);
    }
  return [...groups.values()].map(({ cut: { path, ...cut }, times }) => {
    const place = places.of(path);
    const facts = {
      ...{ ...cut, name: path, device },
      limit: caps.maxBuffersPerKernel,
      times: Math.max(...times.values()),
    };
    return diagnose("N0602", place?.span ?? places.owner, facts, place?.related);
  });
}

function cutsOf({ graph, fused }: CompiledEntry, caps: Compiled["caps"]): readonly Cut[] {
  const options = { ...fuseOptions(caps), maxBuffers: Number.POSITIVE_INFINITY };
  const whole = fuse(graph, options).regions;
  const within = new Map(fused.regions.map((r) => [r.anchor, new Set(r.body)]));
  const facts = new Facts(graph);
  const names = new ValueNames(graph);
  return whole.flatMap((region): Cut[] => {
    const { anchor, body } = region;
    const kept = anchor && within.get(anchor);
    const lost = kept ? body.filter((n) => !kept.has(n) && !facts.isFree(n)) : [];
    if (!anchor || lost.length === 0) return [];
    const path = names.nearest(anchor)?.path ?? anchor.op;
    const home = path.slice(0, path.lastIndexOf(".") + 1);
    const apart = lost.flatMap((n) => names.best(n, path) ?? []).map((p) => local(p, home));
    const before = local(names.nearest(lost[0]!, path)?.path ?? "the result", home);
    const needed = buffersOf(region, options.isCut);
    return [{ path, kind: kindOf(anchor), needed, apart: few(apart), before }];
  });
}

const kindOf = (anchor: Node): string =>
  anchor.op === "composite" ? anchor.attrs.name : anchor.op === "contract" ? "product" : anchor.op;

/** What a region binds: what it reads and writes, and where a piece starts. */
const buffersOf = ({ inputs, outputs }: Region, cut: (node: Node) => boolean): number =>
  inputs.length + outputs.length + (inputs.some(cut) ? 1 : 0);

const local = (path: string, home: string): string =>
  path.startsWith(home) ? path.slice(home.length) : path;

/** At most six names. */
const few = (names: readonly string[]): readonly string[] =>
  names.length > 6 ? [...names.slice(0, 5), `… (${names.length - 5} more)`] : names;
