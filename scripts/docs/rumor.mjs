// One rumor in the simulator: what is measured beside what theory and others say.
import { compiled } from './files.mjs';
import { table } from './table.mjs';

const SEED = 1;

/** All comparisons of one computation, which takes seconds. */
let compared;

async function comparisons() {
  const { REFERENCES, compare, runsFor } = await compiled('lab');
  compared ??= REFERENCES.map((reference) => ({
    reference,
    runs: runsFor(reference),
    values: compare(reference, runsFor(reference), SEED),
  }));
  return compared;
}

/** Rounds until all know. */
export async function rumorRounds() {
  const { roundsInTheory } = await compiled('lab');
  const rows = (await comparisons())
    .filter(({ reference }) => reference.stop === 'none')
    .map(({ reference, runs, values: [value] }) => {
      const { mode, fanout, nodes, offset } = reference;
      const formula = roundsInTheory(mode, fanout, nodes);
      return [
        `${mode}, fanout ${fanout}`,
        nodes.toLocaleString('en'),
        `${formula.formula} = ${formula.value.toFixed(2)}`,
        offset.map((bound) => signed(bound, 2)).join(' … '),
        value.value.toFixed(2),
        measured(value, 2),
        signed(value.offset, 2),
        runs,
      ];
    });
  const right = [false, true, false, false, true, false, true, true];
  const head = ['who tells', 'n', 'formula', 'mean is more by', 'mean, others', 'mean, here'];
  return table([...head, 'more by', 'runs'], rows, { right });
}

/** Stop rules: who is left out, what it costs, how long it takes. */
export async function rumorStopRules() {
  const measures = [
    ['residue', 4],
    ['messagesPerNode', 3],
    ['lastTold', 2],
  ];
  const rows = (await comparisons())
    .filter(({ reference }) => reference.stop !== 'none')
    .map(({ reference, runs, values }) => {
      const { stop, k, fanout, nodes } = reference;
      const cells = measures.flatMap(([measure, digits]) => {
        const value = values.find((one) => one.measure === measure);
        return value === undefined ? ['–', '–'] : [String(value.value), measured(value, digits)];
      });
      const parameter = k === null ? `fanout ${fanout}` : `k = ${k}`;
      return [`\`${stop}\``, parameter, nodes.toLocaleString('en'), ...cells, runs];
    });
  const head = ['stop rule', '', 'n', 'residue', 'here', 'messages/node', 'here', 'last told'];
  const right = [false, false, true, true, false, true, false, true, false, true];
  return table([...head, 'here', 'runs'], rows, { right });
}

/** A mean with its standard error; what does not agree says so. */
function measured({ measured: mean, standardError, agrees }, digits) {
  const text = `${mean.toFixed(digits)} ± ${standardError.toFixed(digits)}`;
  return agrees ? text : `**${text}: does not agree**`;
}

function signed(value, digits) {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;
}
