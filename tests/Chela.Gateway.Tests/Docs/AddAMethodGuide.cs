// The listings of docs/guides/add-a-method.md are the parts of this file between "guide: begin" and "guide: end".
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Gateway.Rpc;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Docs;

// guide: begin
/// <summary>Parameters of <c>time.now</c>.</summary>
internal sealed record TimeNowParams
{
    [Description("Hours and minutes from UTC, for example +02:00; UTC without it.")]
    [RegularExpression("^[+-][0-9]{2}:[0-9]{2}$")]
    public string? Offset { get; init; }
}

/// <summary>Result of <c>time.now</c>.</summary>
internal sealed record TimeNowResult(string Text, long TimestampMs);

/// <summary>The gateway's clock.</summary>
internal sealed class TimeMethods(TimeProvider time) : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = TimeJson.Default;
        methods.Add(MethodMap.Method("time.now", OperatorScopes.Read, json.TimeNowParams, json.TimeNowResult, Now) with
        {
            Summary = "The time by the gateway's clock.",
        });
    }

    private ValueTask<TimeNowResult> Now(TimeNowParams parameters, CallContext context, CancellationToken ct)
    {
        var now = time.GetUtcNow().ToOffset(OffsetOf(parameters.Offset ?? "+00:00"));
        return new(new TimeNowResult(now.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture), now.ToUnixTimeMilliseconds()));
    }

    private static TimeSpan OffsetOf(string text) =>
        DateTimeOffset.TryParseExact($"2000-01-01{text}", "yyyy-MM-ddzzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day.Offset
            : throw new RpcException(RpcErrorKind.InvalidParams, $"invalid time.now params: at /offset: no place on earth is {text} from UTC");
}

/// <summary>JSON types of this slice. Strict: unknown members, missing members and nulls are errors.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TimeNowParams))]
[JsonSerializable(typeof(TimeNowResult))]
internal sealed partial class TimeJson : JsonSerializerContext;
// guide: end

// guide: begin
[Trait("Requirement", "W6")]
public sealed class TimeMethodsTests
{
    [Theory]
    [InlineData("", """{"text":"2026-11-21T12:00:00+00:00","timestampMs":1795262400000}""")]
    [InlineData("""{"offset":"-03:30"}""", """{"text":"2026-11-21T08:30:00-03:30","timestampMs":1795262400000}""")]
    public async Task The_time_is_told_as_in_the_callers_place(string parameters, string expected) =>
        Assert.Equal(expected, Answers.Text(await CallAsync(parameters, OperatorScopes.Read)));

    [Theory]
    [InlineData("""{"offset":"+2"}""", OperatorScopes.Read, RpcErrorKind.InvalidParams)]
    [InlineData("""{"offset":"+15:00"}""", OperatorScopes.Read, RpcErrorKind.InvalidParams)]
    [InlineData("""{"ofset":"+02:00"}""", OperatorScopes.Read, RpcErrorKind.InvalidParams)]
    [InlineData("", OperatorScopes.Pairing, RpcErrorKind.Forbidden)]
    public async Task A_call_that_is_not_in_order_is_refused(string parameters, OperatorScopes granted, RpcErrorKind expected) =>
        Assert.Equal(expected, (await CallAsync(parameters, granted)).Error?.Kind);

    private static ValueTask<Outcome> CallAsync(string parameters, OperatorScopes granted)
    {
        var time = new StoppedClock();
        var gate = new CallGate(new CallLimits(() => new CallLimitSettings(Chat: 100, ChatOfAddress: 600), time));
        var dispatcher = new Dispatcher(new MethodRegistry([new TimeMethods(time)]), gate, new AuditRecorder(), new GatewayMeter(), time, NullLogger<Dispatcher>.Instance);
        var caller = new Caller("connection 1", CallerRole.Operator, granted, "test");
        var context = new CallContext("time.now", caller, new NoConnection(IPAddress.Loopback));
        return dispatcher.InvokeAsync(Dialect.JsonRpc, Encoding.UTF8.GetBytes(parameters), context, TestContext.Current.CancellationToken);
    }
}
// guide: end

/// <summary>An answer as a client reads it.</summary>
file static class Answers
{
    private static readonly JsonWriterOptions AsOnTheWire = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Text(Outcome outcome)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, AsOnTheWire))
        {
            Assert.NotNull(outcome.Answer);
            outcome.Answer.Write(writer);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}

/// <summary>A clock that shows noon.</summary>
file sealed class StoppedClock : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
}
