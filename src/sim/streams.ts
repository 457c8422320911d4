import {
  ENVELOPE_BYTES,
  STREAM_BYTES_MAX,
  UsageError,
  type Lane,
  type Peer,
  type Protocol,
  type Why,
} from '../core/index.ts';
import type { Handlers } from './handlers.ts';
import type { Parcels } from './parcels.ts';
import type { Carriers } from './packets.ts';
import type { Sessions } from './sessions.ts';
import { Pipe } from './pipe.ts';
import { BARE_BYTES, Segments, TRY_MS, type Segment } from './segments.ts';
import { State, type SimNode } from './sim-node.ts';
import { LANES, StreamEnd, StreamTable, type StreamSend } from './stream-end.ts';
import { NO_NODE, type World } from './world.ts';

type End<P, E> = StreamEnd<SimNode<P, E>>;

/** An unused connection closes after this. */
const IDLE_MS = 60_000;

/**
 * Messages over connections, by the contract's rules for `sendReliably`.
 *
 * What a kernel does (handshake, retransmission, buffering, reset) goes on while a process is
 * paused or starved; what the process does (read, take or refuse a connection, dial again) waits
 * at the node. A connection is between two lives, one per lane; its first frame names the life
 * that is meant, and who is another one refuses with `gone`.
 */
export class Streams<P extends Protocol<M, E>, M, E> {
  readonly #world: World<P, E>;
  readonly #handlers: Handlers<P, M, E>;
  readonly #parcels: Parcels<M>;
  readonly #sessions: Sessions<P, E> | undefined;
  readonly #segments: Segments<P, E>;

  constructor(
    world: World<P, E>,
    handlers: Handlers<P, M, E>,
    { parcels, transit, sessions }: Carriers<P, M, E>,
  ) {
    this.#world = world;
    this.#handlers = handlers;
    this.#parcels = parcels;
    this.#sessions = sessions;
    this.#segments = new Segments(world, transit);
  }

  send(node: SimNode<P, E>, to: Peer, message: M, token: number, lane: Lane): void {
    this.#send(node, to, message, token, lane);
  }

  /** Sends what would be a packet, if both had UDP. */
  sendPacket(node: SimNode<P, E>, to: Peer, message: M): void {
    this.#send(node, to, message, 0, 'packets');
  }

  #send(
    node: SimNode<P, E>,
    to: Peer,
    message: M,
    token: number,
    lane: (typeof LANES)[number],
  ): void {
    const parcel = this.#parcels.pack(message);
    const { bytes } = this.#parcels;
    if (bytes > STREAM_BYTES_MAX) {
      throw new UsageError(
        'MESSAGE_TOO_LARGE',
        `a message of ${bytes} B exceeds a stream message's ${STREAM_BYTES_MAX}: cut it up`,
      );
    }
    const { counters } = this.#world;
    counters.streamMessages++;
    counters.bytes += bytes + ENVELOPE_BYTES;
    const number = LANES.indexOf(lane);
    this.#route(node, { to, token, lane: number, parcel, bytes, reused: false, arrived: false });
  }

  /** Ends the connections of a life that ends; `how` is what the others notice. */
  leave(node: SimNode<P, E>, how: 'flush' | 'reset' | 'silence'): void {
    const ends = node.streams?.ends ?? [];
    for (const end of ends) {
      const isBusy = end.outgoing.length > 0 || end.unanswered.length > 0;
      if (how === 'flush' && isBusy) end.isDraining = true;
      else this.#close(end, how !== 'silence');
    }
  }

  /** Closes what a node's listener has accepted. */
  closeAccepted(node: SimNode<P, E>): void {
    for (const end of node.streams?.ends ?? []) {
      if (end.target === undefined) this.#close(end, true);
    }
  }

  /** The node's address is another: its connections are dead, and nobody tells the others. */
  strand(node: SimNode<P, E>): void {
    for (const end of node.streams?.ends ?? []) {
      end.isStranded = true;
      this.#fail(end, 'lost');
    }
  }

  #route(node: SimNode<P, E>, send: StreamSend): void {
    if (node.outbox !== undefined) {
      node.outbox.push(() => this.#route(node, send));
      return;
    }
    const end = tableOf(node).find(send.to, send.lane);
    if (end === undefined) {
      this.#dial(node, send);
    } else {
      end.outgoing.push(send);
      if (end.other !== undefined) {
        send.reused = true;
        this.#transmit(end, send);
      }
    }
  }

  #dial(node: SimNode<P, E>, send: StreamSend): void {
    const world = this.#world;
    world.counters.dials++;
    const end = new StreamEnd(node, send.lane, send.to);
    const table = tableOf(node);
    end.outgoing.push(send);
    table.ends.add(end);
    table.serve(send.to, end);
    if (node.hasAil('descriptors')) {
      world.task(0, () => this.#fail(end, 'local'));
      return;
    }
    const address = world.book.addressOf(send.to);
    this.#segments.send(node, world.nodeAt(address)?.index ?? NO_NODE, {
      bytes: BARE_BYTES,
      isAlive: () => !end.isClosed && !end.isStranded,
      arrive: () => {
        const machine = world.nodeAt(address);
        if (machine === undefined || machine.state === State.Off) return false;
        if (machine.tcp === 'drops') return false;
        return this.#answerDial(end, machine);
      },
      rejected: () => this.#fail(end, 'refused'),
      expired: () => this.#fail(end, 'lost'),
    });
  }

  /** A dial has arrived at a machine: its kernel accepts or refuses. */
  #answerDial(end: End<P, E>, machine: SimNode<P, E>): boolean {
    if (!machine.listens || machine.tcp === 'rejects') {
      return this.#segments.answer(machine, end.node.index, () => this.#fail(end, 'refused'));
    }
    const { life } = machine;
    return this.#segments.answer(machine, end.node.index, () => {
      if (end.isClosed) return;
      if (machine.tcp === 'accepts-and-closes') this.#fail(end, 'lost');
      else this.#handlers.arrive(end.node, () => this.#open(end, machine, life));
    });
  }

  #open(end: End<P, E>, machine: SimNode<P, E>, life: number): void {
    if (end.isClosed) return;
    const other = new StreamEnd(machine, end.lane, undefined);
    end.other = other;
    other.other = end;
    other.isClosed = machine.life !== life || !machine.listens; // It was accepted, and is gone.
    if (!other.isClosed) tableOf(machine).ends.add(other);
    this.#watchIdle(end);
    for (const send of end.outgoing) this.#transmit(end, send);
  }

  #transmit(end: End<P, E>, send: StreamSend): void {
    const other = end.other!;
    end.usedAt = this.#world.now;
    if (this.#world.network.links.isOn) end.pipe ??= new Pipe();
    const segment: Segment = {
      bytes: send.bytes + ENVELOPE_BYTES,
      isAlive: () => !end.isClosed && !end.isStranded && !send.arrived,
      arrive: (isWhole) => this.#arrive(end, other, send, isWhole),
      rejected: () => this.#reset(end),
      expired: () => this.#fail(end, 'lost'),
    };
    this.#segments.send(end.node, other.node.index, segment, end.pipe);
  }

  /** A message, or a first part, has arrived at a machine: false if that does not answer. */
  #arrive(end: End<P, E>, other: End<P, E>, send: StreamSend, isWhole: boolean): boolean {
    const { node } = other;
    const tcp = other.target === undefined ? node.tcp : undefined;
    if (node.state === State.Off || tcp === 'drops' || other.isStranded) return false;
    if (other.isClosed || tcp === 'rejects') {
      return this.#segments.answer(node, end.node.index, () => this.#reset(end));
    }
    if (!isWhole) return true;
    send.arrived = true;
    this.#missAcknowledgement(end, other);
    end.usedAt = this.#world.now;
    while (end.outgoing[0]?.arrived === true) {
      const first = end.outgoing.shift()!;
      if (end.target !== undefined && !end.isGreeted) end.unanswered.push(first);
      this.#handlers.arrive(node, () => this.#read(other, end, first));
    }
    this.#closeIfDrained(end);
    return true;
  }

  /** It has arrived, but the way back is cut: after a while the sender gives the connection up. */
  #missAcknowledgement(end: End<P, E>, other: End<P, E>): void {
    const { cuts } = this.#world.network;
    if (cuts.size === 0) return;
    const here = end.node.index;
    const there = other.node.index;
    const isMute = (): boolean => cuts.between(there, here) === 'drop';
    if (cuts.between(here, there) !== undefined || !isMute()) return;
    this.#world.task(TRY_MS, () => {
      if (isMute()) this.#fail(end, 'lost');
    });
  }

  #read(end: End<P, E>, from: End<P, E>, send: StreamSend): void {
    if (end.isClosed || end.isDraining || end.isRefusing) return;
    if (end.target === undefined && !end.isGreeted && !this.#greet(end, from)) return;
    this.#handlers.receive(end.node, from.self, send.parcel);
  }

  /** The acceptor reads the dialler's first frame: false if it refuses the connection. */
  #greet(end: End<P, E>, dialler: End<P, E>): boolean {
    end.isGreeted = true;
    if (dialler.node.cluster !== end.node.cluster) {
      this.#handlers.rejectCluster(end.node, dialler.self);
      this.#refuse(end, dialler, 'lost', () => {
        this.#handlers.rejectCluster(dialler.node, end.self);
      });
      return false;
    }
    const named = dialler.target!;
    if (named !== end.self && !this.#world.book.isAnyone(named)) {
      this.#refuse(end, dialler, 'gone', () => {});
      return false;
    }
    tableOf(end.node).serve(dialler.self, end);
    this.#sessions?.admit(end.node, dialler.self);
    this.#tell(end, dialler, () => {
      dialler.isGreeted = true;
      this.#sessions?.admit(dialler.node, end.self);
      dialler.unanswered = [];
      tableOf(dialler.node).serve(end.self, dialler);
      this.#closeIfDrained(dialler);
    });
    return true;
  }

  #refuse(end: End<P, E>, dialler: End<P, E>, why: Why, heard: () => void): void {
    this.#tell(end, dialler, () => {
      heard();
      this.#fail(dialler, why);
    });
    end.isRefusing = true;
    end.node.streams?.remove(end);
  }

  /** A host's own frame from an acceptor to its dialler. */
  #tell(end: End<P, E>, dialler: End<P, E>, run: () => void): void {
    let arrived = false;
    const { node } = end;
    this.#segments.send(node, dialler.node.index, {
      bytes: BARE_BYTES,
      isAlive: () => !arrived && !dialler.isClosed && node.state !== State.Off,
      arrive: () => {
        if (dialler.node.state === State.Off || dialler.isStranded) return false;
        arrived = true;
        this.#handlers.arrive(dialler.node, () => {
          if (!dialler.isClosed) run();
        });
        return true;
      },
      rejected: () => this.#reset(end),
      expired: () => this.#fail(end, 'lost'),
    });
  }

  /** The connection has broken: what was on a reused one is dialled again, once. */
  #reset(end: End<P, E>): void {
    this.#handlers.arrive(end.node, () => {
      if (end.isClosed) return;
      const { outgoing, unanswered } = end;
      this.#close(end, false);
      for (const send of unanswered) this.#unreachable(end, send, 'lost');
      for (const send of outgoing) {
        if (send.reused && !end.isDraining) {
          this.#route(end.node, { ...send, reused: false, arrived: false });
        } else {
          this.#unreachable(end, send, 'lost');
        }
      }
    });
  }

  /** The connection has failed for good. */
  #fail(end: End<P, E>, why: Why): void {
    this.#handlers.arrive(end.node, () => {
      if (end.isClosed) return;
      const { outgoing, unanswered } = end;
      this.#close(end, true);
      for (const send of unanswered) this.#unreachable(end, send, why);
      for (const send of outgoing) this.#unreachable(end, send, why);
    });
  }

  #unreachable(end: End<P, E>, send: StreamSend, why: Why): void {
    const { node } = end;
    if (node.life !== end.life || !node.listens) return;
    this.#handlers.unreachable(node, send.to, send.token, why);
  }

  #closeIfDrained(end: End<P, E>): void {
    const isIdle = end.outgoing.length === 0 && end.unanswered.length === 0;
    if (end.isDraining && isIdle && !end.isClosed) this.#close(end, true);
  }

  /** `tell`: the kernel resets the other end, if it can reach it. */
  #close(end: End<P, E>, tell: boolean): void {
    end.isClosed = true;
    end.outgoing = [];
    end.unanswered = [];
    end.node.streams?.remove(end);
    const { other } = end;
    if (!tell || other === undefined || other.isClosed) return;
    if (end.isStranded || other.isStranded) return;
    this.#segments.answer(end.node, other.node.index, () => this.#reset(other));
  }

  #watchIdle(end: End<P, E>): void {
    const other = end.other!;
    const check = (): void => {
      if (end.isClosed && other.isClosed) return;
      const isBusy = end.outgoing.length + other.outgoing.length > 0;
      const usedAt = isBusy ? this.#world.now : Math.max(end.usedAt, other.usedAt);
      const leftMs = usedAt + IDLE_MS - this.#world.now;
      if (leftMs > 0) {
        this.#world.task(leftMs, check);
        return;
      }
      this.#close(end, false);
      this.#close(other, false);
    };
    this.#world.task(IDLE_MS, check);
  }
}

function tableOf<P, E>(node: SimNode<P, E>): StreamTable<SimNode<P, E>> {
  node.streams ??= new StreamTable();
  return node.streams;
}
