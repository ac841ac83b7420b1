/** Turns JSON schemas into checks whose failure is one sentence. Knows nothing of what the JSON means. */
import { Ajv, type ErrorObject, type Schema, type ValidateFunction } from "ajv";
import { UserError } from "../graph/bug.ts";

const ajv = new Ajv({ allowUnionTypes: true, discriminator: true });

/** A check that returns the value typed, or throws a UserError that begins with `where`. */
export type Check<T> = (value: unknown, where: string) => T;

/** Compiles a schema once, when it is first asked; `T` is the type that the schema describes, `action` what to do where a value is not of it. */
export function checkOf<T>(schema: Schema, action: string): Check<T> {
  let validate: ValidateFunction<T> | null = null;
  return (value, where) => {
    validate ??= ajv.compile<T>(schema);
    if (validate(value)) return value;
    throw new UserError(`${where}: ${sentence(validate.errors?.[0])}; ${action}`);
  };
}

/** Parses JSON, or says in one sentence that it is not. */
export function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${path} is not JSON: ${(error as Error).message}`);
  }
}

function sentence(error: ErrorObject | undefined): string {
  if (error === undefined) return "the value is not valid";
  const place = error.instancePath.slice(1).replaceAll("~1", "/").replaceAll("~0", "~");
  const extra = error.params as Readonly<Record<string, unknown>>;
  const detail =
    error.keyword === "additionalProperties"
      ? `must not have a field "${extra.additionalProperty}"`
      : error.keyword === "const" || error.keyword === "enum"
        ? `must be ${JSON.stringify(extra.allowedValue ?? extra.allowedValues)}`
        : (error.message ?? "is not valid");
  return `${place === "" ? "the top level" : `"${place}"`} ${detail}`;
}
