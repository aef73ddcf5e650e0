using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Channels.Feishu;

// Field names and meanings: https://open.feishu.cn/document. Only what is used here; everything may be missing, for it comes from outside.

/// <summary>The answer to every call. Calls put what they answer into data, older ones beside it.</summary>
internal sealed record FeishuAnswer
{
    /// <summary>0 where all is well.</summary>
    public int? Code { get; init; }

    public string? Msg { get; init; }

    public JsonElement? Data { get; init; }

    public string? TenantAccessToken { get; init; }

    /// <summary>How long the token is good for, in seconds.</summary>
    public int? Expire { get; init; }

    public FeishuBot? Bot { get; init; }
}

/// <summary>Who the app is among people.</summary>
internal sealed record FeishuBot
{
    public string? OpenId { get; init; }

    public string? AppName { get; init; }
}

/// <summary>What is known of a person.</summary>
internal sealed record FeishuPerson(FeishuUser? User);

/// <summary>A person.</summary>
internal sealed record FeishuUser(string? Name);

/// <summary>What an app shows for a token.</summary>
internal sealed record TokenRequest(string AppId, string AppSecret);

/// <summary>What an app shows for a long connection.</summary>
internal sealed record PlaceRequest([property: JsonPropertyName("AppID")] string AppId, [property: JsonPropertyName("AppSecret")] string AppSecret);

/// <summary>Where a long connection goes.</summary>
internal sealed record FeishuPlace
{
    /// <summary>Holds a ticket: it is never shown.</summary>
    [JsonPropertyName("URL")]
    public string? Url { get; init; }

    [JsonPropertyName("ClientConfig")]
    public FeishuPace? Pace { get; init; }
}

/// <summary>How Feishu wants a long connection to be kept, in seconds.</summary>
internal sealed record FeishuPace
{
    [JsonPropertyName("PingInterval")]
    public int? PingInterval { get; init; }

    /// <summary>Up to how long to wait before a connection that was lost is made anew, so that not all come at once.</summary>
    [JsonPropertyName("ReconnectNonce")]
    public int? ReconnectNonce { get; init; }
}

/// <summary>What an event of the long connection is answered with.</summary>
internal sealed record FeishuReceipt(int Code);

/// <summary>What is posted: an event that is encrypted.</summary>
internal sealed record FeishuSealed(string Encrypt);

/// <summary>What is sent, or put in the place of what was.</summary>
/// <param name="Content">JSON.</param>
internal sealed record FeishuSend(string MsgType, string Content)
{
    public string? ReceiveId { get; init; }

    /// <summary>The same for an hour is sent once.</summary>
    public string? Uuid { get; init; }

    public bool? ReplyInThread { get; init; }
}

/// <summary>What sending answers.</summary>
internal sealed record FeishuSent
{
    public string? MessageId { get; init; }
}

/// <summary>What uploading answers.</summary>
internal sealed record FeishuUploaded
{
    public string? ImageKey { get; init; }

    public string? FileKey { get; init; }
}

/// <summary>A sign for a message.</summary>
internal sealed record FeishuReaction(FeishuReactionType ReactionType);

/// <summary>Which sign.</summary>
internal sealed record FeishuReactionType(string EmojiType);

/// <summary>The content of a post; the language decides nothing.</summary>
internal sealed record FeishuPost([property: JsonPropertyName("zh_cn")] FeishuParagraphs Chinese);

/// <summary>Paragraphs, each of its parts.</summary>
internal sealed record FeishuParagraphs(IReadOnlyList<IReadOnlyList<FeishuElement>> Content);

/// <summary>A card (JSON 1.0, which all clients know).</summary>
internal sealed record FeishuCard(IReadOnlyList<FeishuCardElement> Elements);

/// <summary>A part of a card: Markdown, or a row of buttons.</summary>
internal sealed record FeishuCardElement(string Tag)
{
    public string? Content { get; init; }

    public IReadOnlyList<FeishuButton>? Actions { get; init; }
}

/// <summary>A button, with what comes back when it is pressed.</summary>
internal sealed record FeishuButton(string Tag, FeishuLabel Text, FeishuChoice Value);

/// <summary>What stands on a button.</summary>
internal sealed record FeishuLabel(string Tag, string Content);

/// <summary>What comes back from a button: what is said by it, and where. Events of buttons do not say what kind of chat they are from.</summary>
internal sealed record FeishuChoice(string Command, string Kind)
{
    public string? Thread { get; init; }
}

/// <summary>JSON types of Feishu.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(FeishuAnswer))]
[JsonSerializable(typeof(FeishuPerson))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(PlaceRequest))]
[JsonSerializable(typeof(FeishuPlace))]
[JsonSerializable(typeof(FeishuPace))]
[JsonSerializable(typeof(FeishuReceipt))]
[JsonSerializable(typeof(FeishuSealed))]
[JsonSerializable(typeof(FeishuEvent))]
[JsonSerializable(typeof(FeishuChallenge))]
[JsonSerializable(typeof(FeishuReceived))]
[JsonSerializable(typeof(FeishuContent))]
[JsonSerializable(typeof(FeishuSend))]
[JsonSerializable(typeof(FeishuSent))]
[JsonSerializable(typeof(FeishuUploaded))]
[JsonSerializable(typeof(FeishuReaction))]
[JsonSerializable(typeof(FeishuCard))]
[JsonSerializable(typeof(FeishuPressed))]
[JsonSerializable(typeof(FeishuPost))]
internal sealed partial class FeishuJson : JsonSerializerContext;
