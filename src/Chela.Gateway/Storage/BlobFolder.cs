using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Storage;

/// <summary>
/// Files under the hashes of their contents: written once, never changed, and checked whenever they are read. What is damaged counts as missing,
/// and is whole again as soon as the same content comes once more.
/// </summary>
/// <param name="directory">Where they lie, in folders named for how their hashes begin.</param>
/// <param name="step">Called at each step of a write; null but in trials.</param>
/// <param name="time">Dates the files: what was added again counts as new.</param>
/// <param name="logger">Told of damage.</param>
internal sealed partial class BlobFolder(string directory, StorageStep? step, TimeProvider time, ILogger<BlobFolder> logger)
{
    private const string Unfinished = ".tmp";

    private readonly Lock _gate = new();
    private readonly Lazy<long> _found = new(() => FilesIn(directory).Sum(file => file.Length));
    private long _added;

    /// <summary>How much lies there, in bytes.</summary>
    public long Bytes => _found.Value + Volatile.Read(ref _added);

    /// <summary>The name under which content lies.</summary>
    public static string HashOf(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>True for what can be such a name.</summary>
    public static bool IsHash(string text) => text.Length == 2 * SHA256.HashSizeInBytes && text.All(char.IsAsciiHexDigitLower);

    /// <summary>Adds content; returns when it is on disk.</summary>
    /// <param name="content">The content.</param>
    /// <param name="mostBytes">How much may lie there in all.</param>
    /// <returns>False when there would be more.</returns>
    /// <exception cref="IOException">The disk refuses; nothing of it stays.</exception>
    public Task<bool> TryAddAsync(ReadOnlyMemory<byte> content, long mostBytes) =>
        Task.Run(() => TryAdd(content.Span, mostBytes)); // as for documents: the caller must not wait for several fsyncs

    /// <summary>Reads content; null where it is missing or is not what it was, which is logged.</summary>
    /// <param name="hash">Its hash.</param>
    /// <param name="bytes">How long it is.</param>
    /// <param name="ct">Ends the reading.</param>
    public async Task<byte[]?> ReadAsync(string hash, long bytes, CancellationToken ct)
    {
        try
        {
            using var handle = PrivateFile.OpenRead(PathOf(hash));
            var content = RandomAccess.GetLength(handle) == bytes ? new byte[bytes] : [];
            var read = await RandomAccess.ReadAsync(handle, content, 0, ct);
            if (read == bytes && HashOf(content) == hash)
            {
                return content;
            }

            Log.Damaged(logger, hash);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.Unreadable(logger, hash, e.Message);
        }

        return null;
    }

    /// <summary>True when something lies there that is older.</summary>
    public bool HasOlderThan(DateTimeOffset moment) => FilesIn(directory).Any(file => file.LastWriteTimeUtc < moment.UtcDateTime);

    /// <summary>Deletes what is older and not needed, and what a crash left half written.</summary>
    /// <returns>How many files went, and how long they were together.</returns>
    /// <exception cref="IOException">One cannot be deleted.</exception>
    public (int Files, long Bytes) DeleteOlderThan(DateTimeOffset moment, Predicate<string> isNeeded, CancellationToken ct)
    {
        _ = Bytes; // counts what lies there before anything goes
        var (files, bytes) = (0, 0L);
        foreach (var file in FilesIn(directory).Where(file => !isNeeded(file.Name)))
        {
            ct.ThrowIfCancellationRequested();
            lock (_gate)
            {
                file.Refresh(); // it may have been added again meanwhile
                if (!file.Exists || file.LastWriteTimeUtc >= moment.UtcDateTime)
                {
                    continue;
                }

                step?.Invoke(StorageSteps.BlobBeforeDelete);
                var length = file.Length;
                file.Delete();
                Interlocked.Add(ref _added, -length);
                (files, bytes) = (files + 1, bytes + length);
            }
        }

        return (files, bytes);
    }

    private bool TryAdd(ReadOnlySpan<byte> content, long mostBytes)
    {
        var path = PathOf(HashOf(content));
        var folder = Path.GetDirectoryName(path)!; // a full path of a file has one
        if (!TryRenew(path, content))
        {
            if (!TryReserve(content.Length, mostBytes))
            {
                return false;
            }

            try
            {
                PrivateFolder.Create(folder);
                Write(path, content);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Interlocked.Add(ref _added, -content.Length);
                throw;
            }
        }

        PrivateFolder.Flush(folder); // also where another one has just put it there
        step?.Invoke(StorageSteps.BlobAfterFsync);
        return true;
    }

    /// <summary>Makes what lies there whole count as new; false where it does not.</summary>
    private bool TryRenew(string path, ReadOnlySpan<byte> content)
    {
        lock (_gate)
        {
            if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(content))
            {
                return false;
            }

            File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
            return true;
        }
    }

    private bool TryReserve(long bytes, long mostBytes)
    {
        lock (_gate)
        {
            if (Bytes + bytes > mostBytes)
            {
                return false;
            }

            Interlocked.Add(ref _added, bytes);
            return true;
        }
    }

    private void Write(string path, ReadOnlySpan<byte> content)
    {
        var temporary = Path.Combine(directory, Guid.NewGuid().ToString("N") + Unfinished);
        try
        {
            step?.Invoke(StorageSteps.BlobBeforeWrite);
            using (var handle = PrivateFile.CreateNew(temporary))
            {
                RandomAccess.Write(handle, content, 0);
                RandomAccess.FlushToDisk(handle);
            }

            File.SetLastWriteTimeUtc(temporary, time.GetUtcNow().UtcDateTime);
            step?.Invoke(StorageSteps.BlobBeforeRename);
            lock (_gate)
            {
                var before = new FileInfo(path);
                Interlocked.Add(ref _added, before.Exists ? -before.Length : 0);
                File.Move(temporary, path, overwrite: true);
            }

            step?.Invoke(StorageSteps.BlobAfterRename);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(temporary);
            throw;
        }
    }

    private string PathOf(string hash) => IsHash(hash)
        ? Path.Combine(directory, hash[..2], hash)
        : throw new ArgumentException($"This is no SHA-256: {hash}", nameof(hash));

    private static IEnumerable<FileInfo> FilesIn(string directory) =>
        Directory.Exists(directory) ? new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories) : [];

    private static partial class Log
    {
        [LoggerMessage(1510, LogLevel.Error, "The attachment {Hash} is damaged on disk, and is not given out")]
        public static partial void Damaged(ILogger logger, string hash);

        [LoggerMessage(1511, LogLevel.Error, "The attachment {Hash} cannot be read: {Reason}")]
        public static partial void Unreadable(ILogger logger, string hash, string reason);
    }
}
