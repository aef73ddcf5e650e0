using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Chela.Gateway.Storage;

/// <summary>
/// Lets one process use a state directory. The kernel holds the lock and drops it when the process ends in whatever way, so a file
/// that is left over means nothing. The file is never deleted: whoever opened it just before would lock a file without a name.
/// </summary>
internal sealed class InstanceLock : IDisposable
{
    private const int MaxHolderBytes = 4096;

    private readonly SafeFileHandle _handle;
    private LockHolder _holder;

    private InstanceLock(SafeFileHandle handle, LockHolder holder)
    {
        _handle = handle;
        _holder = holder;
        Write();
    }

    /// <summary>
    /// Takes the lock without waiting. False when another process holds it: <paramref name="holder"/> then says who, or is null
    /// when it has not yet told.
    /// </summary>
    public static bool TryAcquire(string path, TimeProvider time, [NotNullWhen(true)] out InstanceLock? held, out LockHolder? holder)
    {
        path = Path.GetFullPath(path);
        PrivateFolder.Create(Path.GetDirectoryName(path)!); // a full path of a file has one
        holder = null;
        held = null;
        if (TryOpenLocked(path) is not { } handle)
        {
            holder = ReadHolder(path);
            return false;
        }

        held = new InstanceLock(handle, new LockHolder(Environment.ProcessId, time.GetUtcNow().ToUnixTimeMilliseconds(), Url: null));
        return true;
    }

    /// <summary>
    /// Says who holds the lock, or held it when it was killed: whether anybody does, only <see cref="TryAcquire"/> can tell. Null
    /// when there is no file or nothing in it.
    /// </summary>
    public static LockHolder? ReadHolder(string path)
    {
        try
        {
            using var handle = OpenUnlocked(path);
            var text = new byte[MaxHolderBytes];
            var length = RandomAccess.Read(handle, text, 0);
            return JsonSerializer.Deserialize(text.AsSpan(0, length), StorageJson.Default.LockHolder);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Adds where the gateway listens, and how it is known there.</summary>
    public void Describe(string url, string? tlsFingerprint = null)
    {
        _holder = _holder with { Url = url, TlsFingerprint = tlsFingerprint };
        Write();
    }

    /// <summary>Empties the file and lets go.</summary>
    public void Dispose()
    {
        if (!_handle.IsClosed)
        {
            RandomAccess.SetLength(_handle, 0);
            _handle.Dispose();
        }
    }

    private static SafeFileHandle? TryOpenLocked(string path)
    {
        CreateIfMissing(path);
        if (OperatingSystem.IsWindows())
        {
            return TryOpenExclusive(path);
        }

        // Not through .NET: it takes flock locks of its own, shared ones even for a reader, and they would meet ours.
        var handle = Posix.Open(path, Posix.ReadWrite);
        if (Posix.TryLock(handle, path))
        {
            return handle;
        }

        handle.Dispose();
        return null;
    }

    /// <summary>Windows refuses a second writer by its share mode; readers may see who holds it.</summary>
    private static SafeFileHandle? TryOpenExclusive(string path)
    {
        const int SharingViolation = unchecked((int)0x80070020);
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        }
        catch (IOException e) when (e.HResult == SharingViolation)
        {
            return null;
        }
    }

    private static void CreateIfMissing(string path)
    {
        if (File.Exists(path))
        {
            return;
        }

        try
        {
            PrivateFile.CreateNew(path).Dispose();
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was faster, and its file is as good.
        }
    }

    private static SafeFileHandle OpenUnlocked(string path) =>
        OperatingSystem.IsWindows() ? PrivateFile.OpenRead(path) : Posix.Open(path, Posix.ReadOnly);

    private void Write()
    {
        var text = JsonSerializer.SerializeToUtf8Bytes(_holder, StorageJson.Default.LockHolder);
        RandomAccess.Write(_handle, text, 0);
        RandomAccess.SetLength(_handle, text.Length);
    }
}
