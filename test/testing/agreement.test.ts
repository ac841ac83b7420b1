import assert from "node:assert/strict";
import { assertSessionAgrees, assertStreamsAgree } from "../../src/testing.ts";
import type { Session } from "../../targets/executor.ts";
import { everything, headsSession, type Shape } from "../targets/heads.ts";

/** Orders of f32 sums differ, and a saved state rounds the evaluator's doubles; the largest difference met is 4.8e-7. */
const tolerance = 1e-6;

/** The session with one thing changed in what an entry gives. */
const broken = (
  session: Session,
  change: (entry: string, outputs: Awaited<ReturnType<Session["run"]>>) => void,
): Session => ({
  ...session,
  run: async (entry, inputs, state, outputs) => {
    const read = await session.run(entry, inputs, state, outputs);
    change(entry, read);
    return read;
  },
});

describe("whether a model agrees with itself", () => {
  const shapes: Readonly<Record<string, Shape>> = {
    "tokens, two inputs and two outputs": everything,
    "inputs alone": { ...everything, tokens: false },
    "tokens alone, and no logits": { ...everything, inputs: false, logits: false },
    "inputs alone, and no logits": { tokens: false, inputs: true, logits: false },
  };
  for (const [name, shape] of Object.entries(shapes))
    for (const executor of ["evaluate", "interpret"] as const)
      it(`is checked for a model of ${name} on ${executor}`, async () => {
        const session = await headsSession(3, 4, shape, executor);
        const largest = await assertSessionAgrees(session, { tolerance, length: 11 });
        assert.ok(largest > 0 && largest < tolerance, `${largest}`);
      });

  it("is found out for each entry and each output, with the place", async () => {
    const session = await headsSession(3, 4);
    for (const [entry, how] of [
      ["prefill", "prefill in parts of 11"],
      ["decode", "decode"],
    ] as const)
      for (const name of ["logits", "value"]) {
        const wrong = broken(session, (ran, read) => {
          const { data } = read[name] ?? {};
          if (ran === entry && data) data[data.length - 1]! += 1e-3;
        });
        await assert.rejects(
          assertSessionAgrees(wrong, { tolerance, length: 11 }),
          new RegExp(
            `^Error: ${name} by ${how} differs from score by 0\\.00[01]\\d*: row 2, token`,
          ),
        );
      }
    const lost = broken(session, (_, { value }) => value?.data.fill(Number.NaN));
    await assert.rejects(assertSessionAgrees(lost, { tolerance }), /value by prefill.* by NaN/);
  });

  it("is found out where a state is not carried, or rows get into each other's way", async () => {
    const session = await headsSession(3, 4);
    const fresh = session.fresh();
    const zeros = await session.download(fresh);
    const lost: Session = { ...session, download: async () => zeros };
    await assert.rejects(
      assertSessionAgrees(lost, { tolerance, length: 11 }),
      /by prefill in parts of 3, 1, 8, 2, 11 differs from score/,
    );
    let busy = false;
    const crowded = broken(session, (_, { value }) => {
      if (value && busy) value.data[0]! += 1e-3;
    });
    const watched: Session = {
      ...crowded,
      run: (entry, inputs, ...rest) => {
        busy = entry === "score" && (inputs.count?.data ?? []).every((n) => n > 0);
        return crowded.run(entry, inputs, ...rest);
      },
    };
    await assert.rejects(assertSessionAgrees(watched, { tolerance, length: 11 }), /row 0, token/);
  });

  it("is checked for one text, of chosen outputs and given inputs", async () => {
    const session = await headsSession(2, 4);
    const tokens = [1, 2, 3, 4, 5, 6, 0, 1, 2];
    const inputs = {
      image: tokens.flatMap((t) => [t, 0, 0.5, -t / 9, 1, 0.25]),
      kind: Int32Array.from(tokens, (t) => t % 5),
    };
    assert.ok((await assertStreamsAgree(session, tokens, { tolerance, inputs })) < tolerance);
    const wrong = broken(session, (entry, { value }) => {
      if (entry === "decode" && value) value.data[0]! += 1e-3;
    });
    await assert.rejects(
      assertStreamsAgree(wrong, tokens, { tolerance, inputs }),
      /value by decode differs/,
    );
    await assertStreamsAgree(wrong, tokens, { tolerance, inputs, outputs: ["logits"] });
    await assert.rejects(
      assertStreamsAgree(session, tokens, { tolerance }),
      /reads the input "kind" as well/,
    );
    await assert.rejects(
      assertStreamsAgree(session, tokens, { tolerance, inputs, outputs: ["values"] }),
      /gives no output "values"; it gives logits, value/,
    );
  });
});
