/** What a block hands back: its last value, held against the promised type and renamed to the caller's dimensions. */
import { nearNames } from "../suggest.ts";
import type { BlockItem, Expr, RecordType, Span, TensorType } from "../syntax.ts";
import { runBody } from "./body.ts";
import { report } from "./frame.ts";
import { outerText } from "./naming.ts";
import { shapeIn } from "./origins.ts";
import { type Dim, evaluateDims } from "./sizes.ts";
import { expressionText, shapeText } from "./text.ts";
import {
  type Frame,
  poison,
  type RecordValue,
  type TensorValue,
  tensorText,
  type Value,
  valueText,
} from "./values.ts";

/** One value on its way back: who asked, whose body made it, and where. */
type Return = {
  readonly caller: Frame;
  readonly callee: Frame;
  readonly item: BlockItem;
  readonly span: Span;
};

/** The body's result under the caller's names, after a check against the promised type. */
export function runBlock(caller: Frame, callee: Frame, item: BlockItem, span: Span): Value {
  const value = runBody(callee, item.body);
  if (value.kind === "poison") return poison;
  const back = { caller, callee, item, span };
  const result =
    item.result.kind === "record"
      ? returnRecord(back, item.result, value)
      : returnTensor(back, item.result, value);
  if (result.kind !== "poison") callee.session.finished.add(item);
  return result;
}

const endOf = ({ body }: BlockItem): Span => body.result?.span ?? body.span;

/** `int[B, T]` */
const typeText = (type: TensorType, dims: readonly string[]): string =>
  `${type.element === "int" ? "int" : ""}${shapeText(dims)}`;
const plainText = (type: TensorType): string =>
  typeText(
    type,
    type.dims.map((dim) => expressionText(dim)),
  );

function returnTensor(back: Return, type: TensorType, value: Value): Value {
  const { callee, item } = back;
  const promised = evaluateDims(callee, type.dims);
  if (!promised) return poison;
  const dims = promised.map((dim) => dim.text);
  const expected = typeText(type, dims);
  if (value.kind === "tensor" && tensorText(value) === expected)
    return renamed(back, type, promised, value);
  const related = [{ span: type.span, message: "promised here" }];
  const facts = { expected, owner: item.name.text };
  if (value.kind !== "tensor")
    return report(callee, "E0306", endOf(item), { ...facts, found: resultText(value) }, related);
  const wanted = { text: "promised", dims, sizes: promised.map((dim) => dim.size) };
  const shapes = { wanted, found: shapeIn(value, "result") };
  const found = tensorText(value);
  return report(callee, "E0306", endOf(item), { ...facts, found, shapes }, related);
}

/** A value as it stands against a promise; a record with the shapes of its fields. */
function resultText(value: Value): string {
  if (value.kind !== "record")
    return value.kind === "tensor" ? tensorText(value) : valueText(value);
  const fields = [...value.fields].map(([name, of]) => `${name}: ${resultText(of)}`);
  return `{ ${fields.join(", ")} }`;
}

/** A tensor with the names that the caller has for its dimensions. */
function renamed(
  { caller, callee, span }: Return,
  type: TensorType,
  promised: readonly Dim[],
  value: TensorValue,
): Value {
  const outer = (dim: Expr, size: number) =>
    callee.outer.get(expressionText(dim)) ?? outerText(callee, dim, size);
  const dims = type.dims.map((dim, axis) => outer(dim, promised[axis]!.size));
  const twice = dims.find((dim, i) => dims.indexOf(dim) !== i);
  if (twice !== undefined)
    return report(caller, "E0309", span, { dim: twice, shape: shapeText(dims) });
  return { kind: "tensor", node: value.node, dims };
}

function returnRecord(back: Return, type: RecordType, value: Value): Value {
  const { callee, item } = back;
  if (value.kind !== "record") {
    const fields = type.fields.map((field) => `${field.name.text}: ${plainText(field.type)}`);
    const expected = `{ ${fields.join(", ")} }`;
    const facts = { expected, found: resultText(value), owner: item.name.text };
    const related = [{ span: type.span, message: "promised here" }];
    return report(callee, "E0306", endOf(item), facts, related);
  }
  const names = type.fields.map(({ name }) => name.text);
  const right = [reportExtra(back, type, value, names), reportDoubles(back, type)];
  if (right.includes(false)) return poison;
  const fields = type.fields.map(
    (field) => [field.name.text, returnField(back, field, value)] as const,
  );
  return { kind: "record", fields: new Map(fields) } satisfies RecordValue;
}

/** Whether all fields of a value are promised ones, and none of those lacks. */
function reportExtra(
  { callee, item }: Return,
  type: RecordType,
  value: RecordValue,
  names: readonly string[],
): boolean {
  const owner = item.name.text;
  const has = [...value.fields.keys()];
  const missing = names.filter((name) => !has.includes(name));
  const extra = has.filter((name) => !names.includes(name));
  const misspelt = new Set<string>();
  for (const name of extra) {
    const near = nearNames(name, missing);
    for (const other of near) misspelt.add(other);
    const related = [{ span: type.span, message: "promised here" }];
    report(callee, "E0222", fieldSpan(item, name), { name, owner, near }, related);
  }
  for (const { name } of type.fields) {
    if (has.includes(name.text) || misspelt.has(name.text)) continue;
    const related = [{ span: name.span, message: "promised here" }];
    const facts = { name: name.text, owner, found: valueText(value) };
    report(callee, "E0221", endOf(item), facts, related);
  }
  return missing.length + extra.length === 0;
}

function reportDoubles({ callee }: Return, { fields }: RecordType): boolean {
  const seen = new Map<string, Span>();
  let right = true;
  for (const { name } of fields) {
    const first = seen.get(name.text);
    seen.set(name.text, first ?? name.span);
    if (!first) continue;
    report(callee, "E0217", name.span, { name: name.text }, [
      { span: first, message: "the first is here" },
    ]);
    right = false;
  }
  return right;
}

/** Where a body writes a field of its last record; the whole of it where the record was made elsewhere. */
function fieldSpan(item: BlockItem, name: string): Span {
  const { result } = item.body;
  const written = result?.kind === "record" ? result.fields : [];
  return written.find((field) => field.name.text === name)?.name.span ?? endOf(item);
}

function returnField(
  back: Return,
  { name, type }: RecordType["fields"][number],
  record: RecordValue,
): Value {
  const { callee, item } = back;
  const value = record.fields.get(name.text) ?? poison;
  const promised = evaluateDims(callee, type.dims);
  if (!promised || value.kind === "poison") return poison;
  const expected = typeText(
    type,
    promised.map((dim) => dim.text),
  );
  if (value.kind === "tensor" && tensorText(value) === expected)
    return renamed(back, type, promised, value);
  const dims = promised.map((dim) => dim.text);
  const wanted = { text: "promised", dims, sizes: promised.map((dim) => dim.size) };
  const shapes =
    value.kind === "tensor" ? { shapes: { wanted, found: shapeIn(value, name.text) } } : {};
  const facts = { name: name.text, owner: item.name.text, expected, found: resultText(value) };
  return report(callee, "E0223", fieldSpan(item, name.text), { ...facts, ...shapes }, [
    { span: type.span, message: "promised here" },
  ]);
}
