/** Constants of a file: their values are found when first asked for, and once in a session. */
import type { ConstantItem, Expr } from "../syntax.ts";
import { newFrame, report } from "./frame.ts";
import { expressionText } from "./text.ts";
import { type Frame, numberValue, poison, type Value, valueText } from "./values.ts";

type Place = Pick<Frame, "session" | "evaluate">;

/** What a constant is where it is used; null where the file has none of this name. */
export function constantOf(frame: Frame, name: string): Value | null {
  const item = frame.session.library.constant(name, frame.file);
  const value = item && evaluateConstant(frame, item);
  return value?.kind === "number" ? numberValue(value.value, name) : value;
}

/** A number or flag; poison after a mistake. */
export function evaluateConstant({ session, evaluate }: Place, item: ConstantItem): Value {
  const known = session.constants.get(item);
  if (known) return known;
  if (session.library.endless.has(item)) return poison;
  const { text, span } = item.name;
  const place = { session, evaluate, owner: text, file: item.span.file, path: "", inlined: true };
  const frame = newFrame(place);
  const open = session.openConstants;
  if (open.includes(item)) {
    // Only through a branch that the value of another chose; other cycles are found before.
    const chain = [...open.slice(open.indexOf(item)), item].map(({ name }) => name.text);
    return report(frame, "E0226", span, { chain });
  }
  open.push(item);
  const value = plain(frame, item.value, text, evaluate(frame, item.value));
  open.pop();
  session.constants.set(item, value);
  session.observe?.value(span, value, frame);
  return value;
}

function plain(frame: Frame, expr: Expr, name: string, value: Value): Value {
  if (value.kind === "number" || value.kind === "flag" || value.kind === "poison") return value;
  if (value.kind === "tensor") {
    const needed = `the constant \`${name}\``;
    return report(frame, "E0408", expr.span, { text: expressionText(expr), needed });
  }
  const facts = { name, expected: "number or flag", found: valueText(value) };
  return report(frame, "E0404", expr.span, facts);
}
