namespace Chela.Gateway.Access.Devices;

/// <summary>The devices that wait for somebody to let them in. Kept in memory: a device asks again when it reconnects.</summary>
internal sealed class PairingRequests(TimeProvider time)
{
    /// <summary>A request is forgotten after this long (02-handshake § 9).</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>The most that wait at once; the oldest gives way.</summary>
    public const int MaxWaiting = 100;

    private readonly Lock _gate = new();
    private readonly List<PairingRequest> _waiting = [];

    /// <summary>What waits now, oldest first.</summary>
    public IReadOnlyList<PairingRequest> All
    {
        get
        {
            lock (_gate)
            {
                Expire();
                return [.. _waiting];
            }
        }
    }

    /// <summary>Adds a request. The same one again keeps its id; another one of the same device and role takes the old one's place.</summary>
    /// <returns>The request that waits now, whether it is new, and the one that it replaced.</returns>
    public (PairingRequest Request, bool IsNew, PairingRequest? Replaced) Add(PairingRequest request)
    {
        lock (_gate)
        {
            Expire();
            var old = _waiting.Find(other => other.DeviceId == request.DeviceId && other.Role == request.Role);
            if (old is not null && IsSame(old, request))
            {
                return (old, false, null);
            }

            var given = old ?? (_waiting.Count >= MaxWaiting ? _waiting[0] : null);
            if (given is not null)
            {
                _waiting.Remove(given);
            }

            _waiting.Add(request);
            return (request, true, given);
        }
    }

    /// <summary>Takes a request out; null when there is none with this id, or no longer.</summary>
    public PairingRequest? Take(string requestId)
    {
        lock (_gate)
        {
            Expire();
            var found = _waiting.Find(request => request.RequestId == requestId);
            if (found is not null)
            {
                _waiting.Remove(found);
            }

            return found;
        }
    }

    /// <summary>Takes out what a device asked for, when nobody has to decide on it any more.</summary>
    public IReadOnlyList<PairingRequest> TakeOf(string deviceId)
    {
        lock (_gate)
        {
            Expire();
            var found = _waiting.FindAll(request => request.DeviceId == deviceId);
            _waiting.RemoveAll(found.Contains);
            return found;
        }
    }

    /// <summary>The request with this id, left where it is.</summary>
    public PairingRequest? Find(string requestId) => All.FirstOrDefault(request => request.RequestId == requestId);

    private static bool IsSame(PairingRequest a, PairingRequest b) =>
        a.PublicKey == b.PublicKey && a.Scopes.ToHashSet(StringComparer.Ordinal).SetEquals(b.Scopes)
        && a.Platform == b.Platform && a.DeviceFamily == b.DeviceFamily;

    private void Expire()
    {
        var oldest = time.GetUtcNow().Subtract(Lifetime).ToUnixTimeMilliseconds();
        _waiting.RemoveAll(request => request.Ts < oldest);
    }
}
