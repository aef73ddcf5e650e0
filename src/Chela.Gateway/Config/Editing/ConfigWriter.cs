using System.Text.Json.Nodes;
using Chela.Contracts.Errors;
using Chela.Gateway.Config.Includes;
using Chela.Gateway.Config.Reloading;
using Chela.Gateway.Telemetry.Audit;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Config.Editing;

/// <summary>A file that was written.</summary>
/// <param name="Content">What the files hold now.</param>
/// <param name="Changed">The settings that are others by it, in force or not; null where the text was the same, and nothing was written.</param>
internal sealed record RewrittenConfig(ConfigContent Content, IReadOnlyList<ConfigPath>? Changed);

/// <summary>
/// Changes the user's file while the gateway runs, and puts the result in force. The file is what the snapshot in force was made of: one that
/// somebody has changed since is left alone. What a start would refuse is never written.
/// </summary>
internal sealed partial class ConfigWriter(ConfigStore store, ConfigFile file, ConfigReload reload, IAuditTrail audit, ILogger<ConfigWriter> logger)
{
    /// <summary>Changes settings; returns when the file is on disk and the change in force. Changes take turns.</summary>
    /// <param name="by">Who changes them, for the log.</param>
    /// <param name="choose">Says what to change, given what is in force; without any changes nothing is written.</param>
    /// <exception cref="RpcException">Nothing was changed: a start would refuse the result, the file is another one by now, or the disk refuses.</exception>
    public async Task<ConfigSnapshot> ChangeAsync(string by, Func<ConfigSnapshot, IReadOnlyList<ConfigEdit>> choose, CancellationToken ct)
    {
        using var turn = await file.EnterAsync(ct);
        ConfigEdit[] edits = [.. choose(store.Current).Select(edit => edit.Keeping(store.Current.References))];
        RefuseWhatIsSetElsewhere(edits);
        if (Edited(file.Content, edits) is not { } change)
        {
            return store.Current;
        }

        await TakeAsync(await AfterAsync(file.Content, change, edits, ct), change, ct);
        await TellAsync(by, string.Join(", ", edits.Select(edit => edit.Key).Distinct()), change.Path);
        return store.Current;
    }

    /// <summary>Changes settings of the file as it is now, whoever wrote that; returns when it is on disk and in force as far as it can be.</summary>
    /// <param name="by">Who changes them.</param>
    /// <param name="choose">Says what to change, given what the files hold.</param>
    /// <exception cref="RpcException">Nothing was changed: as above.</exception>
    public async Task<RewrittenConfig> PatchAsync(string by, Func<ConfigContent, IReadOnlyList<ConfigEdit>> choose, CancellationToken ct)
    {
        using var turn = await file.EnterAsync(ct);
        var present = await ReadAsync(ct);
        var edits = choose(present);
        return Edited(present, edits) is { } change
            ? await TakeAsync(by, await AfterAsync(present, change, edits, ct), change, ct)
            : new RewrittenConfig(present, null);
    }

    /// <summary>Writes another text in place of the one that the file has now, whoever wrote that; returns when it is on disk and in force as far as it can be.</summary>
    /// <param name="by">Who writes it, for the log.</param>
    /// <param name="make">Given what the file holds, says what it is to hold.</param>
    /// <exception cref="RpcException">Nothing was changed: as above, or the other text is refused.</exception>
    public async Task<RewrittenConfig> RewriteAsync(string by, Func<ConfigContent, byte[]> make, CancellationToken ct)
    {
        using var turn = await file.EnterAsync(ct);
        var present = await ReadAsync(ct);
        var text = make(present);
        return text.AsSpan().SequenceEqual(present.Text) && present.Text is not null
            ? new RewrittenConfig(present, null)
            : await TakeAsync(by, await file.AroundAsync(text, ct), new FileEdit(file.Path, present.Text, text), ct);
    }

    private FileEdit? Edited(ConfigContent present, IReadOnlyList<ConfigEdit> edits) => new FileEdits(file.Path, present, file.IsOwn).Of(edits);

    /// <summary>What the files hold after a change of one of them.</summary>
    private async Task<ConfigContent> AfterAsync(ConfigContent present, FileEdit change, IReadOnlyList<ConfigEdit> edits, CancellationToken ct)
    {
        var next = change.Path == file.Path
            ? await file.AroundAsync(change.After, ct)
            : present with { Included = present.Included.With(change.Path, present.Included.Find(change.Path)! with { Content = change.After }) };
        RefuseOtherChanges(present, next, edits);
        return next;
    }

    private async Task<RewrittenConfig> TakeAsync(string by, ConfigContent next, FileEdit change, CancellationToken ct)
    {
        var inForce = await TakeAsync(next, change, ct);
        IReadOnlyList<ConfigPath> changed = [.. inForce, .. reload.State.RestartNeeded];
        await TellAsync(by, changed.Count == 0 ? "nothing but the text" : string.Join(", ", changed), change.Path);
        return new RewrittenConfig(next, changed);
    }

    /// <summary>Checks what the files would hold, writes the one that changes, and puts it in force; gives what changed.</summary>
    private async Task<IReadOnlyList<ConfigPath>> TakeAsync(ConfigContent content, FileEdit change, CancellationToken ct)
    {
        var next = await LoadAsync(content, ct);
        await WriteAsync(change);
        file.Remember(content);
        return reload.Take(next);
    }

    private async Task TellAsync(string by, string keys, string path)
    {
        Log.Changed(logger, by, keys, path);
        await audit.WriteAsync(new AuditEntry(AuditActions.ConfigChanged) { Facts = new Dictionary<string, string> { ["by"] = by, ["keys"] = keys } });
    }

    private async Task<ConfigContent> ReadAsync(CancellationToken ct)
    {
        try
        {
            return await file.ReadAsync(ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new RpcException(RpcErrorKind.Unavailable, $"{file.Path} cannot be read, and nothing was changed; config.status says why");
        }
    }

    private void RefuseWhatIsSetElsewhere(IReadOnlyList<ConfigEdit> edits)
    {
        foreach (var key in edits.SelectMany(edit => Enumerable.Range(1, edit.Path.Count).Select(count => string.Join('.', edit.Path.Take(count)))))
        {
            var reason = store.Current.Origins.GetValueOrDefault(key) switch
            {
                ConfigLayer.Environment => "is set by an environment variable, which wins over the file; change it there and restart",
                ConfigLayer.CommandLine => "is set by an option of the command line, which wins over the file; change it there and restart",
                ConfigLayer.Override => "is overridden until the gateway ends; take that back first, by config.override.clear",
                _ => null,
            };
            if (reason is not null)
            {
                throw new RpcException(RpcErrorKind.InvalidRequest, $"{key} {reason}");
            }
        }
    }

    /// <summary>Compares what the text says with what was asked for: a fault of the editor must not reach the file.</summary>
    private void RefuseOtherChanges(ConfigContent present, ConfigContent next, IReadOnlyList<ConfigEdit> edits)
    {
        var wanted = edits.Aggregate(present.Read(file.Path, []).Values, (settings, edit) => edit.ApplyTo(settings));
        if (JsonNode.DeepEquals(next.Read(file.Path, []).Values, wanted))
        {
            return;
        }

        var keys = string.Join(", ", edits.Select(edit => edit.Key));
        throw next.Included.Paths.Any() || present.Included.Paths.Any()
            ? new RpcException(RpcErrorKind.InvalidRequest, $"{keys} cannot be changed by itself, as files are included; change the files by hand")
            : new InvalidOperationException($"The change of {keys} would change other settings too.");
    }

    private async Task<ConfigSnapshot> LoadAsync(ConfigContent content, CancellationToken ct)
    {
        try
        {
            return await reload.CheckAsync(content, ct);
        }
        catch (ConfigException wrong)
        {
            throw InvalidConfig.Of(wrong);
        }
    }

    private async Task WriteAsync(FileEdit change)
    {
        try
        {
            if (!await file.ReplaceAsync(change.Path, change.Before, change.After))
            {
                throw new RpcException(
                    RpcErrorKind.Conflict,
                    $"{change.Path} was changed since the gateway read it, and nothing was written; try again once it has read the file, and see config.status if it does not");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotWritten(logger, change.Path, e.Message);
            throw new RpcException(
                RpcErrorKind.Unavailable, $"{change.Path} could not be written, and nothing was changed; is the disk full, or the folder read-only?");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1800, LogLevel.Information, "{By} changed {Keys} in {Path}")]
        public static partial void Changed(ILogger logger, string by, string keys, string path);

        [LoggerMessage(1801, LogLevel.Error, "The configuration {Path} was not changed, because it could not be written: {Reason}")]
        public static partial void NotWritten(ILogger logger, string path, string reason);
    }
}
