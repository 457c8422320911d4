// The wire: byte tables from the heads of the files that write them, limits from their constants.
import { compiled } from './files.mjs';
import { commentTables } from './syntax.mjs';
import { table } from './table.mjs';

const headTable = (path) => {
  const [{ head, rows }] = commentTables(path);
  return table(head, rows);
};

export const packetBytes = () => headTable('src/wire/envelope.ts');
export const frameBytes = () => headTable('src/wire/stream.ts');
export const newsBytes = () => headTable('src/designs/hearsay/codec.ts');

export async function packetKinds() {
  const { PacketKind, FrameKind } = await compiled('wire');
  const names = new Set([...Object.keys(PacketKind), ...Object.keys(FrameKind)]);
  const rows = [...names]
    .map((name) => ({ number: PacketKind[name] ?? FrameKind[name], name }))
    .toSorted((a, b) => a.number - b.number)
    .map(({ number, name }) => [
      number,
      `\`${name.toLowerCase()}\``,
      name in PacketKind ? 'yes' : '–',
      name in FrameKind ? 'yes' : '–',
    ]);
  return table(['no.', 'kind', 'packet', 'frame'], rows, { right: [true] });
}

export async function wireLimits() {
  const wire = await compiled('wire');
  const core = await compiled('core');
  const limits = [
    ['a datagram', wire.DATAGRAM_BYTES_MAX],
    ["a design's message in a packet", core.PACKET_BYTES_MAX],
    ['the envelope, as counted (with encryption, used or not)', core.ENVELOPE_BYTES],
    ['the plain envelope, as sent', wire.PLAIN_ENVELOPE_BYTES],
    ["a design's message on a stream", core.STREAM_BYTES_MAX],
    ["a frame's own bytes", wire.FRAME_OVERHEAD_BYTES],
    ['the first frame of a stream, body', wire.OPEN_BYTES_MAX],
    ['an address, as counted (the largest form)', core.ADDRESS_BYTES],
  ];
  const rows = limits.map(([what, bytes]) => [what, bytes.toLocaleString('en')]);
  return table(['limit', 'bytes'], rows, { right: [false, true] });
}
