/**
 * How contents cross the control socket: JSON as it is, bytes under a type of their own, or as
 * base64 where only JSON may stand.
 */
import type { Content } from '../api/index.ts';
import type { JsonContent } from './control.ts';

/** The type of a body that is bytes; any other is JSON. */
export const BYTES = 'application/octet-stream';

export function toJson(content: Content | undefined): JsonContent {
  if (content === undefined) return {};
  if (!(content instanceof Uint8Array)) return { value: content };
  return { base64: Buffer.from(content).toString('base64') };
}

/** Undefined: there is none. */
export function fromJson({ base64, value }: JsonContent): Content | undefined {
  return base64 === undefined ? value : new Uint8Array(Buffer.from(base64, 'base64'));
}
