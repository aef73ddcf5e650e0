using System.Collections.Immutable;
using Chela.Gateway.Config;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Chela.Gateway.Logs;

/// <summary>
/// From which level on the events of each slice are logged: as configured, or for a while as somebody wants to see them. The framework makes its
/// filters of it, so that an event that is not logged costs a comparison.
/// </summary>
internal sealed class LogLevels : IConfigureOptions<LoggerFilterOptions>, IOptionsChangeTokenSource<LoggerFilterOptions>, IDisposable
{
    private readonly Lock _gate = new();
    private readonly ConfigStore _config;
    private readonly TimeProvider _time;
    private readonly ITimer _end;
    private ImmutableDictionary<string, Wish> _wishes = ImmutableDictionary<string, Wish>.Empty;
    private CancellationTokenSource _changed = new();

    public LogLevels(ConfigStore config, TimeProvider time)
    {
        _config = config;
        _time = time;
        _end = time.CreateTimer(_ => End(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        config.Subscribe(change =>
        {
            if (change.Touches("logging"))
            {
                Tell();
            }
        });
    }

    public string Name => Options.DefaultName;

    /// <summary>What is in force for each slice.</summary>
    public IReadOnlyList<LogLevelRow> Rows
    {
        get
        {
            var (configured, wishes) = (_config.Current.Config.Logging, _wishes);
            return
            [
                .. from slice in LoggingConfig.Slices
                   select wishes.GetValueOrDefault(slice) is { } wish ? new LogLevelRow(slice, wish.Level, LogLevelRow.Wanted) { UntilMs = wish.UntilMs }
                       : configured.Levels.GetValueOrDefault(slice) is { } level ? new LogLevelRow(slice, level, LogLevelRow.Configured)
                       : new LogLevelRow(slice, configured.Level, LogLevelRow.Default),
            ];
        }
    }

    /// <summary>Puts another level in force until the gateway ends, or for a while.</summary>
    /// <param name="level">Null for what is configured.</param>
    public void Want(string slice, string? level, TimeSpan? duration)
    {
        lock (_gate)
        {
            _wishes = level is null
                ? _wishes.Remove(slice)
                : _wishes.SetItem(slice, new Wish(level, duration is { } length ? NowMs + (long)length.TotalMilliseconds : null));
            WaitForNextEnd();
        }

        Tell();
    }

    public void Configure(LoggerFilterOptions options)
    {
        var level = LevelOf(_config.Current.Config.Logging.Level);
        options.MinLevel = level;
        options.Rules.Add(new LoggerFilterRule(null, "Microsoft", level > LogLevel.Debug ? Higher(level, LogLevel.Warning) : LogLevel.Information, null));
        options.Rules.Add(new LoggerFilterRule(null, "Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None, null)); // writes addresses with tokens; costs each connection 0.5 KB
        options.Rules.Add(new LoggerFilterRule(null, "Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical, null)); // a start that fails is told in one line
        foreach (var row in Rows)
        {
            options.Rules.Add(new LoggerFilterRule(null, $"Chela.Gateway.{row.Slice}", LevelOf(row.Level), null));
        }
    }

    public IChangeToken GetChangeToken() => new CancellationChangeToken(Volatile.Read(ref _changed).Token);

    public void Dispose() => _end.Dispose();

    private long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private void End()
    {
        lock (_gate)
        {
            _wishes = _wishes.RemoveRange(_wishes.Where(wish => wish.Value.UntilMs <= NowMs).Select(wish => wish.Key));
            WaitForNextEnd();
        }

        Tell();
    }

    private void WaitForNextEnd()
    {
        var next = _wishes.Values.Min(wish => wish.UntilMs);
        _end.Change(next is { } at ? TimeSpan.FromMilliseconds(Math.Max(0, at - NowMs)) : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private void Tell() => Interlocked.Exchange(ref _changed, new CancellationTokenSource()).Cancel();

    private static LogLevel Higher(LogLevel one, LogLevel other) => one > other ? one : other;

    private static LogLevel LevelOf(string level) => level switch
    {
        LoggingConfig.Silent => LogLevel.None,
        LoggingConfig.Fatal => LogLevel.Critical,
        LoggingConfig.Error => LogLevel.Error,
        LoggingConfig.Warn => LogLevel.Warning,
        LoggingConfig.Debug => LogLevel.Debug,
        LoggingConfig.Trace => LogLevel.Trace,
        _ => LogLevel.Information,
    };

    private sealed record Wish(string Level, long? UntilMs);
}

/// <summary>The level in force for one part of the gateway.</summary>
/// <param name="Source">Why: <c>default</c>, <c>configured</c> or <c>wanted</c>.</param>
internal sealed record LogLevelRow(string Slice, string Level, string Source)
{
    public const string Default = "default", Configured = "configured", Wanted = "wanted";

    /// <summary>When it ends by itself.</summary>
    public long? UntilMs { get; init; }
}
