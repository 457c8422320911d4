/** What a host counts: plain numbers, cheap to raise and to read. */

export interface PacketCounts {
  message: number;
  hello: number;
  welcome: number;
  gone: number;
}

/** Everything since the host was opened. */
export class Counters {
  /** Inputs of any kind, garbage included: what timers that are late wait for. */
  inputs = 0;
  /** Packets of ours that arrived, by kind. */
  readonly packetsIn: PacketCounts = { message: 0, hello: 0, welcome: 0, gone: 0 };
  readonly packetsOut: PacketCounts = { message: 0, hello: 0, welcome: 0, gone: 0 };
  /** UDP payload, rejected packets included. */
  packetBytesIn = 0;
  packetBytesOut = 0;
  /** Bytes read from and given to TCP. */
  streamBytesIn = 0;
  streamBytesOut = 0;
  /** Messages over streams. */
  framesIn = 0;
  framesOut = 0;
  dials = 0;
  accepts = 0;
  /** `unreachable` calls, by why. */
  readonly failures = { refused: 0, gone: 0, lost: 0, local: 0 };
  /** Inputs that were refused, by reason. */
  readonly rejected: Record<string, number> = {};
  /** Packets for another life than the one that runs here: usual after a restart. */
  misdirected = 0;
  /** Answers `gone` about a route that is not known or was not lately sent to. */
  goneIgnored = 0;
  /** Packets to strangers that never learnt who lives there. */
  heldDropped = 0;
  /** Packets given up because too many waited for the socket. */
  packetsDropped = 0;
  /** Packets that impairments on this node have swallowed. */
  packetsImpaired = 0;
  /** Packets to an address of a family that this socket does not speak. */
  unroutable = 0;
  /** Timers that ran more than 20 ms late. */
  timersLate = 0;
  /** Loop turns that late timers waited for what had arrived. */
  turnsWaited = 0;
}
