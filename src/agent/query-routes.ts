/** The route of queries; see {@link ./control.ts}. Answers come as they are, then the summary. */
import { Hono } from 'hono';
import type { Answer, Answers, Cluster } from '../api/index.ts';
import { toJson } from './control-content.ts';
import { queryBody, type QueryNotice } from './control.ts';
import { streamNotices } from './notice-stream.ts';
import { bodyOf } from './request-body.ts';

export function queryRoutes(cluster: Cluster): Hono {
  const api = new Hono();
  api.post('/query', async (context) => {
    const { name, payload, tags, ...options } = await bodyOf(context, queryBody);
    const where = tags === undefined ? undefined : { tags };
    const answers = cluster.query(name, payload, { where, ...options });
    return streamNotices(context, answers, noticesOf(answers));
  });
  return api;
}

async function* noticesOf(answers: Answers): AsyncGenerator<QueryNotice> {
  for await (const answer of answers) yield noticeOf(answer);
  yield { type: 'summary', ...(await answers.result) };
}

function noticeOf(answer: Answer): QueryNotice {
  const { from } = answer;
  if ('error' in answer) return { type: 'answer', from, error: answer.error };
  return { type: 'answer', from, ...toJson(answer.value) };
}
