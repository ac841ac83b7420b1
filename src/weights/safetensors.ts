/** Reads tensors from anything that gives byte ranges, after checking every field of the header. Knows no files and no model. */
import type { Tensor } from "../../targets/tensor.ts";
import { UserError } from "../graph/bug.ts";
import schema from "../schemas/safetensors-header.schema.json" with { type: "json" };
import { checkOf } from "../schemas/validate.ts";
import { emptyData, isStoredDType, type StoredDType, storedTypes } from "./stored.ts";

/** Bytes at hand by range: a file, a Blob, memory. `read` gives exactly the bytes asked for. */
export type Source = {
  readonly name: string;
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
};

export type StoredTensor = {
  readonly dtype: StoredDType;
  readonly shape: readonly number[];
  /** First byte, from the start of the source. */
  readonly offset: number;
};

export type Safetensors = {
  readonly source: Source;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
};

type Header = Readonly<
  Record<
    string,
    {
      readonly dtype: string;
      readonly shape: readonly number[];
      readonly data_offsets: readonly [number, number];
    }
  >
>;

const checkHeader = checkOf<Header>(schema, "write or download the file again");
const longestHeader = 100e6;
const pieceBytes = 16 * 2 ** 20;

/** Reads and checks the header; tensors are read later, one at a time. */
export async function openSafetensors(source: Source): Promise<Safetensors> {
  const { text, dataStart } = await headerText(source);
  const json = parseJson(text, source.name);
  const header = checkHeader(json, source.name);
  const metadata = ((json as Record<string, unknown>).__metadata__ ?? {}) as Record<string, string>;
  const entries = Object.entries(header).filter(([name]) => name !== "__metadata__");
  checkLayout(entries, source.size - dataStart, source.name);
  const tensors = entries.map(([name, { dtype, shape, data_offsets }]): [string, StoredTensor] => [
    name,
    { dtype: knownDType(name, dtype, source.name), shape, offset: dataStart + data_offsets[0] },
  ]);
  return { source, metadata, tensors: new Map(tensors) };
}

/** The values of a tensor, or of `count` elements of it from element `from`; halves are widened exactly. */
export async function readTensor(
  file: Safetensors,
  name: string,
  part?: { readonly from: number; readonly count: number },
): Promise<Tensor> {
  const tensor = file.tensors.get(name);
  if (tensor === undefined)
    throw new UserError(`${file.source.name}: there is no tensor "${name}"`);
  const type = storedTypes[tensor.dtype];
  const from = part?.from ?? 0;
  const count = part?.count ?? elements(tensor.shape);
  const data = emptyData(type.dtype, count);
  const step = pieceBytes / type.bytes;
  for (let at = 0; at < count; at += step) {
    const length = Math.min(step, count - at) * type.bytes;
    const bytes = await file.source.read(tensor.offset + (from + at) * type.bytes, length);
    type.decode(bytes.byteOffset % type.bytes === 0 ? bytes : bytes.slice(), data, at);
  }
  return { dtype: type.dtype, shape: part === undefined ? tensor.shape : [count], data };
}

/** Number of elements of a shape; 1 for a scalar. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

async function headerText(source: Source): Promise<{ text: string; dataStart: number }> {
  const broken = (what: string) =>
    new UserError(`${source.name}: ${what}; it is not a whole safetensors file`);
  if (source.size < 8)
    throw broken(`the file has ${source.size} bytes, fewer than the 8 of a header length`);
  const start = await source.read(0, 8);
  const length = new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true);
  if (length > longestHeader) throw broken(`the header length ${length} is above 100 MB`);
  const bytes = Number(length);
  if (8 + bytes > source.size)
    throw broken(`the header says ${bytes} bytes but the file ends after ${source.size}`);
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await source.read(8, bytes));
    return { text, dataStart: 8 + bytes };
  } catch (error) {
    if (error instanceof TypeError) throw broken("the header is not UTF-8 text");
    throw error;
  }
}

function parseJson(text: string, where: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    refuseRepeatedKeys(text, where);
    return value;
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${where}: the header is not JSON; it is not a safetensors file`);
  }
}

/** JSON.parse keeps the last of two equal keys without a word, so the text itself is looked at. */
function refuseRepeatedKeys(text: string, where: string): void {
  const open: Set<string>[] = [];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"(?:\s*:)?|[{}]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (token.endsWith(":")) {
      const key = JSON.parse(token.slice(0, -1)) as string;
      if (open.at(-1)?.has(key)) throw new UserError(`${where}: the header names "${key}" twice`);
      open.at(-1)?.add(key);
    }
  }
}

function knownDType(name: string, dtype: string, where: string): StoredDType {
  if (isStoredDType(dtype)) return dtype;
  const known = Object.keys(storedTypes).join(", ");
  throw new UserError(
    `${where}: tensor "${name}" is stored as ${dtype}, which is not read; convert it to one of ${known}`,
  );
}

/** Every tensor has the bytes its shape needs, and together they fill the data exactly. */
function checkLayout(
  entries: readonly (readonly [string, Header[string]])[],
  dataBytes: number,
  where: string,
): void {
  const inOrder = entries.toSorted(
    ([, a], [, b]) =>
      a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1],
  );
  let filled = 0;
  for (const [
    name,
    {
      dtype,
      shape,
      data_offsets: [from, to],
    },
  ] of inOrder) {
    const fail = (what: string) => new UserError(`${where}: tensor "${name}" ${what}`);
    const needed = elements(shape) * storedTypes[knownDType(name, dtype, where)].bytes;
    if (to < from) throw fail(`ends at byte ${to}, before its start ${from}`);
    if (to - from !== needed)
      throw fail(`has ${to - from} bytes, but ${dtype} [${shape.join(", ")}] takes ${needed}`);
    if (to > dataBytes)
      throw fail(
        `ends at byte ${to} of the data, but the file holds only ${dataBytes}; it may be cut short`,
      );
    if (from < filled) throw fail(`starts at byte ${from}, inside the tensor before it`);
    if (from > filled) throw fail(`starts at byte ${from}, leaving a hole after byte ${filled}`);
    filled = to;
  }
  if (filled !== dataBytes)
    throw new UserError(
      `${where}: ${dataBytes - filled} bytes after the last tensor belong to nothing`,
    );
}
