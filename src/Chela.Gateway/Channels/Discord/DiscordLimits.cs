using System.Globalization;
using System.Net.Http.Headers;

namespace Chela.Gateway.Channels.Discord;

/// <summary>A call of the API, and what its limit goes by (https://docs.discord.com/developers/topics/rate-limits).</summary>
/// <param name="Above">What the id names, for example <c>channels</c>.</param>
/// <param name="Id">The id that has a limit of its own.</param>
/// <param name="Below">What follows, without the ids in it.</param>
internal sealed record DiscordRoute(HttpMethod Method, string Above, string Id, string Below)
{
    /// <summary>What follows, where there are ids in it.</summary>
    public string? Exact { get; init; }

    public string Path => $"{Above}/{Id}{Exact ?? Below}";

    /// <summary>The same for all ids.</summary>
    public string Kind => $"{Method} {Above} {Below}";
}

/// <summary>Remembers what Discord said of its limits, so that it is not asked what it would refuse: who asks too often is shut out.</summary>
internal sealed class DiscordLimits(TimeProvider time)
{
    /// <summary>How many limits are remembered before those that are over are forgotten.</summary>
    private const int Many = 1_000;

    private readonly Lock _gate = new();

    /// <summary>The name of the limit under which a kind of call falls, as Discord gave it.</summary>
    private readonly Dictionary<(string Token, string Kind), string> _buckets = [];

    /// <summary>Limits that are used up, and until when.</summary>
    private readonly Dictionary<(string Token, string Bucket, string Id), DateTimeOffset> _usedUp = [];

    /// <summary>How long a call has to wait; null where it need not.</summary>
    public TimeSpan? WaitFor(string token, DiscordRoute route)
    {
        lock (_gate)
        {
            var until = Later(_usedUp.GetValueOrDefault(OfAll(token)), _usedUp.GetValueOrDefault(Of(token, route)));
            return until > time.GetUtcNow() ? until - time.GetUtcNow() : null;
        }
    }

    /// <summary>Takes note of what an answer says of the limit of its call.</summary>
    public void Note(string token, DiscordRoute route, HttpResponseHeaders headers)
    {
        lock (_gate)
        {
            if (Value(headers, "X-RateLimit-Bucket") is { } bucket)
            {
                _buckets[(token, route.Kind)] = bucket;
            }

            if (Value(headers, "X-RateLimit-Remaining") == "0" && Seconds(headers, "X-RateLimit-Reset-After") is { } wait)
            {
                Close(Of(token, route), wait);
            }
        }
    }

    /// <summary>Discord refused a call because there were too many.</summary>
    public void Refused(string token, DiscordRoute route, TimeSpan wait, bool isOfAll)
    {
        lock (_gate)
        {
            Close(isOfAll ? OfAll(token) : Of(token, route), wait);
        }
    }

    /// <summary>The wait that a header names in seconds; null where it names none.</summary>
    public static TimeSpan? Seconds(HttpResponseHeaders headers, string name) =>
        double.TryParse(Value(headers, name), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) ? Wait(seconds) : null;

    /// <summary>A wait that can be waited, whatever Discord says.</summary>
    public static TimeSpan Wait(double seconds) => TimeSpan.FromSeconds(double.IsFinite(seconds) ? Math.Clamp(seconds, 0, 86_400) : 0);

    private void Close((string, string, string) limit, TimeSpan wait)
    {
        if (_usedUp.Count >= Many)
        {
            foreach (var over in _usedUp.Where(one => one.Value <= time.GetUtcNow()).Select(one => one.Key).ToArray())
            {
                _usedUp.Remove(over);
            }
        }

        _usedUp[limit] = time.GetUtcNow() + wait;
    }

    private (string, string, string) Of(string token, DiscordRoute route) => (token, _buckets.GetValueOrDefault((token, route.Kind), route.Kind), route.Id);

    private static (string, string, string) OfAll(string token) => (token, "", "");

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static string? Value(HttpResponseHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
