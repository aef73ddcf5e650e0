using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Chela.Gateway.Storage;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Usage;

/// <summary>
/// What agents take from models, a journal for each day (UTC), and what each agent took today. A line is written as soon as a call of a
/// model has ended, and is on disk before the answer of its run is: the end of the process takes at most the call that it cut off.
/// </summary>
internal sealed partial class UsageLedger(string directory, Journals journals, TimeProvider time, ILogger<UsageLedger> logger)
{
    /// <summary>How many days are kept.</summary>
    public const int KeptDays = 400;

    /// <summary>What is written of one day at most.</summary>
    private const long MaxDayBytes = 256 * 1024 * 1024;

    private const string DayFormat = "yyyy-MM-dd";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Spent> _spent = new(StringComparer.Ordinal);
    private readonly TaskSums _tasks = new();
    private Journal? _journal;
    private DateOnly _day;

    /// <summary>Reads what was taken today.</summary>
    /// <exception cref="JournalCorruptException">The file of this day is damaged.</exception>
    public async Task LoadAsync(CancellationToken ct)
    {
        var today = Present();
        await foreach (var line in today.ReadAsync(ct))
        {
            Count(Read(line));
        }
    }

    /// <summary>Writes a line down. What the disk refuses counts until the next start.</summary>
    public void Add(UsageLine line)
    {
        lock (_gate)
        {
            try
            {
                var journal = Present();
                Count(line);
                if (journal.Bytes < MaxDayBytes)
                {
                    Append(journal, line);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Log.NotWritten(logger, line.RunId, e.Message);
            }
        }
    }

    /// <summary>Returns when everything added before is on disk, or the disk refuses it.</summary>
    public async Task FlushAsync()
    {
        try
        {
            await Present().FlushAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotWritten(logger, "", e.Message);
        }
    }

    /// <summary>What a session took for what was asked in a run, with all that worked for it; after a restart, of that what it took today.</summary>
    public Spent SpentFor(string cause, string session)
    {
        lock (_gate)
        {
            return _tasks.Of(cause, session);
        }
    }

    /// <summary>What an agent took today, with all that worked for it.</summary>
    public Spent SpentToday(string agentId)
    {
        lock (_gate)
        {
            Present();
            return _spent.GetValueOrDefault(agentId);
        }
    }

    /// <summary>The lines of these days, the oldest first.</summary>
    /// <exception cref="IOException">A file cannot be read, or not to its end.</exception>
    public async IAsyncEnumerable<UsageLine> ReadAsync(DateOnly first, DateOnly last, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var day in Days().Where(day => day >= first && day <= last).Order())
        {
            Journal? present;
            lock (_gate)
            {
                present = day == _day ? _journal : null;
            }

            await foreach (var line in present?.ReadAsync(ct) ?? JournalReader.ReadAsync(directory, NameOf(day), ct))
            {
                yield return Read(line);
            }
        }
    }

    /// <summary>Appends a line. A journal tells at the next line of those that it lost: then this one is still to be written.</summary>
    private void Append(Journal journal, UsageLine line)
    {
        var bytes = StoredJson.ToBytes(line, LedgerJson.Default.UsageLine);
        try
        {
            journal.Append(bytes);
        }
        catch (JournalWriteException lost) when (lost is not JournalFullException)
        {
            Log.NotWritten(logger, line.RunId, lost.Message);
            journal.Append(bytes);
        }
    }

    /// <summary>The journal of this day; a new one when the day has passed. While the disk refuses that, the one before serves on.</summary>
    private Journal Present()
    {
        lock (_gate)
        {
            var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
            if (_journal is null || today > _day)
            {
                try
                {
                    Begin(today);
                }
                catch (Exception e) when (_journal is not null && e is (IOException or UnauthorizedAccessException))
                {
                    Log.NotBegun(logger, today, e.Message);
                }
            }

            return _journal!; // else it has thrown
        }
    }

    private void Begin(DateOnly today)
    {
        _journal = journals.Open(directory, NameOf(today));
        _day = today;
        _spent.Clear();
        RemoveOld(today.AddDays(-KeptDays));
    }

    private void Count(UsageLine line)
    {
        if (line.Call is { } call)
        {
            lock (_gate)
            {
                foreach (var agent in line.Sessions.Select(UsageLine.AgentOf).Distinct(StringComparer.Ordinal))
                {
                    _spent[agent] = _spent.GetValueOrDefault(agent).With(call);
                }

                foreach (var session in line.Sessions)
                {
                    _tasks.Add(line.Cause, session, call);
                }
            }
        }
    }

    private void RemoveOld(DateOnly before)
    {
        try
        {
            foreach (var file in Days().Where(day => day < before).ToList().SelectMany(day => Directory.EnumerateFiles(directory, NameOf(day) + ".*")))
            {
                File.Delete(file);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotRemoved(logger, e.Message);
        }
    }

    private IEnumerable<DateOnly> Days() => !Directory.Exists(directory) ? [] :
        Directory.EnumerateFiles(directory, "*.jsonl")
            .Select(file => DateOnly.TryParseExact(Path.GetFileName(file).Split('.')[0], DayFormat, out var day) ? day : default)
            .Where(day => day != default)
            .Distinct();

    private static string NameOf(DateOnly day) => day.ToString(DayFormat, CultureInfo.InvariantCulture);

    private static UsageLine Read(ReadOnlyMemory<byte> line) => JsonSerializer.Deserialize(line.Span, LedgerJson.Default.UsageLine)!;

    private static partial class Log
    {
        [LoggerMessage(1603, LogLevel.Warning, "What run {Run} took from its model could not be written down: {Reason}")]
        public static partial void NotWritten(ILogger logger, string run, string reason);

        [LoggerMessage(1602, LogLevel.Warning, "What models take on {Day} is written to the file of the day before, for there can be no new one: {Reason}")]
        public static partial void NotBegun(ILogger logger, DateOnly day, string reason);

        [LoggerMessage(1601, LogLevel.Warning, "What models took long ago could not be removed: {Reason}")]
        public static partial void NotRemoved(ILogger logger, string reason);
    }
}

/// <summary>Tokens and US dollars.</summary>
internal readonly record struct Spent(long Tokens, decimal Cost)
{
    public Spent With(UsageCall call) => new(Tokens + call.Tokens, Cost + (call.Cost?.Total ?? 0));
}
