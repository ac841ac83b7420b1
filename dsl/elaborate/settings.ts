/** The settings of a model or block that is elaborated by itself: from outside, from a named configuration, or fallbacks. */
import type { Settings, SettingValue } from "../model.ts";
import { nearNames } from "../suggest.ts";
import type { ConfigItem, Expr, Formal, Name, Span } from "../syntax.ts";
import { define, report } from "./frame.ts";
import { checkSetting, type SettingKind } from "./kinds.ts";
import {
  blockValue,
  type Frame,
  flagValue,
  itemText,
  numberValue,
  poison,
  type Value,
} from "./values.ts";

export type Sources = {
  readonly owner: Name;
  readonly settings: Settings;
  readonly config: ConfigItem | null;
  /** Values for settings that nothing gives, when a text is checked without a caller. */
  readonly standIn: ((formal: Formal, kind: SettingKind) => Value) | null;
};

type SettingFormal = { readonly formal: Formal; readonly kind: SettingKind };
const settingFormals = (formals: readonly Formal[]): readonly SettingFormal[] =>
  formals.flatMap((formal) =>
    formal.type.kind === "setting" ? [{ formal, kind: formal.type.of }] : [],
  );

/** Where a setting was given, and where it belongs; the owner's name where that is unknown. */
function givenAt(frame: Frame, { owner }: Sources, name: string, belongs: Name = owner) {
  const span = frame.session.givenAt.settings?.[name];
  const message = belongs === owner ? `this is \`${owner.text}\`` : "declared here";
  return span
    ? { span, related: [{ span: belongs.span, message }] }
    : { span: owner.span, related: [] };
}

/** Reports settings that the parameter list does not have. */
export function checkSources(frame: Frame, formals: readonly Formal[], sources: Sources): void {
  const { owner, config } = sources;
  const known = settingFormals(formals).map(({ formal }) => formal.name.text);
  for (const name of Object.keys(sources.settings)) {
    if (known.includes(name)) continue;
    const { span, related } = givenAt(frame, sources, name);
    const facts = { name, owner: owner.text, near: nearNames(name, known) };
    report(frame, "E0401", span, facts, related);
  }
  const seen = new Set<string>();
  for (const { name } of config?.settings ?? []) {
    if (seen.has(name.text)) report(frame, "E0403", name.span, { name: name.text });
    else if (!known.includes(name.text))
      report(frame, "E0401", name.span, {
        name: name.text,
        owner: owner.text,
        near: nearNames(name.text, known),
      });
    seen.add(name.text);
  }
}

/** Gives every setting its value, in the order of the list, so that a fallback can use what stands before it. */
export function bindSettings(frame: Frame, formals: readonly Formal[], sources: Sources): void {
  for (const { formal, kind } of settingFormals(formals)) {
    const { text, span } = formal.name;
    if (frame.spans.has(text)) continue;
    define(frame, text, span, settingOf(frame, formal, kind, sources));
    frame.outer.set(text, text);
  }
}

function settingOf(frame: Frame, formal: Formal, kind: SettingKind, sources: Sources): Value {
  const { text } = formal.name;
  const outside = sources.settings[text];
  if (outside !== undefined) {
    const { span, related } = givenAt(frame, sources, text, formal.name);
    const value = outsideValue(frame, outside, kind, span);
    return checkSetting(frame, value, kind, text, span, related);
  }
  const configured = sources.config?.settings.find(({ name }) => name.text === text)?.value;
  const expr: Expr | null = configured ?? formal.fallback;
  if (expr) return checkSetting(frame, frame.evaluate(frame, expr), kind, text, expr.span);
  if (sources.standIn) {
    frame.session.standIn = true;
    return sources.standIn(formal, kind);
  }
  return report(frame, "E0402", formal.name.span, { name: text, owner: sources.owner.text, kind });
}

const nameExpr = (name: string, span: Span): Expr => ({ kind: "name", name, span });

/** A plain value from outside as the language has it; a block setting is given by a block's name. */
function outsideValue(frame: Frame, value: SettingValue, kind: SettingKind, span: Span): Value {
  if (typeof value === "number" && Number.isFinite(value)) return numberValue(value);
  if (typeof value === "number")
    return report(frame, "E0411", span, {
      text: String(value),
      why: "it is not a finite number",
    });
  if (typeof value === "boolean") return flagValue(value);
  if (kind !== "block") {
    const items = value.map((name) => ({ expr: nameExpr(name, span), frame }));
    return { kind: "pattern", items };
  }
  const [name] = value;
  const item =
    name !== undefined && value.length === 1 ? frame.session.library.block(name, frame.file) : null;
  if (item) return blockValue(item);
  const near = nearNames(value.join(","), frame.session.library.blockNames());
  return report(frame, "E0202", span, { name: value.join(","), near });
}

/** What the settings came to, as plain values. */
export function plainSettings(frame: Frame, formals: readonly Formal[]): Settings {
  const entries = settingFormals(formals).flatMap(({ formal }): [string, SettingValue][] => {
    const value = frame.values.get(formal.name.text) ?? poison;
    const plain = plainValue(value);
    return plain === null ? [] : [[formal.name.text, plain]];
  });
  return Object.fromEntries(entries);
}

function plainValue(value: Value): SettingValue | null {
  switch (value.kind) {
    case "number":
    case "flag":
      return value.value;
    case "pattern":
      return value.items.map(itemText);
    case "block":
      return value.item ? [value.item.name.text] : null;
    case "tensor":
    case "record":
    case "poison":
      return null;
  }
}
