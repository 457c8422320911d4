/** How the control API says no: `{error: {code, message}}`, and a status that fits. */
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { HearsayError, UsageError, type ErrorCode } from '../core/index.ts';

/** @param status where the error's code does not say it */
export function refuse(
  context: Context,
  error: Error,
  status: ContentfulStatusCode = statusOf(error),
): Response {
  const code: ErrorCode = error instanceof HearsayError ? error.code : 'FAILED';
  return context.json({ error: { code, message: error.message } }, status);
}

function statusOf(error: Error): ContentfulStatusCode {
  if (!(error instanceof HearsayError)) return 500;
  if (error.code === 'NOT_RUNNING') return 409;
  if (NOT_FOUND.has(error.code)) return 404;
  return error instanceof UsageError ? 400 : 502;
}

const NOT_FOUND: ReadonlySet<ErrorCode> = new Set([
  'NO_SUCH_MEMBER',
  'NO_SUCH_KEY',
  'NO_SUCH_TRACE',
]);
