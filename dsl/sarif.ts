/** Diagnostics as SARIF 2.1.0, which code hosts and editors read. Says the same as the terminal's text; prints nothing. */
import type { Diagnostic } from "./diagnostics.ts";
import { placeAt, type Sources } from "./places.ts";
import type { Span } from "./syntax.ts";

/** What is known of a code apart from one mistake: a title, and why it is one. */
export type Rule = { readonly title: string; readonly why: string };
export type Tool = { readonly version: string; readonly rule: (code: string) => Rule | null };

/** Codes whose span is the wrong name itself, so that a near name can take its place. */
const nameCodes: ReadonlySet<string> = new Set(["E0201", "E0202", "E0203", "E0304", "E0401"]);

/** One log with one run: every code that occurs as a rule, every diagnostic as a result. */
export function sarifLog(diagnostics: readonly Diagnostic[], sources: Sources, tool: Tool) {
  const codes = [...new Set(diagnostics.map((d) => d.code))].toSorted();
  const files = [...new Set(diagnostics.flatMap(filesOf))];
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "eyrie",
            version: tool.version,
            rules: codes.map((code) => ruleOf(code, tool)),
          },
        },
        columnKind: "unicodeCodePoints",
        artifacts: files.map((file) => ({ location: { uri: uriOf(file) } })),
        results: diagnostics.map((d) => ({
          ruleId: d.code,
          ruleIndex: codes.indexOf(d.code),
          level: d.severity,
          message: { text: messageOf(d) },
          locations: [locationOf(d.span, sources, files)],
          ...related(d, sources, files),
          ...fix(d, sources, files),
          properties: { hint: d.hint, notes: d.notes },
        })),
      },
    ],
  };
}

const filesOf = ({ span, related }: Diagnostic): readonly string[] => [
  span.file,
  ...related.map((other) => other.span.file),
];

const uriOf = (file: string): string => encodeURI(file.replaceAll("\\", "/"));

const messageOf = ({ message, notes, hint }: Diagnostic): string =>
  [
    message,
    ...notes.map((note) => `note: ${note}`),
    ...(hint === "" ? [] : [`hint: ${hint}`]),
  ].join("\n");

const levels: Readonly<Record<string, Diagnostic["severity"]>> = {
  E: "error",
  W: "warning",
  N: "note",
};

function ruleOf(code: string, { rule }: Tool) {
  const known = rule(code);
  return {
    id: code,
    defaultConfiguration: { level: levels[code[0] ?? ""] ?? "error" },
    ...(known
      ? {
          shortDescription: { text: known.title },
          fullDescription: { text: known.why },
          help: { text: `${known.why}\nMore: eyrie explain ${code}` },
        }
      : {}),
  };
}

function locationOf(span: Span, sources: Sources, files: readonly string[]) {
  const source = sources.get(span.file);
  const artifactLocation = { uri: uriOf(span.file), index: files.indexOf(span.file) };
  return {
    physicalLocation: {
      artifactLocation,
      ...(source === undefined ? {} : { region: regionOf(span, source) }),
    },
  };
}

function regionOf({ from, to }: Span, source: string) {
  const [start, end] = [placeAt(source, from), placeAt(source, Math.max(to, from))];
  return {
    startLine: start.line,
    startColumn: start.column,
    endLine: end.line,
    endColumn: end.column,
  };
}

function related({ related: others }: Diagnostic, sources: Sources, files: readonly string[]) {
  if (others.length === 0) return {};
  return {
    relatedLocations: others.map(({ span, message }, id) => ({
      id,
      message: { text: message },
      ...locationOf(span, sources, files),
    })),
  };
}

/** Where a hint asks for one near name, the change that puts it in. */
function fix({ code, span, hint }: Diagnostic, sources: Sources, files: readonly string[]) {
  const near = /^did you mean `([^`]+)`\?$/.exec(hint)?.[1];
  const source = sources.get(span.file);
  if (near === undefined || source === undefined || !nameCodes.has(code) || span.to <= span.from)
    return {};
  const replacement = {
    deletedRegion: regionOf(span, source),
    insertedContent: { text: near },
  };
  const artifactLocation = { uri: uriOf(span.file), index: files.indexOf(span.file) };
  const change = { artifactLocation, replacements: [replacement] };
  return { fixes: [{ description: { text: hint }, artifactChanges: [change] }] };
}
