using System.Collections.Concurrent;
using System.Text;
using Chela.Gateway.Sessions;
using Chela.Gateway.Storage;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Storage;

/// <summary>Stands for the death of the process at a named step.</summary>
internal sealed class SimulatedCrashException(string step) : Exception($"crashed at {step}");

/// <summary>A temp folder, a committer and a step hook, which most tests of this slice need.</summary>
internal sealed class StorageTrial : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ConcurrentDictionary<string, int> _passed = new();

    public JournalCommitter Committer { get; } = new();

    /// <summary>Where journals lie; not there until the first append.</summary>
    public string Directory => _folder.File("journals");

    public string Segment(int number, string name = "j") => Path.Combine(Directory, $"{name}.{number:D6}.jsonl");

    /// <summary>What to do at each step; nothing by default.</summary>
    public Action<string> AtStep { get; set; } = _ => { };

    public JournalOptions Options => new() { Step = Pass };

    public DocumentOptions DocumentOptions => new() { Step = Pass };

    public int Passed(string step) => _passed.GetValueOrDefault(step);

    public string File(string name) => _folder.File(name);

    public string[] Files() => [.. System.IO.Directory.GetFiles(Directory).Select(file => Path.GetFileName(file)).Order()];

    public Journal Open(JournalOptions? options = null) => Journal.Open(Directory, "j", Committer, options ?? Options);

    public SessionJournal OpenSessions(Journal? journal = null) => new(journal ?? Open(), new SessionMark(_folder.File("sessions.mark")));

    public Journal OpenWith(long segmentBytes) => Open(Options with { SegmentBytes = segmentBytes });

    public async ValueTask DisposeAsync()
    {
        await Committer.DisposeAsync();
        _folder.Dispose();
    }

    public static byte[] Record(string text) => Encoding.UTF8.GetBytes($$"""{"t":"{{text}}"}""");

    public static byte[] Record(int number) => Encoding.UTF8.GetBytes($$"""{"n":{{number}}}""");

    public static async Task<string[]> ReadAsync(Journal journal)
    {
        var records = new List<string>();
        await foreach (var record in journal.ReadAsync(TestContext.Current.CancellationToken))
        {
            records.Add(Encoding.UTF8.GetString(record.Span));
        }

        return [.. records];
    }

    public static string[] Numbers(int from, int count) =>
        [.. Enumerable.Range(from, count).Select(n => Encoding.UTF8.GetString(Record(n)))];

    public static async Task AppendAsync(Journal journal, int from, int count)
    {
        for (var n = from; n < from + count; n++)
        {
            await journal.AppendAsync(Record(n), TestContext.Current.CancellationToken);
        }
    }

    private void Pass(string step)
    {
        _passed.AddOrUpdate(step, 1, (_, passed) => passed + 1);
        AtStep(step);
    }
}
