/** The names of one body: defining them, looking them up, and reporting mistakes where they happen. */
import type { Node } from "../../src/graph/graph.ts";
import type { Diagnostic } from "../diagnostics.ts";
import type { Code, Facts } from "../messages.ts";
import { isStandardFile } from "../standard.ts";
import { nearNames } from "../suggest.ts";
import type { Span } from "../syntax.ts";
import { underName } from "./origins.ts";
import { limits } from "./session.ts";
import { blockValue, type Frame, numberValue, type Poison, poison, type Value } from "./values.ts";

type Place = Pick<Frame, "session" | "evaluate" | "owner" | "file" | "path"> &
  Partial<Pick<Frame, "calls" | "home" | "sharedBy" | "above" | "inlined">>;

/** A body with no names yet. */
export const newFrame = (place: Place): Frame => ({
  session: place.session,
  evaluate: place.evaluate,
  owner: place.owner,
  file: place.file,
  path: place.path,
  calls: place.calls ?? [],
  home: place.home ?? place.path,
  sharedBy: place.sharedBy ?? null,
  above: place.above ?? null,
  inlined: place.inlined ?? false,
  values: new Map(),
  spans: new Map(),
  outer: new Map([
    ["B", "B"],
    ["T", "T"],
  ]),
  foreign: new Map(),
  instances: new Map(),
});

/** Batch and time, which are the same dimensions in every body. */
export const isAmbientDim = (dim: string): boolean => dim === "B" || dim === "T";
/** Names that every body knows and none may define. */
export const ambientNames: readonly string[] = ["position", "tokens", "B", "T"];

export const joinPath = (path: string, name: string): string =>
  path === "" ? name : `${path}.${name}`;

/**
 * Notes a mistake in this body, with the calls that led to it as second places; gives poison in place of a value. What
 * goes wrong inside the standard library is told at the user's own call of it.
 */
export function report<C extends Code>(
  frame: Frame,
  code: C,
  span: Span,
  facts: Facts<C>,
  related: Diagnostic["related"] = [],
): Poison {
  const calls = frame.calls.slice(0, 4);
  const own = isStandardFile(span.file) ? calls.find(({ file }) => !isStandardFile(file)) : null;
  const inside = own ? [{ span, message: "here in the standard library" }] : [];
  const led = calls.filter((at) => at !== own).map((at) => ({ span: at, message: "called here" }));
  frame.session.report(code, own ?? span, facts, [...inside, ...related, ...led]);
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
    // In a function's body a number keeps the name that the caller has for it.
    const isRenamed = value.kind === "number" && !frame.inlined;
    frame.values.set(
      name,
      isRenamed ? numberValue(value.value, name) : underName(value, name, span),
    );
    frame.spans.set(name, span);
    frame.session.observe?.value(span, value, frame);
  }
}

/** Takes names among the instances of this body: `keys` tell what may clash; a call evaluated again is the same one. */
function claim(frame: Frame, name: string, span: Span, keys: readonly string[]): void {
  const first = keys.map((key) => frame.instances.get(key)).find((at) => at && at !== span);
  const related = first ? [{ span: first, message: "the first is here" }] : [];
  if (first) report(frame, "E0205", span, { name, parent: frame.owner }, related);
  else for (const key of keys) frame.instances.set(key, span);
}

const stateKey = (name: string): string => `states of ${name}`;
/** Takes a name for parameters and states; `key` tells what cannot clash from it. */
export const claimInstance = (frame: Frame, name: string, span: Span, key = name): void =>
  claim(frame, name, span, [key, stateKey(key)]);
/** Takes a name for the parameters of a shared block. */
export const claimHome = (frame: Frame, name: string, span: Span): void =>
  claim(frame, name, span, [name]);
/** Takes a name for the states of one application of a shared block. */
export const claimStates = (frame: Frame, name: string, span: Span): void =>
  claim(frame, name, span, [stateKey(name)]);

/** Notes what a name of this body stands for, in the graph and for those who look inside. */
export function nameValue(frame: Frame, value: Value, name: string): void {
  if (frame.inlined) return;
  if (value.kind === "record")
    for (const [field, of] of value.fields) nameValue(frame, of, joinPath(name, field));
  if (value.kind === "tensor") nameNode(frame, value.node, name);
}

function nameNode(frame: Frame, node: Node, name: string): void {
  if (node.op !== "constant") frame.session.graph.label(node, name);
  frame.session.values.set(joinPath(frame.path, name), node);
}

/** The value of a name; null where nothing has it, or a constant or function does. */
export function lookUp(frame: Frame, name: string): Value | null {
  const found = frame.values.get(name);
  if (found) return found;
  const { session } = frame;
  if (name === "position") return { kind: "tensor", node: session.position, dims: ["B", "T"] };
  if (name === "tokens") return { kind: "tensor", node: session.tokens, dims: ["B", "T"] };
  const item = session.library.block(name, frame.file);
  return item ? blockValue(item) : null;
}

/** Near names among those that this body can use as values. */
export const nearValues = (frame: Frame, name: string): readonly string[] =>
  nearNames(name, [
    ...frame.values.keys(),
    ...ambientNames,
    ...frame.session.library.constantNames(frame.file),
  ]);

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
