/**
 * Whether what was there before has become worse: each row of the bench as it was last recorded
 * before nodes had data, events and queries, beside its latest record.
 */
import type { Entry } from './entry.ts';
import type { Line } from './line.ts';

export interface Compared {
  readonly group: string;
  readonly what: string;
  readonly on: string;
  /** The commits of the two records. */
  readonly of: readonly [string, string];
  readonly before: string;
  readonly now: string;
  /**
   * Now ÷ before, of that number of the row which became worst, or which changed most; null where
   * they are no amounts, or another number of them; Infinity from 0.
   */
  readonly ratio: number | null;
  /** `same`: within 5 %, or the same words and the target met as before. */
  readonly verdict: 'same' | 'better' | 'worse';
  /** What else may have moved it. */
  readonly note: string;
}

export interface Comparison {
  readonly rows: readonly Compared[];
  readonly unpaired: readonly Unpaired[];
}

export interface Unpaired {
  readonly group: string;
  readonly what: string;
  readonly why: 'not recorded again' | 'another name since' | 'another scenario since';
}

export function compare(entries: readonly Entry[]): Comparison {
  const boundary = entries.findLastIndex(({ commit }) => commit === MEMBERS_ONLY) + 1;
  const old = latest(entries.slice(0, boundary));
  const recent = latest(entries.slice(boundary));
  const rows: Compared[] = [];
  const unpaired: Unpaired[] = [];
  for (const [group, before] of old) {
    const now = recent.get(group);
    for (const line of before.lines) {
      const { what } = line;
      const after = now && lineLike(line, now.lines);
      if (now === undefined) unpaired.push({ group, what, why: 'not recorded again' });
      else if (after === undefined) unpaired.push({ group, what, why: 'another name since' });
      else if (scenario(line) !== scenario(after)) {
        unpaired.push({ group, what, why: 'another scenario since' });
      } else rows.push(compared(group, [before, now], [line, after]));
    }
  }
  return { rows, unpaired };
}

/** What a line was on, but for what differs from run to run. */
function scenario({ on }: Line): string {
  return on.replaceAll(/process \d+ % busy|load [\d.]+|takes \d+ ns|[\d,]+ (?:refused|blows)/g, '');
}

/** The line of the same name; of several the one on the same, else none. */
export function lineLike({ what, on }: Line, lines: readonly Line[]): Line | undefined {
  const named = lines.filter((line) => line.what === what);
  // What it was on may say how busy the machine was.
  return named.find((line) => line.on === on) ?? (named.length === 1 ? named[0] : undefined);
}

function compared(
  group: string,
  [before, now]: readonly [Entry, Entry],
  [was, is]: readonly [Line, Line],
): Compared {
  const ratio = ratioOf(was, is);
  return {
    group,
    what: was.what,
    on: is.on,
    of: [before.commit, now.commit],
    before: was.measured,
    now: is.measured,
    ratio,
    verdict: verdictOf(ratio, was, is),
    note: noteOf(group, was.what, [before.machine, now.machine]),
  };
}

function verdictOf(ratio: number | null, was: Line, is: Line): Compared['verdict'] {
  if (was.measured === is.measured) return 'same';
  if (ratio === null) return was.met === is.met ? 'same' : is.met === true ? 'better' : 'worse';
  if (isWithin(ratio)) return 'same';
  return ratio > 1 === MORE_IS_BETTER.test(was.what) ? 'better' : 'worse';
}

/** What became worst, if by more than that; else what changed most. */
function ratioOf({ what, measured }: Line, now: Line): number | null {
  const [before, after] = [amounts(measured), amounts(now.measured)];
  if (before.length === 0 || before.length !== after.length) return null;
  const ratios = before.map((value, i) => (value === after[i] ? 1 : after[i]! / value));
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  const [worst, best] = MORE_IS_BETTER.test(what) ? [least, most] : [most, least];
  if (isWithin(worst) && !isWithin(best)) return best;
  return worst === 1 ? best : worst;
}

function isWithin(ratio: number): boolean {
  return ratio <= 1 + WITHIN && ratio >= 1 - WITHIN;
}

function amounts(text: string): number[] {
  if (text.startsWith('seed ')) return []; // A name, no amount.
  return [...text.matchAll(/\d[\d,]*(?:\.\d+)?/g)].map(([digits]) =>
    Number(digits.replaceAll(',', '')),
  );
}

function noteOf(group: string, what: string, machines: readonly string[]): string {
  if (BY_THE_CLOCK.has(group) || /CPU time/.test(what)) {
    const loads = machines.map((machine) => /load ([\d.]+)/.exec(machine)?.[1] ?? '?');
    return `by the clock, load ${loads.join(' → ')}`;
  }
  return OF_CHANCE.has(group) ? 'rare chances' : '';
}

/** The latest record of each group. */
function latest(entries: readonly Entry[]): Map<string, Entry> {
  return new Map(entries.map((entry) => [entry.group, entry]));
}

/** The last commit on record whose nodes were members and nothing else. */
const MEMBERS_ONLY = 'b9685bd';
const WITHIN = 0.05;
const MORE_IS_BETTER =
  /million events a second|virtual seconds in a second|times Lifeguard|^broken packets, and/;
/** What counts seconds or memory of this machine: it was shared, and is sometimes slower. */
const BY_THE_CLOCK = new Set(['speed', 'testing', 'live', 'security', 'chaos', 'events-live']);
/** Exact for the same code; but whatever draws once more changes which seed meets what. */
const OF_CHANCE = new Set(['quiet', 'ports', 'starve', 'flapping', 'planted', 'mass-restart']);
