/** What a run has done so far. */
export interface Counters {
  /** Calls of handlers and commands. */
  events: number;
  /** Packets sent, those of the hello exchange included. */
  packets: number;
  /** Bytes of packets and stream messages sent: `sizeOf` and 40 for the envelope of each. */
  bytes: number;
  /** In wire mode: bytes of bodies as encoded, without envelopes. */
  bytesEncoded: number;
  /** The same of messages in packets alone. */
  packetBytesEncoded: number;
  /** Packets that the network lost or a cut stopped. */
  packetsLost: number;
  /** Packets that arrived where nobody listens, or another life does. */
  packetsMissed: number;
  /** Messages that a corrupting network made unreadable: dropped by the host, as live. */
  messagesRejected: number;
  /** Encrypted: packets that came again, or too late to tell. */
  packetsReplayed: number;
  /** Encrypted: packets whose sender had to show first that it lives. */
  challenges: number;
  /** Packets given up before their receiver's nodeId was known, or in another cluster. */
  packetsDropped: number;
  /** Messages given to `sendReliably`. */
  streamMessages: number;
  /** Connections dialled. */
  dials: number;
  /** Sends known to have failed: calls of `unreachable`. */
  failures: number;
}

export function zeroCounters(): Counters {
  return {
    events: 0,
    packets: 0,
    bytes: 0,
    bytesEncoded: 0,
    packetBytesEncoded: 0,
    packetsLost: 0,
    packetsMissed: 0,
    messagesRejected: 0,
    packetsReplayed: 0,
    challenges: 0,
    packetsDropped: 0,
    streamMessages: 0,
    dials: 0,
    failures: 0,
  };
}
