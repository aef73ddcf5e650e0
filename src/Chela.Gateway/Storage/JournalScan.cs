namespace Chela.Gateway.Storage;

/// <summary>What one pass over a segment found.</summary>
/// <param name="Length">The bytes in the file.</param>
/// <param name="Count">The intact records before the damage.</param>
/// <param name="DamagedAt">Where the first damaged record begins; null when all are intact.</param>
/// <param name="Reason">What is wrong there.</param>
/// <param name="IntactBehind">An intact record stands behind the damage, so it is no torn end.</param>
internal sealed record JournalScan(long Length, long Count, long? DamagedAt, string Reason, bool IntactBehind)
{
    /// <summary>Reads a segment from end to end in bounded memory, and stops at the first intact record behind a damage.</summary>
    public static JournalScan Run(string path, int maxLine)
    {
        using var handle = PrivateFile.OpenRead(path);
        using var lines = new JournalLines(maxLine);
        var found = new JournalScan(RandomAccess.GetLength(handle), 0, null, "", false);
        var more = true;
        while (more)
        {
            var read = RandomAccess.Read(handle, lines.Room().Span, lines.ReadOffset);
            lines.Filled(read);
            more = read > 0;
            found = found.Continue(lines);
            if (found.IntactBehind)
            {
                return found;
            }
        }

        return lines.Rest.IsEmpty ? found : found.DamagedFrom(lines.Offset, "the file ends in the middle of a record");
    }

    private JournalScan Continue(JournalLines lines)
    {
        var found = this;
        while (lines.TryTake(out var line))
        {
            if (found.DamagedAt is null && JournalLine.IsIntact(line.Span))
            {
                found = found with { Count = found.Count + 1 };
                continue;
            }

            found = found.DamagedFrom(lines.LineOffset, "the record does not match its checksum");

            // Looked for inside the line too: where a line feed was damaged, the next record is part of the same line.
            if (JournalLine.EndsIntact(line.Span))
            {
                return found with { IntactBehind = true };
            }
        }

        while (lines.IsOverlong)
        {
            found = found.DamagedFrom(lines.Offset, "the record is longer than a record may be");
            DropUpToNextHead(lines);
        }

        return found;
    }

    private JournalScan DamagedFrom(long offset, string reason) =>
        DamagedAt is null ? this with { DamagedAt = offset, Reason = reason } : this;

    private static void DropUpToNextHead(JournalLines lines)
    {
        var next = JournalLine.IndexOfHead(lines.Rest[1..]);
        lines.Drop(next >= 0 ? next + 1 : lines.Rest.Length - JournalLine.HeadLength);
    }
}
