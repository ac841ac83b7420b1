/** Gumbel noise from the counter-based generator Philox4x32-10 (Salmon et al., SC 2011): equal seeds, equal draws, on every device. */
import type { KernelBuilder } from "../build.ts";
import { call, cast, literal, negate, select, type Val } from "../val.ts";

const u32 = (value: number) => literal(value, "u32");

/** High and low words of the 64-bit product with a constant, by 16-bit limbs. */
function multiply(k: KernelBuilder, a: Val, by: number): readonly [high: Val, low: Val] {
  const half = (v: Val) => call("bitand", v, 0xffff);
  const upper = (v: Val) => call("shr", v, 16);
  const low = k.let("low", half(a));
  const high = k.let("high", upper(a));
  const lowHigh = k.let("low_high", low.times(by >>> 16));
  const highLow = k.let("high_low", high.times(by & 0xffff));
  const middle = upper(low.times(by & 0xffff))
    .plus(half(lowHigh))
    .plus(half(highLow));
  const top = high
    .times(by >>> 16)
    .plus(upper(lowHigh))
    .plus(upper(highLow))
    .plus(upper(middle));
  return [k.let("product_high", top), k.let("product_low", a.times(by))];
}

/** Ten rounds on key (seed, 0) and counter (quad, draw, 0, a constant): a loop, so that the kernel stays small. */
function philox(k: KernelBuilder, seed: Val, draw: Val, quad: Val): readonly Val[] {
  const key = [k.variable("key_0", seed), k.variable("key_1", u32(0))] as const;
  const start = [quad, draw, u32(0), u32(0x45797269)];
  const counter = start.map((v, i) => k.variable(`counter_${i}`, v));
  k.loop("turn", 0, 10, 1, () => {
    const [c0, c1, c2, c3] = counter.map((c) => c.get()) as [Val, Val, Val, Val];
    const [high0, low0] = multiply(k, c0, 0xd2511f53);
    const [high1, low1] = multiply(k, c2, 0xcd9e8d57);
    const next = [
      call("bitxor", call("bitxor", high1, c1), key[0].get()),
      low1,
      call("bitxor", call("bitxor", high0, c3), key[1].get()),
      low0,
    ];
    for (const [i, v] of next.entries()) counter[i]!.set(v);
    key[0].set(key[0].get().plus(0x9e3779b9));
    key[1].set(key[1].get().plus(0xbb67ae85));
  });
  return counter.map((c) => c.get());
}

/** −log(−log(u)), u = (word >> 8 + ½) · 2⁻²⁴. Near 1 u has no f32, but 1 − u has: −log u is its series there. */
function gumbel(k: KernelBuilder, word: Val): Val {
  const scale = 2 ** -24;
  const bits = k.let("draw_bits", call("shr", word, 8));
  const rest = k.let(
    "one_less_u",
    cast(call("sub", u32(0xffffff), bits), "f32")
      .plus(0.5)
      .times(scale),
  );
  const u = select(
    bits.below(2 ** 23),
    cast(bits, "f32").plus(0.5).times(scale),
    call("sub", literal(1, "f32"), rest),
  );
  const series = [1 / 5, 1 / 4, 1 / 3, 1 / 2, 1]
    .reduce<Val>((sum, c) => sum.times(rest).plus(c), literal(0, "f32"))
    .times(rest);
  const minusLog = k.let("minus_log", select(rest.below(1 / 32), series, negate(call("log", u))));
  return k.let("gumbel", negate(call("log", minusLog)));
}

/** The noise of tokens first … first + 3; `first` is a multiple of 4. */
export function gumbels(k: KernelBuilder, seed: Val, draw: Val, first: Val): readonly Val[] {
  return philox(k, seed, draw, call("shr", first, 2)).map((word) => gumbel(k, word));
}
