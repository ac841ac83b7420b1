/** Every instruction that the emulator runs: by rules, or by a function of its own. What is not here is an error. */
import type { Instruction } from "../ptx/ptx.ts";
import { carryChain, selectBySign, setPredicate, setValue, threeInputLogic } from "./compare.ts";
import { branch, branchByIndex, leave, nothing, trap } from "./control.ts";
import { convert, move } from "./convert.ts";
import { floatRules } from "./floats.ts";
import { halfRules } from "./halves.ts";
import { activeMask, barrier, loadMatrix, match, multiply, reduce, shuffle, vote } from "./meet.ts";
import { atomic, convertAddress, copyAsync, isInSpace, load, store } from "./memory.ts";
import { applyRules } from "./rules.ts";
import { wholeRules } from "./wholes.ts";
import type { Writer } from "./writer.ts";

type Translation = (w: Writer, i: Instruction) => string;

const own: Readonly<Record<string, Translation>> = {
  ...{ mov: move, cvt: convert, setp: setPredicate, set: setValue, slct: selectBySign },
  lop3: threeInputLogic,
  ...{ ld: load, ldu: load, st: store, atom: atomic, red: atomic, cp: copyAsync },
  ...{ cvta: convertAddress, isspacep: isInSpace },
  ...{ bar: barrier, barrier, shfl: shuffle, vote, redux: reduce, match, activemask: activeMask },
  ...{ ldmatrix: loadMatrix, mma: multiply },
  ...{ bra: branch, brx: branchByIndex, ret: leave, exit: leave, trap },
  ...{ membar: nothing, fence: nothing },
};

const tables = [floatRules, halfRules, wholeRules];

/** One instruction as C++, without its guard. */
export function translateInstruction(w: Writer, i: Instruction): string {
  if (/^(add|sub)c?$/.test(i.name)) {
    const chained = carryChain(w, i);
    if (chained !== null) return chained;
  }
  const translation = Object.hasOwn(own, i.name) ? own[i.name] : undefined;
  if (translation) return translation(w, i);
  for (const table of tables) {
    const rules = Object.hasOwn(table, i.name) ? table[i.name]! : [];
    const text = applyRules(rules, w, i);
    if (text !== null) return text;
  }
  const known = tables.some((table) => Object.hasOwn(table, i.name));
  return w.fail(known ? undefined : "this instruction is not supported");
}
