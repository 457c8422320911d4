import type { Met } from '../../blocks/membership/index.ts';
import type { HearsayEvent } from './events.ts';

/** What one life of a node has done and heard so far: plain numbers. */
export interface HearsayCounts {
  /** Questions of this node's own, one member a period. */
  readonly probes: {
    /** Pings; answered by the member itself, however late. */
    readonly direct: Asked;
    /** Helpers asked to ping for it; answered through one of them. */
    readonly indirect: Asked;
    readonly stream: Asked;
    /** Probes that ended in an accusation, by what they met. */
    readonly failed: Readonly<Record<Met, number>>;
  };
  /** Questions carried for others. */
  readonly relays: Asked;
  readonly suspicions: {
    /** By this node's own probes. */
    readonly raised: number;
    /** First heard from others. */
    readonly heard: number;
    /** More accusers of a member already suspected. */
    readonly confirmed: number;
    /** The accused lives. */
    readonly refuted: number;
  };
  readonly deaths: {
    /** Declared by this node's own timer. */
    readonly declared: number;
    readonly heard: number;
    /** Of those, members that came back in the same life: they had not died. */
    readonly wrong: number;
  };
  /** Verdicts put off, since this node itself had been paused, or had heard nobody. */
  readonly held: { readonly paused: number; readonly deaf: number };
  /** Accusations of this node itself that it has answered. */
  readonly refutations: number;
  readonly exchanges: {
    /** Members asked whether views agree. */
    readonly asked: number;
    /** Asked by others, and views agreed. */
    readonly equal: number;
    /** Asked by others, and views differed. */
    readonly differing: number;
  };
}

export interface Asked {
  readonly sent: number;
  readonly answered: number;
}

export function countsOf(
  tally: Tally,
  others: Pick<HearsayCounts, 'probes' | 'relays' | 'exchanges'>,
): HearsayCounts {
  return {
    ...others,
    suspicions: {
      raised: tally.raised,
      heard: tally.heard,
      confirmed: tally.confirmed,
      refuted: tally.refuted,
    },
    deaths: { declared: tally.declared, heard: tally.deathsHeard, wrong: tally.wrong },
    held: { paused: tally.paused, deaf: tally.deaf },
    refutations: tally.refutations,
  };
}

/** What a change of belief counts as. */
export function countEvent(tally: Tally, event: HearsayEvent): void {
  if (event.type === 'member-suspected') {
    if (event.path === undefined) tally.heard++;
    else tally.raised++;
  } else if (event.type === 'member-refuted') {
    tally.refuted++;
  } else if (event.type === 'member-failed') {
    if (event.own) tally.declared++;
    else tally.deathsHeard++;
  } else if (event.type === 'member-rejoined') {
    const { before, member } = event;
    if (before.status === 'dead' && before.nodeId === member.nodeId) tally.wrong++;
  }
}

/**
 * The counts that rise seldom, as one flat object for each node. Those of every probe and exchange
 * are fields of the prober and of the exchange, which have them at hand: in a simulation of
 * thousands each object is far memory.
 */
export class Tally {
  raised = 0;
  heard = 0;
  confirmed = 0;
  refuted = 0;
  declared = 0;
  deathsHeard = 0;
  wrong = 0;
  paused = 0;
  deaf = 0;
  refutations = 0;
}
