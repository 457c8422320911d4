import { afterEach, test } from 'vitest';
import { EchoHost } from '../../test/live/echo-host.ts';
import { drawSecret } from './secret.ts';

const closing: (() => unknown)[] = [];

async function host(secret?: string | string[]): Promise<EchoHost> {
  const made = await EchoHost.open(secret === undefined ? {} : { secret });
  closing.push(async () => made.host.stop());
  return made;
}

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

test('two hosts of one secret talk by packet; a third without it is not heard', async () => {
  const secret = drawSecret();
  const [a, b, plain] = [await host(secret), await host(secret), await host()];
  a.ask(b, 'hello');
  await a.heard('hello');
  plain.ask(b, 'psst');
  a.ask(plain, 'psst');
  await b.rejected('plain');
  await plain.rejected('key');
});
