// What the benchmark measured before nodes had data, events and queries, beside what it does now.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../house.mjs';
import { table } from './table.mjs';

export function benchHistory() {
  const args = [join(root, 'scripts', 'bench.mjs'), '--history', '--json'];
  const { rows, unpaired } = JSON.parse(execFileSync(process.execPath, args, { cwd: root }));
  const of = (verdict) => rows.filter((row) => row.verdict === verdict).length;
  // Seeds that found something are names, no amounts: those rows say the same with other figures.
  const changed = rows.filter(
    ({ before, now, ratio, verdict }) => before !== now && (ratio !== null || verdict !== 'same'),
  );
  const summary =
    `${rows.length} rows are on record before and since: ${of('same')} within 5 %, ` +
    `${of('better')} better, ${of('worse')} worse by more than that. Those whose figures changed:`;
  const cells = changed.map(({ before, group, note, now, on, ratio, verdict, what }) => [
    `${group}: ${what}${isAlone(what, rows) ? '' : ` (${on})`}`,
    before,
    now,
    ratio?.toFixed(2) ?? '–',
    { same: 'yes', better: 'better', worse: '**no**' }[verdict],
    note,
  ]);
  const heads = ['what', 'before', 'now', 'now ÷ before', 'within 5 %', ''];
  return [summary, table(heads, cells, { right: heads.map((_, i) => i === 3) }), rest(unpaired)]
    .filter((text) => text !== '')
    .join('\n\n');
}

/** Whether no other row is named so. */
function isAlone(what, rows) {
  return rows.filter((row) => row.what === what).length === 1;
}

/** Why which groups have rows that are not compared. */
function rest(unpaired) {
  const whys = [...new Set(unpaired.map(({ why }) => why))];
  return whys
    .map((why) => {
      const rows = unpaired.filter((row) => row.why === why);
      const groups = [...new Set(rows.map(({ group }) => group))];
      const count = rows.length === 1 ? '1 row' : `${rows.length} rows`;
      return `- ${why}: ${count} of ${groups.join(', ')}`;
    })
    .join('\n');
}
