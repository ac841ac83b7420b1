/** Branches and ends. */
import type { Instruction } from "../ptx/ptx.ts";
import { labelName, type Writer } from "./writer.ts";

export function branch(w: Writer, i: Instruction): string {
  const [to] = i.operands;
  if (to?.kind !== "symbol" || !["", "uni"].includes(i.modifiers.join("."))) return w.fail();
  return `goto ${labelName(to.name)};`;
}

/** brx.idx: to the label at a place of a table. */
export function branchByIndex(w: Writer, i: Instruction): string {
  const table = i.operands[1];
  const labels = table?.kind === "symbol" ? w.targets.get(table.name) : undefined;
  if (!labels || i.modifiers[0] !== "idx") return w.fail();
  const index = w.read(i.operands[0], "u32");
  const cases = labels.map((label, at) => `case ${at}: goto ${labelName(label)};`).join(" ");
  return `switch (${index}) { ${cases} default: eyrie_bad_branch(t, ${index}, ${w.site}); }`;
}

export const leave = (): string => "return;";
export const trap = (w: Writer): string => `eyrie_trap(t, ${w.site});`;
/** Order between blocks is nothing that this machine can show: races between them are errors whatever a fence says. */
export const nothing = (): string => ";";
