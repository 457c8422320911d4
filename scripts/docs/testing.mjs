// Users' own tests: the guide's program, run, and what a program is given.
import { runPage } from './live.mjs';
import { declarations, parse } from './syntax.mjs';
import { table, terminal } from './table.mjs';

export function exploredLeader() {
  return terminal(runPage('docs/guides/testing.md', 'leader.mjs'));
}

export function sharedState() {
  return terminal(runPage('docs/guides/state.md', 'shared.mjs'));
}

export function together() {
  return terminal(runPage('README.md', 'together.mjs'));
}

export function io() {
  const source = parse('src/api/io.ts');
  const { body } = declarations(source).get('Io').body;
  const rows = body.map((member) => [`\`io.${member.key.name}\``, source.docOf(member)]);
  return table(['', 'what it does or is'], rows);
}
