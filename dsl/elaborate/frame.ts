/** The names of one body: defining them, looking them up, and reporting mistakes where they happen. */
import type { Node } from "../../src/graph/graph.ts";
import type { Diagnostic } from "../diagnostics.ts";
import type { Code, Facts } from "../messages.ts";
import { nearNames } from "../suggest.ts";
import type { Expr, Span } from "../syntax.ts";
import { limits } from "./session.ts";
import { expressionText } from "./text.ts";
import { type Frame, numberValue, type Poison, poison, type Value } from "./values.ts";

type Place = Pick<Frame, "session" | "evaluate" | "owner" | "file" | "path"> & {
  readonly calls?: readonly Span[];
};

/** A body with no names yet. */
export const newFrame = (place: Place): Frame => ({
  ...place,
  calls: place.calls ?? [],
  values: new Map(),
  spans: new Map(),
  outer: new Map([
    ["B", "B"],
    ["T", "T"],
  ]),
  instances: new Map(),
});

/** Batch and time, which are the same dimensions in every body. */
export const isAmbientDim = (dim: string): boolean => dim === "B" || dim === "T";
/** Names that every body knows and none may define. */
export const ambientNames: readonly string[] = ["position", "tokens", "B", "T"];

export const joinPath = (path: string, name: string): string =>
  path === "" ? name : `${path}.${name}`;

/** Notes a mistake in this body, with the calls that led to it as second places; gives poison in place of a value. */
export function report<C extends Code>(
  frame: Frame,
  code: C,
  span: Span,
  facts: Facts<C>,
  related: Diagnostic["related"] = [],
): Poison {
  const calls = frame.calls.slice(0, 4).map((at) => ({ span: at, message: "called here" }));
  frame.session.report(code, span, facts, [...related, ...calls]);
  return poison;
}

/** Gives a name its value; a second definition is a mistake. */
export function define(frame: Frame, name: string, span: Span, value: Value): void {
  const first = frame.spans.get(name);
  if (ambientNames.includes(name)) {
    report(frame, "E0206", span, { name });
  } else if (first && first !== span) {
    report(frame, "E0204", span, { name }, [{ span: first, message: "first defined here" }]);
  } else {
    frame.values.set(name, value.kind === "number" ? numberValue(value.value, name) : value);
    frame.spans.set(name, span);
  }
}

/** Takes a name among the instances of this body; `key` tells what cannot clash from it. */
export function claimInstance(frame: Frame, name: string, span: Span, key = name): void {
  const first = frame.instances.get(key);
  const related = first ? [{ span: first, message: "the first is here" }] : [];
  if (first) report(frame, "E0205", span, { name, parent: frame.owner }, related);
  else frame.instances.set(key, span);
}

/** Notes what a name of this body stands for, in the graph and for those who look inside. */
export function nameValue(frame: Frame, node: Node, name: string): void {
  if (node.op !== "constant") frame.session.graph.label(node, name);
  frame.session.values.set(joinPath(frame.path, name), node);
}

/** The value of a name, or null where nothing has it. */
export function lookUp(frame: Frame, name: string): Value | null {
  const found = frame.values.get(name);
  if (found) return found;
  const { session } = frame;
  if (name === "position") return { kind: "tensor", node: session.position, dims: ["B", "T"] };
  if (name === "tokens") return { kind: "tensor", node: session.tokens, dims: ["B", "T"] };
  const item = session.library.block(name, frame.file);
  return item ? { kind: "block", item, given: new Map() } : null;
}

/** Near names among those that this body can use as values. */
export const nearValues = (frame: Frame, name: string): readonly string[] =>
  nearNames(name, [...frame.values.keys(), ...ambientNames]);

/** The text by which the caller knows a dimension of this body. */
export const outerText = (frame: Frame, dim: Expr): string =>
  expressionText(dim, (name) => frame.outer.get(name) ?? name);

/** Evaluates one level deeper, and stops with a mistake before the machine's stack does. */
export function deeper(frame: Frame, span: Span, evaluate: () => Value): Value {
  const { session } = frame;
  if (session.depth >= limits.depth) return report(frame, "E0106", span, { limit: limits.depth });
  session.depth++;
  try {
    return evaluate();
  } finally {
    session.depth--;
  }
}
