/** What is said of a name that nothing has: a refusal, how the language says it, near names, or how to define it. */
import { foreignName, foreignSetting } from "./foreign.ts";
import { type Refusal, refusalOf } from "./refusals.ts";
import { meant, type Near, type Words } from "./wording.ts";

/** A name of a value or of something that is called. */
export function unknownName({ name, near }: Near, message: string, otherwise: string): Words {
  const refusal = refusalOf(name);
  if (refusal) return refused(refusal, message, near);
  const foreign = foreignName(name);
  if (!foreign) return { message, hint: meant(near, otherwise) };
  const close = near.filter(
    (other) => Math.abs(other.length - name.length) <= 1 && !foreign.includes(other),
  );
  return { message, hint: close.length > 0 ? `${foreign}; or ${meant(close, "")}` : foreign };
}

/** The name of a setting. */
export function unknownSetting({ name, near }: Near, message: string, otherwise: string): Words {
  if (near.length > 0) return { message, hint: meant(near, otherwise) };
  const refusal = refusalOf(name);
  return refusal
    ? refused(refusal, message, near)
    : { message, hint: foreignSetting(name) ?? otherwise };
}

/** What the language cannot say, why, and what to write instead. */
export function refused(
  { what, why, instead }: Refusal,
  message: string,
  near: readonly string[],
): Words {
  return {
    message: `${message}: the language cannot say ${what}`,
    notes: [why],
    hint: near.length > 0 ? `${instead}; or ${meant(near, "")}` : instead,
  };
}
