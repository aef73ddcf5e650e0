using Chela.Contracts.Events;
using Chela.Gateway.Bus;

namespace Chela.Gateway.Access.Devices;

/// <summary>Devices that are connected, asked for more scopes, and wait for the decision on the same connection.</summary>
internal sealed class ScopeUpgrades
{
    /// <summary>The most that are kept; the oldest counts as expired.</summary>
    public const int MaxKept = 200;

    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly List<Upgrade> _upgrades = [];

    public ScopeUpgrades(EventBus events, TimeProvider time)
    {
        _time = time;
        events.Subscribe(Hear);
    }

    /// <summary>Remembers that a device waits for this request.</summary>
    /// <param name="request">What it asked for.</param>
    /// <param name="isGranted">True when it has all of it already.</param>
    public void Add(PairingRequest request, bool isGranted)
    {
        lock (_gate)
        {
            if (_upgrades.Exists(upgrade => upgrade.RequestId == request.RequestId))
            {
                return;
            }

            if (_upgrades.Count >= MaxKept)
            {
                _upgrades[0].Decision.TrySetResult(null);
                _upgrades.RemoveAt(0);
            }

            var added = new Upgrade(request.RequestId, request.DeviceId, request.Ts + (long)PairingRequests.Lifetime.TotalMilliseconds);
            _upgrades.Add(added);
            if (isGranted)
            {
                added.Decision.SetResult(true);
            }
        }
    }

    /// <summary>Waits for the decision on a device's own request.</summary>
    /// <returns>True when it was approved, false when not, null when nobody decided in time or there is no such request.</returns>
    public async Task<bool?> WaitAsync(string requestId, string deviceId, CancellationToken ct)
    {
        Upgrade? upgrade;
        lock (_gate)
        {
            upgrade = _upgrades.Find(other => other.RequestId == requestId && other.DeviceId == deviceId);
        }

        if (upgrade is null)
        {
            return null;
        }

        var left = upgrade.ExpiresAtMs - _time.GetUtcNow().ToUnixTimeMilliseconds();
        if (left <= 0 || upgrade.Decision.Task.IsCompleted)
        {
            return upgrade.Decision.Task.IsCompleted ? await upgrade.Decision.Task : null;
        }

        try
        {
            return await upgrade.Decision.Task.WaitAsync(TimeSpan.FromMilliseconds(left), _time, ct);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private void Hear(GatewayEvent happened)
    {
        if (happened is not PairingResolvedEvent resolved)
        {
            return;
        }

        lock (_gate)
        {
            _upgrades.Find(upgrade => upgrade.RequestId == resolved.RequestId)?.Decision.TrySetResult(resolved.IsApproved);
        }
    }

    private sealed record Upgrade(string RequestId, string DeviceId, long ExpiresAtMs)
    {
        public TaskCompletionSource<bool?> Decision { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
