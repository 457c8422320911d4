// Events while a part of the cluster crashes or halves are cut off from each other.
import { compiled } from './files.mjs';
import { BLUE, ORANGE, picture, round } from './picture.mjs';
import { table } from './table.mjs';

const NODES = 100;
const SEEDS = [1, 2, 3];
const troubles = [
  { name: 'a fifth crashes at once', trouble: 'crash', loss: 0 },
  { name: 'a fifth crashes at once, 10 % loss', trouble: 'crash', loss: 0.1 },
  { name: 'halves apart for 60 s', trouble: 'cut', loss: 0 },
  { name: 'halves apart for 60 s, 10 % loss', trouble: 'cut', loss: 0.1 },
];

async function run(of) {
  const { eventsHealing } = await compiled('lab');
  const result = eventsHealing({ nodes: NODES, ...of });
  const { again, disordered, gaps, lost } = result;
  if (lost + disordered + again + gaps > 0) throw new Error('events: not all, in order, once');
  return result;
}

/** How soon all have all again, and what that costs: the worst of some runs. */
export async function eventHealing() {
  const rows = [];
  for (const { name, ...of } of troubles) {
    const results = [];
    for (const seed of SEEDS) results.push(await run({ ...of, seed }));
    const most = (value) => Math.max(...results.map(value));
    rows.push([
      name,
      seconds(most(({ caughtUpMs }) => caughtUpMs)),
      seconds(most(({ laterMsMax }) => laterMsMax)),
      most(({ copiesPerDelivery }) => copiesPerDelivery).toFixed(2),
      percent(most(({ due, gossipLost }) => gossipLost / due)),
    ]);
  }
  const heads = ['what happens', 'all have all after', 'later events', 'copies', 'gossip loses'];
  return table(heads, rows, { right: heads.map((_, i) => i > 0) });
}

/** What the mean node has of all events, from the cut on. */
export async function healingPicture() {
  const { gossipShares, shares } = await run({ trouble: 'cut', seed: 1 });
  const last = shares.length - 1;
  const x = (second) => round(frame.left + (second / last) * frame.width);
  const y = (share) => round(frame.top + (1 - share) * frame.height);
  const path = (of) => `M${of.map((share, second) => `${x(second)} ${y(share)}`).join('L')}`;
  const curve = (of, color, width) =>
    `<path class="line" d="${path(of)}" stroke="${color}" stroke-width="${width}"/>`;
  const name = (text, of) => `<text x="${x(last) + 8}" y="${y(of.at(-1)) + 4}">${text}</text>`;
  return picture({
    width: frame.left + frame.width + 150,
    height: frame.top + frame.height + 44,
    label: 'The share of all events that the mean node has, during a cut and after it',
    body: [
      `<text class="title" x="16" y="16">share of all events so far that the mean node has</text>`,
      ...axes(x, y, last),
      ...[0, CUT_SECONDS].map((second) => `<path class="mark" d="M${x(second)} ${y(1)}V${y(0)}"/>`),
      `<text x="${x(0) + 6}" y="${y(0) - 8}">cut</text>`,
      `<text x="${x(CUT_SECONDS) + 6}" y="${y(0) - 8}">healed</text>`,
      curve(gossipShares, ORANGE, 2),
      curve(shares, BLUE, 3.5),
      name('hearsay', shares),
      name('transmit-limited', gossipShares),
    ],
  });
}

const CUT_SECONDS = 60;
const frame = { left: 60, top: 36, width: 500, height: 200 };

function axes(x, y, last) {
  const lines = [];
  for (let percent = 0; percent <= 100; percent += 25) {
    const at = y(percent / 100);
    lines.push(`<path class="grid" d="M${x(0)} ${at}H${x(last)}"/>\
<text class="up" x="${x(0) - 8}" y="${at + 4}">${percent} %</text>`);
  }
  for (let second = 0; second <= last; second += 10) {
    lines.push(`<text class="across" x="${x(second)}" y="${y(0) + 18}">${second}</text>`);
  }
  lines.push(`<text class="across" x="${x(last / 2)}" y="${y(0) + 38}">seconds</text>`);
  return lines;
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}

function percent(share) {
  return `${(share * 100).toFixed(2)} %`;
}
