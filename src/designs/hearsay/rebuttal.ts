/**
 * News that a node hears of itself. Accusations are outranked, a later life of its name is a
 * conflict, an eviction is obeyed.
 */
import type { LocalHealth } from '../../blocks/failure/index.ts';
import {
  compareLives,
  equalFacts,
  type Accusation,
  type News,
} from '../../blocks/membership/index.ts';
import { mark, type Book } from '../../core/index.ts';
import { snapshot } from './changes.ts';
import type { Tally } from './counts.ts';
import type { HearsayEnv } from './protocol-env.ts';
import type { Self } from './self.ts';

/** What of this node's view a rebuttal touches. */
export interface Accused {
  readonly self: Self;
  /** −1 until this node has announced itself. */
  readonly selfSlot: number;
  readonly health: LocalHealth;
  readonly tally: Tally;
  announce(env: HearsayEnv): void;
}

/** Returns whether whoever told this should hear of this node in return. */
export function answerNewsOfSelf(
  env: HearsayEnv,
  news: News,
  accused: Accused,
  book: Book,
): boolean {
  const { self } = accused;
  const { fact, status } = news;
  if (fact.nodeId !== self.fact.nodeId) return answerRival(env, news, accused, book);
  if (self.news.status === 'left') return false;
  if (status === 'evicted') {
    mark('evicted');
    env.emit({ type: 'member-evicted', member: snapshot(self.fact, 'evicted', book) });
    env.stop('evicted');
    return false;
  }
  const accuses = status === 'suspect' || status === 'dead';
  if (fact.start < self.fact.start) return accuses || status === 'left';
  if (fact.start > self.fact.start || status === 'left') {
    return rise(env, fact.start, accused); // Not this node's words, and nothing less outranks them.
  }
  if (fact.counter < self.fact.counter) return accuses;
  if (!accuses && equalFacts(fact, self.fact)) return false;
  if (!accuses) {
    mark('forgery');
    self.refute(fact.counter, self.fact.streams);
    self.save(env);
    if (accused.selfSlot >= 0) accused.announce(env);
    return true;
  }
  mark('refutation');
  accused.health.change(1);
  accused.tally.refutations++;
  env.emit({ type: 'accused', status, accusers: news.accusers, health: accused.health.score });
  self.refute(fact.counter, wasRefused(news.accusers) ? 'no' : self.fact.streams);
  self.save(env);
  if (accused.selfSlot >= 0) accused.announce(env);
  return true;
}

/** An accusation by refusal shows that this node's port is closed to some. */
function wasRefused(accusers: readonly Accusation[]): boolean {
  return accusers.some(({ met }) => met === 'refused');
}

/** Another life of this node's name: its own past, or a living rival. */
function answerRival(
  env: HearsayEnv,
  { fact, status }: News,
  accused: Accused,
  book: Book,
): boolean {
  const { self } = accused;
  if (compareLives(fact, self.fact) < 0) return accused.selfSlot >= 0; // Outranked as it is.
  if (accused.selfSlot < 0) {
    // Nobody has let this node in. Whoever will, asks first whether that life still answers.
    mark('newcomer-rivalled');
    rise(env, fact.start, accused);
    return false;
  }
  // Where this node lives nobody else does: that is its own past, whatever others think of it.
  const isPast = book.addressOf(fact.peer) === book.addressOf(env.self);
  const ended = isPast || (status !== 'alive' && status !== 'suspect');
  if (!ended) {
    const own = self.fact;
    const yields = own.born !== fact.born ? own.born > fact.born : own.nodeId > fact.nodeId;
    env.emit({ type: 'name-conflict', name: self.name, yields });
    if (yields) {
      mark('conflict-yield');
      env.stop('name-taken');
      return false;
    }
  }
  mark('conflict-raise');
  return rise(env, fact.start, accused);
}

function rise(env: HearsayEnv, start: number, accused: Accused): true {
  const { self, selfSlot } = accused;
  self.raiseAbove(start);
  self.save(env);
  if (selfSlot >= 0) accused.announce(env);
  return true;
}
