using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Chela.Contracts.Channels;
using Chela.Gateway.Config;

namespace Chela.Gateway.Channels.Discord;

/// <summary>An error that the API answered, or that it would have answered to a call that was not made.</summary>
/// <param name="Status">The status of HTTP.</param>
/// <param name="Code">What went wrong, as Discord numbers it; 0 when it does not say.</param>
/// <param name="RetryAfter">How long it asks to wait; null when it does not say.</param>
internal sealed record DiscordError(int Status, int Code, string Message, TimeSpan? RetryAfter)
{
    public const int IsAcknowledged = 40_060;
}

/// <summary>The API said no.</summary>
internal sealed class DiscordException(DiscordError error) : Exception($"Discord answered {error.Status}: {error.Message}")
{
    public DiscordError Error { get; } = error;
}

/// <summary>
/// The calls of the API that are used here. Each throws <see cref="DiscordException"/> where Discord says no, also where its limit is used up, and
/// <see cref="HttpRequestException"/> where it cannot be reached or does not answer as it should.
/// </summary>
internal sealed class DiscordApi(DiscordLimits limits, TimeProvider time) : IDisposable
{
    /// <summary>The longest answer that is read, in bytes.</summary>
    private const int MaxAnswerBytes = 4 * 1024 * 1024;

    private static readonly DiscordJson Json = DiscordJson.Default;

    private readonly HttpClient _http = NewClient();

    /// <summary>Who the bot is.</summary>
    public Task<DiscordUser> GetMeAsync(DiscordAccountConfig account, CancellationToken ct) =>
        AskAsync(account, new DiscordRoute(HttpMethod.Get, "users", "@me", ""), null, Json.DiscordUser, ct);

    /// <summary>Where the gateway is.</summary>
    public Task<GatewayBot> GetGatewayAsync(DiscordAccountConfig account, CancellationToken ct) =>
        AskAsync(account, new DiscordRoute(HttpMethod.Get, "gateway", "bot", ""), null, Json.GatewayBot, ct);

    public Task<SentDiscordMessage> CreateMessageAsync(DiscordAccountConfig account, string channel, CreateMessage message, CancellationToken ct) =>
        AskAsync(account, OfChannel(HttpMethod.Post, channel, "/messages"), Body(message, Json.CreateMessage), Json.SentDiscordMessage, ct);

    /// <summary>The same with a file.</summary>
    public async Task<SentDiscordMessage> CreateMessageAsync(DiscordAccountConfig account, string channel, CreateMessage message, OutboundFile file, CancellationToken ct)
    {
        using var form = new MultipartFormDataContent { { Body(message, Json.CreateMessage), "payload_json" } };
        var content = new ReadOnlyMemoryContent(file.Content);
        content.Headers.ContentType = new MediaTypeHeaderValue(file.MimeType);
        form.Add(content, "files[0]", file.Name);
        return await AskAsync(account, OfChannel(HttpMethod.Post, channel, "/messages"), form, Json.SentDiscordMessage, ct);
    }

    public Task EditMessageAsync(DiscordAccountConfig account, string channel, string message, EditMessage edit, CancellationToken ct) =>
        CallAsync(account, OfChannel(HttpMethod.Patch, channel, "/messages/…") with { Exact = $"/messages/{message}" }, Body(edit, Json.EditMessage), ct);

    public Task ReactAsync(DiscordAccountConfig account, string channel, string message, string emoji, CancellationToken ct) => CallAsync(
        account, OfChannel(HttpMethod.Put, channel, "/messages/…/reactions") with { Exact = $"/messages/{message}/reactions/{Uri.EscapeDataString(emoji)}/@me" }, null, ct);

    public Task ShowTypingAsync(DiscordAccountConfig account, string channel, CancellationToken ct) =>
        CallAsync(account, OfChannel(HttpMethod.Post, channel, "/typing"), null, ct);

    /// <summary>Offers these commands, and no others.</summary>
    public Task SetCommandsAsync(DiscordAccountConfig account, string application, DiscordCommands commands, CancellationToken ct) =>
        CallAsync(account, new DiscordRoute(HttpMethod.Put, "applications", application, "/commands"), Body(commands.All, Json.IReadOnlyListDiscordCommand), ct);

    /// <summary>Shows whoever used a command that it has come; Discord waits three seconds for that.</summary>
    public Task ReplyAsync(DiscordAccountConfig account, DiscordInteraction interaction, InteractionReply reply, CancellationToken ct) =>
        CallAsync(account, new DiscordRoute(HttpMethod.Post, "interactions", $"{interaction.Id}/{Uri.EscapeDataString(interaction.Token)}", "/callback"), Body(reply, Json.InteractionReply), ct);

    /// <summary>Puts a text in the place of the first answer to a command.</summary>
    public Task<SentDiscordMessage> EditReplyAsync(DiscordAccountConfig account, DiscordInteraction interaction, EditMessage message, CancellationToken ct) =>
        AskAsync(account, OfReply(HttpMethod.Patch, interaction), Body(message, Json.EditMessage), Json.SentDiscordMessage, ct);

    public Task DeleteReplyAsync(DiscordAccountConfig account, DiscordInteraction interaction, CancellationToken ct) =>
        CallAsync(account, OfReply(HttpMethod.Delete, interaction), null, ct);

    /// <summary>The content of a file of a message, of which the address alone is needed.</summary>
    /// <exception cref="HttpRequestException">It is not given out, or too long, or does not come in time.</exception>
    public Task<byte[]> DownloadAsync(Uri address, long maxBytes, CancellationToken ct) => PlatformHttp.WithinAsync(async limited =>
    {
        using var answer = await _http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, limited);
        if (!answer.IsSuccessStatusCode)
        {
            throw new HttpRequestException($"the file is not given out: {(int)answer.StatusCode}");
        }

        await answer.Content.LoadIntoBufferAsync(maxBytes, limited);
        return await answer.Content.ReadAsByteArrayAsync(limited);
    }, time, ct);

    public void Dispose() => _http.Dispose();

    private static HttpClient NewClient()
    {
        var http = PlatformHttp.NewClient(MaxAnswerBytes);
        http.DefaultRequestHeaders.Add("User-Agent", "DiscordBot (chela, 1)"); // Discord shuts out whoever does not say so
        return http;
    }

    private static DiscordRoute OfChannel(HttpMethod method, string channel, string below) => new(method, "channels", channel, below);

    private static DiscordRoute OfReply(HttpMethod method, DiscordInteraction interaction) =>
        new(method, "webhooks", $"{interaction.ApplicationId}/{Uri.EscapeDataString(interaction.Token)}", "/messages/@original");

    private static ByteArrayContent Body<T>(T value, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, type));
        content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json);
        return content;
    }

    private async Task<T> AskAsync<T>(DiscordAccountConfig account, DiscordRoute route, HttpContent? content, JsonTypeInfo<T> type, CancellationToken ct)
    {
        var body = await CallAsync(account, route, content, ct);
        try
        {
            return JsonSerializer.Deserialize(body, type)!;
        }
        catch (JsonException e)
        {
            throw new HttpRequestException($"what answers {route.Kind} is not the API of Discord", e);
        }
    }

    private async Task<byte[]> CallAsync(DiscordAccountConfig account, DiscordRoute route, HttpContent? content, CancellationToken ct)
    {
        if (limits.WaitFor(account.Token, route) is { } wait)
        {
            throw new DiscordException(new DiscordError(429, 0, "its limit is used up", wait));
        }

        return await PlatformHttp.WithinAsync(async limited =>
        {
            using var request = new HttpRequestMessage(route.Method, $"{(account.ApiRoot ?? DiscordAccountConfig.UsualApiRoot).TrimEnd('/')}/{route.Path}");
            request.Content = content;
            request.Headers.TryAddWithoutValidation("Authorization", $"Bot {account.Token}");
            using var answer = await _http.SendAsync(request, limited);
            limits.Note(account.Token, route, answer.Headers);
            var body = await answer.Content.ReadAsByteArrayAsync(limited);
            return answer.IsSuccessStatusCode ? body : throw Fault(account, route, answer, body);
        }, time, ct);
    }

    private DiscordException Fault(DiscordAccountConfig account, DiscordRoute route, HttpResponseMessage answer, byte[] body)
    {
        var fault = Read(body);
        var wait = fault.RetryAfter is { } seconds ? DiscordLimits.Wait(seconds) : DiscordLimits.Seconds(answer.Headers, "Retry-After");
        if ((int)answer.StatusCode == 429 && wait is { } time)
        {
            limits.Refused(account.Token, route, time, fault.Global is true);
        }

        return new DiscordException(new DiscordError((int)answer.StatusCode, fault.Code ?? 0, fault.Message ?? "no reason given", wait));
    }

    /// <summary>What stands in a refusal; some come from what stands before Discord, and are no JSON.</summary>
    private static DiscordFault Read(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, Json.DiscordFault)!;
        }
        catch (JsonException)
        {
            return new DiscordFault();
        }
    }
}
