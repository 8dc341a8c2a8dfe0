import { plain } from '../format.ts';
import { clipText, LIMITS } from '../limits.ts';

/** A plain answer, shown as it was written. */
export const textContent = (text: string): string =>
  clipText(plain(text.trim() === '' ? 'Done.' : text), LIMITS.content);
