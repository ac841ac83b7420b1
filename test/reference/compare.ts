/** Measures outputs against what a case expects, in units of the case's own tolerance. */
import type { TensorData } from "../../targets/tensor.ts";
import type { ExpectedOutput } from "./cases.ts";

export type Measured = {
  readonly output: string;
  readonly error: number;
  readonly tolerance: number;
};
export type Verdict = "pass" | "device functions" | "miss";

/** Software and hardware adapters may compute tanh and exp to about 1e-5; the case files say that four tolerances are still safe. */
export const deviceFactor = 4;

/** Largest absolute difference where `counts` says that the value means something. NaN anywhere is infinite error. */
export function measure(
  output: string,
  got: TensorData,
  want: TensorData,
  expected: ExpectedOutput,
  counts: (index: number) => boolean = () => true,
): Measured {
  if (got.length !== want.length)
    throw new Error(`${output}: ${got.length} values, expected ${want.length}`);
  let error = 0;
  for (let i = 0; i < want.length; i++) {
    if (!counts(i)) continue;
    const difference = Math.abs((got[i] ?? Number.NaN) - (want[i] ?? Number.NaN));
    if (!(difference <= error))
      error = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return { output, error, tolerance: expected.exact ? 0 : (expected.suggested_atol ?? 0) };
}

export const share = (m: Measured): number => (m.error === 0 ? 0 : m.error / m.tolerance);

export function verdict(measured: readonly Measured[], onDevice: boolean): Verdict {
  const worst = Math.max(0, ...measured.map(share));
  if (worst <= 1) return "pass";
  return onDevice && worst <= deviceFactor ? "device functions" : "miss";
}
