/** Shapes of JSON, checked by hand with messages that name the place. */
import { UsageError } from '../core/index.ts';

/** Throws a UsageError that names `path` unless the value has the shape. */
export type Shape = (value: unknown, path: string) => void;

export function fail(path: string, wanted: string, value: unknown): never {
  const given = value === undefined ? 'nothing' : JSON.stringify(value);
  throw new UsageError('BAD_OPTION', `${path}: give ${wanted}, not ${given}`);
}

export const text: Shape = (value, path) => {
  if (typeof value !== 'string') fail(path, 'a text', value);
};

export const flag: Shape = (value, path) => {
  if (typeof value !== 'boolean') fail(path, 'true or false', value);
};

export function number(min: number, max = Number.MAX_VALUE): Shape {
  return (value, path) => {
    const isRight = typeof value === 'number' && value >= min && value <= max;
    if (!isRight) fail(path, `a number from ${min} to ${max}`, value);
  };
}

export function integer(min: number, max = Number.MAX_SAFE_INTEGER): Shape {
  return (value, path) => {
    const isRight = Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
    if (!isRight) fail(path, `an integer from ${min} to ${max}`, value);
  };
}

export function oneOf(...values: readonly (string | number)[]): Shape {
  return (value, path) => {
    if (!values.includes(value as string)) fail(path, `one of ${values.join(', ')}`, value);
  };
}

export function list(of: Shape): Shape {
  return (value, path) => {
    if (!Array.isArray(value)) fail(path, 'a list', value);
    for (const [i, item] of value.entries()) of(item, `${path}[${i}]`);
  };
}

/** Any fields. */
export const record: Shape = (value, path) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    fail(path, 'an object', value);
  }
};

/** Just these fields; a name that ends in `?` may be missing. */
export function fields(shapes: Readonly<Record<string, Shape>>): Shape {
  return (value, path) => {
    record(value, path);
    const object = value as Record<string, unknown>;
    const known = new Set<string>();
    for (const [key, shape] of Object.entries(shapes)) {
      const name = key.replace('?', '');
      known.add(name);
      if (object[name] !== undefined || name === key) shape(object[name], `${path}.${name}`);
    }
    for (const name of Object.keys(object)) {
      if (!known.has(name)) fail(`${path}.${name}`, 'no such field', object[name]);
    }
  };
}

/** An object whose `type` says which other fields it has. */
export function variant(types: Readonly<Record<string, Readonly<Record<string, Shape>>>>): Shape {
  return (value, path) => {
    record(value, path);
    const { type } = value as { readonly type?: unknown };
    oneOf(...Object.keys(types))(type, `${path}.type`);
    fields({ type: text, ...types[type as string] })(value, path);
  };
}
