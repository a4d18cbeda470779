import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { codecs } from '../codecs/registry.ts';
import type { ScenarioDraft } from '../scenario/load-scenario.ts';
import type { TemplateProblem } from './check-templates.ts';
import type { Report } from './resolve-plan.ts';

/** Reads the schema files that payloads name; a fleet whose file is wrong or missing is told so, and resolved no further. */
export async function loadPayloadSchemas(draft: ScenarioDraft, report: Report): Promise<void> {
  for (const fleet of draft.fleets) {
    const { payload } = fleet.value;
    if (payload === undefined || typeof payload === 'string') continue;
    const reader = codecs[payload.codec]?.schema;
    const at = (key: string): string[] => ['fleets', fleet.name, 'payload', key];
    if (reader === undefined) {
      if (payload.schema === undefined) continue;
      const hint = 'leave it out, or write codec: avro or codec: protobuf';
      report(at('schema'), 'bad-value', { message: `${payload.codec} has no schema`, hint });
    } else if (payload.schema === undefined) {
      const hint = `write schema: ${payload.codec === 'avro' ? 'meters.avsc' : 'meters.proto'} beside it`;
      report(at('codec'), 'bad-value', { message: `${payload.codec} needs a schema`, hint });
      fleet.unreadable = true;
    } else {
      const hash = payload.schema.lastIndexOf('#');
      const [file, message] =
        hash < 0 ? [payload.schema, null] : [payload.schema.slice(0, hash), payload.schema.slice(hash + 1)];
      const path = resolve(draft.folder, file);
      const unread = await unreadable(path);
      const read = unread === null ? await reader.read(path, message) : { problem: unread };
      if ('problem' in read) {
        report(at('schema'), 'bad-value', read.problem);
        fleet.unreadable = true;
      } else fleet.wire = read;
    }
  }
}

async function unreadable(path: string): Promise<TemplateProblem | null> {
  try {
    await access(path, constants.R_OK);
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const message = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
    return { message, hint: 'its path starts at the scenario’s folder' };
  }
}
