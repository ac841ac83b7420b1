/** Options that commands share, and what their texts mean. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Settings, SettingValue } from "../../dsl/model.ts";
import type { Span } from "../../dsl/syntax.ts";
import { type AdapterChoice, adapterChoices } from "../../targets/wgsl/drivers.ts";
import type { CompileOptions } from "../compile.ts";
import { type ExecutorName, type ExecutorOptions, executorNames } from "../execute/executors.ts";
import { type PrecisionName, precisionNames } from "../passes/precision.ts";
import { readSchedules } from "../tune/file.ts";
import { formatOption } from "./formats.ts";
import { say } from "./terminal.ts";

export type ModelFlags = {
  readonly item?: string;
  readonly config?: string;
  readonly set: GivenSettings;
  readonly batch?: number;
  readonly chunk?: number;
  readonly context?: number;
};
export type ExecutorFlags = {
  readonly executor?: ExecutorName;
  readonly adapter?: AdapterChoice;
} & PrecisionFlags &
  SchedulesFlags;
export type SchedulesFlags = { readonly schedules?: string };
export type PrecisionFlags = { readonly precision?: PrecisionName };

/** A whole number from `least` to `most`. */
export const whole =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const n = Number(text.replaceAll("_", ""));
    if (text.trim() === "" || !Number.isSafeInteger(n) || n < least || n > most)
      throw new InvalidArgumentError(
        `give a whole number from ${least}${most === Number.MAX_SAFE_INTEGER ? "" : ` to ${most}`}`,
      );
    return n;
  };

/** The largest u32. */
export const largestWord = 2 ** 32 - 1;

/** Token numbers between commas or spaces. */
export function tokenList(text: string): readonly number[] {
  const tokens = text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(Number);
  if (tokens.length === 0 || tokens.some((t) => !Number.isSafeInteger(t) || t < 0))
    throw new InvalidArgumentError("give token numbers, as in 2,651,9456");
  return tokens;
}

export const real =
  (least: number, most: number) =>
  (text: string): number => {
    const n = Number(text);
    if (text.trim() === "" || !(n >= least && n <= most))
      throw new InvalidArgumentError(`give a number from ${least} to ${most}`);
    return n;
  };

/** Settings by name, and the words that gave them. */
export type GivenSettings = {
  readonly values: Settings;
  readonly words: Readonly<Record<string, string>>;
};
const noSettings: GivenSettings = { values: {}, words: {} };

function setting(text: string, before: GivenSettings): GivenSettings {
  const [name, value, ...more] = text.split("=").map((part) => part.trim());
  if (!name || !value || more.length > 0)
    throw new InvalidArgumentError("write name=value, as in width=512");
  return {
    values: { ...before.values, [name]: settingValue(value) },
    words: { ...before.words, [name]: text },
  };
}

function settingValue(text: string): SettingValue {
  if (text === "true" || text === "false") return text === "true";
  const number = Number(text.replaceAll("_", ""));
  return text !== "" && !Number.isNaN(number) ? number : text.split(",").map((name) => name.trim());
}

export const modelOptions = (command: Command): Command =>
  formatOption(command)
    .option("--item <name>", "model or block of the file (default: its last model)")
    .option("--config <title|file>", "a named configuration, or a Hugging Face config.json")
    .option("--set <name=value>", "override a setting; may be repeated", setting, noSettings)
    .option("--batch <n>", "rows that run side by side", whole(1))
    .option("--chunk <n>", "tokens that prefill takes in one call", whole(1))
    .option(
      "--context <n>",
      "most tokens of a stream through attention without a window",
      whole(1),
    );

export const precisionOption = (
  command: Command,
  what = "store weight matrices as f16 or bf16, in half the bytes, or as int8 or int4, in a quarter or less",
): Command =>
  command.addOption(new Option("--precision <name>", what).choices([...precisionNames]));

/** What runs a model, how its weights are stored, and with which schedules. */
export const executorOptions = (command: Command): Command =>
  schedulesOption(precisionOption(executorOption(command)));

export const schedulesOption = (command: Command): Command =>
  command.option("--schedules <file>", "use the schedules that eyrie tune measured");

/** The file that `--schedules` names, read, and where notices about it go. */
export const schedulesRequest = async (path: string | undefined) =>
  path === undefined ? {} : { schedules: await readSchedules(path), onNotice: say };

export const executorOption = (command: Command): Command =>
  command
    .addOption(
      new Option("--target <name>", "the same as --executor wgsl or --executor cuda").choices([
        "wgsl",
        "cuda",
      ]),
    )
    .on("option:target", (name: string) => command.setOptionValue("executor", name))
    .addOption(
      new Option("--executor <name>", "what runs the model")
        .choices([...executorNames])
        .default("wgsl"),
    )
    .addOption(
      new Option("--adapter <name>", "which WebGPU adapter")
        .choices([...adapterChoices])
        .env("EYRIE_ADAPTER"),
    );

/** What an executor is opened with: f16 only where weights are to be stored so. */
export const executorRequest = ({
  precision,
  schedules: _file,
  ...flags
}: ExecutorFlags): ExecutorOptions => ({
  ...flags,
  f16: precision === "f16",
});

/** Flags as compile options. */
export function compileOptions(flags: ModelFlags) {
  const { item, config, set, batch, chunk, context } = flags;
  return {
    settings: set.values,
    givenAt: placesOf(flags),
    ...(item === undefined ? {} : { item }),
    ...(config === undefined ? {} : { config }),
    ...(batch === undefined ? {} : { batch }),
    ...(chunk === undefined ? {} : { chunk }),
    ...(context === undefined ? {} : { context }),
  };
}

/** The command line as texts that messages can point into: a file for each option, a line for each setting. */
function placesOf({ item, config, set }: ModelFlags): NonNullable<CompileOptions["givenAt"]> {
  const words = Object.entries(set.words);
  const text = words.map(([, word]) => word).join("\n");
  let from = 0;
  const settings: Record<string, Span> = {};
  for (const [name, word] of words) {
    settings[name] = { file: "--set", from, to: from + word.length };
    from += word.length + 1;
  }
  const whole = (file: string, of: string | undefined) =>
    of === undefined ? null : { file, from: 0, to: of.length };
  const [titleAt, itemAt] = [whole("--config", config), whole("--item", item)];
  return {
    settings,
    ...(titleAt ? { config: titleAt } : {}),
    ...(itemAt ? { item: itemAt } : {}),
    sources: [
      { file: "--set", text },
      { file: "--config", text: config ?? "" },
      { file: "--item", text: item ?? "" },
    ],
  };
}
