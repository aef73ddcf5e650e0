using System.Text.Json.Nodes;
using Chela.Contracts.Errors;
using Chela.Gateway.Config.Editing;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Config.Reloading;

/// <summary>
/// Settings that are changed while the gateway runs and only until it ends: the uppermost layer. They are checked whole with everything else, stay
/// in force over changes of the file, and are never written.
/// </summary>
internal sealed partial class ConfigOverrides(ConfigStore store, ConfigFile file, ConfigReload reload, ILogger<ConfigOverrides> logger)
{
    /// <summary>The settings that are overridden.</summary>
    public IReadOnlyList<ConfigPath> All => Leaves(reload.Overrides);

    /// <summary>Overrides a setting; gives the settings in force that are others by it.</summary>
    /// <param name="by">Who does it, for the log.</param>
    /// <exception cref="RpcException">Nothing was changed: a start would refuse the result, or a restart would be needed.</exception>
    public async Task<IReadOnlyList<ConfigPath>> SetAsync(string by, ConfigPath path, JsonNode value, CancellationToken ct)
    {
        using var turn = await file.EnterAsync(ct);
        var edit = ConfigEdit.Set(value, path.Segments);
        var changed = Leaves(edit.Nested(0).AsObject());
        RefuseParts(path);
        if (changed.FirstOrDefault(setting => ReloadRules.KindOf(setting) == ReloadKind.Restart) is { } held)
        {
            throw Refusal($"{held} needs a restart, after which an override is gone; change it in the file");
        }

        var inForce = await TakeAsync(edit.ApplyTo(reload.Overrides), changed, ct);
        Log.Set(logger, by, path);
        return inForce;
    }

    /// <summary>Takes the override of a setting back, with those of settings below it, or all; gives the settings in force that are others by it.</summary>
    /// <exception cref="RpcException">Nothing was changed: there is none, or a start would refuse the result.</exception>
    public async Task<IReadOnlyList<ConfigPath>> ClearAsync(string by, ConfigPath? path, CancellationToken ct)
    {
        using var turn = await file.EnterAsync(ct);
        IReadOnlyList<ConfigPath> cleared = [.. All.Where(setting => path is null || setting.IsWithin(path.Segments))];
        if (path is not null && cleared.Count == 0)
        {
            throw Refusal($"{path} is not overridden");
        }

        var left = path is null ? [] : ConfigEdit.Unset(path.Segments).ApplyTo(reload.Overrides);
        var inForce = await TakeAsync(left, cleared, ct);
        Log.Cleared(logger, by, string.Join(", ", cleared));
        return inForce;
    }

    private async Task<IReadOnlyList<ConfigPath>> TakeAsync(JsonObject overrides, IReadOnlyList<ConfigPath> changed, CancellationToken ct)
    {
        try
        {
            var next = await reload.CheckAsync(file.Content, overrides, ct);
            return reload.Override(overrides, next, changed);
        }
        catch (ConfigException wrong)
        {
            throw InvalidConfig.Of(wrong);
        }
    }

    /// <summary>Layers replace lists whole: an override of one item would take the others away.</summary>
    private void RefuseParts(ConfigPath path)
    {
        for (var count = 1; count < path.Segments.Count; count++)
        {
            if (ConfigPointer.Find(store.Current.Effective, [.. path.Segments.Take(count)]) is { ValueKind: System.Text.Json.JsonValueKind.Array })
            {
                throw Refusal($"{new ConfigPath([.. path.Segments.Take(count)])} is a list, which is overridden as a whole");
            }
        }
    }

    private static IReadOnlyList<ConfigPath> Leaves(JsonObject settings, params string[] above) =>
    [
        .. settings.SelectMany(setting => setting.Value is JsonObject below
            ? Leaves(below, [.. above, setting.Key])
            : [new ConfigPath([.. above, setting.Key])]),
    ];

    private static RpcException Refusal(string message) => new(RpcErrorKind.InvalidRequest, message);

    private static partial class Log
    {
        [LoggerMessage(1816, LogLevel.Information, "{By} overrides {Path} until the gateway ends")]
        public static partial void Set(ILogger logger, string by, ConfigPath path);

        [LoggerMessage(1817, LogLevel.Information, "{By} takes the overrides of {Keys} back")]
        public static partial void Cleared(ILogger logger, string by, string keys);
    }
}
