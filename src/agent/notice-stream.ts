/** Notices as server-sent events, each named by its type. */
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';

/**
 * Answers with notices until there are no more, or nobody reads.
 *
 * @param source what they are made of; it is ended when nobody reads
 */
export function streamNotices(
  context: Context,
  source: { return(): unknown },
  notices: AsyncIterable<{ readonly type: string }>,
): Response {
  return streamSSE(context, async (stream) => {
    stream.onAbort(async () => void (await source.return()));
    await stream.write(': it begins\n\n'); // So that whoever waits for an answer has one.
    for await (const notice of notices) {
      await stream.writeSSE({ event: notice.type, data: JSON.stringify(notice, errorsAsText) });
    }
  });
}

/** An Error has no fields of its own that JSON would show. */
function errorsAsText(_key: string, value: unknown): unknown {
  return value instanceof Error ? value.message : value;
}
