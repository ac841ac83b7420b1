/** Opens a checkpoint on disk (one file, a sharded index, or a folder with either) as one set of tensors by name. Knows no model. */
import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../graph/bug.ts";
import schema from "../schemas/safetensors-index.schema.json" with { type: "json" };
import { checkOf, parseJson } from "../schemas/validate.ts";
import { type FileSource, openFile } from "./file.ts";
import { openSafetensors, type Safetensors } from "./safetensors.ts";
import { type Checkpoint, joinTensors } from "./tensors.ts";

export { mapNames } from "./names.ts";
export type { Checkpoint } from "./tensors.ts";

const indexName = "model.safetensors.index.json";
const checkIndex = checkOf<{ readonly weight_map: Readonly<Record<string, string>> }>(
  schema,
  "download the checkpoint again",
);

/** Opens a .safetensors file, a .safetensors.index.json, or the folder that holds one of them. */
export async function openCheckpoint(path: string): Promise<Checkpoint> {
  const file = await fileToOpen(path);
  if (file.endsWith(".json")) return openShards(file);
  if (file.endsWith(".safetensors")) return joinFiles(file, [file], null);
  throw new UserError(
    `${file} is not a .safetensors file or index; convert the checkpoint to safetensors first`,
  );
}

async function fileToOpen(path: string): Promise<string> {
  const found = await kindOf(path);
  if (found === "nothing")
    throw new UserError(`${path} does not exist; give a .safetensors file or a folder with one`);
  if (found === "file") return path;
  for (const name of [indexName, "model.safetensors"]) {
    if ((await kindOf(join(path, name))) === "file") return join(path, name);
  }
  throw new UserError(
    `${path} holds neither model.safetensors nor ${indexName}; name the file itself`,
  );
}

async function kindOf(path: string): Promise<"file" | "folder" | "nothing"> {
  const found = await stat(path).catch(() => null);
  if (found === null) return "nothing";
  return found.isDirectory() ? "folder" : "file";
}

async function openShards(path: string): Promise<Checkpoint> {
  const text = await readFile(path, "utf8");
  const { weight_map } = checkIndex(parseJson(text, path), path);
  const files = [...new Set(Object.values(weight_map))].sort();
  return joinFiles(
    path,
    files.map((name) => join(dirname(path), name)),
    weight_map,
  );
}

/** One checkpoint from files; where an index is given, it and the files must tell the same story. */
async function joinFiles(
  path: string,
  files: readonly string[],
  index: Readonly<Record<string, string>> | null,
): Promise<Checkpoint> {
  const sources: FileSource[] = [];
  const close = async () => {
    for (const source of sources) await source.close();
  };
  try {
    const homes = new Map<string, Safetensors>();
    for (const file of files) {
      const source = await openFile(file);
      sources.push(source);
      const shard = await openSafetensors(source);
      for (const name of shard.tensors.keys()) placeTensor(homes, name, shard, index, path);
    }
    for (const [name, file] of Object.entries(index ?? {})) {
      if (!homes.has(name))
        throw new UserError(`${path} says that ${file} holds "${name}", but it does not`);
    }
    return joinTensors(path, homes, close);
  } catch (error) {
    await close();
    throw error;
  }
}

function placeTensor(
  homes: Map<string, Safetensors>,
  name: string,
  shard: Safetensors,
  index: Readonly<Record<string, string>> | null,
  path: string,
): void {
  const home = index?.[name];
  if (index !== null && (home === undefined || join(dirname(path), home) !== shard.source.name)) {
    throw new UserError(
      `${shard.source.name} holds "${name}", but ${path} places it in ${home ?? "no file"}`,
    );
  }
  homes.set(name, shard);
}
