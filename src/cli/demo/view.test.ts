import { expect, test } from 'vitest';
import { paint, paletteOf, widthOf, type Line } from '../paint.ts';
import { Screen } from './screen.ts';
import { Story } from './story.ts';
import { LANGUAGES, languageOf, TEXTS, type Language } from './texts.ts';
import { view } from './view.ts';

const plain = paletteOf(1, {});

/** A story in mid-play, without a process. */
function story(nodes: number, language: Language): Story {
  const made = new Story({
    nodes,
    loss: 0,
    folder: '/nowhere',
    texts: TEXTS[language],
    hurry: true,
    tell: () => {},
  });
  const { actors, beliefs } = made.cast;
  const members = actors.map((actor, i) => {
    actor.state = 'up';
    actor.pid = 1000 + i;
    actor.nodeId = `${i}`;
    actor.sent = 100;
    return { name: actor.name, nodeId: actor.nodeId, status: 'alive' };
  });
  for (const actor of actors) {
    beliefs.hear(actor.name, { type: 'snapshot', members } as never);
  }
  const [first, second, third] = actors;
  made.victim = third;
  third!.state = 'down';
  const doubt = { ...members[2], status: 'suspect' };
  beliefs.hear(first!.name, { type: 'member-suspected', member: doubt } as never);
  const death = { ...members[2], status: 'dead' };
  beliefs.hear(second!.name, { type: 'member-failed', member: death } as never);
  made.headline = () => TEXTS[language].headline.spreading('fir', 1, 4);
  made.next = () => TEXTS[language].next.spreading;
  const path = {
    tookMs: 755.4,
    stream: 'refused',
    helpers: [
      { name: 'oak', met: 'refused', tookMs: 12 },
      { name: 'yew', met: undefined, tookMs: undefined },
    ],
    rttMs: 0.4,
    health: 0,
  } as const;
  const text = TEXTS[language].event.suspects('ash', 'fir', path);
  for (let i = 0; i < 30; i++) made.history.push({ atMs: i * 1000, text });
  return made;
}

const texts = (lines: readonly Line[], columns: number) =>
  lines.map((line) => paint(line, columns, plain));

test('rows say what each believes, by glyphs and not by colour alone', () => {
  const lines = texts(view(story(5, 'en'), TEXTS.en, 24, 80), 80);
  const row = (name: string) => lines.find((line) => line.startsWith(` ${name}  `));
  expect(row('ash')).toMatch(/^ ash +- +✓ +\? +✓ +✓ +100 B\/s +1000$/);
  expect(row('elm')).toMatch(/^ elm +✓ +- +✗ +✓ +✓ /);
  expect(row('fir')).toMatch(/not running/);
  expect(lines.join('\n')).toContain('ash suspects fir: no answer for 755 ms. Met a closed port:');
  expect(lines.join('\n')).toContain('No word yet from: yew.');
});

test.each(LANGUAGES)('it keeps to any terminal: %s', (language) => {
  for (const nodes of [3, 5, 6, 7, 20, 40]) {
    for (const [columns, rows] of [
      [80, 24],
      [200, 60],
      [40, 12],
      [20, 5],
    ] as const) {
      const lines = view(story(nodes, language), TEXTS[language], rows, columns);
      expect(lines.length).toBeLessThanOrEqual(rows);
      for (const text of texts(lines, columns)) expect(widthOf(text)).toBeLessThanOrEqual(columns);
    }
  }
});

test('on 80 columns by 24 rows nothing of five or twenty nodes is cut off', () => {
  for (const language of LANGUAGES) {
    for (const nodes of [5, 20]) {
      const lines = view(story(nodes, language), TEXTS[language], 24, 80);
      for (const line of lines) {
        expect(line.reduce((sum, { text }) => sum + widthOf(text), 0)).toBeLessThanOrEqual(80);
      }
      expect(texts(lines, 80).join('\n')).toMatch(/fir/);
    }
  }
});

test('the victim is shown even where not all fit', () => {
  const lines = texts(view(story(20, 'en'), TEXTS.en, 16, 80), 80);
  expect(lines.some((line) => line.startsWith(' 3 fir'))).toBe(true);
  expect(lines.join('\n')).toMatch(/… and \d+ more/);
});

test('the language comes from the environment, the strongest variable first', () => {
  expect(languageOf({ LANG: 'zh_CN.UTF-8' })).toBe('zh');
  expect(languageOf({ LANG: 'zh_CN.UTF-8', LC_ALL: 'C.UTF-8' })).toBe('en');
  expect(languageOf({})).toBe('en');
});

test('a screen writes what has changed, and gives the terminal back', () => {
  let written = '';
  const listeners: (() => void)[] = [];
  const terminal = {
    columns: 10,
    rows: 2,
    write: (text: string) => {
      written += text;
    },
    getColorDepth: () => 1,
    on: (_: 'resize', listener: () => void) => listeners.push(listener),
    off: (_: 'resize', listener: () => void) => listeners.splice(listeners.indexOf(listener), 1),
  };
  let second = 'two';
  const screen = new Screen(terminal, {}, () => [
    [{ text: 'one', tone: 'plain' }],
    [{ text: second, tone: 'plain' }],
  ]);
  const take = () => {
    const taken = written;
    written = '';
    return taken;
  };
  screen.draw();
  expect(take()).toBe('');
  screen.open();
  expect(take()).toMatch(/\[\?25l.*one.*two/);
  screen.draw();
  expect(take()).toBe('');
  second = 'three';
  screen.draw();
  expect(take()).toBe('\u001B[2;1H\u001B[2Kthree');
  listeners[0]?.();
  expect(take()).toMatch(/one.*three/);
  screen.close();
  screen.close();
  expect(take()).toBe('\u001B[?25h\u001B[?1049l');
  expect(listeners).toEqual([]);
});
