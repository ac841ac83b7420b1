/** h = a · h + x over [rows, channels] as ONNX nodes, in two ways. */
import { GraphBuilder } from "./graph.ts";

type Size = { readonly rows: number; readonly channels: number };

/** The Scan operator: a body for each row, one after another. */
export function stepByStep(g: GraphBuilder, a: string, x: string, { channels }: Size): string {
  const inner = new GraphBuilder("step_");
  const before = inner.input("before", [channels]);
  const decay = inner.input("decay", [channels]);
  const added = inner.input("added", [channels]);
  const h = inner.node("Add", [inner.node("Mul", [decay, before]), added]);
  inner.output("state", h, [channels]);
  inner.output("h", h, [channels]);
  const start = g.constant([channels], new Float32Array(channels));
  return g.nodes(
    "Scan",
    [start, a, x],
    { body: { body: inner.body() }, num_scan_inputs: 2 },
    2,
  )[1]!;
}

/** The textbook associative scan: neighbours are joined, half as many are scanned, and the others follow. Rows: a power of two. */
export function oddAndEven(
  g: GraphBuilder,
  a: string,
  x: string,
  { rows: T, channels: D }: Size,
): string {
  if (T === 1) return x;
  const halves = (value: string) => {
    const pairs = g.node("Reshape", [value, g.sizes(T / 2, 2 * D)]);
    return g.nodes("Split", [pairs], { axis: 1, num_outputs: 2 }, 2) as [string, string];
  };
  const [[evenA, oddA], [evenX, oddX]] = [halves(a), halves(x)];
  const multiply = (p: string, q: string) => g.node("Mul", [p, q]);
  const add = (p: string, q: string) => g.node("Add", [p, q]);
  const joined = add(multiply(oddA, evenX), oddX);
  const odd = oddAndEven(g, multiply(oddA, evenA), joined, { rows: T / 2, channels: D });
  const zeros = g.constant([1, D], new Float32Array(D));
  const most = g.node("Slice", [odd, g.sizes(0), g.sizes(T / 2 - 1), g.sizes(0)]);
  const before = T === 2 ? zeros : g.node("Concat", [zeros, most], { axis: 0 });
  const even = add(multiply(evenA, before), evenX);
  const both = g.node("Concat", [even, odd], { axis: 1 });
  return g.node("Reshape", [both, g.sizes(T, D)]);
}
