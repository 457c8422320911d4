export * from './fact-set.ts';
export { drawSaltKey, Salt, SALT_BYTES, type SaltKey } from './salt.ts';
export * from './symbol-decoder.ts';
export * from './symbol-encoder.ts';
export { SYMBOLS_FIRST } from './symbol-plan.ts';
export { readSymbols, sizeOfSymbols, symbolCount, writeSymbols, type Symbols } from './symbols.ts';
