/** A stream's saved values as a safetensors file that says which model they belong to. */
import type { Tensors } from "../../targets/tensor.ts";
import { UserError } from "../graph/bug.ts";
import { openFile, writeSafetensors } from "./file.ts";
import { openSafetensors, readTensor } from "./safetensors.ts";
import type { StoredDType } from "./stored.ts";

const format = "eyrie-state-1";
const storedAs = { f32: "F32", i32: "I32", u32: "U32" } as const satisfies Record<
  string,
  StoredDType
>;

/** Writes what Stream.save gives. */
export function saveState(path: string, values: Tensors, model: string): Promise<void> {
  const tensors = Object.entries(values).map(([name, { dtype, shape, data }]) => ({
    name,
    dtype: storedAs[dtype],
    shape,
    read: async () => data,
  }));
  const batch = Object.values(values)[0]?.shape[0] ?? 0;
  return writeSafetensors(path, tensors, { format, model, batch: String(batch) });
}

/** Reads values for Stream.restore; a file of another model is refused by name. */
export async function restoreState(path: string, model: string): Promise<Tensors> {
  const source = await openFile(path);
  try {
    const file = await openSafetensors(source);
    if (file.metadata.format !== format) {
      throw new UserError(
        `${path} is not a saved stream state; give a file that saveState or run --save-state wrote`,
      );
    }
    if (file.metadata.model !== model) {
      throw new UserError(
        `${path} holds the state of the model ${file.metadata.model}, not of ${model}; load that model or start fresh`,
      );
    }
    const values: Record<string, Tensors[string]> = {};
    for (const name of file.tensors.keys()) values[name] = await readTensor(file, name);
    return values;
  } finally {
    await source.close();
  }
}
