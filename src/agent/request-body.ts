import type { Context } from 'hono';
import type { z } from 'zod';
import { UsageError } from '../core/index.ts';

/**
 * The body of a request, checked. None at all is an empty object.
 *
 * @throws UsageError BAD_OPTION
 */
export async function bodyOf<S extends z.ZodType>(
  context: Context,
  schema: S,
): Promise<z.output<S>> {
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
