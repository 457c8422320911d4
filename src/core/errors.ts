/**
 * Every error a user can meet, by a stable code.
 *
 * The table is the documentation's source; codes are never renamed.
 */
export const ERROR_CODES = {
  BAD_OPTION: 'An option is missing, misspelt or out of range.',
  TAGS_TOO_LARGE: 'The tags of a node exceed 1 MiB, or those of a query 512 bytes.',
  NAME_TAKEN: 'A living member already has this name.',
  WRONG_CLUSTER: 'The seed belongs to a cluster of another name.',
  WRONG_KEY: 'The seed uses another key.',
  BAD_SECRET: 'A secret is not the base64 of 32 bytes, as `hearsay keygen` prints it.',
  BAD_KEY: 'The keyring refuses: no such key, the one in use, one too many, or no encryption here.',
  STREAM_BLOCKED: 'A seed answers by UDP but not by TCP.',
  JOIN_TIMEOUT: 'No seed answered in time.',
  ABORTED: 'The AbortSignal given fired.',
  PORT_IN_USE: 'Another process listens on this address.',
  ADDRESS_UNAVAILABLE:
    'This machine does not have the address to bind, or the name to advertise has no address.',
  NOT_LOOPBACK: 'Without a secret, listening beyond loopback must be allowed explicitly.',
  NOT_RUNNING: 'The node has left or stopped; `join()` starts a new life.',
  EVICTED: 'An operator has evicted this node.',
  FAILED: 'A handler threw; the node has stopped.',
  SOCKET_TAKEN: 'Another agent serves this control socket.',
  SOCKET_UNUSABLE: 'No control socket can be made at this path.',
  NO_SUCH_MEMBER: 'No member of this name is known here.',
  NO_AGENT: 'No agent answers at this control socket.',
  TIME_STANDS_STILL: 'A promise of a simulated world was awaited while nobody ran it.',
  DATA_DIR_TAKEN: 'Another process uses this data directory.',
  DATA_DIR_FOREIGN: 'The data directory belongs to another node or cluster.',
  DATA_DIR_UNUSABLE: 'The data directory cannot be read or written.',
  NO_SUCH_KEY: 'A key of state or map has no value.',
  KEY_UNUSABLE: 'A key of state or map is not 1 to 256 bytes of text.',
  VALUE_UNUSABLE: 'A value is neither what JSON can say nor a Uint8Array: undefined, NaN, a Map.',
  VALUE_TOO_LARGE: 'A value exceeds what one entry of state or map may hold.',
  DATA_FULL: 'The state of this node, the shared map or the writes that wait have no room left.',
  QUERY_TOO_LARGE: 'The payload of a query, or an answer to one, exceeds 1 kB.',
  TOO_MANY_QUERIES: 'This node has as many queries open as it may.',
  HANDLER_TAKEN: 'Another handler answers queries of this name already.',
  NO_SUCH_TRACE: 'No traced event of that publisher and number has come here lately.',
  BAD_TOPIC: 'A topic is 1 to 128 bytes of text.',
  EVENT_TOO_LARGE: 'An event exceeds 64,512 bytes: larger things go by state or the map.',
  QUEUE_FULL: 'What was published or written is not taken up as fast: await `drained()`.',
  MESSAGE_TOO_LARGE: 'A message exceeds what one packet or one stream message may carry.',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** An outside failure, with a stable code. */
export class HearsayError extends Error {
  override readonly name: string = 'HearsayError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** Local misuse: the caller's code or configuration is wrong. Says what to do. */
export class UsageError extends HearsayError {
  override readonly name: string = 'UsageError';
}
