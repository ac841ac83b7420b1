/** `eyrie explain`: what a code means, with an example and how it is mended; or which kernels compute a model. */
import { type Command, Option } from "commander";
import { messages } from "../../dsl/messages.ts";
import { nearNames } from "../../dsl/suggest.ts";
import { tableOrders } from "../explain/table.ts";
import { explainedCodes, printExplanation, readExplanation } from "../explanations.ts";
import { UserError } from "../graph/bug.ts";
import { deviceOption } from "./device.ts";
import { type ExplainFlags, explainModel } from "./explain-model.ts";
import { executorOptions, modelOptions, whole } from "./options.ts";
import { print } from "./terminal.ts";

export const explainCommand = (program: Command): void => {
  const command = program
    .command("explain")
    .description(
      "say what a code such as E0301 means, with an example; without one, list them; or say which kernels compute a model, or one of its values",
    )
    .argument("[what]", "a code, or an .eyrie file")
    .argument("[name]", "a value of the model: a path such as layers.0.mix.h, or the end of one")
    .addOption(
      new Option("--entry <names...>", "which calls of the model (default: prefill)").choices([
        ...["prefill", "decode", "score"],
      ]),
    )
    .option(
      "--table",
      "print a line for each kernel of a model instead of what its regions compute",
    )
    .addOption(
      new Option("--sort <order>", "print that table by time (default) or as kernels run").choices([
        ...tableOrders,
      ]),
    )
    .option("--measure", "run the model on this machine's device and time each dispatch")
    .option("--runs <n>", "with --measure: of so many runs the median (default: 5)", whole(1))
    .option("--weights <path>", "with --measure: a checkpoint (default: random weights)")
    .option("--json", "print the explanation of a model as JSON");
  deviceOption(
    modelOptions(executorOptions(command)),
    "compile for this device (default: webgpu)",
  ).action(async (what: string | undefined, name: string | undefined, flags: ExplainFlags) => {
    if (what?.endsWith(".eyrie")) await explainModel(what, name, flags);
    else print(what === undefined ? listCodes() : explainCode(what.toUpperCase()));
  });
};

const listCodes = (): string =>
  explainedCodes()
    .map((code) => `${code}  ${readExplanation(code)?.title ?? ""}`)
    .join("\n");

function explainCode(code: string): string {
  const found = readExplanation(code);
  if (found) return printExplanation(found);
  const near = nearNames(code, Object.keys(messages));
  throw new UserError(
    `there is no code ${code}; ${near.length > 0 ? `near ones are ${near.join(", ")}` : "list them with eyrie explain"}`,
  );
}
