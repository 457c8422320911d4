/** The routes of {@link ./control.ts}, over a cluster: those of the node itself, and all others. */
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Cluster, ClusterEvent, EventStream } from '../api/index.ts';
import type { Keys } from '../cluster/keys.ts';
import { UsageError } from '../core/index.ts';
import type { Impairments } from '../net/index.ts';
import { emptyBody, evictBody, fingerprintBody, impairmentsBody } from './control.ts';
import { joinBody, secretBody } from './control.ts';
import type { Info, Notice } from './control.ts';
import { dataRoutes } from './data-routes.ts';
import type { History } from './history.ts';
import { memberRoutes } from './member-routes.ts';
import { streamNotices } from './notice-stream.ts';
import { queryRoutes } from './query-routes.ts';
import { refuse } from './refusal.ts';
import { bodyOf } from './request-body.ts';
import { tagRoutes } from './tag-routes.ts';
import { topicRoutes } from './topic-routes.ts';

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
  const { cluster, history, impairments, keys } = options;
  const api = new Hono().basePath('/v1');
  api.onError((error, context) => refuse(context, error));
  api.notFound((context) => refuse(context, noRoute(context), 404));
  api.route('/', dataRoutes(cluster)); // First: a value may be larger than what is limited here.
  api.use(
    bodyLimit({ maxSize: BODY_BYTES_MAX, onError: (context) => refuse(context, tooLarge, 413) }),
  );
  api.route('/', nodeRoutes(options));
  api.route('/', tagRoutes(cluster));
  api.route('/', memberRoutes(cluster, history));
  api.route('/', topicRoutes(cluster));
  api.route('/', queryRoutes(cluster));
  api.route('/', keyRoutes(keys));
  api.route('/', impairmentRoutes(impairments));
  return api;
}

function nodeRoutes({ cluster, info, leave }: ControlOptions): Hono {
  const api = new Hono();
  api.get('/info', (context) => context.json(info()));
  api.get('/counters', (context) => context.json(cluster.counters()));
  api.get('/events', (context) => {
    const events = cluster.events();
    const members = cluster.members.all();
    return streamNotices(
      context,
      events,
      noticesOf({ type: 'snapshot', info: info(), members }, events),
    );
  });
  api.post('/join', async (context) => {
    await cluster.join(await bodyOf(context, joinBody));
    return context.json({ members: cluster.members.size });
  });
  api.post('/leave', async (context) => {
    await bodyOf(context, emptyBody);
    await leave();
    return context.json({});
  });
  api.post('/evict', async (context) => {
    const { name } = await bodyOf(context, evictBody);
    return context.json({ evicted: cluster.evict(name) });
  });
  return api;
}

/** Of state and map the routes of these tell. */
async function* noticesOf(
  snapshot: Notice,
  events: EventStream<ClusterEvent>,
): AsyncGenerator<Notice> {
  yield snapshot;
  for await (const event of events) {
    if (event.type !== 'state-changed' && event.type !== 'map-changed') yield event;
  }
}

function keyRoutes(keys: Keys): Hono {
  const api = new Hono();
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
  return api;
}

function impairmentRoutes(impairments: Impairments): Hono {
  const api = new Hono();
  api.get('/impairments', (context) => context.json(impairments.settings ?? {}));
  api.put('/impairments', async (context) => {
    impairments.set(await bodyOf(context, impairmentsBody));
    return context.json(impairments.settings ?? {});
  });
  api.delete('/impairments', (context) => {
    impairments.set(undefined);
    return context.json({});
  });
  return api;
}

function noRoute({ req }: Context): UsageError {
  return new UsageError('BAD_OPTION', `there is no ${req.method} ${req.path}`);
}

/** The largest is a node's tags, 1 MiB and what JSON adds. */
const BODY_BYTES_MAX = 2 * 2 ** 20;
const tooLarge = new UsageError('BAD_OPTION', `the body exceeds ${BODY_BYTES_MAX} bytes`);
