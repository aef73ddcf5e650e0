using Microsoft.Win32.SafeHandles;

namespace Chela.Gateway.Storage;

/// <summary>
/// The segments of one journal and how they are changed. One caller at a time: the journal sees to it. Only the last segment ever
/// holds bytes that are not on disk. Any exception but <see cref="JournalWriteException"/> leaves the files in an unknown state,
/// and the caller must then <see cref="Break"/> it.
/// </summary>
internal sealed class JournalFiles(JournalPath path, JournalOptions options, JournalExtent found)
{
    private JournalExtent _extent = found;
    private JournalExtent _durable = found;
    private Exception? _broken;
    private int _reached;
    private bool _touched;

    public JournalExtent Extent => Volatile.Read(ref _extent);

    /// <summary>What of it is on disk.</summary>
    public JournalExtent Durable => Volatile.Read(ref _durable);

    /// <summary>Records are in the file that a power cut may still take.</summary>
    public bool HasUnsynced => Durable != Extent;

    public bool IsBroken => Volatile.Read(ref _broken) is not null;

    /// <summary>Refuses every further change: what is on disk is no longer known, and only opening the journal anew can tell.</summary>
    public void Break(Exception cause) => _broken ??= cause;

    public JournalSnapshot Snapshot() => new(path, Extent);

    /// <summary>
    /// Writes whole lines behind the last. When it throws <see cref="JournalWriteException"/> the files are as they were when they
    /// were last durable, or the journal is broken.
    /// </summary>
    public void Write(ReadOnlySpan<byte> lines, int count, bool durable)
    {
        RefuseIfBroken();
        if (lines.IsEmpty && !HasUnsynced)
        {
            return;
        }

        (_reached, _touched) = (Extent.Last, false);
        try
        {
            var (extent, synced) = WriteLines(lines, durable);
            extent = extent with { Count = extent.Count + count };
            Volatile.Write(ref _extent, extent);
            Volatile.Write(ref _durable, synced ? extent : _durable);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Rollback(e);
            throw new JournalWriteException($"The disk refused records of {path.Name}: {e.Message}", e);
        }
    }

    /// <summary>Puts one new segment in the place of all; see <see cref="Journal.ReplaceAsync"/>.</summary>
    public void Replace(IEnumerable<ReadOnlyMemory<byte>> records)
    {
        // A torn end is only forgiven in the last segment, so the present last one must be whole before another follows.
        Write([], 0, durable: true);
        var old = Extent;

        // An empty last segment, which a crash can leave, is replaced itself: one with nothing in it must never be followed by another.
        var number = old is { Last: > 0, Length: 0 } ? old.Last : old.Last + 1;
        var replacement = new JournalReplacement(options).Write(path, number, records);
        options.Step?.Invoke(StorageSteps.ReplaceBeforeRename);
        File.Move(path.Temporary(number), path.Segment(number), overwrite: true);
        options.Step?.Invoke(StorageSteps.ReplaceAfterRename);
        PrivateFolder.Flush(path.Directory);
        DeleteSegments(old with { Last = number - 1 }, StorageSteps.ReplaceBeforeDelete);
        PrivateFolder.Flush(path.Directory);
        options.Step?.Invoke(StorageSteps.ReplaceAfterDelete);
        Become(replacement);
    }

    /// <summary>Removes every file of the journal, those too that repairs have set aside.</summary>
    public void Delete()
    {
        RefuseIfBroken();
        DeleteSegments(Extent, StorageSteps.DeleteSegment);
        var listing = path.List();
        foreach (var file in listing.Temporaries.Concat(listing.Cuts))
        {
            File.Delete(file);
        }

        if (Directory.Exists(path.Directory))
        {
            PrivateFolder.Flush(path.Directory);
        }

        Become(JournalExtent.Empty);
    }

    private void RefuseIfBroken()
    {
        if (_broken is { } cause)
        {
            throw new JournalWriteException($"The journal {path.Name} failed and takes nothing until it is opened anew.", cause);
        }
    }

    private (JournalExtent Extent, bool Synced) WriteLines(ReadOnlySpan<byte> lines, bool durable)
    {
        var at = Extent.Last == 0 ? Create(Extent) : Extent;
        var rolled = false;
        while (true)
        {
            using (var handle = OpenLast(at))
            {
                var fit = Fit(at.Length, lines);
                WritePart(handle, lines[..fit], at.Length);
                at = at.Grown(fit, 0);
                lines = lines[fit..];
                if (lines.IsEmpty && !durable && !rolled)
                {
                    return (at, false);
                }

                Flush(handle);
            }

            if (lines.IsEmpty)
            {
                return (at, true);
            }

            at = Create(at);
            rolled = true;
        }
    }

    /// <summary>How many bytes of whole lines go into the present segment.</summary>
    private int Fit(long used, ReadOnlySpan<byte> lines)
    {
        var room = options.SegmentBytes - used;
        if (lines.Length <= room)
        {
            return lines.Length;
        }

        var whole = room > 0 ? lines[..(int)room].LastIndexOf((byte)'\n') + 1 : 0;
        return whole > 0 || used > 0 ? whole : lines.IndexOf((byte)'\n') + 1;
    }

    private JournalExtent Create(JournalExtent at)
    {
        _touched = true;
        PrivateFolder.Create(path.Directory);
        var next = at.Next();
        PrivateFile.CreateNew(path.Segment(next.Last)).Dispose();
        _reached = next.Last;
        options.Step?.Invoke(StorageSteps.JournalSegmentCreated);
        PrivateFolder.Flush(path.Directory);
        return next;
    }

    private SafeFileHandle OpenLast(JournalExtent at)
    {
        var file = path.Segment(at.Last);
        var handle = PrivateFile.OpenReadWrite(file);
        var length = RandomAccess.GetLength(handle);
        if (length != at.Length)
        {
            handle.Dispose();
            throw new InvalidOperationException($"{file} has {length} bytes where {at.Length} were left: something else writes to it.");
        }

        return handle;
    }

    private void WritePart(SafeFileHandle handle, ReadOnlySpan<byte> part, long offset)
    {
        if (!part.IsEmpty)
        {
            options.Step?.Invoke(StorageSteps.JournalBeforeWrite);
            _touched = true;
            RandomAccess.Write(handle, part, offset);
            options.Step?.Invoke(StorageSteps.JournalAfterWrite);
        }
    }

    private void Flush(SafeFileHandle handle)
    {
        _touched = true;
        options.Step?.Invoke(StorageSteps.JournalBeforeFsync);
        RandomAccess.FlushToDisk(handle);
        options.Step?.Invoke(StorageSteps.JournalAfterFsync);
    }

    /// <summary>
    /// Goes back to what was last durable. Not merely to before the batch: after a failed fsync the kernel forgets which older
    /// bytes it never wrote, and a later fsync would succeed over the hole.
    /// </summary>
    private void Rollback(Exception cause)
    {
        if (!_touched)
        {
            // Not even opened, for want of a handle perhaps: that is no reason to need one more and to break without it.
            return;
        }

        try
        {
            options.Step?.Invoke(StorageSteps.JournalBeforeRollback);
            for (var number = _reached; number > _durable.Last; number--)
            {
                File.Delete(path.Segment(number));
            }

            if (_durable.Last > 0)
            {
                using var handle = PrivateFile.OpenReadWrite(path.Segment(_durable.Last));
                RandomAccess.SetLength(handle, _durable.Length);
                RandomAccess.FlushToDisk(handle);
            }

            if (_reached > _durable.Last)
            {
                PrivateFolder.Flush(path.Directory);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Break(new AggregateException(cause, e));
        }

        Volatile.Write(ref _extent, _durable);
    }

    /// <summary>Oldest first: what a crash leaves is a run of numbers without a gap.</summary>
    private void DeleteSegments(JournalExtent extent, string step)
    {
        for (var number = extent.First; number <= extent.Last && number > 0; number++)
        {
            options.Step?.Invoke(step);
            File.Delete(path.Segment(number));
        }
    }

    private void Become(JournalExtent extent)
    {
        Volatile.Write(ref _extent, extent);
        Volatile.Write(ref _durable, extent);
    }
}
