import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExitCode } from '../exit-codes.ts';
import { StartError } from './agent-process.ts';
import { Screen } from './screen.ts';
import { StepError, Story } from './story.ts';
import { TEXTS, type Language, type Texts } from './texts.ts';
import { view } from './view.ts';

export interface DemoOptions {
  readonly nodes: number;
  /** Share of packets lost on purpose. */
  readonly loss: number;
  readonly once: boolean;
  readonly json: boolean;
  readonly language: Language;
}

/** Plays the demo; resolves after `once`, else at Ctrl-C. Sets the exit code. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const texts = TEXTS[options.language];
  const { stdout } = process;
  const onScreen = !options.once && stdout.isTTY && process.env['TERM'] !== 'dumb';
  const folder = mkdtempSync(join(tmpdir(), 'hearsay-demo-'));
  const story = new Story({
    nodes: options.nodes,
    loss: options.loss,
    folder,
    texts,
    hurry: options.once,
    tell: (atMs, text) => {
      if (!onScreen && !options.json) stdout.write(`${texts.seconds(atMs).padStart(8)}  ${text}\n`);
      screen?.draw();
    },
  });
  const draw = (rows: number, columns: number) => view(story, texts, rows, columns);
  const screen = onScreen ? new Screen(stdout, process.env, draw) : undefined;
  // Whatever ends this process, nothing stays behind: no screen, no process, no folder.
  process.once('exit', () => {
    screen?.close();
    story.cast.killAll();
    rmSync(folder, { recursive: true, force: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      screen?.close();
      if (!options.once) stdout.write(summary(story, texts));
      process.exit(options.once ? ExitCode.Failed : ExitCode.Ok);
    });
  }
  const costs = setInterval(() => void story.cast.measure(), COST_MS);
  const frames = setInterval(() => screen?.draw(), FRAME_MS);
  try {
    screen?.open();
    await story.play(options.once ? 1 : Infinity);
  } catch (error) {
    if (!(error instanceof StepError || error instanceof StartError)) throw error;
    screen?.close();
    process.stderr.write(`hearsay: ${error.message}\n`);
    process.exitCode = ExitCode.Failed;
  } finally {
    clearInterval(costs);
    clearInterval(frames);
    screen?.close();
    story.cast.killAll();
  }
  stdout.write(options.json ? `${JSON.stringify(story.measures)}\n` : summary(story, texts));
}

const COST_MS = 1000;
const FRAME_MS = 100;

function summary({ measures, cast, cycle }: Story, { summary, seconds }: Texts): string {
  const { nodes, loss, convergedMs, suspectedMs, detectedMs, rejoinedMs } = measures;
  const { halvesMs, healedMs, falseSuspicions } = measures;
  const lines: string[] = [];
  const say = (ms: number | null, text: (after: string) => string): void => {
    if (ms !== null) lines.push(text(seconds(ms)));
  };
  say(convergedMs, (after) => summary.converged(nodes, after));
  say(suspectedMs, summary.suspected);
  say(detectedMs, summary.detected);
  say(rejoinedMs, summary.rejoined);
  say(halvesMs, summary.halves);
  say(healedMs, summary.healed);
  if (loss > 0) lines.push(summary.loss(Math.round(loss * 100)));
  lines.push(summary.falseSuspicions(falseSuspicions));
  const costs = cast.actors.flatMap(({ sent }) => sent ?? []);
  const mean = costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
  if (costs.length > 0) lines.push(summary.cost(Math.round(mean)));
  if (cycle > 1) lines.push(summary.cycles(cycle));
  return `\n${lines.map((line) => `  ${line}\n`).join('')}`;
}
