/**
 * What a live node's network is made to suffer, to see how the node stands it: the simulator's
 * network model between a node and its sockets. Nothing is impaired unless somebody asks for it.
 *
 * Packets are lost, put off or cut off. A stream loses nothing, it only waits: a lost segment costs
 * 200 ms, twice that if lost again, and so on, as in the simulator. A stream across a cut breaks,
 * and a dial across one is refused or runs into its own end. What the system's own kernel would
 * answer is beyond reach: from outside, a blocked TCP port accepts and closes.
 */
import { LOST, Network, type CutMode } from '../blocks/network/index.ts';
import { UsageError, Xoshiro128, type Address } from '../core/index.ts';
import { formatAddress, ipOf, parseAddress } from '../wire/index.ts';
import { SystemRandom } from './entropy.ts';

/** Which way, seen from this node. */
export type Direction = 'in' | 'out';

export interface ImpairmentSettings {
  /** The fraction of packets that is lost, 0 to 1. */
  readonly loss?: number | undefined;
  /** What a packet takes longer, in milliseconds; at most 10,000. */
  readonly delayMs?: number | undefined;
  /** Up to so much more, at random: so packets overtake each other. At most 10,000. */
  readonly jitterMs?: number | undefined;
  /** With these nothing is exchanged: `ip:port`, or an IP address for all its ports. */
  readonly cut?: readonly string[] | undefined;
  /** What goes by UDP, or by TCP, does not pass. */
  readonly block?: readonly ('udp' | 'tcp')[] | undefined;
  /** What meets a cut or a block is dropped, or a dial refused at once. Default `drop`. */
  readonly mode?: CutMode | undefined;
  /** What this node sends (and streams it opens), what it receives, or both. Default `both`. */
  readonly direction?: Direction | 'both' | undefined;
}

/** As long as a hello is held. */
const DELAY_MS_MAX = 10_000;

/** The least time after which TCP sends again (RFC 6298 as Linux has it). */
const RETRANSMIT_MS = 200;

/** Retransmissions after which more would only be a longer wait. */
const RETRANSMITS_MAX = 5;

/** The node itself, as a place of the network. */
const HERE = '';

const OFF = new Network<string>({ latency: { type: 'constant', ms: 0 } });

export class Impairments {
  readonly #random = new Xoshiro128(new SystemRandom().u32(), 'impairments');
  #settings: ImpairmentSettings | undefined;
  #network = OFF;
  #cut: ReadonlySet<string> = new Set();

  /** Whether anything is impaired. */
  get isOn(): boolean {
    return this.#settings !== undefined;
  }

  /** What was asked for; undefined: nothing is impaired. */
  get settings(): ImpairmentSettings | undefined {
    return this.#settings;
  }

  /**
   * Replaces what was asked for before; undefined or {} ends it.
   *
   * @throws UsageError BAD_OPTION
   */
  set(settings: ImpairmentSettings | undefined): void {
    const { cut = [], delayMs = 0, jitterMs = 0, loss = 0, mode = 'drop' } = settings ?? {};
    checkDelay('delayMs', delayMs);
    checkDelay('jitterMs', jitterMs);
    const latency = { type: 'uniform', minMs: delayMs, maxMs: delayMs + jitterMs } as const;
    const network = new Network<string>({ latency, loss });
    const places = cut.map(placeOf);
    network.cuts.cut('cut', [places], mode);
    this.#network = network;
    this.#cut = new Set(places);
    const isEmpty = Object.values(settings ?? {}).every((value) => value === undefined);
    this.#settings = isEmpty ? undefined : settings;
  }

  /** Milliseconds until a packet goes on its way; negative: it never does. */
  packetMs(direction: Direction, other: Address): number {
    if (!this.#concerns(direction)) return 0;
    if (this.#blocks('udp')) return LOST;
    const place = this.#place(other);
    return direction === 'out'
      ? this.#network.decide(HERE, place, this.#random)
      : this.#network.decide(place, HERE, this.#random);
  }

  /** Milliseconds until bytes of a stream go on their way. */
  streamMs(direction: Direction): number {
    if (!this.#concerns(direction)) return 0;
    let delayMs = this.#network.latencyMs(HERE, HERE, this.#random);
    const { loss = 0 } = this.#settings ?? {};
    for (let i = 0; i < RETRANSMITS_MAX && this.#random.float() < loss; i++) {
      delayMs += RETRANSMIT_MS * 2 ** i;
    }
    return delayMs;
  }

  /**
   * What keeps streams with this address from being; undefined: nothing. `out`: this node dials. A
   * cut of one direction is a cut to streams, which need both.
   */
  streamCut(direction: Direction, other: Address): CutMode | undefined {
    if (this.#settings === undefined) return undefined;
    const { mode = 'drop' } = this.#settings;
    if (this.#blocks('tcp') && this.#concerns(direction)) return mode;
    return this.#network.cuts.between(HERE, this.#place(other));
  }

  #concerns(direction: Direction): boolean {
    if (this.#settings === undefined) return false;
    const { direction: wanted = 'both' } = this.#settings;
    return wanted === 'both' || wanted === direction;
  }

  #blocks(what: 'udp' | 'tcp'): boolean {
    return this.#settings?.block?.includes(what) === true;
  }

  /** An address is cut by itself, or with all others of its IP. */
  #place(address: Address): string {
    return this.#cut.has(address) ? address : ipOf(address);
  }
}

function checkDelay(name: string, ms: number): void {
  if (ms >= 0 && ms <= DELAY_MS_MAX) return;
  throw new UsageError('BAD_OPTION', `${name}: give milliseconds, 0 to ${DELAY_MS_MAX}, not ${ms}`);
}

/** Canonical text of what is to be cut. */
function placeOf(text: string): string {
  const address = parseAddress(text);
  if (address !== undefined) return address;
  const alone = formatAddress(text, 1);
  if (alone !== undefined) return ipOf(alone);
  throw new UsageError('BAD_OPTION', `cut: give ip:port or an IP address, not ${text}`);
}
