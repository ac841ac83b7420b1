/** setp, set, slct, lop3 and the carry chain: instructions that the rules' one expression does not fit. */
import type { Instruction, Operand } from "../ptx/ptx.ts";
import { isFloat, isHalf } from "./types.ts";
import type { Writer } from "./writer.ts";

const signs: Record<string, string> = {
  ...{ eq: "==", ne: "!=", lt: "<", le: "<=", gt: ">", ge: ">=" },
  ...{ lo: "<", ls: "<=", hi: ">", hs: ">=" },
};

/** a CMP b as C++. Of floats, ordered comparisons are false for NaN and unordered ones (…u) true. */
function comparison(cmp: string, a: string, b: string, type: string): string | null {
  const floats = isFloat(type) || isHalf(type);
  if (!floats) return signs[cmp] ? `${a} ${signs[cmp]} ${b}` : null;
  if (cmp === "num") return `!unordered(${a}, ${b})`;
  if (cmp === "nan") return `unordered(${a}, ${b})`;
  if (cmp === "ne") return `(${a} < ${b} || ${a} > ${b})`;
  if (/^(eq|lt|le|gt|ge)$/.test(cmp)) return `${a} ${signs[cmp]} ${b}`;
  const ordered = /^(eq|ne|lt|le|gt|ge)u$/.exec(cmp)?.[1];
  return ordered ? `(unordered(${a}, ${b}) || ${a} ${signs[ordered]} ${b})` : null;
}

const boolean: Record<string, string> = { and: "&", or: "|", xor: "^" };

/** The condition of setp and set, before it is combined. */
function condition(w: Writer, i: Instruction, type: string, others: readonly string[]): string {
  const [cmp, ...rest] = others;
  if (rest.some((m) => m !== "ftz" && !boolean[m])) w.fail();
  const value = (operand: Operand | undefined): string => {
    const read = w.read(operand, type);
    if (isHalf(type)) return `${type}_to_float(${read})`;
    return rest.includes("ftz") && type === "f32" ? `flush(${read})` : read;
  };
  return comparison(cmp ?? "", value(i.operands[1]), value(i.operands[2]), type) ?? w.fail();
}

function combined(w: Writer, i: Instruction, test: string): string {
  const by = i.modifiers.find((m) => boolean[m]);
  return by ? `(bool)((${test}) ${boolean[by]} ${w.read(i.operands[3], "pred")})` : test;
}

export function setPredicate(w: Writer, i: Instruction): string {
  const type = i.modifiers.at(-1)!;
  const test = condition(w, i, type, i.modifiers.slice(0, -1));
  const to = i.operands[0];
  if (to?.kind !== "pair") return w.write(to, "pred", combined(w, i, test));
  const first = w.write(to.first, "pred", combined(w, i, "test"));
  return `{ const bool test = ${test}; ${first} ${w.write(to.second, "pred", combined(w, i, "!test"))} }`;
}

/** set.CMP.dtype.stype: all ones or 1.0 where it holds. */
export function setValue(w: Writer, i: Instruction): string {
  const [result, type] = i.modifiers.slice(-2);
  const test = combined(w, i, condition(w, i, type!, i.modifiers.slice(0, -2)));
  const yes = result === "f32" ? "1.0f" : /^[us]32$/.test(result!) ? "0xffffffffu" : w.fail();
  return w.write(i.operands[0], result!, `(${test}) ? ${yes} : 0`);
}

/** slct.dtype.ctype: the first where the third is not negative; −0 is not, NaN is. */
export function selectBySign(w: Writer, i: Instruction): string {
  const [type, by] = i.modifiers.slice(-2);
  if (i.modifiers.length > 3 || !/^(s32|f32)$/.test(by!)) w.fail();
  const third = w.read(i.operands[3], by!);
  const sign = i.modifiers.includes("ftz") ? `flush(${third})` : third;
  return w.write(
    i.operands[0],
    type!,
    `${sign} >= 0 ? ${w.read(i.operands[1], type!)} : ${w.read(i.operands[2], type!)}`,
  );
}

/** lop3: bit 4a+2b+c of the table is the result for bits a, b, c. */
export function threeInputLogic(w: Writer, i: Instruction): string {
  const [to, x, y, z, table] = i.operands;
  if (i.modifiers.join() !== "b32" || table?.kind !== "integer") return w.fail();
  const [a, b, c] = [x, y, z].map((o) => w.read(o, "b32"));
  const terms: string[] = [];
  for (let bit = 0; bit < 8; bit++)
    if ((Number(table.value) >> bit) & 1)
      terms.push(
        `(${bit & 4 ? a : `~${a}`} & ${bit & 2 ? b : `~${b}`} & ${bit & 1 ? c : `~${c}`})`,
      );
  return w.write(to, "b32", terms.join(" | ") || "0u");
}

/**
 * add.cc, addc, sub.cc, subc: 32- and 64-bit sums that carry into the next; null where none is meant. A difference is
 * a + ~b + 1 on the devices, so its carry is 1 where nothing was borrowed.
 */
export function carryChain(w: Writer, i: Instruction): string | null {
  const takes = i.name === "addc" || i.name === "subc";
  const gives = i.modifiers[0] === "cc";
  if (!takes && !gives) return null;
  const type = i.modifiers.at(-1)!;
  if (!/^[us](32|64)$/.test(type) || i.modifiers.length !== (gives ? 2 : 1)) return w.fail();
  w.uses.carries = true;
  const bits = type.slice(1);
  const adds = i.name.startsWith("add");
  const [a, b] = [1, 2].map((at) => w.read(i.operands[at], `u${bits}`));
  const second = adds ? b : `(u${bits})~${b}`;
  const sum = `(unsigned __int128)${a} + ${second} + ${takes ? "carry" : adds ? 0 : 1}`;
  const carry = gives ? ` carry = sum >> ${bits} & 1;` : "";
  return `{ const unsigned __int128 sum = ${sum};${carry} ${w.write(i.operands[0], `u${bits}`, `(u${bits})sum`)} }`;
}
