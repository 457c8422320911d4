/** The routes of events; see {@link ./control.ts} for the list. */
import { Hono } from 'hono';
import type { Cluster, Content, EventStream, TopicNotice } from '../api/index.ts';
import { HearsayError, UsageError } from '../core/index.ts';
import { fromJson, toJson } from './control-content.ts';
import { publishBody, traceBody, type TopicMessage } from './control.ts';
import { streamNotices } from './notice-stream.ts';
import { bodyOf } from './request-body.ts';

export function topicRoutes(cluster: Cluster): Hono {
  const api = new Hono();
  api.post('/topics/:topic', async (context) => {
    const { key, trace, ...body } = await bodyOf(context, publishBody);
    const content = fromJson(body);
    if (content === undefined) throw new UsageError('VALUE_UNUSABLE', 'give a value, or base64');
    await cluster.topic(context.req.param('topic')).publish(content, { key, trace });
    return context.json({});
  });
  api.get('/topics/:topic', (context) => {
    const topic = cluster.topic(context.req.param('topic'));
    const events = topic.events({ replay: context.req.query('replay') !== undefined });
    return streamNotices(context, events, messagesOf(events));
  });
  api.get('/traces', (context) => context.json(cluster.traced()));
  api.post('/traces', async (context) => {
    const { origin, seq } = await bodyOf(context, traceBody);
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
  return api;
}

async function* messagesOf(
  events: EventStream<TopicNotice<Content>>,
): AsyncGenerator<TopicMessage> {
  for await (const notice of events) {
    if (notice.type === 'event') {
      const { value, ...rest } = notice;
      yield { ...rest, ...toJson(value) };
    } else {
      yield notice;
    }
  }
}
