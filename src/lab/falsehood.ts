/**
 * Lies about a member, such as anybody can tell who can send packets to a cluster without a key:
 * they seem to come from the member itself, and seem to be its own words. And lies of a member.
 */
import {
  chunkCount,
  chunkLength,
  HASH_BYTES,
  isInline,
  type Entry,
  type Value,
} from '../blocks/data/index.ts';
import { aliveNews, makeFact, type Fact } from '../blocks/membership/index.ts';
import { UsageError, type Env, type Peer, type Random } from '../core/index.ts';
import {
  factBytes,
  type HearsayEvent,
  type HearsayMessage,
  type HearsayProtocol,
  type Span,
} from '../designs/hearsay/index.ts';
import { largeBytes } from './large-bytes.ts';

type LiarEnv = Env<HearsayMessage, HearsayEvent>;
type Lie = (protocol: HearsayProtocol, env: LiarEnv, to: Peer) => void;

/** What is said of it that it never said. */
export const LIES: Readonly<Record<string, Lie>> = {
  /** Other tags, in words that it has not come to yet. */
  facts: ({ fact }, env, to) => {
    const counter = fact.counter + 1 + env.random.below(100);
    tell(env, to, { ...fact, counter, tags: { text: 'forged' } });
  },
  /** That its life began later. */
  life: ({ fact }, env, to) =>
    tell(env, to, { ...fact, start: fact.start + 1 + env.random.below(60_000) }),
  /** That somebody else lives in its place. */
  name: ({ fact }, env, to) =>
    tell(env, to, { ...fact, name: `nobody-${env.random.below(1000)}`, slot: -1 }),
  /** That its state is another, of a version that it has not come to yet. */
  state: ({ data, fact }, env, to) => {
    const own = [...data.all()].filter((entry) => isOf(entry, fact));
    const { key = 'forged', version = 0 } = own[env.random.below(own.length + 1)] ?? {};
    const entry: Entry = {
      type: 'state',
      owner: fact.nodeId,
      key,
      version: version + 1 + env.random.below(100),
      value: falseValue(env.random),
      ageMs: 0,
    };
    env.send(to, { type: 'data-gossip', entries: [entry] });
  },
  /** Other bytes than those of the values that it has or knows of. */
  chunks: ({ data }, env, to) => {
    for (const [{ value }] of data.large()) {
      if (value === undefined || isInline(value)) continue;
      const { hash, length } = value;
      for (let index = 0; index < Math.min(CHUNKS_MAX, chunkCount(length)); index++) {
        const bytes = largeBytes(chunkLength(length, index), env.random.u32());
        const have = new Uint8Array(0);
        const chunk = { type: 'chunk', of: { hash, length }, index, have, bytes } as const;
        env.sendReliably(to, chunk, UNANSWERED, 'bulk');
      }
    }
  },
};

/** One other member hears a lie of this one; what is asked for, all do. */
export function forge(protocol: HearsayProtocol, env: LiarEnv, lie: string): void {
  const told = Object.hasOwn(LIES, lie) ? LIES[lie] : undefined;
  if (told === undefined) {
    const known = Object.keys(LIES).join(', ');
    throw new UsageError('BAD_OPTION', `no lie "${lie}"; there are ${known}`);
  }
  const others = [...protocol.members()].filter(
    ({ peer, status }) => peer !== env.self && status === 'alive',
  );
  if (others.length === 0) return;
  if (lie === 'chunks') for (const { peer } of others) told(protocol, env, peer);
  else told(protocol, env, others[env.random.below(others.length)]!.peer);
}

function tell(env: LiarEnv, to: Peer, of: Omit<Fact, 'hash' | 'bytes'>): void {
  const news = [aliveNews(makeFact({ ...of, bytes: factBytes(of) }))];
  env.send(to, { type: 'gossip', news });
}

/** Some bytes, or a name of a value that nobody has, which may be larger than any. */
function falseValue(random: Random): Value {
  if (random.below(3) === 0) return { kind: 'bytes', bytes: largeBytes(8, random.u32()) };
  let hash = '';
  for (let i = 0; i < HASH_BYTES; i++) hash += random.below(256).toString(16).padStart(2, '0');
  return {
    kind: 'bytes',
    length: 1 + random.below(random.below(2) === 0 ? 2 ** 16 : 2 ** 26),
    hash,
  };
}

function isOf(entry: Entry, { nodeId }: Fact): entry is Entry & { type: 'state' } {
  return entry.type === 'state' && entry.owner === nodeId;
}

/** Of each value: enough that one of them is waited for. */
const CHUNKS_MAX = 4;
/** A token that no part of a protocol has given. */
const UNANSWERED = -1;

/** All others hear from this one that it has events which their origin, of this name, never had. */
export function claim(
  protocol: HearsayProtocol,
  env: Env<HearsayMessage, HearsayEvent>,
  name: string,
): void {
  let span: Span | undefined;
  for (const told of protocol.topics.kept(SEARCH_TOPIC)) {
    if (told.type !== 'event-published' || told.origin.name !== name) continue;
    const first = told.seq + CLAIMED_AHEAD;
    span = { nodeId: told.origin.nodeId, first, last: first + 9 };
  }
  if (span === undefined) return;
  for (const { peer, status } of protocol.members()) {
    if (peer === env.self || status !== 'alive') continue;
    env.send(peer, { type: 'topic-digest', purpose: 'answer', checksum: 0, spans: [span] });
  }
}

/** What programs publish on in a scenario. */
export const SEARCH_TOPIC = 'search';
/** More than any scenario publishes. */
const CLAIMED_AHEAD = 2000;
