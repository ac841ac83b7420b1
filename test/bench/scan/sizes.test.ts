import assert from "node:assert/strict";
import {
  cellsOf,
  crossovers,
  type Measured,
  mostCells,
  pointsOf,
} from "../../../bench/scan/sizes.ts";

const measured = (time: number, sequential: number, tiled?: number): Measured => ({
  ...{ batch: 1, channels: 256, time, chosen: "sequential" },
  times: { sequential, ...(tiled === undefined ? {} : { tiled }) },
});

describe("sizes of the scan bench", () => {
  it("every tensor fits, and the grid reaches its ends", () => {
    const points = pointsOf("full", mostCells.software);
    assert.ok(points.every((p) => cellsOf(p) <= mostCells.software));
    const ends = (f: (p: (typeof points)[number]) => number) => [
      Math.min(...points.map(f)),
      Math.max(...points.map(f)),
    ];
    assert.deepEqual(
      ends((p) => p.time),
      [128, 65_536],
    );
    assert.deepEqual(
      ends((p) => p.channels),
      [256, 8192],
    );
    assert.deepEqual(
      ends((p) => p.batch),
      [1, 16],
    );
    assert.ok(pointsOf("quick", mostCells.software).length < points.length / 2);
  });

  it("tiling wins from the length after the last that it loses", () => {
    const points = [
      measured(128, 1),
      measured(512, 1, 0.9),
      measured(2048, 1, 2),
      measured(8192, 3, 2),
    ];
    assert.deepEqual(crossovers(points), [{ batch: 1, channels: 256, from: 8192 }]);
    assert.deepEqual(crossovers(points.slice(0, 3)), [{ batch: 1, channels: 256, from: null }]);
  });
});
