using System.Globalization;
using System.Text.Json;
using Chela.Gateway.Bus;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Hosting.Doctor;

/// <summary>The journals, and what they say of messages that did not arrive. They are read as they are: a running gateway goes on writing.</summary>
internal static class JournalCheckup
{
    /// <summary>So much is read, the latest first, unless all is asked for.</summary>
    private const long MostBytes = 128L * 1024 * 1024;

    private const int Named = 5;

    private static readonly DoctorCheck Intact = new("journals.intact", "whether the checksums of conversations, messages, audit and usage are right; all of them with --deep, else the latest 128 MiB");
    private static readonly DoctorCheck Torn = new("journals.torn", "whether a journal ends in half a record, which the next start cuts off");
    private static readonly DoctorCheck Cut = new("journals.cut", "whether ends that were cut off lie aside");
    private static readonly DoctorCheck Dead = new("outbox.dead", "whether answers could not be delivered");

    public static IReadOnlyList<DoctorCheck> Checks => [Intact, Torn, Cut, Dead];

    public static async Task<IReadOnlyList<DoctorFinding>> RunAsync(Patient patient, CancellationToken ct)
    {
        var paths = patient.Paths;
        FileInfo[] files =
        [
            .. new[] { paths.SessionsDirectory, paths.InboxDirectory, paths.OutboxDirectory, paths.AuditDirectory, paths.UsageDirectory }
                .Where(Directory.Exists)
                .SelectMany(folder => new DirectoryInfo(folder).EnumerateFiles("*.jsonl*", SearchOption.AllDirectories))
                .OrderByDescending(file => file.LastWriteTimeUtc),
        ];
        FileInfo[] cuts = [.. files.Where(file => file.Name.Contains(".jsonl.cut-", StringComparison.Ordinal))];
        return
        [
            .. Scan([.. files.Where(file => file.Extension == ".jsonl")], patient, ct),
            .. cuts.Length == 0 ? Array.Empty<DoctorFinding>()
                : [Cut.Note($"ends that a crash had torn lie aside: {Names(cuts)}", "look into them, and delete them")],
            await DeadIn(patient, ct),
        ];
    }

    private static IEnumerable<DoctorFinding> Scan(FileInfo[] segments, Patient patient, CancellationToken ct)
    {
        var (bytes, count, damaged, torn) = (0L, 0, new List<string>(), new List<FileInfo>());
        foreach (var segment in segments.Where(segment => JournalOf(segment) is not null).TakeWhile(_ => patient.IsDeep || bytes < MostBytes))
        {
            ct.ThrowIfCancellationRequested();
            if (TryScan(segment) is { } scan)
            {
                (bytes, count) = (bytes + scan.Length, count + 1);
                var isLast = !File.Exists(JournalOf(segment)!.Value.Path.Segment(JournalOf(segment)!.Value.Number + 1));
                if (scan.DamagedAt is { } at && (scan.IntactBehind || !isLast))
                {
                    damaged.Add(string.Create(CultureInfo.InvariantCulture, $"{segment.FullName} at byte {at}: {scan.Reason}"));
                }
                else if (scan.DamagedAt is not null && patient.Running is null)
                {
                    torn.Add(segment); // of a gateway that runs, the end may be just being written
                }
            }
        }

        yield return damaged.Count == 0
            ? Intact.Ok(string.Create(CultureInfo.InvariantCulture, $"{count} files of journals were read, {bytes} bytes; all are whole"))
            : Intact.Error($"damaged: {string.Join("; ", damaged.Take(Named))}", "put the file back from a backup, or move it away to begin anew");
        if (torn.Count > 0)
        {
            yield return Torn.Note($"torn at the end: {Names([.. torn])}; the next start cuts that off and keeps it", "chela gateway run");
        }
    }

    private static JournalScan? TryScan(FileInfo segment)
    {
        try
        {
            return JournalScan.Run(segment.FullName, JournalOptions.Default.LineBytes);
        }
        catch (FileNotFoundException)
        {
            return null; // a running gateway has put another one in its place
        }
    }

    /// <summary>The journal of a file <c>name.000001.jsonl</c>; null for what is none.</summary>
    private static (JournalPath Path, int Number)? JournalOf(FileInfo segment)
    {
        var words = segment.Name.Split('.');
        return words.Length >= 3 && int.TryParse(words[^2], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (new JournalPath(segment.DirectoryName!, string.Join('.', words[..^2])), number)
            : null;
    }

    private static async Task<DoctorFinding> DeadIn(Patient patient, CancellationToken ct)
    {
        var table = new OutboxTable();
        try
        {
            await foreach (var line in JournalReader.ReadAsync(patient.Paths.OutboxDirectory, "outbox", ct))
            {
                table.Apply(JsonSerializer.Deserialize(line.Span, BusJson.Default.OutboxRecord)!);
            }
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            // Damage is told of above; what was read up to there counts.
        }

        return table.Dead > 0
            ? Dead.Warning($"answers that could not be delivered: {table.Dead}", "chela gateway call outbox.list, then outbox.retry or outbox.drop")
            : Dead.Ok($"no answer was given up; {table.Waiting} wait");
    }

    private static string Names(FileInfo[] files) =>
        $"{string.Join(", ", files.Take(Named).Select(file => file.FullName))}{(files.Length > Named ? $" and {files.Length - Named} more" : "")}";
}
