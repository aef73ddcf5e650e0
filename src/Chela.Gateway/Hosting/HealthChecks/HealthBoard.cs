using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Hosting.HealthChecks;

/// <summary>A part as it was found last.</summary>
/// <param name="SinceMs">Since when it is so, Unix milliseconds.</param>
internal sealed record HealthPart(string Name, HealthFinding Finding, bool IsVital, long SinceMs);

/// <summary>A part is another way than before.</summary>
internal sealed record HealthChange(HealthPart Part, HealthLevel Before);

/// <summary>All parts of the gateway, as they were found at the last look.</summary>
internal sealed partial class HealthBoard(IEnumerable<IHealthCheck> checks, TimeProvider time, ILogger<HealthBoard> logger)
{
    private const string Failed = "it could not be looked at; the log of the gateway says why";

    /// <summary>For a part that has been told to come to an end; one that does not heed it is left behind.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly IHealthCheck[] _checks = [.. checks.OrderBy(check => check.Part, StringComparer.Ordinal)];
    private volatile IReadOnlyList<HealthPart> _parts = [];

    /// <summary>The parts by name; none before the first look.</summary>
    public IReadOnlyList<HealthPart> Parts => _parts;

    /// <summary>How well the gateway is: down where a part is without which it can serve nobody, degraded where any other is not well.</summary>
    public HealthLevel Level =>
        Failing.Count > 0 ? HealthLevel.Down
        : _parts.All(part => part.Finding.Level == HealthLevel.Ok) ? HealthLevel.Ok
        : HealthLevel.Degraded;

    /// <summary>The parts without which the gateway can serve nobody, and that are down.</summary>
    public IReadOnlyList<string> Failing => [.. _parts.Where(part => part is { IsVital: true, Finding.Level: HealthLevel.Down }).Select(part => part.Name)];

    /// <summary>Looks at every part, and says in the log which are another way than before. Only one may look at a time.</summary>
    public IReadOnlyList<HealthChange> Look()
    {
        var before = _parts.ToDictionary(part => part.Name, StringComparer.Ordinal);
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var (parts, changes) = (new List<HealthPart>(), new List<HealthChange>());
        foreach (var check in _checks)
        {
            var found = LookAt(check);
            var known = before.GetValueOrDefault(check.Part);
            var isSame = known?.Finding.Level == found.Level;
            var part = new HealthPart(check.Part, found, check.IsVital, isSame ? known!.SinceMs : nowMs);
            parts.Add(part);
            if (!isSame && (known is not null || found.Level != HealthLevel.Ok))
            {
                changes.Add(new HealthChange(part, known?.Finding.Level ?? HealthLevel.Ok));
            }
        }

        _parts = parts;
        changes.ForEach(Tell);
        return changes;
    }

    /// <summary>Adds to a picture of the gateway how its parts are.</summary>
    public Health Describe(Health health) => _checks.Aggregate(health, (picture, check) => check.Describe(picture)) with
    {
        State = HealthWords.Of(Level),
        Parts = _parts.ToDictionary(part => part.Name, part => new PartHealth(HealthWords.Of(part.Finding.Level), part.SinceMs) { Reason = part.Finding.Reason }),
    };

    /// <summary>Has every part ask whom it depends on, all at once. What has not come back in time is left alone.</summary>
    public Task AskAsync(TimeSpan limit) => Task.WhenAll(_checks.Select(check => AskAsync(check, limit)));

    [SuppressMessage("Design", "CA1031", Justification = "The boundary of a look: a part that cannot be looked at must not hide the others.")]
    private HealthFinding LookAt(IHealthCheck check)
    {
        try
        {
            return check.Look();
        }
        catch (Exception e)
        {
            Log.NotLookedAt(logger, check.Part, e);
            return HealthFinding.Degraded(Failed);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "The boundary of a look, as above.")]
    private async Task AskAsync(IHealthCheck check, TimeSpan limit)
    {
        using var over = new CancellationTokenSource(limit, time);
        try
        {
            await check.AskAsync(over.Token).WaitAsync(limit + Grace, time);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException && over.IsCancellationRequested)
        {
            // That is what the limit is for.
        }
        catch (Exception e)
        {
            Log.NotLookedAt(logger, check.Part, e);
        }
    }

    private void Tell(HealthChange change)
    {
        var (name, finding) = (change.Part.Name, change.Part.Finding);
        switch (finding.Level)
        {
            case HealthLevel.Ok:
                Log.Well(logger, name);
                break;
            case HealthLevel.Degraded:
                Log.Degraded(logger, name, finding.Reason);
                break;
            default:
                Log.Down(logger, name, finding.Reason);
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1841, LogLevel.Information, "Health: {Part} is well again")]
        public static partial void Well(ILogger logger, string part);

        [LoggerMessage(1842, LogLevel.Warning, "Health: {Part} is degraded: {Reason}")]
        public static partial void Degraded(ILogger logger, string part, string? reason);

        [LoggerMessage(1843, LogLevel.Error, "Health: {Part} is down: {Reason}")]
        public static partial void Down(ILogger logger, string part, string? reason);

        [LoggerMessage(1844, LogLevel.Error, "Health: {Part} could not be looked at")]
        public static partial void NotLookedAt(ILogger logger, string part, Exception e);
    }
}
