/** `eyrie explain`: what a code means, with an example and how it is mended; or which kernels compute a model. */
import { type Command, Option } from "commander";
import { messages } from "../../dsl/messages.ts";
import { nearNames } from "../../dsl/suggest.ts";
import { explainedCodes, printExplanation, readExplanation } from "../explanations.ts";
import { UserError } from "../graph/bug.ts";
import { deviceOption } from "./device.ts";
import { type ExplainFlags, explainModel } from "./explain-model.ts";
import { modelOptions, precisionOption, schedulesOption } from "./options.ts";
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
    .option("--json", "print the explanation of a model as JSON");
  deviceOption(
    modelOptions(schedulesOption(precisionOption(command))),
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
