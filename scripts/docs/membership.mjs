// Which news holds, and how long a suspicion lasts: computed by the code that decides it.
import { compiled } from './files.mjs';
import { commentTables } from './syntax.mjs';
import { table } from './table.mjs';

const statuses = ['alive', 'suspect', 'dead', 'left', 'evicted'];
const counters = [
  [4, 'lower'],
  [5, 'equal'],
  [6, 'higher'],
];

/** The order as the source states it. */
export function precedenceOrder() {
  const [{ head, rows }] = commentTables('src/blocks/membership/precedence.ts');
  return table(head, rows);
}

/** For what is known (rows) and heard (columns) of one life: which counters are believed. */
export async function mergeTable() {
  const { compareNews, makeFact } = await compiled('blocks/membership');
  const fact = (counter) =>
    makeFact({
      name: 'a',
      nodeId: '0000000000000001',
      peer: 0,
      start: 1,
      born: 1,
      counter,
      streams: 'yes',
      tags: {},
      slot: 0,
      bytes: 0,
    });
  const rows = statuses.map((known) => [
    `**${known}**`,
    ...statuses.map((heard) =>
      words(
        counters
          .filter(([counter]) => compareNews(fact(counter), heard, fact(5), known) > 0)
          .map(([, word]) => word),
      ),
    ),
  ]);
  return table(['known ↓ heard →', ...statuses], rows);
}

function words(believed) {
  if (believed.length === counters.length) return 'always';
  return believed.length === 0 ? 'never' : believed.join(' or ');
}

/** Lengths of a suspicion under the preset `lan`, by live members and by who confirms. */
export async function suspicionTable() {
  const { suspicionMs, suspicionMinMs } = await compiled('blocks/failure');
  const { PRESETS } = await compiled('designs/hearsay');
  const silent = (count) => accusers(count, 'silence');
  const rows = [3, 10, 100, 1000, 10_000].map((live) => {
    const options = suspicionOptions(PRESETS.lan);
    return [
      live.toLocaleString('en'),
      seconds(suspicionMinMs(options, live)),
      ...[1, 2, 3, 4].map((count) => seconds(suspicionMs(options, live, silent(count)))),
      seconds(suspicionMs(options, live, accusers(3, 'refused'))),
    ];
  });
  const head = ['live', 'Min', 'accused by 1', 'by 2', 'by 3', 'by 4', 'refused to 3'];
  return table(head, rows, { right: head.map(() => true) });
}

/** Min and Max of each preset. */
export async function suspicionPresets() {
  const { suspicionMinMs } = await compiled('blocks/failure');
  const { PRESETS } = await compiled('designs/hearsay');
  const sizes = [10, 100, 1000];
  const rows = ['lan', 'wan', 'local'].map((name) => {
    const options = suspicionOptions(PRESETS[name]);
    const spans = sizes.map((live) => {
      const minMs = suspicionMinMs(options, live);
      return `${seconds(minMs)} … ${seconds(minMs * options.beta)}`;
    });
    return [`\`${name}\``, ...spans];
  });
  return table(['preset', ...sizes.map((live) => `N = ${live.toLocaleString('en')}`)], rows);
}

function suspicionOptions(preset) {
  return {
    intervalMs: preset.probeIntervalMs,
    alpha: preset.suspicionAlpha,
    beta: preset.suspicionBeta,
    confirmations: preset.confirmations,
    refusal: preset.refusal,
  };
}

function accusers(count, met) {
  return Array.from({ length: count }, (_, i) => ({ by: `n${i}`, met }));
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}
