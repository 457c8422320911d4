// The house as a picture and as a table: from the import table that the tidy test enforces.
import { hasSources } from './files.mjs';
import { declarations, literal, parse } from './syntax.mjs';
import { table } from './table.mjs';

/** What each folder is for; `column` is where it stands on its floor. */
const rooms = {
  core: { column: 1.2, what: 'the contract' },
  blocks: { column: 0.7, what: 'pure parts that return decisions' },
  wire: { column: 1.7, what: 'bytes, packets, frames' },
  designs: { column: 1.2, what: 'whole protocols' },
  net: { column: 0, what: 'host on Node.js: UDP and TCP' },
  sim: { column: 2.25, what: 'host in virtual time' },
  api: { column: 0.7, what: 'the public face over any host' },
  lab: { column: 2.8, what: 'experiments on sim' },
  cluster: { column: 0, what: 'joinCluster: api and net' },
  testing: { column: 1.4, what: 'the same face over sim' },
  'lab/pool': { column: 2.6, what: 'experiments on many cores' },
  web: { column: 3.7, what: 'dashboard and playground' },
  agent: { column: 0, what: 'daemon: control API' },
  cli: { column: 1.4, what: 'one file a command' },
};

/** Held to the seed alone; then: async, but without Node; the rest sees Node. */
const pure = new Set(['core', 'blocks', 'wire', 'designs', 'sim', 'lab']);
const withoutNode = new Set(['api', 'testing', 'web']);
const kindOf = (name) => (pure.has(name) ? 'pure' : withoutNode.has(name) ? 'plain' : 'node');
const kinds = {
  pure: 'pure: no clock, no chance, no I/O',
  plain: 'may be async, sees no Node.js',
  node: 'sees Node.js',
};

function importTable() {
  const known = declarations(parse('test/tidy/imports.ts'));
  const allowed = literal(known.get('importTable'), known);
  for (const name of Object.keys(allowed)) {
    if (rooms[name] === undefined) throw new Error(`scripts/docs/house.mjs: no room for ${name}`);
  }
  return allowed;
}

const isBuilt = (name) => hasSources(`src/${name}`) || hasSources(name);

/** Folder, purpose, what it may import, and whether it is held to purity. */
export function houseTable() {
  const allowed = importTable();
  const rows = Object.entries(allowed).map(([name, below]) => [
    `\`${name}\``,
    isBuilt(name) ? rooms[name].what : `${rooms[name].what} _(not built yet)_`,
    below.length === 0 ? 'nothing' : below.join(', '),
    kindOf(name) === 'pure' ? 'pure' : kindOf(name) === 'plain' ? 'no Node.js' : 'Node.js',
  ]);
  return table(['folder', 'what it is', 'may import', 'sees'], rows);
}

/** What a folder imports without getting it through another one it imports. */
function directImports(allowed) {
  return Object.entries(allowed).flatMap(([from, below]) =>
    below
      .filter((to) => !below.some((via) => via !== to && allowed[via].includes(to)))
      .map((to) => ({ from, to })),
  );
}

function floors(allowed) {
  const floor = {};
  const climb = (name) =>
    (floor[name] ??= allowed[name].length === 0 ? 0 : 1 + Math.max(...allowed[name].map(climb)));
  for (const name of Object.keys(allowed)) climb(name);
  return floor;
}

const width = 196;
const height = 54;
const stepX = 220;
const stepY = 100;
const margin = 16;

export function housePicture() {
  const allowed = importTable();
  const floor = floors(allowed);
  const top = Math.max(...Object.values(floor));
  const place = (name) => ({
    x: margin + Math.round(rooms[name].column * stepX),
    y: margin + (top - floor[name]) * stepY,
  });
  const right = Math.max(...Object.keys(allowed).map((name) => place(name).x)) + width + margin;
  const bottom = margin + top * stepY + height;
  const edges = directImports(allowed).map(({ from, to }) => edge(place(from), place(to)));
  const boxes = Object.keys(allowed).map((name) => box(name, place(name)));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${right} ${bottom + 56}"\
 role="img" aria-label="Folders of hearsay and what each imports">
<!-- made by: npm run docs -->
<style>
${style}
</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8"\
 orient="auto"><path class="tip" d="M0 0.5L8 4L0 7.5z"/></marker></defs>
${edges.join('\n')}
${boxes.join('\n')}
${legend(bottom + 26)}
</svg>
`;
}

function edge(from, to) {
  const [x1, y1] = [from.x + width / 2, from.y + height];
  const [x2, y2] = [to.x + width / 2, to.y - 2];
  const bend = (y2 - y1) / 2;
  return `<path class="edge" marker-end="url(#tip)" d="M${x1} ${y1}C${x1} ${y1 + bend} \
${x2} ${y2 - bend} ${x2} ${y2}"/>`;
}

function box(name, { x, y }) {
  const kind = isBuilt(name) ? kindOf(name) : `${kindOf(name)} later`;
  const lines = wrap(rooms[name].what, 32);
  const first = lines.length > 1 ? 19 : 23;
  const texts = lines.map(
    (line, i) => `<text x="${x + width / 2}" y="${y + first + 15 + i * 12}">${line}</text>`,
  );
  return `<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>\
<text class="name" x="${x + width / 2}" y="${y + first}">${name}</text>${texts.join('')}`;
}

function wrap(text, columns) {
  const lines = [''];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (longer.length <= columns) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function legend(y) {
  const entries = [...Object.entries(kinds), ['plain later', 'not built yet']];
  return entries
    .map(([kind, what], i) => {
      const x = margin + i * 250;
      return `<rect class="${kind}" x="${x}" y="${y}" width="22" height="14" rx="3"/>\
<text class="legend" x="${x + 30}" y="${y + 11}">${what}</text>`;
    })
    .join('\n');
}

const style = `text { font: 11px system-ui, 'DejaVu Sans', sans-serif; fill: #3d4550;\
 text-anchor: middle; }
.name { font-weight: 600; font-size: 14px; fill: #14181d; }
.legend { text-anchor: start; }
rect { stroke-width: 1.2; }
.pure { fill: #dff1e4; stroke: #3f8f5b; }
.plain { fill: #e4ecfb; stroke: #4c74c4; }
.node { fill: #fbeedb; stroke: #b9822f; }
.later { fill: none; stroke-dasharray: 5 4; }
.edge { fill: none; stroke: #8a929c; stroke-width: 1.2; }
.tip { fill: #8a929c; }
@media (prefers-color-scheme: dark) {
  text { fill: #b4bcc6; }
  .name { fill: #eef1f4; }
  .pure { fill: #16301f; stroke: #5fb37e; }
  .plain { fill: #18253f; stroke: #7b9fe6; }
  .node { fill: #35270f; stroke: #d5a556; }
  .later { fill: none; }
}`;
