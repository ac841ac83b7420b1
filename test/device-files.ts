/** Prints the test files whose imports lead to test/device.ts, where tests open the device that EYRIE_ADAPTER names; one a line. */
import { readdirSync } from "node:fs";
import { build } from "esbuild";

const tests = ["test", "examples"].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => `${folder}/${file}`),
);

const { inputs } = (
  await build({
    ...{ entryPoints: tests, outdir: "unwritten", write: false, metafile: true },
    ...{ bundle: true, format: "esm", platform: "node", packages: "external" },
  })
).metafile;

/** All files that a file imports, and those that they import. */
function reachedFrom(file: string, reached = new Set<string>()): ReadonlySet<string> {
  if (reached.has(file)) return reached;
  reached.add(file);
  for (const { path } of inputs[file]?.imports ?? []) reachedFrom(path, reached);
  return reached;
}

for (const file of tests.sort()) if (reachedFrom(file).has("test/device.ts")) console.log(file);
