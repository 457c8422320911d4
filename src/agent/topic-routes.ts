/** The routes of topics and traces; see {@link ./control.ts} for the list. */
import type { Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Cluster, Content, Overflow, TopicNotice } from '../api/index.ts';
import { HearsayError, UsageError } from '../core/index.ts';
import { asJson } from './data-routes.ts';
import type { PublishRequest, TopicMessage, TraceRequest } from './control.ts';

/** Adds the routes; `publishing` and `tracing` read and check the bodies. */
export function addTopicRoutes(
  api: Hono,
  cluster: Cluster,
  publishing: (context: Context) => Promise<PublishRequest>,
  tracing: (context: Context) => Promise<TraceRequest>,
): void {
  api.post('/topics/:topic', async (context) => {
    const { key, trace, ...content } = await publishing(context);
    const topic = cluster.topic(context.req.param('topic'));
    await topic.publish(contentOf(content), { key, trace });
    return context.json({});
  });
  api.get('/topics/:topic', (context) => {
    const topic = cluster.topic(context.req.param('topic'));
    const events = topic.events({ replay: context.req.query('replay') !== undefined });
    return streamSSE(context, async (stream) => {
      stream.onAbort(async () => void (await events.return()));
      await stream.write(': listening\n\n'); // So that whoever waits for an answer has one.
      for await (const notice of events) {
        await stream.writeSSE({ event: notice.type, data: JSON.stringify(messageOf(notice)) });
      }
    });
  });
  api.get('/traces', (context) => context.json(cluster.traced()));
  api.post('/traces', async (context) => {
    const { origin, seq } = await tracing(context);
    const known = cluster.traced();
    const traced = known.find((one) => {
      return (origin ?? one.origin) === one.origin && (seq ?? one.seq) === one.seq;
    });
    if (traced !== undefined) return context.json(await cluster.trace(traced));
    throw new HearsayError(
      'NO_SUCH_TRACE',
      'no such traced event has come here lately: publish one with --trace',
    );
  });
}

function contentOf({ base64, value }: Pick<PublishRequest, 'base64' | 'value'>): Content {
  if (base64 !== undefined) return new Uint8Array(Buffer.from(base64, 'base64'));
  if (value === undefined) throw new UsageError('VALUE_UNUSABLE', 'give a value, or base64');
  return value;
}

function messageOf(notice: TopicNotice<Content> | Overflow): TopicMessage {
  if (notice.type !== 'event') return notice;
  const { value, ...rest } = notice;
  return { ...rest, ...asJson(value) };
}
