using System.Globalization;
using System.Net;
using System.Text.Json;
using Chela.Contracts.Errors;

namespace Chela.Gateway.Rpc;

/// <summary>How many calls are allowed in a minute; 0 is no limit.</summary>
/// <param name="Chat">Runs that one connection may ask for, and one device or user over all its connections.</param>
/// <param name="ChatOfAddress">The same, for all clients at one address.</param>
internal sealed record CallLimitSettings(int Chat, int ChatOfAddress);

/// <summary>
/// Refuses calls that come too often. Free methods are not counted and take no lock. A call that is refused counts for nothing, so
/// trying again does not make the wait longer.
/// </summary>
/// <param name="settings">The limits in force.</param>
/// <param name="time">The clock.</param>
internal sealed class CallLimits(Func<CallLimitSettings> settings, TimeProvider time)
{
    /// <summary>Changes of the gateway itself in a minute, by one user or device at one address (01-wire § 4).</summary>
    public const int ControlPlaneWrites = 30;

    /// <summary>How many parties each table remembers.</summary>
    public const int Capacity = 10_000;

    private readonly Lock _gate = new();
    private readonly long _origin = time.GetTimestamp();
    private readonly RateTable<(string Method, string Who, IPAddress Network)> _writes = new(Capacity);
    private readonly RateTable<string> _parties = new(Capacity);
    private readonly RateTable<IPAddress> _networks = new(Capacity);
    private readonly RateTable<IPAddress> _calls = new(Capacity);

    /// <summary>The error to answer with, or null when the call was counted and may go on.</summary>
    public RpcError? Refusal(RpcMethod method, Caller caller, CallMeter meter) => method.Cost switch
    {
        CallCost.Chat => ChatRefusal(method, caller, meter),
        CallCost.ControlPlaneWrite => WriteRefusal(method, caller, meter),
        _ => null,
    };

    private RpcError? ChatRefusal(RpcMethod method, Caller caller, CallMeter meter)
    {
        var (limit, ofAddress) = settings();
        var now = time.GetElapsedTime(_origin);
        lock (_gate)
        {
            if (WaitOfClient(caller, meter, now, limit) is { Ticks: > 0 } wait)
            {
                return TooMany(method, limit, wait);
            }

            if (ofAddress > 0 && _networks.Wait(meter.Network, now, ofAddress) is { Ticks: > 0 } forAll)
            {
                return TooMany(method, ofAddress, forAll);
            }

            Count(caller, meter, now);
            return null;
        }
    }

    private TimeSpan WaitOfClient(Caller caller, CallMeter meter, TimeSpan now, int limit)
    {
        if (limit == 0)
        {
            return TimeSpan.Zero;
        }

        var own = meter.IsOneCall ? _calls.Wait(meter.Network, now, limit) : meter.Chat.Wait(now, limit);
        var all = caller.Party is { } party ? _parties.Wait(party, now, limit) : TimeSpan.Zero;
        return own > all ? own : all;
    }

    private void Count(Caller caller, CallMeter meter, TimeSpan now)
    {
        _networks.Take(meter.Network, now);
        if (caller.Party is { } party)
        {
            _parties.Take(party, now);
        }

        if (meter.IsOneCall)
        {
            _calls.Take(meter.Network, now);
        }
        else
        {
            meter.Chat.Take(now);
        }
    }

    private RpcError? WriteRefusal(RpcMethod method, Caller caller, CallMeter meter)
    {
        // Who has no name and no address is counted by its connection.
        var who = caller.Party ?? (meter.Network.Equals(IPAddress.None) ? caller.ConnectionId : "");
        var key = (method.Name, who, meter.Network);
        var now = time.GetElapsedTime(_origin);
        lock (_gate)
        {
            var wait = _writes.Wait(key, now, ControlPlaneWrites);
            if (wait == TimeSpan.Zero)
            {
                _writes.Take(key, now);
                return null;
            }

            return Error(method, wait, new RateLimitDetails(method.Name, Words(ControlPlaneWrites)));
        }
    }

    private RpcError TooMany(RpcMethod method, int limit, TimeSpan wait) =>
        Error(method, wait, new RateLimitDetails(method.Name, Words(limit))
        {
            RetryAfterMs = Milliseconds(wait),
            ResetAtMs = (time.GetUtcNow() + wait).ToUnixTimeMilliseconds(),
        });

    private static RpcError Error(RpcMethod method, TimeSpan wait, RateLimitDetails details)
    {
        var seconds = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return new RpcError(RpcErrorKind.TooMany, $"rate limit exceeded for {method.Name}; retry after {seconds}s")
        {
            RetryAfterMs = Milliseconds(wait),
            Details = JsonSerializer.SerializeToElement(details, RpcJson.Default.RateLimitDetails),
        };
    }

    private static string Words(int limit) => string.Create(CultureInfo.InvariantCulture, $"{limit} per {RateWindow.Span.TotalSeconds}s");

    private static int Milliseconds(TimeSpan wait) => (int)Math.Ceiling(wait.TotalMilliseconds);
}

/// <summary>Details of a refusal because of too many calls.</summary>
/// <param name="Limit">The limit in words, for example <c>30 per 60s</c>.</param>
internal sealed record RateLimitDetails(string Method, string Limit)
{
    public int? RetryAfterMs { get; init; }

    /// <summary>When the next call may be made.</summary>
    public long? ResetAtMs { get; init; }
}
