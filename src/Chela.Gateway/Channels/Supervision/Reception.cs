using System.Diagnostics;
using Chela.Contracts.Channels;
using Chela.Contracts.Errors;
using Chela.Contracts.Messages;
using Chela.Gateway.Access.Senders;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Channels.Supervision;

/// <summary>Takes in what accounts of chat platforms bring: asks whether the sender may speak, and holds on to a message until it is on disk.</summary>
internal sealed partial class Reception(
    InboundDoor door, SenderBook senders, Outbox outbox, ConfigStore config, TimeProvider time, ILogger<Reception> logger)
{
    private const int MaxNameChars = 64;

    /// <summary>How much an agent is told of what was said before it was called, in lines (08-channels § 2.3).</summary>
    private const int UsualHistory = 50;

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly Overheard _overheard = new();

    /// <summary>Takes a message in. Returns when it is on disk or is not wanted; while the gateway cannot take it, it waits.</summary>
    /// <returns>False for a message that is not wanted.</returns>
    public async ValueTask<bool> ReceiveAsync(ChannelMessage message, FileFetch? fetch, CancellationToken ct)
    {
        for (var wait = FirstWait; ; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            try
            {
                return await TakeAsync(message, fetch, ct);
            }
            catch (RpcException e) when (e.Error.Kind == RpcErrorKind.Unavailable)
            {
                Log.Waits(logger, message.RunId, e.Message);
            }
            catch (IOException e)
            {
                Log.Waits(logger, message.RunId, e.Message);
            }

            await Task.Delay(wait, time, ct);
        }
    }

    /// <summary>The sign for a message that was taken in; null for none.</summary>
    public string? ReactionTo(ChannelMessage message) =>
        message is { MessageId: not null, ReplyTo: not null }
        && config.Current.Config.Channels.Find(message.Origin.Channel, message.Origin.Account)?.AckReaction is { Length: > 0 } emoji
            ? emoji
            : null;

    private async ValueTask<bool> TakeAsync(ChannelMessage message, FileFetch? fetch, CancellationToken ct)
    {
        var (channel, account) = (message.Origin.Channel, message.Origin.Account);
        if (config.Current.Config.Channels.Find(channel, account) is not { } settings)
        {
            return false; // taken out of the configuration a moment ago
        }

        switch (SenderRules.Of(message, settings, senders.IsPaired(channel, account, message.SenderId)))
        {
            case SenderVerdict.Admitted:
                return await BringAsync(message, fetch is null ? [] : await fetch(ct));
            case SenderVerdict.NotCalled when message.ReplyTo is { } group && (settings.HistoryLimit ?? UsualHistory) is > 0 and var limit:
                _overheard.Note(group, Named(message).Content, limit);
                return false;
            case SenderVerdict.NotPaired:
                await OfferCodeAsync(message, ct);
                return false;
            case var verdict:
                Log.NotWanted(logger, message.RunId, channel, account, verdict);
                return false;
        }
    }

    private async ValueTask<bool> BringAsync(ChannelMessage message, IReadOnlyList<ChannelFile> files)
    {
        using var span = Traces.Begin("receive", ActivityKind.Consumer, null);
        span?.SetTag("chela.channel", message.Origin.Channel);
        try
        {
            await HandInAsync(InContext(Named(message)), files);
            if (message.ReplyTo is { } group)
            {
                _overheard.Forget(group);
            }

            return true;
        }
        catch (RpcException e) when (e.Error.Kind is RpcErrorKind.TooMany or RpcErrorKind.InvalidParams)
        {
            Log.Refused(logger, message.RunId, e.Message);
            await SayAsync(message, "refused", $"Your message was not taken: {e.Message}.");
            return false;
        }
        catch (RpcException e) when (e.Error.Kind == RpcErrorKind.InvalidRequest)
        {
            Log.Refused(logger, message.RunId, e.Message); // an edited message under the id of the first
            return false;
        }
    }

    /// <summary>Files for which there is no room must not hold up what was said with them, and everybody else who writes to the account.</summary>
    private async Task HandInAsync(ChannelMessage message, IReadOnlyList<ChannelFile> files)
    {
        try
        {
            await door(message, files);
        }
        catch (RpcException e) when (e.Error.Kind == RpcErrorKind.Unavailable && files.Count > 0)
        {
            await door(message, []); // where nothing can be written this fails too, and both are tried again
            Log.WithoutFiles(logger, message.RunId, e.Message);
            await SayAsync(message, "files", "Your files were not kept: the gateway has no room for them.");
        }
    }

    /// <summary>Among several people the agent is told who speaks; a command stays as it is.</summary>
    private static ChannelMessage Named(ChannelMessage message)
    {
        if (message.Origin.Peer.Kind == PeerKind.Direct || message.Content.StartsWith('/'))
        {
            return message;
        }

        var name = new string([.. (message.SenderName ?? message.SenderId).Where(letter => !char.IsControl(letter)).Take(MaxNameChars)]);
        return message with { Content = $"{name}: {message.Content}" };
    }

    /// <summary>Before what is said to the agent stands what was said in its group since it was last called; a command stays as it is.</summary>
    private ChannelMessage InContext(ChannelMessage message)
    {
        var lines = message.ReplyTo is { } group && !message.Content.StartsWith('/') ? _overheard.In(group) : [];
        return lines.Count == 0 ? message : message with
        {
            Content = $"[Said in the group since you last answered, for you to know]\n{string.Join('\n', lines)}\n\n[Said to you]\n{message.Content}",
        };
    }

    private async Task OfferCodeAsync(ChannelMessage message, CancellationToken ct)
    {
        if (message.ReplyTo is { } chat && await senders.AskAsync(chat, message.SenderId, message.SenderName, ct) is { } code)
        {
            Log.Asks(logger, message.SenderId, message.Origin.Channel, message.Origin.Account);
            await SayAsync(
                message, $"code:{code}",
                $"I do not know you yet. Ask whoever runs this gateway to let you in:\n\nchela pairing approve {chat.Channel} {code} --account {chat.Account}\n\nYour id is {message.SenderId}. The code {code} is good for an hour.");
        }
    }

    /// <summary>Says something to a sender in the gateway's own name.</summary>
    private async Task SayAsync(ChannelMessage message, string about, string text)
    {
        if (message.ReplyTo is { } target && outbox.HasRoomFor(target))
        {
            await outbox.TryEnqueueAsync(new OutboundMessage($"{message.RunId}:{about}", target, text, time.GetUtcNow().ToUnixTimeMilliseconds()));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1720, LogLevel.Debug, "The message {Message} of {Channel}/{Account} is not wanted: {Verdict}")]
        public static partial void NotWanted(ILogger logger, string message, string channel, string account, SenderVerdict verdict);

        [LoggerMessage(1721, LogLevel.Information, "{Sender} wrote to {Channel}/{Account} and waits to be let in (chela pairing list)")]
        public static partial void Asks(ILogger logger, string sender, string channel, string account);

        [LoggerMessage(1722, LogLevel.Warning, "The message {Message} was not taken: {Reason}")]
        public static partial void Refused(ILogger logger, string message, string reason);

        [LoggerMessage(1724, LogLevel.Warning, "The message {Message} was taken without its files: {Reason}")]
        public static partial void WithoutFiles(ILogger logger, string message, string reason);

        [LoggerMessage(1723, LogLevel.Warning, "The message {Message} cannot be taken now, and waits: {Reason}")]
        public static partial void Waits(ILogger logger, string message, string reason);
    }
}
