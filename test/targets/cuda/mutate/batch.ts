/** Many versions of one kernel in one CUDA file, each in a namespace of its own, compiled at once. Knows no mutants' kinds. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inTemporaryFolder } from "../../../../targets/cache.ts";
import { nvccCall, ptxFlags } from "../../../../targets/cuda/nvcc.ts";
import { findToolkit, runProgram } from "../../../../targets/cuda/toolkit.ts";

/** PTX of each version by its number; what nvcc said of those that it refused. */
export type Compiled = {
  readonly head: string;
  readonly entries: ReadonlyMap<number, string>;
  readonly refused: ReadonlyMap<number, string>;
};

/** Numbers of one length, so that mangled names are equal but for them. */
const tag = (version: number): string => `m${String(version).padStart(5, "0")}`;

/** What version `version` of the kernel is called. */
export const entryOf = (entry: string, version: number): string => `${entry}_${tag(version)}`;

/** Faults where both differ; the kernel goes on with the first. */
const witness = `template <typename Value>
__device__ inline bool differ(Value a, Value b) { return a != b; }
__device__ inline bool differ(float4 a, float4 b) { return a.x != b.x || a.y != b.y || a.z != b.z || a.w != b.w; }
template <typename Value>
__device__ inline Value witness(Value a, Value b) {
  if (differ(a, b)) asm volatile("st.global.u32 [%0], 0;" ::"l"(4ull) : "memory");
  return a;
}
`;

/** Functions that a file's head overloads for vectors must still be seen for scalars inside a namespace. */
const overloaded = "fabsf floorf expf logf sqrtf rsqrtf tanhf sinf cosf fmodf fmaf min max"
  .split(" ")
  .map((name) => `using ::${name};`)
  .join(" ");

/** What changes may leave unused is no reason to refuse them; the word for "used before it is set" stays an error. */
const quiet = ["-diag-suppress", "177,550,128"];

/** Compiles `versions` of a file that holds the kernel `entry`. */
export async function compileVersions(
  entry: string,
  versions: ReadonlyMap<number, string>,
): Promise<Compiled> {
  const refused = new Map<number, string>();
  let left = versions;
  while (left.size > 0) {
    const { text, versionAt } = fileOf(entry, left);
    const { ptx, problems } = await compile(text);
    if (ptx !== null) return { ...splitPtx(ptx, entry, left), refused };
    const before = refused.size;
    for (const { line, message } of problems) {
      const version = versionAt(line);
      if (version !== undefined && !refused.has(version)) refused.set(version, message);
    }
    if (refused.size === before)
      throw new Error(
        `nvcc refuses a file of versions: ${problems[0]?.message ?? "for no reason"}`,
      );
    left = new Map([...versions].filter(([version]) => !refused.has(version)));
  }
  return { head: "", entries: new Map(), refused };
}

function fileOf(entry: string, versions: ReadonlyMap<number, string>) {
  const includes = new Set<string>();
  const starts: { readonly version: number; readonly line: number }[] = [];
  const parts = [witness];
  let line = 0;
  const push = (text: string) => {
    parts.push(text);
    line += text.split("\n").length;
  };
  for (const [version, text] of versions) {
    for (const [include] of text.matchAll(/^#include .*$/gm)) includes.add(include);
    starts.push({ version, line });
    const own = text
      .replace(/^#include .*$/gm, "")
      .replace(new RegExp(`^${entry}(?=\\()`, "m"), entryOf(entry, version));
    push(`namespace ${tag(version)} {\n${overloaded}\n${own}\n}`);
  }
  const head = [...includes, witness].join("\n");
  const offset = head.split("\n").length;
  const versionAt = (at: number) => starts.findLast((s) => s.line < at - offset)?.version;
  return { text: [head, ...parts.slice(1)].join("\n"), versionAt };
}

type Problem = { readonly line: number; readonly message: string };

const compile = (text: string): Promise<{ ptx: string | null; problems: readonly Problem[] }> =>
  inTemporaryFolder(async (folder) => {
    await writeFile(join(folder, "kernels.cu"), text);
    const flags = [...ptxFlags, ...quiet, "-arch=compute_80"];
    const { program, options, variables } = nvccCall(await findToolkit(), flags);
    const { code, stdout, stderr } = await runProgram(program, options, { folder, variables });
    if (code === 0) {
      const ptx = await readFile(join(folder, "kernels.ptx"), "utf8");
      return { ptx: ptx.replace(/"[^"]*\/kernels\.cu"/g, '"kernels.cu"'), problems: [] };
    }
    const report = `${stderr}${stdout}`;
    const found = [...report.matchAll(/^(?:\.\/)?kernels\.cu\((\d+)\): error[^:]*: (.*)$/gm)];
    const problems = found.map(([, line, message]) => ({ line: Number(line), message: message! }));
    return { ptx: null, problems: problems.length > 0 ? problems : [{ line: 0, message: report }] };
  });

/** A module's text around its kernels, and each kernel's. */
function splitPtx(ptx: string, entry: string, versions: ReadonlyMap<number, string>) {
  const entries = new Map<number, string>();
  let head = ptx;
  for (const [kernel, name] of ptx.matchAll(
    /^(?:\t?\/\/ \.globl.*\n)?\.visible \.entry (\w+)\([\s\S]*?^\}$/gm,
  )) {
    head = head.replace(kernel, "");
    for (const version of versions.keys())
      if (entryOf(entry, version) === name) entries.set(version, kernel);
  }
  return { head, entries };
}

/** The kernel's instructions, whatever it is called and wherever it stood in the file. */
export const bareInstructions = (entry: string): string =>
  entry
    .replace(/^\s*(\.loc|\/\/).*$/gm, "")
    .replace(/\$L__BB\d+_/g, "$L__BB_")
    .replace(/m\d{5}/g, "m")
    .replace(/\n+/g, "\n")
    .trim();
