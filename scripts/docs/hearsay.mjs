// The flagship's messages, timers and options, from their sources.
import { compiled } from './files.mjs';
import { declarations, literal, parse } from './syntax.mjs';
import { table } from './table.mjs';

const design = 'src/designs/hearsay';

/** Message, how it is sent, its fields, its bytes beside the news, its meaning. */
export async function hearsayMessages() {
  const { MESSAGE_BYTES } = await compiled('designs/hearsay/codec.js');
  const source = parse(`${design}/messages.ts`);
  const known = declarations(source);
  const names = (union) =>
    known.get(union).typeAnnotation.types.map(({ typeName }) => typeName.name);
  const [packets, streams] = [names('PacketMessage'), names('StreamMessage')];
  const rows = [...new Set([...packets, ...streams])].map((name) => {
    const members = known.get(name).body.body;
    const type = members[0].typeAnnotation.typeAnnotation.literal.value;
    const fields = members.slice(1).map(({ key }) => key.name);
    const ways = [packets.includes(name) && 'packet', streams.includes(name) && 'stream'];
    return [
      `\`${type}\``,
      ways.filter(Boolean).join(', '),
      fields.join(', ') || '–',
      MESSAGE_BYTES[type],
      source.docOf(exported(source, known.get(name))) || '–',
    ];
  });
  return table(['message', 'by', 'fields', 'bytes', 'meaning'], rows, {
    right: [false, false, false, true],
  });
}

/** Messages of the flagship's parts: number on the wire, fields, meaning. */
export async function partMessages() {
  const rows = [];
  for (const part of ['data', 'value', 'topic', 'query']) {
    const { [`${part}Codec`]: codec } = await compiled(`designs/hearsay/${part}-codec.js`);
    const source = parse(`${design}/${part}-messages.ts`);
    for (const statement of source.program.body) {
      const { body, type } = statement.declaration ?? {};
      const [first, ...members] = type === 'TSInterfaceDeclaration' ? body.body : [];
      const name = first?.typeAnnotation.typeAnnotation.literal?.value;
      if (codec.numbers[name] === undefined) continue;
      const fields = members.map(({ key }) => key.name).join(', ');
      rows.push([codec.numbers[name], `\`${name}\``, fields, source.docOf(statement) || '–']);
    }
  }
  const inOrder = rows.toSorted(([a], [b]) => a - b);
  return table(['no.', 'message', 'fields', 'meaning'], inOrder, { right: [true] });
}

/** A declaration's doc stands before its `export`. */
function exported({ program }, node) {
  return program.body.find(({ declaration }) => declaration === node) ?? node;
}

export function hearsayTimers() {
  const source = parse(`${design}/timers.ts`);
  const { properties } = declarations(source).get('Timer').expression;
  const rows = properties.map((property) => {
    const [, what, arg = '–'] = source.docOf(property).match(/^(.*?)(?: \[(.+)\])?\.$/);
    return [property.value.value, `\`${property.key.name}\``, arg, `${what}.`];
  });
  return table(['no.', 'timer', 'argument', 'when it fires'], rows, { right: [true] });
}

/** Every option with its presets, its range and what it means. */
export async function hearsayOptions() {
  const { PRESETS } = await compiled('designs/hearsay');
  const source = parse(`${design}/config.ts`);
  const known = declarations(source);
  const imported = Object.entries(await compiled('core'));
  const ranges = literal(known.get('RANGES'), new Map([...imported, ...known]));
  const rows = known
    .get('HearsayConfig')
    .body.body.filter(({ key }) => key.name !== 'name')
    .map((property) => {
      const name = property.key.name;
      const values = ['lan', 'wan', 'local'].map((preset) => show(PRESETS[preset][name]));
      const [low, high] = ranges[name] ?? [];
      const range = low === undefined ? '' : `${show(low)} … ${show(high)}`;
      return [`\`${name}\``, ...values, range, source.docOf(property)];
    });
  return table(['option', 'lan', 'wan', 'local', 'range', 'meaning'], rows);
}

function show(value) {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number') return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',');
  if (typeof value === 'object') return 'none';
  return String(value);
}
