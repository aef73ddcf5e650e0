using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Access.Devices;

/// <summary>
/// The devices that were admitted and the setup codes that were given out, in memory and in one file. A change is on disk before
/// it counts, and changes that belong together are written together.
/// </summary>
internal sealed class DeviceTable(DocumentFile file) : IDisposable
{
    private readonly SemaphoreSlim _writing = new(1);
    private DeviceBook _book = DeviceBook.Empty;

    /// <summary>The state at this moment.</summary>
    public DeviceBook Book => Volatile.Read(ref _book);

    /// <summary>The devices, in no order.</summary>
    public IEnumerable<PairedDevice> All => Book.Devices.Values;

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
            var stored = JsonSerializer.Deserialize(bytes, DeviceFileJson.Default.DeviceFile);
            var devices = (stored?.Paired ?? []).Select(device => KeyValuePair.Create(device.DeviceId, device));
            Volatile.Write(ref _book, new DeviceBook(DeviceBook.Empty.Devices.SetItems(devices), [.. stored?.Setups ?? []]));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{file.Path} is damaged: {e.Message}", e);
        }
    }

    public PairedDevice? Find(string deviceId) => Book.Devices.GetValueOrDefault(deviceId);

    /// <summary>The device's token when the one shown is its valid one for the role and opens by itself; compared in constant time.</summary>
    public DeviceToken? Verify(string deviceId, string role, string shown)
    {
        var token = Find(deviceId)?.TokenFor(role);
        var expected = Encoding.UTF8.GetBytes(token?.Value ?? "");
        return CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(shown)) && token is { NeedsIdentity: false } ? token : null;
    }

    /// <summary>Changes one device, or adds it; returns when that is on disk.</summary>
    /// <param name="deviceId">The device.</param>
    /// <param name="change">Given the present state, null when there is none, makes the new one; null removes it.</param>
    /// <exception cref="IOException">It could not be written; nothing has changed.</exception>
    public async Task<PairedDevice?> ChangeAsync(string deviceId, Func<PairedDevice?, PairedDevice?> change, CancellationToken ct)
    {
        PairedDevice? changed = null;
        await UpdateAsync(book => (changed = change(book.Devices.GetValueOrDefault(deviceId))) is null ? book.Without(deviceId) : book.With(changed), ct);
        return changed;
    }

    /// <summary>Changes the whole; returns when that is on disk. Writers take turns, so each sees what the one before it left.</summary>
    /// <param name="change">Gives the new state, or the very same when nothing is to change.</param>
    /// <exception cref="IOException">It could not be written; nothing has changed.</exception>
    public async Task UpdateAsync(Func<DeviceBook, DeviceBook> change, CancellationToken ct)
    {
        await _writing.WaitAsync(ct);
        try
        {
            var present = Book;
            var changed = change(present);
            if (ReferenceEquals(changed, present))
            {
                return;
            }

            var content = new DeviceFile([.. changed.Devices.Values.OrderBy(device => device.CreatedAtMs)]) { Setups = [.. changed.Setups] };
            await file.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(content, DeviceFileJson.Default.DeviceFile), CancellationToken.None);
            Replace(present => changed.WithUseOf(present)); // devices may have connected while it was written
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Notes that a device connected. Reaches the disk with the next change: nothing depends on it.</summary>
    public void Seen(string deviceId, string role, long nowMs) => Replace(present => present.Devices.GetValueOrDefault(deviceId) is { } device
        ? present.With(device with
        {
            LastSeenAtMs = nowMs,
            LastSeenReason = "connect",
            Tokens = [.. device.Tokens.Select(token => token.Role == role ? token with { LastUsedAtMs = nowMs } : token)],
        })
        : present);

    private void Replace(Func<DeviceBook, DeviceBook> change)
    {
        DeviceBook present;
        do
        {
            present = Book;
        }
        while (Interlocked.CompareExchange(ref _book, change(present), present) != present);
    }

    public void Dispose() => _writing.Dispose();
}
