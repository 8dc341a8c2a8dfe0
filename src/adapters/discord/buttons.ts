import type { ButtonInteraction } from 'discord.js';

import { acknowledgePress } from './acknowledge.ts';
import { whisper } from './answer.ts';
import { failureOf, record } from './attempt.ts';
import { pressCancel } from './cancel-button.ts';
import { parseCustomId } from './custom-id.ts';
import type { Desk } from './desk.ts';
import { answerQuestion } from './question-buttons.ts';
import { refuseUnknown } from './refuse-press.ts';
import { createViewButtons } from './view-buttons.ts';

/**
 * Handles presses of buttons. The acknowledgement is the first thing that goes out, whatever the database
 * does; what the button stands for, and whether this person may do it, is looked up after that. Refusals
 * reach the person alone, and leave the message as it is.
 */
export function createButtons(desk: Desk): (interaction: ButtonInteraction) => Promise<void> {
  const views = createViewButtons(desk);
  return async (interaction) => {
    await acknowledge(desk, interaction);
    const press = parseCustomId(interaction.customId);
    try {
      if (press === null) await refuseUnknown(desk, interaction);
      else if (press.prefix === 'confirm') await answerQuestion(desk, interaction, press);
      else if (press.prefix === 'pages') await views.turnPage(interaction, press);
      else if (press.prefix === 'cancel') await pressCancel(desk, interaction, press);
      else await views.refresh(interaction, press);
    } catch (error) {
      await whisper(interaction, failureOf(desk, interaction.customId, error).text);
    }
  };
}

async function acknowledge(desk: Desk, interaction: ButtonInteraction): Promise<void> {
  try {
    await acknowledgePress(interaction);
  } catch (error) {
    const { customId } = interaction;
    const [prefix = ''] = customId.split(':');
    await record(desk, interaction, {
      command: prefix,
      action: `${prefix} button`,
      outcome: 'failed',
      reason: 'not acknowledged',
      details: { button: customId },
    });
    throw error;
  }
}
