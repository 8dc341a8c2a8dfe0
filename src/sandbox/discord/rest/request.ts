import type { Context } from 'hono';
import { z } from 'zod';

import { apiErrors } from '../api-error.ts';
import type { IndexedFile, MessageContent } from '../messages.ts';
import { readForm } from '../validation/form.ts';
import { messageForm } from '../validation/message.ts';

/** Discord's limit for one file of a bot in a guild without boosts. */
const MAX_FILE_BYTES = 10 * 1024 * 1024;

export interface RequestBody {
  readonly json: unknown;
  readonly files: readonly IndexedFile[];
}

/** Where the caller found us, so that the addresses we send lead back here. */
export const originOf = (context: Context): string => new URL(context.req.url).origin;

/**
 * Reads JSON, or a form with `payload_json` and `files[n]`. An empty body is an empty object.
 *
 * @throws DiscordApiError 50109 for broken JSON, 40005 for a file that is too large.
 */
export async function readBody(context: Context): Promise<RequestBody> {
  const type = context.req.header('content-type') ?? '';
  if (!type.startsWith('multipart/form-data')) {
    return { json: parseJson(await context.req.text()), files: [] };
  }
  const form = await context.req.formData();
  const payload = form.get('payload_json');
  const files: IndexedFile[] = [];
  for (const [key, value] of form) {
    const index = /^files\[(\d+)\]$/.exec(key)?.[1];
    if (index === undefined || typeof value === 'string') continue;
    if (value.size > MAX_FILE_BYTES) throw apiErrors.tooLarge();
    const bytes = new Uint8Array(await value.arrayBuffer());
    files.push({ index, name: value.name, type: value.type, bytes });
  }
  return { json: parseJson(typeof payload === 'string' ? payload : ''), files };
}

function parseJson(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw apiErrors.invalidJson();
  }
}

/** The body of a request that posts or edits a message. */
export async function readMessageContent(context: Context): Promise<MessageContent> {
  const { json, files } = await readBody(context);
  return { form: readForm(messageForm, json), files };
}

const pageSchema = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  before: z.string().optional(),
  after: z.string().optional(),
  around: z.string().optional(),
});

export const readPageQuery = (context: Context) => readForm(pageSchema, context.req.query());

/** What a partial body really says: a key that is not there changes nothing. */
export const withoutUndefined = (value: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([, child]) => child !== undefined));
