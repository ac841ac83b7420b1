/** Brings a kernel into the part of the kernel language that WGSL can say. The result still runs in the interpreter. */
import type { Kernel } from "../../codegen/kernel.ts";
import { bf16InWords } from "../bf16-in-words.ts";
import {
  clampTanh,
  copyAtOnce,
  countInU32,
  makeSpecialsFromBits,
  multiplyInLoops,
  readVariablesInPlace,
  selectBoolVectors,
} from "../legalize.ts";

/** tanh(±10) is ±1 in f32, and some devices give NaN from about ±44 on. */
const tanhLimit = 10;

const rewrites = [
  copyAtOnce,
  multiplyInLoops,
  readVariablesInPlace,
  countInU32,
  bf16InWords,
  selectBoolVectors,
  clampTanh(tanhLimit),
  makeSpecialsFromBits,
] as const;

export const legalize = (kernel: Kernel): Kernel =>
  rewrites.reduce((k, rewrite) => rewrite(k), kernel);
