import type { APIEmbed } from 'discord.js';

import type { ConfigReport } from '#app/reports/config.ts';

import { plain } from '../format.ts';
import { COLOUR } from './style.ts';

/** The settings in force, a line each. */
export const configEmbed = ({ settings }: ConfigReport): APIEmbed => ({
  title: '⚙️ Settings in force',
  color: COLOUR.quiet,
  description: [
    'Secrets are masked. What is not set has its default.',
    ...settings.map(({ name, value }) => `**${plain(name)}** ${plain(value)}`),
  ].join('\n'),
});
