using System.Collections.Concurrent;

namespace Chela.Gateway.Channels.Discord;

/// <summary>
/// What Discord remembers of a bot that was connected: where it begins again with it, it tells what came in between. An event counts as heard when it
/// was taken in, so that what was lost on the way is told again.
/// </summary>
internal sealed class DiscordSession(string token)
{
    /// <summary>The most threads whose channel is remembered.</summary>
    private const int MaxThreads = 100_000;

    private const long None = -1;

    private readonly ConcurrentDictionary<string, string> _channels = new(StringComparer.Ordinal);
    private string? _id;
    private long _heard = None;

    /// <summary>The bot that it is a session of.</summary>
    public string Token => token;

    /// <summary>Who the bot is; null before it was connected.</summary>
    public DiscordUser? Bot { get; private set; }

    /// <summary>Where it is to be resumed; null where that is not known any more.</summary>
    public string? Url { get; set; }

    /// <summary>The number of the last event that was taken in; null for none.</summary>
    public long? Heard => Interlocked.Read(ref _heard) is >= 0 and var number ? number : null;

    /// <summary>What resumes it; null where it has to begin anew.</summary>
    public Resume? Resumed => _id is { } id && Heard is { } heard ? new Resume(token, id, heard) : null;

    public void Begin(DiscordReady ready)
    {
        _channels.Clear(); // each server is told of again
        (_id, Url, Bot) = (ready.SessionId, ready.ResumeGatewayUrl, ready.User);
    }

    /// <summary>An event was taken in.</summary>
    public void Hear(long? number) => Interlocked.Exchange(ref _heard, number ?? Heard ?? None);

    /// <summary>Discord remembers it no more.</summary>
    public void Forget() => (_id, Url, _heard) = (null, null, None);

    /// <summary>The channel of a thread; null for what is no thread.</summary>
    public string? ChannelOf(string thread) => _channels.GetValueOrDefault(thread);

    public void Learn(DiscordPlace place)
    {
        if (place is { IsThread: true, ParentId: { } channel } && (_channels.Count < MaxThreads || _channels.ContainsKey(place.Id)))
        {
            _channels[place.Id] = channel;
        }
    }

    public void Unlearn(string thread) => _channels.TryRemove(thread, out _);
}
