/** cvt between whole numbers, f32 and f64: directions, saturation, NaN, numbers that f64 cannot hold. */
import { type Case, op } from "./cases.ts";
import { f32, f64 } from "./tools.ts";

const infinity = 0x7f800000;
const nan = 0x7fffffff;
const tiny = 1; // The smallest subnormal.
const minusZero = 0x80000000;
const ulp = 2 ** -23;
const most = 0x7f7fffff;

export const conversionCases: readonly Case[] = [
  op(
    "cvt.rni.s32.f32",
    "f32 -> b32",
    [f32(2.5), 2],
    [f32(3.5), 4],
    [f32(-2.5), -2],
    [f32(1e20), 0x7fffffff],
    [f32(-1e20), 0x80000000],
    [nan, 0],
  ),
  op("cvt.rzi.s32.f32", "f32 -> b32", [f32(-2.9), -2], [f32(2.9), 2]),
  op("cvt.rmi.s32.f32", "f32 -> b32", [f32(-2.1), -3], [f32(2.9), 2]),
  op("cvt.rpi.s32.f32", "f32 -> b32", [f32(-2.9), -2], [f32(2.1), 3]),
  op("cvt.rzi.u32.f32", "f32 -> b32", [f32(-1), 0], [f32(4e9), 4e9], [f32(5e9), -1]),
  op(
    "cvt.rzi.s64.f32",
    "f32 -> b64",
    [f32(-(2 ** 40)), -(2 ** 40)],
    [nan, 1n << 63n],
    [infinity, (1n << 63n) - 1n],
  ),
  op("cvt.rzi.u64.f32", "f32 -> b64", [f32(2 ** 63), 1n << 63n], [infinity, -1]),
  op("cvt.rzi.u8.f32", "f32 -> b32", [f32(300), 255], [f32(7.9), 7]),
  op("cvt.rzi.ftz.s32.f32", "f32 -> b32", [tiny, 0]),
  op("cvt.rpi.s32.f32", "f32 -> b32", [tiny, 1]),
  op("cvt.rpi.ftz.s32.f32", "f32 -> b32", [tiny, 0]),
  op("cvt.rzi.s32.f64", "f64 -> b32", [f64(-2.9), -2], [f64(Number.NaN), 0x80000000]),
  op("cvt.rni.f32.f32", "f32 -> f32", [f32(2.5), f32(2)], [f32(-0.25), minusZero]),
  op("cvt.rzi.f32.f32", "f32 -> f32", [f32(-2.9), f32(-2)]),
  op("cvt.rmi.f32.f32", "f32 -> f32", [f32(-2.1), f32(-3)]),
  op(
    "cvt.sat.f32.f32",
    "f32 -> f32",
    [f32(2), f32(1)],
    [f32(-1), 0],
    [nan, 0],
    [f32(0.25), f32(0.25)],
  ),
  op("cvt.ftz.f32.f32", "f32 -> f32", [tiny, 0]),
  op(
    "cvt.rn.f32.s32",
    "b32 -> f32",
    [-5, f32(-5)],
    [16777217, f32(16777216)],
    [16777219, f32(16777220)],
  ),
  op("cvt.rz.f32.s32", "b32 -> f32", [16777219, f32(16777218)], [-16777219, f32(-16777218)]),
  op("cvt.rm.f32.s32", "b32 -> f32", [-16777219, f32(-16777220)]),
  op("cvt.rp.f32.u32", "b32 -> f32", [16777217, f32(16777218)], [0xffffffff, f32(2 ** 32)]),
  op("cvt.rn.f32.u64", "b64 -> f32", [(1n << 63n) + 1n, f32(2 ** 63)], [-1, f32(2 ** 64)]),
  // 2^60 + 2^36 lies half-way between two f32; one more decides, though f64 cannot hold it.
  op(
    "cvt.rn.f32.s64",
    "b64 -> f32",
    [(1n << 60n) + (1n << 36n), f32(2 ** 60)],
    [(1n << 60n) + (1n << 36n) + 1n, f32(2 ** 60 + 2 ** 37)],
  ),
  op("cvt.rz.f32.u64", "b64 -> f32", [-1, f32(2 ** 64 - 2 ** 40)]),
  op("cvt.rn.f64.s64", "b64 -> f64", [(1n << 53n) + 1n, f64(2 ** 53)]),
  op(
    "cvt.rn.f32.f64",
    "f64 -> f32",
    [f64(1 + 2 ** -24), f32(1)],
    [f64(1 + 2 ** -24 + 2 ** -50), f32(1 + ulp)],
  ),
  op("cvt.rz.f32.f64", "f64 -> f32", [f64(-(1 + 1.9 * ulp)), f32(-1 - ulp)], [f64(1e300), most]),
  op("cvt.rp.f32.f64", "f64 -> f32", [f64(1e-300), tiny], [f64(-1e-300), minusZero]),
  op("cvt.rm.f32.f64", "f64 -> f32", [f64(-1e-300), 0x80000001]),
  op("cvt.f64.f32", "f32 -> f64", [f32(0.1), f64(Math.fround(0.1))]),
  op(
    "cvt.rna.tf32.f32",
    "f32 -> b32",
    [f32(1 + 2 ** -11), f32(1 + 2 ** -10)],
    [f32(1 + 2 ** -12), f32(1)],
    [f32(-1 - 2 ** -11), f32(-1 - 2 ** -10)],
  ),
];
