import { expect, test } from 'vitest';
import { UsageError, type ErrorCode } from '../../core/index.ts';
import { hearsayConfig, PRESETS, type HearsayConfig, type Preset } from './config.ts';

/** The code of the UsageError thrown; undefined if there is none. */
function codeOf(given: Partial<HearsayConfig>): ErrorCode | undefined {
  try {
    hearsayConfig({ name: 'a', ...given });
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error.code;
    throw error;
  }
}

test.each(Object.keys(PRESETS) as Preset[])(
  'the preset %s is whole and within its ranges',
  (name) => {
    const config = hearsayConfig({ name: 'a' }, name);
    expect(Object.keys(config).toSorted()).toEqual(
      Object.keys(hearsayConfig({ name: 'a' })).toSorted(),
    );
  },
);

test('lan is what the design says', () => {
  expect(hearsayConfig({ name: 'a' })).toMatchObject({
    probeIntervalMs: 1000,
    probeTimeoutMs: 500,
    helpers: 3,
    suspicionAlpha: 4,
    suspicionBeta: 6,
    confirmations: 3,
    transmitLambda: 4,
    gossipIntervalMs: 200,
    gossipFanout: 3,
    certificateMs: 86_400_000,
  });
});

test('what is given goes before the preset', () => {
  const config = hearsayConfig({ name: 'a', helpers: 7 }, 'wan');
  expect([config.helpers, config.probeIntervalMs]).toEqual([7, 5000]);
});

test.each<Partial<HearsayConfig>>([
  { name: '' },
  { name: 'n'.repeat(129) },
  { name: 'ä'.repeat(65) },
  { name: 'a\ud800' },
  { tags: { k: '\udc00' } },
  { tags: { k: 1 as unknown as string } },
  { tags: JSON.parse('{"__proto__":"x"}') as Record<string, string> },
  { probeIntervalMs: Number.NaN },
  { probeIntervalMs: 9 },
  { probeTimeoutMs: 1000 },
  { helpers: -1 },
  { helpers: undefined as unknown as number },
  { confirmations: 17 },
  { accusers: 0 },
  { accusers: 17 },
  { gossipFanout: 0 },
  { suspicionBeta: 0.5 },
])('refused: %j', (given) => {
  expect(codeOf(given)).toBe('BAD_OPTION');
});

test('a name of 128 bytes is allowed, surrogate pairs are text', () => {
  expect(codeOf({ name: 'ä'.repeat(64) })).toBe(undefined);
  expect(codeOf({ name: '𝄞', tags: { '𝄞': '𝄞' } })).toBe(undefined);
});

test('tags take 1 MiB and no more, each pair two beside its texts', () => {
  const half = 2 ** 19;
  expect(codeOf({ tags: { k: 'v'.repeat(2 * half - 3) } })).toBe(undefined);
  expect(codeOf({ tags: { k: 'v'.repeat(2 * half - 2) } })).toBe('TAGS_TOO_LARGE');
  expect(codeOf({ tags: { k: 'ä'.repeat(half - 1) } })).toBe('TAGS_TOO_LARGE');
  expect(codeOf({ tags: { a: 'v'.repeat(half), b: 'v'.repeat(half - 6) } })).toBe(undefined);
  expect(codeOf({ tags: { a: 'v'.repeat(half), b: 'v'.repeat(half - 5) } })).toBe('TAGS_TOO_LARGE');
});
