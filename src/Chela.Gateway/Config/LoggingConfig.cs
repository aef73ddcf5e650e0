using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Chela.Gateway.Config;

/// <summary>What is logged.</summary>
internal sealed record LoggingConfig
{
    public const string Silent = "silent", Fatal = "fatal", Error = "error", Warn = "warn", Info = "info", Debug = "debug", Trace = "trace";

    /// <summary>The parts of the gateway that log, by the names of their folders in lower case.</summary>
    public static readonly IReadOnlyList<string> Slices =
        ["access", "agents", "bus", "channels", "config", "connections", "hosting", "logs", "plugins", "programs", "rpc", "sessions", "storage", "telemetry", "usage"];

    [AllowedValues(Silent, Fatal, Error, Warn, Info, Debug, Trace)]
    [Description("The least important events that are logged.")]
    public string Level { get; init; } = Info;

    [MaxLength(100), AllowedValues(Silent, Fatal, Error, Warn, Info, Debug, Trace)]
    [Description("The same for those of one part of the gateway.")]
    public IReadOnlyDictionary<string, string> Levels { get; init; } = new Dictionary<string, string>();
}

/// <summary>What the settings of the log must be.</summary>
internal static class LoggingRule
{
    private const string Key = "logging.levels";

    /// <summary>The problems, each with the dotted key of a setting that was made.</summary>
    public static IEnumerable<(string Path, string Message)> Problems(LoggingConfig logging) =>
        from slice in logging.Levels.Keys
        where !LoggingConfig.Slices.Contains(slice)
        select (Key, $"names no part of the gateway: '{Schema.JsonText.Show(slice)}'; there are {string.Join(", ", LoggingConfig.Slices)}");
}
