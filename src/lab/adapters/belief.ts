/** A node has changed its mind about a member's life. */
export interface Belief {
  readonly verdict: Verdict;
  readonly name: string;
  readonly start: number;
  readonly counter: number;
}

export type Verdict = 'alive' | 'suspect' | 'dead' | 'left';

/** The events that designs have in common, and what each says. */
const VERDICTS: Readonly<Record<string, Verdict | undefined>> = {
  'member-joined': 'alive',
  'member-rejoined': 'alive',
  'member-refuted': 'alive',
  'member-suspected': 'suspect',
  'member-failed': 'dead',
  'member-left': 'left',
  'member-evicted': 'left',
};

/** What experiments read of any design's events. */
export interface Telling {
  readonly type: string;
  readonly member?: Omit<Belief, 'verdict'>;
  /** A suspicion that was known, with another accuser. */
  readonly again?: boolean;
}

/** What an event says of a member; undefined: nothing that experiments count. */
export function beliefIn(event: Telling): Belief | undefined {
  const verdict = VERDICTS[event.type];
  if (verdict === undefined || event.member === undefined) return undefined;
  if (event.again === true) return undefined; // No new belief.
  const { name, start, counter } = event.member;
  return { verdict, name, start, counter };
}
