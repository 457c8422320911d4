/**
 * The routes of state and map: each key a resource, its body the value as it is, JSON or bytes.
 * See {@link ./control.ts} for the list.
 */
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type {
  Cluster,
  Content,
  EventStream,
  MapChange,
  MemberState,
  SharedMap,
  StateChange,
} from '../api/index.ts';
import { HearsayError, UsageError } from '../core/index.ts';
import { BYTES, toJson } from './control-content.ts';
import type { ListedEntry, WatchNotice } from './control.ts';
import { memberOf } from './member-routes.ts';
import { streamNotices } from './notice-stream.ts';
import { refuse } from './refusal.ts';

type Readable = MemberState | SharedMap;

export function dataRoutes(cluster: Cluster): Hono {
  const api = new Hono();
  api.use(
    bodyLimit({ maxSize: BODY_BYTES_MAX, onError: (context) => refuse(context, tooLarge, 413) }),
  );
  addReading(api, '/state', () => cluster.state);
  addReading(api, '/members/:name/state', (context) =>
    cluster.stateOf(memberOf(cluster, context.req.param('name') ?? '')),
  );
  addReading(api, '/map', () => cluster.map);
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

function addReading(api: Hono, path: string, of: (context: Context) => Readable): void {
  const prefix = (context: Context): string => context.req.query('prefix') ?? '';
  api.get(path, (context) => {
    if (context.req.query('watch') === undefined) {
      return context.json([...of(context).entries(prefix(context))].map(listed));
    }
    const changes = of(context).watch(prefix(context), { present: true });
    return streamNotices(context, changes, noticesOf(changes));
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
  return { key, ...toJson(content) };
}

async function* noticesOf(
  changes: EventStream<StateChange | MapChange>,
): AsyncGenerator<WatchNotice> {
  for await (const change of changes) {
    if (change.type === 'overflow') {
      yield change;
    } else {
      const { value, before: _, ...rest } = change;
      yield { ...rest, ...toJson(value) };
    }
  }
}

/** The largest value, and as JSON text what its escapes may add. */
const BODY_BYTES_MAX = 32 * 2 ** 20;
const tooLarge = new UsageError('VALUE_TOO_LARGE', `the body exceeds ${BODY_BYTES_MAX} bytes`);
