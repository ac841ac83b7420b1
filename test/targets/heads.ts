/** A small model with two tensor inputs and several outputs, as entries on the CPU's executors. */
import { entrySpec } from "../../codegen/entry-spec.ts";
import { minimumCaps } from "../../codegen/kernel.ts";
import { GraphBuilder } from "../../src/graph/build.ts";
import type { Graph, Node, StateUpdate, Type } from "../../src/graph/graph.ts";
import { verify } from "../../src/graph/verify.ts";
import { type EntryKind, entryGraph } from "../../src/passes/entry.ts";
import { simplify } from "../../src/passes/simplify.ts";
import { generator } from "../../src/weights/random.ts";
import { loadEvaluator } from "../../targets/cpu/evaluate.ts";
import { loadInterpreter } from "../../targets/cpu/interpret.ts";
import type { Session } from "../../targets/executor.ts";
import { programOf } from "../codegen/whole.ts";

export const vocabulary = 7;
export const kinds = 5;
/** Numbers of one token's `image`, [2, 3]. */
export const pixels = 6;
const D = 4;

/** What the model reads and gives. */
export type Shape = {
  readonly tokens: boolean;
  readonly inputs: boolean;
  readonly logits: boolean;
};
export const everything: Shape = { tokens: true, inputs: true, logits: true };

const f32 = (...shape: number[]): Type => ({ dtype: "f32", shape });
const i32 = (...shape: number[]): Type => ({ dtype: "i32", shape });

/** [B, T, D] of all that is read. */
function embedded(g: GraphBuilder, B: number, T: number, shape: Shape): Node {
  const table = (name: string, rows: number, of: string) =>
    g.gather(g.parameter(name, f32(rows, D)), g.input(of, i32(B, T)));
  const ready: Node[] = [];
  if (shape.tokens) ready.push(table("embedding", vocabulary, "tokens"));
  if (!shape.inputs) return ready[0]!;
  const image = g.reshape(g.input("image", f32(B, T, 2, 3)), [B, T, pixels]);
  ready.push(
    table("kinds", kinds, "kind"),
    g.contract(image, g.parameter("eye", f32(pixels, D)), "btp", "pd", "btd"),
  );
  return ready.reduce((sum, x) => g.map("add", sum, x));
}

/** The graph of a call of `T` tokens. */
export function headsGraph(B: number, T: number, shape: Shape): Graph {
  const g = new GraphBuilder();
  const x = embedded(g, B, T, shape);
  const perToken = (node: Node) => g.broadcast(node, [B, T, D], [0, 1]);
  const starts = perToken(g.map("eq", g.input("position", i32(B, T)), 0));
  const count = g.input("count", i32(B));
  const real = perToken(g.map("lt", g.iota([B, T], 1), g.broadcast(count, [B, T], [0])));
  const decay = g.map(
    "select",
    real,
    g.map("select", starts, 0, g.constant(0.75, "f32", [B, T, D])),
    1,
  );
  const past = g.state("mix.scan", f32(B, D));
  const mixed = g.scan(decay, g.map("select", real, x, 0), past);
  const seen = g.state("seen", i32(B));
  const states: StateUpdate[] = [
    { name: "mix.scan", current: past, next: g.reshape(g.slice(mixed, 1, T - 1, 1), [B, D]) },
    { name: "seen", current: seen, next: g.map("add", seen, count) },
  ];
  const head = g.contract(
    g.map("tanh", mixed),
    g.parameter("head", f32(vocabulary, D)),
    "btd",
    "vd",
    "btv",
  );
  const value = g.reduce("sum", mixed, 2);
  const outputs = { [shape.logits ? "logits" : "classes"]: head, value };
  return verify({ name: "heads", outputs, states });
}

const entryKinds: readonly EntryKind[] = ["prefill", "score", "decode"];
const mapKinds = <V>(f: (kind: EntryKind) => V) =>
  Object.fromEntries(entryKinds.map((kind) => [kind, f(kind)]));

/** Its three entries with random weights. */
export async function headsSession(
  batch: number,
  chunk: number,
  shape: Shape = everything,
  load: "evaluate" | "interpret" = "evaluate",
): Promise<Session> {
  const source = (kind: EntryKind) => headsGraph(batch, kind === "decode" ? 1 : chunk, shape);
  const graphs = mapKinds((kind) => simplify(entryGraph(source(kind), kind)));
  const programs = mapKinds((kind) => programOf(graphs[kind]!, minimumCaps));
  const specs = mapKinds((kind) => entrySpec(programs[kind]!, source(kind)));
  const sizes: Record<string, number> = {
    embedding: vocabulary * D,
    kinds: kinds * D,
    eye: pixels * D,
    head: vocabulary * D,
  };
  const weights = {
    read: async (name: string) => {
      const draw = generator(3, name, 0);
      return Float32Array.from({ length: sizes[name]! }, () => 2 * draw() - 1);
    },
  };
  return load === "evaluate"
    ? loadEvaluator(graphs, specs, weights)
    : loadInterpreter(programs, specs, weights, minimumCaps);
}
