using Chela.Contracts.Channels;
using Chela.Contracts.Messages;
using Chela.Contracts.Plugins;
using Chela.Gateway.Telemetry;

namespace Chela.Gateway.Channels.Plugin;

/// <summary>What the channel of a plugin can do; asked once, so that later nobody waits for the plugin to say it.</summary>
internal sealed record PluginAbilities(int MaxChars, long MaxFileBytes, TimeSpan? EditPace, TimeSpan LongestSilence)
{
    public const int UsualChars = 4_000;

    private const long MostFileBytes = 100 * 1024 * 1024;

    public static PluginAbilities Of(IChannel channel, string account)
    {
        var anywhere = new ReplyTarget(PluginAccount.Channel, account, "");
        return new PluginAbilities(
            Math.Clamp(channel.MaxCharsFor(anywhere), 100, 1_000_000),
            Math.Clamp((channel as IFileChannel)?.MaxFileBytesFor(anywhere) ?? 0, 0, MostFileBytes),
            (channel as IEditingChannel)?.EditPaceFor(anywhere) is { } pace ? Within(pace, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)) : null,
            Within(channel.LongestSilence, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)));
    }

    private static TimeSpan Within(TimeSpan value, TimeSpan least, TimeSpan most) => value < least ? least : value > most ? most : value;
}

/// <summary>
/// The channel of one account while it is connected. Its code is not ours: it runs on threads of the pool, also what it does when it is cancelled, and is
/// left behind when it takes too long.
/// </summary>
internal sealed class PluginConnection : IDisposable
{
    /// <summary>How long a plugin may take for an answer.</summary>
    public static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);

    /// <summary>So many calls of an account may be left behind; nothing more is asked then, for each may hold a thread.</summary>
    public const int MaxLeft = 8;

    private readonly IChannel _channel;
    private readonly PluginPlace _place;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _over = new();

    private PluginConnection(IChannel channel, PluginAbilities abilities, PluginPlace place, TimeProvider time) =>
        (_channel, Abilities, _place, _time) = (channel, abilities, place, time);

    public PluginAbilities Abilities { get; }

    /// <summary>Asks the channel what it can do.</summary>
    public static async Task<PluginConnection> OpenAsync(IChannel channel, string account, PluginPlace place, TimeProvider time, CancellationToken ct)
    {
        var abilities = await Background.Run(() => Task.FromResult(PluginAbilities.Of(channel, account))).WaitAsync(AnswerLimit, time, ct);
        return new PluginConnection(channel, abilities, place, time);
    }

    /// <summary>Begins to bring messages; when that has ended the channel is disposed of, where it can be.</summary>
    public Task Run(IChannelDoor door) => Background.Run(async () =>
    {
        using (_channel as IDisposable)
        {
            await _channel.RunAsync(new PluginDoor(door, _over.Token), _over.Token);
        }
    });

    /// <summary>Tells the channel to end, and waits for nothing: whatever the plugin does then, it does on a thread of its own.</summary>
    public void Dispose() => _ = Background.Run(_over.CancelAsync);

    /// <summary>Asks the channel for something that not all channels can do; the default where this one cannot.</summary>
    public async Task<T?> AskAsync<TChannel, T>(Func<TChannel, CancellationToken, Task<T>> ask, CancellationToken ct)
        where TChannel : class
    {
        if (_channel is not TChannel channel)
        {
            return default;
        }

        if (_place.LeftCalls >= MaxLeft)
        {
            throw new IOException($"the plugin has not ended {MaxLeft} calls");
        }

        var over = new CancellationTokenSource();
        var answer = Background.Run(() => ask(channel, over.Token));
        try
        {
            return await answer.WaitAsync(AnswerLimit, _time, ct);
        }
        catch (TimeoutException) when (!answer.IsCompleted)
        {
            throw new IOException($"the plugin did not answer within {AnswerLimit.TotalSeconds} s");
        }
        finally
        {
            if (!answer.IsCompleted)
            {
                _ = _place.LeaveAsync(answer); // counted, and waited for by nobody
                _ = Background.Run(over.CancelAsync);
            }
        }
    }
}
