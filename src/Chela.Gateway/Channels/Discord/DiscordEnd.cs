namespace Chela.Gateway.Channels.Discord;

/// <summary>What is of use after a connection has ended.</summary>
internal enum DiscordNext
{
    /// <summary>To go on with the session.</summary>
    Resume,

    /// <summary>To begin another session.</summary>
    Begin,

    /// <summary>Nothing, as long as nobody changes something.</summary>
    Stop,
}

/// <summary>How a connection with the gateway of Discord ended.</summary>
internal sealed record DiscordEnd(DiscordNext Next, string Reason)
{
    /// <summary>The end that a code says (https://docs.discord.com/developers/topics/opcodes-and-status-codes); without a code the network failed.</summary>
    public static DiscordEnd Of(int? code) => code switch
    {
        4004 => new(DiscordNext.Stop, "Discord does not know the token of the bot."),
        4010 or 4011 => new(DiscordNext.Stop, "The bot is in too many servers: Discord wants it in shards, which are not served."),
        4012 or 4013 => new(DiscordNext.Stop, $"Discord does not speak with this version of the gateway any more ({code}); a newer one is needed."),
        4014 => new(DiscordNext.Stop,
            "The bot may not read what people write: switch on its Message Content Intent (https://discord.com/developers/applications, Bot, Privileged Gateway Intents), then start the account (channels.start)."),
        4003 or 4005 or 4007 or 4009 => new(DiscordNext.Begin, $"Discord ended the session ({code})."),
        null => new(DiscordNext.Resume, "The connection was cut."),
        _ => new(DiscordNext.Resume, $"Discord closed the connection ({code})."),
    };
}
