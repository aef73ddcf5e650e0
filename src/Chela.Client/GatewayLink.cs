using System.Text.Json;
using Chela.Client.Wire;

namespace Chela.Client;

/// <summary>One socket with its login, and where its events go on.</summary>
/// <param name="Socket">The socket.</param>
/// <param name="Hello">What the gateway said.</param>
internal sealed record GatewayLink(FrameSocket Socket, GatewayHello Hello)
{
    private const string ResumeMethod = "events.resume";
    private const string RequestId = "resume";

    /// <summary>Where the events go on; null when the gateway keeps none, or the client does not want to come back.</summary>
    public ResumeAnswer? Events { get; private init; }

    /// <summary>Events that came before that was known.</summary>
    public IReadOnlyList<IncomingFrame> Early { get; private init; } = [];

    /// <summary>Connects, logs in, and asks for the events after those that were seen.</summary>
    /// <param name="options">Where and who.</param>
    /// <param name="epoch">The stream to go on with; null for the first connection.</param>
    /// <param name="seq">The last event of it that was seen.</param>
    public static async Task<GatewayLink> OpenAsync(GatewayClientOptions options, string? epoch, long seq, CancellationToken ct)
    {
        var (socket, hello) = await Handshake.ConnectAsync(options, ct);
        var link = new GatewayLink(socket, hello);
        if (!options.Reconnect || !hello.Methods.Contains(ResumeMethod))
        {
            return link;
        }

        try
        {
            using var late = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
            return await link.ResumeAsync(epoch is null ? new ResumeParams() : new ResumeParams { Epoch = epoch, Seq = seq }, either.Token);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is OperationCanceledException && !ct.IsCancellationRequested)
            {
                throw new GatewayUnreachableException(options.Url, $"no answer to {ResumeMethod} within {options.ConnectTimeout.TotalSeconds:0.#} s", e);
            }

            throw;
        }
    }

    private async Task<GatewayLink> ResumeAsync(ResumeParams parameters, CancellationToken ct)
    {
        await Socket.SendAsync(RequestFrame.Write(RequestId, ResumeMethod, parameters, ClientJson.Default.ResumeParams), ct);
        var early = new List<IncomingFrame>();
        while (true)
        {
            var bytes = await Socket.ReceiveAsync(ct);
            var frame = JsonSerializer.Deserialize(bytes.Span, ClientJson.Default.IncomingFrame);
            if (frame is { Type: "res", Id: RequestId })
            {
                return this with { Early = early, Events = frame.Ok ? frame.Payload?.Deserialize(ClientJson.Default.ResumeAnswer) : null };
            }

            if (frame is { Type: "event" })
            {
                early.Add(frame);
            }
        }
    }
}
