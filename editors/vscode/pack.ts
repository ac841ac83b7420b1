/** `npm run vsix`: bundles the extension and packs it as editors/vscode/eyrie-VERSION.vsix. */
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Zippable, zipSync } from "fflate";
import { bundle } from "./bundle.ts";
import manifest from "./package.json" with { type: "json" };

const folder = fileURLToPath(new URL(".", import.meta.url));
const packed = ["package.json", "README.md", "language-configuration.json", "syntaxes", "dist"];

type Manifest = typeof manifest;

const xml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** What an installer reads before it looks inside. */
const vsixManifest = (m: Manifest): string => `<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata>
    <Identity Language="en-US" Id="${xml(m.name)}" Version="${xml(m.version)}" Publisher="${xml(m.publisher)}"/>
    <DisplayName>${xml(m.displayName)}</DisplayName>
    <Description xml:space="preserve">${xml(m.description)}</Description>
    <Tags>${xml(m.keywords.join(","))}</Tags>
    <Categories>${xml(m.categories.join(","))}</Categories>
    <Properties>
      <Property Id="Microsoft.VisualStudio.Code.Engine" Value="${xml(m.engines.vscode)}"/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionKind" Value="workspace"/>
    </Properties>
  </Metadata>
  <Installation>
    <InstallationTarget Id="Microsoft.VisualStudio.Code"/>
  </Installation>
  <Dependencies/>
  <Assets>
    <Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true"/>
    <Asset Type="Microsoft.VisualStudio.Services.Content.Details" Path="extension/README.md" Addressable="true"/>
  </Assets>
</PackageManifest>
`;

const types: Readonly<Record<string, string>> = {
  json: "application/json",
  md: "text/markdown",
  cjs: "application/javascript",
  mjs: "application/javascript",
  eyrie: "text/plain",
  vsixmanifest: "text/xml",
};
const contentTypes = (): string => {
  const lines = Object.entries(types).map(
    ([extension, type]) => `  <Default Extension="${extension}" ContentType="${type}"/>\n`,
  );
  return `<?xml version="1.0" encoding="utf-8"?>\n<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">\n${lines.join("")}</Types>\n`;
};

function filesBelow(path: string): readonly string[] {
  if (!statSync(join(folder, path)).isDirectory()) return [path];
  return readdirSync(join(folder, path))
    .sort()
    .flatMap((name) => filesBelow(`${path}/${name}`));
}

/** Packs what was bundled; gives the path of the package. The same files give the same bytes. */
export function pack(): string {
  const text = (content: string) => new TextEncoder().encode(content);
  const files: Zippable = {
    "extension.vsixmanifest": text(vsixManifest(manifest)),
    "[Content_Types].xml": text(contentTypes()),
  };
  for (const path of packed.flatMap(filesBelow))
    files[`extension/${path}`] = readFileSync(join(folder, path));
  const target = join(folder, `${manifest.name}-${manifest.version}.vsix`);
  writeFileSync(target, zipSync(files, { level: 9, mtime: new Date("2000-01-01T00:00:00Z") }));
  return target;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await bundle();
  process.stdout.write(`${pack()}\n`);
}
