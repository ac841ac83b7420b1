/** What a call means: a block value or block, a function, a form of the language, or a primitive. */
import { nearNames } from "../suggest.ts";
import { tensorFormals } from "./bind.ts";
import { applyBlock } from "./blocks.ts";
import { type CallExpr, checkNames, fits, newCall, type Primitive } from "./calls.ts";
import { nameValue, report } from "./frame.ts";
import { callFunction } from "./functions.ts";
import { checkSetting, type SettingKind } from "./kinds.ts";
import { numberText } from "./naming.ts";
import { primitive, primitiveNames } from "./primitives/all.ts";
import { buildShare } from "./share.ts";
import { buildStack } from "./stack.ts";
import {
  type BlockValue,
  blockValue,
  type Frame,
  type Given,
  numberValue,
  poison,
  type Value,
  valueText,
} from "./values.ts";
import { children } from "./walk.ts";

/** The value of a call; poison after a mistake. */
export function evaluateCall(frame: Frame, expr: CallExpr): Value {
  const { text: name, span } = expr.callee;
  const local = frame.values.get(name);
  if (local?.kind === "block") return keeping(frame, expr, () => callBlock(frame, expr, local));
  const item = local ? null : frame.session.library.find(name, frame.file);
  if (item?.kind === "block")
    return keeping(frame, expr, () => callBlock(frame, expr, blockValue(item)));
  if (item?.kind === "function") return callFunction(frame, expr, item);
  if (name === "stack") return keeping(frame, expr, () => buildStack(newCall(frame, expr)));
  if (name === "share") return buildShare(newCall(frame, expr));
  const known = primitive(name);
  if (known) return keeping(frame, expr, () => callPrimitive(frame, expr, known));
  for (const arg of children(expr)) frame.evaluate(frame, arg);
  if (local?.kind === "poison" || name === "") return poison;
  if (local) return report(frame, "E0210", span, { name, kind: valueText(local) });
  if (item) return report(frame, "E0210", span, { name, kind: "a constant" });
  return report(frame, "E0202", span, { name, near: nearCallables(frame, name) });
}

function nearCallables(frame: Frame, name: string): readonly string[] {
  const local = [...frame.values].flatMap(([text, { kind }]) => (kind === "block" ? [text] : []));
  const callable = frame.session.library.callableNames();
  return nearNames(name, [...callable, ...primitiveNames, ...local]);
}

/** Runs a call, and says so where it keeps something in a function's body. */
function keeping(frame: Frame, expr: CallExpr, call: () => Value): Value {
  const { session } = frame;
  const { kept, keptStates } = session;
  const value = call();
  if (!frame.inlined || session.kept === kept) return value;
  const what = session.keptStates > keptStates ? "carries a state" : "has parameters";
  const facts = { owner: frame.owner, what: `\`${expr.callee.text}\` ${what}` };
  return report(frame, "E0224", expr.span, facts);
}

function callPrimitive(frame: Frame, expr: CallExpr, known: Primitive): Value {
  const call = newCall(frame, expr);
  if (!fits(call, known)) return poison;
  const value = known.build(call);
  if (expr.label) nameValue(frame, value, expr.label.text);
  return value;
}

/** With its tensors a block is applied; without them the call is a block value with more settings given. */
function callBlock(frame: Frame, expr: CallExpr, block: BlockValue): Value {
  const args = expr.args.map((arg) => ({ value: frame.evaluate(frame, arg), span: arg.span }));
  const settings = evaluateSettings(frame, expr, block);
  if (!settings) return poison;
  const given = new Map([...block.given, ...settings]);
  const isApplied = !block.item || tensorFormals(block.item).length === 0 || args.length > 0;
  if (!isApplied && !expr.label) return { ...block, given, madeAt: expr.span };
  const { callee: name, label, span } = expr;
  return applyBlock(frame, { block: { ...block, given }, args, name, label, span });
}

/** The settings of a call by name, each checked for its kind; null after a mistake in a name. */
function evaluateSettings(
  frame: Frame,
  expr: CallExpr,
  block: BlockValue,
): ReadonlyMap<string, Given> | null {
  const values = expr.named.map(({ name, value: of }) => {
    const value = frame.evaluate(frame, of);
    const named =
      value.kind === "number"
        ? numberValue(value.value, numberText(frame, of, value.value))
        : value;
    return [name, named, of] as const;
  });
  const { item } = block;
  if (!item) return new Map();
  const kinds = new Map<string, SettingKind>();
  const declared = new Map(item.parameters.map(({ name }) => [name.text, name.span]));
  for (const { name, type } of item.parameters)
    if (type.kind === "setting") kinds.set(name.text, type.of);
  if (!checkNames(frame, expr, expr.callee.text, [...kinds.keys()])) return null;
  return new Map(
    values.map(([name, value, of]) => {
      const { text } = name;
      const related = [{ span: declared.get(text)!, message: "declared here" }];
      const checked = checkSetting(frame, value, kinds.get(text)!, text, of.span, related);
      return [name.text, { value: checked, frame }];
    }),
  );
}
