/** Waiting for a device: what comes of it, and how often the event loop turns meanwhile. */
import assert from "node:assert/strict";
import { setTimeout as after } from "node:timers/promises";
import { waitFor } from "../../../targets/wgsl/waiting.ts";

const deviceOf = (isFallbackAdapter: boolean) =>
  ({ adapterInfo: { isFallbackAdapter } }) as unknown as GPUDevice;

/** Turns of the event loop, each of which Dawn uses to ask its device, until the work is done. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let turns = 0;
  let isDone = false;
  const count = () => {
    turns++;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  await work;
  isDone = true;
  return turns;
}

describe("waiting for a device", () => {
  it("gives what is awaited, and throws what fails", async () => {
    for (const device of [true, false].map(deviceOf)) {
      assert.equal(await waitFor(device, after(20, "done")), "done");
      await assert.rejects(
        waitFor(
          device,
          after(20).then(() => Promise.reject(new Error("lost"))),
        ),
        /lost/,
      );
    }
  });

  it("turns the event loop seldom where the device is software, whose cores the turns would take", async () => {
    const [asked, slept] = [
      await turnsDuring(waitFor(deviceOf(false), after(100))),
      await turnsDuring(waitFor(deviceOf(true), after(100))),
    ];
    assert.ok(slept < asked / 2, `${slept} turns against ${asked}`);
  });

  it("leaves the event loop alone once it is over", async () => {
    await waitFor(deviceOf(true), after(20));
    const turns = await turnsDuring(after(50));
    const slept = await turnsDuring(waitFor(deviceOf(true), after(50)));
    assert.ok(slept < turns / 2, `${slept} turns against ${turns}`);
  });
});
