/** Instructions whose result is one expression of their operands, as data: a rule a form, tried in order. */
import type { Instruction } from "../ptx/ptx.ts";
import type { Writer } from "./writer.ts";

/** Modifiers that a form may have beside its type. */
type Has = (modifier: string) => boolean;

export type Rule = {
  readonly types: readonly string[];
  /** Modifiers that the form must have, besides the type at its end. */
  readonly with?: readonly string[];
  /** Modifiers that it may have. */
  readonly may?: readonly string[];
  /** Types of the operands after the result; the instruction's own where not said. */
  readonly operands?: (type: string) => readonly string[];
  readonly count: number;
  /** The result's type where it is not the instruction's. */
  readonly result?: (type: string) => string;
  readonly value: (operands: readonly string[], type: string, has: Has) => string;
};

export type Rules = Readonly<Record<string, readonly Rule[]>>;

/** null where no rule speaks of this form. */
export function applyRules(rules: readonly Rule[], writer: Writer, i: Instruction): string | null {
  const type = i.modifiers.at(-1) ?? "";
  const others = i.modifiers.slice(0, -1);
  const rule = rules.find(
    (r) =>
      r.types.includes(type) &&
      (r.with ?? []).every((m) => others.includes(m)) &&
      others.every((m) => r.with?.includes(m) || r.may?.includes(m)),
  );
  if (!rule || i.operands.length !== rule.count + 1) return null;
  const types = rule.operands?.(type) ?? [];
  const values = i.operands.slice(1).map((o, at) => writer.read(o, types[at] ?? type));
  const value = rule.value(values, type, (m) => others.includes(m));
  return writer.write(i.operands[0], rule.result?.(type) ?? type, value);
}
