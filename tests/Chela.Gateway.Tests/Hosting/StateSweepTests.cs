using Chela.Gateway.Agents.Unfinished;
using Chela.Gateway.Bus;
using Chela.Gateway.Hosting;
using Chela.Gateway.Sessions;
using Chela.Gateway.Storage;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Tests.Hosting;

/// <summary>
/// A small state directory that a real gateway wrote, damaged at many offsets of every file in turn: what is read back is what was
/// written, or is refused or reported with the name of the file. Nothing that nobody said is ever shown.
/// </summary>
[Trait("Requirement", "B4")]
public sealed class StateSweepTests : IDisposable
{
    private static readonly string[] Sessions = ["agent:main:a", "agent:main:b"];

    private readonly TempFolder _folder = new();
    private string _state = "";

    [Fact]
    public async Task A_flipped_bit_anywhere_is_found_or_hurts_nothing()
    {
        await WriteAsync();
        await SweepAsync((bytes, offset) =>
        {
            bytes[offset] ^= (byte)(1 << (offset % 8));
            return bytes;
        });
    }

    [Fact]
    public async Task A_file_that_ends_anywhere_gives_a_beginning_of_what_was_there_and_says_so()
    {
        await WriteAsync();
        await SweepAsync((bytes, offset) => bytes[..offset]);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Two sessions, a message each, and the process is killed.</summary>
    private async Task WriteAsync()
    {
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(_folder.Path));
        _state = gateway.StateDirectory;
        await using var client = await gateway.OpenOpenClawAsync();
        foreach (var session in Sessions)
        {
            await client.SendChatAsync(session, $"run-{session}", $"words of {session}");
            await client.ChatEndAsync($"run-{session}");
        }

        gateway.Kill();
        await gateway.EndAsync();
    }

    private async Task SweepAsync(Func<byte[], int, byte[]> damage)
    {
        var files = Files(_state).ToDictionary(file => file, File.ReadAllBytes);
        var whole = await ReadAsync();
        Assert.Equal(4, whole.Lines.Values.Sum(lines => lines.Count));
        foreach (var (file, bytes) in files)
        {
            foreach (var offset in Sweep.Offsets(bytes))
            {
                Restore(files);
                var damaged = damage([.. bytes], offset);
                await File.WriteAllBytesAsync(file, damaged, TestContext.Current.CancellationToken);
                var isBetweenRecords = damaged.Length == offset && (offset == 0 || bytes[offset - 1] == '\n');
                Check(whole, await ReadAsync(), file, $"{Path.GetRelativePath(_state, file)} at {offset}", isBetweenRecords);
            }
        }
    }

    private static void Check(Reading whole, Reading damaged, string file, string where, bool isBetweenRecords)
    {
        foreach (var (session, lines) in damaged.Lines)
        {
            var expected = whole.Lines[session];
            Assert.True(
                lines.Count <= expected.Count && lines.SequenceEqual(expected.Take(lines.Count)),
                $"{where}: {session} shows what was not written: {string.Join(" | ", lines)}");
        }

        var isWhole = whole.Lines.All(pair => damaged.Lines.TryGetValue(pair.Key, out var lines) && lines.Count == pair.Value.Count);
        Assert.True(
            isWhole || isBetweenRecords || damaged.Reports.Any(report => report.Contains(Path.GetFileName(file), StringComparison.Ordinal)),
            $"{where}: something is gone and nothing says so: {string.Join(" | ", damaged.Reports)}");
    }

    /// <summary>Reads the state as a start does, and every transcript.</summary>
    private async Task<Reading> ReadAsync()
    {
        var reading = new Reading();
        var (setup, _) = await SetupReader.ReadAsync(new GatewayOptions(new StatePaths(_state)), instead: null, TestContext.Current.CancellationToken);
        await using var services = new ServiceCollection()
            .AddLogging(logging => logging.AddProvider(new Reports(reading)))
            .AddGateway(setup)
            .BuildServiceProvider();
        var ct = TestContext.Current.CancellationToken;
        try
        {
            var sessions = services.GetRequiredService<SessionTable>();
            await sessions.LoadAsync(ct);
            await services.GetRequiredService<UnfinishedRuns>().SettleAsync(await services.GetRequiredService<Inbox>().RecoverAsync(ct), mayBeginAgain: true, ct);
            foreach (var entry in sessions.All)
            {
                await ReadAsync(reading, entry, services.GetRequiredService<Transcripts>());
            }
        }
        catch (Exception e) when (e is JournalCorruptException or InvalidDataException or System.Text.Json.JsonException)
        {
            reading.Reports.Add(e.Message);
        }

        return reading;
    }

    private static async Task ReadAsync(Reading reading, SessionEntry entry, Transcripts transcripts)
    {
        try
        {
            using var transcript = transcripts.Open(entry.SessionId);
            var lines = reading.Lines[entry.Key] = [];
            await foreach (var line in transcript.ReadAsync(TestContext.Current.CancellationToken))
            {
                if (line.StopReason != StopReasons.Interrupted)
                {
                    lines.Add($"{line.RunId} {line.Role} {line.Text} {line.StopReason}");
                }
            }
        }
        catch (TranscriptException e)
        {
            reading.Reports.Add(e.Message);
        }
    }

    private static IEnumerable<string> Files(string state) => new[] { "inbox", "sessions" }
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(state, folder), "*", SearchOption.AllDirectories));

    private void Restore(Dictionary<string, byte[]> files)
    {
        foreach (var left in Files(_state).Where(file => !files.ContainsKey(file)).ToList())
        {
            File.Delete(left);
        }

        foreach (var (file, bytes) in files)
        {
            File.WriteAllBytes(file, bytes);
        }
    }

    private sealed class Reading
    {
        public Dictionary<string, List<string>> Lines { get; } = new(StringComparer.Ordinal);

        public List<string> Reports { get; } = [];
    }

    /// <summary>Keeps warnings and errors.</summary>
    private sealed class Reports(Reading reading) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                lock (reading)
                {
                    reading.Reports.Add(formatter(state, exception));
                }
            }
        }

        public void Dispose()
        {
        }
    }
}
