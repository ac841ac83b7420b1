/** A program of its own: opens one kind of adapter and writes what it found as one line of JSON, so that drivers never mix. */
import { capsOf } from "./caps.ts";
import { adapterChoice, findAdapter } from "./drivers.ts";

try {
  const { adapter, kind } = await findAdapter(adapterChoice(process.argv[2]));
  const { vendor, architecture, device, description, subgroupMinSize, subgroupMaxSize } =
    adapter.info;
  const info = { vendor, architecture, device, description, subgroupMinSize, subgroupMaxSize };
  const caps = capsOf(adapter, { f16: true });
  process.stdout.write(`${JSON.stringify({ kind, info, caps })}\n`);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ problem: (error as Error).message })}\n`);
}
process.exit(0);
