namespace Chela.Gateway.Channels.Discord;

/// <summary>A frame that the gateway of Discord is sent.</summary>
internal sealed record Outgoing<T>(int Op, T D);

/// <summary>A heartbeat, with the number of the last event that was taken in.</summary>
internal sealed record Beat(int Op)
{
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.Never)] // null says that there was none
    public long? D { get; init; }
}

/// <summary>Begins a session.</summary>
/// <param name="Intents">Of what the bot wants to hear.</param>
internal sealed record Identify(string Token, int Intents, IdentifyProperties Properties)
{
    /// <summary>Servers, for their threads; messages in servers and in private; and what stands in messages.</summary>
    public const int Wanted = (1 << 0) | (1 << 9) | (1 << 12) | (1 << 15);
}

/// <summary>Which program it is.</summary>
internal sealed record IdentifyProperties(string Os, string Browser, string Device);

/// <summary>Goes on with a session.</summary>
internal sealed record Resume(string Token, string SessionId, long Seq);

/// <summary>What Discord answers where it says no.</summary>
internal sealed record DiscordFault
{
    public int? Code { get; init; }

    public string? Message { get; init; }

    /// <summary>In seconds.</summary>
    public double? RetryAfter { get; init; }

    /// <summary>True where the limit is that of all calls.</summary>
    public bool? Global { get; init; }
}

/// <summary>Where the gateway of Discord is, and how often sessions may begin.</summary>
internal sealed record GatewayBot(string Url)
{
    public SessionStartLimit? SessionStartLimit { get; init; }
}

/// <param name="Remaining">How many more.</param>
/// <param name="ResetAfter">Until there are more, in milliseconds.</param>
internal sealed record SessionStartLimit(int Remaining, long ResetAfter);

/// <summary>A message of the bot.</summary>
/// <param name="Content">The text; empty where there is a file.</param>
/// <param name="Nonce">By which a message that is sent again is known for some minutes.</param>
internal sealed record CreateMessage(string Content, string Nonce)
{
    public bool EnforceNonce { get; } = true;

    public AllowedMentions AllowedMentions { get; } = AllowedMentions.None;

    public MessageReference? MessageReference { get; init; }

    public IReadOnlyList<ButtonRow>? Components { get; init; }

    public IReadOnlyList<DiscordUpload>? Attachments { get; init; }
}

/// <summary>A file that goes with a message.</summary>
/// <param name="Id">Its place among the files.</param>
internal sealed record DiscordUpload(int Id, string Filename);

/// <summary>What a message of the bot is to be now.</summary>
internal sealed record EditMessage(string Content)
{
    public AllowedMentions AllowedMentions { get; } = AllowedMentions.None;

    public IReadOnlyList<ButtonRow>? Components { get; init; }
}

/// <summary>The message that is answered; where it is gone, the answer stands by itself.</summary>
internal sealed record MessageReference(string MessageId)
{
    public bool FailIfNotExists { get; }
}

/// <summary>Buttons side by side; at most five, and at most five rows.</summary>
internal sealed record ButtonRow(IReadOnlyList<DiscordButton> Components)
{
    public const int Most = 5;

    public int Type { get; } = 1;
}

/// <summary>A button.</summary>
/// <param name="CustomId">What comes back when it is pressed; at most 100 characters.</param>
internal sealed record DiscordButton(string Label, string CustomId)
{
    public int Type { get; } = 2;

    /// <summary>Grey.</summary>
    public int Style { get; } = 2;
}

/// <summary>Whom a message calls, whatever stands in it.</summary>
internal sealed record AllowedMentions(IReadOnlyList<string> Parse)
{
    /// <summary>Nobody: an agent that writes @everyone disturbs nobody.</summary>
    public static AllowedMentions None { get; } = new([]);
}

/// <summary>What was sent.</summary>
internal sealed record SentDiscordMessage(string Id);

/// <summary>The first answer to a command, or to a button.</summary>
internal sealed record InteractionReply(int Type)
{
    /// <summary>Shows that an answer is being written.</summary>
    public static InteractionReply Later { get; } = new(5);

    /// <summary>Shows nothing.</summary>
    public static InteractionReply Nothing { get; } = new(6);
}

/// <summary>A command that clients of Discord offer.</summary>
internal sealed record DiscordCommand(string Name, string Description, IReadOnlyList<DiscordCommandOption> Options);

/// <summary>What can be given with a command.</summary>
internal sealed record DiscordCommandOption(int Type, string Name, string Description)
{
    public const int Text = 3;
}

/// <summary>The commands that bots offer.</summary>
internal sealed record DiscordCommands(IReadOnlyList<DiscordCommand> All);
