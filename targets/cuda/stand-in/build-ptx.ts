/** Makes the kernel libraries of PTX files for the stand-in. A C program's EYRIE_PTX_BUILD names this file, run by node. */
import { readFileSync } from "node:fs";
import { buildEmulated } from "../emulator/build.ts";

for (const file of process.argv.slice(2)) await buildEmulated(readFileSync(file, "utf8"));
