// The simulator: its faults and checkers, and the page's own program, run.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../house.mjs';
import { compiled, read } from './files.mjs';
import { placeBeside, runPage, command } from './live.mjs';
import { declarations, parse } from './syntax.mjs';
import { table, terminal } from './table.mjs';

export function simulatedPartition() {
  return terminal(runPage('docs/simulation.md', 'partition.mjs'));
}

/** The page's scenario, recorded here and replayed by the command line. */
export async function replay() {
  const { recordReplay, runScenario } = await compiled('sim');
  const { SCENARIO_DESIGNS } = await compiled('lab');
  const [, json] = read('docs/simulation.md').match(/```json\n(\{\s+"version"[\s\S]*?)```/);
  const scenario = JSON.parse(json);
  const recorded = recordReplay(scenario, runScenario(scenario, SCENARIO_DESIGNS));
  const file = placeBeside('restart.json', JSON.stringify(recorded));
  return command(`sim replay ${file}`).replace(file, 'restart.json');
}

export function faults() {
  const source = parse('src/sim/fault.ts');
  const known = declarations(source);
  const rows = known.get('Fault').typeAnnotation.types.map((fault) => {
    const named = fault.type === 'TSTypeReference' ? known.get(fault.typeName.name) : undefined;
    const [type, ...fields] = named?.body.body ?? fault.members;
    const statement = source.program.body.find(({ declaration }) => declaration === named);
    return [
      `\`${type.typeAnnotation.typeAnnotation.literal.value}\``,
      fields.map(({ key, optional }) => `\`${key.name}${optional ? '?' : ''}\``).join(', '),
      source.docOf(fault) || source.docOf(statement ?? fault) || '–',
    ];
  });
  return table(['fault', 'fields', 'what happens'], rows);
}

export function checkers() {
  const folder = 'src/sim/checkers';
  const rows = readdirSync(join(root, folder))
    .filter((name) => /^[a-z-]+\.ts$/.test(name) && !['index.ts', 'checker.ts'].includes(name))
    .toSorted()
    .flatMap((name) => {
      const source = parse(`${folder}/${name}`);
      return source.program.body
        .filter(({ declaration }) => declaration?.type === 'ClassDeclaration')
        .map((statement) => [`\`${statement.declaration.id.name}\``, source.docOf(statement)]);
    });
  return table(['checker', 'what it holds a run to'], rows);
}
