import {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  Client,
  EmbedBuilder,
  Events,
  GatewayIntentBits,
  LabelBuilder,
  MessageFlags,
  ModalBuilder,
  SlashCommandBuilder,
  StringSelectMenuBuilder,
  TextInputBuilder,
  TextInputStyle,
} from 'discord.js';
import type {
  ButtonInteraction,
  ChatInputCommandInteraction,
  Interaction,
  ModalSubmitInteraction,
  StringSelectMenuInteraction,
  TextChannel,
} from 'discord.js';

import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';
import { listenDiscordStandIn } from '#sandbox/discord/stand-in.ts';
import type { DiscordStandInOptions, ListeningDiscordStandIn } from '#sandbox/discord/stand-in.ts';

const SYMBOLS = ['AAPL', 'AMD', 'MSFT', 'NVDA', 'TSLA'];

export const COMMANDS = [
  new SlashCommandBuilder().setName('status').setDescription('How the bot and its positions are'),
  new SlashCommandBuilder()
    .setName('slow')
    .setDescription('Answers late, after thinking')
    .addBooleanOption((option) => option.setName('private').setDescription('Only for you')),
  new SlashCommandBuilder()
    .setName('secret')
    .setDescription('Answers before your eyes alone')
    .addUserOption((option) => option.setName('whom').setDescription('About whom')),
  new SlashCommandBuilder()
    .setName('close')
    .setDescription('Close a position')
    .addStringOption((option) =>
      option
        .setName('symbol')
        .setDescription('An open position')
        .setRequired(true)
        .setAutocomplete(true),
    )
    .addStringOption((option) =>
      option
        .setName('type')
        .setDescription('How to close it')
        .addChoices({ name: 'Market order', value: 'market' }, { name: 'Limit', value: 'limit' }),
    )
    .addIntegerOption((option) =>
      option.setName('percent').setDescription('How much of it').setMinValue(1).setMaxValue(100),
    ),
  new SlashCommandBuilder().setName('halt').setDescription('Stop entries, after asking'),
  new SlashCommandBuilder().setName('note').setDescription('Write a note in a dialog'),
  new SlashCommandBuilder().setName('mute').setDescription('Never answers'),
  new SlashCommandBuilder()
    .setName('config')
    .setDescription('Settings')
    .setDefaultMemberPermissions(0)
    .addSubcommand((command) => command.setName('show').setDescription('Show the settings')),
].map((command) => command.toJSON());

const haltButtons = new ActionRowBuilder<ButtonBuilder>().addComponents(
  new ButtonBuilder().setCustomId('halt:yes').setLabel('Halt entries').setStyle(ButtonStyle.Danger),
  new ButtonBuilder().setCustomId('halt:no').setLabel('Cancel').setStyle(ButtonStyle.Secondary),
  new ButtonBuilder()
    .setCustomId('halt:never')
    .setLabel('Not now')
    .setStyle(ButtonStyle.Success)
    .setDisabled(true),
);
const levels = new ActionRowBuilder<StringSelectMenuBuilder>().addComponents(
  new StringSelectMenuBuilder()
    .setCustomId('level')
    .setPlaceholder('Choose a level')
    .addOptions({ label: 'Entries', value: 'entries' }, { label: 'Everything', value: 'flatten' }),
);

const noteDialog = new ModalBuilder()
  .setCustomId('note')
  .setTitle('A note')
  .addLabelComponents(
    new LabelBuilder()
      .setLabel('What happened?')
      .setTextInputComponent(
        new TextInputBuilder()
          .setCustomId('text')
          .setStyle(TextInputStyle.Paragraph)
          .setMaxLength(200),
      ),
  );

interface TestBot {
  readonly client: Client<true>;
  readonly channel: TextChannel;
  /** Where `secret` tells about whom it was asked, and so on. */
  readonly heard: string[];
  /** Errors that answers ran into. */
  readonly errors: unknown[];
  stop(): Promise<void>;
}

/** A small bot on the unmodified client library, with one of everything. */
async function startTestBot(url: string): Promise<TestBot> {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds],
    allowedMentions: { parse: [] },
    enforceNonce: true,
    rest: { api: `${url}/api`, retries: 0, timeout: 5_000 },
  });
  const heard: string[] = [];
  const errors: unknown[] = [];
  client.on(Events.Error, (error) => void errors.push(error));
  client.on(Events.InteractionCreate, (interaction) => {
    answer(interaction, heard).catch((error: unknown) => errors.push(error));
  });
  const ready = new Promise<Client<true>>((resolve) => {
    client.once(Events.ClientReady, resolve);
  });
  await client.login(SANDBOX_DISCORD.token);
  const started = await ready;
  await started.application.commands.set(COMMANDS, SANDBOX_DISCORD.guildId);
  const channel = (await started.channels.fetch(SANDBOX_DISCORD.channelId)) as TextChannel;
  return { client: started, channel, heard, errors, stop: () => client.destroy() };
}

async function answer(interaction: Interaction, heard: string[]): Promise<void> {
  if (interaction.isAutocomplete()) {
    const typed = interaction.options.getFocused().toUpperCase();
    const found = SYMBOLS.filter((symbol) => symbol.startsWith(typed));
    await interaction.respond(found.map((symbol) => ({ name: `${symbol} +1.2 R`, value: symbol })));
  } else if (interaction.isChatInputCommand()) {
    await (COMMAND_ANSWERS[interaction.commandName] ?? refuse)(interaction, heard);
  } else if (interaction.isButton()) {
    await answerButton(interaction);
  } else if (interaction.isStringSelectMenu()) {
    await answerSelect(interaction);
  } else if (interaction.isModalSubmit()) {
    await answerDialog(interaction);
  }
}

const refuse = async (interaction: ChatInputCommandInteraction) => {
  await interaction.reply(`no answer for ${interaction.commandName}`);
};

type CommandAnswer = (interaction: ChatInputCommandInteraction, heard: string[]) => Promise<void>;

const COMMAND_ANSWERS: Record<string, CommandAnswer> = {
  async status(interaction) {
    await interaction.reply({
      embeds: [
        new EmbedBuilder()
          .setTitle('Status')
          .setColor(0x2e_cc_71)
          .setDescription(`Asked by ${interaction.user.username}`)
          .addFields({ name: 'Positions', value: '4 of 4 protected', inline: true }),
      ],
    });
  },
  async slow(interaction) {
    const isPrivate = interaction.options.getBoolean('private') ?? false;
    await interaction.deferReply(isPrivate ? { flags: MessageFlags.Ephemeral } : {});
    await interaction.editReply('Thought it over');
    await interaction.followUp('And one more thing');
  },
  async secret(interaction, heard) {
    const whom = interaction.options.getMember('whom');
    heard.push(whom && 'displayName' in whom ? whom.displayName : 'nobody');
    await interaction.reply({ content: 'Between us', flags: MessageFlags.Ephemeral });
    await interaction.editReply('Between us two');
  },
  async close(interaction) {
    const { options } = interaction;
    await interaction.reply(
      `Closing ${options.getString('symbol', true)} ${options.getString('type') ?? 'market'} ` +
        `${options.getInteger('percent') ?? 100}%`,
    );
  },
  async halt(interaction) {
    await interaction.reply({ content: 'Halt entries?', components: [haltButtons, levels] });
  },
  async note(interaction) {
    await interaction.showModal(noteDialog);
  },
  async mute() {},
  async config(interaction) {
    await interaction.reply(`config ${interaction.options.getSubcommand()}`);
  },
};

async function answerButton(interaction: ButtonInteraction): Promise<void> {
  await interaction.update({
    content: `${interaction.customId} by ${interaction.user.username}`,
    components: [],
  });
}

async function answerSelect(interaction: StringSelectMenuInteraction): Promise<void> {
  await interaction.deferUpdate();
  await interaction.editReply({ content: `Level ${interaction.values.join()}`, components: [] });
}

async function answerDialog(interaction: ModalSubmitInteraction): Promise<void> {
  await interaction.reply(`Noted: ${interaction.fields.getTextInputValue('text')}`);
}

export interface Desk {
  readonly standIn: ListeningDiscordStandIn;
  readonly bot: TestBot;
  stop(): Promise<void>;
}

/** A stand-in with the small bot connected to it. */
export async function openDesk(
  options: DiscordStandInOptions & { readonly port?: number } = {},
): Promise<Desk> {
  const standIn = await listenDiscordStandIn(options);
  const bot = await startTestBot(standIn.url);
  return {
    standIn,
    bot,
    async stop() {
      await bot.stop();
      await standIn.stop();
    },
  };
}
