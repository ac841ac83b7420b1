/** f32 numbers as the bits of f16 and bf16, rounded to nearest, ties to even. */

const floats = new Float32Array(1);
const bits = new Uint32Array(floats.buffer);

/**
 * The 16 bits of one number as f16: 1 sign, 5 exponent (bias 15), 10 fraction. What is too large becomes the largest f16, never
 * infinite.
 */
export function halfBits(value: number): number {
  floats[0] = value;
  const sign = (bits[0]! >>> 16) & 0x8000;
  const magnitude = bits[0]! & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7bff;
  // Below 2^−14 a half counts in steps of 2^−24.
  if (magnitude < 0x38800000) return sign | roundToEven(Math.abs(floats[0]!) * 2 ** 24);
  const lost = magnitude & 0x1fff;
  const kept = (magnitude - 0x38000000) >>> 13;
  const up = lost > 0x1000 || (lost === 0x1000 && (kept & 1) === 1);
  return sign | (kept + (up ? 1 : 0));
}

function roundToEven(n: number): number {
  const floor = Math.floor(n);
  const rest = n - floor;
  return floor + (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? 1 : 0);
}

/**
 * The 16 bits of one number as bf16, from its bits as f32, of which they are the upper half: 1 sign, 8 exponent, 7 fraction. What
 * is a bf16 stays as it is, NaN included; another NaN stays NaN.
 */
export function bf16Bits(whole: number): number {
  if ((whole & 0x7fffffff) <= 0x7f800000) return (whole + 0x7fff + ((whole >>> 16) & 1)) >>> 16;
  const upper = whole >>> 16;
  return upper & 0x7f ? upper : upper | 0x40;
}

/** f16 storage of f32 values. */
export function toHalf(values: Float32Array): Uint16Array<ArrayBuffer> {
  const stored = new Uint16Array(values.length);
  for (let i = 0; i < stored.length; i++) stored[i] = halfBits(values[i]!);
  return stored;
}

/** bf16 storage of f32 values. Looks at their bits, as reading a NaN as a number may change it. */
export function toBf16({ buffer, byteOffset, length }: Float32Array): Uint16Array<ArrayBuffer> {
  const whole = new Uint32Array(buffer, byteOffset, length);
  const stored = new Uint16Array(length);
  for (let i = 0; i < length; i++) stored[i] = bf16Bits(whole[i]!);
  return stored;
}
