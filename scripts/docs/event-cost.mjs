// What one event costs: bytes by what they are for, beside flooding and transmit-limited gossip.
import { compiled } from './files.mjs';
import { BLUE, count, GREEN, ORANGE, picture, PURPLE, round, SKY, VERMILION } from './picture.mjs';
import { table } from './table.mjs';

const PAYLOAD_BYTES = 200;
const cases = [0, 0.1].flatMap((loss) => [10, 100, 1000].map((nodes) => ({ loss, nodes })));

/** What bytes are for. */
const kinds = [
  { name: 'bodies', color: BLUE },
  { name: 'headers', color: SKY },
  { name: 'envelopes', color: '#999999' },
  { name: 'announcements', color: ORANGE },
  { name: 'acknowledgements', color: GREEN },
  { name: 'fetches', color: PURPLE, also: 'upkeep' },
];
const ways = [
  { name: 'hearsay', color: BLUE, of: (cost) => cost.bytes },
  { name: 'flooding', color: VERMILION, of: (cost) => cost.floodingBytes },
  { name: 'transmit-limited', color: ORANGE, of: (cost) => cost.gossipBytes },
];

/** Measured once for both tables and the picture. */
let measured;

async function costs() {
  const { spreadEvents } = await compiled('lab');
  measured ??= cases.map((what) => costOf(spreadEvents({ ...what, seed: 1 })));
  return measured;
}

function costOf(result) {
  const { disordered, gaps, lost } = result;
  if (lost + disordered + gaps > 0) throw new Error('events: not every node got all, in order');
  const parts = kinds.map(({ name, also }) => result.bytes[name] + (result.bytes[also] ?? 0));
  // A copy by the other ways has the same header; gossip packs as many into a packet as fit.
  const bodies = result.eagerPerDelivery + result.againPerDelivery;
  const eventBytes = PAYLOAD_BYTES + result.bytes.headers / bodies;
  const perPacket = Math.floor(PACKET_BYTES / eventBytes);
  return {
    ...result,
    parts,
    bytes: parts.reduce((sum, bytes) => sum + bytes, 0),
    floodingBytes: result.floodingCopiesPerNode * (eventBytes + ENVELOPE_BYTES),
    gossipBytes: result.gossipCopiesPerNode * (eventBytes + ENVELOPE_BYTES / perPacket),
  };
}

/** Bytes for each event and node, by what they are for. */
export async function eventBytes() {
  const rows = (await costs()).map(({ bytes, copiesPerNode, loss, nodes, parts }) => [
    count(nodes),
    percent(loss),
    copiesPerNode.toFixed(2),
    ...[...parts, bytes].map(whole),
  ]);
  const heads = ['nodes', 'loss', 'copies', ...kinds.map(({ name }) => name), 'together'];
  return table(heads, rows, { right: heads.map(() => true) });
}

/** Copies, bytes and time beside the other two ways. */
export async function eventWays() {
  const rows = (await costs()).map((cost) => [
    count(cost.nodes),
    percent(cost.loss),
    ...[
      [cost.copiesPerNode, cost.bytes, cost.lastMs],
      [cost.floodingCopiesPerNode, cost.floodingBytes, cost.floodingMs],
      [cost.gossipCopiesPerNode, cost.gossipBytes, cost.gossipMs],
    ].map(([copies, bytes, ms]) => `${copies.toFixed(2)}, ${whole(bytes)} B, ${whole(ms)} ms`),
  ]);
  return table(['nodes', 'loss', ...ways.map(({ name }) => name)], rows, { right: [true, true] });
}

/** The same event where more of them come with it. */
export async function eventRates() {
  const { spreadEvents } = await compiled('lab');
  const rows = [1000, 100, 10, 1].map((intervalMs) => {
    const events = Math.max(400, 4000 / intervalMs);
    const cost = costOf(spreadEvents({ nodes: 100, intervalMs, events, seed: 1 }));
    const { bytes, copiesPerNode, lastMs, parts } = cost;
    const shares = [...parts.slice(0, 5), bytes].map(whole);
    return [count(1000 / intervalMs), copiesPerNode.toFixed(2), ...shares, `${whole(lastMs)} ms`];
  });
  const names = kinds.slice(0, 5).map(({ name }) => name);
  const heads = ['events/s', 'copies', ...names, 'together', 'last node'];
  return table(heads, rows, { right: heads.map(() => true) });
}

/** Above what hearsay's bytes are for, below all three ways. */
export async function eventPicture() {
  const all = await costs();
  const most = Math.max(...all.flatMap((cost) => ways.map(({ of }) => of(cost))));
  const above = { top: 60, bytesMax: ceiling(Math.max(...all.map(({ bytes }) => bytes)), 100) };
  const below = { top: 292, bytesMax: ceiling(most, 1000) };
  const stacks = all.map((cost, i) => stack(cost, above, above.top + i * 26));
  const bars = all.map((cost, i) => beside(cost, below, below.top + 22 + i * 47));
  return picture({
    width: frame.left + frame.width + 80,
    height: below.top + 22 + all.length * 47 + 34,
    label:
      'Bytes sent for each event and node: by what they are for, and beside flooding and ' +
      'transmit-limited gossip',
    body: [
      title(`hearsay: bytes for each event of ${PAYLOAD_BYTES} B and node`, above.top - 42),
      legend(kinds, above.top - 20),
      axis(above, above.top - 4, above.top + all.length * 26, 100),
      ...stacks,
      title('beside other ways: bytes for each event and node', below.top - 20),
      legend(ways, below.top),
      axis(below, below.top + 16, below.top + 18 + all.length * 47, 1000),
      ...bars,
    ],
  });
}

const frame = { left: 160, width: 560 };

function stack(cost, { bytesMax }, top) {
  let left = frame.left;
  const pieces = cost.parts.map((bytes, i) => {
    const width = (bytes / bytesMax) * frame.width;
    const piece = bar(left, top, width, 18, kinds[i].color);
    left += width;
    return piece;
  });
  return [label(cost, top + 13), ...pieces, value(left, top + 13, cost.bytes)].join('\n');
}

function beside(cost, { bytesMax }, top) {
  const bars = ways.map(({ color, of }, i) => {
    const width = (of(cost) / bytesMax) * frame.width;
    const y = top + i * 13;
    return bar(frame.left, y, width, 11, color) + value(frame.left + width, y + 9, of(cost));
  });
  return [label(cost, top + 22), ...bars].join('\n');
}

function bar(x, y, width, height, color) {
  const size = `width="${round(width)}" height="${height}"`;
  return `<rect x="${round(x)}" y="${y}" ${size} fill="${color}"/>`;
}

function value(x, y, bytes) {
  return `<text class="value" x="${round(x + 6)}" y="${y}">${whole(bytes)} B</text>`;
}

function label({ loss, nodes }, y) {
  const name = `${count(nodes)} nodes${loss > 0 ? `, ${percent(loss)} loss` : ''}`;
  return `<text class="up" x="${frame.left - 8}" y="${y}">${name}</text>`;
}

function title(text, y) {
  return `<text class="title" x="${frame.left}" y="${y}">${text}</text>`;
}

function legend(entries, y) {
  let x = frame.left;
  return entries
    .map(({ color, name }) => {
      const entry = `${bar(x, y - 9, 10, 10, color)}<text x="${x + 14}" y="${y}">${name}</text>`;
      x += 32 + name.length * 7;
      return entry;
    })
    .join('\n');
}

function axis({ bytesMax }, top, bottom, step) {
  const lines = [];
  for (let bytes = 0; bytes <= bytesMax; bytes += step) {
    const x = round(frame.left + (bytes / bytesMax) * frame.width);
    lines.push(`<path class="grid" d="M${x} ${top}V${bottom}"/>\
<text class="across" x="${x}" y="${bottom + 14}">${count(bytes)}</text>`);
  }
  return lines.join('\n');
}

function ceiling(value, step) {
  return Math.ceil(value / step) * step;
}

function whole(value) {
  return count(Math.round(value));
}

function percent(share) {
  return `${share * 100} %`;
}

/** What a packet carries; and what is counted around each. */
const PACKET_BYTES = 1360;
const ENVELOPE_BYTES = 40;
