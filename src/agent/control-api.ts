/** The routes of {@link ./control.ts}, over a cluster. */
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { streamSSE } from 'hono/streaming';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';
import type { Cluster, Member } from '../api/index.ts';
import type { Keys } from '../cluster/keys.ts';
import { HearsayError, UsageError, type ErrorCode } from '../core/index.ts';
import type { Impairments } from '../net/index.ts';
import { emptyBody, evictBody, fingerprintBody, impairmentsBody } from './control.ts';
import { joinBody, publishBody, queryBody, secretBody, tagsBody, traceBody } from './control.ts';
import type { Info, ListedMember, MemberStory, Notice } from './control.ts';
import { dataRoutes } from './data-routes.ts';
import type { History } from './history.ts';
import { addQueryRoutes } from './query-routes.ts';
import { addTopicRoutes } from './topic-routes.ts';
import { why } from './why.ts';

/** The largest is a node's tags, 1 MiB and what JSON adds. */
const BODY_BYTES_MAX = 2 * 2 ** 20;

export interface ControlOptions {
  readonly cluster: Cluster;
  readonly history: History;
  readonly impairments: Impairments;
  readonly keys: Keys;
  readonly info: () => Info;
  /** Leaves and ends the agent. */
  readonly leave: () => Promise<void>;
}

export function controlApi(options: ControlOptions): Hono {
  const { cluster, impairments, info, leave } = options;
  const api = new Hono().basePath('/v1');
  api.onError((error, context) => refuse(context, statusOf(error), error));
  api.notFound((context) => refuse(context, 404, noRoute(context)));
  api.route('/', dataRoutes(cluster, refuse));
  api.use(
    bodyLimit({ maxSize: BODY_BYTES_MAX, onError: (context) => refuse(context, 413, tooLarge) }),
  );

  api.get('/info', (context) => context.json(info()));
  api.get('/counters', (context) => context.json(cluster.counters()));
  addMembers(api, options);
  addKeys(api, options.keys);
  api.post('/join', async (context) => {
    await cluster.join(await bodyOf(context, joinBody));
    return context.json({ members: cluster.members.size });
  });
  api.post('/leave', async (context) => {
    await bodyOf(context, emptyBody);
    await leave();
    return context.json({});
  });
  api.post('/tags', async (context) => {
    cluster.setTags((await bodyOf(context, tagsBody)).tags);
    return context.json({});
  });
  api.post('/evict', async (context) => {
    const { name } = await bodyOf(context, evictBody);
    return context.json({ evicted: cluster.evict(name) });
  });
  addImpairments(api, impairments);
  addQueryRoutes(api, cluster, async (context) => bodyOf(context, queryBody));
  addTopicRoutes(
    api,
    cluster,
    async (context) => bodyOf(context, publishBody),
    async (context) => bodyOf(context, traceBody),
  );
  api.get('/events', (context) => {
    const events = cluster.events();
    return streamSSE(context, async (stream) => {
      stream.onAbort(async () => void (await events.return()));
      const write = async (notice: Notice): Promise<void> =>
        stream.writeSSE({ event: notice.type, data: JSON.stringify(notice, errorsAsText) });
      await write({ type: 'snapshot', info: info(), members: cluster.members.all() });
      for await (const event of events) {
        if (event.type !== 'state-changed' && event.type !== 'map-changed') await write(event);
      }
    });
  });
  return api;
}

function addMembers(api: Hono, { cluster, history }: ControlOptions): void {
  const listed = (member: Member): ListedMember => ({
    ...member,
    since: history.since(member.name) ?? null,
  });
  api.get('/members', (context) => {
    const all = context.req.query('all') !== undefined;
    const members = all ? cluster.members.all() : [...cluster.members];
    return context.json(members.map(listed));
  });
  api.get('/members/:name', (context) => {
    const name = context.req.param('name');
    const member = cluster.members.get(name);
    if (member === undefined)
      throw new HearsayError('NO_SUCH_MEMBER', `no member ${name} is known`);
    const entries = history.of(name);
    const story: MemberStory = {
      member: listed(member),
      history: entries,
      why: why(member, entries, Date.now()),
    };
    return context.json(story);
  });
}

function addKeys(api: Hono, keys: Keys): void {
  api.get('/keys', (context) => context.json(keys.list()));
  api.post('/keys', async (context) => {
    const { secret } = await bodyOf(context, secretBody);
    return context.json({ fingerprint: keys.add(secret) });
  });
  api.post('/keys/use', async (context) => {
    keys.use((await bodyOf(context, fingerprintBody)).fingerprint);
    return context.json({});
  });
  api.post('/keys/remove', async (context) => {
    keys.remove((await bodyOf(context, fingerprintBody)).fingerprint);
    return context.json({});
  });
}

function addImpairments(api: Hono, impairments: Impairments): void {
  api.get('/impairments', (context) => context.json(impairments.settings ?? {}));
  api.put('/impairments', async (context) => {
    impairments.set(await bodyOf(context, impairmentsBody));
    return context.json(impairments.settings ?? {});
  });
  api.delete('/impairments', (context) => {
    impairments.set(undefined);
    return context.json({});
  });
}

const tooLarge = new UsageError('BAD_OPTION', `the body exceeds ${BODY_BYTES_MAX} bytes`);

function noRoute({ req }: Context): UsageError {
  return new UsageError('BAD_OPTION', `there is no ${req.method} ${req.path}`);
}

/** No body at all is an empty object. */
async function bodyOf<S extends z.ZodType>(context: Context, schema: S): Promise<z.output<S>> {
  const text = await context.req.text();
  let given: unknown;
  try {
    given = text === '' ? {} : JSON.parse(text);
  } catch {
    throw new UsageError('BAD_OPTION', 'the body is no JSON');
  }
  const checked = schema.safeParse(given);
  if (checked.success) return checked.data;
  const issues = checked.error.issues.map(
    ({ path, message }) => `${path.length > 0 ? path.join('.') : 'body'}: ${message}`,
  );
  throw new UsageError('BAD_OPTION', issues.join('; '));
}

function refuse(context: Context, status: ContentfulStatusCode, error: Error): Response {
  const code: ErrorCode = error instanceof HearsayError ? error.code : 'FAILED';
  return context.json({ error: { code, message: error.message } }, status);
}

function statusOf(error: Error): ContentfulStatusCode {
  if (!(error instanceof HearsayError)) return 500;
  if (error.code === 'NOT_RUNNING') return 409;
  if (NOT_FOUND.has(error.code)) return 404;
  return error instanceof UsageError ? 400 : 502;
}

/** An Error has no fields of its own that JSON would show. */
function errorsAsText(_key: string, value: unknown): unknown {
  return value instanceof Error ? value.message : value;
}

const NOT_FOUND: ReadonlySet<ErrorCode> = new Set([
  'NO_SUCH_MEMBER',
  'NO_SUCH_KEY',
  'NO_SUCH_TRACE',
]);
