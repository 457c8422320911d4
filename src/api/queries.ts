/** Questions to the cluster, and who answers them here. */
import { HearsayError, UsageError, type HostEvent } from '../core/index.ts';
import { checkQueryName, OWN_PREFIX, QUERY_BYTES_MAX } from '../designs/hearsay/index.ts';
import type {
  HearsayEvent,
  QueryCounts,
  QueryEvent,
  QueryId,
  Refusal,
  Tags,
} from '../designs/hearsay/index.ts';
import { ByteReader, ByteWriter } from '../wire/index.ts';
import { Answers, type QuerySummary } from './answers.ts';
import type { Content } from './content.ts';
import type { Ground } from './ground.ts';
import type { Life } from './life.ts';
import { describeError, type Logger } from './logger.ts';
import type { AbortSignalLike } from './platform.ts';
import { packed, unpacked } from './query-content.ts';

export interface QueryOptions {
  /** Only members that have all of these tags, at most 512 bytes of them. */
  readonly where?: { readonly tags: Tags } | undefined;
  /** Only these members, by name; who is no live member is not asked. */
  readonly names?: readonly string[] | undefined;
  /** Milliseconds, 1 … 600,000. Default 5,000. */
  readonly timeoutMs?: number | undefined;
  /** So many answers are enough, 1 or more. Default: all. */
  readonly limit?: number | undefined;
  /** Cancels the query. */
  readonly signal?: AbortSignalLike | undefined;
}

/** A query as a handler gets it. */
export interface ReceivedQuery {
  readonly name: string;
  /** JSON or a Uint8Array; undefined where the asker gave nothing. */
  readonly payload: Content | undefined;
  /** The asker's name. */
  readonly from: string;
  /** For how long the asker still listened when the query came, ms. */
  readonly leftMs: number;
}

/** Gives the answer: JSON or a Uint8Array, at most 1,023 bytes. What it throws is told. */
export type QueryHandler = (query: ReceivedQuery) => unknown;

/** A query that has come, and how to answer it. */
interface Received {
  readonly life: Life;
  readonly event: Extract<HearsayEvent, { type: 'query-received' }>;
}

export class Queries {
  readonly #ground: Ground;
  readonly #logger: Logger;
  readonly #open = new Map<QueryId, Open>();
  readonly #handlers = new Map<string, QueryHandler>();

  constructor(ground: Ground, logger: Logger) {
    this.#ground = ground;
    this.#logger = logger;
    ground.follow((life) => this.#follow(life));
  }

  /** @throws HearsayError; see `Cluster.query` */
  ask(name: string, payload: unknown, options: QueryOptions): Answers {
    const life = this.#ground.alive('query');
    const { where, names, timeoutMs = TIMEOUT_MS, limit, signal } = options;
    const question = {
      name,
      payload: packed('query', payload),
      deadlineMs: timeoutMs,
      ...(where !== undefined && { where: where.tags }),
      ...(names !== undefined && { names }),
      ...(limit !== undefined && { answersMax: limit }),
    };
    const { id, counts } = life.command('query', ({ queries }, env) => {
      const asked = queries.ask(env, question);
      return { id: asked, counts: queries.countsOf(asked) };
    });
    const cancel = (): void => {
      signal?.removeEventListener('abort', cancel);
      if (!this.#open.has(id) || life.phase !== 'running') return;
      life.command('query', ({ queries }, env) => queries.cancel(env, id));
    };
    const answers = new Answers(cancel, this.#ground.promised);
    this.#open.set(id, { answers, counts });
    signal?.addEventListener('abort', cancel);
    if (signal?.aborted === true) cancel();
    return answers;
  }

  /** @throws UsageError HANDLER_TAKEN or BAD_OPTION */
  answer(name: string, handler: QueryHandler): () => void {
    checkQueryName(name);
    if (typeof handler !== 'function') {
      throw new UsageError('BAD_OPTION', `answer: the handler of "${name}" must be a function`);
    }
    if (name.startsWith(OWN_PREFIX)) {
      const text = `answer: queries whose names begin with ${OWN_PREFIX} are hearsay's own`;
      throw new UsageError('BAD_OPTION', text);
    }
    if (this.#handlers.has(name)) {
      const text = `answer: there is a handler of "${name}"; take it off first`;
      throw new UsageError('HANDLER_TAKEN', text);
    }
    this.#handlers.set(name, handler);
    return () => {
      if (this.#handlers.get(name) === handler) this.#handlers.delete(name);
    };
  }

  #follow(life: Life): void {
    life.watch((event) => {
      if (isOfQuery(event)) this.#hear(life, event);
      if (event.type !== 'stopped' && event.type !== 'failed') return;
      for (const id of this.#open.keys()) this.#end(id, 'closed');
    });
  }

  #hear(life: Life, event: QueryEvent): void {
    switch (event.type) {
      case 'query-received':
        // State has settled by then, and a handler may call anything.
        void Promise.resolve().then(() => this.#handle({ life, event }));
        return;
      case 'query-acknowledged':
        this.#open.get(event.id)?.answers.acknowledge(event.by);
        return;
      case 'query-answered':
        this.#open.get(event.id)?.answers.push({ from: event.by, value: unpacked(event.value) });
        return;
      case 'query-refused': {
        const { id, by: from, why, value } = event;
        const answers = this.#open.get(id)?.answers;
        if (why === 'no-handler') answers?.acknowledge(from);
        else answers?.push({ from, error: { why, text: textOf(value) } });
        return;
      }
      case 'query-ended':
        return this.#end(event.id, event.why);
    }
  }

  #end(id: QueryId, why: QuerySummary['why']): void {
    const open = this.#open.get(id);
    this.#open.delete(id);
    open?.answers.end({ ...open.counts(), why });
  }

  async #handle({ life, event }: Received): Promise<void> {
    const { id, name, from, leftMs } = event;
    const handler = this.#handlers.get(name);
    if (handler === undefined) return refuse(life, id, 'no-handler', '');
    try {
      const value = await handler({ name, payload: unpacked(event.payload), from, leftMs });
      const answer = packed('answer', value);
      if (life.phase !== 'running') return;
      life.command('answer', ({ queries }, env) => queries.respond(env, id, answer));
    } catch (error) {
      const isTooLarge = error instanceof HearsayError && error.code === 'QUERY_TOO_LARGE';
      this.#logger.warn(`the handler of the query "${name}" threw: ${describeError(error)}`);
      const text = error instanceof Error ? error.message : String(error);
      refuse(life, id, isTooLarge ? 'too-large' : 'failed', text);
    }
  }
}

function isOfQuery(event: HearsayEvent | HostEvent): event is QueryEvent {
  return event.type.startsWith('query-');
}

interface Open {
  readonly answers: Answers;
  readonly counts: () => QueryCounts;
}

function refuse(life: Life, id: QueryId, why: Refusal, text: string): void {
  if (life.phase !== 'running') return; // Nobody can be told any more.
  const to = new ByteWriter();
  to.text(cut(text));
  life.command('answer', ({ queries }, env) => queries.refuse(env, id, why, to.copy()));
}

/** Short enough for an answer, whatever its letters are. */
function cut(text: string): string {
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text;
}

function textOf(bytes: Uint8Array): string {
  return new ByteReader(bytes).text(QUERY_BYTES_MAX);
}

const TIMEOUT_MS = 5000;
/** Units of UTF-16, of at most three bytes. */
const TEXT_MAX = 300;
