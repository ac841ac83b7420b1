/** Devices by name, so that a model can be compiled and checked for one that is not here. Says where each figure is from. */
import { type Caps, minimumCaps } from "../../codegen/kernel.ts";
import { hardware, software } from "./caps.ts";

/** What one kind of device can do. `caps.f16`: whether it can be asked for half precision. */
export type DeviceProfile = {
  readonly name: string;
  /** Which devices and which implementation of WebGPU. */
  readonly title: string;
  /** Where the figures are from. */
  readonly source: string;
  /** The figures that are only typical: no document or measurement of this very device was found. */
  readonly typical: readonly (keyof Caps)[];
  readonly caps: Caps;
};

const KiB = 2 ** 10;
const MiB = 2 ** 20;
const GiB = 2 ** 30;
/** The largest sizes that Dawn reports: multiples of 4 below the powers of two. */
const [below2GiB, below4GiB] = [2 * GiB - 4, 4 * GiB - 4];

/** What GPUs under Dawn (Chrome, Edge, Node) share: 1024 lanes, 65535 workgroups, as its upper tiers have them. */
const dawnGpu: Caps = {
  ...minimumCaps,
  ...hardware,
  maxBuffersPerKernel: 16,
  maxWorkgroupLanes: 1024,
  maxWorkgroupBytes: 32 * KiB,
  f16: true,
};
const tiers = "Dawn's limit tiers (src/dawn/native/Limits.cpp, Chrome 146 and later)";

export const profiles: readonly DeviceProfile[] = [
  {
    name: "webgpu",
    title: "what every WebGPU device guarantees; half precision is a feature that it may lack",
    source: "WebGPU specification, section 3.6.2, Limits, default values",
    typical: ["f16", "busyLanes"],
    caps: { ...minimumCaps, f16: true },
  },
  {
    name: "lavapipe",
    title: "Mesa's software adapter (llvmpipe 25.0.7)",
    source: "measured with Dawn in Node on two CPU cores",
    typical: [],
    caps: {
      ...minimumCaps,
      ...software,
      maxBindingBytes: 128 * MiB,
      maxBufferBytes: 4 * GiB - 1,
      maxBuffersPerKernel: 16,
      maxWorkgroupLanes: 1024,
      maxWorkgroupBytes: 32 * KiB,
      subgroup: { size: 8 },
      f16: true,
    },
  },
  {
    name: "swiftshader",
    title: "SwiftShader 5.0, the software adapter from npm",
    source: "measured with Dawn in Node on two CPU cores",
    typical: [],
    caps: {
      ...minimumCaps,
      ...software,
      maxBindingBytes: GiB,
      maxBufferBytes: GiB,
      maxBuffersPerKernel: 12,
      maxWorkgroupBytes: 32 * KiB,
      subgroup: { size: 4 },
    },
  },
  {
    name: "apple",
    title: "Apple M series, Chrome on macOS (Metal)",
    source: `an M2 Max in Chrome 151 (gpuweb issue 6338), an M4's 10 buffers (gpuweb issue 4235), ${tiers}; subgroups of 4 to 64 lanes count as uncertain`,
    typical: ["busyLanes"],
    caps: {
      ...dawnGpu,
      maxBindingBytes: below4GiB,
      maxBufferBytes: below4GiB,
      maxBuffersPerKernel: 10,
    },
  },
  {
    name: "nvidia",
    title: "NVIDIA since Turing, Chrome on Linux (Vulkan)",
    source: `a Tesla T4 in Chrome 148 (gpuweb issue 6338), ${tiers}`,
    typical: ["maxBuffersPerKernel", "maxWorkgroupBytes", "subgroup", "busyLanes"],
    caps: {
      ...dawnGpu,
      maxBindingBytes: below2GiB,
      maxBufferBytes: below4GiB,
      maxWorkgroupBytes: 48 * KiB,
      subgroup: { size: 32 },
    },
  },
  {
    name: "windows",
    title: "NVIDIA, AMD and Intel GPUs, Chrome on Windows (Direct3D 12)",
    source: `the constants of Dawn's Direct3D 12 backend and ${tiers}; it reports subgroups of up to 128 lanes, so their size is uncertain`,
    typical: ["f16", "busyLanes"],
    caps: { ...dawnGpu, maxBindingBytes: below2GiB, maxBufferBytes: 2 * GiB },
  },
  {
    name: "intel",
    title: "Intel integrated GPUs since generation 12, Chrome on Linux (Vulkan)",
    source: `${tiers}; subgroups of 8 to 32 lanes are of uncertain size`,
    typical: ["maxBindingBytes", "maxBufferBytes", "maxBuffersPerKernel", "f16", "busyLanes"],
    caps: { ...dawnGpu, maxBindingBytes: GiB, maxBufferBytes: 2 * GiB, busyLanes: 4096 },
  },
  {
    name: "adreno",
    title: "Qualcomm Adreno 6xx and 7xx, Chrome on Android (Vulkan)",
    source: `${tiers}; the binding is what all Android devices of a survey in September 2026 had (web3dsurvey.com; a third has 1 GiB)`,
    typical: [
      "maxBindingBytes",
      "maxBufferBytes",
      "maxBuffersPerKernel",
      "maxWorkgroupLanes",
      "f16",
      "busyLanes",
    ],
    caps: { ...dawnGpu, maxBindingBytes: 128 * MiB, maxBufferBytes: GiB, busyLanes: 4096 },
  },
];

export const profileNames: readonly string[] = profiles.map((p) => p.name);
