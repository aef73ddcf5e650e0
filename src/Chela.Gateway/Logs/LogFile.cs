using Microsoft.Win32.SafeHandles;

namespace Chela.Gateway.Logs;

/// <summary>
/// The gateway's log on disk: one file that its owner alone may read, and the one before it. A line is written at once, so that the
/// last words of a process that dies are there. What cannot be written is left out: a full disk must not stop the gateway.
/// </summary>
internal sealed class LogFile(string path) : IDisposable
{
    /// <summary>A longer file is put aside as <c>….1</c>, in place of the one that was put aside before.</summary>
    public const long MaxBytes = 8 * 1024 * 1024;

    private readonly Lock _gate = new();
    private SafeFileHandle? _file;
    private long _length;
    private bool _isClosed;

    public string Path => path;

    /// <summary>Adds a line.</summary>
    /// <param name="line">UTF-8 that ends with a line feed and has no other.</param>
    public void Write(ReadOnlySpan<byte> line)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            try
            {
                _file ??= Open();
                if (_length > 0 && _length + line.Length > MaxBytes)
                {
                    PutAside();
                    _file = Open();
                }

                RandomAccess.Write(_file, line, _length);
                _length += line.Length;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // As said above. The next line tries again.
                _file?.Dispose();
                _file = null;
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            _file?.Dispose();
        }
    }

    private SafeFileHandle Open()
    {
        var folder = System.IO.Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var file = new FileStream(path, options).SafeFileHandle;
        _length = RandomAccess.GetLength(file);
        EndTornLine(file);
        return file;
    }

    /// <summary>A process that was killed may have left half a line; the next one begins below it.</summary>
    private void EndTornLine(SafeFileHandle file)
    {
        Span<byte> last = stackalloc byte[1];
        if (_length > 0 && RandomAccess.Read(file, last, _length - 1) == 1 && last[0] != (byte)'\n')
        {
            RandomAccess.Write(file, "\n"u8, _length++);
        }
    }

    private void PutAside()
    {
        _file?.Dispose();
        _file = null;
        File.Move(path, path + ".1", overwrite: true);
    }
}
