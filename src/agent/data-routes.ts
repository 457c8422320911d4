/**
 * The routes of state and map: each key a resource, its body the value as it is, JSON or bytes.
 * See {@link ./control.ts} for the list.
 */
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { streamSSE } from 'hono/streaming';
import type { Cluster, Content, EventStream, MapChange, StateChange } from '../api/index.ts';
import { HearsayError, UsageError } from '../core/index.ts';
import type { ListedEntry, Refuse, WatchNotice } from './control.ts';

/** What state and map have in common. */
interface Keyed {
  get(key: string): Content | undefined;
  has(key: string): boolean;
  entries(prefix: string): Iterable<[string, Content | undefined]>;
  watch(prefix: string, options: { present: boolean }): EventStream<StateChange | MapChange>;
}

export function dataRoutes(cluster: Cluster, refuse: Refuse): Hono {
  const api = new Hono();
  api.use(
    bodyLimit({ maxSize: BODY_BYTES_MAX, onError: (context) => refuse(context, 413, large) }),
  );
  const own = (): Keyed => cluster.state;
  const map = (): Keyed => cluster.map;
  const of = (context: Context): Keyed => {
    const name = context.req.param('name') ?? '';
    if (cluster.members.get(name) !== undefined) return cluster.stateOf(name);
    throw new HearsayError('NO_SUCH_MEMBER', `no member ${name} is known`);
  };
  addReading(api, '/state', own);
  addReading(api, '/members/:name/state', of);
  addReading(api, '/map', map);
  api.put('/state/:key', async (context) => {
    cluster.state.set(keyOf(context), await contentOf(context));
    return context.json({});
  });
  api.delete('/state/:key', (context) =>
    context.json({ deleted: cluster.state.delete(keyOf(context)) }),
  );
  api.put('/map/:key', async (context) => {
    await cluster.map.set(keyOf(context), await contentOf(context));
    return context.json({});
  });
  api.delete('/map/:key', async (context) => {
    const deleted = cluster.map.has(keyOf(context));
    await cluster.map.delete(keyOf(context));
    return context.json({ deleted });
  });
  return api;
}

function addReading(api: Hono, path: string, of: (context: Context) => Keyed): void {
  const prefix = (context: Context): string => context.req.query('prefix') ?? '';
  api.get(path, (context) => {
    if (context.req.query('watch') === undefined) {
      return context.json([...of(context).entries(prefix(context))].map(listed));
    }
    const changes = of(context).watch(prefix(context), { present: true });
    return streamSSE(context, async (stream) => {
      stream.onAbort(async () => void (await changes.return()));
      await stream.write(': watching\n\n'); // So that whoever waits for an answer has one.
      for await (const change of changes) {
        await stream.writeSSE({ event: change.type, data: JSON.stringify(noticeOf(change)) });
      }
    });
  });
  api.get(`${path}/:key`, (context) => {
    const [keyed, key] = [of(context), keyOf(context)];
    const content = keyed.get(key);
    if (content instanceof Uint8Array) {
      return context.body(new Uint8Array(content), 200, { 'content-type': BYTES });
    }
    if (content !== undefined) return context.json(content);
    const why = keyed.has(key) ? 'its value is not here yet' : 'there is no such key';
    throw new HearsayError('NO_SUCH_KEY', `${key}: ${why}`);
  });
}

function keyOf(context: Context): string {
  return context.req.param('key') ?? '';
}

async function contentOf(context: Context): Promise<Content> {
  if (context.req.header('content-type') === BYTES) {
    return new Uint8Array(await context.req.arrayBuffer());
  }
  try {
    return await context.req.json<Content>();
  } catch {
    throw new UsageError('VALUE_UNUSABLE', `the body is no JSON; bytes are sent as ${BYTES}`);
  }
}

function listed([key, content]: readonly [string, Content | undefined]): ListedEntry {
  return { key, ...asJson(content) };
}

function noticeOf(change: StateChange | MapChange | { type: 'overflow'; dropped: number }) {
  if (change.type === 'overflow') return change;
  const { value, before: _, ...rest } = change;
  return { ...rest, ...asJson(value) } satisfies WatchNotice;
}

/** JSON has no bytes. */
export function asJson(content: Content | undefined): Omit<ListedEntry, 'key'> {
  if (content === undefined) return {};
  if (!(content instanceof Uint8Array)) return { value: content };
  return { base64: Buffer.from(content).toString('base64') };
}

const BYTES = 'application/octet-stream';
/** The largest value, and as JSON text what its escapes may add. */
const BODY_BYTES_MAX = 32 * 2 ** 20;
const large = new UsageError('VALUE_TOO_LARGE', `the body exceeds ${BODY_BYTES_MAX} bytes`);
