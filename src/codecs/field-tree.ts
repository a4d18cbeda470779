/** A payload field as a scenario writes it. A string may hold `<…>` placeholders. */
export type FieldValue =
  | string
  | number
  | boolean
  | null
  | { readonly members: readonly FieldNode[] }
  | { readonly items: readonly FieldValue[] };

/** A field under its name. Fields stand in lists, in order of writing: an object would move names that look like numbers to its front. */
export interface FieldNode {
  readonly name: string;
  readonly value: FieldValue;
}

/** Where a value stands below the fields: names and positions in lists. */
export type FieldPath = readonly (string | number)[];

/** Every plain value in order of writing, with its path. */
export function* leavesOf(
  fields: readonly FieldNode[],
  path: FieldPath = [],
): Generator<{ path: FieldPath; value: Exclude<FieldValue, object> | null }> {
  for (const { name, value } of fields) yield* leavesOfValue(value, [...path, name]);
}

function* leavesOfValue(value: FieldValue, path: FieldPath): ReturnType<typeof leavesOf> {
  if (typeof value !== 'object' || value === null) yield { path, value };
  else if ('members' in value) yield* leavesOf(value.members, path);
  else for (const [i, item] of value.items.entries()) yield* leavesOfValue(item, [...path, i]);
}
