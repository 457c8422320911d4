/**
 * From seeds to a first full exchange: resolves them, opens a life, waits until one seed has
 * admitted it. Ends as soon as the outcome is certain; a failed attempt leaves nothing open.
 *
 * Names are asked again all the while, since where they lead to may be what is wrong. A life is
 * opened even if none leads anywhere: others may be known from a data directory.
 */
import { HearsayError, type Address, type HostEvent } from '../core/index.ts';
import type { HearsayEvent, Tags } from '../designs/hearsay/index.ts';
import { Life } from './life.ts';
import type { Logger } from './logger.ts';
import type { AbortSignalLike, Platform } from './platform.ts';

export interface JoinOptions {
  readonly seeds: readonly string[];
  /** Addresses to ask besides the seeds. */
  readonly remembered: readonly Address[];
  readonly tags: Tags;
  readonly timeoutMs: number;
  /** Go on for ever; only a taken name or the signal ends it. */
  readonly retry: boolean;
  readonly signal: AbortSignalLike | undefined;
  readonly logger: Logger;
}

export class JoinAttempt {
  readonly #platform: Platform;
  readonly #options: JoinOptions;
  /** Called with each life that is opened, before anything happens in it. */
  readonly #opened: (life: Life) => void;
  /** What keeps each seed from admitting this node, by seed as written or by address. */
  readonly #obstacles = new Map<string, Obstacle>();
  readonly #seeds: string[];
  #addresses: readonly Address[] = [];
  #life: Life | undefined;
  #over = false;
  #stopWaiting: () => void = () => {};
  #succeed: (life: Life) => void = () => {};
  #fail: (error: unknown) => void = () => {};

  constructor(platform: Platform, options: JoinOptions, opened: (life: Life) => void) {
    this.#platform = platform;
    this.#options = options;
    this.#opened = opened;
    this.#seeds = [...options.seeds];
  }

  /** Runs to the end; rejects when no seed has admitted this node, its sockets closed by then. */
  async run(): Promise<Life> {
    const { signal, retry, timeoutMs } = this.#options;
    const outcome = new Promise<Life>((resolve, reject) => {
      this.#succeed = resolve;
      this.#fail = reject;
    });
    const abort = (): void => this.cancel('the signal was aborted', signal?.reason);
    const expire = (): void => this.#fail(this.#timeout());
    const stopTimer = retry ? undefined : this.#platform.after(timeoutMs, expire);
    signal?.addEventListener('abort', abort);
    try {
      if (signal?.aborted === true) abort();
      else void this.#proceed().catch((error) => this.#fail(error));
      return await outcome;
    } catch (error) {
      this.#over = true;
      await this.#life?.abandon();
      throw error;
    } finally {
      this.#over = true;
      stopTimer?.();
      this.#stopWaiting();
      signal?.removeEventListener('abort', abort);
    }
  }

  cancel(why: string, cause?: unknown): void {
    this.#fail(new HearsayError('ABORTED', `joining was given up: ${why}`, { cause }));
  }

  /** More seeds, to be asked now. */
  async add(seeds: readonly string[]): Promise<void> {
    this.#seeds.push(...seeds);
    const addresses = await this.#resolve(seeds);
    const life = this.#life;
    if (this.#over || life === undefined || addresses.length === 0) return;
    this.#addresses = [...new Set([...this.#addresses, ...addresses])];
    life.command('join', (protocol, env) => protocol.join(env, addresses));
  }

  async #proceed(): Promise<void> {
    const seeds = await this.#everywhere();
    if (this.#over) return;
    this.#addresses = seeds;
    const { tags } = this.#options;
    // Without any, it would found a cluster of its own.
    const awaitsSeeds = seeds.length === 0 && this.#seeds.length > 0;
    const life = await Life.open(this.#platform, { tags, seeds, awaitsSeeds });
    this.#life = life;
    if (this.#over) return life.abandon();
    this.#opened(life);
    life.watch((event) => this.#observe(event));
    life.begin();
    await this.#follow(life);
  }

  /** Wherever the names lead to meanwhile. */
  async #follow(life: Life): Promise<void> {
    for (let waitMs = RESOLVE_WAIT_MS; ; waitMs = Math.min(waitMs * 2, RESOLVE_WAIT_MS_MAX)) {
      await new Promise<void>((resolve) => {
        this.#stopWaiting = this.#platform.after(waitMs, resolve);
      });
      const addresses = await this.#everywhere();
      if (this.#over || life.phase !== 'running') return;
      if (addresses.length === 0 || isSame(addresses, this.#addresses)) continue;
      this.#options.logger.info(`seeds are now at ${addresses.join(', ')}`);
      for (const address of this.#addresses) {
        if (!addresses.includes(address)) this.#obstacles.delete(address);
      }
      this.#addresses = addresses;
      life.command('reseed', (protocol, env) => protocol.reseed(env, addresses));
    }
  }

  /** Where all seeds are now, and what is to be asked besides. */
  async #everywhere(): Promise<Address[]> {
    return [...new Set([...(await this.#resolve(this.#seeds)), ...this.#options.remembered])];
  }

  async #resolve(seeds: readonly string[]): Promise<readonly Address[]> {
    const { addresses, unresolved } = await this.#platform.resolve(seeds);
    const why = new Map(unresolved.map((one) => [one.seed, one.why]));
    for (const seed of seeds) {
      const reason = why.get(seed);
      if (reason !== undefined) this.#note(seed, { code: 'UNRESOLVED', why: reason });
      else if (this.#obstacles.get(seed)?.code === 'UNRESOLVED') this.#obstacles.delete(seed);
    }
    return addresses;
  }

  #observe(event: HearsayEvent | HostEvent): void {
    const life = this.#life;
    if (this.#over || life === undefined) return;
    if (event.type === 'joined') this.#succeed(life);
    if (event.type === 'failed') this.#fail(failure(event.error));
    if (event.type === 'stopped') this.cancel(`the node stopped (${event.reason})`);
    if (event.type === 'rejected' && this.#addresses.includes(event.source)) {
      const { reason, source } = event;
      if (reason === 'wrong-cluster') {
        this.#note(source, { code: 'WRONG_CLUSTER', why: 'belongs to another cluster' });
      }
      if (reason === 'wrong-key') {
        this.#note(source, { code: 'WRONG_KEY', why: 'has another key, or none' });
      }
    }
    if (event.type !== 'join-failed') return;
    const { code, seed } = event;
    if (code === 'NAME_TAKEN') {
      const text = `a living member has the name ${life.self.name}, as ${seed} says`;
      this.#fail(new HearsayError('NAME_TAKEN', `${text}: choose another name`));
    } else if (code === 'STREAM_BLOCKED') {
      this.#note(seed, { code, why: 'answers by UDP but not by TCP' });
    } else {
      this.#note(seed, { code, why: 'does not answer' });
    }
  }

  #note(seed: string, obstacle: Obstacle): void {
    const known = this.#obstacles.get(seed);
    if (known !== undefined && RANKS.indexOf(known.code) >= RANKS.indexOf(obstacle.code)) return;
    this.#obstacles.set(seed, obstacle);
    this.#options.logger.warn(`seed ${seed} ${obstacle.why}`);
    if (this.#options.retry) return;
    const verdict = this.#verdict();
    if (verdict !== undefined) this.#fail(new HearsayError(verdict, this.#story(HINTS[verdict])));
  }

  /** What is certain: no seed can admit this node, however long one waits. */
  #verdict(): CertainCode | undefined {
    if (this.#addresses.length === 0) return undefined;
    const all = new Set([...this.#addresses, ...this.#unresolved()]);
    const codes = [...all].map((seed) => this.#obstacles.get(seed)?.code);
    if (!codes.every((code) => CERTAIN.some((certain) => certain === code))) return undefined;
    return CERTAIN.find((code) => codes.includes(code));
  }

  #timeout(): HearsayError {
    const seconds = this.#options.timeoutMs / 1000;
    const question =
      this.#addresses.length === 0
        ? 'check these names, and the name server or file that should know them.'
        : 'is one of them running, and are its UDP and TCP ports open to this machine?';
    const hint = `${question} \`retry\` goes on trying`;
    return new HearsayError('JOIN_TIMEOUT', `no seed within ${seconds} s: ${this.#story(hint)}`);
  }

  #story(hint: string): string {
    const seeds = new Set([...this.#addresses, ...this.#unresolved()]);
    const parts = [...seeds].map(
      (seed) => `${seed} ${this.#obstacles.get(seed)?.why ?? 'has not answered yet'}`,
    );
    return `${parts.join(', ')}; ${hint}`;
  }

  /** As they are written. */
  #unresolved(): string[] {
    return this.#seeds.filter((seed) => this.#obstacles.get(seed)?.code === 'UNRESOLVED');
  }
}

interface Obstacle {
  readonly code: (typeof RANKS)[number];
  readonly why: string;
}

/** The later says more about a seed. */
const RANKS = [
  'UNRESOLVED',
  'UNREACHABLE',
  'STREAM_BLOCKED',
  'WRONG_KEY',
  'WRONG_CLUSTER',
] as const;

/** Each is final for its seed; of several the first is told. */
const CERTAIN = ['STREAM_BLOCKED', 'WRONG_KEY', 'WRONG_CLUSTER'] as const;
type CertainCode = (typeof CERTAIN)[number];
const HINTS: Readonly<Record<CertainCode, string>> = {
  WRONG_CLUSTER: 'check the option `cluster` here and the addresses of the seeds',
  WRONG_KEY: 'check the option `secret` here, and the keys of the seed',
  STREAM_BLOCKED: 'open the TCP port of the seed besides the UDP one',
};

/** Between questions where names lead to: DNS answers within a second. */
const RESOLVE_WAIT_MS = 1000;
const RESOLVE_WAIT_MS_MAX = 10_000;

function isSame(some: readonly Address[], others: readonly Address[]): boolean {
  return some.length === others.length && some.every((address) => others.includes(address));
}

function failure(cause: unknown): HearsayError {
  if (cause instanceof HearsayError) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  return new HearsayError('FAILED', `the node has stopped: ${text}`, { cause });
}
