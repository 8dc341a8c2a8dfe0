/** One complaint about one field, in Discord's words. */
export interface FieldError {
  readonly path: readonly PropertyKey[];
  readonly code: string;
  readonly message: string;
}

/** An error as Discord's REST interface answers it. */
export class DiscordApiError extends Error {
  override readonly name = 'DiscordApiError';
  readonly status: 400 | 401 | 403 | 404 | 413;
  readonly code: number;
  readonly fields: readonly FieldError[];

  constructor(
    status: DiscordApiError['status'],
    code: number,
    message: string,
    fields: readonly FieldError[] = [],
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = fields;
  }

  /** The body of the answer: complaints are nested by path, each leaf in `_errors`. */
  toJSON(): Record<string, unknown> {
    const body = { message: this.message, code: this.code };
    return this.fields.length === 0 ? body : { ...body, errors: nestErrors(this.fields) };
  }
}

interface ErrorTree {
  [key: string]: ErrorTree | { code: string; message: string }[];
}

function nestErrors(fields: readonly FieldError[]): ErrorTree {
  const root: ErrorTree = {};
  for (const { path, code, message } of fields) {
    let node = root;
    for (const key of path) {
      const child = node[String(key)];
      node = child && !Array.isArray(child) ? child : (node[String(key)] = {});
    }
    const leaf = node['_errors'];
    node['_errors'] = [...(Array.isArray(leaf) ? leaf : []), { code, message }];
  }
  return root;
}

/** The errors that the stand-in can answer, with Discord's own codes and words. */
export const apiErrors = {
  unauthorized: () => new DiscordApiError(401, 0, '401: Unauthorized'),
  notFound: () => new DiscordApiError(404, 0, '404: Not Found'),
  unknownApplication: () => new DiscordApiError(404, 10_002, 'Unknown Application'),
  unknownChannel: () => new DiscordApiError(404, 10_003, 'Unknown Channel'),
  unknownGuild: () => new DiscordApiError(404, 10_004, 'Unknown Guild'),
  unknownMember: () => new DiscordApiError(404, 10_007, 'Unknown Member'),
  unknownMessage: () => new DiscordApiError(404, 10_008, 'Unknown Message'),
  unknownUser: () => new DiscordApiError(404, 10_013, 'Unknown User'),
  unknownWebhook: () => new DiscordApiError(404, 10_015, 'Unknown Webhook'),
  unknownInteraction: () => new DiscordApiError(404, 10_062, 'Unknown interaction'),
  unknownCommand: () => new DiscordApiError(404, 10_063, 'Unknown application command'),
  tooLarge: () => new DiscordApiError(413, 40_005, 'Request entity too large'),
  alreadyAcknowledged: () =>
    new DiscordApiError(400, 40_060, 'Interaction has already been acknowledged.'),
  notAuthor: () =>
    new DiscordApiError(403, 50_005, 'Cannot edit a message authored by another user'),
  emptyMessage: () => new DiscordApiError(400, 50_006, 'Cannot send an empty message'),
  missingPermissions: () => new DiscordApiError(403, 50_013, 'Missing Permissions'),
  invalidWebhookToken: () => new DiscordApiError(401, 50_027, 'Invalid Webhook Token'),
  archivedThread: () => new DiscordApiError(400, 50_083, 'Thread is archived'),
  invalidForm: (fields: readonly FieldError[]) =>
    new DiscordApiError(400, 50_035, 'Invalid Form Body', fields),
  invalidJson: () => new DiscordApiError(400, 50_109, 'The request body contains invalid JSON.'),
  threadExists: () =>
    new DiscordApiError(400, 160_004, 'A thread has already been created for this message'),
};
