/** cvt in all its forms, by the PTX ISA manual 9.7.9.21, and mov, which splits and joins too. */
import type { Instruction, Operand } from "../ptx/ptx.ts";
import { bitsOf, isFloat, isHalf, isHalfPair, isWhole } from "./types.ts";
import type { Writer } from "./writer.ts";

const roundings = /^r[nzmp]i?$/;
const whole: Record<string, string> = { rni: "rint", rzi: "trunc", rmi: "floor", rpi: "ceil" };
const modes: Record<string, number> = { rz: 0, rm: 1, rp: 2 };

type Form = {
  readonly to: string;
  readonly from: string;
  readonly rounding: string;
  readonly has: (modifier: string) => boolean;
};

function formOf(w: Writer, i: Instruction): Form {
  const [to, from] = i.modifiers.slice(-2);
  const others = i.modifiers.slice(0, -2);
  const known = (m: string) => roundings.test(m) || /^(ftz|sat|relu|rna)$/.test(m);
  if (!to || !from || !others.every(known)) w.fail();
  return {
    to: to!,
    from: from!,
    rounding: others.find((m) => roundings.test(m)) ?? "",
    has: (m) => others.includes(m),
  };
}

export function convert(w: Writer, i: Instruction): string {
  const form = formOf(w, i);
  const { to, from } = form;
  const [result, source, second] = i.operands;
  if (form.has("rna")) return toTensorFloat(w, form, result, source);
  if (isHalfPair(to)) return toPair(w, form, i.operands);
  if (second) return w.fail("more operands than this form has");
  const known = (t: string) => isWhole(t) || isFloat(t) || isHalf(t);
  if (!known(to) || !known(from)) return w.fail();
  const value = w.read(source, from);
  if (isWhole(to)) {
    const found = isWhole(from) ? wholeToWhole(form, value) : floatToWhole(w, form, value);
    return w.write(result, to, found);
  }
  return w.write(
    result,
    to,
    isWhole(from) ? wholeToFloat(w, form, value) : floatToFloat(w, form, value),
  );
}

/** The ends of a whole type, as C++ of that type. */
function ends(type: string): readonly [string, string] {
  const bits = BigInt(bitsOf(type));
  const signed = type[0] === "s";
  const most = (1n << (signed ? bits - 1n : bits)) - 1n;
  const least = signed ? 1n << (bits - 1n) : 0n;
  return [`(${type})0x${least.toString(16)}ull`, `(${type})0x${most.toString(16)}ull`];
}

function wholeToWhole({ to, from, has }: Form, value: string): string {
  if (!has("sat")) return `(${to})${value}`;
  const [least, most] = ends(to);
  const wide = `(__int128)${value}`;
  const below = from[0] === "s" ? `${wide} < (__int128)${least} ? ${least} : ` : "";
  return `${below}${wide} > (__int128)${most} ? ${most} : (${to})${value}`;
}

/** Out of range gives the nearest end. NaN gives 0, or the sign bit's value where f64 or 64 bits are involved. */
function floatToWhole(w: Writer, { to, from, rounding, has }: Form, value: string): string {
  const round = whole[rounding] ?? w.fail("a rounding to whole numbers is missing");
  const bits = bitsOf(to);
  const signed = to[0] === "s";
  const [least, most] = ends(to);
  const low = signed ? `-0x1p${bits - 1}` : "0.0";
  const high = `0x1p${signed ? bits - 1 : bits}`;
  const nan =
    from === "f64" || bits === 64
      ? `(${to})0x${(1n << BigInt(bits - 1)).toString(16)}ull`
      : `(${to})0`;
  const wide = isHalf(from)
    ? `(f64)${from}_to_float(${value})`
    : `(f64)${has("ftz") && from === "f32" ? `flush(${value})` : value}`;
  return `whole<${to}>(__builtin_${round}(${wide}), ${low}, ${high}, ${least}, ${most}, ${nan})`;
}

function wholeToFloat(w: Writer, { to, from, rounding, has }: Form, value: string): string {
  if (rounding === "" || rounding.endsWith("i")) return w.fail("a rounding is missing");
  const wide = `whole_to_odd((${from[0]}64)${value})`;
  const limit = (v: string) => (has("sat") ? `saturate(${v})` : v);
  if (isHalf(to)) return rounding === "rn" && !has("sat") ? `double_to_${to}(${wide})` : w.fail();
  if (rounding === "rn") return limit(`(${to})${value}`);
  if (to === "f64") return bitsOf(from) < 64 ? limit(`(f64)${value}`) : w.fail();
  return limit(`directed(${wide}, ${modes[rounding]})`);
}

/** An exact f32 or f64 expression, limited and flushed, before it is rounded to its new type. */
function floatToFloat(w: Writer, form: Form, value: string): string {
  const { to, from, rounding, has } = form;
  const wide = isHalf(from) ? `${from}_to_float(${value})` : value;
  const input = has("ftz") && from === "f32" ? `flush(${wide})` : wide;
  const rounded = rounding.endsWith("i") ? toIntegral(w, form, input) : input;
  const limited = has("sat") ? `saturate(${rounded})` : rounded;
  if (isHalf(to)) return toHalf(w, form, limited);
  if (has("relu")) return w.fail();
  if (to === "f64" || from !== "f64") return to === from ? limited : `(${to})${limited}`;
  const narrow =
    rounding === "rn" || rounding.endsWith("i")
      ? `(f32)${limited}`
      : `directed(${limited}, ${modes[rounding] ?? w.fail()})`;
  return has("ftz") ? `flush(${narrow})` : narrow;
}

function toIntegral(w: Writer, { to, from, rounding }: Form, value: string): string {
  if (to !== from) return w.fail("rounding to whole numbers keeps the type");
  return `__builtin_${whole[rounding]}${from === "f64" ? "" : "f"}(${value})`;
}

function toHalf(w: Writer, { to, from, rounding, has }: Form, value: string): string {
  const integral = rounding.endsWith("i") || to === from;
  if (!integral && rounding !== "rn" && rounding !== "rz") return w.fail();
  if (from === "f64")
    return rounding === "rn" && !has("relu") ? `double_to_${to}(${value})` : w.fail();
  const half = `float_to_${to}${rounding === "rz" ? "_zero" : ""}(${value})`;
  return has("relu") ? `relu_${to}(${half})` : half;
}

/** The first operand becomes the upper half. */
function toPair(w: Writer, form: Form, operands: readonly Operand[]): string {
  if (form.from !== "f32" || operands.length !== 3) return w.fail();
  const one = { ...form, to: form.to.replace("x2", "") };
  const [high, low] = [1, 2].map((at) => floatToFloat(w, one, w.read(operands[at], "f32")));
  return w.write(operands[0], "b32", `(u32)${low} | (u32)${high} << 16`);
}

/** Ten bits of fraction, ties away from zero. */
function toTensorFloat(
  w: Writer,
  form: Form,
  result: Operand | undefined,
  source: Operand | undefined,
): string {
  if (form.to !== "tf32" || form.from !== "f32") return w.fail();
  return w.write(result, "b32", `to_tf32(${w.read(source, "f32")})`);
}

/** mov, also between a wide register and a list of narrow ones (the first is the lowest). */
export function move(w: Writer, i: Instruction): string {
  const type = i.modifiers[0]!;
  const [to, from] = i.operands;
  if (i.modifiers.length !== 1) return w.fail();
  if (to?.kind === "list") {
    const bits = bitsOf(type) / to.parts.length;
    const parts = to.parts.map((p, at) =>
      w.write(p, `b${bits}`, `(u${bits})(whole >> ${at * bits})`),
    );
    return `{ const u${bitsOf(type)} whole = ${w.read(from, type)}; ${parts.join(" ")} }`;
  }
  if (from?.kind === "list") {
    const bits = bitsOf(type) / from.parts.length;
    const parts = from.parts.map(
      (p, at) => `(u${bitsOf(type)})${w.read(p, `b${bits}`)} << ${at * bits}`,
    );
    return w.write(to, type, parts.join(" | "));
  }
  return w.write(to, type, w.read(from, type));
}
