using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Contracts.Errors;
using Chela.Gateway.Config.Reloading;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Config.Editing;

/// <summary>A file that was written.</summary>
/// <param name="Text">What it holds.</param>
/// <param name="Changed">The settings that are others by it, in force or not; null where the text was the same, and nothing was written.</param>
internal sealed record RewrittenConfig(byte[] Text, IReadOnlyList<ConfigPath>? Changed);

/// <summary>
/// Changes the user's file while the gateway runs, and puts the result in force. The file is what the snapshot in force was made of: one that
/// somebody has changed since is left alone. What a start would refuse is never written.
/// </summary>
internal sealed partial class ConfigWriter(ConfigStore store, ConfigFile file, ConfigReload reload, ILogger<ConfigWriter> logger)
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
        var text = edits.Aggregate(file.Text ?? [], (before, edit) => TextEditor.Apply(before, edit));
        if (edits.Length == 0 || text.AsSpan().SequenceEqual(file.Text))
        {
            return store.Current;
        }

        RefuseOtherChanges(text, edits);
        var next = Load(text);
        await WriteAsync(file.Text, text);
        file.Remember(text);
        reload.Take(next);
        Log.Changed(logger, by, string.Join(", ", edits.Select(edit => edit.Key).Distinct()), file.Path);
        return store.Current;
    }

    /// <summary>Writes another text in place of the one that the file has now, whoever wrote that; returns when it is on disk and in force as far as it can be.</summary>
    /// <param name="by">Who writes it, for the log.</param>
    /// <param name="make">Given what the file holds, says what it is to hold.</param>
    /// <exception cref="RpcException">Nothing was changed: as above, or the other text is refused.</exception>
    public async Task<RewrittenConfig> RewriteAsync(string by, Func<byte[]?, byte[]> make, CancellationToken ct)
    {
        using var turn = await file.EnterAsync(ct);
        var present = await ReadAsync(ct);
        var text = make(present);
        if (text.AsSpan().SequenceEqual(present) && present is not null)
        {
            return new RewrittenConfig(text, null);
        }

        var next = Load(text);
        await WriteAsync(present, text);
        file.Remember(text);
        var inForce = reload.Take(next);
        IReadOnlyList<ConfigPath> changed = [.. inForce, .. reload.State.RestartNeeded];
        Log.Changed(logger, by, changed.Count == 0 ? "nothing but the text" : string.Join(", ", changed), file.Path);
        return new RewrittenConfig(text, changed);
    }

    private async Task<byte[]?> ReadAsync(CancellationToken ct)
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
            var place = store.Current.Origins.GetValueOrDefault(key) switch
            {
                ConfigLayer.Environment => "an environment variable",
                ConfigLayer.CommandLine => "an option of the command line",
                _ => null,
            };
            if (place is not null)
            {
                throw new RpcException(RpcErrorKind.InvalidRequest, $"{key} is set by {place}, which wins over the file; change it there and restart");
            }
        }
    }

    /// <summary>Compares what the text says with what was asked for: a fault of the editor must not reach the file.</summary>
    private void RefuseOtherChanges(byte[] text, IReadOnlyList<ConfigEdit> edits)
    {
        var wanted = edits.Aggregate(Read(file.Text ?? []), (settings, edit) => edit.ApplyTo(settings));
        if (!JsonNode.DeepEquals(Read(text), wanted))
        {
            throw new InvalidOperationException($"The change of {string.Join(", ", edits.Select(edit => edit.Key))} would change other settings too.");
        }
    }

    private JsonObject Read(byte[] text) => new ConfigText(Path.GetFileName(file.Path), text).Read([]).Values;

    private ConfigSnapshot Load(byte[] text)
    {
        try
        {
            return reload.Check(text);
        }
        catch (ConfigException wrong)
        {
            var issues = wrong.Problems.Select(problem => new JsonObject { ["path"] = problem.Path, ["message"] = problem.Message });
            var details = new JsonObject { ["issues"] = new JsonArray([.. issues]) };
            var sentences = string.Join("; ", wrong.Problems.Select(problem => problem.Path.Length == 0 ? problem.Message : $"{problem.Path}: {problem.Message}"));
            throw new RpcException(new RpcError(RpcErrorKind.InvalidRequest, $"invalid config: {sentences}") { Details = JsonElement.Parse(details.ToJsonString()) });
        }
    }

    private async Task WriteAsync(byte[]? expected, byte[] text)
    {
        try
        {
            if (!await file.ReplaceAsync(expected, text))
            {
                throw new RpcException(
                    RpcErrorKind.Conflict,
                    $"{file.Path} was changed since the gateway read it, and nothing was written; try again once it has read the file, and see config.status if it does not");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotWritten(logger, file.Path, e.Message);
            throw new RpcException(
                RpcErrorKind.Unavailable, $"{file.Path} could not be written, and nothing was changed; is the disk full, or the folder read-only?");
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
