// What the simulator measures: the designs side by side under one network.
import { compiled } from './files.mjs';
import { table } from './table.mjs';

const nodes = 100;
const runs = 20;
const designs = ['hearsay', 'heartbeat'];
const cases = [
  { en: 'a process crashes', zh: '进程崩溃' },
  { en: 'a machine loses power', zh: '机器断电', powerOff: true },
  { en: 'a process crashes, 5 % loss', zh: '进程崩溃，丢包率 5%', loss: 0.05 },
];
const heads = {
  en: ['what happens', 'design', 'all know (median)', 'p95', 'false deaths', 'messages', 'bytes'],
  zh: ['发生了什么', '设计', '全员知晓（中位数）', 'p95', '误判死亡', '消息', '字节'],
};

/** Both tables of one computation, which takes seconds. */
let measured;

export async function designComparison(language) {
  measured ??= await measure();
  const rows = measured.map(({ what, design, all, falseDeaths, messages, bytes }) => [
    what[language],
    `\`${design}\``,
    seconds(all(0.5)),
    seconds(all(0.95)),
    falseDeaths,
    messages.toFixed(1),
    bytes.toLocaleString('en', { maximumFractionDigits: 0 }),
  ]);
  return table(heads[language], rows, { right: [false, false, true, true, true, true, true] });
}

async function measure() {
  const { detect, mean, quantile, sorted } = await compiled('lab');
  return cases.flatMap((what) =>
    designs.map((design) => {
      const { powerOff = false, loss = 0 } = what;
      const results = Array.from({ length: runs }, (_, run) =>
        detect({ design, nodes, crash: 1, powerOff, loss, seed: 1 + run }),
      );
      const times = sorted(results.map(({ allDeadMs }) => allDeadMs ?? Infinity));
      const meanOf = (field) => mean(results.map((result) => result[field]));
      return {
        what,
        design,
        all: (share) => quantile(times, share),
        falseDeaths: results.reduce((sum, result) => sum + result.falseDeaths, 0),
        messages: meanOf('messagesPerNodePerSecond'),
        bytes: meanOf('bytesPerNodePerSecond'),
      };
    }),
  );
}

function seconds(ms) {
  return ms === Infinity ? 'not within the run' : `${(ms / 1000).toFixed(1)} s`;
}
