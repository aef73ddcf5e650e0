using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Chela.Gateway.Config;

namespace Chela.Gateway.Channels.Telegram;

/// <summary>An error that the Bot API answered.</summary>
/// <param name="Code">Like a status of HTTP.</param>
/// <param name="RetryAfter">How long it asks to wait; null when it does not say.</param>
internal sealed record TelegramError(int Code, string Description, TimeSpan? RetryAfter)
{
    /// <summary>True where the token is none that Telegram knows.</summary>
    public bool IsUnknownBot => Code is 401 or 404;
}

/// <summary>The Bot API said no.</summary>
internal sealed class TelegramException(TelegramError error) : Exception($"Telegram answered {error.Code}: {error.Description}")
{
    public TelegramError Error { get; } = error;
}

/// <summary>
/// The calls of the Bot API that are used here. Each throws <see cref="TelegramException"/> where Telegram says no, and
/// <see cref="HttpRequestException"/> where it cannot be reached or does not answer as it should. Addresses hold the token: they are never shown.
/// </summary>
internal sealed class TelegramApi(TimeProvider time) : IDisposable
{
    /// <summary>The longest answer that is read, and the longest file that the Bot API gives out, in bytes.</summary>
    private const int MaxAnswerBytes = 20 * 1024 * 1024;

    private static readonly TelegramJson Json = TelegramJson.Default;

    private readonly HttpClient _http = PlatformHttp.NewClient(MaxAnswerBytes);

    /// <summary>Who the bot is.</summary>
    public Task<TelegramUser> GetMeAsync(TelegramAccountConfig account, CancellationToken ct) =>
        CallAsync(account, "getMe", Json.NoParameters, Json.TelegramUser, new NoParameters(), ct);

    /// <summary>What happened since the last call. The answer comes when something does, or after the time that was asked for.</summary>
    public Task<IReadOnlyList<JsonElement>> GetUpdatesAsync(TelegramAccountConfig account, GetUpdates wanted, CancellationToken ct) =>
        CallAsync(account, "getUpdates", Json.GetUpdates, Json.IReadOnlyListJsonElement, wanted, ct);

    public Task SetWebhookAsync(TelegramAccountConfig account, SetWebhook hook, CancellationToken ct) =>
        CallAsync(account, "setWebhook", Json.SetWebhook, Json.JsonElement, hook, ct);

    public Task DeleteWebhookAsync(TelegramAccountConfig account, CancellationToken ct) =>
        CallAsync(account, "deleteWebhook", Json.NoParameters, Json.JsonElement, new NoParameters(), ct);

    public Task SetMyCommandsAsync(TelegramAccountConfig account, SetMyCommands commands, CancellationToken ct) =>
        CallAsync(account, "setMyCommands", Json.SetMyCommands, Json.JsonElement, commands, ct);

    public Task<SentMessage> SendMessageAsync(TelegramAccountConfig account, SendMessage message, CancellationToken ct) =>
        CallAsync(account, "sendMessage", Json.SendMessage, Json.SentMessage, message, ct);

    public Task EditMessageTextAsync(TelegramAccountConfig account, EditMessageText edit, CancellationToken ct) =>
        CallAsync(account, "editMessageText", Json.EditMessageText, Json.JsonElement, edit, ct);

    public Task SetMessageReactionAsync(TelegramAccountConfig account, SetMessageReaction reaction, CancellationToken ct) =>
        CallAsync(account, "setMessageReaction", Json.SetMessageReaction, Json.JsonElement, reaction, ct);

    public Task AnswerCallbackQueryAsync(TelegramAccountConfig account, AnswerCallbackQuery answer, CancellationToken ct) =>
        CallAsync(account, "answerCallbackQuery", Json.AnswerCallbackQuery, Json.JsonElement, answer, ct);

    /// <summary>Sends a file.</summary>
    /// <param name="account">The bot.</param>
    /// <param name="upload">The file.</param>
    /// <param name="kind">What it is shown as: <c>photo</c>, <c>document</c> and so on.</param>
    /// <param name="ct">Ends the try.</param>
    public async Task<SentMessage> SendFileAsync(TelegramAccountConfig account, TelegramUpload upload, string kind, CancellationToken ct)
    {
        using var form = new MultipartFormDataContent { { new StringContent(upload.ChatId), "chat_id" } };
        if (upload.MessageThreadId is { } thread)
        {
            form.Add(new StringContent(thread.ToString(CultureInfo.InvariantCulture)), "message_thread_id");
        }

        if (upload.ReplyParameters is { } quote)
        {
            form.Add(new StringContent(JsonSerializer.Serialize(quote, Json.ReplyParameters)), "reply_parameters");
        }

        var file = new ReadOnlyMemoryContent(upload.Content);
        file.Headers.ContentType = new MediaTypeHeaderValue(upload.MimeType);
        form.Add(file, kind, upload.Name);
        return await CallAsync(account, $"send{char.ToUpperInvariant(kind[0])}{kind[1..]}", form, Json.SentMessage, ct);
    }

    public Task SendChatActionAsync(TelegramAccountConfig account, SendChatAction action, CancellationToken ct) =>
        CallAsync(account, "sendChatAction", Json.SendChatAction, Json.JsonElement, action, ct);

    public Task<TelegramFile> GetFileAsync(TelegramAccountConfig account, string fileId, CancellationToken ct) =>
        CallAsync(account, "getFile", Json.GetFile, Json.TelegramFile, new GetFile(fileId), ct);

    /// <summary>The content of a file; at most 20 MiB.</summary>
    /// <exception cref="HttpRequestException">It is not given out, or too long, or does not come in time.</exception>
    public Task<byte[]> DownloadAsync(TelegramAccountConfig account, string path, CancellationToken ct)
    {
        var address = $"{Root(account)}/file/bot{account.BotToken}/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}";
        return PlatformHttp.WithinAsync(async limited =>
        {
            using var answer = await _http.GetAsync(address, limited);
            return answer.IsSuccessStatusCode
                ? await answer.Content.ReadAsByteArrayAsync(limited)
                : throw new HttpRequestException($"the file is not given out: {(int)answer.StatusCode}");
        }, time, ct);
    }

    public void Dispose() => _http.Dispose();

    private async Task<TResult> CallAsync<TParams, TResult>(
        TelegramAccountConfig account, string method, JsonTypeInfo<TParams> sent, JsonTypeInfo<TResult> read, TParams parameters, CancellationToken ct)
    {
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(parameters, sent));
        content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json);
        return await CallAsync(account, method, content, read, ct);
    }

    private async Task<TResult> CallAsync<TResult>(TelegramAccountConfig account, string method, HttpContent content, JsonTypeInfo<TResult> read, CancellationToken ct)
    {
        var body = await PlatformHttp.WithinAsync(async limited =>
        {
            using var answer = await _http.PostAsync($"{Root(account)}/bot{account.BotToken}/{method}", content, limited);
            return await answer.Content.ReadAsByteArrayAsync(limited);
        }, time, ct);
        try
        {
            var answer = JsonSerializer.Deserialize(body, Json.TelegramAnswer)!;
            return answer is { Ok: true, Result: { } result }
                ? result.Deserialize(read)!
                : throw new TelegramException(new TelegramError(
                    answer.ErrorCode ?? 0, answer.Description ?? "no reason given", answer.Parameters?.RetryAfter is { } wait and > 0 ? TimeSpan.FromSeconds(wait) : null));
        }
        catch (JsonException e)
        {
            throw new HttpRequestException($"what answers {method} is not the Bot API", e);
        }
    }

    private static string Root(TelegramAccountConfig account) => (account.ApiRoot ?? TelegramAccountConfig.UsualApiRoot).TrimEnd('/');
}
