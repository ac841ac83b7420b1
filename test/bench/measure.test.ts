import assert from "node:assert/strict";
import { inTurn, quantile, relativeError, summarise } from "../../bench/measure.ts";

describe("what is said of repeated runs", () => {
  it("a quantile lies between its neighbours in proportion", () => {
    assert.equal(quantile([10, 20, 30, 40, 50], 0.5), 30);
    assert.equal(quantile([10, 20], 0.25), 12.5);
    assert.ok(Number.isNaN(quantile([], 0.5)));
  });

  it("a summary does not depend on the order of runs", () => {
    const { median, quartiles, least, most, runs } = summarise([9, 1, 5, 3, 7]);
    assert.deepEqual([median, ...quartiles, least, most, runs], [5, 3, 7, 1, 9, 5]);
  });

  it("works run in turn, and the first run of each does not count", async () => {
    const log: string[] = [];
    const work = (name: string, times: number[]) => async () => {
      log.push(name);
      return times.shift()!;
    };
    const [a, b] = await inTurn(3, [work("a", [99, 1, 2, 3]), work("b", [99, 6, 5, 4])]);
    assert.equal(log.join(""), "abababab");
    assert.equal(a!.median, 2);
    assert.equal(b!.most, 6);
  });

  it("an error is relative to the largest number, and infinite where numbers are missing", () => {
    assert.equal(relativeError([1, 2, -4], [1, 2.5, -4]), 0.125);
    assert.equal(relativeError([0, 0], [0, 0]), 0);
    assert.equal(relativeError([1], [1, 2]), Number.POSITIVE_INFINITY);
    assert.equal(relativeError([Number.NaN, 1], [0, 1]), Number.POSITIVE_INFINITY);
  });
});
