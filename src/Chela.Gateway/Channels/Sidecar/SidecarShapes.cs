using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Contracts.Messages;

namespace Chela.Gateway.Channels.Sidecar;

// The protocol of docs/guides/sidecar.md: JSON-RPC 2.0, a message in each line.

/// <summary>A line of either side: a call, a notification or an answer.</summary>
internal sealed record SidecarLine
{
    /// <summary>A number, or a text of at most 64 characters; absent for notifications.</summary>
    public JsonElement? Id { get; init; }

    public string? Method { get; init; }

    public JsonElement? Params { get; init; }

    public JsonElement? Result { get; init; }

    public SidecarError? Error { get; init; }
}

/// <summary>Why a call failed.</summary>
internal sealed record SidecarError(int Code, string Message)
{
    /// <summary>It may succeed later.</summary>
    public const int Later = -32001;

    /// <summary>So many messages wait already that the sidecar must wait for answers.</summary>
    public const int Busy = -32002;

    public const int UnknownMethod = -32601;

    public const int InvalidParams = -32602;

    public SidecarErrorData? Data { get; init; }
}

/// <summary>What helps after an error.</summary>
internal sealed record SidecarErrorData
{
    /// <summary>How long to wait, in milliseconds.</summary>
    public long? RetryAfterMs { get; init; }
}

/// <summary>Parameters of <c>initialize</c>, the first call.</summary>
/// <param name="Protocol">The version of the protocol.</param>
/// <param name="Account">The account, by the name in the configuration.</param>
/// <param name="Folder">A folder of the account's own, in which the sidecar can keep what it needs.</param>
internal sealed record SidecarGreeting(int Protocol, string Account, string Folder);

/// <summary>What a sidecar can do.</summary>
internal sealed record SidecarAbilities
{
    public const int UsualChars = 4_000;

    /// <summary>The longest text in one message, in characters.</summary>
    [Range(100, 1_000_000)]
    public int? MaxChars { get; init; }

    /// <summary>The longest file that can be sent, in bytes; absent where none can.</summary>
    [Range(0, 100 * 1024 * 1024)]
    public int? MaxFileBytes { get; init; }

    /// <summary>How long to leave the platform alone between two changes of one message, in milliseconds; absent where none can be changed.</summary>
    [Range(100, 60_000)]
    public int? EditPaceMs { get; init; }

    /// <summary>Whether it can show that an answer is being written.</summary>
    public bool? Typing { get; init; }

    /// <summary>Whether it can put a sign to a message.</summary>
    public bool? Reactions { get; init; }

    /// <summary>Whether people log in to it by a code that they scan.</summary>
    public bool? Login { get; init; }
}

/// <summary>Where something goes.</summary>
internal sealed record SidecarTarget(string Chat, string Kind)
{
    public string? Thread { get; init; }

    public static SidecarTarget Of(ReplyTarget target) => new(target.Chat, target.Kind.ToString().ToLowerInvariant()) { Thread = target.Thread };
}

/// <summary>Parameters of <c>send</c> and <c>edit</c>.</summary>
/// <param name="Key">The same each time that this piece is sent.</param>
/// <param name="Text">Markdown.</param>
internal sealed record SidecarText(SidecarTarget To, string Key, string Text)
{
    /// <summary>The message that is answered, or on <c>edit</c> changed.</summary>
    public string? MessageId { get; init; }

    public IReadOnlyList<Choice>? Choices { get; init; }
}

/// <summary>Parameters of <c>sendFile</c>.</summary>
/// <param name="Content">In base64.</param>
internal sealed record SidecarFile(SidecarTarget To, string Key, string Name, string MimeType, ReadOnlyMemory<byte> Content)
{
    /// <summary>The message that is answered.</summary>
    public string? MessageId { get; init; }
}

/// <summary>Parameters of <c>typing</c> and <c>react</c>.</summary>
internal sealed record SidecarSign(SidecarTarget To)
{
    public string? MessageId { get; init; }

    public string? Emoji { get; init; }
}

/// <summary>What <c>send</c> and <c>sendFile</c> answer.</summary>
internal sealed record SidecarSent
{
    [MinLength(1), MaxLength(200)]
    public string? MessageId { get; init; }
}

/// <summary>What <c>probe</c> answers.</summary>
internal sealed record SidecarWho
{
    [MaxLength(200)]
    public string? Who { get; init; }
}

/// <summary>Parameters of <c>receive</c>: a message of a person.</summary>
internal sealed record SidecarMessage
{
    /// <summary>Names the message in its chat for ever: one that comes again under it is taken once.</summary>
    [MinLength(1), MaxLength(200)]
    public required string Id { get; init; }

    [MinLength(1), MaxLength(200)]
    public required string Chat { get; init; }

    [AllowedValues("direct", "group", "channel")]
    public string? Kind { get; init; }

    [MinLength(1), MaxLength(200)]
    public string? Thread { get; init; }

    /// <summary>Who says it: an id that stays, never a display name.</summary>
    [MinLength(1), MaxLength(200)]
    public required string Sender { get; init; }

    [MaxLength(200)]
    public string? SenderName { get; init; }

    [MinLength(1)]
    public required string Text { get; init; }

    /// <summary>Whether it names the account, or answers something that the account said.</summary>
    public bool? Mention { get; init; }

    [MaxLength(10)]
    public IReadOnlyList<SidecarAttachment>? Files { get; init; }
}

/// <summary>A file of a person.</summary>
internal sealed record SidecarAttachment(ReadOnlyMemory<byte> Content)
{
    [MaxLength(200)]
    public string? Name { get; init; }

    [MaxLength(200)]
    public string? MimeType { get; init; }
}

/// <summary>What <c>receive</c> is answered: whether the message is wanted. It is on disk by then.</summary>
internal sealed record SidecarReceipt(bool Accepted);

/// <summary>Parameters of <c>refused</c> and <c>login</c>.</summary>
internal sealed record SidecarNews
{
    /// <summary>Why the platform does not want the account.</summary>
    [MaxLength(500)]
    public string? Reason { get; init; }

    /// <summary>What the code says that people scan.</summary>
    [MinLength(1), MaxLength(2_000)]
    public string? Code { get; init; }
}

/// <summary>Parameters of calls that have none, and answers that say nothing.</summary>
internal sealed record SidecarNothing;

/// <summary>JSON types of this channel.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SidecarLine))]
[JsonSerializable(typeof(SidecarGreeting))]
[JsonSerializable(typeof(SidecarAbilities))]
[JsonSerializable(typeof(SidecarText))]
[JsonSerializable(typeof(SidecarFile))]
[JsonSerializable(typeof(SidecarSign))]
[JsonSerializable(typeof(SidecarSent))]
[JsonSerializable(typeof(SidecarWho))]
[JsonSerializable(typeof(SidecarMessage))]
[JsonSerializable(typeof(SidecarReceipt))]
[JsonSerializable(typeof(SidecarNews))]
[JsonSerializable(typeof(SidecarNothing))]
internal sealed partial class SidecarJson : JsonSerializerContext;
