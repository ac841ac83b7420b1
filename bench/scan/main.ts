/** `npm run bench -- --only scan`: the scan over a grid of sizes; writes scan.{md,svg,json}. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { print, say } from "../../src/cli/terminal.ts";
import type { AdapterChoice } from "../../targets/wgsl/device.ts";
import { openDevice } from "../../targets/wgsl/device.ts";
import { madeBy } from "../made-by.ts";
import { scanChart, scanPage } from "./report.ts";
import { measurePoint, type PointResult } from "./run.ts";
import { mostCells, pointsOf } from "./sizes.ts";

export type ScanFlags = {
  readonly adapter?: AdapterChoice;
  readonly quick?: boolean;
  readonly runs: number;
  readonly out: string;
};

export async function benchScanGrid({ adapter, quick, runs, out }: ScanFlags): Promise<void> {
  const opened = await openDevice(adapter ? { adapter } : {});
  const found: PointResult[] = [];
  // A copy of one and a half tensors must fit a binding.
  const kind = opened.kind === "gpu" ? "gpu" : "software";
  const most = Math.min(mostCells[kind], opened.caps.maxBindingBytes / 6);
  for (const point of pointsOf(quick ? "quick" : "full", most)) {
    const { batch, time, channels } = point;
    say(`scan ${batch} × ${time} × ${channels}`);
    found.push(await measurePoint(opened, point, runs));
  }
  const made = madeBy(`npm run bench -- --only scan${quick ? " --quick" : ""}`);
  const text = scanPage(opened.info, `${made} ${runs} runs each.`, found);
  print(text);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "scan.md"), text);
  writeFileSync(join(out, "scan.svg"), scanChart(opened.info, found));
  const json = { adapter: opened.info, made, runs, points: found };
  writeFileSync(join(out, "scan.json"), `${JSON.stringify(json, null, 2)}\n`);
  await opened.release();
}
