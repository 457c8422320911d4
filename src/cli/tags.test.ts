/** Tags as operators change them: agents as processes, the compiled program beside. */
import { expect, test } from 'vitest';
import { Program } from '../../test/program.ts';

const program = new Program();
const run = program.run.bind(program);

test('tags: shown, set and removed at one agent, seen at another', async () => {
  const a = await program.agent('a', ['--tag', 'role=web', 'zone=1']);
  await program.agent('b', ['--join', a.address]);
  const tags = (...args: string[]) => run(['tags', '--name', 'a', ...args]);
  const seen = (): unknown => {
    const listed = run(['members', '--name', 'b', '--json']).out;
    return (JSON.parse(listed) as { tags: unknown }[])[0]?.tags;
  };
  expect(tags()).toEqual({ code: 0, out: 'role=web\nzone=1\n', error: '' });
  const changed = tags('role=db', 'note=a=b\nc', 'empty=', '--remove', 'zone');
  const out = 'empty=\nnote=a=b\\u{a}c\nrole=db\n';
  expect(changed).toEqual({ code: 0, out, error: '' });
  const all = { role: 'db', note: 'a=b\nc', empty: '' };
  await expect.poll(seen, { timeout: 20_000 }).toEqual(all);
  expect(JSON.parse(tags('--json').out)).toEqual(all);

  const gone = tags('--remove', 'zone', '--remove', 'note', '--json');
  expect({ ...gone, out: JSON.parse(gone.out) as unknown }).toEqual({
    code: 1,
    out: { role: 'db', empty: '' },
    error: 'hearsay: the agent had no tag zone\n',
  });
  const refused: [string[], RegExp][] = [
    [['role'], /^hearsay: tags: give key=value, not role\n$/],
    [['=x'], /^hearsay: tags: give key=value, not =x\n$/],
    [['__proto__=1'], /^hearsay: tags: .*__proto__ is no key\n$/],
    [['role=x', '--remove', 'role'], /^hearsay: --remove: set role or remove it, not both\n$/],
    [['--remove'], /^hearsay: option '--remove <key>' argument missing\n$/],
    [['--set', 'x=1'], /^hearsay: unknown option '--set'/],
  ];
  for (const [args, error] of refused) {
    expect(tags(...args)).toEqual({ code: 2, out: '', error: expect.stringMatching(error) });
  }
  expect(JSON.parse(tags('--json').out)).toEqual({ role: 'db', empty: '' });
  expect(run(['tags', 'x=1', '--name', 'nobody'])).toMatchObject({ code: 3, out: '' });
});
