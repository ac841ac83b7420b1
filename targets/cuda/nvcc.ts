/** Compiles CUDA text to PTX and assembles PTX for architectures, each once: what was made is kept in the cache folder. */
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CompilerBug } from "../../src/graph/bug.ts";
import { cachedFile, cacheFolder, hashOf, inTemporaryFolder, writeWhole } from "../cache.ts";
import { architectureOf } from "./architectures.ts";
import { type KernelResources, readResources } from "./ptxas.ts";
import { findToolkit, firstLine, runProgram, type Toolkit } from "./toolkit.ts";

export type Ptx = {
  readonly ptx: string;
  /** SHA-256 of the PTX. */
  readonly hash: string;
};

export type Assembled = {
  readonly cubin: Uint8Array;
  /** By kernel name. */
  readonly resources: Readonly<Record<string, KernelResources>>;
};

export type CompileOptions = {
  /** The least architecture that the PTX must run on; compute_80. */
  readonly arch?: string;
  /** What the text is called in line information and messages; kernels.cu. */
  readonly file?: string;
};

/** Multiplications and additions stay apart unless the text says fmaf, so a result has one value on every device. */
export const ptxFlags: readonly string[] = [
  "-ptx",
  "-fmad=false",
  "-lineinfo",
  "-std=c++17",
  "-Werror",
  "all-warnings",
];

/** The PTX of a file of kernels. A UserError without nvcc; a CompilerBug where nvcc rejects the text, which is then kept. */
export async function compilePtx(text: string, options: CompileOptions = {}): Promise<Ptx> {
  const { arch = "compute_80", file = "kernels.cu" } = options;
  const toolkit = await findToolkit();
  const key = hashOf(toolkit.version, ...ptxFlags, arch, file, text);
  const path = join(cacheFolder("ptx"), `${key}.ptx`);
  const made = await cachedFile(path, () => runNvcc(toolkit, text, arch, file));
  const ptx = made.toString("utf8");
  return { ptx, hash: hashOf(ptx) };
}

const runNvcc = (toolkit: Toolkit, text: string, arch: string, file: string): Promise<string> =>
  inTemporaryFolder(async (folder) => {
    await writeFile(join(folder, file), text);
    const options = [...ptxFlags, `-arch=${arch}`, "-o", "kernels.ptx", file];
    const { code, stdout, stderr } = await runProgram(toolkit.nvcc, options, folder);
    if (code !== 0) {
      const kept = keep(text, "cu");
      throw new CompilerBug(`nvcc rejects ${kept}: ${firstProblem(stderr || stdout)}`);
    }
    const ptx = await readFile(join(folder, "kernels.ptx"), "utf8");
    return withoutFolders(ptx.replaceAll(`"${join(folder, file)}"`, `"${file}"`));
  });

/** The toolkit's headers without the folder that they lie in. nvcc 13 itself may make another text of the same source from run to run. */
const withoutFolders = (ptx: string): string =>
  ptx.replace(/^(\s*\.file\s+\d+\s+)"[^"]*\/include\/([^"]+)"/gm, '$1"$2"');

/** Machine code for each architecture ("sm_90", …), with what each kernel takes there. */
export async function assemble<A extends string>(
  ptx: string,
  names: readonly A[],
): Promise<Readonly<Record<A, Assembled>>> {
  const toolkit = await findToolkit();
  const made: [A, Assembled][] = [];
  for (const name of names) {
    architectureOf(name);
    made.push([name, await assembleFor(toolkit, ptx, name)]);
  }
  return Object.fromEntries(made) as Record<A, Assembled>;
}

async function assembleFor(toolkit: Toolkit, ptx: string, name: string): Promise<Assembled> {
  const base = join(cacheFolder("cubin"), hashOf(toolkit.version, name, ptx));
  const report = await cachedFile(`${base}.txt`, () => runPtxas(toolkit, ptx, name, base));
  const cubin = await readFile(`${base}.cubin`);
  return { cubin, resources: readResources(report.toString("utf8")) };
}

/** The assembler's report; the machine code is written before it. */
const runPtxas = (toolkit: Toolkit, ptx: string, name: string, base: string): Promise<string> =>
  inTemporaryFolder(async (folder) => {
    await writeFile(join(folder, "kernels.ptx"), ptx);
    const options = ["-v", `-arch=${name}`, "-o", "kernels.cubin", "kernels.ptx"];
    const { code, stdout, stderr } = await runProgram(toolkit.ptxas, options, folder);
    const report = `${stdout}${stderr}`;
    if (code !== 0) {
      const kept = keep(ptx, "ptx");
      throw new CompilerBug(`ptxas rejects ${kept} for ${name}: ${firstProblem(report)}`);
    }
    writeWhole(`${base}.cubin`, await readFile(join(folder, "kernels.cubin")));
    return report;
  });

/** The line with the first error or warning. */
function firstProblem(report: string): string {
  const lines = report.split("\n");
  return firstLine(lines.find((line) => /\b(error|fatal|warning)\b/i.test(line)) ?? report);
}

/** Writes a rejected text where it can be looked at. */
function keep(text: string, extension: string): string {
  const path = join(tmpdir(), `eyrie-rejected-${hashOf(text).slice(0, 16)}.${extension}`);
  writeWhole(path, text);
  return path;
}
