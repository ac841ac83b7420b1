/** `stack(x, n, pattern)`: n layers, each the pattern's next block value, each with a number in its path. */
import { nearNames } from "../suggest.ts";
import type { Expr, Name } from "../syntax.ts";
import { applyBlock } from "./blocks.ts";
import { type Call, floatArg } from "./calls.ts";
import { claimInstance, lookUp, report } from "./frame.ts";
import { limits } from "./session.ts";
import { evaluateSize } from "./sizes.ts";
import { type BlockValue, poison, type Value, valueText } from "./values.ts";

/** The value after the last layer. */
export function buildStack(call: Call): Value {
  const { frame, expr } = call;
  for (const { name } of expr.named)
    report(frame, "E0401", name.span, { name: name.text, owner: "stack", near: [] });
  if (expr.args.length !== 3)
    return report(frame, "E0405", call.span, {
      owner: "stack(x, n, pattern)",
      expected: 3,
      found: expr.args.length,
    });
  const [, countExpr, patternExpr] = expr.args as [Expr, Expr, Expr];
  const x = floatArg(call, 0);
  const count = evaluateSize(frame, countExpr);
  const pattern = call.value(2);
  if (pattern.kind !== "pattern") {
    const facts = { name: "pattern", expected: "pattern", found: valueText(pattern) };
    return pattern.kind === "poison" ? poison : report(frame, "E0404", patternExpr.span, facts);
  }
  if (pattern.names.length === 0) return report(frame, "E0413", patternExpr.span, {});
  const blocks = pattern.names.map((name) => resolve(pattern.frame, name));
  if (count && count.value > limits.layers) {
    const facts = {
      name: "the number of layers",
      value: String(count.value),
      allowed: `at most ${limits.layers}`,
    };
    return report(frame, "E0412", countExpr.span, facts);
  }
  if (!x || !count || blocks.some((block) => block === null)) return poison;
  claimInstance(frame, expr.label?.text ?? "stack", expr.label?.span ?? call.span);
  return buildLayers(call, x, count.value, blocks as readonly BlockValue[]);
}

function buildLayers(call: Call, x: Value, count: number, blocks: readonly BlockValue[]): Value {
  const { frame, expr, span } = call;
  const path = expr.label?.text ?? "stack";
  let value = x;
  const layers = frame.session.checking ? Math.min(count, blocks.length) : count;
  for (let layer = 0; layer < layers && value.kind !== "poison"; layer++) {
    const label: Name = { text: `${path}.${layer}`, span };
    const args = [{ value, span: expr.args[0]!.span }];
    value = applyBlock(frame, {
      block: blocks[layer % blocks.length]!,
      args,
      name: expr.callee,
      label,
      span,
    });
  }
  return value;
}

/** The block value that a pattern names; null after a mistake. */
function resolve(frame: Call["frame"], name: Name): BlockValue | null {
  const value = lookUp(frame, name.text);
  if (value?.kind === "block") return value;
  if (value?.kind === "poison") return null;
  const known = [...frame.values].flatMap(([text, { kind }]) => (kind === "block" ? [text] : []));
  report(frame, "E0208", name.span, { name: name.text, near: nearNames(name.text, known) });
  return null;
}
