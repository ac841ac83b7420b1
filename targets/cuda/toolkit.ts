/** Finds NVIDIA's compiler and assembler on this machine and runs them. */
import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { UserError } from "../../src/graph/bug.ts";

export type Toolkit = {
  readonly nvcc: string;
  readonly ptxas: string;
  /** What nvcc says of its version, in one line. */
  readonly version: string;
  /** setarch, which runs a program with its memory where it lay in every run; null where this machine has or allows none. */
  readonly setarch: string | null;
};

/** Where a program runs, and what is set there beside the variables of this process. */
export type Surroundings = {
  readonly folder?: string;
  readonly variables?: Readonly<Record<string, string>>;
};

export type Finished = { readonly code: number; readonly stdout: string; readonly stderr: string };

const missing =
  "nvcc was not found: install the CUDA toolkit 12.8 or later and put its bin folder on PATH, or name it in CUDA_HOME or EYRIE_NVCC";

/** The nvcc of EYRIE_NVCC, PATH, CUDA_HOME or CUDA_PATH, in that order; a UserError where there is none. */
export async function findToolkit(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Toolkit> {
  const { EYRIE_NVCC: named, PATH: path = "", CUDA_HOME: home, CUDA_PATH: windows } = environment;
  const folders = [
    ...path.split(delimiter),
    ...[home, windows].flatMap((root) => (root ? [join(root, "bin")] : [])),
  ].filter((folder) => folder !== "");
  const nvcc = named ? runnable(named) : findIn(folders, "nvcc");
  if (!nvcc)
    throw new UserError(named ? `EYRIE_NVCC names ${named}, which cannot be run` : missing);
  const ptxas = findIn([dirname(nvcc), ...folders], "ptxas");
  if (!ptxas) throw new UserError(`ptxas was not found beside ${nvcc}: reinstall the CUDA toolkit`);
  const setarch = process.platform === "linux" ? findIn(folders, "setarch") : null;
  const { version, steady } = await askOnce(nvcc, setarch);
  return { nvcc, ptxas, version, setarch: steady ? setarch : null };
}

/** What a user is told of nvcc's runs, in one sentence. */
export const sayWhetherSteady = ({ setarch }: Toolkit): string =>
  setarch
    ? "the same kernels give the same PTX in every run"
    : "the same kernels may give one of two PTX texts from run to run, since setarch -R is missing or not allowed here";

/** Whether there is a toolkit here; for tests that need one. */
export const hasToolkit = (): Promise<boolean> =>
  findToolkit().then(
    () => true,
    () => false,
  );

const findIn = (folders: readonly string[], program: string): string | null =>
  folders.map((folder) => runnable(join(folder, program))).find((found) => found !== null) ?? null;

function runnable(path: string): string | null {
  try {
    accessSync(path, constants.X_OK);
    return path;
  } catch {
    return null;
  }
}

type Answer = { readonly version: string; readonly steady: boolean };
const answers = new Map<string, Promise<Answer>>();

function askOnce(nvcc: string, setarch: string | null): Promise<Answer> {
  const key = `${nvcc} ${setarch}`;
  const known = answers.get(key) ?? ask(nvcc, setarch);
  answers.set(key, known);
  return known;
}

/** nvcc's version, and whether it runs under setarch; containers may refuse that. */
async function ask(nvcc: string, setarch: string | null): Promise<Answer> {
  const { code, stdout, stderr } = await runProgram(nvcc, ["--version"]);
  const version = /^Build (\S+)$/m.exec(stdout)?.[1];
  if (code !== 0 || !version)
    throw new UserError(`${nvcc} --version failed: ${firstLine(stderr || stdout)}`);
  if (!setarch) return { version, steady: false };
  const again = await runProgram(setarch, ["-R", nvcc, "--version"]);
  return { version, steady: again.code === 0 };
}

/** Runs a program to its end; what it wrote and its code come back, whatever the code. */
export function runProgram(
  program: string,
  options: readonly string[],
  { folder, variables = {} }: Surroundings = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const limits = {
      maxBuffer: 2 ** 28,
      env: { ...process.env, ...variables },
      ...(folder === undefined ? {} : { cwd: folder }),
    };
    execFile(program, [...options], limits, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === "number") resolve({ code, stdout, stderr });
      else reject(new UserError(`${program} did not run: ${error?.message}`));
    });
  });
}

export const firstLine = (text: string): string => text.trim().split("\n")[0] ?? "";
