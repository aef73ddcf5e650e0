using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Config;
using Chela.Gateway.Rpc;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Logs;

/// <summary>Parameters of <c>logs.levels</c>.</summary>
internal sealed record LogLevelsParams;

/// <summary>Parameters of <c>logs.level</c>.</summary>
internal sealed record LogLevelParams([property: Description("The part of the gateway, as logs.levels names it.")] string Slice)
{
    [AllowedValues(
        LoggingConfig.Silent, LoggingConfig.Fatal, LoggingConfig.Error, LoggingConfig.Warn, LoggingConfig.Info, LoggingConfig.Debug, LoggingConfig.Trace)]
    [Description("The least important events that are logged; what is configured without it.")]
    public string? Level { get; init; }

    [Range(1_000, 604_800_000), Description("For how long, in milliseconds; until the gateway ends without it.")]
    public long? ForMs { get; init; }
}

/// <summary>Result of <c>logs.levels</c> and <c>logs.level</c>.</summary>
internal sealed record LogLevelsResult(IReadOnlyList<LogLevelRow> Levels);

/// <summary>Seeing more, or less, of a part of the gateway while it runs.</summary>
internal sealed partial class LogLevelMethods(LogLevels levels, ILogger<LogLevelMethods> logger) : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = LogsJson.Default;
        methods.Add(MethodMap.Method(
            "logs.levels", OperatorScopes.Read, json.LogLevelsParams, json.LogLevelsResult, (LogLevelsParams _, CallContext _, CancellationToken _) => new(new LogLevelsResult(levels.Rows))) with
        {
            Summary = "The level from which on each part of the gateway logs.",
        });
        methods.Add(MethodMap.Method("logs.level", OperatorScopes.Admin, json.LogLevelParams, json.LogLevelsResult, Set) with
        {
            Summary = "Changes the level of one part of the gateway until it ends or for a while, without writing that down.",
        });
    }

    private ValueTask<LogLevelsResult> Set(LogLevelParams parameters, CallContext context, CancellationToken ct)
    {
        if (!LoggingConfig.Slices.Contains(parameters.Slice))
        {
            throw new RpcException(
                RpcErrorKind.InvalidParams, $"invalid logs.level params: at /slice: must be one of {string.Join(", ", LoggingConfig.Slices)}");
        }

        levels.Want(parameters.Slice, parameters.Level, parameters.ForMs is { } length ? TimeSpan.FromMilliseconds(length) : null);
        Log.Changed(logger, parameters.Slice, parameters.Level ?? "as configured", context.Caller.ClientId);
        return new(new LogLevelsResult(levels.Rows));
    }

    private static partial class Log
    {
        [LoggerMessage(1900, LogLevel.Information, "The level of {Slice} is {Level} for now, as {Client} wants")]
        public static partial void Changed(ILogger logger, string slice, string level, string client);
    }
}
