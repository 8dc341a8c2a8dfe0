import type { Setting } from '../about.ts';
import type { AppContext } from '../context.ts';

/** What `/config` tells. */
export interface ConfigReport {
  readonly kind: 'config';
  readonly settings: readonly Setting[];
}

/** The settings in force; secrets have left them before they came here. */
export const configReport = ({ about }: Pick<AppContext, 'about'>): ConfigReport => ({
  kind: 'config',
  settings: about.settings,
});
