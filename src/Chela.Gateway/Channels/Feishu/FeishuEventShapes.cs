using System.Text.Json;

namespace Chela.Gateway.Channels.Feishu;

// What Feishu tells: https://open.feishu.cn/document/server-docs/im-v1/message/events/receive. Everything may be missing.

/// <summary>An event (schema 2.0), or the question whether somebody is there (<c>url_verification</c>).</summary>
internal sealed record FeishuEvent
{
    public string? Type { get; init; }

    public string? Challenge { get; init; }

    public string? Token { get; init; }

    public FeishuHeader? Header { get; init; }

    public JsonElement? Event { get; init; }
}

/// <summary>The answer to that question.</summary>
internal sealed record FeishuChallenge(string Challenge);

/// <summary>What is said of an event.</summary>
internal sealed record FeishuHeader
{
    public string? EventId { get; init; }

    public string? EventType { get; init; }

    public string? Token { get; init; }
}

/// <summary>The event <c>im.message.receive_v1</c>.</summary>
internal sealed record FeishuReceived
{
    public FeishuSender? Sender { get; init; }

    public FeishuMessage? Message { get; init; }
}

/// <summary>Who said it.</summary>
internal sealed record FeishuSender
{
    public FeishuIds? SenderId { get; init; }

    /// <summary><c>user</c>, or <c>app</c> for a bot.</summary>
    public string? SenderType { get; init; }
}

/// <summary>The names of a person; the open id is another one for each app, and always the same for one.</summary>
internal sealed record FeishuIds
{
    public string? OpenId { get; init; }
}

/// <summary>A message.</summary>
internal sealed record FeishuMessage
{
    public string? MessageId { get; init; }

    /// <summary>The message that began the thread, or the one that all answers go back to.</summary>
    public string? RootId { get; init; }

    public string? ThreadId { get; init; }

    public string? ChatId { get; init; }

    /// <summary><c>p2p</c> or <c>group</c>.</summary>
    public string? ChatType { get; init; }

    /// <summary>In Unix milliseconds, as digits.</summary>
    public string? CreateTime { get; init; }

    public string? MessageType { get; init; }

    /// <summary>JSON, of another shape for each type.</summary>
    public string? Content { get; init; }

    public IReadOnlyList<FeishuMention>? Mentions { get; init; }
}

/// <summary>Somebody who is named.</summary>
internal sealed record FeishuMention
{
    /// <summary>What stands for the name in the text, for example <c>@_user_1</c>.</summary>
    public string? Key { get; init; }

    public FeishuIds? Id { get; init; }

    public string? Name { get; init; }
}

/// <summary>What a message says: a text, a file, or the paragraphs of a post.</summary>
internal sealed record FeishuContent
{
    public string? Text { get; init; }

    public string? Title { get; init; }

    public IReadOnlyList<IReadOnlyList<FeishuElement>>? Content { get; init; }

    public string? ImageKey { get; init; }

    public string? FileKey { get; init; }

    public string? FileName { get; init; }
}

/// <summary>A part of a paragraph.</summary>
internal sealed record FeishuElement
{
    public string? Tag { get; init; }

    public string? Text { get; init; }

    public string? Href { get; init; }

    /// <summary>What stands for a person in a post.</summary>
    public string? UserId { get; init; }

    public string? Language { get; init; }

    public string? ImageKey { get; init; }

    public string? FileKey { get; init; }
}

/// <summary>The event <c>card.action.trigger</c>: somebody pressed a button.</summary>
internal sealed record FeishuPressed
{
    public FeishuIds? Operator { get; init; }

    public FeishuAction? Action { get; init; }

    public FeishuPlaceOfCard? Context { get; init; }
}

/// <summary>What was done with a card.</summary>
internal sealed record FeishuAction
{
    public FeishuChoice? Value { get; init; }
}

/// <summary>Where a card stands.</summary>
internal sealed record FeishuPlaceOfCard
{
    public string? OpenChatId { get; init; }
}
