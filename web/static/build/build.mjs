// Builds ../kern.css: KERN's components, with logical properties instead of physical ones, without what no template uses.
import fs from "node:fs";
import path from "node:path";
import * as sass from "sass";
import postcss from "postcss";
import { transform } from "lightningcss";

const here = import.meta.dirname;
const templates = path.join(here, "../../templates");
const source = sass.compile(path.join(here, "kern.scss"), { loadPaths: [path.join(here, "node_modules")], quietDeps: true, silenceDeprecations: ["import", "global-builtin", "mixed-decls"] }).css;
const root = postcss.parse(source);

// Physical to logical: what is left in a left-to-right text is the start of a line.
const sides = { left: "inline-start", right: "inline-end" };
root.walkDecls((d) => {
  const box = /^(margin|padding|border)-(left|right)(-width|-color|-style)?$/.exec(d.prop);
  if (box) d.prop = `${box[1]}-${sides[box[2]]}${box[3] ?? ""}`;
  else if (sides[d.prop]) d.prop = `inset-${sides[d.prop]}`;
  else if (d.prop === "text-align" && sides[d.value]) d.value = d.value === "left" ? "start" : "end";
  else {
    const corner = /^border-(top|bottom)-(left|right)-radius$/.exec(d.prop);
    if (corner) d.prop = `border-${corner[1] === "top" ? "start" : "end"}-${corner[2] === "left" ? "start" : "end"}-radius`;
  }
});

// Keep the classes that stand in a template, whole or as part of a condition.
const used = new Set();
for (const f of fs.readdirSync(templates)) for (const m of fs.readFileSync(path.join(templates, f), "utf8").matchAll(/kern-[\w-]+/g)) used.add(m[0]);
for (const kind of ["checkbox", "radio"]) used.add(`kern-form-check__${kind}`).add(`kern-form-check__${kind}--error`);
for (const kind of ["primary", "secondary", "tertiary"]) used.add(`kern-btn--${kind}`);
const keeps = (selector) => [...selector.replace(/\[[^\]]*\]/g, "").replace(/:not\([^)]*\)/g, "").matchAll(/\.(kern-[\w-]+)/g)]
  .every(([, c]) => used.has(c) || c === "kern-dark" || c === "kern-light" || c === "kern-layer" || c.startsWith("kern-level"));
root.walkRules((r) => {
  if (r.parent.type === "atrule" && /keyframes/.test(r.parent.name)) return;
  r.selectors = r.selectors.filter(keeps);
  if (!r.selectors.length || r.selector === "") r.remove();
});
root.walkAtRules((a) => { if (a.nodes && !a.nodes.length) a.remove(); });

const { code } = transform({ filename: "kern.css", code: Buffer.from(root.toString()), minify: true });
const note = "/*! KERN-UX @kern-ux/native 2.7.2, EUPL-1.2, changed: logical properties, selection of components. See LICENSES/NOTICE.md */\n";
fs.writeFileSync(path.join(here, "../kern.css"), note + code.toString() + "\n");
console.log(`kern.css: ${note.length + code.length} bytes`);
