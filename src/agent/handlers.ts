/**
 * Commands that an agent runs for what comes from the cluster: `--on NAME=COMMAND` answers queries
 * of a name, `--on event:TOPIC=COMMAND` hears of events, `--on member-failed=COMMAND` of members.
 *
 * Queries run side by side, so many at a time; the events of one handler one after the other.
 */
import type { Cluster, ClusterEvent, ReceivedQuery } from '../api/index.ts';
import type { Content, Logger, TopicNotice } from '../api/index.ts';
import { HearsayError, UsageError } from '../core/index.ts';
import { Command, CommandError, type CommandOptions } from './command.ts';
import { MEMBER_EVENTS } from './member-events.ts';

/** Commands by what they are for. */
export type Handled = Readonly<Record<string, string>>;

export interface HandlersOptions {
  readonly cluster: Cluster;
  readonly logger: Logger;
  /** Path of the agent's control socket: commands may use it. */
  readonly socket: string;
}

/** What commands have done. */
export interface HandlerCounts {
  /** Run, to the end. */
  readonly done: number;
  /** That exited with another code than 0. */
  readonly failed: number;
  /** Killed, since they took too long… */
  readonly hung: number;
  /** …or wrote too much. */
  readonly flooded: number;
  /** Not run, since too many ran or waited. */
  readonly dropped: number;
}

export class Handlers {
  readonly #options: HandlersOptions;
  readonly #running = new Set<Command>();
  readonly #counts = { done: 0, failed: 0, hung: 0, flooded: 0, dropped: 0 };

  /** @throws UsageError BAD_OPTION or HANDLER_TAKEN */
  constructor(on: Handled, options: HandlersOptions) {
    this.#options = options;
    for (const [name, command] of Object.entries(on)) this.#add(name, command);
  }

  get counts(): HandlerCounts {
    return { ...this.#counts };
  }

  /** Kills what runs: nobody is there any more who could tell what it says. */
  stop(): void {
    for (const command of this.#running) command.stop();
  }

  #add(name: string, command: string): void {
    const { cluster } = this.#options;
    if (command.trim() === '') throw new UsageError('BAD_OPTION', `on: ${name} names no command`);
    const type = MEMBER_EVENTS.find((one) => one === name);
    if (type !== undefined) {
      const line = this.#line<MemberEvent>(name, async (event) => this.#tell(command, event));
      cluster.on(type, (event) => line.push(event));
    } else if (name.startsWith(TOPIC_PREFIX)) {
      const topic = cluster.topic(name.slice(TOPIC_PREFIX.length));
      const line = this.#line<TopicNotice<Content>>(name, async (notice) => {
        await this.#pass(command, topic.name, notice);
      });
      topic.on((notice) => line.push(notice));
    } else {
      cluster.answer(name, async (query) => this.#answer(command, query));
    }
  }

  #line<E>(name: string, run: (event: E) => Promise<void>): Line<E> {
    return new Line(run, (isFirst) => {
      this.#counts.dropped++;
      if (!isFirst) return;
      const text = `more than ${WAITING_MAX} events wait for the command of ${name}`;
      this.#options.logger.warn(`${text}: what comes meanwhile is dropped`);
    });
  }

  async #answer(command: string, query: ReceivedQuery): Promise<Content> {
    const { name, payload, from, leftMs } = query;
    if (this.#running.size >= RUNNING_MAX) {
      this.#counts.dropped++;
      throw new HearsayError('FAILED', `${RUNNING_MAX} commands are running already`);
    }
    const output = await this.#run({
      command,
      input: inputOf(payload),
      environment: { HEARSAY_QUERY: name, HEARSAY_FROM: from },
      timeoutMs: leftMs - Math.min(leftMs * SPARE, SPARE_MS_MAX),
      outputBytesMax: OUTPUT_BYTES_MAX,
    });
    return contentOf(output);
  }

  async #tell(command: string, event: MemberEvent): Promise<void> {
    const { type, member } = event;
    const { name, address, status, tags } = member;
    const input = `${JSON.stringify({ type, name, address, status, tags })}\n`;
    await this.#work(command, input, { HEARSAY_EVENT: type, HEARSAY_MEMBER: name });
  }

  async #pass(command: string, topic: string, notice: TopicNotice<Content>): Promise<void> {
    const { logger } = this.#options;
    const { origin } = notice;
    if (notice.type === 'gap') {
      const count = notice.to - notice.from + 1;
      logger.warn(`${count} events of ${origin} were missed; perhaps some on ${topic}`);
      return;
    }
    const { key = '', value } = notice;
    const place = { HEARSAY_TOPIC: topic, HEARSAY_FROM: origin, HEARSAY_KEY: key };
    await this.#work(command, inputOf(value), {
      HEARSAY_EVENT: `${TOPIC_PREFIX}${topic}`,
      ...place,
    });
  }

  /** Nobody waits for what it says. */
  async #work(
    command: string,
    input: CommandOptions['input'],
    environment: CommandOptions['environment'],
  ): Promise<void> {
    const bounds = { timeoutMs: EVENT_MS_MAX, outputBytesMax: EVENT_OUTPUT_BYTES_MAX };
    await this.#run({ command, input, environment, ...bounds }).catch((error: unknown) => {
      const text = (error as Error).message;
      this.#options.logger.warn(`the command for ${environment['HEARSAY_EVENT']} failed: ${text}`);
    });
  }

  async #run(options: CommandOptions): Promise<Uint8Array> {
    const { cluster, socket } = this.#options;
    const environment = { ...options.environment, HEARSAY_NAME: cluster.name };
    const command = new Command({
      ...options,
      environment: { ...environment, HEARSAY_SOCKET: socket },
    });
    this.#running.add(command);
    try {
      const output = await command.output;
      this.#counts.done++;
      return output;
    } catch (error) {
      const why = error instanceof CommandError ? error.why : 'exit';
      if (why === 'hung' || why === 'flooded') this.#counts[why]++;
      else if (why === 'exit') this.#counts.failed++;
      throw error;
    } finally {
      this.#running.delete(command);
    }
  }
}

type MemberEvent = Extract<ClusterEvent, { readonly type: (typeof MEMBER_EVENTS)[number] }>;

/** Events that wait for the command that runs. */
class Line<E> {
  readonly #run: (event: E) => Promise<void>;
  readonly #dropped: (isFirst: boolean) => void;
  readonly #waiting: E[] = [];
  #isBusy = false;
  #isFull = false;

  /** @param dropped called for each event that finds no room; `isFirst`: since all was done */
  constructor(run: (event: E) => Promise<void>, dropped: (isFirst: boolean) => void) {
    this.#run = run;
    this.#dropped = dropped;
  }

  push(event: E): void {
    if (this.#waiting.length < WAITING_MAX) this.#waiting.push(event);
    else {
      this.#dropped(!this.#isFull);
      this.#isFull = true;
    }
    if (!this.#isBusy) void this.#work();
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    for (let event = this.#waiting.shift(); event !== undefined; event = this.#waiting.shift()) {
      await this.#run(event);
    }
    this.#isBusy = false;
    this.#isFull = false;
  }
}

/** Text as it is, bytes as they are, anything else as JSON. */
function inputOf(payload: Content | undefined): string | Uint8Array {
  if (payload === undefined) return '';
  if (typeof payload === 'string' || payload instanceof Uint8Array) return payload;
  return JSON.stringify(payload);
}

/** Text without the end of its last line; bytes where it is none, or too long as JSON. */
function contentOf(output: Uint8Array): Content {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(output).replace(/\r?\n$/, '');
    if (Buffer.byteLength(JSON.stringify(text)) <= OUTPUT_BYTES_MAX) return text;
  } catch {
    // No text.
  }
  return output;
}

/** What is published on a topic: `event:TOPIC`. */
const TOPIC_PREFIX = 'event:';
/** What a query carries, less the byte that says that it is text. */
const OUTPUT_BYTES_MAX = 1023;
/** Processes at once, for queries: a machine stands that beside its own work. */
const RUNNING_MAX = 16;
/** Of a query's time, so that the asker still hears that a command was killed. */
const SPARE = 0.2;
const SPARE_MS_MAX = 1000;
/** Of each handler. */
const WAITING_MAX = 256;
/** Nobody reads it; but it must end. */
const EVENT_OUTPUT_BYTES_MAX = 64 * 1024;
/** A minute: whoever has more to do goes on in the background. */
const EVENT_MS_MAX = 60_000;
