export { STOP_RULES, type StopRuleName } from '../../blocks/rumors/index.ts';
export { RUMOR_MODES, type RumorMode, type RumorRun } from './kernel.ts';
export * from './references.ts';
export * from './rumor.ts';
export * from './theory.ts';
