import type { Compared, Comparison } from './comparison.ts';

/** A line for each row, those that became worse last; and how many are how. */
export function comparisonText({ rows, unpaired }: Comparison): string {
  const order = ['same', 'better', 'worse'] as const;
  const counts = order.map((verdict) => rows.filter((row) => row.verdict === verdict).length);
  const lines = order
    .flatMap((verdict) => rows.filter((row) => row.verdict === verdict))
    .map(rowText);
  const [same, better, worse] = counts;
  return [
    ...lines,
    '',
    `${rows.length} rows: ${same} within 5 %, ${better} better, ${worse} worse by more than that`,
    ...unpaired.map(({ group, what, why }) => `  ${why} │ ${group}: ${what}`),
    '',
  ].join('\n');
}

function rowText({ before, group, note, now, of, ratio, verdict, what }: Compared): string {
  const mark = { same: '✓', better: '+', worse: '✗' }[verdict];
  const times = ratio === null || ratio === 1 ? '' : timesText(ratio);
  const why = [of.join(' → '), note].filter((text) => text !== '').join('; ');
  return `${mark} ${times.padEnd(8)} ${before} → ${now} │ ${group}: ${what} [${why}]`;
}

function timesText(ratio: number): string {
  return ratio === Infinity ? 'from 0' : `× ${ratio.toFixed(2)}`;
}
