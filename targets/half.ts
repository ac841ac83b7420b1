/** f32 numbers as the bits of f16, rounded to nearest even; what is too large becomes the largest f16, never infinite. */

const floats = new Float32Array(1);
const bits = new Uint32Array(floats.buffer);

/** The 16 bits of one number: 1 sign, 5 exponent (bias 15), 10 fraction. */
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

/** f16 storage of f32 values. */
export const toHalf = (values: Float32Array): Uint16Array => Uint16Array.from(values, halfBits);
