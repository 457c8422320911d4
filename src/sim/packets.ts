import { ENVELOPE_BYTES, slotOf, UsageError, type Peer, type Protocol } from '../core/index.ts';
import { Introduction, SENT_LATELY_MS, type Hello } from '../blocks/security/introduction.ts';
import type { Handlers } from './handlers.ts';
import type { Parcel, Parcels } from './parcels.ts';
import type { HeldMessage, SealedParcel } from './node-session.ts';
import type { Sessions } from './sessions.ts';
import type { SimNode } from './sim-node.ts';
import type { Transit } from './transit.ts';
import { Kind, NO_NODE, type World } from './world.ts';

/** A hello and its welcome carry an 8 B hash of the cluster's name and a 6 B nonce. */
const HELLO_BYTES = 14;
/** A `gone` carries the nodeId that was meant. */
const GONE_BYTES = 8;

/** What packets and streams share. */
export interface Carriers<P, M, E> {
  readonly parcels: Parcels<M>;
  readonly transit: Transit<P, E>;
  /** Undefined: nothing is encrypted. */
  readonly sessions: Sessions<P, E> | undefined;
}

/** Packets between nodes, and the host's own: hello, welcome and gone. */
export class Packets<P extends Protocol<M, E>, M, E> {
  readonly #world: World<P, E>;
  readonly #handlers: Handlers<P, M, E>;
  readonly #parcels: Parcels<M>;
  readonly #transit: Transit<P, E>;
  readonly #sessions: Sessions<P, E> | undefined;
  readonly #bytesMax: number;

  constructor(
    world: World<P, E>,
    handlers: Handlers<P, M, E>,
    { parcels, transit, sessions }: Carriers<P, M, E>,
    bytesMax: number,
  ) {
    this.#world = world;
    this.#handlers = handlers;
    this.#parcels = parcels;
    this.#transit = transit;
    this.#sessions = sessions;
    this.#bytesMax = bytesMax;
  }

  send(node: SimNode<P, E>, to: Peer, message: M): void {
    const parcel = this.#parcels.pack(message);
    const { bytes, bytesEncoded } = this.#parcels;
    this.#world.counters.packetBytesEncoded += bytesEncoded;
    if (bytes > this.#bytesMax) {
      throw new UsageError(
        'MESSAGE_TOO_LARGE',
        `a message of ${bytes} B exceeds a packet's ${this.#bytesMax}: use sendReliably`,
      );
    }
    this.#post(node, to, parcel, bytes);
  }

  /** A packet is there: `to` and `from` are routes, `sentAt` the time it left. */
  arrive(to: Peer, from: Peer, sentAt: number, parcel: Parcel): void {
    const owner = this.#world.ownerOf(to);
    if (owner !== NO_NODE) {
      const node = this.#world.nodes[owner]!;
      if (node.self === to && node.listens) {
        if (this.#sessions === undefined) this.#handlers.receive(node, from, parcel);
        else this.#receiveSealed(this.#sessions, node, from, parcel as SealedParcel);
        return;
      }
    }
    this.#world.counters.packetsMissed++;
    this.#answerGone(to, from, sentAt);
  }

  #receiveSealed(
    sessions: Sessions<P, E>,
    node: SimNode<P, E>,
    from: Peer,
    { counter, parcel }: SealedParcel,
  ): void {
    this.#handlers.arrive(node, () => {
      const verdict = sessions.judge(node, from, counter);
      if (verdict === 'fresh') this.#handlers.receive(node, from, parcel);
      if (verdict !== 'hold' && verdict !== 'challenge') return;
      const held = verdict === 'hold' ? parcel : undefined;
      this.#challenge(sessions, node, { from, counter, parcel: held });
    });
  }

  /** Asks a stranger whether it lives; its message waits for the answer, or is lost. */
  #challenge(sessions: Sessions<P, E>, node: SimNode<P, E>, item: HeldMessage): void {
    const { book, now } = this.#world;
    const { challenges } = sessions.of(node);
    const hello = challenges.hold(item.from, item, now, node.luck);
    if (hello === undefined) return;
    const wake = (): Hello | undefined => challenges.wake(item.from, this.#world.now);
    this.#hello(node, book.anyoneAt(item.from), hello, wake);
  }

  /** A stranger has answered: what it sent is taken, once. */
  #take(node: SimNode<P, E>, welcomer: Peer, items: readonly HeldMessage[]): void {
    const { book } = this.#world;
    for (const { from, counter, parcel } of items) {
      const isSame = book.nodeIdOf(from) === book.nodeIdOf(welcomer);
      if (parcel === undefined || !isSame || !node.listens) continue;
      if (this.#sessions?.judge(node, from, counter) !== 'fresh') continue;
      this.#handlers.receive(node, from, parcel);
    }
  }

  #post(node: SimNode<P, E>, to: Peer, parcel: Parcel, bytes: number): void {
    if (node.outbox !== undefined) {
      node.outbox.push(() => this.#post(node, to, parcel, bytes));
      return;
    }
    const owner = this.#world.ownerOf(to);
    if (owner !== NO_NODE) {
      this.#transmit(node, owner, to, parcel, bytes);
    } else if (this.#world.book.isAnyone(to)) {
      this.#hold(node, to, parcel, bytes);
    } else {
      this.#transmit(node, this.#world.placeOf(to), to, parcel, bytes);
    }
  }

  #transmit(node: SimNode<P, E>, place: number, to: Peer, parcel: Parcel, bytes: number): void {
    const world = this.#world;
    const delayMs = this.#travel(node, place, bytes);
    if (delayMs < 0) return;
    const { self } = node;
    const { network, now } = world;
    const cargo = this.#sessions === undefined ? parcel : this.#sessions.seal(node, parcel);
    if (!network.disorder.isOn && !network.links.isOn) {
      world.push(delayMs, Kind.Packet, slotOf(to), 0, self, now, cargo);
      return;
    }
    this.#transit.packet(node, place, bytes + ENVELOPE_BYTES, delayMs, () => {
      this.arrive(to, self, now, cargo);
    });
  }

  /** Counts a packet and asks the network how long it takes; negative: it never arrives. */
  #travel(node: SimNode<P, E>, place: number, bytes: number): number {
    const { counters, network } = this.#world;
    counters.packets++;
    counters.bytes += bytes + ENVELOPE_BYTES;
    const delayMs = network.decide(node.index, place, node.luck);
    if (delayMs < 0) counters.packetsLost++;
    return delayMs;
  }

  /** Sends one of the host's own packets: `arrive` runs at whoever listens at that address then. */
  #control(
    node: SimNode<P, E>,
    to: Peer,
    bytes: number,
    arrive: (receiver: SimNode<P, E>) => void,
  ): void {
    if (node.outbox !== undefined) {
      node.outbox.push(() => this.#control(node, to, bytes, arrive));
      return;
    }
    const world = this.#world;
    const place = world.placeOf(to);
    const delayMs = this.#travel(node, place, bytes);
    if (delayMs < 0) return;
    this.#transit.packet(node, place, bytes + ENVELOPE_BYTES, delayMs, () => {
      const receiver = world.nodeAt(world.book.addressOf(to));
      if (receiver === undefined || !receiver.listens) world.counters.packetsMissed++;
      else this.#handlers.arrive(receiver, () => arrive(receiver));
    });
  }

  #hold(node: SimNode<P, E>, place: Peer, parcel: Parcel, bytes: number): void {
    const introduction = this.#introductionOf(node);
    const { dropped } = introduction;
    const hello = introduction.hold(place, { payload: parcel, bytes }, this.#world.now, node.luck);
    this.#world.counters.packetsDropped += introduction.dropped - dropped;
    if (hello === undefined) return;
    this.#hello(node, place, hello, () => {
      const before = introduction.dropped;
      const again = introduction.wake(place, this.#world.now);
      this.#world.counters.packetsDropped += introduction.dropped - before;
      return again;
    });
  }

  /** `wake` says whether it is to be repeated. */
  #hello(
    node: SimNode<P, E>,
    place: Peer,
    { nonce, againMs }: Hello,
    wake: () => Hello | undefined,
  ): void {
    const world = this.#world;
    const { life } = node;
    this.#control(node, place, HELLO_BYTES, (receiver) => {
      if (receiver.cluster !== node.cluster) this.#handlers.rejectCluster(receiver, node.self);
      const welcomer = receiver.self;
      const { cluster } = receiver;
      const counter = this.#sessions?.counter(receiver);
      this.#control(receiver, node.self, HELLO_BYTES, (asker) => {
        if (asker === node && node.life === life) {
          this.#welcome(node, { nonce, cluster, welcomer, counter });
        }
      });
    });
    world.task(againMs, () => {
      if (node.life !== life || !node.listens) return;
      this.#handlers.expire(node, () => {
        const again = wake();
        if (again !== undefined) this.#hello(node, place, again, wake);
      });
    });
  }

  #welcome(node: SimNode<P, E>, { nonce, cluster, welcomer, counter }: Welcome): void {
    const { book, counters, now } = this.#world;
    const introduction = this.#introductionOf(node);
    const { dropped } = introduction;
    const released = introduction.welcome(nonce, cluster, now);
    const answered = node.session?.challenges.welcome(nonce, cluster, now);
    counters.packetsDropped += introduction.dropped - dropped;
    if (released === 'wrong-cluster' || answered === 'wrong-cluster') {
      this.#handlers.rejectCluster(node, welcomer);
      return;
    }
    if (released === undefined && answered === undefined) return;
    this.#sessions?.admit(node, welcomer, counter);
    if (answered !== undefined) this.#take(node, welcomer, answered.items);
    if (released === undefined) return;
    const to = book.peer(book.addressOf(released.place), book.nodeIdOf(welcomer));
    for (const { payload, bytes } of released.items) this.#post(node, to, payload, bytes);
  }

  /** A packet for a life that does not run: who listens at that address says so. */
  #answerGone(to: Peer, from: Peer, sentAt: number): void {
    const world = this.#world;
    const receiver = world.nodeAt(world.book.addressOf(to));
    if (receiver === undefined || !receiver.listens) return;
    this.#handlers.arrive(receiver, () => {
      if (!this.#introductionOf(receiver).answersGone(from, world.now)) return;
      const { self } = receiver;
      const counter = this.#sessions?.counter(receiver) ?? 0;
      this.#control(receiver, from, GONE_BYTES, (asker) => {
        if (this.#sessions?.sees(asker, self, counter) === false) return;
        if (asker.self !== from || world.now - sentAt > SENT_LATELY_MS) return;
        this.#handlers.unreachable(asker, to, 0, 'gone');
      });
    });
  }

  #introductionOf(node: SimNode<P, E>): NonNullable<SimNode<P, E>['introduction']> {
    node.introduction ??= new Introduction(node.cluster);
    return node.introduction;
  }
}

/** An answer to a hello, as it arrives. */
interface Welcome {
  readonly nonce: number;
  readonly cluster: string;
  readonly welcomer: Peer;
  /** Of the packet, where it is encrypted. */
  readonly counter: number | undefined;
}
