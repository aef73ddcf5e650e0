using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Tests.Support;

/// <summary>A span as a collector receives it.</summary>
internal sealed record ReceivedSpan(string TraceId, string SpanId, string ParentId, string Name)
{
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}

/// <summary>A collector of OpenTelemetry: over HTTP with protobuf, or by gRPC. It remembers what it received.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private const int GrpcPrefix = 5;

    private readonly ConcurrentQueue<(string Path, byte[] Body, string Authorization)> _requests = new();
    private readonly WebApplication _app;
    private readonly bool _isGrpc;

    private OtlpReceiver(WebApplication app, bool isGrpc) => (_app, _isGrpc) = (app, isGrpc);

    public string Url => _app.Urls.Single();

    /// <summary>What the requests showed to be let in.</summary>
    public IReadOnlyCollection<string> Credentials => [.. _requests.Select(request => request.Authorization).Distinct()];

    /// <summary>The texts of everything that came, however they stand there.</summary>
    public string Everything => string.Concat(_requests.Select(request => Encoding.Latin1.GetString(request.Body)));

    public IReadOnlyList<ReceivedSpan> Spans =>
    [
        .. from request in _requests
           where request.Path.Contains("trace", StringComparison.OrdinalIgnoreCase)
           from resource in Protobuf.Read(request.Body).All(1)
           from scope in Protobuf.Read(resource).All(2)
           from span in Protobuf.Read(scope).All(2)
           select SpanOf(Protobuf.Read(span)),
    ];

    /// <summary>The names of the instruments whose figures came.</summary>
    public IReadOnlyCollection<string> Instruments =>
    [
        .. from request in _requests
           where request.Path.Contains("metric", StringComparison.OrdinalIgnoreCase)
           from resource in Protobuf.Read(request.Body).All(1)
           from scope in Protobuf.Read(resource).All(2)
           from metric in Protobuf.Read(scope).All(2)
           select Protobuf.Read(metric).Text(1),
    ];

    public static async Task<OtlpReceiver> StartAsync(bool isGrpc = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, 0, listen => listen.Protocols = isGrpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        var app = builder.Build();
        var receiver = new OtlpReceiver(app, isGrpc);
        app.Run(receiver.TakeAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        _requests.Enqueue((context.Request.Path, body.ToArray()[(_isGrpc ? GrpcPrefix : 0)..], context.Request.Headers.Authorization.ToString()));
        context.Response.ContentType = _isGrpc ? "application/grpc" : "application/x-protobuf";
        if (_isGrpc)
        {
            await context.Response.Body.WriteAsync(new byte[GrpcPrefix], context.RequestAborted);
            context.Response.AppendTrailer("grpc-status", "0");
        }
    }

    private static ReceivedSpan SpanOf(Protobuf span) => new(span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5))
    {
        Tags = span.All(9).Select(Protobuf.Read).ToDictionary(tag => tag.Text(1), tag => Protobuf.Read(tag.All(2).Single()).Text(1), StringComparer.Ordinal),
    };
}
