// The benchmark's lines beside their targets, with the machine that they were measured on.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../house.mjs';
import { table } from './table.mjs';

/** Takes minutes, and wants the machine for itself. */
export function benchLines() {
  const script = join(root, 'scripts', 'bench.mjs');
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, '--json'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`npm run bench: ${stderr}`);
  const { machine, lines } = JSON.parse(stdout);
  const groups = [...new Set(lines.map(({ group }) => group))];
  return [`Measured on ${machine}.`, ...groups.map((group) => groupTable(group, lines))].join(
    '\n\n',
  );
}

function groupTable(group, lines) {
  const rows = lines
    .filter((line) => line.group === group)
    .map(({ what, on, measured, target, met }) => {
      const verdict = met === undefined ? '–' : met ? 'yes' : '**no**';
      return [what, on, measured, target, verdict];
    });
  return `### ${group}\n\n${table(['what', 'on', 'measured', 'target', 'met'], rows)}`;
}
