using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Logs;

/// <summary>Parameters of <c>logs.tail</c>.</summary>
internal sealed record LogsTailParams
{
    [Description("Where the last answer ended; without it the end of the log is read."), Range(0, 9_007_199_254_740_991)]
    public long? Cursor { get; init; }

    [Description("The most lines; 500 without it."), Range(1, 5000)]
    public int? Limit { get; init; }

    [Description("The most bytes; 250,000 without it."), Range(1, 1_000_000)]
    public int? MaxBytes { get; init; }
}

/// <summary>Result of <c>logs.tail</c>.</summary>
/// <param name="File">The file; its whole path for administrators.</param>
/// <param name="Cursor">Where to go on.</param>
/// <param name="Size">The length of the file, in bytes.</param>
/// <param name="Lines">JSON objects, oldest first.</param>
/// <param name="Truncated">Lines before these were left out.</param>
/// <param name="Reset">The cursor did not fit: the log is another one by now, or too much was written since.</param>
internal sealed record LogsTailResult(string File, long Cursor, long Size, IReadOnlyList<string> Lines, bool Truncated, bool Reset)
{
    public long? SkippedBytes { get; init; }
}

/// <summary>Reading the gateway's log.</summary>
internal sealed class LogMethods(LogFile log) : IMethodModule
{
    private const int DefaultLimit = 500;
    private const int DefaultBytes = 250_000;

    public void Map(MethodMap methods)
    {
        var json = LogsJson.Default;
        methods.Add(MethodMap.Method("logs.tail", OperatorScopes.Read, json.LogsTailParams, json.LogsTailResult, Tail) with
        {
            Summary = "The newest lines of the gateway's log, or those since a cursor.",
        });
    }

    private ValueTask<LogsTailResult> Tail(LogsTailParams parameters, CallContext context, CancellationToken ct)
    {
        var name = context.Caller.Holds(OperatorScopes.Admin) ? log.Path : Path.GetFileName(log.Path);
        try
        {
            var slice = LogSlice.Read(log.Path, parameters.Cursor, parameters.Limit ?? DefaultLimit, parameters.MaxBytes ?? DefaultBytes);
            return new(new LogsTailResult(name, slice.End, slice.End, slice.Lines, slice.IsTruncated, slice.IsReset)
            {
                SkippedBytes = slice.SkippedBytes > 0 ? slice.SkippedBytes : null,
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RpcException(RpcErrorKind.Unavailable, "the log cannot be read; is it owned by another user?");
        }
    }
}

/// <summary>JSON types of this slice.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LogsTailParams))]
[JsonSerializable(typeof(LogsTailResult))]
[JsonSerializable(typeof(LogLevelsParams))]
[JsonSerializable(typeof(LogLevelParams))]
[JsonSerializable(typeof(LogLevelsResult))]
internal sealed partial class LogsJson : JsonSerializerContext;
