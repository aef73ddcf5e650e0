using System.Collections.Concurrent;
using System.Text.Json;
using Chela.Contracts.Channels;
using Chela.Contracts.Messages;
using Chela.Gateway.Config;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Channels.WhatsApp;

/// <summary>
/// Numbers of the WhatsApp Business Platform, by its Cloud API. What people write is posted by Meta. More than a day after a person wrote, only an
/// approved template reaches them.
/// </summary>
internal sealed partial class WhatsAppChannel(WhatsAppApi api, ConfigStore config, TimeProvider time, ILogger<WhatsAppChannel> logger)
    : IChannel, IProbedChannel, ITypingChannel, IFileChannel, IReactingChannel
{
    public const string ChannelName = "whatsapp";

    private const int MaxChars = 4096;
    private const int UsualChars = 4000; // as OpenClaw cuts (08-channels § 3)
    private const int MaxTemplateChars = 1024;
    private const int MaxButtons = 3;
    private const int MaxRows = 10;

    /// <summary>The most conversations whose last message is remembered, for the sign that an answer is being written.</summary>
    private const int MaxChats = 10_000;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<ReplyTarget, string> _last = new();

    public string Name => ChannelName;

    public string Label => "WhatsApp";

    public TimeSpan LongestSilence => TimeSpan.FromMinutes(4);

    public int MaxCharsFor(ReplyTarget target) => Math.Min(MaxChars, Find(target.Account)?.TextChunkLimit ?? UsualChars);

    public long MaxFileBytesFor(ReplyTarget target) => WhatsAppUpload.MaxDocumentBytes;

    /// <summary>Looks now and then whether Meta still knows the number; messages come by post.</summary>
    public async Task RunAsync(IChannelDoor door, CancellationToken ct)
    {
        var account = Find(door.Account) ?? throw new ChannelRefusedException($"channels.whatsapp.{door.Account} is not there any more.");
        try
        {
            await api.GetNumberAsync(account, ct);
            door.Connected();
            while (true)
            {
                await Task.Delay(BetweenLooks, time, ct);
                await api.GetNumberAsync(account, ct);
                door.Heard();
            }
        }
        catch (WhatsAppException e) when (e.IsUnknown)
        {
            throw new ChannelRefusedException("WhatsApp does not know the accessToken, or not any more.");
        }
        catch (WhatsAppException e)
        {
            throw new HttpRequestException(e.Message, e);
        }
    }

    /// <summary>Takes in what was posted, message after message.</summary>
    /// <exception cref="JsonException">It cannot be read.</exception>
    public async Task TakeAsync(byte[] body, IChannelDoor door, CancellationToken ct)
    {
        var post = JsonSerializer.Deserialize(body, WhatsAppJson.Default.WhatsAppPost) ?? throw new JsonException("it is null");
        if (Find(door.Account) is not { } account)
        {
            return;
        }

        foreach (var (id, reason) in WhatsAppPosts.FailuresOf(post, account.PhoneNumberId))
        {
            Log.NotDelivered(logger, id, reason);
        }

        foreach (var (message, files) in WhatsAppPosts.MessagesOf(post, door.Account, account.PhoneNumberId, time.GetUtcNow().ToUnixTimeMilliseconds()))
        {
            if (await door.ReceiveAsync(message, files.Count == 0 ? null : stop => FetchAsync(account, files, stop), ct))
            {
                Remember(message);
            }
        }
    }

    public Task<SendOutcome> SendAsync(OutboundPiece piece, CancellationToken ct) => TryAsync(piece.Target, async account =>
    {
        try
        {
            return await api.SendAsync(account, MessageOf(piece), ct);
        }
        catch (WhatsAppException e) when (e.IsOutsideWindow && account.Template is { } template)
        {
            return await api.SendAsync(account, TemplateOf(piece, template, account.TemplateLanguage ?? "en"), ct);
        }
    });

    public Task<SendOutcome> SendFileAsync(OutboundFile file, CancellationToken ct) => TryAsync(file.Target, async account =>
    {
        var id = await api.UploadAsync(account, file.Name, file.MimeType, file.Content, ct);
        return await api.SendAsync(account, WhatsAppUpload.MessageOf(file, id), ct);
    });

    public async Task<string> ProbeAsync(string account, CancellationToken ct)
    {
        var settings = Find(account) ?? throw new ChannelRefusedException($"channels.whatsapp.{account} is not set.");
        try
        {
            var number = await api.GetNumberAsync(settings, ct);
            return number.DisplayPhoneNumber ?? settings.PhoneNumberId;
        }
        catch (WhatsAppException e)
        {
            throw new ChannelRefusedException(e.Message);
        }
    }

    /// <summary>Shows at the last message of the person that it was read and is being answered.</summary>
    public async Task ShowTypingAsync(ReplyTarget target, CancellationToken ct)
    {
        if (Find(target.Account) is { } account && _last.TryGetValue(target, out var message))
        {
            await api.SendAsync(account, new WhatsAppSend { Status = "read", MessageId = message, TypingIndicator = new WhatsAppTyping("text") }, ct);
        }
    }

    public async Task ReactAsync(ReplyTarget target, string messageId, string emoji, CancellationToken ct)
    {
        if (Find(target.Account) is { } account)
        {
            await api.SendAsync(account, new WhatsAppSend { To = target.Chat, Type = "reaction", Reaction = new WhatsAppReaction(messageId, emoji) }, ct);
        }
    }

    private async Task<IReadOnlyList<ChannelFile>> FetchAsync(WhatsAppAccountConfig account, IReadOnlyList<WhatsAppMedia> files, CancellationToken ct)
    {
        var most = config.Current.Config.Agents.Defaults.MediaMaxMb * 1024L * 1024L;
        var fetched = new List<ChannelFile>();
        foreach (var file in files)
        {
            try
            {
                fetched.Add(new ChannelFile(file.Filename, file.MimeType, await api.DownloadAsync(account, file.Id!, most, ct)));
            }
            catch (Exception e) when (e is WhatsAppException or HttpRequestException)
            {
                Log.NotFetched(logger, file.Filename ?? file.Id!, e.Message);
            }
        }

        return fetched;
    }

    private void Remember(ChannelMessage message)
    {
        if (_last.Count >= MaxChats)
        {
            _last.Clear(); // it is no more than a sign
        }

        _last[message.ReplyTo!] = message.MessageId!;
    }

    private async Task<SendOutcome> TryAsync(ReplyTarget target, Func<WhatsAppAccountConfig, Task<string?>> send)
    {
        if (Find(target.Account) is not { } account)
        {
            return SendOutcome.Refused($"channels.whatsapp.{target.Account} is not set.");
        }

        try
        {
            return SendOutcome.Sent(await send(account));
        }
        catch (WhatsAppException e)
        {
            return e.MayPass ? SendOutcome.Later(e.Message, e.RetryAfter) : SendOutcome.Refused(e.Message);
        }
        catch (HttpRequestException e)
        {
            return SendOutcome.Later($"WhatsApp cannot be reached: {e.Message}");
        }
    }

    private static WhatsAppSend MessageOf(OutboundPiece piece)
    {
        var text = WhatsAppMarkup.Of(piece.Text);
        var message = new WhatsAppSend
        {
            RecipientType = "individual",
            To = piece.Target.Chat,
            Context = piece.ReplyToId is { } answered ? new WhatsAppContext(answered) : null,
        };
        return piece.Choices.Count is > 0 and <= MaxRows && text.Length <= MaxTemplateChars
            ? message with { Type = "interactive", Interactive = OfferOf(text, piece.Choices) }
            : message with { Type = "text", Text = new WhatsAppText(text) };
    }

    /// <summary>Up to three buttons stand under a text; more are a list.</summary>
    private static WhatsAppInteractive OfferOf(string text, IReadOnlyList<Choice> choices)
    {
        WhatsAppReply[] replies = [.. choices.Select(choice => new WhatsAppReply(choice.Command, choice.Label))];
        return new WhatsAppInteractive
        {
            Type = replies.Length <= MaxButtons ? "button" : "list",
            Body = new WhatsAppBody(text),
            Action = replies.Length <= MaxButtons
                ? new WhatsAppAction { Buttons = [.. replies.Select(reply => new WhatsAppOffer("reply", reply))] }
                : new WhatsAppAction { Button = "Choose", Sections = [new WhatsAppSection(replies)] },
        };
    }

    /// <summary>A variable of a template has no line breaks, and so many characters.</summary>
    private static WhatsAppSend TemplateOf(OutboundPiece piece, string template, string language)
    {
        var line = string.Join(' ', piece.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var shown = line.Length <= MaxTemplateChars ? line : $"{line.AsSpan(0, char.IsHighSurrogate(line[MaxTemplateChars - 2]) ? MaxTemplateChars - 2 : MaxTemplateChars - 1)}…";
        return new WhatsAppSend
        {
            To = piece.Target.Chat,
            Type = "template",
            Template = new WhatsAppTemplate(template, new WhatsAppLanguage(language), [new WhatsAppComponent("body", [new WhatsAppParameter("text", shown)])]),
        };
    }

    private WhatsAppAccountConfig? Find(string account) =>
        config.Current.Config.Channels.WhatsApp.GetValueOrDefault(account) is { } found && found.Runs() ? found : null;

    private static partial class Log
    {
        [LoggerMessage(1790, LogLevel.Warning, "WhatsApp took the message {Id} and could not deliver it: {Reason}")]
        public static partial void NotDelivered(ILogger logger, string id, string reason);

        [LoggerMessage(1791, LogLevel.Warning, "The file {Name} of WhatsApp was left out: {Reason}")]
        public static partial void NotFetched(ILogger logger, string name, string reason);
    }
}
