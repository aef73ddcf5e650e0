using System.Diagnostics.CodeAnalysis;
using Chela.Gateway.Config.Includes;
using Chela.Gateway.Telemetry.Audit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Config.Reloading;

/// <summary>
/// Looks twice a second whether the file, or one that it includes, is another one, and takes it in once it has been quiet. It looks rather than being notified: that sees
/// links, files replaced whole and network disks alike, and costs two system calls.
/// </summary>
internal sealed partial class ConfigWatch(ConfigFile file, ConfigReload reload, ConfigStore store, IAuditTrail audit, TimeProvider time, ILogger<ConfigWatch> logger)
    : BackgroundService
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the file must have stayed the same: editors write in several steps, and let it be missing in between.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    /// <summary>A file that looks the same is read all the same so often: another one of the same size and time may have been put in its place.</summary>
    public static readonly TimeSpan Anyway = TimeSpan.FromSeconds(10);

    /// <summary>A file that never comes to rest is read all the same.</summary>
    private const int MostQuiets = 20;

    private FileMark?[]? _seen;
    private long? _readAt;
    private ConfigContent? _refused;

    /// <summary>Reads the file if it is another one than at the last look.</summary>
    public async Task LookAsync(CancellationToken ct)
    {
        var marks = Marks();
        var isDue = _readAt is not { } readAt || time.GetElapsedTime(readAt) >= Anyway;
        if ((AreSame(marks, _seen) && !isDue) || store.Current.Config.Gateway.Reload.Mode == GatewayReloadConfig.Off)
        {
            return;
        }

        marks = _readAt is null ? marks : await RestAsync(marks, ct);
        _readAt = time.GetTimestamp();
        using var turn = await file.EnterAsync(ct);
        var paths = file.Paths.ToArray();
        await ReadAsync(ct);
        _seen = file.Paths.SequenceEqual(paths) ? marks : null; // other files now: looked at once more
        await KeepAsync(ct);
    }

    /// <summary>Waits until a file that has changed is at rest; gives its mark then.</summary>
    private async Task<FileMark?[]> RestAsync(FileMark?[] marks, CancellationToken ct)
    {
        var before = _seen;
        for (var quiets = 0; quiets < MostQuiets && !AreSame(marks, before); quiets++)
        {
            before = marks;
            await Task.Delay(Quiet, time, ct);
            marks = Marks();
        }

        return marks;
    }

    private FileMark?[] Marks() => [.. file.Paths.Select(FileMark.Of)];

    private static bool AreSame(FileMark?[] marks, FileMark?[]? others) => others is not null && marks.AsSpan().SequenceEqual(others);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            await LookOrTellAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [SuppressMessage("Design", "CA1031", Justification = "The boundary of a look: whatever fails, the next one is made all the same.")]
    private async Task LookOrTellAsync(CancellationToken ct)
    {
        try
        {
            await LookAsync(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            Log.Failed(logger, file.Path, e);
        }
    }

    private async Task ReadAsync(CancellationToken ct)
    {
        ConfigContent? content = null;
        try
        {
            content = await file.ReadAsync(ct);
            file.See(content);
            if (content.IsSame(file.Content))
            {
                Forgive();
                return;
            }

            if (content.IsBlank)
            {
                // Nobody empties a configuration; programs that fail while they write do.
                Refuse([Problem(content.Text is null ? "the file is gone" : "the file is empty")], content);
                return;
            }

            var next = await reload.CheckAsync(content, ct);
            file.Remember(content);
            Take(next);
        }
        catch (ConfigException wrong)
        {
            Refuse(wrong.Problems, content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Refuse([Problem($"the file cannot be read: {e.Message}")], content);
        }
    }

    private void Take(ConfigSnapshot next)
    {
        var changed = reload.Take(next, waits: store.Current.Config.Gateway.Reload.Mode == GatewayReloadConfig.Restart);
        var keys = changed.Count == 0 ? "nothing" : string.Join(", ", changed);
        Log.Taken(logger, file.Path, keys);
        audit.Note(new AuditEntry(AuditActions.ConfigChanged) { Facts = new Dictionary<string, string> { ["by"] = "the file", ["keys"] = keys } });
        foreach (var warning in next.Warnings)
        {
            Log.Warned(logger, warning);
        }

        if (reload.State.RestartNeeded is { Count: > 0 } held)
        {
            Log.RestartNeeded(logger, string.Join(", ", held));
            reload.RestartNeeded();
        }
    }

    private void Refuse(IReadOnlyList<ConfigProblem> problems, ConfigContent? content)
    {
        // A file that stays bad is read again and again, and said once.
        var isSaid = reload.State.Problems.SequenceEqual(problems) && (content is null || (_refused is { } refused && content.IsSame(refused)));
        reload.Refuse(problems);
        _refused = content;
        foreach (var problem in isSaid ? [] : problems)
        {
            Log.Refused(logger, problem);
        }
    }

    private void Forgive()
    {
        if (reload.State.Problems.Count > 0)
        {
            reload.Forgive();
            Log.Forgiven(logger, file.Path);
        }
    }

    private async Task KeepAsync(CancellationToken ct)
    {
        try
        {
            await file.KeepAsync(ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Log.NotKept(logger, file.Path, e.Message);
        }
    }

    private ConfigProblem Problem(string message) => new(ConfigLayer.File, Path.GetFileName(file.Path), "", message);

    private static partial class Log
    {
        [LoggerMessage(1810, LogLevel.Information, "{Path} was read again; in force is now another {Keys}")]
        public static partial void Taken(ILogger logger, string path, string keys);

        [LoggerMessage(1811, LogLevel.Warning, "A restart is needed for the change of {Keys}; until then they stay as they were")]
        public static partial void RestartNeeded(ILogger logger, string keys);

        [LoggerMessage(1818, LogLevel.Warning, "{Warning}")]
        public static partial void Warned(ILogger logger, string warning);

        [LoggerMessage(1812, LogLevel.Error, "Config reload skipped (invalid config), what was in force stays: {Problem}")]
        public static partial void Refused(ILogger logger, ConfigProblem problem);

        [LoggerMessage(1813, LogLevel.Information, "{Path} is again what is in force")]
        public static partial void Forgiven(ILogger logger, string path);

        [LoggerMessage(1815, LogLevel.Error, "{Path} could not be taken in; it is looked at again")]
        public static partial void Failed(ILogger logger, string path, Exception e);

        [LoggerMessage(1814, LogLevel.Warning, "The last good content of {Path} could not be kept beside it: {Reason}")]
        public static partial void NotKept(ILogger logger, string path, string reason);
    }
}
