import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeSafetensors } from "../../src/weights/file.ts";
import { restoreState, saveState } from "../../src/weights/state-file.ts";
import type { Tensors } from "../../targets/tensor.ts";

describe("state file", () => {
  it("keeps a stream's values for the model that they belong to", async () => {
    const folder = await mkdtemp(join(tmpdir(), "eyrie-"));
    const path = join(folder, "state.safetensors");
    const values: Tensors = {
      "layers.0.scan": { dtype: "f32", shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, -0) },
      seen: { dtype: "i32", shape: [2], data: Int32Array.of(7, 9) },
    };
    await saveState(path, values, "griffin");
    assert.deepEqual(await restoreState(path, "griffin"), values);
    await assert.rejects(
      restoreState(path, "hawk"),
      /holds the state of the model griffin, not of hawk/,
    );
    await writeSafetensors(path, []);
    await assert.rejects(restoreState(path, "griffin"), /is not a saved stream state/);
    await rm(folder, { recursive: true });
  });
});
