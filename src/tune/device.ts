/** Which device a measurement belongs to: who made it, what drives it, and a hash of what kernels are written for. Opens nothing. */
import { createHash } from "node:crypto";
import type { Caps } from "../../codegen/kernel.ts";
import { canonical } from "../graph/canonical.ts";

export type DeviceIdentity = {
  /** What programs reach it through: "webgpu", "cuda" or "cuda-cpu". */
  readonly backend: string;
  readonly vendor: string;
  readonly architecture: string;
  readonly name: string;
  /** The driver in its own words; empty where it says nothing. A newer driver does not make another device. */
  readonly driver: string;
  /** Hash of its Caps. */
  readonly caps: string;
};

/** The first 64 bits of SHA-256, as 16 hexadecimal digits. */
export const shortHash = (text: string): string =>
  createHash("sha256").update(text).digest("hex").slice(0, 16);

/** f16 is left out: it says what was asked for, and a region that holds halves tells so itself. */
export const hashCaps = ({ f16: _asked, ...caps }: Caps): string => shortHash(canonical(caps));

/** The same for one device whatever drives it. */
export const keyOfDevice = ({ driver: _any, ...device }: DeviceIdentity): string =>
  shortHash(canonical(device));
