// The benchmark's lines beside their targets. Measuring is apart, since it takes long and wants the
// machine for itself: `npm run bench -- --json > docs/measurements.json`.
import { read } from './files.mjs';
import { table } from './table.mjs';

const measurements = () => JSON.parse(read('docs/measurements.json'));

export function benchLines() {
  const { machine, lines } = measurements();
  const groups = [...new Set(lines.map(({ group }) => group))];
  const tables = groups.map((group) => groupTable(group, lines));
  return [`Measured on ${machine}.`, ...tables].join('\n\n');
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
