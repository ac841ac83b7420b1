/** `share(block) as core`: a block value whose parameters are `core.…` wherever and however often it is applied. */
import type { Call } from "./calls.ts";
import { claimHome, joinPath, report } from "./frame.ts";
import { type BlockValue, type Value, valueText } from "./values.ts";

/** The block value with a place for its parameters; its states stay with each application. */
export function buildShare(call: Call): Value {
  const { frame, expr } = call;
  for (const { name } of expr.named)
    report(frame, "E0401", name.span, { name: name.text, owner: "share", near: [] });
  const [of] = expr.args;
  if (!of || expr.args.length > 1) {
    const facts = { owner: "share", expected: "1 block value", found: expr.args.length };
    return report(frame, "E0424", call.span, facts);
  }
  const value = call.value(0);
  if (value.kind === "poison") return value;
  if (value.kind !== "block") return report(frame, "E0428", of.span, { found: valueText(value) });
  if (frame.inlined) {
    const what = "`share` makes a place for parameters";
    return report(frame, "E0224", call.span, { owner: frame.owner, what });
  }
  const name = expr.label?.text ?? value.item?.name.text ?? "share";
  claimHome(frame, name, expr.label?.span ?? expr.callee.span);
  return { ...value, home: joinPath(frame.home, name) } satisfies BlockValue;
}
