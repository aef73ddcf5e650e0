using System.Collections.Immutable;
using Chela.Contracts.Errors;

namespace Chela.Gateway.Access.Devices;

/// <summary>Everything that is kept of devices, at one moment: those that were admitted, and the setup codes given out.</summary>
internal sealed record DeviceBook(ImmutableDictionary<string, PairedDevice> Devices, ImmutableArray<Setup> Setups)
{
    /// <summary>The most devices that are kept; one more is refused until another is removed.</summary>
    public const int MaxDevices = 10_000;

    public static DeviceBook Empty { get; } = new(ImmutableDictionary.Create<string, PairedDevice>(StringComparer.Ordinal), []);

    /// <summary>The same with one device changed or added.</summary>
    /// <exception cref="RpcException">It would be one device too many.</exception>
    public DeviceBook With(PairedDevice device)
    {
        if (Devices.Count >= MaxDevices && !Devices.ContainsKey(device.DeviceId))
        {
            throw new RpcException(
                RpcErrorKind.TooMany, $"{MaxDevices} devices are paired; remove one with device.pair.remove before another is admitted");
        }

        return this with { Devices = Devices.SetItem(device.DeviceId, device) };
    }

    /// <summary>The same, with what another state knows of when devices were here.</summary>
    public DeviceBook WithUseOf(DeviceBook other)
    {
        var devices = Devices.ToBuilder();
        foreach (var (id, seen) in other.Devices)
        {
            if (devices.TryGetValue(id, out var device) && device.LastSeenAtMs < seen.LastSeenAtMs)
            {
                devices[id] = device with
                {
                    LastSeenAtMs = seen.LastSeenAtMs,
                    LastSeenReason = seen.LastSeenReason,
                    Tokens = [.. device.Tokens.Select(token => token with { LastUsedAtMs = seen.TokenFor(token.Role)?.LastUsedAtMs ?? token.LastUsedAtMs })],
                };
            }
        }

        return this with { Devices = devices.ToImmutable() };
    }

    /// <summary>The same without a device.</summary>
    public DeviceBook Without(string deviceId) => this with { Devices = Devices.Remove(deviceId) };
}
