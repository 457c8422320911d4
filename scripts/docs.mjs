// `npm run docs [-- name …]`: writes the made parts of the documentation that take a moment, or
// those named; `npm run docs -- --all` also those that take minutes or show times measured live.
// `npm run docs -- --check`: says which of the former are stale; the exit code is their number.
//
// A made part stands between `<!-- made by: name -->` and `<!-- end: name -->`; a picture is a
// whole file.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, requireNode, root } from './house.mjs';

requireNode();
ensureInstalled();
ensureBuilt();
const { parts, pictures } = await import('./docs/parts.mjs');
const { madeParts, replaceParts } = await import('./docs/markers.mjs');
const { markdownFiles } = await import('./docs/files.mjs');
const { glossaryProblems } = await import('./docs/glossary.mjs');

const args = process.argv.slice(2);
const check = args.includes('--check');
const wanted = args.filter((arg) => !arg.startsWith('-'));
const isWanted = (name) => {
  if (wanted.length > 0) return wanted.includes(name);
  return !(parts[name] ?? pictures[name])?.slow || (args.includes('--all') && !check);
};
const complaints = [...glossaryProblems()];

const texts = new Map(); // Several pages may show the same part.
async function textOf(name) {
  if (!texts.has(name)) texts.set(name, await parts[name].make());
  return texts.get(name);
}

for (const path of markdownFiles()) {
  const made = new Map();
  for (const name of madeParts(readIfAny(path))) {
    if (parts[name] === undefined) complaints.push(`${path}: nothing makes ${name}`);
    else if (isWanted(name)) made.set(name, await textOf(name));
  }
  const text = readIfAny(path); // Again: making may have taken a while.
  settle(path, text, replaceParts(text, made));
}
for (const [path, { make }] of Object.entries(pictures)) {
  if (isWanted(path)) settle(path, readIfAny(path), await make());
}
for (const complaint of complaints) process.stderr.write(`docs: ${complaint}\n`);
process.exitCode = complaints.length;

function settle(path, before, after) {
  if (before === after) return;
  if (check) {
    complaints.push(`${path} is stale: npm run docs`);
    return;
  }
  writeFileSync(join(root, path), after);
  process.stderr.write(`docs: ${path} written\n`);
}

function readIfAny(path) {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return undefined;
  }
}
