import { join } from 'node:path';
import type { Notice } from '../../agent/control.ts';
import type { NodeId } from '../../core/index.ts';
import type { ImpairmentSettings } from '../../net/index.ts';
import { ExitCode } from '../exit-codes.ts';
import { AgentProcess, StartError } from './agent-process.ts';
import { Beliefs } from './beliefs.ts';

/** One node of the demo, through all of its processes. */
export interface Actor {
  readonly name: string;
  state: 'starting' | 'up' | 'down';
  process: AgentProcess | undefined;
  address: string;
  /** Of its latest life. */
  nodeId: NodeId;
  pid: number;
  /** Bytes a second by UDP and TCP, over the last seconds; undefined until that is known. */
  sent: number | undefined;
  readonly samples: { readonly atMs: number; readonly bytes: number }[];
}

/** What the story hears of its cast. */
export interface Audience {
  notice(actor: Actor, notice: Notice): void;
  /** A process has ended; `killed`: by the demo itself. */
  ended(actor: Actor, killed: boolean): void;
}

/** The nodes: their processes, what each believes, what it costs. */
export class Cast {
  readonly actors: readonly Actor[];
  readonly beliefs = new Beliefs();
  readonly #folder: string;
  readonly #audience: Audience;
  readonly #loss: number;

  /**
   * @param folder for the control sockets
   * @param loss share of packets that each process loses on purpose
   */
  constructor(count: number, folder: string, loss: number, audience: Audience) {
    this.#folder = folder;
    this.#loss = loss;
    this.#audience = audience;
    this.actors = Array.from({ length: count }, (_, i) => ({
      name: NAMES[i] ?? `n${i + 1}`,
      state: 'down',
      process: undefined,
      address: ANY_PORT,
      nodeId: '',
      pid: 0,
      sent: undefined,
      samples: [],
    }));
  }

  get up(): Actor[] {
    return this.actors.filter(({ state }) => state === 'up');
  }

  /** How many of those that run know all of those that run. */
  get knowing(): number {
    const { up } = this;
    const lives = new Map(up.map(({ name, nodeId }) => [name, nodeId]));
    return up.filter(({ name }) => this.beliefs.knowsAll(name, lives)).length;
  }

  /** Whether an observer takes all of these for dead; or `lost`, for suspect at least. */
  gaveUp(observer: string, subjects: readonly Actor[], how: 'dead' | 'lost'): boolean {
    return subjects.every(({ name }) => {
      const status = this.beliefs.of(observer, name)?.status;
      return status === 'dead' || (how === 'lost' && status === 'suspect');
    });
  }

  /** Starts a process at the place it had before; resolves when it has joined. */
  async start(actor: Actor, seeds: readonly string[]): Promise<void> {
    try {
      await this.#start(actor, seeds);
    } catch (error) {
      if (!(error instanceof StartError) || error.code !== ExitCode.PortInUse) throw error;
      actor.address = ANY_PORT; // Somebody has taken the old one meanwhile.
      await this.#start(actor, seeds);
    }
  }

  /** SIGKILL. */
  kill(actor: Actor): void {
    const { process } = actor;
    actor.process = undefined;
    process?.kill();
    this.#down(actor);
  }

  /** From now on nothing passes between these and the others: a firewall refuses it. */
  async cut(half: readonly Actor[]): Promise<void> {
    const inside = new Set(half);
    await Promise.all(
      this.up.map(async (actor) => {
        const others = this.actors.filter((other) => inside.has(other) !== inside.has(actor));
        const cut = others.map(({ address }) => address);
        await this.#impair(actor, { cut, mode: 'reject' });
      }),
    );
  }

  /** Everything passes again, less what is lost on purpose. */
  async heal(): Promise<void> {
    await Promise.all(this.up.map(async (actor) => this.#impair(actor, {})));
  }

  async #impair(actor: Actor, settings: ImpairmentSettings): Promise<void> {
    // On the way out alone, so that each packet is at risk once.
    const loss = this.#loss === 0 ? {} : { loss: this.#loss, direction: 'out' as const };
    try {
      await actor.process?.client.impair({ ...settings, ...loss });
    } catch (error) {
      if (actor.state === 'up' && actor.process !== undefined) throw error;
      // Somebody has just killed it.
    }
  }

  /** At the end, on whatever path: synchronous. */
  killAll(): void {
    for (const actor of this.actors) {
      actor.process?.kill();
      actor.process = undefined;
    }
  }

  /** Asks each node what it has sent. */
  async measure(): Promise<void> {
    await Promise.all(
      this.up.map(async (actor) => {
        const info = await actor.process?.client.info().catch(() => undefined);
        if (info === undefined) return; // It has just been killed.
        const { packetBytesOut, streamBytesOut } = info.counters;
        const { samples } = actor;
        samples.push({ atMs: performance.now(), bytes: packetBytesOut + streamBytesOut });
        if (samples.length > SAMPLES_MAX) samples.shift();
        const [first, last] = [samples[0], samples.at(-1)];
        if (first === undefined || last === undefined || first === last) return;
        actor.sent = ((last.bytes - first.bytes) * 1000) / (last.atMs - first.atMs);
      }),
    );
  }

  async #start(actor: Actor, seeds: readonly string[]): Promise<void> {
    const { name, address } = actor;
    const socket = join(this.#folder, `${name}.sock`);
    const process = new AgentProcess({ name, bind: address, join: seeds, socket });
    actor.process = process;
    actor.state = 'starting';
    const info = await process.ready;
    actor.state = 'up';
    actor.address = info.address ?? ANY_PORT;
    actor.nodeId = info.nodeId ?? '';
    actor.pid = info.pid;
    if (this.#loss > 0) await this.#impair(actor, {});
    void process.follow((notice) => {
      if (actor.process !== process) return; // Words of the dead.
      this.beliefs.hear(name, notice);
      this.#audience.notice(actor, notice);
    });
    void process.ended.then(() => {
      if (actor.process !== process) return;
      actor.process = undefined;
      this.#down(actor);
      return this.#audience.ended(actor, false);
    });
  }

  #down(actor: Actor): void {
    actor.state = 'down';
    actor.sent = undefined;
    actor.samples.length = 0;
    this.beliefs.forget(actor.name);
  }
}

const ANY_PORT = '127.0.0.1:0';
/** At one a second: long enough to even out probes, short enough to show a change. */
const SAMPLES_MAX = 8;

/** Trees and herbs, short and hard to confuse. */
const NAMES: readonly string[] =
  'ash elm fir oak yew bay box fig hop ivy koa nut pea rye sal tea gum haw may dill'.split(' ');
