/** Replaces weights that products read by whole numbers of few bits and a scale for each group of terms. Knows no storage. */
import type { GraphBuilder } from "../graph/build.ts";
import type { Graph, Grouping, Node, NodeOf } from "../graph/graph.ts";
import { groupSize, scalesShape } from "../graph/quantize.ts";
import { consumersOf, rootsOf, topological } from "../graph/walk.ts";

/** Along which axis a weight's terms run, and which other axis's numbers are read together. */
type Axes = { readonly axis: number; readonly column: number };
/** What one product makes of a weight: the axes it sums over, and those that are its result's alone. */
type Use = { readonly summed: readonly number[]; readonly own: readonly number[] };

/**
 * The parameters that are quantised: of two axes or more, read by products that all sum over one and the same axis of them, and
 * beside that at most looked up row by row. What anything else reads stays as it is.
 */
export function quantizable(graph: Graph): ReadonlyMap<Node, Axes> {
  const consumers = consumersOf(graph);
  const roots = new Set(rootsOf(graph));
  const found = new Map<Node, Axes>();
  for (const node of consumers.keys()) {
    if (node.op !== "parameter" || node.type.dtype !== "f32" || node.type.shape.length < 2)
      continue;
    const uses = usesOf(node, consumers, roots);
    const axes = uses && axesOf(uses);
    if (axes) found.set(node, axes);
  }
  return found;
}

/** The weight in `bits` bits, as its products and look-ups read it. */
export function quantized(
  g: GraphBuilder,
  { attrs: { name }, type }: NodeOf<"parameter">,
  { axis, column }: Axes,
  bits: Grouping["bits"],
): Node {
  const grouping: Grouping = { axis, group: groupSize, bits };
  const stored = { ...grouping, of: name, terms: type.shape[axis]!, column };
  const dtype = bits === 8 ? "i8" : "i4";
  const scales = { dtype: "f32", shape: scalesShape(type.shape, grouping) } as const;
  return g.composite("dequantize", grouping, [
    g.parameter(name, { dtype, shape: type.shape }, { ...stored, part: "values" }),
    g.parameter(`${name}.scales`, scales, { ...stored, part: "scales" }),
  ]);
}

/** By name of each parameter that these graphs read quantised, the axis along which its groups run. */
export const quantizedAxes = (graphs: readonly Graph[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    graphs
      .flatMap((graph) => topological(graph))
      .flatMap(({ op, attrs }) =>
        op === "parameter" && attrs.quantized ? [[attrs.quantized.of, attrs.quantized.axis]] : [],
      ),
  );

/** What products make of the parameter; null where something else reads it than products and look-ups of rows. */
function usesOf(
  parameter: Node,
  consumers: ReadonlyMap<Node, readonly Node[]>,
  roots: ReadonlySet<Node>,
): readonly Use[] | null {
  const uses: Use[] = [];
  /** `axes`: which of the parameter's each of the node's is. */
  const follow = (node: Node, axes: readonly number[]): boolean =>
    !roots.has(node) &&
    consumers.get(node)!.every((user) => {
      if (user.op === "transpose")
        return follow(
          user,
          user.attrs.order.map((axis) => axes[axis]!),
        );
      if (user.op === "gather")
        return node === parameter && user.attrs.batch === 0 && user.inputs[1] !== node;
      if (user.op !== "contract" || user.inputs[0] === user.inputs[1]) return false;
      const { left, right, out } = user.attrs;
      const [own, other] = user.inputs[0] === node ? [left, right] : [right, left];
      const those = (wanted: (label: string) => boolean) =>
        [...own].flatMap((label, i) => (wanted(label) ? [axes[i]!] : []));
      if (those((l) => !out.includes(l) && !other.includes(l)).length > 0) return false;
      uses.push({
        summed: those((l) => !out.includes(l)),
        own: those((l) => !other.includes(l)),
      });
      return true;
    });
  const all = parameter.type.shape.map((_, axis) => axis);
  return follow(parameter, all) ? uses : null;
}

function axesOf(uses: readonly Use[]): Axes | null {
  const [first, ...others] = uses;
  const axis = first?.summed[0];
  if (!first || axis === undefined) return null;
  if (!uses.every(({ summed }) => summed.length === 1 && summed[0] === axis)) return null;
  const columns = first.own.filter((own) => others.every((use) => use.own.includes(own)));
  return columns.length === 0 ? null : { axis, column: Math.max(...columns) };
}
