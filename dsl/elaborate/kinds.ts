/** Whether a value is of the kind that a setting asks for. */
import type { Diagnostic } from "../diagnostics.ts";
import type { FormalType, Span } from "../syntax.ts";
import { report } from "./frame.ts";
import { limits } from "./session.ts";
import { isSize } from "./sizes.ts";
import { type Frame, poison, type Value, valueText } from "./values.ts";

export type SettingKind = Extract<FormalType, { kind: "setting" }>["of"];

const kinds: Readonly<Record<SettingKind, Value["kind"]>> = {
  size: "number",
  number: "number",
  flag: "flag",
  block: "block",
  pattern: "pattern",
};

/** The value, or poison after a mistake. */
export function checkSetting(
  frame: Frame,
  value: Value,
  of: SettingKind,
  name: string,
  span: Span,
  related: Diagnostic["related"] = [],
): Value {
  if (value.kind === "poison") return poison;
  if (value.kind === "tensor" && (of === "size" || of === "number" || of === "flag"))
    return report(frame, "E0408", span, { text: name, needed: `the ${of} \`${name}\`` }, related);
  if (value.kind !== kinds[of])
    return report(frame, "E0404", span, { name, expected: of, found: valueText(value) }, related);
  if (of === "size" && value.kind === "number" && !isSize(value.value)) {
    const facts = { text: name, value: String(value.value), limit: limits.size };
    return report(frame, "E0407", span, facts, related);
  }
  if (value.kind === "pattern" && value.items.length === 0)
    return report(frame, "E0413", span, { what: "pattern" }, related);
  return value;
}
