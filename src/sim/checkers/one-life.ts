import {
  healthyFor,
  type Checker,
  type Observed,
  type ObservedNode,
  type Report,
} from './checker.ts';

/**
 * When all has been quiet for a while, a name has one living entry in a view, and that is the life
 * that runs, where it is reached now.
 */
export class OneLife implements Checker {
  readonly name = 'one-life';
  readonly #boundMs: number;

  constructor(options: { readonly boundMs: number }) {
    this.#boundMs = options.boundMs;
  }

  observe(run: Observed, report: Report): void {
    const { elapsedMs, quietSinceMs = Infinity } = run;
    if (elapsedMs - quietSinceMs < this.#boundMs) return;
    for (const node of healthyFor(run, this.#boundMs)) look(run, node, report);
  }
}

function look(run: Observed, node: ObservedNode, report: Report): void {
  const living = new Set<string>();
  for (const { name, peer, status, start } of node.members()) {
    if (status !== 'alive' && status !== 'suspect') continue;
    if (living.has(name)) report(node.name, `${name} lives twice`);
    living.add(name);
    const owner = run.ownerOf(peer);
    if (owner?.isUp !== true || owner.self !== peer) {
      report(node.name, `${name} is ${status} in a life that is over, start ${start}`);
    }
  }
}
