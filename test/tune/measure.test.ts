import assert from "node:assert/strict";
import { CompilerBug, UserError } from "../../src/graph/bug.ts";
import { differenceOf } from "../../src/tune/agreement.ts";
import { findFastest, type Result, type Trial } from "../../src/tune/measure.ts";
import type { Tensors } from "../../targets/tensor.ts";

const numbers = (...data: number[]): Tensors => ({
  y: { dtype: "f32", shape: [data.length], data: Float32Array.from(data) },
});

type Program = {
  /** Microseconds of one run; a list is gone through, over and over. */
  readonly takes: number | readonly number[];
  readonly gives?: Tensors;
  readonly fails?: Error;
};

/** A contest on a clock that only running moves. */
function contestOf(
  programs: readonly Program[],
  budget = 1e6,
  stopAfter = Number.POSITIVE_INFINITY,
) {
  let clock = 0;
  let held = 0;
  const timed: number[] = programs.map(() => 0);
  const open = async (number: number): Promise<Trial> => {
    const { takes, gives = numbers(1, 2), fails } = programs[number]!;
    if (fails) throw fails;
    held++;
    const list = typeof takes === "number" ? [takes] : takes;
    return {
      run: async () => gives,
      time: async (times) => {
        const took = list[timed[number]!++ % list.length]!;
        clock += (took * times) / 1000;
        return took;
      },
      release: async () => void held--,
    };
  };
  return {
    contest: {
      ...{ count: programs.length, open, budget, now: () => clock },
      isStopped: () => timed.filter((n) => n > 0).length >= stopAfter,
    },
    timed,
    held: () => held,
  };
}

async function resultOf(programs: readonly Program[], budget?: number): Promise<Result> {
  const { contest, held } = contestOf(programs, budget);
  const result = await findFastest(contest);
  assert.equal(held(), 0);
  return result!;
}

describe("the fastest of several programs", () => {
  it("is found, with what it and the first took", async () => {
    assert.deepEqual(await resultOf([{ takes: 90 }, { takes: 40 }, { takes: 60 }]), {
      ...{ best: 1, microseconds: 40, first: 90, tried: 3, dropped: [] },
    });
    assert.deepEqual(await resultOf([{ takes: 7 }]), {
      ...{ best: 0, microseconds: 7, first: 7, tried: 1, dropped: [] },
    });
  });
  it("is the first where another saves next to nothing", async () => {
    assert.equal((await resultOf([{ takes: 100 }, { takes: 96 }])).best, 0);
    assert.equal((await resultOf([{ takes: 100 }, { takes: 94 }])).best, 1);
  });
  it("is not decided by one disturbance", async () => {
    const disturbed = [5000, 100, 100, 100, 100, 100, 100];
    assert.equal((await resultOf([{ takes: disturbed }, { takes: 120 }])).best, 0);
    const slowAtFirst = [900, 900, 900, 900, 900, 900, ...Array<number>(50).fill(100)];
    assert.equal((await resultOf([{ takes: slowAtFirst }, { takes: 120 }])).best, 0);
  });
  it("is never one that computes something else, or does not work", async () => {
    const { best, dropped } = await resultOf([
      ...[{ takes: 90 }, { takes: 1, gives: numbers(1, 2.1) }, { takes: 50 }],
      ...[
        { takes: 1, fails: new CompilerBug("no pipeline") },
        { takes: 2, gives: numbers(1) },
      ],
      { takes: 3, gives: numbers(1, Number.NaN) },
    ]);
    assert.equal(best, 2);
    assert.deepEqual(dropped, [
      { number: 1, why: "its y differs: 2.0999999046325684 instead of 2 at 1" },
      { number: 3, why: new CompilerBug("no pipeline").message },
      { number: 4, why: "its y holds 1 numbers instead of 2" },
      { number: 5, why: "its y differs: NaN instead of 2 at 1" },
    ]);
  });
  it("is not looked for where the first does not work, or the device is gone", async () => {
    const broken = contestOf([{ takes: 1, fails: new CompilerBug("no pipeline") }, { takes: 1 }]);
    await assert.rejects(findFastest(broken.contest), /no pipeline/);
    const lost = contestOf([{ takes: 1 }, { takes: 1, fails: new UserError("lost") }]);
    await assert.rejects(findFastest(lost.contest), /lost/);
    assert.equal(lost.held(), 0);
  });
  it("is found without wasting runs on what is clearly worse", async () => {
    const { contest, timed } = contestOf([
      ...[{ takes: 9_000 }, { takes: 22_000 }, { takes: 90_000 }],
      ...[{ takes: 2_500 }, { takes: 6_000 }],
    ]);
    const result = await findFastest(contest);
    assert.equal(result?.best, 3);
    assert.deepEqual(timed.slice(1, 3), [2, 1]);
    assert.equal(timed[4], 2);
  });
  it("is looked for while there is time, and always with the first", async () => {
    const programs = [{ takes: 400_000 }, { takes: 300_000 }, { takes: 1000 }];
    assert.deepEqual(await resultOf(programs, 1000), {
      ...{ best: 0, microseconds: 400_000, first: 400_000, tried: 1, dropped: [] },
    });
    assert.equal((await resultOf(programs, 100_000)).best, 2);
  });
  it("is told as it is found, and given up when it is stopped", async () => {
    const told: number[] = [];
    const { contest } = contestOf([{ takes: 90 }, { takes: 40 }, { takes: 60 }, { takes: 30 }]);
    await findFastest({ ...contest, onBest: (best) => told.push(best) });
    assert.deepEqual(told, [90, 40, 30]);
    const stopped = contestOf([{ takes: 90 }, { takes: 40 }, { takes: 60 }], 1e6, 2);
    assert.equal(await findFastest(stopped.contest), null);
    assert.deepEqual([stopped.timed[2], stopped.held()], [0, 0]);
  });
});

describe("agreement of programs", () => {
  it("allows what rounding does to sums, of the largest number, and no more", () => {
    assert.equal(differenceOf(numbers(1000.05, 0.04), numbers(1000, 0)), null);
    assert.equal(
      differenceOf(numbers(1000.5, 0), numbers(1000, 0)),
      "its y differs: 1000.5 instead of 1000 at 0",
    );
  });
  it("wants whole numbers equal, and what is no number in both", () => {
    const whole = (n: number): Tensors => ({
      y: { dtype: "i32", shape: [1], data: Int32Array.of(n) },
    });
    assert.equal(differenceOf(whole(100_000), whole(100_000)), null);
    assert.equal(differenceOf(whole(100_001), whole(100_000))?.slice(0, 13), "its y differs");
    assert.equal(differenceOf(numbers(Number.NaN, 1), numbers(Number.NaN, 1)), null);
    assert.equal(differenceOf({}, numbers(1)), "it has no y");
  });
});
