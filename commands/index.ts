import type { Command } from '#app/command.ts';

import foreign from './foreign.ts';
import halt from './halt.ts';
import resume from './resume.ts';
import status from './status.ts';
import why from './why.ts';

/** Every slash command; a new file is named here. */
export const commands: readonly Command[] = [status, halt, resume, why, foreign];
