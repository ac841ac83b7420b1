/**
 * Waiting for a device. Dawn for Node asks in every turn of the event loop whether something is done. Where the device is software,
 * that takes a core from the very work that is awaited: after a while, each turn sleeps. Seen on lavapipe, 2 cores, medians in
 * turn: a product of 512 rows 41 ms for 70, attention of 512 tokens 14 for 21. Not at once: a process that sleeps lets cores fall
 * idle between small dispatches, and a step of thirty of them took 5.4 ms for 2.2.
 */

/** Milliseconds without sleep. */
const patience = 3;
/** Then a turn sleeps a tenth of the time waited so far, so that the end is not noticed late, … */
const share = 0.1;
/** … and at most so many milliseconds, in which nothing else happens in this process. */
const longest = 2;

/** The same as awaiting `work`, which the device finishes. */
export function waitFor<T>(device: GPUDevice, work: Promise<T>): Promise<T> {
  // Browsers tell a page when something is done, and let it stop no thread.
  const isAsked = typeof globalThis.process?.versions?.node === "string";
  return isAsked && device.adapterInfo.isFallbackAdapter ? sleepily(work) : work;
}

/** Resolves when the device has done all that it was given. */
export const workDone = (device: GPUDevice): Promise<undefined> =>
  waitFor(device, device.queue.onSubmittedWorkDone());

async function sleepily<T>(work: Promise<T>): Promise<T> {
  const since = performance.now();
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  let isDone = false;
  const turn = () => {
    if (isDone) return;
    const waited = performance.now() - since;
    if (waited > patience) Atomics.wait(nobody, 0, 0, Math.min(longest, waited * share));
    setImmediate(turn);
  };
  setImmediate(turn);
  try {
    return await work;
  } finally {
    isDone = true;
  }
}
