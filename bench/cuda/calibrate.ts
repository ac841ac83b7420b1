/** `node --import tsx/esm bench/cuda/calibrate.ts`: writes targets/cuda/sass/opcodes.json from what ptxas makes of the probes. */
import { writeFileSync } from "node:fs";
import { print, report } from "../../src/cli/terminal.ts";
import { architectureNames } from "../../targets/cuda/architectures.ts";
import { assemble } from "../../targets/cuda/nvcc.ts";
import { opcodesOf } from "../../targets/cuda/sass/calibrate.ts";
import { probeFile } from "../../targets/cuda/sass/probes.ts";
import { findToolkit } from "../../targets/cuda/toolkit.ts";

const file = new URL("../../targets/cuda/sass/opcodes.json", import.meta.url);

async function main(): Promise<void> {
  const made = await assemble(probeFile(), architectureNames, { warnings: "pass" });
  const cubins = Object.fromEntries(Object.entries(made).map(([name, m]) => [name, m.cubin]));
  const opcodes = opcodesOf(cubins);
  const { version: toolkit } = await findToolkit();
  const madeBy = "node --import tsx/esm bench/cuda/calibrate.ts";
  writeFileSync(file, `${JSON.stringify({ madeBy, toolkit, opcodes }, null, 2)}\n`);
  print(`${Object.keys(opcodes).length} instructions on ${architectureNames.join(", ")}`);
}

try {
  await main();
} catch (error) {
  process.exitCode = report(error);
}
