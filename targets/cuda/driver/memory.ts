/** Memory of the device and pinned memory of the host, and copies that a stream does in its order. Addresses are BigInts. */
import { type Calls, written } from "./call.ts";
import { codes } from "./failure.ts";
import type { StandIn } from "./symbols.ts";

export function bindMemory(calls: Calls, standIn: StandIn | null) {
  const { call, callFor, giveBack, ask, fail } = calls;
  /** Bytes of the current context's device. */
  const memory = (): { readonly free: number; readonly total: number } => {
    const [free, total] = [new BigUint64Array(1), new BigUint64Array(1)];
    call("cuMemGetInfo_v2", free, total);
    return { free: Number(free[0]), total: Number(total[0]) };
  };
  return {
    memory,
    /** Bytes that start at a multiple of 256, with any content. `name` is what errors call them. */
    allocate: (bytes: number, name: string): bigint =>
      written((to) => {
        standIn?.name(name);
        const code = ask("cuMemAlloc_v2", to, bytes);
        if (code === codes.success) return;
        if (code !== codes.outOfMemory) fail("cuMemAlloc_v2", code, `"${name}"`);
        const { free, total } = memory();
        const left = `${free} of ${total} bytes are free`;
        fail("cuMemAlloc_v2", code, `"${name}", which takes ${bytes} bytes`, left);
      }),
    free: (address: bigint) => giveBack("cuMemFree_v2", address),
    /** Pinned, so that copies run beside the host. */
    allocateHost: (bytes: number): bigint =>
      written((to) => callFor(`${bytes} bytes of pinned memory`, "cuMemHostAlloc", to, bytes, 0)),
    freeHost: (address: bigint) => giveBack("cuMemFreeHost", address),
    /** `from` is pinned; it must stay as it is until the stream has come past the copy. */
    upload: (to: bigint, from: bigint, bytes: number, stream: bigint) =>
      call("cuMemcpyHtoDAsync_v2", to, from, bytes, stream),
    /** `to` is pinned. */
    download: (to: bigint, from: bigint, bytes: number, stream: bigint, name: string) =>
      callFor(`"${name}"`, "cuMemcpyDtoHAsync_v2", to, from, bytes, stream),
    copy: (to: bigint, from: bigint, bytes: number, stream: bigint) =>
      call("cuMemcpyDtoDAsync_v2", to, from, bytes, stream),
    /** Zeros. */
    clear: (to: bigint, bytes: number, stream: bigint) =>
      call("cuMemsetD8Async", to, 0, bytes, stream),
  };
}
