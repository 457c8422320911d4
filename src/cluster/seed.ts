/** Seeds as people write them. */
import { PORT_DEFAULT } from '../api/index.ts';
import { isStreamed, parseHostPort } from '../wire/index.ts';

/**
 * | text                              | means                                             |
 * | --------------------------------- | ------------------------------------------------- |
 * | `10.0.0.4:7946`, `[2001:db8::1]`  | this address; port 7946 if none is given          |
 * | `db.internal:7946`, `db.internal` | all addresses of this host name                   |
 * | `tcp://10.0.0.4:7946`             | the same, of a member without UDP                 |
 * | `srv:_gossip._tcp.example`        | all hosts and ports of this DNS service record    |
 * | `file:/etc/hearsay/seeds`         | a seed on each line of this file; `#` comments    |
 */
export type Seed =
  | {
      readonly type: 'host';
      readonly host: string;
      readonly port: number;
      /** A member without UDP. */
      readonly isStreamed: boolean;
    }
  | { readonly type: 'service'; readonly name: string }
  | { readonly type: 'file'; readonly path: string };

const SERVICE = 'srv:';
const FILE = 'file:';
const STREAMED = 'tcp://';

/** Undefined if malformed. */
export function parseSeed(text: string): Seed | undefined {
  if (text.startsWith(SERVICE)) {
    const name = text.slice(SERVICE.length);
    return /^[^\s:/]+$/.test(name) ? { type: 'service', name } : undefined;
  }
  if (text.startsWith(FILE)) {
    const path = text.slice(FILE.length);
    return path === '' ? undefined : { type: 'file', path };
  }
  const parts = parseHostPort(isStreamed(text) ? text.slice(STREAMED.length) : text, PORT_DEFAULT);
  if (parts === undefined || parts.port === 0) return undefined;
  return { type: 'host', ...parts, isStreamed: isStreamed(text) };
}
