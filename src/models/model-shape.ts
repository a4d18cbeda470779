import type { DeviceModel, ModelShape, Params } from './model.ts';

/** What a device of a model reports with these parameters (validated, defaults filled in). */
export function shapeOf(model: DeviceModel, params: Params): ModelShape {
  return model.shape?.(params) ?? model;
}

/** Parameters that a placeholder can stand for: one value each, and no reading of the same name. */
export function namedParams(
  params: Params,
  { readings, labels }: ModelShape,
): Record<string, number | string | boolean> {
  const named: Record<string, number | string | boolean> = {};
  for (const [name, value] of Object.entries(params)) {
    if (Object.hasOwn(readings, name) || Object.hasOwn(labels ?? {}, name)) continue;
    if (typeof value !== 'object') named[name] = value;
  }
  return named;
}
