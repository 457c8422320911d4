import { HearsayError, type Address, type HostCounters, type HostEvent } from '../core/index.ts';
import type { HearsayCounts, HearsayEvent, HearsayProtocol } from '../designs/hearsay/index.ts';
import type { Data, Load, Member as Snapshot } from '../designs/hearsay/index.ts';
import type { Closed } from './events.ts';
import { publicMember, type Member } from './member.ts';
import type { HearsayEnv, HearsayHost, LifeStart, Platform } from './platform.ts';

type Watcher = (event: HearsayEvent | HostEvent) => void;

/**
 * One life of the node, from open sockets to closed ones. What it knew stays readable afterwards.
 */
export class Life {
  /** Resolves once the sockets are closed; never rejects. */
  readonly closed: Promise<Closed>;
  readonly #host: HearsayHost;
  readonly #protocol: HearsayProtocol;
  readonly #watchers = new Set<Watcher>();
  /** What was told before anyone watched; undefined from then on. */
  #early: (HearsayEvent | HostEvent)[] | undefined = [];
  /** What was known when it ended. */
  #last: Knowledge | undefined;
  #leaving = false;
  #resolveClosed: (closed: Closed) => void = () => {};

  /** Opens the sockets; rejects with what keeps them from opening. */
  static async open(platform: Platform, start: LifeStart): Promise<Life> {
    return new Life(await platform.open(start));
  }

  private constructor(host: HearsayHost) {
    this.#host = host;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    host.on((event) => {
      if (this.#early === undefined) this.#hear(event);
      else this.#early.push(event);
    });
    this.#protocol = host.call((protocol) => protocol);
    this.#protocol.recordProbes();
  }

  get phase(): 'running' | 'leaving' | 'stopped' {
    if (this.#last !== undefined) return 'stopped';
    return this.#leaving ? 'leaving' : 'running';
  }

  /** From now on events are heard, those that came before first. */
  begin(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const event of early) this.#hear(event);
  }

  /** Calls `watcher` with everything, while it happens; the result ends that. */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** @throws HearsayError NOT_RUNNING */
  command<R>(what: string, run: (protocol: HearsayProtocol, env: HearsayEnv) => R): R {
    if (this.phase !== 'running') throw notRunning(what);
    return this.#host.call(run);
  }

  /** Says farewell, spreads it, closes; resolves then. */
  async leave(): Promise<Closed> {
    if (this.phase === 'running') {
      this.#leaving = true;
      try {
        this.#host.call((protocol, env) => protocol.leave(env));
      } catch {
        this.#end({ reason: 'left' }); // The host has just stopped; there is nobody to tell.
      }
    }
    return this.closed;
  }

  /** Closes without a word. */
  async abandon(): Promise<void> {
    this.#end({ reason: 'left' });
    await this.closed;
  }

  all(): Iterable<Member> {
    return this.#last?.members.values() ?? this.#known();
  }

  get(name: string): Member | undefined {
    if (this.#last !== undefined) return this.#last.members.get(name);
    const member = this.#protocol.member(name);
    return member && this.#public(member);
  }

  get self(): Member {
    return this.#last?.self ?? publicMember(this.#protocol.self);
  }

  get checksum(): number {
    return this.#last?.checksum ?? this.#protocol.checksum();
  }

  get health(): number {
    return this.#last?.health ?? this.#protocol.health;
  }

  get counters(): ClusterCounters {
    const { counts, health } = this.#last ?? this.#protocol;
    return { health, protocol: counts, host: this.#host.counters };
  }

  get load(): Load {
    return this.#last?.load ?? this.#protocol.load;
  }

  /** Own state and the shared map. */
  get data(): Data {
    return this.#protocol.data;
  }

  /** Where other live members are. */
  neighbours(): Address[] {
    const own = this.self.name;
    const addresses: Address[] = [];
    for (const { name, status, address } of this.all()) {
      if (name !== own && (status === 'alive' || status === 'suspect')) addresses.push(address);
    }
    return addresses;
  }

  *#known(): Generator<Member> {
    for (const member of this.#protocol.all()) yield this.#public(member);
  }

  #public(member: Snapshot): Member {
    return publicMember(member, this.#protocol.probeOf(member.name));
  }

  #hear(event: HearsayEvent | HostEvent): void {
    for (const watcher of this.#watchers) watcher(event);
    if (event.type === 'stopped') this.#end({ reason: reasonOf(event.reason) });
    if (event.type === 'failed') this.#end({ reason: 'failed', error: event.error });
  }

  #end(closed: Closed): void {
    if (this.#last !== undefined) return;
    const members = new Map([...this.#known()].map((member) => [member.name, member]));
    const { self, checksum, health, load } = this;
    const { counts } = this.#protocol;
    this.#last = { members, self, checksum, health, load, counts };
    void this.#close(closed);
  }

  /** From a microtask: the end is told of inside a handler of the host. */
  async #close(closed: Closed): Promise<void> {
    await Promise.resolve();
    try {
      await this.#host.stop();
    } catch {
      // A socket that cannot be closed is no longer ours.
    }
    this.#resolveClosed(closed);
  }
}

/** What is thrown by whatever needs a running node. */
export function notRunning(what: string): HearsayError {
  return new HearsayError(
    'NOT_RUNNING',
    `${what}: this node has left or stopped; call join() first`,
  );
}

function reasonOf(reason: string): Closed['reason'] {
  return reason === 'evicted' || reason === 'name-taken' ? reason : 'left';
}

interface Knowledge {
  readonly members: ReadonlyMap<string, Member>;
  readonly self: Member;
  readonly checksum: number;
  readonly health: number;
  readonly load: Load;
  readonly counts: HearsayCounts;
}

/** What one life has done and carried, as plain numbers. */
export interface ClusterCounters {
  /** Lifeguard's health score of this node: 0 is well, 8 the worst. */
  readonly health: number;
  /** Probes, suspicions, deaths, exchanges. */
  readonly protocol: HearsayCounts;
  /** Packets, streams, rejections; undefined in a simulation. */
  readonly host: HostCounters | undefined;
}
