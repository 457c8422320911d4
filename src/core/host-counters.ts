import type { Why } from './protocol.ts';

/** What one kind of message has cost: bodies, without envelopes and frames. */
export interface MessageCounts {
  packets: number;
  packetBytes: number;
  /** Over streams. */
  streamed: number;
  streamedBytes: number;
}

/** Packets by what their envelope says they are. */
export interface PacketCounts {
  message: number;
  hello: number;
  welcome: number;
  gone: number;
}

/** What a live host counts since it was opened: plain numbers, cheap to raise and to read. */
export interface HostCounters {
  /** Messages that were delivered, by the design's kinds. */
  readonly messagesIn: Readonly<Record<string, Readonly<MessageCounts>>>;
  readonly messagesOut: Readonly<Record<string, Readonly<MessageCounts>>>;
  /** Packets of ours that arrived, by kind. */
  readonly packetsIn: Readonly<PacketCounts>;
  readonly packetsOut: Readonly<PacketCounts>;
  /** UDP payload, rejected packets included. */
  readonly packetBytesIn: number;
  readonly packetBytesOut: number;
  /** Bytes read from and given to TCP. */
  readonly streamBytesIn: number;
  readonly streamBytesOut: number;
  /** Messages over streams. */
  readonly framesIn: number;
  readonly framesOut: number;
  /** Streams dialled, and of these: those that opened, and those that did not, by why. */
  readonly dials: number;
  readonly dialsOpened: number;
  readonly dialsFailed: Readonly<Record<Why, number>>;
  readonly accepts: number;
  /** Sends known to have failed, by why. */
  readonly failures: Readonly<Record<Why, number>>;
  /** Inputs that were refused, by reason. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Packets for another life than the one that runs here: usual after a restart. */
  readonly misdirected: number;
  /** Answers `gone` about a route that is not known or was not lately sent to. */
  readonly goneIgnored: number;
  /** Strangers that had to show that they live before their packets were taken. */
  readonly challenges: number;
  /** Packets to strangers that never learnt who lives there. */
  readonly heldDropped: number;
  /** Packets given up because too many waited for the socket or the stream. */
  readonly packetsDropped: number;
  /** Packets that impairments on this node have swallowed. */
  readonly packetsImpaired: number;
  /** Packets that went by stream, for want of UDP; among the frames, too. */
  readonly packetsStreamed: number;
  /** Packets to an address that no socket here can reach. */
  readonly unroutable: number;
  /** Timers that ran more than 20 ms late: this process was paused or starved. */
  readonly timersLate: number;
  /** Loop turns that late timers waited for what had arrived. */
  readonly turnsWaited: number;
}
