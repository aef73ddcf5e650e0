using System.Net.WebSockets;
using System.Text.Json;
using Chela.Client.Wire;

namespace Chela.Client;

/// <summary>From an open socket to the gateway's hello: its challenge, our <c>connect</c>, its answer.</summary>
internal static class Handshake
{
    private const int MinProtocol = 3;
    private const int MaxProtocol = 4;
    private const string RequestId = "connect";

    /// <summary>Opens the socket and introduces the client, all before the options' deadline.</summary>
    public static async Task<(FrameSocket Socket, GatewayHello Hello)> ConnectAsync(GatewayClientOptions options, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        try
        {
            var socket = await FrameSocket.OpenAsync(options, either.Token);
            return (socket, await GreetOrDisposeAsync(socket, options, either.Token));
        }
        catch (OperationCanceledException e) when (late.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new GatewayUnreachableException(options.Url, $"no hello within {options.ConnectTimeout.TotalSeconds:0.#} s", e);
        }
        catch (JsonException e)
        {
            throw new GatewayUnreachableException(options.Url, "what answers there does not speak the gateway protocol", e);
        }
    }

    private static async Task<GatewayHello> GreetOrDisposeAsync(FrameSocket socket, GatewayClientOptions options, CancellationToken ct)
    {
        try
        {
            return await GreetAsync(socket, options, ct);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<GatewayHello> GreetAsync(FrameSocket socket, GatewayClientOptions options, CancellationToken ct)
    {
        await ReceiveAsync(socket, frame => frame is { Type: "event", Event: "connect.challenge" }, ct);
        await socket.SendAsync(RequestFrame.Write(RequestId, "connect", Introduction(options), ClientJson.Default.ConnectParams), ct);
        var answer = await ReceiveAsync(socket, frame => frame is { Type: "res", Id: RequestId }, ct);
        if (!answer.Ok)
        {
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", ct);
            throw (answer.Error ?? new WireError("UNAVAILABLE", "the gateway refused without a reason")).ToException("connect");
        }

        var hello = answer.Payload?.Deserialize(ClientJson.Default.HelloOk);
        return hello is { Type: "hello-ok", Protocol: >= MinProtocol and <= MaxProtocol }
            ? Known(hello)
            : throw new JsonException("the answer to connect is not a hello");
    }

    /// <summary>Skips frames until the one wanted: a gateway may send others in between.</summary>
    private static async Task<IncomingFrame> ReceiveAsync(FrameSocket socket, Func<IncomingFrame, bool> wanted, CancellationToken ct)
    {
        while (true)
        {
            var bytes = await socket.ReceiveAsync(ct);
            var frame = JsonSerializer.Deserialize(bytes.Span, ClientJson.Default.IncomingFrame);
            if (frame is not null && wanted(frame))
            {
                return frame;
            }
        }
    }

    private static ConnectParams Introduction(GatewayClientOptions options) => new(
        MinProtocol,
        MaxProtocol,
        new ConnectClient(options.ClientId, options.ClientVersion, options.Platform, options.ClientMode),
        Role: "operator",
        options.Scopes,
        options.Token is { } token ? new ConnectAuth(token) : null,
        UserAgent: $"chela/{options.ClientVersion}");

    private static GatewayHello Known(HelloOk hello) => new(
        hello.Protocol,
        hello.Server.Version,
        hello.Server.ConnId,
        hello.Features?.Methods ?? [],
        hello.Features?.Events ?? [],
        hello.Auth?.Scopes ?? [],
        hello.Policy ?? new GatewayPolicy(MaxPayload: 8 * 1024 * 1024, MaxBufferedBytes: 16 * 1024 * 1024, TickIntervalMs: 30_000),
        hello.Snapshot);
}
