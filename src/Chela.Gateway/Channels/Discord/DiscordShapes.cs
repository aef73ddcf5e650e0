using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Channels.Discord;

// Field names and meanings: https://docs.discord.com/developers/reference. Only what is used here; everything may be missing, for it comes from outside.

/// <summary>What stands in one frame of the gateway of Discord.</summary>
/// <param name="Op">What kind of frame it is.</param>
internal sealed record DiscordFrame(int Op)
{
    public JsonElement? D { get; init; }

    /// <summary>The number of an event, by which a session is resumed.</summary>
    public long? S { get; init; }

    /// <summary>The name of an event.</summary>
    public string? T { get; init; }
}

/// <summary>The first frame.</summary>
/// <param name="HeartbeatInterval">In milliseconds.</param>
internal sealed record DiscordHello(int HeartbeatInterval);

/// <summary>A session has begun.</summary>
internal sealed record DiscordReady(string SessionId, string ResumeGatewayUrl, DiscordUser User, DiscordApplication Application);

/// <summary>The application that a bot belongs to.</summary>
internal sealed record DiscordApplication(string Id);

/// <summary>A person or a bot.</summary>
internal sealed record DiscordUser(string Id)
{
    public string? Username { get; init; }

    /// <summary>What people see.</summary>
    public string? GlobalName { get; init; }

    public bool? Bot { get; init; }
}

/// <summary>A person in a server.</summary>
internal sealed record DiscordMember
{
    public DiscordUser? User { get; init; }

    public string? Nick { get; init; }

    public IReadOnlyList<string>? Roles { get; init; }
}

/// <summary>A message in a channel.</summary>
internal sealed record DiscordMessage(string Id, string ChannelId)
{
    /// <summary>Plain, an answer, or something that Discord itself says.</summary>
    public int? Type { get; init; }

    public string? GuildId { get; init; }

    public DiscordUser? Author { get; init; }

    public DiscordMember? Member { get; init; }

    /// <summary>The program that said it.</summary>
    public string? WebhookId { get; init; }

    public string? Content { get; init; }

    public IReadOnlyList<DiscordUser>? Mentions { get; init; }

    public DiscordReferenced? ReferencedMessage { get; init; }

    public IReadOnlyList<DiscordAttachment>? Attachments { get; init; }
}

/// <summary>The message that another one answers.</summary>
internal sealed record DiscordReferenced
{
    public DiscordUser? Author { get; init; }
}

/// <summary>A file of a message.</summary>
internal sealed record DiscordAttachment(string Url)
{
    public string? Filename { get; init; }

    public string? ContentType { get; init; }

    public long? Size { get; init; }
}

/// <summary>A server, as far as its threads go.</summary>
internal sealed record DiscordGuild
{
    public IReadOnlyList<DiscordPlace>? Threads { get; init; }
}

/// <summary>A channel or a thread.</summary>
internal sealed record DiscordPlace(string Id)
{
    public int? Type { get; init; }

    /// <summary>The channel of a thread; of a channel, its category.</summary>
    public string? ParentId { get; init; }

    /// <summary>True for the three kinds of threads.</summary>
    public bool IsThread => Type is 10 or 11 or 12;
}

/// <summary>Somebody used a command of the bot, or pressed a button of it.</summary>
internal sealed record DiscordInteraction(string Id, string Token, int Type)
{
    public const int OfCommand = 2;
    public const int OfButton = 3;

    public string? ApplicationId { get; init; }

    public string? GuildId { get; init; }

    public string? ChannelId { get; init; }

    public DiscordPlace? Channel { get; init; }

    /// <summary>Who it was, in a server.</summary>
    public DiscordMember? Member { get; init; }

    /// <summary>Who it was, elsewhere.</summary>
    public DiscordUser? User { get; init; }

    public DiscordChoice? Data { get; init; }
}

/// <summary>Which command or button it was.</summary>
internal sealed record DiscordChoice
{
    public string? Name { get; init; }

    /// <summary>What the button was sent with.</summary>
    public string? CustomId { get; init; }

    public IReadOnlyList<DiscordOption>? Options { get; init; }
}

/// <summary>What was given with a command.</summary>
internal sealed record DiscordOption(string Name)
{
    public JsonElement? Value { get; init; }
}

/// <summary>Ids of Discord: they hold when they were made.</summary>
internal static class DiscordId
{
    private const long EpochMs = 1_420_070_400_000;

    /// <summary>True for what can be one; nothing else may stand in an address.</summary>
    public static bool Is(string text) => text.Length is > 0 and <= 20 && text.All(char.IsAsciiDigit);

    /// <summary>When it was made, in Unix milliseconds; null for what is no id.</summary>
    public static long? TimeOf(string id) =>
        ulong.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (long)(number >> 22) + EpochMs : null;
}

/// <summary>JSON types that the gateway of Discord tells.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DiscordFrame))]
[JsonSerializable(typeof(DiscordHello))]
[JsonSerializable(typeof(DiscordReady))]
[JsonSerializable(typeof(DiscordMessage))]
[JsonSerializable(typeof(DiscordGuild))]
[JsonSerializable(typeof(DiscordPlace))]
[JsonSerializable(typeof(DiscordInteraction))]
[JsonSerializable(typeof(Beat))]
[JsonSerializable(typeof(Outgoing<Identify>), TypeInfoPropertyName = "OutgoingIdentify")]
[JsonSerializable(typeof(Outgoing<Resume>), TypeInfoPropertyName = "OutgoingResume")]
[JsonSerializable(typeof(DiscordFault))]
[JsonSerializable(typeof(GatewayBot))]
[JsonSerializable(typeof(DiscordUser))]
[JsonSerializable(typeof(CreateMessage))]
[JsonSerializable(typeof(SentDiscordMessage))]
[JsonSerializable(typeof(EditMessage))]
[JsonSerializable(typeof(InteractionReply))]
[JsonSerializable(typeof(IReadOnlyList<DiscordCommand>))]
internal sealed partial class DiscordJson : JsonSerializerContext;
