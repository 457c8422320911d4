/**
 * Sends what a comparison has shown to be lacking elsewhere: small entries first, by packets where
 * a few are enough, else by stream on the bulk lane.
 */
import { ENVELOPE_BYTES, STREAM_BYTES_MAX, type Peer } from '../../../core/index.ts';
import type { Contact } from '../contact.ts';
import { DATA_MESSAGE_BYTES } from '../data-codec.ts';
import type { DataPage, Memory } from '../data-messages.ts';
import { paginate } from '../pages.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import { entryNow, type Cell } from './store.ts';

export interface Delivery {
  readonly cells: readonly Cell[];
  /** They are all that there is: the other side answers with what is lacking here. */
  readonly want: boolean;
  readonly memory: Memory;
  readonly packetBytesMax: number;
}

/** At least one page goes, perhaps empty, so that the other side knows that it was all. */
export function deliver(env: HearsayEnv, to: Peer, contact: Contact, of: Delivery): void {
  const { memory, packetBytesMax, want } = of;
  const small = [...of.cells].sort((a, b) => a.bytes - b.bytes || a.id - b.id);
  let bytes = 0;
  for (const cell of small) bytes += cell.bytes;
  const packetRoom = packetBytesMax - DATA_MESSAGE_BYTES['data-page'];
  // A packet may be left with half its room unused, where entries are large.
  const byPacket = !want && 2 * bytes <= PACKETS_MAX * packetRoom;
  const pages = paginate(small, (cell) => cell.bytes, byPacket ? packetRoom : STREAM_ROOM);
  for (const [i, cells] of pages.entries()) {
    const last = i === pages.length - 1;
    const entries = cells.map((cell) => entryNow(cell, env.now));
    const page: DataPage = { type: 'data-page', entries, last, want, memory };
    if (byPacket) env.send(to, page);
    else env.sendReliably(to, page, contact.nextSeq(), 'bulk');
  }
}

const STREAM_ROOM = STREAM_BYTES_MAX - ENVELOPE_BYTES - DATA_MESSAGE_BYTES['data-page'];
/** Beyond that a stream costs less than what is lost of packets. */
const PACKETS_MAX = 8;
