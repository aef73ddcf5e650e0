namespace Chela.Gateway.Storage;

/// <summary>Checks every record of a journal when it is opened, and cuts a torn end off.</summary>
internal sealed class JournalRecovery(JournalPath path, JournalOptions options)
{
    /// <summary>What was repaired, if anything.</summary>
    public JournalRepair? Repair { get; private set; }

    /// <summary>Gives the extent of the intact journal. Throws and changes nothing when more than its end is damaged.</summary>
    public JournalExtent Run()
    {
        var listing = path.List();
        var extent = JournalExtent.Empty;
        foreach (var number in listing.Segments)
        {
            if (extent.Last > 0 && number != extent.Last + 1)
            {
                throw new JournalCorruptException(path.Segment(extent.Last + 1), 0, "the segment is missing");
            }

            var (length, count) = Check(number, isLast: number == listing.Segments[^1]);
            extent = (extent with { Last = number - 1 }).Next().Grown(length, count);
        }

        // Only now: a journal that is refused is left exactly as it was found.
        foreach (var unfinished in listing.Temporaries)
        {
            File.Delete(unfinished);
        }

        return extent;
    }

    private (long Length, long Count) Check(int number, bool isLast)
    {
        var file = path.Segment(number);
        var scan = JournalScan.Run(file, options.LineBytes);
        if (scan.DamagedAt is { } offset)
        {
            if (!isLast || scan.IntactBehind)
            {
                throw new JournalCorruptException(file, offset, scan.Reason);
            }

            Cut(number, offset, scan);
            return (offset, scan.Count);
        }

        if (scan.Length == 0 && !isLast)
        {
            // Nothing moves on to another segment before the present one holds a record.
            throw new JournalCorruptException(file, 0, "the segment is empty and another one follows");
        }

        return (scan.Length, scan.Count);
    }

    private void Cut(int number, long offset, JournalScan scan)
    {
        var file = path.Segment(number);
        var saved = path.FreeCut(number, offset);
        using var segment = PrivateFile.OpenReadWrite(file);
        options.Step?.Invoke(StorageSteps.RepairBeforeSave);
        using (var copy = PrivateFile.CreateNew(saved))
        {
            PrivateFile.Copy(segment, offset, copy);
            RandomAccess.FlushToDisk(copy);
        }

        PrivateFolder.Flush(path.Directory);
        options.Step?.Invoke(StorageSteps.RepairBeforeTruncate);
        RandomAccess.SetLength(segment, offset);
        RandomAccess.FlushToDisk(segment);
        options.Step?.Invoke(StorageSteps.RepairAfterTruncate);
        Repair = new JournalRepair(file, offset, scan.Length - offset, saved, scan.Reason);
    }
}
