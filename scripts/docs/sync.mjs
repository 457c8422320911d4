// What it costs two nodes to come to hold the same facts, by strategy: a table and a picture.
import { compiled } from './files.mjs';
import { BLUE, count, GREEN, GREY, ORANGE, picture, PURPLE, round, VERMILION } from './picture.mjs';
import { table } from './table.mjs';

const FACTS = 10_000;
const SEED = 1;

/** Lines of the picture. */
const lines = [
  { strategy: 'rateless', owners: 100, name: 'rateless', color: BLUE, wide: true },
  { strategy: 'three-way', owners: 100, name: 'three-way', color: VERMILION },
  { strategy: 'three-way', owners: 10_000, name: 'three-way, 10,000 owners', color: VERMILION },
  { strategy: 'digest', owners: 100, name: 'digest', color: GREEN },
  { strategy: 'chitchat', owners: 100, name: 'chitchat', color: PURPLE },
  { strategy: 'full', owners: 100, name: 'full', color: GREY },
  { strategy: 'memberlist', owners: 100, name: 'memberlist', color: ORANGE },
];
const dashes = { 10_000: '7 4' };
const grid = [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000];

/** Bytes before the facts, by strategy and number of differences. */
export async function syncTable() {
  const { SYNC_STRATEGIES, SyncTrial } = await compiled('lab');
  const rows = [0, 1, 10, 100, 1000, 10_000].map((differences) => {
    const trial = new SyncTrial({ facts: FACTS, differences, seed: SEED });
    const results = SYNC_STRATEGIES.map((strategy) => trial.run({ strategy }));
    return [count(differences), ...results.map(({ bytes }) => count(bytes))];
  });
  const right = Array.from({ length: 1 + SYNC_STRATEGIES.length }, () => true);
  return table(['differences', ...SYNC_STRATEGIES], rows, { right });
}

/** The same as a picture, both axes logarithmic. */
export async function syncPicture() {
  const curves = await measure();
  const all = curves.flatMap(({ points }) => points.map(({ bytes }) => bytes));
  const top = 10 ** Math.ceil(Math.log10(Math.max(...all)));
  const bottom = 10 ** Math.floor(Math.log10(Math.min(...all)));
  const x = (differences) => round(frame.left + (Math.log10(differences) / 4) * frame.width);
  const y = (bytes) =>
    round(frame.top + (Math.log10(top / bytes) / Math.log10(top / bottom)) * frame.height);
  const labels = spread(curves.map(({ points }) => y(points.at(-1).bytes)));
  return picture({
    width: frame.left + frame.width + 215,
    height: frame.top + frame.height + 50,
    label: 'Bytes before the facts against differences, by strategy',
    body: [
      axes(x, y, bottom, top),
      ...curves.map((curve, i) => drawn(curve, x, y, labels[i])),
      '<text class="title" x="16" y="16">bytes that both send before the facts</text>',
    ],
  });
}

async function measure() {
  const { SyncTrial } = await compiled('lab');
  const curves = lines.map((line) => ({ ...line, points: [] }));
  for (const differences of grid) {
    const trials = new Map();
    for (const { owners, strategy, points } of curves) {
      if (!trials.has(owners)) {
        trials.set(owners, new SyncTrial({ facts: FACTS, differences, owners, seed: SEED }));
      }
      points.push({ differences, bytes: trials.get(owners).run({ strategy }).bytes });
    }
  }
  return curves;
}

const frame = { left: 70, top: 36, width: 460, height: 360 };

function axes(x, y, bottom, top) {
  const across = [1, 10, 100, 1000, 10_000].map(
    (differences) => `<path class="grid" d="M${x(differences)} ${y(top)}V${y(bottom)}"/>\
<text class="across" x="${x(differences)}" y="${y(bottom) + 18}">${count(differences)}</text>`,
  );
  const up = [];
  for (let bytes = bottom; bytes <= top; bytes *= 10) {
    up.push(`<path class="grid" d="M${x(1)} ${y(bytes)}H${x(10_000)}"/>\
<text class="up" x="${x(1) - 8}" y="${y(bytes) + 4}">${size(bytes)}</text>`);
  }
  const title = `differences between two nodes of ${count(FACTS)} facts, of 100 owners unless said`;
  const below = `<text class="across" x="${x(100)}" y="${y(bottom) + 38}">${title}</text>`;
  return [...across, ...up, below].join('\n');
}

function drawn({ name, color, wide, owners, points }, x, y, label) {
  const path = points.map(({ differences, bytes }) => `${x(differences)} ${y(bytes)}`).join('L');
  const dash = dashes[owners] === undefined ? '' : ` stroke-dasharray="${dashes[owners]}"`;
  const end = x(points.at(-1).differences);
  const stroke = `stroke="${color}" stroke-width="${wide ? 3.5 : 2}"${dash}`;
  return `<path class="line" d="M${path}" ${stroke}/>\
<path class="line" d="M${end + 8} ${label}h20" ${stroke}/>\
<text x="${end + 34}" y="${label + 4}">${name}</text>`;
}

/** Places for labels, near where they belong but not over each other. */
function spread(places) {
  const order = places.map((_, i) => i).sort((a, b) => places[a] - places[b]);
  const settled = [...places];
  for (let i = 1; i < order.length; i++) {
    settled[order[i]] = Math.max(settled[order[i]], settled[order[i - 1]] + 15);
  }
  return settled;
}

function size(bytes) {
  if (bytes >= 1e6) return `${count(bytes / 1e6)} MB`;
  return bytes >= 1000 ? `${bytes / 1000} kB` : `${bytes} B`;
}
