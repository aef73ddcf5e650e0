using Microsoft.Win32.SafeHandles;

namespace Chela.Gateway.Storage;

/// <summary>
/// A small file that is always replaced whole: a crash leaves the old content or the new one, never a mixture. Former contents are
/// kept beside it as <c>.bak.1</c> (the latest) to <c>.bak.10</c>.
/// </summary>
internal sealed class DocumentFile
{
    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly DocumentOptions _options;
    private readonly DocumentBackups _backups;

    public DocumentFile(string path, DocumentOptions? options = null)
    {
        _path = System.IO.Path.GetFullPath(path);
        _options = options ?? DocumentOptions.Default;
        _backups = new DocumentBackups(_path, _options);
    }

    /// <summary>The document, and where its backups lie; it may be a link to where the content lies.</summary>
    public string Path => _path;

    /// <summary>Gives the content, or null when there is no file. Throws <see cref="InvalidDataException"/> when it is too large.</summary>
    public async Task<byte[]?> ReadAsync(CancellationToken ct = default)
    {
        try
        {
            using var handle = PrivateFile.OpenRead(_path);
            var content = new byte[Bounded(RandomAccess.GetLength(handle))];
            var length = 0;
            while (length < content.Length)
            {
                var read = await RandomAccess.ReadAsync(handle, content.AsMemory(length), length, ct);
                if (read == 0)
                {
                    break;
                }

                length += read;
            }

            return content[..length];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>
    /// Returns when the new content is on disk under the document's name. Through a link the target is replaced and the link stays.
    /// Once begun it is not cancelled. Writers of the same object take turns.
    /// </summary>
    public Task WriteAsync(ReadOnlyMemory<byte> content, CancellationToken ct = default) => WriteAsync(content, () => true, ct);

    /// <summary>The same, for a document that others change too: false, and it is as it was, where it has not the content that is expected.</summary>
    /// <param name="expected">What it holds; null where there is to be no file.</param>
    public Task<bool> ReplaceAsync(byte[]? expected, ReadOnlyMemory<byte> content, CancellationToken ct = default) =>
        WriteAsync(content, () => Holds(expected), ct);

    private Task<bool> WriteAsync(ReadOnlyMemory<byte> content, Func<bool> isExpected, CancellationToken ct)
    {
        if (content.IsEmpty)
        {
            throw new ArgumentException("A document is never emptied: delete it where that is meant.", nameof(content));
        }

        Bounded(content.Length);

        // On the pool, as the caller must not wait for several fsyncs; documents change too seldom to have threads of their own.
        return Task.Run(() => Write(content.Span, isExpected), ct);
    }

    private bool Write(ReadOnlySpan<byte> content, Func<bool> isExpected)
    {
        lock (_gate)
        {
            var target = Target();
            var folder = System.IO.Path.GetDirectoryName(target)!; // a full path of a file has one
            PrivateFolder.Create(folder);

            if (!isExpected())
            {
                return false;
            }

            // First, so that a full disk is noticed before the ring of backups is touched.
            var temporary = WriteTemporary(target, content);
            _backups.Keep(target);
            _options.Step?.Invoke(StorageSteps.DocumentBeforeRename);
            if (!isExpected()) // once more: the disk may have been slow
            {
                File.Delete(temporary);
                return false;
            }

            File.Move(temporary, target, overwrite: true);
            _options.Step?.Invoke(StorageSteps.DocumentAfterRename);
            PrivateFolder.Flush(folder);
            _options.Step?.Invoke(StorageSteps.DocumentAfterFsync);
            return true;
        }
    }

    private bool Holds(byte[]? expected)
    {
        if (expected is null || !File.Exists(_path))
        {
            return expected is null && !File.Exists(_path);
        }

        using var handle = PrivateFile.OpenRead(_path);
        return RandomAccess.GetLength(handle) == expected.Length && File.ReadAllBytes(_path).AsSpan().SequenceEqual(expected);
    }

    private string Target() =>
        new FileInfo(_path).LinkTarget is null ? _path : File.ResolveLinkTarget(_path, returnFinalTarget: true)?.FullName ?? _path;

    private string WriteTemporary(string target, ReadOnlySpan<byte> content)
    {
        // The process is part of the name: a command may change the document while the gateway runs.
        var temporary = $"{target}.{Environment.ProcessId}.tmp";
        using var handle = PrivateFile.CreateTemporary(temporary);
        try
        {
            KeepMode(handle, target);
            _options.Step?.Invoke(StorageSteps.DocumentBeforeWrite);
            RandomAccess.Write(handle, content, 0);
            RandomAccess.FlushToDisk(handle);
            return temporary;
        }
        catch (IOException)
        {
            handle.Dispose();
            File.Delete(temporary);
            throw;
        }
    }

    private void KeepMode(SafeFileHandle handle, string target)
    {
        if (_options.KeepsMode && !OperatingSystem.IsWindows() && File.Exists(target))
        {
            File.SetUnixFileMode(handle, File.GetUnixFileMode(target));
        }
    }

    private long Bounded(long length) => length <= _options.MaxBytes
        ? length
        : throw new InvalidDataException($"{_path} may have {_options.MaxBytes} bytes, not {length}.");
}
