/** Turns a Hugging Face config.json into settings, by a model's own rules. Knows no model and no key by heart beyond the schema's types. */
import { readFile } from "node:fs/promises";
import type { NameTable, Settings, SettingValue } from "../../dsl/model.ts";
import { UserError } from "../graph/bug.ts";
import schema from "../schemas/config.schema.json" with { type: "json" };
import { checkOf, parseJson } from "../schemas/validate.ts";
import { keysOf, settingOf, valueAt } from "./config-expression.ts";

export type Config = Readonly<Record<string, unknown>>;

const checkConfig = checkOf<Config>(schema, "give the config.json that came with the checkpoint");

/** Reads and checks a config.json; keys beyond the schema are kept as they are. */
export async function readConfig(path: string): Promise<Config> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${path} cannot be read (${error.code ?? error.message}); check the path`);
  });
  return checkConfig(parseJson(text, path), path);
}

/** Settings among `declared` that a config gives; a rule one of whose keys is absent or null says nothing, and an earlier rule wins. */
export function settingsOf(
  config: Config,
  tables: readonly Pick<NameTable, "config">[],
  declared: Iterable<string>,
): Settings {
  const wanted = new Set(declared);
  const settings: Record<string, SettingValue> = {};
  for (const { setting, expression } of tables.flatMap((table) => table.config)) {
    if (!wanted.has(setting) || Object.hasOwn(settings, setting)) continue;
    if ([...keysOf(expression)].some((key) => (valueAt(config, key) ?? null) === null)) continue;
    settings[setting] = settingOf(expression, config, setting);
  }
  return settings;
}
