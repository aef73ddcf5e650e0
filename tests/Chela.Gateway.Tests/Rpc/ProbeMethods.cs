using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Contracts.Access;
using Chela.Gateway.Rpc;
using Chela.Gateway.Telemetry;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Rpc;

/// <summary>Parameters of the methods that these tests make.</summary>
internal sealed record ProbeParams
{
    public string? Text { get; init; }

    public ProbePlace? Place { get; init; }
}

/// <summary>Something inside the parameters.</summary>
internal sealed record ProbePlace([property: System.ComponentModel.DataAnnotations.Range(0, 9)] int Row);

/// <summary>Their result.</summary>
internal sealed record ProbeResult(string Said);

/// <summary>JSON types of these tests.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProbeParams))]
[JsonSerializable(typeof(ProbeResult))]
internal sealed partial class ProbeJson : JsonSerializerContext;

/// <summary>A slice of methods made by a test.</summary>
internal sealed class ProbeMethods(Action<MethodMap> map) : IMethodModule
{
    public void Map(MethodMap methods) => map(methods);

    /// <summary>A method that says a text at once.</summary>
    public static RpcMethod Saying(string name, string said, OperatorScopes scope = OperatorScopes.Read) =>
        Method(name, (_, _, _) => new(new ProbeResult(said)), scope);

    public static RpcMethod Method(string name, Handler<ProbeParams, ProbeResult> handler, OperatorScopes scope = OperatorScopes.Read) =>
        MethodMap.Method(name, scope, ProbeJson.Default.ProbeParams, ProbeJson.Default.ProbeResult, handler);

    public static MethodRegistry Registry(params Action<MethodMap>[] slices) => new(slices.Select(slice => new ProbeMethods(slice)));

    public static Dispatcher Dispatcher(TimeProvider time, params RpcMethod[] methods) => new(
        Registry(map => Array.ForEach(methods, method => map.Add(method))), Gate(time), new AuditRecorder(), new GatewayMeter(), time, NullLogger<Dispatcher>.Instance);

    /// <summary>Admits calls as often as a gateway does without configuration.</summary>
    public static CallGate Gate(TimeProvider time) => new(new CallLimits(() => new CallLimitSettings(100, 600), time));

    public static Caller Operator(OperatorScopes scopes) => new("c1", CallerRole.Operator, scopes, "cli");

    public static CallContext Call(string method, Caller? caller = null) =>
        new(method, caller ?? Operator(OperatorScopes.Admin), new NoConnection(IPAddress.Loopback));
}
