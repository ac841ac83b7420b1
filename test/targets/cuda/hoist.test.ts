import assert from "node:assert/strict";
import { KernelBuilder } from "../../../codegen/build.ts";
import { allocateMemory, interpret } from "../../../codegen/interpret.ts";
import { type Caps, type Kernel, minimumCaps } from "../../../codegen/kernel.ts";
import { printPlain } from "../../../codegen/plain.ts";
import { call, literal, type Val } from "../../../codegen/val.ts";
import { verifyKernel } from "../../../codegen/verify.ts";
import { hoistOutOfLoops } from "../../../targets/cuda/hoist.ts";

const caps: Caps = { ...minimumCaps, subgroup: { size: 4 } };

function run(kernel: Kernel): readonly number[] {
  verifyKernel(kernel, caps);
  const memories = kernel.buffers.map(({ memory }) => {
    const allocated = allocateMemory(memory.scalar, memory.length, true);
    allocated.data.forEach((_, i) => {
      allocated.data[i] = Math.sin(i + 1);
    });
    return allocated;
  });
  interpret(kernel, [1, 1, 1], memories, caps);
  return memories.flatMap((m) => [...m.data]);
}

/** A loop over `turns`, and in it what `body` writes for the given buffers and loop variable. */
function looped(
  turns: number,
  body: (
    k: KernelBuilder,
    read: ReturnType<KernelBuilder["buffer"]>,
    out: typeof read,
    i: Val,
  ) => void,
): Kernel {
  const k = new KernelBuilder();
  const [read, out] = [k.buffer("read", "f32", 8), k.buffer("out", "f32", 32)];
  k.loop("i", 0, turns, 1, (i) => body(k, read, out, i));
  return k.finish("looped", 4);
}

/** The lines before the loop once hoisted, and after; the kernel means what it meant. */
function hoisted(kernel: Kernel): readonly [string, string] {
  const result = hoistOutOfLoops(kernel);
  assert.deepEqual(run(result), run(kernel));
  const [before, ...after] = printPlain(result).split("for i:");
  return [before!, after.join("for i:")];
}

describe("hoisting out of loops", () => {
  it("takes out reads of what is never written, and all that follows from them alone", () => {
    const [before, after] = hoisted(
      looped(3, (k, read, out, i) => {
        const lane = k.builtin("lane");
        const same = k.let("same", call("exp", k.load(read, lane)).plus(1));
        k.store(out, i.times(4).plus(lane), same.times(k.load(read, i)));
      }),
    );
    assert.match(before, /read\[lane\][\s\S]*let same: f32 = exp/);
    assert.match(after, /read\[i\]/);
    assert.doesNotMatch(after, /exp/);
  });

  it("takes dear parts out of what changes, and leaves cheap ones", () => {
    const [before, after] = hoisted(
      looped(3, (k, read, out, i) => {
        const value = k.load(read, 2);
        const lane = k.builtin("lane");
        k.store(
          out,
          i.times(4).plus(lane),
          call("log", value.plus(2)).times(k.load(read, i)).plus(value.times(value)),
        );
      }),
    );
    assert.match(before, /let of_all_turns_0: f32 = log\(read_value \+ 2\.0\)/);
    assert.match(after, /of_all_turns_0 \* read_value_1 \+ read_value \* read_value/);
  });

  it("leaves what the kernel writes, what changes, and what lanes do together", () => {
    const [before] = hoisted(
      looped(3, (k, read, out, i) => {
        const lane = k.builtin("lane");
        const written = k.load(out, lane);
        const variable = k.variable("variable", k.load(read, i));
        variable.set(call("exp", variable.get()).plus(written));
        const sum = k.subgroup("sum", k.let("root", call("sqrt", variable.get())));
        k.store(
          out,
          lane,
          sum.plus(variable.get()).plus(k.subgroup("max", call("exp", literal(2, "f32")))),
        );
      }),
    );
    assert.match(before, /let of_all_turns_0: f32 = exp\(2\.0\)/);
    assert.equal(before.match(/let/g)?.length, 1, before);
  });

  it("leaves loops that may not run once, and what is under a condition", () => {
    const none = looped(0, (k, read, out, i) => k.store(out, i, call("exp", k.load(read, 1))));
    assert.doesNotMatch(hoisted(none)[0], /let/);
    const conditional = looped(2, (k, read, out, i) => {
      const at = i.times(4).plus(k.builtin("lane"));
      k.when(i.below(1), () => k.store(out, at, call("exp", k.load(read, 1))));
    });
    assert.doesNotMatch(hoisted(conditional)[0], /let/);
  });

  it("takes values out of all loops in which they stay the same", () => {
    const [before] = hoisted(
      looped(2, (k, read, out, i) =>
        k.loop("j", 0, 4, 1, (j) => {
          const both = k.let("both", call("tanh", k.load(read, 5)));
          const lane = k.builtin("lane");
          k.store(out, i.times(4).plus(j).times(4).plus(lane), both.plus(k.load(read, j)));
        }),
      ),
    );
    assert.match(before, /let both: f32 = tanh/);
  });
});
