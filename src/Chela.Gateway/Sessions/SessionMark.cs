using System.Globalization;
using System.Text;
using Chela.Gateway.Storage;
using Microsoft.Win32.SafeHandles;

namespace Chela.Gateway.Sessions;

/// <summary>
/// How many records the list of sessions had at least, kept beside it: a list that was cut between two records looks whole to checksums.
/// It is a witness only. Where it is behind the list, or gone, it says less; it never says more than is on disk.
/// </summary>
internal sealed class SessionMark(string file)
{
    private const int DigitsAt = 12;
    private const int Digits = 20;

    private readonly Lock _gate = new();
    private long _reached;
    private bool _isPaused;

    /// <summary>What the last process left; zero where that says nothing or cannot be read.</summary>
    public long Read()
    {
        try
        {
            var line = File.ReadAllBytes(file).AsSpan().TrimEnd((byte)'\n');
            _reached = JournalLine.IsIntact(line)
                ? long.Parse(JournalLine.Record(line).Slice(DigitsAt, Digits), NumberStyles.None, CultureInfo.InvariantCulture)
                : 0;
            return _reached;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>Notes how many records are on disk, after a change that somebody waits for.</summary>
    public void Reach(Journal journal)
    {
        lock (_gate)
        {
            if (_isPaused || journal.DurableCount <= _reached)
            {
                return;
            }

            try
            {
                Write(journal.DurableCount, isDurable: false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It stays behind the list, until the next change.
            }
        }
    }

    /// <summary>Says nothing from now on, for the list is about to become shorter.</summary>
    /// <exception cref="IOException">It could not be written: the list must stay as long as it is.</exception>
    public void Pause()
    {
        lock (_gate)
        {
            Write(0, isDurable: true);
            _isPaused = true;
        }
    }

    /// <summary>Speaks again with the next change.</summary>
    public void Resume()
    {
        lock (_gate)
        {
            _isPaused = false;
        }
    }

    /// <summary>One line of always the same length, in one write.</summary>
    private void Write(long records, bool isDurable)
    {
        var record = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"records":"{{records:D20}}"}"""));
        var line = new byte[record.Length + JournalLine.Overhead];
        JournalLine.Write(record, line);
        using var handle = Open();
        RandomAccess.Write(handle, line, 0);
        if (isDurable)
        {
            RandomAccess.FlushToDisk(handle);
        }

        _reached = records;
    }

    private SafeFileHandle Open() => File.Exists(file) ? PrivateFile.OpenReadWrite(file) : PrivateFile.CreateNew(file);
}
