using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Access.Devices;

/// <summary>The devices that were admitted, in memory and in one file. A change is on disk before it counts.</summary>
internal sealed class DeviceTable(DocumentFile file) : IDisposable
{
    /// <summary>The most devices that are kept; one more is refused until another is removed.</summary>
    public const int MaxDevices = 10_000;

    private readonly SemaphoreSlim _writing = new(1);
    private readonly ConcurrentDictionary<string, PairedDevice> _devices = new(StringComparer.Ordinal);

    /// <summary>The devices, in no order.</summary>
    public IEnumerable<PairedDevice> All => _devices.Values;

    /// <summary>Reads the file; an absent one means no devices.</summary>
    /// <exception cref="InvalidDataException">The file is not what this program writes.</exception>
    public async Task LoadAsync(CancellationToken ct)
    {
        if (await file.ReadAsync(ct) is not { } bytes)
        {
            return;
        }

        try
        {
            foreach (var device in JsonSerializer.Deserialize(bytes, DeviceFileJson.Default.DeviceFile)?.Paired ?? [])
            {
                _devices[device.DeviceId] = device;
            }
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{file.Path} is damaged: {e.Message}", e);
        }
    }

    public PairedDevice? Find(string deviceId) => _devices.GetValueOrDefault(deviceId);

    /// <summary>The device when the token is its valid one for the role; compared in constant time.</summary>
    public DeviceToken? Verify(string deviceId, string role, string shown)
    {
        var token = Find(deviceId)?.TokenFor(role);
        var expected = Encoding.UTF8.GetBytes(token?.Value ?? "");
        return CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(shown)) ? token : null;
    }

    /// <summary>Changes one device, or adds it; returns when that is on disk.</summary>
    /// <param name="deviceId">The device.</param>
    /// <param name="change">Given the present state, null when there is none, makes the new one; null removes it.</param>
    /// <exception cref="IOException">It could not be written; nothing has changed.</exception>
    public async Task<PairedDevice?> ChangeAsync(string deviceId, Func<PairedDevice?, PairedDevice?> change, CancellationToken ct)
    {
        await _writing.WaitAsync(ct);
        try
        {
            var changed = change(Find(deviceId));
            var others = _devices.Values.Where(device => device.DeviceId != deviceId);
            var all = new DeviceFile([.. (changed is null ? others : others.Append(changed)).OrderBy(device => device.CreatedAtMs)]);
            await file.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(all, DeviceFileJson.Default.DeviceFile), CancellationToken.None);
            if (changed is null)
            {
                _devices.TryRemove(deviceId, out _);
            }
            else
            {
                _devices[deviceId] = changed;
            }

            return changed;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Notes that a device connected. Reaches the disk with the next change: nothing depends on it.</summary>
    public void Seen(string deviceId, long nowMs)
    {
        if (Find(deviceId) is { } device)
        {
            _devices.TryUpdate(deviceId, device with { LastSeenAtMs = nowMs }, device);
        }
    }

    public void Dispose() => _writing.Dispose();
}
