import type { Command } from '#app/command.ts';

import foreign from './foreign.ts';
import status from './status.ts';

/** Every slash command; a new file is named here. */
export const commands: readonly Command[] = [status, foreign];
