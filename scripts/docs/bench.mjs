// The benchmark's lines beside their targets. Measuring is apart, since it takes long and wants the
// machine for itself: `npm run bench -- --record`. Of each group the latest record is shown.
import { read } from './files.mjs';
import { table } from './table.mjs';

export function benchLines() {
  return [...latestRecords().values()].map(groupTable).join('\n\n');
}

/** The latest record of each group, by its name. */
export function latestRecords() {
  const entries = read('bench/history.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return new Map(entries.map((entry) => [entry.group, entry]));
}

function groupTable({ group, commit, date, machine, seconds, lines }) {
  const rows = lines.map(({ what, on, measured, target, met }) => {
    const verdict = met === undefined ? '–' : met ? 'yes' : '**no**';
    return [what, on, measured, target, verdict];
  });
  const took = seconds === undefined ? '' : `, in ${seconds} s`;
  const head = `### ${group}\n\nAt ${commit}, ${date}, on ${machine}${took}.`;
  return `${head}\n\n${table(['what', 'on', 'measured', 'target', 'met'], rows)}`;
}
