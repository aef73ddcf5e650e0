using System.Collections.Concurrent;
using System.ComponentModel;
using Chela.Contracts.Channels;
using Chela.Contracts.Messages;
using Chela.Gateway.Config;
using Chela.Gateway.Programs;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Channels.Sidecar;

/// <summary>
/// Channels in any language: each account is a program that the gateway starts, and that speaks JSON-RPC over its standard input and output. One that
/// ends is started again, later and later; it can disturb nobody else.
/// </summary>
/// <param name="folder">Where each sidecar gets a folder of its own.</param>
internal sealed class SidecarChannel(string folder, ConfigStore config, TimeProvider time, ILogger<SidecarChannel> logger)
    : IChannel, IProbedChannel, ITypingChannel, IFileChannel, IEditingChannel, IReactingChannel, ILoginChannel
{
    public const string ChannelName = "sidecar";

    private static readonly SidecarJson Json = SidecarJson.Default;

    private readonly ConcurrentDictionary<string, SidecarConnection> _running = new(StringComparer.Ordinal);

    public string Name => ChannelName;

    public string Label => "Sidecar";

    public TimeSpan LongestSilence => TimeSpan.FromSeconds(120);

    public int MaxCharsFor(ReplyTarget target)
    {
        var able = AbilitiesOf(target)?.MaxChars ?? SidecarAbilities.UsualChars;
        return Math.Min(able, config.Current.Config.Channels.Sidecar.GetValueOrDefault(target.Account)?.TextChunkLimit ?? able);
    }

    public long MaxFileBytesFor(ReplyTarget target) => AbilitiesOf(target)?.MaxFileBytes ?? 0;

    public TimeSpan? EditPaceFor(ReplyTarget target) => AbilitiesOf(target)?.EditPaceMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null;

    public async Task RunAsync(IChannelDoor door, CancellationToken ct)
    {
        var account = config.Current.Config.Channels.Sidecar.GetValueOrDefault(door.Account)
            ?? throw new ChannelRefusedException($"channels.sidecar.{door.Account} is not there any more.");
        try
        {
            await using var connection = new SidecarConnection(
                ChildProgram.Start($"Sidecar {door.Account}", account.Command, account.Args, account.Env, time, logger), door, time, logger);
            _running[door.Account] = connection;
            try
            {
                await connection.RunAsync(Path.Combine(folder, door.Account), ct);
            }
            finally
            {
                _running.TryRemove(KeyValuePair.Create(door.Account, connection));
            }
        }
        catch (Win32Exception e)
        {
            throw new HttpRequestException($"{account.Command} could not be started: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or SidecarException)
        {
            throw new HttpRequestException(e.Message, e);
        }
    }

    public Task<SendOutcome> SendAsync(OutboundPiece piece, CancellationToken ct) => TryAsync(piece.Target, link =>
        link.AskAsync("send", TextOf(piece, piece.ReplyToId), Json.SidecarText, Json.SidecarSent, ct));

    public Task<SendOutcome> EditAsync(string messageId, OutboundPiece piece, CancellationToken ct) => TryAsync(piece.Target, async link =>
    {
        await link.AskAsync("edit", TextOf(piece, messageId), Json.SidecarText, Json.SidecarNothing, ct);
        return new SidecarSent { MessageId = messageId };
    });

    public Task<SendOutcome> SendFileAsync(OutboundFile file, CancellationToken ct) => TryAsync(file.Target, link =>
    {
        var sent = new SidecarFile(SidecarTarget.Of(file.Target), file.IdempotencyKey, file.Name, file.MimeType, file.Content) { MessageId = file.ReplyToId };
        return link.AskAsync("sendFile", sent, Json.SidecarFile, Json.SidecarSent, ct);
    });

    public async Task<string> ProbeAsync(string account, CancellationToken ct)
    {
        try
        {
            var answer = await Running(account).Link.AskAsync("probe", new SidecarNothing(), Json.SidecarNothing, Json.SidecarWho, ct);
            return answer.Who ?? account;
        }
        catch (Exception e) when (e is IOException or SidecarException)
        {
            throw new ChannelRefusedException(e.Message);
        }
    }

    public async Task ShowTypingAsync(ReplyTarget target, CancellationToken ct)
    {
        if (_running.GetValueOrDefault(target.Account) is { Abilities.Typing: true } running)
        {
            await running.Link.AskAsync("typing", new SidecarSign(SidecarTarget.Of(target)), Json.SidecarSign, Json.SidecarNothing, ct);
        }
    }

    public async Task ReactAsync(ReplyTarget target, string messageId, string emoji, CancellationToken ct)
    {
        if (_running.GetValueOrDefault(target.Account) is { Abilities.Reactions: true } running)
        {
            var sign = new SidecarSign(SidecarTarget.Of(target)) { MessageId = messageId, Emoji = emoji };
            await running.Link.AskAsync("react", sign, Json.SidecarSign, Json.SidecarNothing, ct);
        }
    }

    public async Task<LoginState> LoginAsync(string account, string? known, CancellationToken ct)
    {
        try
        {
            return await Running(account).Login.WaitAsync(known, ct);
        }
        catch (IOException e)
        {
            throw new ChannelRefusedException(e.Message);
        }
    }

    public async Task LogoutAsync(string account, CancellationToken ct)
    {
        var running = Running(account);
        if (running.Abilities.Login is not true)
        {
            throw new ChannelRefusedException($"Nobody logs in to the sidecar {account}.");
        }

        try
        {
            await running.Link.AskAsync("logout", new SidecarNothing(), Json.SidecarNothing, Json.SidecarNothing, ct);
        }
        catch (Exception e) when (e is IOException or SidecarException)
        {
            throw new ChannelRefusedException(e.Message);
        }
    }

    private static SidecarText TextOf(OutboundPiece piece, string? messageId) => new(SidecarTarget.Of(piece.Target), piece.IdempotencyKey, piece.Text)
    {
        MessageId = messageId,
        Choices = piece.Choices.Count > 0 ? piece.Choices : null,
    };

    private SidecarAbilities? AbilitiesOf(ReplyTarget target) => _running.GetValueOrDefault(target.Account)?.Abilities;

    private SidecarConnection Running(string account) => _running.GetValueOrDefault(account) ?? throw new ChannelRefusedException($"The sidecar {account} does not run.");

    private async Task<SendOutcome> TryAsync(ReplyTarget target, Func<SidecarLink, Task<SidecarSent>> send)
    {
        if (_running.GetValueOrDefault(target.Account) is not { } running)
        {
            return SendOutcome.Later($"The sidecar {target.Account} does not run.");
        }

        try
        {
            var sent = await send(running.Link);
            return SendOutcome.Sent(sent.MessageId);
        }
        catch (SidecarException e)
        {
            return e.Error.Code == SidecarError.Later
                ? SendOutcome.Later(e.Message, e.Error.Data?.RetryAfterMs is > 0 and var wait ? TimeSpan.FromMilliseconds(wait) : null)
                : SendOutcome.Refused(e.Message);
        }
        catch (IOException e)
        {
            return SendOutcome.Later(e.Message);
        }
    }
}
