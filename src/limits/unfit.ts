/** Turns what a device cannot hold into diagnostics at the values' places in the text, each with what would make it fit. */
import { bytesOf } from "../../codegen/bytes.ts";
import type { Excess } from "../../codegen/over-limits.ts";
import { bytesOfNode } from "../../codegen/packing.ts";
import type { Told } from "../../dsl/device-messages.ts";
import type { Diagnostic } from "../../dsl/diagnostics.ts";
import { diagnose } from "../../dsl/messages.ts";
import type { Span } from "../../dsl/syntax.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { ValueNames } from "../graph/value-names.ts";
import type { Place, Places } from "./places.ts";

/** What one entry of a model has too much of; `graph` is the one whose nodes it names. */
export type Unfit = {
  readonly entry: string;
  readonly graph: Graph;
  readonly excesses: readonly Excess[];
};
/** What the sizes were, and what the device is called. */
export type Sizing = { readonly device: string; readonly batch: number; readonly chunk: number };

/** One diagnostic for each place and cause, however many entries and layers have it. */
export function unfitDiagnostics(
  unfit: readonly Unfit[],
  places: Places,
  sizing: Sizing,
): readonly Diagnostic[] {
  const groups = new Map<string, Found[]>();
  for (const { entry, graph, excesses } of unfit) {
    const names = new ValueNames(graph);
    for (const excess of excesses) {
      const found = { ...namedExcess(excess, names, places), entry };
      const key = [excess.kind, found.span.file, found.span.from, found.told?.shape].join(" ");
      groups.set(key, [...(groups.get(key) ?? []), found]);
    }
  }
  const remedies = remediesOf(
    unfit.flatMap((u) => u.excesses),
    sizing,
  );
  return [...groups.values()].map((group) => say(group, sizing, remedies));
}

type Found = {
  readonly entry: string;
  readonly excess: Excess;
  readonly span: Span;
  readonly related: Diagnostic["related"];
  readonly name: string;
  readonly told: Told | null;
};

function namedExcess(excess: Excess, names: ValueNames, places: Places): Omit<Found, "entry"> {
  const { node } = excess;
  const nearest = node && names.nearest(node);
  const place = nearest && places.of(nearest.path);
  const name = nearest?.path ?? "the model";
  const told = node && toldOf(node, name, place, nearest?.exact ?? false);
  const { span, related } = place ?? { span: places.owner, related: [] };
  return { excess, name, told, span, related };
}

/** A node as messages tell of it; the text's dimensions are told only where they are the node's own. */
export function toldOf(node: Node, name: string, place: Place | null, exact: boolean): Told {
  const { shape, dtype } = node.type;
  const dims = exact && place?.dims?.length === shape.length ? place.dims : null;
  return { name, dims, shape, dtype, bytes: bytesOfNode(node), unnamed: !exact };
}

function say(
  group: readonly Found[],
  sizing: Sizing,
  remedies: ReadonlyMap<Remedy, number>,
): Diagnostic {
  const [first] = group as readonly [Found, ...Found[]];
  const { excess, span, related, name, told } = first;
  const limited = { device: sizing.device, limit: excess.limit };
  switch (excess.kind) {
    case "value": {
      const entries = [...new Set(group.map((f) => f.entry))];
      const times = Math.max(...entries.map((e) => group.filter((f) => f.entry === e).length));
      const [remedy] = remedyFor(excess.node, excess.limit, sizing);
      const action = actionFor(remedy, remedies);
      return diagnose("E0610", span, { ...told!, ...limited, times, entries, action }, related);
    }
    case "parameter":
      return diagnose("E0611", span, { ...told!, ...limited }, related);
    case "pieces": {
      const parameters = excess.parameters.map((p) => (p.op === "parameter" ? p.attrs.name : ""));
      return diagnose("E0612", span, { name, parameters, ...limited }, related);
    }
    case "workgroups":
      return diagnose("E0613", span, { name, count: excess.count, ...limited }, related);
  }
}

/** What makes a value small enough. */
type Remedy = "chunk" | "batch" | "sight" | "sizes";

/** By remedy, the largest chunk or batch with which all values fit that it helps. */
function remediesOf(excesses: readonly Excess[], sizing: Sizing): ReadonlyMap<Remedy, number> {
  const most = new Map<Remedy, number>();
  for (const excess of excesses) {
    if (excess.kind !== "value") continue;
    const [remedy, fits] = remedyFor(excess.node, excess.limit, sizing);
    most.set(remedy, Math.min(fits, most.get(remedy) ?? fits));
  }
  return most;
}

/** A state shrinks with the tokens in sight, other values with the chunk or the batch where they have one of many. */
function remedyFor(
  { type, op }: Node,
  limit: number,
  { batch, chunk }: Sizing,
): readonly [Remedy, number] {
  const fits = (now: number) => rounded(Math.floor((now * limit) / bytesOf(type)));
  const [rows, tokens] = type.shape;
  if (op === "state") return ["sight", 0];
  if (chunk > 1 && tokens === chunk && fits(chunk) > 0) return ["chunk", fits(chunk)];
  if (batch > 1 && rows === batch && fits(batch) > 0) return ["batch", fits(batch)];
  return ["sizes", 0];
}

function actionFor(remedy: Remedy, remedies: ReadonlyMap<Remedy, number>): string {
  switch (remedy) {
    case "chunk":
    case "batch":
      return `use \`--${remedy} ${remedies.get(remedy)}\` or less`;
    case "sight":
      return "keep fewer tokens in sight (a smaller window or `--context`), or use a smaller `--batch`";
    case "sizes":
      return "make one of its dimensions smaller";
  }
}

/** Down to a multiple of 16 where it is larger. */
const rounded = (n: number): number => (n > 16 ? n - (n % 16) : n);
