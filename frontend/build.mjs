// Bundle the card into the integration, marked with what it is built from, so that
// a test can tell without node whether the committed file is that of the sources.
import { createHash } from "node:crypto";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const TARGET = "../custom_components/event_relay/frontend/event-relay-card.js";

const sources = (await readdir("src", { recursive: true }))
  .filter((name) => /\.(ts|json)$/.test(name))
  .map((name) => `src/${name.replaceAll("\\", "/")}`);
sources.push("build.mjs", "package.json", "tsconfig.json");
const digest = createHash("sha256");
for (const name of sources.sort()) {
  digest.update(`${name}\n`).update(await readFile(name));
}

const { outputFiles } = await build({
  entryPoints: ["src/main.ts"],
  bundle: true,
  minify: true,
  write: false,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "eof",
});
const code = outputFiles[0].text;
const ofCode = createHash("sha256").update(code).digest("hex");
await writeFile(TARGET, `/* sources ${digest.digest("hex")} code ${ofCode} */\n${code}`);
console.log(`${TARGET}: ${Math.round(code.length / 1024)} kB`);
