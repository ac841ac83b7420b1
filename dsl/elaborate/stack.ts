/** `stack(x, n, pattern)`: n layers, each the pattern's next block value, each with a number in its path. */
import type { Expr, Name } from "../syntax.ts";
import type { Passed } from "./bind.ts";
import { applyBlock } from "./blocks.ts";
import { type Call, floatArg } from "./calls.ts";
import { claimInstance, report } from "./frame.ts";
import { resolveItem } from "./patterns.ts";
import { runRepeated } from "./repeat.ts";
import { limits } from "./session.ts";
import { evaluateSize } from "./sizes.ts";
import { type BlockValue, poison, type Value, valueText } from "./values.ts";

const owner = "stack";

/** The value after the last layer; without a number, the pattern is gone through once. */
export function buildStack(call: Call): Value {
  const { frame, expr } = call;
  for (const { name } of expr.named)
    report(frame, "E0401", name.span, { name: name.text, owner: "stack", near: [] });
  const found = expr.args.length;
  if (found < 2) return report(frame, "E0405", call.span, { owner, expected: 3, found });
  const place = isPattern(call.value(1)) ? 1 : 2;
  const isUnclear = call.value(1).kind === "poison" && (found < 3 || !isPattern(call.value(2)));
  if (isUnclear) return poison;
  if (found <= place) return report(frame, "E0405", call.span, { owner, expected: 3, found });
  const x = floatArg(call, 0);
  const pattern = call.value(place);
  const rest = expr.args
    .slice(place + 1)
    .map((arg, i): Passed => ({ value: extraTensor(call, place + 1 + i), span: arg.span }));
  const count = place === 1 ? itemsOf(pattern).length : layerCount(call, expr.args[1]!);
  const blocks = resolvePattern(call, expr.args[place]!, pattern);
  const isBroken = rest.some(({ value }) => value.kind === "poison");
  if (!x || !count || !blocks || isBroken) return poison;
  // Shared blocks keep at most states, under the names of the layers.
  if (blocks.some(({ home }) => home === null))
    claimInstance(frame, expr.label?.text ?? "stack", expr.label?.span ?? call.span);
  return buildLayers(call, [{ value: x, span: expr.args[0]!.span }, ...rest], count, blocks);
}

/** A tensor that every layer gets after the first. */
function extraTensor(call: Call, place: number): Value {
  const value = call.value(place);
  if (value.kind === "tensor" || value.kind === "poison") return value;
  const facts = { what: "`stack`", expected: "tensors after its pattern", found: valueText(value) };
  return report(call.frame, "E0312", call.expr.args[place]!.span, facts);
}

const isPattern = ({ kind }: Value): boolean => kind === "pattern";
const itemsOf = (value: Value) => (value.kind === "pattern" ? value.items : []);

/** How many layers there are; null after a mistake. */
function layerCount({ frame }: Call, expr: Expr): number | null {
  const count = evaluateSize(frame, expr);
  if (!count || count.value <= limits.layers) return count?.value ?? null;
  const facts = { name: "the number of layers", allowed: `at most ${limits.layers}` };
  report(frame, "E0412", expr.span, { ...facts, value: String(count.value) });
  return null;
}

/** The block values of a pattern; null after a mistake. */
function resolvePattern({ frame }: Call, expr: Expr, pattern: Value): readonly BlockValue[] | null {
  if (pattern.kind === "poison") return null;
  if (pattern.kind !== "pattern") {
    const facts = { name: "pattern", expected: "pattern", found: valueText(pattern) };
    report(frame, "E0404", expr.span, facts);
    return null;
  }
  if (pattern.items.length === 0) report(frame, "E0413", expr.span, { what: "pattern" });
  const known = new Map(pattern.items.map((item) => [item, null as BlockValue | null]));
  for (const item of known.keys()) known.set(item, resolveItem(item));
  const blocks = pattern.items.flatMap((item) => known.get(item) ?? []);
  return blocks.length === pattern.items.length && blocks.length > 0 ? blocks : null;
}

function buildLayers(
  call: Call,
  [first, ...rest]: readonly [Passed, ...Passed[]],
  count: number,
  blocks: readonly BlockValue[],
): Value {
  const { frame, expr, span } = call;
  const path = expr.label?.text ?? "stack";
  let { value } = first;
  const layers = frame.session.checking ? Math.min(count, blocks.length) : count;
  const blockOf = (layer: number) => blocks[layer % blocks.length]!;
  const run = runRepeated(
    frame.session,
    repeated(Array.from({ length: layers }, (_, n) => blockOf(n))),
  );
  for (let layer = 0; layer < layers && value.kind !== "poison"; layer++) {
    const label: Name = { text: `${path}.${layer}`, span };
    const block = blockOf(layer);
    const name = { text: block.item?.name.text ?? "stack", span: expr.callee.span };
    const args = [{ value, span: first.span }, ...rest];
    value = applyBlock(frame, { block, args, name, label, span }, run);
  }
  return value;
}

/** What is there more than once. */
function repeated<T>(all: readonly T[]): ReadonlySet<T> {
  const seen = new Set<T>();
  const again = new Set<T>();
  for (const one of all) (seen.has(one) ? again : seen).add(one);
  return again;
}
