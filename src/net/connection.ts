/**
 * One TCP connection of one life: frames, the open each way, the clocks that end it. What becomes
 * of its sends is `pending-sends.ts`.
 */
import type { Socket } from 'node:net';
import { ANYONE, STREAM_BYTES_MAX, type NodeId, type Why } from '../core/index.ts';
import {
  decodeOpen,
  encodeGone,
  encodeOpen,
  FRAME_BYTES_MAX,
  FrameKind,
  type Frame,
  type Open,
  type StreamLane,
} from '../wire/index.ts';
import { DelayLine } from './delay-line.ts';
import { whyOfDial } from './dial-error.ts';
import type { Direction } from './impairments.ts';
import type { Life } from './life.ts';
import { PendingSends, type Send, type SendEvents } from './pending-sends.ts';
import { codeOf } from './sockets.ts';
import { StreamFrames } from './stream-frames.ts';

/** Bytes that wait for the socket: a fetch's four chunks of 60 kB, and some. */
const QUEUED_BYTES_MAX = 5 * FRAME_BYTES_MAX;

/** How long an accepted connection has for its open. */
const OPEN_MS = 5_000;

/** How long one frame may take, and written bytes may stay where they are. */
const STALL_MS = 10_000;

/** How long a connection is kept without a frame either way. */
const IDLE_MS = 60_000;

/** How long a connection that was ended has to drain. */
const CLOSE_MS = 5_000;

export interface ConnectionEvents extends SendEvents {
  /** The other side has opened: it is who was asked for, in our cluster. */
  onOpen(connection: Connection, open: Open): void;
  onMessage(connection: Connection, body: Uint8Array): void;
  onClosed(connection: Connection): void;
}

type State = 'dialling' | 'opening' | 'open' | 'closing' | 'closed';

export class Connection {
  readonly source: string;
  /** Known at once when dialled, from the open when accepted. */
  lane: StreamLane | undefined;
  /** The last frame either way. */
  activeAt: number;
  readonly #life: Life;
  readonly #socket: Socket;
  readonly #events: ConnectionEvents;
  readonly #frames: StreamFrames;
  readonly #pending: PendingSends;
  /** What impairments put off: bytes and ends, each way in order. */
  readonly #inward = new DelayLine();
  readonly #outward = new DelayLine();
  /** The nodeId asked for; undefined when accepted. */
  readonly #asked: NodeId | undefined;
  #state: State;
  #since: number;
  #bytesOut = 0;
  /** Why pending sends have failed, once that is decided. */
  #why: Why | undefined;
  #hasOpened = false;
  #errorCode = '';
  #frameSince: number | undefined;
  #drainedBytes = 0;
  #drainedAt: number;

  /** An accepted socket; or, with `dialled`, one that is being connected. */
  constructor(
    life: Life,
    socket: Socket,
    events: ConnectionEvents,
    source: string,
    dialled?: { readonly lane: StreamLane; readonly nodeId: NodeId },
  ) {
    const now = life.now();
    this.#life = life;
    this.#socket = socket;
    this.#events = events;
    this.#pending = new PendingSends(events);
    this.source = source;
    this.lane = dialled?.lane;
    this.#asked = dialled?.nodeId;
    this.#state = dialled === undefined ? 'opening' : 'dialling';
    this.activeAt = now;
    this.#since = now;
    this.#drainedAt = now;
    this.#frames = new StreamFrames(life.keyring, dialled !== undefined, (frame) => {
      this.#emit(frame);
    });
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#late('in', () => this.#receive(chunk)));
    socket.on('error', (error) => {
      this.#errorCode = codeOf(error);
    });
    socket.on('close', () => {
      if (this.#state === 'closing') this.#closed();
      else this.#late('in', () => this.#closed());
    });
    if (dialled === undefined) return;
    socket.once('connect', () => this.#late('in', () => this.#connected()));
    this.#sendOpen(dialled.nodeId);
  }

  /** Whether it takes sends. */
  get isUsable(): boolean {
    return this.#state === 'dialling' || this.#state === 'opening' || this.#state === 'open';
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  get isDialling(): boolean {
    return this.#state === 'dialling';
  }

  /** This side has dialled. */
  get isDialled(): boolean {
    return this.#asked !== undefined;
  }

  /** Accepted, and nobody has said who it is; also while it is being turned away for that. */
  get isUnknown(): boolean {
    return this.#asked === undefined && !this.#hasOpened && this.#state !== 'closed';
  }

  /** The ring key it is under; undefined: none, or not known yet. */
  get keyFingerprint(): string | undefined {
    return this.#frames.fingerprint;
  }

  get hasPending(): boolean {
    return this.#pending.size > 0;
  }

  /** Bytes that wait for the keys or the socket. */
  get queuedBytes(): number {
    return this.#socket.writableLength + this.#frames.waitingBytes;
  }

  /** False: too much waits here already. */
  send(send: Send): boolean {
    const queued = this.queuedBytes;
    if (queued > 0 && queued + send.body.length > QUEUED_BYTES_MAX) return false;
    const isReused = this.#state === 'open';
    this.#write(FrameKind.Message, send.body);
    this.#life.counters.framesOut++;
    const sentAt = this.#life.now();
    const end = this.#bytesOut + this.#frames.waitingBytes;
    this.#pending.add({ send, isReused, sentAt, end });
    return true;
  }

  /** Looks at the clock; called every second. */
  check(now: number): void {
    if (this.#state === 'closing') {
      if (now - this.#since > CLOSE_MS) this.#socket.destroy();
      return;
    }
    if (this.#state === 'open') this.#pending.age(this.#bytesLeft, now);
    if (this.isUnknown && now - this.#since > OPEN_MS) this.#refuse('unopened');
    else if (this.#frameSince !== undefined && now - this.#frameSince > STALL_MS) {
      this.#refuse('stalled');
    } else if (this.#isClogged(now)) this.destroy('lost');
    else if (now - this.activeAt > IDLE_MS) this.end(this.hasPending ? 'lost' : undefined);
  }

  /** Closes once all is written; pending sends fail for `why` if given. */
  end(why?: Why): void {
    if (!this.isUsable) return;
    this.#enter('closing');
    this.#why ??= why;
    // Not destroyed: unread input would make that a reset, and our last words would be lost.
    this.#late('out', () => this.#socket.end());
  }

  /** Closes at once; pending sends fail for `why`. */
  destroy(why: Why): void {
    if (this.#state === 'closed') return;
    this.#enter('closing');
    this.#why ??= why;
    this.#socket.destroy();
  }

  /** Closes because its key is gone. Nothing is known against what is on its way. */
  drop(): void {
    if (!this.isUsable) return;
    const wasOpen = this.#state === 'open';
    this.#pending.drop(wasOpen);
    if (wasOpen) this.end();
    else this.destroy('lost');
  }

  /** Ends with its life: whatever was pending is nobody's concern any more. */
  abandon(): void {
    this.#pending.abandon();
    if (this.#state === 'dialling') this.destroy('local');
    else this.end();
  }

  #connected(): void {
    this.#life.counters.inputs++;
    if (this.#state === 'dialling') this.#enter('opening');
  }

  #receive(chunk: Uint8Array): void {
    this.#life.counters.inputs++;
    this.#life.counters.streamBytesIn += chunk.length;
    if (!this.isUsable) return;
    this.#frames.push(chunk);
    for (;;) {
      const frame = this.#frames.next();
      if (frame === undefined) break;
      this.activeAt = this.#life.now();
      this.#frameSince = undefined;
      this.#handle(frame);
      if (!this.isUsable) return;
    }
    const { flaw } = this.#frames;
    if (flaw === 'key' || flaw === 'plain') this.#turnAway(flaw);
    else if (flaw !== undefined) this.#refuse(flaw);
    else if (this.#frames.held === 0) this.#frameSince = undefined;
    else this.#frameSince ??= this.#life.now();
  }

  #handle(frame: Frame): void {
    switch (frame.kind) {
      case FrameKind.Open:
        if (this.#state === 'open') this.#refuse('open');
        else this.#handleOpen(decodeOpen(frame.body, this.#frames.keyId));
        return;
      case FrameKind.Gone:
        if (this.#asked === undefined) this.#refuse('gone');
        else this.destroy('gone');
        return;
      case FrameKind.Message:
        if (this.#state !== 'open') {
          this.#refuse('unopened');
          return;
        }
        this.#pending.answered(this.#bytesLeft);
        this.#life.counters.framesIn++;
        this.#events.onMessage(this, frame.body);
        return;
    }
  }

  #handleOpen(open: Open | 'version' | 'key' | 'header'): void {
    if (open === 'key') this.#handleWrongKey();
    else if (typeof open === 'string') this.#refuse(open);
    else if (
      this.#life.impairments.streamCut(this.isDialled ? 'out' : 'in', open.address) !== undefined
    )
      this.destroy('lost');
    else if (this.#asked === undefined) this.#handleCaller(open);
    else this.#handleCallee(open, this.#asked);
  }

  /** The other side has a key, and there is none here. */
  #handleWrongKey(): void {
    if (this.#asked !== undefined) {
      this.#refuse('wrong-key');
      return;
    }
    this.#sendOpen(ANYONE);
    this.#turnAway('key');
  }

  /** The first frame of one who dialled us. */
  #handleCaller(open: Open): void {
    const { nodeId, clusterHash } = this.#life;
    this.#sendOpen(open.sender, open.lane);
    if (open.clusterHash !== clusterHash) {
      this.#turnAway('wrong-cluster');
    } else if (open.receiver !== ANYONE && open.receiver !== nodeId) {
      this.#life.counters.misdirected++;
      this.#write(FrameKind.Gone, encodeGone(open.receiver));
      this.end();
    } else {
      this.lane = open.lane;
      this.#opened(open);
    }
  }

  /** The first frame of one whom we dialled. */
  #handleCallee(open: Open, asked: NodeId): void {
    const { nodeId, clusterHash } = this.#life;
    if (open.clusterHash !== clusterHash) this.#refuse('wrong-cluster');
    else if (asked !== ANYONE && open.sender !== asked) this.destroy('gone');
    else if (open.receiver !== nodeId || open.lane !== this.lane) this.#refuse('header');
    else this.#opened(open);
  }

  #opened(open: Open): void {
    this.#enter('open');
    this.#hasOpened = true;
    if (this.#asked !== undefined) this.#life.counters.dialsOpened++;
    this.#frames.bodyMax = STREAM_BYTES_MAX;
    this.#pending.answered(this.#bytesLeft);
    this.#events.onOpen(this, open);
  }

  #sendOpen(receiver: NodeId, lane: StreamLane | undefined = this.lane): void {
    const { nodeId: sender, clusterHash, address } = this.#life;
    const open = { lane: lane ?? 'control', sender, receiver, clusterHash, address };
    this.#write(FrameKind.Open, encodeOpen(open, this.#frames.keyId));
  }

  #write(kind: FrameKind, body: Uint8Array): void {
    this.activeAt = this.#life.now();
    this.#frames.write(kind, body);
  }

  #emit(frame: Uint8Array): void {
    this.#bytesOut += frame.length;
    this.#life.counters.streamBytesOut += frame.length;
    this.#late('out', () => this.#socket.write(frame));
  }

  /** At once, unless this node's network is impaired. */
  #late(direction: Direction, action: () => void): void {
    const { impairments } = this.#life;
    const line = direction === 'in' ? this.#inward : this.#outward;
    line.run(impairments.isOn ? impairments.streamMs(direction) : 0, action);
  }

  /** Bytes that have left this process. */
  get #bytesLeft(): number {
    return this.#bytesOut - this.#socket.writableLength;
  }

  /** Whether written bytes have not moved for long. */
  #isClogged(now: number): boolean {
    if (this.#socket.writableLength === 0 || this.#bytesLeft !== this.#drainedBytes) {
      this.#drainedBytes = this.#bytesLeft;
      this.#drainedAt = now;
    }
    return this.#state === 'open' && now - this.#drainedAt > STALL_MS;
  }

  /** Refuses one who has been told why, so he must be able to read it. */
  #turnAway(reason: string): void {
    this.#reject(reason);
    this.end();
  }

  #refuse(reason: string): void {
    this.#reject(reason);
    this.destroy('lost');
  }

  #reject(reason: string): void {
    this.#life.rejections.count(reason, this.source, this.#life.now());
  }

  #enter(state: State): void {
    this.#state = state;
    this.#since = this.#life.now();
  }

  #closed(): void {
    this.#life.counters.inputs++;
    const wasDialling = this.#state === 'dialling';
    this.#state = 'closed';
    this.#events.onClosed(this);
    const why = this.#why ?? (wasDialling ? whyOfDial(this.#errorCode) : 'lost');
    const decided = this.#why !== undefined;
    if (this.#asked !== undefined && !this.#hasOpened) this.#life.counters.dialsFailed[why]++;
    this.#pending.fail(why, decided);
  }
}
