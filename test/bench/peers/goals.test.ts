import assert from "node:assert/strict";
import { summarise } from "../../../bench/measure.ts";
import { cases } from "../../../bench/peers/cases.ts";
import {
  bestOf,
  bestPeer,
  contestants,
  type Goal,
  goals,
  judge,
  type Pair,
} from "../../../bench/peers/goals.ts";
import { goalTable } from "../../../bench/peers/report.ts";

const pair = (more: Partial<Pair>, ours: number, theirs: number): Pair => ({
  ...{ case: "scan", contestant: contestants.jax, way: "doubling", measure: "device" },
  ...{ ours: summarise([ours]), theirs: summarise([theirs]), error: 0, right: true },
  ...more,
});
const goal: Goal = {
  ...{ case: "scan", against: { contestant: contestants.jax }, times: 40 },
  text: "≥ 40 × jax-js",
};

describe("goals of the peers bench", () => {
  it("every goal is of a case that is measured", () => {
    const names = cases.map((c) => c.name);
    for (const { case: name } of goals) assert.ok(names.includes(name), name);
    const beside = cases.flatMap((c) => (c.beside ?? []).map((b) => b.name));
    for (const { against } of goals)
      if (against.contestant === contestants.ours) assert.ok(beside.includes(against.way!));
  });

  it("a goal is reached by a contestant's best way", () => {
    const pairs = [pair({}, 1, 90), pair({ way: "odd and even" }, 1, 41)];
    assert.deepEqual(judge(goal, pairs), { goal, found: 41, reached: true });
    assert.equal(judge(goal, [...pairs, pair({ way: "third" }, 1, 39)]).reached, false);
  });

  it("a wrong result is no measure", () => {
    const pairs = [pair({}, 1, 90), pair({ way: "odd and even", right: false }, 1, 2)];
    assert.equal(judge(goal, pairs).found, 90);
    assert.equal(judge(goal, [pairs[1]!]).reached, null);
  });

  it("times on the device go before times with what crosses, where there are any", () => {
    const crossing = pair({ measure: "host" }, 10, 30);
    assert.equal(bestOf([crossing, pair({}, 1, 50)], "scan", contestants.jax)?.theirs.median, 50);
    assert.equal(bestOf([crossing], "scan", contestants.jax)?.theirs.median, 30);
  });

  it("the best peer runs on WebGPU and takes the fewest of our times", () => {
    const { onnxWebgpu: contestant, onnxCpu } = contestants;
    const onnx = pair({ contestant, measure: "host" }, 10, 50);
    const cpu = pair({ contestant: onnxCpu, measure: "host" }, 10, 1);
    assert.equal(bestPeer([pair({}, 1, 40), onnx, cpu], "scan"), onnx);
    assert.equal(bestPeer([cpu], "scan"), null);
  });

  it("the table tells what is reached, what is not, and what was not measured", () => {
    const other = { ...goal, case: "gated scan" };
    const text = goalTable([goal, { ...goal, times: 100 }, other], [pair({}, 1, 90)]);
    const rows = text.split("\n").slice(2);
    assert.match(rows[0]!, /\| 90 \| 40 \| reached \| 90 \(jax-js WebGPU, doubling\) \|/);
    assert.match(rows[1]!, /\| not reached \|/);
    assert.match(rows[2]!, /\| – \| 40 \| not measured \| – \|/);
  });
});
