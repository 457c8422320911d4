// The flagship live, beside other systems that were measured on the same kind of machine before
// this tree began. Ours is the latest record of the benchmark.
import { latestRecords } from './bench.mjs';
import { table } from './table.mjs';

const heads = {
  en: [
    '',
    '50 join through one',
    'a process stops, N = 100: all know',
    'idle, UDP bytes/s, N = 10 → 100',
  ],
  zh: [
    '',
    '50 个经同一种子加入',
    '一个进程停止，N = 100：全员知晓',
    '空闲时 UDP 字节/秒，N = 10 → 100',
  ],
};

/** Versions of 2026, their LAN defaults, two cores, loopback, all agents in one process. */
const others = [
  ['memberlist 0.7.0', '1.04 s; 2 of 10: 60 … 66 s', '11.4 s (9.8 … 13.0)', '93 → 93'],
  ['Serf 0.11.0', '1.0 s; 1 of 3: 60 s', '10.0 s (9.5 … 12.3)', '225'],
  ['chitchat 0.13.0', '5 … 6 s', '10.0 s (9.0 … 12.0)', '3,100 → 30,200'],
  ['foca 2.0.0', '1 … 30 s', '10.0 s (9.4 … 12.3)', '50 → 83'],
];

export function liveComparison(language) {
  const rows = language === 'en' ? others : others.map((row) => row.map(inChinese));
  return table(heads[language], [ours(language), ...rows]);
}

function ours(language) {
  const { lines } = latestRecords().get('live');
  const measured = (pattern) => {
    const line = lines.find(({ what }) => pattern.test(what));
    if (line === undefined) throw new Error(`bench/history.jsonl: no live line ${pattern}`);
    return line.measured;
  };
  const middleAndWorst = (pattern) => {
    const [middle, worst] = measured(pattern).split(', ');
    return language === 'en' ? `${middle} (worst ${worst})` : `${middle}（最慢 ${worst}）`;
  };
  const bytes = (agents) => measured(new RegExp(`each of ${agents} agents`)).replace(/ B\/s$/, '');
  return [
    '**hearsay 0.1.0**',
    middleAndWorst(/^50 agents join/),
    middleAndWorst(/closes without leaving/),
    `${bytes(10)} → ${bytes(100)}`,
  ];
}

/** `1.0 s; 1 of 3: 60 s`: the only words that these cells have. */
function inChinese(cell) {
  return cell
    .replace(/; (\d+) of (\d+): (.*)$/, '；$2 次中有 $1 次：$3')
    .replace(/ \((.*)\)$/, '（$1）');
}
