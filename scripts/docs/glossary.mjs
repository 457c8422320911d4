// Holds the glossary to the code: what it says the code calls a thing, the code must say.
import { allSources, exists, read } from './files.mjs';

const path = 'docs/GLOSSARY.md';

/** Identifiers in the column "in the code" that no source has. */
export function glossaryProblems() {
  if (!exists(path)) return [];
  const words = new Set(allSources().flatMap((text) => text.match(/[A-Za-z_$][\w$]*/g) ?? []));
  return read(path)
    .split('\n')
    .flatMap((line, index) => {
      const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
      if (cells.length < 5 || !cells[1].startsWith('**')) return [];
      return [...cells[2].matchAll(/`([^`]+)`/g)]
        .flatMap(([, code]) => code.match(/[A-Za-z_$][\w$]*/g) ?? [])
        .filter((word) => !words.has(word))
        .map((word) => `${path}:${index + 1}: no source says ${word}`);
    });
}
