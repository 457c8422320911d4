import type { Env } from '../../core/index.ts';
import type { HearsayEvent } from './events.ts';
import type { HearsayMessage } from './messages.ts';

/** The Env of this design. */
export type HearsayEnv = Env<HearsayMessage, HearsayEvent>;
