/** Devices and what they are. */
import { type Calls, written, writtenInt } from "./call.ts";

/** CUdevice_attribute. */
const attributes = {
  multiprocessors: 16,
  major: 75,
  minor: 76,
  /** The most dynamic and static shared memory that a kernel may ask for. */
  workgroupBytes: 97,
} as const;
export type DeviceAttribute = keyof typeof attributes;

const nameBytes = 256;

export function bindDevices({ call, callFor }: Calls) {
  return {
    deviceCount: () => writtenInt((to) => call("cuDeviceGetCount", to)),
    device: (ordinal: number) =>
      writtenInt((to) => callFor(`GPU ${ordinal}`, "cuDeviceGet", to, ordinal)),
    deviceName: (device: number): string => {
      const name = Buffer.alloc(nameBytes);
      call("cuDeviceGetName", name, nameBytes, device);
      return name.toString("utf8", 0, name.indexOf(0));
    },
    deviceAttribute: (device: number, attribute: DeviceAttribute) =>
      writtenInt((to) => call("cuDeviceGetAttribute", to, attributes[attribute], device)),
    deviceBytes: (device: number) =>
      Number(written((to) => call("cuDeviceTotalMem_v2", to, device))),
  };
}
