using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Net.WebSockets;
using Chela.Contracts.Channels;
using Chela.Contracts.Messages;
using Chela.Contracts.Plugins;
using Chela.Gateway.Channels.Supervision;
using Chela.Gateway.Config;

namespace Chela.Gateway.Channels.Plugin;

/// <summary>Has a plugin make the channel of an account.</summary>
/// <exception cref="ChannelRefusedException">The plugin is disabled.</exception>
internal delegate Task<IChannel> OpenPluginChannel(string plugin, PluginAccount account, CancellationToken ct);

/// <summary>
/// Channels of plugins, in the gateway's own process: each account names its plugin, which makes an object for it each time that it is connected. What one
/// throws or never ends is the trouble of its account alone.
/// </summary>
/// <param name="folder">Where each account gets a folder of its own.</param>
/// <param name="open">Asks a plugin.</param>
internal sealed class PluginChannel(string folder, OpenPluginChannel open, ConfigStore config, TimeProvider time)
    : IChannel, IProbedChannel, ITypingChannel, IFileChannel, IEditingChannel, IReactingChannel
{
    /// <summary>So many connections of an account may be left behind that do not end; it is not connected again then, for each may hold a thread.</summary>
    public const int MaxLeft = 3;

    private const int MaxIdChars = 200;

    private readonly ConcurrentDictionary<string, PluginPlace> _places = new(StringComparer.Ordinal);

    public string Name => PluginAccount.Channel;

    public string Label => "Plugin";

    public TimeSpan LongestSilence => TimeSpan.FromSeconds(120);

    public TimeSpan LongestSilenceOf(string account) => AbilitiesOf(account)?.LongestSilence ?? LongestSilence;

    public int MaxCharsFor(ReplyTarget target)
    {
        var able = AbilitiesOf(target.Account)?.MaxChars ?? PluginAbilities.UsualChars;
        return Math.Min(able, config.Current.Config.Channels.Plugin.GetValueOrDefault(target.Account)?.TextChunkLimit ?? able);
    }

    public long MaxFileBytesFor(ReplyTarget target) => AbilitiesOf(target.Account)?.MaxFileBytes ?? 0;

    public TimeSpan? EditPaceFor(ReplyTarget target) => AbilitiesOf(target.Account)?.EditPace;

    public async Task RunAsync(IChannelDoor door, CancellationToken ct)
    {
        var settings = config.Current.Config.Channels.Plugin.GetValueOrDefault(door.Account)
            ?? throw new ChannelRefusedException($"channels.plugin.{door.Account} is not there any more.");
        var place = _places.GetOrAdd(door.Account, _ => new PluginPlace());
        await PartAsync(place, settings.Plugin, ct);
        var account = new PluginAccount(door.Account, settings.Settings ?? new Dictionary<string, string>(), Path.Combine(folder, door.Account), time);
        try
        {
            AccountFolder.Make(account.Folder);
            var channel = await open(settings.Plugin, account, ct);
            await ConnectAsync(place, await PluginConnection.OpenAsync(channel, door.Account, place, time, ct), door, ct);
        }
        catch (Exception e) when (IsLoss(e))
        {
            throw new HttpRequestException(e.Message, e);
        }
    }

    public Task<SendOutcome> SendAsync(OutboundPiece piece, CancellationToken ct) =>
        TryAsync<IChannel>(piece.Target, (channel, over) => channel.SendAsync(piece, over), ct);

    public Task<SendOutcome> EditAsync(string messageId, OutboundPiece piece, CancellationToken ct) =>
        TryAsync<IEditingChannel>(piece.Target, (channel, over) => channel.EditAsync(messageId, piece, over), ct);

    public Task<SendOutcome> SendFileAsync(OutboundFile file, CancellationToken ct) =>
        TryAsync<IFileChannel>(file.Target, (channel, over) => channel.SendFileAsync(file, over), ct);

    public async Task<string> ProbeAsync(string account, CancellationToken ct)
    {
        var running = ConnectionOf(account) ?? throw new ChannelRefusedException($"The account {account} of its plugin is not connected.");
        return await running.AskAsync<IProbedChannel, string>((channel, over) => channel.ProbeAsync(account, over), ct) ?? account;
    }

    public Task ShowTypingAsync(ReplyTarget target, CancellationToken ct) =>
        SignAsync<ITypingChannel>(target, (channel, over) => channel.ShowTypingAsync(target, over), ct);

    public Task ReactAsync(ReplyTarget target, string messageId, string emoji, CancellationToken ct) =>
        SignAsync<IReactingChannel>(target, (channel, over) => channel.ReactAsync(target, messageId, emoji, over), ct);

    /// <summary>Waits for the former connection of an account to end, though not for ever.</summary>
    private async Task PartAsync(PluginPlace place, string plugin, CancellationToken ct)
    {
        await Task.WhenAll(place.Runs).WaitAsync(AccountRunner.StopLimit, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
        if (place.Runs.Length >= MaxLeft)
        {
            throw new ChannelRefusedException($"The plugin {plugin} does not end connections of this account when it is told to. Mend the plugin, then restart the gateway.");
        }
    }

    private static async Task ConnectAsync(PluginPlace place, PluginConnection connection, IChannelDoor door, CancellationToken ct)
    {
        try
        {
            var run = connection.Run(door);
            place.Begin(connection, run);
            await run.WaitAsync(ct);
        }
        finally
        {
            place.End(connection);
        }
    }

    private PluginConnection? ConnectionOf(string account) => _places.GetValueOrDefault(account)?.Connection;

    private PluginAbilities? AbilitiesOf(string account) => _places.GetValueOrDefault(account)?.Abilities;

    private async Task<SendOutcome> TryAsync<TChannel>(ReplyTarget target, Func<TChannel, CancellationToken, Task<SendOutcome>> send, CancellationToken ct)
        where TChannel : class
    {
        if (ConnectionOf(target.Account) is not { } running)
        {
            return SendOutcome.Later($"The account {target.Account} of its plugin is not connected.");
        }

        try
        {
            var outcome = await running.AskAsync(send, ct) ?? SendOutcome.Refused("The plugin does not say what became of it.");
            return outcome.MessageId is { Length: 0 or > MaxIdChars } ? SendOutcome.Sent(null) : outcome;
        }
        catch (Exception e) when (IsLoss(e))
        {
            return SendOutcome.Later(e.Message);
        }
    }

    private async Task SignAsync<TChannel>(ReplyTarget target, Func<TChannel, CancellationToken, Task> sign, CancellationToken ct)
        where TChannel : class
    {
        if (ConnectionOf(target.Account) is { } running)
        {
            await running.AskAsync<TChannel, bool>(async (channel, over) =>
            {
                await sign(channel, over);
                return true;
            }, ct);
        }
    }

    /// <summary>What a lost connection throws; everything else is a fault of the plugin.</summary>
    private static bool IsLoss(Exception e) => e is IOException or SocketException or WebSocketException or HttpRequestException or ObjectDisposedException;
}
