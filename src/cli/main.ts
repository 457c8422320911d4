#!/usr/bin/env node
/** The program `hearsay`. Each command imports what it needs when it runs. */
import { Command } from 'commander';
import { version } from '../agent/version.ts';
import { registerAgent } from './agent.ts';
import { registerDemo } from './demo.ts';
import { registerEvent } from './event.ts';
import { registerEvict } from './evict.ts';
import { EXIT_CODES_HELP } from './exit-codes.ts';
import { fail } from './failure.ts';
import { registerImpair } from './impair.ts';
import { registerInfo } from './info.ts';
import { registerJoin } from './join.ts';
import { registerKeygen } from './keygen.ts';
import { registerKeys } from './keys.ts';
import { registerLeave } from './leave.ts';
import { registerMembers } from './members.ts';
import { registerQuery } from './query.ts';
import { registerState } from './state.ts';
import { registerTags } from './tags.ts';

const program = new Command('hearsay')
  .description('Gossip for TypeScript: run it, predict it, compare it.')
  .version(version)
  .exitOverride()
  .configureOutput({
    outputError: (text, write) =>
      write(
        `hearsay: ${text
          .replace(/^error: /, '')
          .trim()
          .replaceAll('\n', ' ')}\n`,
      ),
  })
  .addHelpText('after', EXIT_CODES_HELP);

registerAgent(program);
registerMembers(program);
registerJoin(program);
registerLeave(program);
registerEvict(program);
registerTags(program);
registerInfo(program);
registerEvent(program);
registerQuery(program);
registerState(program);
registerKeygen(program);
registerKeys(program);
registerImpair(program);
registerDemo(program);

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

const wanted = process.argv.slice(2).find((argument) => !argument.startsWith('-'));
try {
  // The simulator is large: it loads only for its own commands, and for the list of all.
  if (wanted === undefined || wanted === 'sim' || wanted === 'help') {
    const { registerSim } = await import('./sim.ts');
    registerSim(program);
  }
  await program.parseAsync();
} catch (error) {
  fail(error, wanted);
}
