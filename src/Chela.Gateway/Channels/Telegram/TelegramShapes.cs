using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Channels.Telegram;

// Field names and meanings: https://core.telegram.org/bots/api. Only what is used here; everything may be missing, for it comes from outside.

/// <summary>The answer to every call.</summary>
internal sealed record TelegramAnswer(bool Ok)
{
    public JsonElement? Result { get; init; }

    public int? ErrorCode { get; init; }

    public string? Description { get; init; }

    public TelegramParameters? Parameters { get; init; }
}

/// <summary>What helps after an error.</summary>
internal sealed record TelegramParameters
{
    /// <summary>In seconds.</summary>
    public int? RetryAfter { get; init; }
}

/// <summary>Something that happened.</summary>
internal sealed record TelegramUpdate(long UpdateId)
{
    public TelegramMessage? Message { get; init; }

    public TelegramMessage? ChannelPost { get; init; }

    public TelegramPressed? CallbackQuery { get; init; }
}

/// <summary>A button that somebody pressed (CallbackQuery).</summary>
internal sealed record TelegramPressed(string Id, TelegramUser From)
{
    /// <summary>The message under which it stands.</summary>
    public TelegramMessage? Message { get; init; }

    /// <summary>What the button was sent with; also what a strange client says that it is.</summary>
    public string? Data { get; init; }
}

/// <summary>A message in a chat.</summary>
/// <param name="MessageId">Unique in its chat.</param>
/// <param name="Date">In Unix seconds.</param>
internal sealed record TelegramMessage(long MessageId, long Date, TelegramChat Chat)
{
    public TelegramUser? From { get; init; }

    /// <summary>The channel or group in whose name it was said.</summary>
    public TelegramChat? SenderChat { get; init; }

    public string? Text { get; init; }

    public string? Caption { get; init; }

    public IReadOnlyList<TelegramEntity>? Entities { get; init; }

    public IReadOnlyList<TelegramEntity>? CaptionEntities { get; init; }

    public TelegramReplied? ReplyToMessage { get; init; }

    public long? MessageThreadId { get; init; }

    public bool? IsTopicMessage { get; init; }

    /// <summary>One picture in several sizes.</summary>
    public IReadOnlyList<TelegramFile>? Photo { get; init; }

    public TelegramFile? Document { get; init; }

    public TelegramFile? Voice { get; init; }

    public TelegramFile? Audio { get; init; }

    public TelegramFile? Video { get; init; }
}

/// <summary>The message that another one answers.</summary>
internal sealed record TelegramReplied
{
    public TelegramUser? From { get; init; }
}

/// <summary>A person or a bot.</summary>
internal sealed record TelegramUser(long Id)
{
    public bool? IsBot { get; init; }

    public string? FirstName { get; init; }

    public string? LastName { get; init; }

    public string? Username { get; init; }
}

/// <summary>A conversation.</summary>
/// <param name="Type"><c>private</c>, <c>group</c>, <c>supergroup</c> or <c>channel</c>.</param>
internal sealed record TelegramChat(long Id, string Type)
{
    public string? Title { get; init; }
}

/// <summary>A part of a text that means something.</summary>
/// <param name="Offset">In UTF-16 code units.</param>
internal sealed record TelegramEntity(string Type, int Offset, int Length)
{
    public TelegramUser? User { get; init; }
}

/// <summary>A file, in a message or as <c>getFile</c> tells of it.</summary>
internal sealed record TelegramFile(string FileId)
{
    public string? FileName { get; init; }

    public string? MimeType { get; init; }

    public long? FileSize { get; init; }

    /// <summary>Where <c>getFile</c> says that it lies.</summary>
    public string? FilePath { get; init; }
}

/// <summary>Parameters of <c>getUpdates</c>.</summary>
/// <param name="Timeout">In seconds.</param>
internal sealed record GetUpdates(long? Offset, int Timeout, IReadOnlyList<string> AllowedUpdates);

/// <summary>Parameters of <c>sendMessage</c>.</summary>
internal sealed record SendMessage(string ChatId, string Text)
{
    public string? ParseMode { get; init; }

    public long? MessageThreadId { get; init; }

    public ReplyParameters? ReplyParameters { get; init; }

    public InlineKeyboard? ReplyMarkup { get; init; }
}

/// <summary>Parameters of <c>editMessageText</c>.</summary>
internal sealed record EditMessageText(string ChatId, long MessageId, string Text)
{
    public string? ParseMode { get; init; }

    public InlineKeyboard? ReplyMarkup { get; init; }
}

/// <summary>The message that is answered.</summary>
internal sealed record ReplyParameters(long MessageId, bool AllowSendingWithoutReply);

/// <summary>Buttons under a message, in rows.</summary>
internal sealed record InlineKeyboard([property: JsonPropertyName("inline_keyboard")] IReadOnlyList<IReadOnlyList<InlineButton>> Rows);

/// <summary>A button.</summary>
/// <param name="CallbackData">At most 64 bytes.</param>
internal sealed record InlineButton(string Text, string CallbackData);

/// <summary>Parameters of <c>answerCallbackQuery</c>.</summary>
internal sealed record AnswerCallbackQuery(string CallbackQueryId);

/// <summary>Parameters of <c>setMessageReaction</c>.</summary>
internal sealed record SetMessageReaction(string ChatId, long MessageId, IReadOnlyList<ReactionType> Reaction);

/// <summary>A reaction.</summary>
internal sealed record ReactionType(string Type, string Emoji);

/// <summary>Parameters of the calls that send a file, which are no JSON.</summary>
internal sealed record TelegramUpload(string ChatId, string Name, string MimeType, ReadOnlyMemory<byte> Content)
{
    /// <summary>A file as it is.</summary>
    public const string Document = "document";

    private const int MaxPhotoBytes = 10 * 1024 * 1024;

    public long? MessageThreadId { get; init; }

    public ReplyParameters? ReplyParameters { get; init; }

    /// <summary>What Telegram shows it as; also the name of the field in which the file stands.</summary>
    public string Kind => MimeType switch
    {
        "image/jpeg" or "image/png" when Content.Length <= MaxPhotoBytes => "photo",
        "image/gif" => "animation",
        "video/mp4" => "video",
        "audio/mpeg" or "audio/mp4" => "audio",
        _ => Document,
    };
}

/// <summary>Parameters of <c>sendChatAction</c>.</summary>
internal sealed record SendChatAction(string ChatId, string Action)
{
    public long? MessageThreadId { get; init; }
}

/// <summary>Parameters of <c>setWebhook</c>.</summary>
internal sealed record SetWebhook(string Url, string SecretToken, IReadOnlyList<string> AllowedUpdates);

/// <summary>Parameters of <c>getFile</c>.</summary>
internal sealed record GetFile(string FileId);

/// <summary>Parameters of <c>setMyCommands</c>.</summary>
internal sealed record SetMyCommands(IReadOnlyList<BotCommand> Commands);

/// <summary>A command that clients of Telegram offer.</summary>
internal sealed record BotCommand(string Command, string Description);

/// <summary>Parameters of calls that have none.</summary>
internal sealed record NoParameters;

/// <summary>What <c>sendMessage</c> answers.</summary>
internal sealed record SentMessage(long MessageId);

/// <summary>JSON types of the Bot API.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(TelegramAnswer))]
[JsonSerializable(typeof(TelegramUpdate))]
[JsonSerializable(typeof(IReadOnlyList<JsonElement>))]
[JsonSerializable(typeof(TelegramUser))]
[JsonSerializable(typeof(TelegramFile))]
[JsonSerializable(typeof(SentMessage))]
[JsonSerializable(typeof(GetUpdates))]
[JsonSerializable(typeof(SendMessage))]
[JsonSerializable(typeof(EditMessageText))]
[JsonSerializable(typeof(AnswerCallbackQuery))]
[JsonSerializable(typeof(SetMessageReaction))]
[JsonSerializable(typeof(SendChatAction))]
[JsonSerializable(typeof(SetWebhook))]
[JsonSerializable(typeof(GetFile))]
[JsonSerializable(typeof(SetMyCommands))]
[JsonSerializable(typeof(NoParameters))]
internal sealed partial class TelegramJson : JsonSerializerContext;
