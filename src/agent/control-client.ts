import { request, type IncomingMessage } from 'node:http';
import { arrayBuffer } from 'node:stream/consumers';
import type { ClusterCounters, Content, Json, Trace, Traced } from '../api/index.ts';
import type { ListedKey } from '../blocks/security/keyring.ts';
import { HearsayError, UsageError, type ErrorCode } from '../core/index.ts';
import type { Tags } from '../designs/hearsay/index.ts';
import type { ImpairmentSettings } from '../net/index.ts';
import { BYTES } from './control-content.ts';
import type { Info, ListedEntry, ListedMember, MemberStory } from './control.ts';
import type { Notice, PublishRequest, QueryNotice, QueryRequest } from './control.ts';
import type { TagsChanged, TopicMessage, TraceRequest, WatchNotice } from './control.ts';

/**
 * Talks to an agent over its control socket.
 *
 * Each call rejects with NO_AGENT where nobody answers, else with what the agent says.
 */
export class ControlClient {
  readonly path: string;

  /** @param path of the agent's socket */
  constructor(path: string) {
    this.path = path;
  }

  async info(): Promise<Info> {
    return this.#ask('GET', '/v1/info');
  }

  async counters(): Promise<ClusterCounters> {
    return this.#ask('GET', '/v1/counters');
  }

  async members(all = false): Promise<ListedMember[]> {
    return this.#ask('GET', all ? '/v1/members?all' : '/v1/members');
  }

  /** Rejects with NO_SUCH_MEMBER. */
  async member(name: string): Promise<MemberStory> {
    return this.#ask('GET', `/v1/members/${segmentOf('member', name)}`);
  }

  /** Resolves when one of the seeds is known as a member. */
  async join(seeds: readonly string[]): Promise<{ readonly members: number }> {
    return this.#ask('POST', '/v1/join', { seeds });
  }

  /** Resolves when the agent has left its cluster. */
  async leave(): Promise<void> {
    await this.#ask('POST', '/v1/leave', {});
  }

  /** The agent's own. */
  async tags(): Promise<Tags> {
    return (await this.#ask<{ tags: Tags }>('GET', '/v1/tags')).tags;
  }

  /** Replaces all of the agent's own. */
  async setTags(tags: Tags): Promise<void> {
    await this.#ask('POST', '/v1/tags', { tags });
  }

  /** Removes those with these keys, then sets these; all others stay. */
  async changeTags(tags: Tags, remove: readonly string[] = []): Promise<TagsChanged> {
    return this.#ask('PATCH', '/v1/tags', { tags, remove });
  }

  /** False: no such member. */
  async evict(name: string): Promise<boolean> {
    return (await this.#ask<{ evicted: boolean }>('POST', '/v1/evict', { name })).evicted;
  }

  /** The agent's own state, or another member's; rejects with NO_SUCH_MEMBER. */
  async entries(of: DataPlace, prefix = ''): Promise<ListedEntry[]> {
    return this.#ask('GET', `${routeOf(of)}?prefix=${encodeURIComponent(prefix)}`);
  }

  /** Rejects with NO_SUCH_KEY, NO_SUCH_MEMBER. */
  async get(of: DataPlace, key: string): Promise<Content> {
    const response = await this.#send('GET', routeOf(of, key));
    if (response.statusCode !== 200) throw await errorOf(response);
    if (response.headers['content-type'] === BYTES) {
      return new Uint8Array(await arrayBuffer(response));
    }
    return JSON.parse(await textOf(response)) as Json;
  }

  /** Writes a key of the agent's own state or of the map. Rejects as `state.set` throws. */
  async set(of: 'state' | 'map', key: string, content: Content): Promise<void> {
    await this.#ask('PUT', routeOf(of, key), content);
  }

  /** False: the agent knew of no such key. */
  async delete(of: 'state' | 'map', key: string): Promise<boolean> {
    return (await this.#ask<{ deleted: boolean }>('DELETE', routeOf(of, key))).deleted;
  }

  /** What there is, then what changes, until the agent ends. */
  watch(of: DataPlace, prefix = ''): AsyncGenerator<WatchNotice, void> {
    return this.#follow('GET', `${routeOf(of)}?watch&prefix=${encodeURIComponent(prefix)}`);
  }

  async keys(): Promise<ListedKey[]> {
    return this.#ask('GET', '/v1/keys');
  }

  /** Gives the fingerprint. Rejects with BAD_SECRET or BAD_KEY. */
  async addKey(secret: string): Promise<string> {
    const answer = await this.#ask<{ fingerprint: string }>('POST', '/v1/keys', { secret });
    return answer.fingerprint;
  }

  /** Rejects with BAD_KEY. */
  async useKey(fingerprint: string): Promise<void> {
    await this.#ask('POST', '/v1/keys/use', { fingerprint });
  }

  /** Rejects with BAD_KEY. */
  async removeKey(fingerprint: string): Promise<void> {
    await this.#ask('POST', '/v1/keys/remove', { fingerprint });
  }

  /** Empty: nothing is impaired. */
  async impairments(): Promise<ImpairmentSettings> {
    return this.#ask('GET', '/v1/impairments');
  }

  /** They replace those before; empty ends them. Resolves with what holds now. */
  async impair(settings: ImpairmentSettings): Promise<ImpairmentSettings> {
    return this.#ask('PUT', '/v1/impairments', settings);
  }

  /** A snapshot, then everything that happens, until the agent ends. */
  events(): AsyncGenerator<Notice, void> {
    return this.#follow('GET', '/v1/events');
  }

  /** Rejects as `topic.publish` does. */
  async publish(topic: string, request: PublishRequest): Promise<void> {
    await this.#ask('POST', `/v1/topics/${segmentOf('topic', topic)}`, request);
  }

  /** What is published on a topic, until the agent ends; with `replay`, what is kept first. */
  follow(topic: string, replay: boolean): AsyncGenerator<TopicMessage, void> {
    const route = `/v1/topics/${segmentOf('topic', topic)}`;
    return this.#follow('GET', replay ? `${route}?replay` : route);
  }

  /** Traced events, the newest first. */
  async traced(): Promise<Traced[]> {
    return this.#ask('GET', '/v1/traces');
  }

  /** Asks all members. Rejects with NO_SUCH_TRACE. */
  async trace(request: TraceRequest): Promise<Trace> {
    return this.#ask('POST', '/v1/traces', request);
  }

  /** Each answer as it comes, then the summary. Rejects as `cluster.query` throws. */
  query(request: QueryRequest): AsyncGenerator<QueryNotice, void> {
    return this.#follow('POST', '/v1/query', request);
  }

  async *#follow<T>(method: string, route: string, body?: object): AsyncGenerator<T, void> {
    const response = await this.#send(method, route, body);
    if (response.statusCode !== 200) throw await errorOf(response);
    response.setEncoding('utf8');
    let rest = '';
    try {
      for await (const chunk of response as AsyncIterable<string>) {
        const blocks = (rest + chunk).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) {
          const lines = block.split('\n').filter((line) => line.startsWith('data:'));
          const data = lines.map((line) => line.slice('data:'.length)).join('\n');
          if (data !== '') yield JSON.parse(data) as T;
        }
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
      const text = `the agent at ${this.path} ended without a word`;
      throw new HearsayError('NO_AGENT', text, { cause: error });
    } finally {
      response.destroy();
    }
  }

  async #ask<T>(method: string, route: string, body?: Content | object): Promise<T> {
    const response = await this.#send(method, route, body);
    if (response.statusCode !== 200) throw await errorOf(response);
    return JSON.parse(await textOf(response)) as T;
  }

  async #send(method: string, route: string, body?: Content | object): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const isBytes = body instanceof Uint8Array;
      const headers = { 'content-type': isBytes ? BYTES : 'application/json' };
      const options = { socketPath: this.path, path: route, method, headers, agent: false };
      const call = request(options, resolve);
      call.on('error', (error: NodeJS.ErrnoException) => reject(this.#explain(error)));
      call.end(body === undefined || isBytes ? body : JSON.stringify(body));
    });
  }

  #explain(error: NodeJS.ErrnoException): HearsayError {
    const why =
      error.code === 'ENOENT' || error.code === 'ECONNREFUSED' ? 'nobody is there' : error.message;
    return new HearsayError('NO_AGENT', `no agent answers at ${this.path}: ${why}`, {
      cause: error,
    });
  }
}

/** Whose keys: the agent's own state, a member's, or the map that all share. */
export type DataPlace = 'state' | 'map' | { readonly member: string };

function routeOf(of: DataPlace, key?: string): string {
  const place =
    typeof of === 'string' ? `/v1/${of}` : `/v1/members/${segmentOf('member', of.member)}/state`;
  return key === undefined ? place : `${place}/${segmentOf('key', key)}`;
}

/** Dots alone mean another place in a path, however they are written (URL standard, 4.4). */
function segmentOf(what: string, text: string): string {
  if (!['', '.', '..'].includes(text)) return encodeURIComponent(text);
  throw new UsageError(
    'BAD_OPTION',
    `${what}: an agent cannot be asked for "${text}"; name another`,
  );
}

async function errorOf(response: IncomingMessage): Promise<HearsayError> {
  const text = await textOf(response);
  try {
    const { error } = JSON.parse(text) as { error: { code: ErrorCode; message: string } };
    return new HearsayError(error.code, error.message);
  } catch {
    return new HearsayError('NO_AGENT', `no agent of ours answers there: ${text.slice(0, 200)}`);
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response as AsyncIterable<string>) text += chunk;
  return text;
}
