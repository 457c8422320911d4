/** All that the demo says, in plain words, in each language. */
import type { Accusation, Met, ProbePath } from '../../designs/hearsay/index.ts';

export interface Texts {
  readonly seconds: (ms: number) => string;
  readonly title: (nodes: number) => string;
  readonly cycle: (number: number) => string;
  /** Above the table: what a row says. */
  readonly beliefs: string;
  readonly sent: string;
  readonly process: string;
  readonly legend: Readonly<Record<'alive' | 'suspect' | 'dead' | 'unknown', string>>;
  readonly history: string;
  readonly keys: (pid: number) => string;
  readonly more: (rows: number) => string;
  readonly gone: string;
  readonly starting: string;
  readonly headline: Headlines;
  readonly next: Nexts;
  readonly event: Events;
  readonly summary: Summaries;
}

interface Headlines {
  readonly starting: (nodes: number) => string;
  readonly gathering: (know: number, nodes: number) => string;
  readonly converged: (after: string) => string;
  readonly calm: string;
  readonly killed: (name: string, ago: string) => string;
  readonly suspected: (name: string, by: number, of: number) => string;
  readonly spreading: (name: string, by: number, of: number) => string;
  readonly dead: (name: string, after: string) => string;
  readonly restarting: (name: string) => string;
  readonly back: (name: string, after: string) => string;
  readonly split: (by: number, of: number) => string;
  readonly apart: (ours: readonly string[], theirs: readonly string[]) => string;
  readonly healing: (know: number, nodes: number) => string;
  readonly whole: (after: string) => string;
}

interface Nexts {
  readonly gathering: string;
  readonly kill: (name: string, seconds: number) => string;
  readonly killed: string;
  readonly suspected: (name: string) => string;
  readonly spreading: string;
  readonly dead: (name: string, seconds: number) => string;
  readonly restarting: string;
  readonly split: (seconds: number) => string;
  readonly halves: string;
  readonly heal: (seconds: number) => string;
  readonly healing: string;
}

interface Events {
  readonly up: (name: string, pid: number) => string;
  readonly allUp: (nodes: number, after: string) => string;
  readonly converged: (after: string) => string;
  readonly killed: (name: string) => string;
  readonly ended: (name: string) => string;
  readonly suspects: (accuser: string, name: string, path: ProbePath) => string;
  readonly declares: (by: string, name: string, accusers: readonly Accusation[]) => string;
  readonly allKnow: (name: string, others: number, after: string) => string;
  readonly restarted: (name: string) => string;
  readonly back: (name: string, after: string) => string;
  readonly refuted: (name: string) => string;
  readonly cut: (ours: readonly string[], theirs: readonly string[]) => string;
  readonly apart: (after: string) => string;
  readonly healed: string;
  readonly whole: (after: string) => string;
}

interface Summaries {
  readonly converged: (nodes: number, after: string) => string;
  readonly suspected: (after: string) => string;
  readonly detected: (after: string) => string;
  readonly rejoined: (after: string) => string;
  readonly halves: (after: string) => string;
  readonly healed: (after: string) => string;
  readonly loss: (percent: number) => string;
  readonly falseSuspicions: (count: number) => string;
  readonly cost: (bytesPerSecond: number) => string;
  readonly cycles: (count: number) => string;
  readonly failed: (step: string, seconds: number) => string;
}

export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/** From the environment, by the usual order of precedence. */
export function languageOf(environment: NodeJS.ProcessEnv): Language {
  const locale = environment['LC_ALL'] || environment['LC_MESSAGES'] || environment['LANG'] || 'en';
  return locale.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

/** Who met what, in the order of {@link Met}'s weight; undefined: no word from them. */
type Findings = readonly (readonly [met: Met | undefined, names: readonly string[]])[];

function findings(
  all: readonly { readonly by: string; readonly met: Met | undefined }[],
): Findings {
  const kinds = ['gone', 'refused', 'silence', undefined] as const;
  return kinds
    .map((kind) => [kind, all.filter(({ met }) => met === kind).map(({ by }) => by)] as const)
    .filter(([, names]) => names.length > 0);
}

/** The prober's own stream, then its helpers. */
function findingsOf(accuser: string, { stream, helpers }: ProbePath): Findings {
  const own = stream === 'untried' || stream === 'open' ? [] : [{ by: accuser, met: stream }];
  return findings([...own, ...helpers.map(({ name, met }) => ({ by: name, met }))]);
}

const metInEnglish: Readonly<Record<Met | 'nothing', string>> = {
  silence: 'Met silence',
  refused: 'Met a closed port',
  gone: 'Met another life',
  nothing: 'No word yet from',
};

function tellInEnglish(all: Findings): string {
  return all
    .map(([met, names]) => ` ${metInEnglish[met ?? 'nothing']}: ${names.join(', ')}.`)
    .join('');
}

/** Names as long as they are few. */
function side(names: readonly string[], separator = ', '): string {
  return names.length > SIDE_NAMES ? `${names[0]} … ${names.at(-1)}` : names.join(separator);
}

const SIDE_NAMES = 4;

const en: Texts = {
  seconds: (ms) => `${(ms / 1000).toFixed(1)} s`,
  title: (nodes) => `hearsay: ${nodes} processes gossip over real UDP on this machine`,
  cycle: (number) => `round ${number}`,
  beliefs: 'each row: what it believes of',
  sent: 'sends',
  process: 'process',
  legend: { alive: 'alive', suspect: 'suspected', dead: 'dead', unknown: 'not known' },
  history: 'What has happened',
  keys: (pid) => `Ctrl-C ends the demo.  Kill one yourself, from another terminal: kill -9 ${pid}`,
  more: (rows) => `… and ${rows} more`,
  gone: 'not running',
  starting: 'starting',
  headline: {
    starting: (nodes) => `${nodes} processes start. Each is told of a single other one.`,
    gathering: (know, nodes) => `${know} of ${nodes} know everyone by now.`,
    converged: (after) => `Everyone knows everyone, ${after} after the first process was started.`,
    calm: 'Everyone knows everyone, and they keep asking: are you there?',
    killed: (name, ago) => `${name} was killed ${ago} ago. The others have not noticed yet.`,
    suspected: (name, by, of) => `${name} is suspected: ${by} of ${of} have heard so.`,
    spreading: (name, by, of) => `${name} is declared dead: ${by} of ${of} know.`,
    dead: (name, after) => `All others know that ${name} is dead, ${after} after it was killed.`,
    restarting: (name) => `${name} is started again: the same name, a new life.`,
    back: (name, after) => `${name} is back, and everyone knows: that took ${after}.`,
    split: (by, of) =>
      `The network is cut in two. ${by} of ${of} take all of the other side for dead.`,
    apart: (ours, theirs) =>
      `Two clusters now, each whole in itself: ${side(ours)} and ${side(theirs)}.`,
    healing: (know, nodes) => `The cut is gone. ${know} of ${nodes} know everyone again.`,
    whole: (after) => `One cluster again: everyone knows everyone, ${after} after the cut ended.`,
  },
  next: {
    gathering: 'They tell each other who is there.',
    kill: (name, seconds) => `In ${seconds} s ${name} will be killed, without time for a goodbye.`,
    killed: 'Next: whoever asks it gets no answer, and has others ask too.',
    suspected: (name) => `Next: if ${name} lived it would object now. Others check for themselves.`,
    spreading: 'Next: the news goes round.',
    dead: (name, seconds) => `In ${seconds} s ${name} will be started again.`,
    restarting: 'Next: the new life must outrank the death of the old one, everywhere.',
    split: (seconds) => `In ${seconds} s the network will be cut in two.`,
    halves: 'Next: each side asks in vain. The smaller has fewer witnesses, and waits.',
    heal: (seconds) => `In ${seconds} s the cut will end. Nobody is told that either.`,
    healing: 'Next: somebody tries the dead once more, is heard, and the news goes round.',
  },
  event: {
    up: (name, pid) => `${name} is up (process ${pid}).`,
    allUp: (nodes, after) => `All ${nodes} processes are up, after ${after}.`,
    converged: (after) => `Everyone knows everyone: ${after} after the first start.`,
    killed: (name) => `${name} is killed (SIGKILL). Nobody is told.`,
    ended: (name) => `${name} has ended: somebody else killed it.`,
    suspects: (accuser, name, path) =>
      `${accuser} suspects ${name}: no answer for ${Math.round(path.tookMs)} ms.` +
      tellInEnglish(findingsOf(accuser, path)),
    declares: (by, name, accusers) =>
      `${by} declares ${name} dead.${tellInEnglish(findings(accusers))}`,
    allKnow: (name, others, after) =>
      `All ${others} others know that ${name} is dead, ${after} after it was killed.`,
    restarted: (name) => `${name} is started again.`,
    back: (name, after) => `Everyone knows the new life of ${name}, ${after} after its start.`,
    refuted: (name) => `${name} objects: it lives.`,
    cut: (ours, theirs) =>
      `The network is cut: ${side(ours)} | ${side(theirs)}. Everything between them is refused.`,
    apart: (after) => `Each side misses all of the other, ${after} after the cut.`,
    healed: 'The cut ends. Nobody is told.',
    whole: (after) => `Everyone knows everyone again, ${after} after the cut ended.`,
  },
  summary: {
    converged: (nodes, after) => `${nodes} processes knew each other after ${after}.`,
    suspected: (after) => `The killed one was suspected after ${after},`,
    detected: (after) => `known to be dead by all others after ${after},`,
    rejoined: (after) => `and known to live again by all ${after} after its restart.`,
    halves: (after) => `Cut in two, each side missed all of the other after ${after};`,
    healed: (after) => `${after} after the cut ended they were one again.`,
    loss: (percent) => `All the while ${percent} % of the packets were lost on purpose.`,
    falseSuspicions: (count) =>
      count === 0 ? 'Nobody was suspected without cause.' : `Suspicions without cause: ${count}.`,
    cost: (bytes) => `Lately each node sent ${bytes} bytes a second, the restart included.`,
    cycles: (count) => `Rounds played: ${count}.`,
    failed: (step, seconds) => `This did not happen within ${seconds} s: ${step}.`,
  },
};

const metInChinese: Readonly<Record<Met | 'nothing', string>> = {
  silence: '无人应答',
  refused: '端口已关闭',
  gone: '已换成新的生命',
  nothing: '尚无回音',
};

function tellInChinese(all: Findings): string {
  return all
    .map(([met, names]) => `${metInChinese[met ?? 'nothing']}：${names.join('、')}。`)
    .join('');
}

const sideZh = (names: readonly string[]): string => side(names, '、');

const zh: Texts = {
  seconds: (ms) => `${(ms / 1000).toFixed(1)} 秒`,
  title: (nodes) => `hearsay：本机 ${nodes} 个进程通过真实的 UDP 互传消息`,
  cycle: (number) => `第 ${number} 轮`,
  beliefs: '每一行：它对别人的看法',
  sent: '发送',
  process: '进程',
  legend: { alive: '在线', suspect: '被怀疑', dead: '已死亡', unknown: '还不认识' },
  history: '发生了什么',
  keys: (pid) => `按 Ctrl-C 结束。也可以在另一个终端亲手杀死一个：kill -9 ${pid}`,
  more: (rows) => `……另有 ${rows} 个`,
  gone: '未运行',
  starting: '正在启动',
  headline: {
    starting: (nodes) => `${nodes} 个进程正在启动，每个只知道另外一个。`,
    gathering: (know, nodes) => `${nodes} 个里已有 ${know} 个认识所有人。`,
    converged: (after) => `所有人都互相认识了，距第一个进程启动 ${after}。`,
    calm: '所有人都互相认识，并且不断互相询问：你还在吗？',
    killed: (name, ago) => `${name} 在 ${ago} 前被杀死，其他人还没有察觉。`,
    suspected: (name, by, of) => `${name} 被怀疑：${of} 个里已有 ${by} 个听说。`,
    spreading: (name, by, of) => `${name} 被宣布死亡：${of} 个里已有 ${by} 个知道。`,
    dead: (name, after) => `其他所有人都知道 ${name} 已死，用时 ${after}。`,
    restarting: (name) => `${name} 重新启动：名字相同，生命是新的。`,
    back: (name, after) => `${name} 回来了，所有人都已知道，用时 ${after}。`,
    split: (by, of) => `网络被切成两半。${of} 个里已有 ${by} 个认为对面全部死亡。`,
    apart: (ours, theirs) => `现在是两个各自完整的集群：${sideZh(ours)} 与 ${sideZh(theirs)}。`,
    healing: (know, nodes) => `网络恢复了。${nodes} 个里已有 ${know} 个重新认识所有人。`,
    whole: (after) => `又是一个集群：恢复 ${after} 后所有人重新互相认识。`,
  },
  next: {
    gathering: '它们正在互相告知都有谁在。',
    kill: (name, seconds) => `${seconds} 秒后 ${name} 会被杀死，来不及道别。`,
    killed: '接下来：谁问它都得不到回答，于是请别人也去问。',
    suspected: (name) => `接下来：如果 ${name} 还活着，现在就会反驳。其他人各自核实。`,
    spreading: '接下来：消息传遍所有人。',
    dead: (name, seconds) => `${seconds} 秒后 ${name} 会重新启动。`,
    restarting: '接下来：新的生命必须在每一处胜过旧的死讯。',
    split: (seconds) => `${seconds} 秒后网络会被切成两半。`,
    halves: '接下来：每一边都问不到对面。人少的一边证人少，所以要等得更久。',
    heal: (seconds) => `${seconds} 秒后网络会恢复，同样没有人得到通知。`,
    healing: '接下来：有人再试一次“死者”，得到回答，消息随即传开。',
  },
  event: {
    up: (name, pid) => `${name} 已启动（进程 ${pid}）。`,
    allUp: (nodes, after) => `${nodes} 个进程全部启动，用时 ${after}。`,
    converged: (after) => `所有人都互相认识了：距第一个启动 ${after}。`,
    killed: (name) => `${name} 被杀死（SIGKILL），没有人得到通知。`,
    ended: (name) => `${name} 结束了：是别人杀死了它。`,
    suspects: (accuser, name, path) =>
      `${accuser} 怀疑 ${name}：${Math.round(path.tookMs)} 毫秒没有回答。` +
      tellInChinese(findingsOf(accuser, path)),
    declares: (by, name, accusers) =>
      `${by} 宣布 ${name} 死亡。${tellInChinese(findings(accusers))}`,
    allKnow: (name, others, after) => `其余 ${others} 个都知道 ${name} 已死，距被杀 ${after}。`,
    restarted: (name) => `${name} 重新启动。`,
    back: (name, after) => `所有人都知道 ${name} 的新生命，距启动 ${after}。`,
    refuted: (name) => `${name} 反驳：它还活着。`,
    cut: (ours, theirs) =>
      `网络被切断：${sideZh(ours)} | ${sideZh(theirs)}。两边之间一切都被拒绝。`,
    apart: (after) => `切断 ${after} 后，每一边都发现对面全部失联。`,
    healed: '网络恢复，没有人得到通知。',
    whole: (after) => `恢复 ${after} 后，所有人重新互相认识。`,
  },
  summary: {
    converged: (nodes, after) => `${nodes} 个进程在 ${after} 后互相认识。`,
    suspected: (after) => `被杀死的进程在 ${after} 后被怀疑，`,
    detected: (after) => `在 ${after} 后其他所有人都知道它已死，`,
    rejoined: (after) => `重启 ${after} 后所有人都知道它又活了。`,
    halves: (after) => `网络切成两半，${after} 后每一边都发现对面失联；`,
    healed: (after) => `恢复 ${after} 后又成为一个集群。`,
    loss: (percent) => `其间故意丢弃了 ${percent}% 的包。`,
    falseSuspicions: (count) => (count === 0 ? '没有人被错怪。' : `错误的怀疑：${count} 次。`),
    cost: (bytes) => `最近几秒每个节点平均每秒发送 ${bytes} 字节（含重启）。`,
    cycles: (count) => `共进行 ${count} 轮。`,
    failed: (step, seconds) => `${seconds} 秒之内没有发生：${step}。`,
  },
};

export const TEXTS: Readonly<Record<Language, Texts>> = { en, zh };
