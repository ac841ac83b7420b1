/** Turns what WebGPU reports out of band (a lost device, uncaptured errors) into one clear error, thrown where work is awaited. */
import { CompilerBug, UserError } from "../../src/graph/bug.ts";

export type Watch = {
  /** Throws what went wrong on this device so far, if anything did. */
  check(): void;
};

const watches = new WeakMap<GPUDevice, Watch>();

/** One watch a device, however many sessions it has. */
export function watchDevice(device: GPUDevice): Watch {
  const known = watches.get(device);
  if (known) return known;
  let failure: Error | null = null;
  void device.lost.then(({ reason, message }) => {
    failure ??=
      reason === "destroyed"
        ? new UserError("this device was released; open another one")
        : new UserError(
            `the device was lost (${firstLine(message)}); start again in a fresh process, with a smaller model or chunk`,
          );
  });
  device.addEventListener("uncapturederror", (event) => {
    failure ??= explain((event as GPUUncapturedErrorEvent).error);
  });
  const watch: Watch = {
    check: () => {
      if (failure) throw failure;
    },
  };
  watches.set(device, watch);
  return watch;
}

function explain(error: GPUError): Error {
  return error.constructor.name === "GPUOutOfMemoryError" || /out of memory/i.test(error.message)
    ? new UserError(
        `the device has not enough memory (${firstLine(error.message)}); use a smaller model, batch or chunk`,
      )
    : new CompilerBug(`WebGPU refused: ${error.message.trim()}`);
}

const firstLine = (message: string): string => message.trim().split("\n")[0] ?? "";
