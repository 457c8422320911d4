// The agent: its options as the command line knows them, and the routes of its control socket.
import { Command } from 'commander';
import { hostname } from 'node:os';
import { compiled } from './files.mjs';
import { commentTables } from './syntax.mjs';
import { table } from './table.mjs';

export async function agentOptions() {
  const { registerAgent } = await compiled('cli/agent.js');
  const program = new Command();
  registerAgent(program);
  const rows = program.commands[0].options
    .filter(({ hidden }) => !hidden)
    .map((option) => [
      `\`${option.flags}\``,
      sentence(option),
      defaultOf(option),
      option.envVar === undefined ? '' : `\`${option.envVar}\``,
    ]);
  return table(['option', 'meaning', 'default', 'environment'], rows);
}

function sentence({ description, argChoices }) {
  return argChoices === undefined ? description : `${description}: ${argChoices.join(', ')}`;
}

function defaultOf({ defaultValue, defaultValueDescription }) {
  if (defaultValueDescription !== undefined) return defaultValueDescription;
  if (defaultValue === undefined) return '';
  return defaultValue === hostname() ? 'the host name' : `\`${defaultValue}\``;
}

export function controlRoutes() {
  const [{ head, rows }] = commentTables('src/agent/control.ts');
  const cell = (text, column) =>
    column === 0 ? `\`${text}\`` : text.replace(/\{@link (\w+)\}/g, '`$1`');
  return table(
    head,
    rows.map((cells) => cells.map(cell)),
  );
}
