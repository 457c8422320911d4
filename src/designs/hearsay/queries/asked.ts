/** What has become of one query of this node's own: who was asked, and what each has said. */
import type { QueryCounts, QueryEnd } from '../query-events.ts';
import type { Refusal, Verdict } from '../query-messages.ts';

export class Asked {
  readonly #members: Map<string, 'silent' | 'acknowledged' | 'settled'>;
  /** Of those not settled, who lives no more: nobody waits for them. */
  readonly #lost = new Set<string>();
  readonly #answersMax: number;
  readonly #refused: Record<Refusal, number> = {
    failed: 0,
    'no-handler': 0,
    busy: 0,
    'too-large': 0,
  };
  #acknowledged = 0;
  #answered = 0;
  #settled = 0;

  /** @param answersMax after so many answers it has ended */
  constructor(names: Iterable<string>, answersMax: number) {
    this.#members = new Map([...names].map((name) => [name, 'silent']));
    this.#answersMax = answersMax;
  }

  /** A member says this. Stranger: it was not asked. Known: it has said so, or more, before. */
  take(name: string, verdict: Verdict): 'news' | 'known' | 'stranger' {
    const before = this.#members.get(name);
    if (before === undefined) return 'stranger';
    const isFinal = verdict !== 'acknowledged';
    if (before === 'settled' || (before === 'acknowledged' && !isFinal)) return 'known';
    if (before === 'silent') this.#acknowledged++;
    this.#lost.delete(name);
    this.#members.set(name, isFinal ? 'settled' : 'acknowledged');
    if (!isFinal) return 'news';
    this.#settled++;
    if (verdict === 'answered') this.#answered++;
    else this.#refused[verdict]++;
    return 'news';
  }

  /** A member lives no more. If it speaks all the same, that counts. */
  lose(name: string): void {
    const state = this.#members.get(name);
    if (state !== undefined && state !== 'settled') this.#lost.add(name);
  }

  /** Why nothing more need be waited for; undefined: something may come. */
  get end(): QueryEnd | undefined {
    if (this.#answered >= this.#answersMax) return 'enough';
    return this.#settled + this.#lost.size === this.#members.size ? 'complete' : undefined;
  }

  /** Those that have not said a word. */
  get silent(): string[] {
    return [...this.#members].flatMap(([name, state]) => (state === 'silent' ? [name] : []));
  }

  get counts(): QueryCounts {
    return {
      asked: this.#members.size,
      acknowledged: this.#acknowledged,
      answered: this.#answered,
      refused: { ...this.#refused },
    };
  }
}
