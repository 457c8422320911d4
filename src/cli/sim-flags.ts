/** The flags that experiments share. */
import { Option, type Command } from 'commander';
import { DESIGN_NAMES } from '../lab/index.ts';
import { fraction, integer } from './flags.ts';

/** What every experiment takes. */
export interface CommonFlags {
  readonly design: (typeof DESIGN_NAMES)[number];
  readonly nodes?: number;
  readonly loss: number;
  readonly seed: number;
  readonly runs?: number;
  readonly json?: boolean;
}

/** Ten thousand nodes with full membership are 10^8 entries: more than one machine holds. */
const NODES_MAX = 10_000;
const RUNS_MAX = 100_000;
/** Those of further runs are told apart from it. */
const SEED_MAX = Number.MAX_SAFE_INTEGER - RUNS_MAX;

export function addCommonFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--design <name>', 'the design under test')
        .choices(DESIGN_NAMES)
        .default('heartbeat'),
    )
    .addOption(new Option('--nodes <n>', 'cluster size').argParser(integer(1, NODES_MAX)))
    .addOption(
      new Option('--loss <p>', 'share of packets lost, 0 to below 1')
        .argParser(fraction)
        .default(0),
    )
    .addOption(
      new Option('--seed <s>', 'same seed, same run').argParser(integer(0, SEED_MAX)).default(1),
    )
    .addOption(
      new Option('--runs <r>', 'repeat with seeds s, s+1, …').argParser(integer(1, RUNS_MAX)),
    )
    .option('--json', 'print JSON: one object, or an array with --runs');
}
