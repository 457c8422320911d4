/**
 * A design under watch: any use of an Env after its handler returned throws, and every message is
 * held against its codec.
 */
import { ByteReader, ByteWriter } from '../../src/wire/index.ts';
import {
  assert,
  type Book,
  type Codec,
  type Design,
  type Env,
  type Membership,
  type Protocol,
} from '../../src/core/index.ts';

/** What was seen of a run's nodes. */
export interface Sightings {
  /** Encoded messages, by their text: one of each. */
  readonly encodings: Map<string, Uint8Array>;
  /** What each protocol object has saved, in order. */
  readonly logs: Uint8Array[][];
}

export function noSightings(): Sightings {
  return { encodings: new Map(), logs: [] };
}

const HANDLERS: ReadonlySet<string | symbol> = new Set(['start', 'receive', 'wake', 'unreachable']);

export function watched<C, M, E, S, P extends Protocol<M, E> & Membership>(
  design: Design<C, M, E, S, P>,
  sightings: Sightings,
): Design<C, M, E, S, P> {
  return {
    name: design.name,
    share: (book, crypto) => design.share(book, crypto),
    codec: (shared) => checkedCodec(design.codec(shared), sightings),
    create(config, shared, saved) {
      const protocol = design.create(config, shared, saved);
      const log: Uint8Array[] = [];
      sightings.logs.push(log);
      return new Proxy(protocol, {
        get(target, key) {
          const value: unknown = Reflect.get(target, key, target);
          if (typeof value !== 'function') return value;
          if (!HANDLERS.has(key)) return value.bind(target);
          return (env: Env<M, E>, ...rest: unknown[]): void => {
            const { once, end } = oneCall(env, log);
            try {
              value.call(target, once, ...rest);
            } finally {
              end();
            }
          };
        },
      });
    },
  };
}

/** An Env for one call of a handler. */
function oneCall<M, E>(
  env: Env<M, E>,
  log: Uint8Array[],
): { readonly once: Env<M, E>; readonly end: () => void } {
  let over = false;
  const once = new Proxy(env, {
    get(target, key) {
      assert(!over, `Env.${String(key)} was used after its handler had returned`);
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      return (...rest: unknown[]): unknown => {
        assert(!over, `Env.${String(key)} was kept beyond its handler`);
        if (key === 'save') log.push((rest[0] as Uint8Array).slice());
        return value.apply(target, rest);
      };
    },
  });
  return { once, end: () => (over = true) };
}

/** Decoding gives back the message: told by its encoding, which says all that travels. */
function checkedCodec<M>(codec: Codec<M>, { encodings }: Sightings): Codec<M> {
  const bytesOf = (message: M, book: Book): Uint8Array => {
    const to = new ByteWriter();
    codec.encode(message, to, book);
    return to.copy();
  };
  return {
    sizeOf: (message) => codec.sizeOf(message),
    encode(message, to, book) {
      const bytes = bytesOf(message, book);
      assert(codec.sizeOf(message) >= bytes.length, 'sizeOf is less than the encoding');
      const from = new ByteReader(bytes);
      const decoded = codec.decode(from, book);
      assert(decoded !== undefined, 'a message of its own is refused');
      assert(from.left === 0, 'a message of its own is not read to its end');
      assert(hex(bytesOf(decoded, book)) === hex(bytes), 'a message does not survive its codec');
      encodings.set(hex(bytes), bytes);
      to.bytes(bytes);
    },
    decode: (from, book) => codec.decode(from, book),
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
