using System.Text;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Tests.Storage;

/// <summary>Random operations with random crashes and disk errors, against a list of what was promised.</summary>
[Trait("Requirement", "B4")]
public sealed class JournalTortureTests
{
    private const string Crash = "crash";
    private const string DiskError = "disk error";

    private readonly List<string> _promised = [];
    private readonly List<string> _hoped = [];
    private int _next;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(16)]
    public async Task What_was_promised_is_there_whatever_happens(int seed)
    {
        await using var trial = new StorageTrial();
        var random = new Random(seed);
        var journal = trial.OpenWith(segmentBytes: 150);
        for (var round = 0; round < 400; round++)
        {
            var mishap = random.Next(6) switch { 0 => Crash, 1 => DiskError, _ => "" };
            var stepsUntilThen = random.Next(8);
            trial.AtStep = step =>
            {
                if (mishap.Length > 0 && stepsUntilThen-- == 0)
                {
                    throw mishap == Crash ? new SimulatedCrashException(step) : new IOException("Input/output error");
                }
            };
            var failed = await Record.ExceptionAsync(() => ActAsync(journal, random));

            // Comes after all that is queued; after a crash within a replacement it need not find the files.
            await Record.ExceptionAsync(() => journal.ReadTailAsync(0, 0, Ct));
            trial.AtStep = _ => { };
            if (failed is not null and not JournalWriteException)
            {
                throw new InvalidOperationException("Only one kind of failure is told.", failed);
            }

            if (failed is not null && mishap == DiskError && await RecoversAsync(journal))
            {
                await CompareAsync(journal);
            }
            else if (failed is not null || random.Next(10) == 0)
            {
                journal = trial.OpenWith(segmentBytes: 150);
                await CompareAsync(journal);
            }
        }
    }

    private async Task ActAsync(Journal journal, Random random)
    {
        switch (random.Next(10))
        {
            case < 5:
                _hoped.Add(StorageTrial.Numbers(_next, 1)[0]);
                await journal.AppendAsync(StorageTrial.Record(_next++), Ct);
                Promise();
                break;
            case < 7:
                _hoped.Add(StorageTrial.Numbers(_next, 1)[0]);
                journal.Append(StorageTrial.Record(_next++));
                break;
            case 7:
                await journal.FlushAsync(Ct);
                Promise();
                break;
            case 8:
                // What replaces is the promise itself, so that old and new behind each other are told from a loss.
                await journal.FlushAsync(Ct);
                Promise();
                await journal.ReplaceAsync(_promised.Select(Encode), Ct);
                break;
            default:
                await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
                {
                    _hoped.Add(StorageTrial.Numbers(_next, 1)[0]);
                    return journal.AppendAsync(StorageTrial.Record(_next++), Ct).AsTask();
                }));
                Promise();
                break;
        }
    }

    private static ReadOnlyMemory<byte> Encode(string record) => Encoding.UTF8.GetBytes(record);

    /// <summary>Whether the journal goes on by itself; the first flush may still have to tell of records that were lost.</summary>
    private static async Task<bool> RecoversAsync(Journal journal)
    {
        await Record.ExceptionAsync(async () => await journal.FlushAsync(Ct));
        return await Record.ExceptionAsync(async () => await journal.FlushAsync(Ct)) is null
            && await Record.ExceptionAsync(() => journal.ReadTailAsync(1, 100, Ct)) is null;
    }

    private void Promise()
    {
        _promised.AddRange(_hoped);
        _hoped.Clear();
    }

    private async Task CompareAsync(Journal journal)
    {
        // An idempotent reader: of a record that comes again, the later place counts.
        var records = (await StorageTrial.ReadAsync(journal)).Reverse().Distinct().Reverse().ToArray();

        Assert.Equal(_promised, records.Take(_promised.Count));
        var more = records[_promised.Count..];
        Assert.Equal(_hoped.Where(more.Contains), more);
        _promised.AddRange(more);
        _hoped.Clear();
    }
}
