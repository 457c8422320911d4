/**
 * Who accuses a member of not answering, and what each accuser met.
 *
 * The accusers of one suspicion are a set beside the order of {@link ./precedence.ts}: merging two
 * suspicions of the same (life, counter) unites them. The union keeps at most `accusersMax`, the
 * strongest evidence first and names in order, so it is commutative, associative and idempotent.
 */

/** What an accuser met. `refused` and `gone` say more than silence: the host does answer. */
export type Met = 'silence' | 'refused' | 'gone';

export interface Accusation {
  /** The accuser's name. */
  readonly by: string;
  readonly met: Met;
}

const STRENGTH: Record<Met, number> = { silence: 0, refused: 1, gone: 2 };

/** Whether the evidence is more than silence. */
export function isHard(met: Met): boolean {
  return met !== 'silence';
}

/**
 * Unites two sets of accusations. Returns `a` itself when `b` adds nothing, and `b` itself when it
 * says all, so that many views come to share one list.
 *
 * @param accusersMax K + 1, at least 1
 */
export function uniteAccusations(
  a: readonly Accusation[],
  b: readonly Accusation[],
  accusersMax: number,
): readonly Accusation[] {
  if (a === b) return a;
  let united: Accusation[] | undefined;
  for (const accusation of b) {
    const all: readonly Accusation[] = united ?? a;
    const known = indexOf(all, accusation.by);
    const before = all[known];
    if (before !== undefined && STRENGTH[before.met] >= STRENGTH[accusation.met]) continue;
    united = [...all];
    if (known >= 0) united.splice(known, 1);
    united.push(accusation);
  }
  if (united === undefined) return a;
  united.sort(compare);
  united.length = Math.min(united.length, accusersMax);
  if (sameAccusations(united, a)) return a;
  return sameList(united, b) ? b : united;
}

function indexOf(accusations: readonly Accusation[], by: string): number {
  for (let i = 0; i < accusations.length; i++) if (accusations[i]?.by === by) return i;
  return -1;
}

function sameList(a: readonly Accusation[], b: readonly Accusation[]): boolean {
  return a.length === b.length && a.every(({ by, met }, i) => b[i]?.by === by && b[i]?.met === met);
}

/** Whether two sets hold the same accusations. */
export function sameAccusations(a: readonly Accusation[], b: readonly Accusation[]): boolean {
  if (a === b) return true;
  return (
    a.length === b.length &&
    a.every(({ by, met }) => b.some((of) => of.by === by && of.met === met))
  );
}

function compare(a: Accusation, b: Accusation): number {
  if (a.met !== b.met) return STRENGTH[b.met] - STRENGTH[a.met];
  return a.by < b.by ? -1 : a.by > b.by ? 1 : 0;
}
