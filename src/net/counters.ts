/** What a host counts: plain numbers, as `core/host-counters.ts` explains them. */
import type { HostCounters, MessageCounts, PacketCounts } from '../core/index.ts';

/** Everything since the host was opened. */
export class Counters implements HostCounters {
  /** Inputs of any kind, garbage included: what timers that are late wait for. */
  inputs = 0;
  readonly messagesIn: Record<string, MessageCounts> = {};
  readonly messagesOut: Record<string, MessageCounts> = {};
  readonly packetsIn: PacketCounts = { message: 0, hello: 0, welcome: 0, gone: 0 };
  readonly packetsOut: PacketCounts = { message: 0, hello: 0, welcome: 0, gone: 0 };
  packetBytesIn = 0;
  packetBytesOut = 0;
  streamBytesIn = 0;
  streamBytesOut = 0;
  framesIn = 0;
  framesOut = 0;
  dials = 0;
  dialsOpened = 0;
  readonly dialsFailed = { refused: 0, gone: 0, lost: 0, local: 0 };
  accepts = 0;
  readonly failures = { refused: 0, gone: 0, lost: 0, local: 0 };
  readonly rejected: Record<string, number> = {};
  misdirected = 0;
  goneIgnored = 0;
  challenges = 0;
  heldDropped = 0;
  packetsDropped = 0;
  packetsImpaired = 0;
  packetsStreamed = 0;
  unroutable = 0;
  timersLate = 0;
  turnsWaited = 0;
}

/** Counts a message in one of the tables by kind. */
export function countMessage(
  table: Record<string, MessageCounts>,
  message: unknown,
  bytes: number,
  isStreamed: boolean,
): void {
  const counts = (table[kindOf(message)] ??= {
    packets: 0,
    packetBytes: 0,
    streamed: 0,
    streamedBytes: 0,
  });
  if (isStreamed) {
    counts.streamed++;
    counts.streamedBytes += bytes;
  } else {
    counts.packets++;
    counts.packetBytes += bytes;
  }
}

/** Messages of our designs say their `type`; a codec knows only a few. */
function kindOf(message: unknown): string {
  if (typeof message !== 'object' || message === null || !('type' in message)) return 'message';
  return String(message.type);
}
