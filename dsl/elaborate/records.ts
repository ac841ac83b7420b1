/** Records: values under names, made with `{ kept: a }` and taken apart with `r.kept`. */
import { nearNames } from "../suggest.ts";
import type { Expr, Span } from "../syntax.ts";
import { report } from "./frame.ts";
import { type Frame, type RecordValue, type Value, valueText } from "./values.ts";

type Of<K extends Expr["kind"]> = Extract<Expr, { kind: K }>;

/** All fields are evaluated; the first of a name counts. */
export function evaluateRecord(frame: Frame, expr: Of<"record">): Value {
  if (expr.fields.length === 0) return report(frame, "E0413", expr.span, { what: "record" });
  const fields = new Map<string, Value>();
  const places = new Map<string, Span>();
  for (const { name, value } of expr.fields) {
    const field = frame.evaluate(frame, value);
    const first = places.get(name.text);
    if (first) {
      const related = [{ span: first, message: "the first is here" }];
      report(frame, "E0217", name.span, { name: name.text }, related);
      continue;
    }
    places.set(name.text, name.span);
    fields.set(name.text, field);
    frame.session.observe?.value(name.span, field, frame);
  }
  return { kind: "record", fields } satisfies RecordValue;
}

/** `r.kept` */
export function evaluateField(frame: Frame, expr: Of<"field">): Value {
  const { of, field } = expr;
  const value = frame.evaluate(frame, { kind: "name", name: of.text, span: of.span });
  if (value.kind === "poison") return value;
  if (value.kind !== "record")
    return report(frame, "E0219", expr.span, {
      name: of.text,
      field: field.text,
      kind: valueText(value),
    });
  const found = value.fields.get(field.text);
  if (found) return found;
  const fields = [...value.fields.keys()];
  const near = nearNames(field.text, fields);
  return report(frame, "E0218", field.span, { name: field.text, record: of.text, fields, near });
}

/** Says that a record stands where a tensor should. */
export function reportRecord(frame: Frame, expr: Expr, record: RecordValue): void {
  const name = expr.kind === "name" ? expr.name : "r";
  report(frame, "E0220", expr.span, { name, fields: [...record.fields.keys()] });
}
