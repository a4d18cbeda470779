import type { Codec } from '../codecs/codec.ts';
import type { TargetTraits } from '../targets/target.ts';
import type { TemplateProblem } from './check-templates.ts';

/** What keeps a fleet's payloads out of a target, and which key says so; null where nothing does. */
export function payloadProblem(
  traits: Pick<TargetTraits, 'payloads' | 'keepsValues'>,
  fleet: string,
  codec: Pick<Codec, 'name' | 'binary' | 'columns'>,
  padTo?: number,
): (TemplateProblem & { key: 'codec' | 'format' | 'pad_to' }) | null {
  if (traits.payloads === 'csv' && codec.name !== 'csv') {
    return {
      key: 'format',
      message: `the payloads of ${fleet} are ${codec.name}, which has no columns`,
      hint: 'write codec: csv in its payload, or format: lines here',
    };
  }
  if (traits.payloads !== undefined && codec.binary === true) {
    return {
      key: 'codec',
      message: `the target writes lines of text, and ${codec.name} is not text`,
      hint: 'write codec: json, or send to another target',
    };
  }
  if (traits.keepsValues === true && padTo !== undefined && codec.columns !== undefined) {
    return {
      key: 'pad_to',
      message: 'the target keeps the values of payloads, and a filler is none',
      hint: 'leave it out, or write format: lines in the target',
    };
  }
  return null;
}
