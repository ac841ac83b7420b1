/**
 * Waiting for a device. Dawn for Node asks in every turn of the event loop whether something is done. Where the device is software,
 * that takes a core from the very work that is awaited, and so each turn sleeps. Seen on lavapipe, 2 cores, medians in turn: a
 * product of 512 rows 39 ms for 71, attention of 512 tokens 14 for 21, what takes 2 to 4 ms 0.6 to 0.9 of that; what takes
 * little more than 1 ms may be noticed late.
 */

/** A turn sleeps a fifth of the time waited so far, so that the end is not noticed late. */
const share = 0.2;
/** Milliseconds in which nothing else happens in this process. */
const [shortest, longest] = [0.1, 2];

/** The same as awaiting `work`, which the device finishes. */
export function waitFor<T>(device: GPUDevice, work: Promise<T>): Promise<T> {
  // Browsers, which have no setImmediate, tell a page when something is done.
  const isAsked = typeof globalThis.setImmediate === "function";
  return isAsked && device.adapterInfo.isFallbackAdapter ? sleepily(work) : work;
}

/** Resolves when the device has done all that it was given. */
export const workDone = (device: GPUDevice): Promise<undefined> =>
  waitFor(device, device.queue.onSubmittedWorkDone());

async function sleepily<T>(work: Promise<T>): Promise<T> {
  const since = performance.now();
  let isDone = false;
  const turn = (milliseconds: number) => {
    if (isDone) return;
    sleep(milliseconds);
    const waited = performance.now() - since;
    setImmediate(turn, Math.min(longest, Math.max(shortest, waited * share)));
  };
  setImmediate(turn, shortest);
  try {
    return await work;
  } finally {
    isDone = true;
  }
}

const nobody = typeof SharedArrayBuffer === "function" && new Int32Array(new SharedArrayBuffer(4));

/** Stops this thread. */
function sleep(milliseconds: number): void {
  if (nobody) Atomics.wait(nobody, 0, 0, milliseconds);
}
