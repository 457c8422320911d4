/** POST /v1/query: answers as server-sent events, as they come, then the summary. */
import type { Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Answer, Cluster } from '../api/index.ts';
import type { QueryNotice, QueryRequest } from './control.ts';
import { asJson } from './data-routes.ts';

/** Adds the route; `requestOf` reads and checks the body. */
export function addQueryRoutes(
  api: Hono,
  cluster: Cluster,
  requestOf: (context: Context) => Promise<QueryRequest>,
): void {
  api.post('/query', async (context) => {
    const { name, payload, tags, names, timeoutMs, limit } = await requestOf(context);
    const where = tags === undefined ? undefined : { tags };
    const answers = cluster.query(name, payload, { where, names, timeoutMs, limit });
    return streamSSE(context, async (stream) => {
      stream.onAbort(async () => void (await answers.return()));
      const write = async (notice: QueryNotice): Promise<void> =>
        stream.writeSSE({ event: notice.type, data: JSON.stringify(notice) });
      for await (const answer of answers) await write(noticeOf(answer));
      await write({ type: 'summary', ...(await answers.result) });
    });
  });
}

function noticeOf(answer: Answer): QueryNotice {
  const { from } = answer;
  if ('error' in answer) return { type: 'answer', from, error: answer.error };
  return { type: 'answer', from, ...asJson(answer.value) };
}
