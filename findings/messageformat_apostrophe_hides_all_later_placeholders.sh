#!/usr/bin/env bash
# intl-messageformat 12.1.5 (what Home Assistant's frontend formats translations with): an
# apostrophe directly before a placeholder hides it and every placeholder after it.
#
# Guess: an apostrophe in a translation is a character, as in "the camera's name"; only text between
# two apostrophes is quoted, and a text with a single one is shown as it is.
# Seen: before a brace a single one begins a quoted part that lasts to the end. The apostrophe is
# dropped, `{a}` and `{b}` stay as they are, and no error is raised. French and Italian elide right
# there (d'{x}, dell'{x}). Python's str.format fills the same text, so that a test on the server passes.
# Output seen: "connexion d{a} à {b}"; with U+2019 "connexion d’A à B".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix "$folder" intl-messageformat@12.1.5 >/dev/null

cat >"$folder/look.mjs" <<'JAVASCRIPT'
import { IntlMessageFormat } from "intl-messageformat";

const shown = (text) => new IntlMessageFormat(text, "fr").format({ a: "A", b: "B" });
const straight = shown("connexion d'{a} à {b}");
const curly = shown("connexion d’{a} à {b}");
const within = shown("l'heure de {a} à {b}");
console.log([straight, curly, within].join("\n"));
const asSeen =
  straight === "connexion d{a} à {b}" && curly === "connexion d’A à B" && within === "l'heure de A à B";
console.log(asSeen ? "as stated" : "CHANGED");
process.exit(asSeen ? 0 : 1);
JAVASCRIPT
node "$folder/look.mjs"
