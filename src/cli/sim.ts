import type { Command } from 'commander';
import { registerConverge } from './sim-converge.ts';
import { registerDetect } from './sim-detect.ts';
import { registerReplay } from './sim-replay.ts';
import { registerRumor } from './sim-rumor.ts';
import { registerSearch } from './sim-search.ts';
import { registerSync } from './sim-sync.ts';

/** Puts `sim` and its subcommands on a program: experiments in virtual time. */
export function registerSim(program: Command): void {
  const sim = program
    .command('sim')
    .description('predict: run a design in virtual time')
    .addHelpText(
      'after',
      `
Examples:
  hearsay sim converge                       the textbook table: rounds until all know all
  hearsay sim converge --nodes 100 --mode push --seed 7
  hearsay sim detect --design hearsay --loss 0.05 --runs 20
  hearsay sim rumor --mode push-pull --nodes 100000    how one rumor spreads
  hearsay sim search --seeds 2000            random trouble: does any promise break?
  hearsay sim sync                           what it costs two nodes to agree
  hearsay sim replay violation.json          the very run that a checker complained about`,
    );
  registerConverge(sim);
  registerDetect(sim);
  registerReplay(sim);
  registerRumor(sim);
  registerSearch(sim);
  registerSync(sim);
}
