using System.Net.WebSockets;
using System.Text.Json;
using System.Web;
using Chela.Contracts.Channels;
using Chela.Gateway.Config;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Channels.Feishu;

/// <summary>
/// The long connection, on which Feishu brings events to an app that has no address of its own. Each event is answered when it was taken in: what
/// is not answered Feishu brings again.
/// </summary>
internal sealed partial class FeishuConnection(FeishuApi api, TimeProvider time, Random random, ILogger<FeishuConnection> logger)
{
    /// <summary>The longest frame, in bytes.</summary>
    private const int MaxFrameBytes = 1024 * 1024;

    private const int UsualPing = 120, LongestPing = 120, LongestReconnect = 30;

    private static readonly FeishuJson Json = FeishuJson.Default;

    /// <summary>Keeps a connection until it cannot be made any more, or one was of no use.</summary>
    /// <param name="take">Takes in an event.</param>
    public async Task RunAsync(FeishuAccountConfig account, IChannelDoor door, Func<ReadOnlyMemory<byte>, Task> take, CancellationToken ct)
    {
        while (true)
        {
            var place = await api.GetPlaceAsync(account, ct);
            if (!await KeepAsync(account, place, door, take, ct))
            {
                return;
            }

            var wait = TimeSpan.FromSeconds(1 + (Chance() * Math.Clamp(place.Pace?.ReconnectNonce ?? 0, 0, LongestReconnect)));
            Log.Ended(logger, door.Account, wait.TotalSeconds);
            await Task.Delay(wait, time, ct);
        }
    }

    /// <summary>Makes one connection, and reads it until it ends.</summary>
    /// <returns>False when nothing came on it.</returns>
    private async Task<bool> KeepAsync(FeishuAccountConfig account, FeishuPlace place, IChannelDoor door, Func<ReadOnlyMemory<byte>, Task> take, CancellationToken ct)
    {
        var address = AddressOf(account, place);
        using var socket = new ClientWebSocket();
        var isUsed = false;
        try
        {
            await socket.ConnectAsync(address, ct);
            door.Connected();
            var line = new Line(socket, int.TryParse(HttpUtility.ParseQueryString(address.Query)["service_id"], out var service) ? service : 0, PingOf(place.Pace));
            while (await ReadAsync(line, ct) is { } bytes)
            {
                isUsed = true;
                door.Heard();
                await AnswerAsync(line, bytes, door, take, ct);
            }

            return isUsed;
        }
        catch (WebSocketException e)
        {
            // What it says may name the address, which holds a ticket.
            return isUsed ? true : throw new HttpRequestException($"the long connection failed: {e.WebSocketErrorCode}", e);
        }
    }

    /// <summary>The next frame; null when the connection was closed. While it waits it asks now and then whether Feishu is still there.</summary>
    private async Task<byte[]?> ReadAsync(Line line, CancellationToken ct)
    {
        var next = ReceiveAsync(line.Socket, ct);
        while (!next.IsCompleted)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
            if (await Task.WhenAny(next, Task.Delay(line.PingAt - time.GetUtcNow() is { Ticks: > 0 } wait ? wait : TimeSpan.Zero, time, over.Token)) == next)
            {
                await over.CancelAsync();
                break;
            }

            ct.ThrowIfCancellationRequested();
            line.PingAt = time.GetUtcNow() + line.Ping;
            await SendAsync(line, new FeishuFrame { Method = FeishuFrame.Control, Service = line.Service, Headers = [("type", "ping")] }, ct);
        }

        return await next;
    }

    private async Task AnswerAsync(Line line, byte[] bytes, IChannelDoor door, Func<ReadOnlyMemory<byte>, Task> take, CancellationToken ct)
    {
        if (FeishuFrame.Read(bytes) is not { } frame)
        {
            Log.NotRead(logger, door.Account);
        }
        else if (frame.Method == FeishuFrame.Control && frame.Header("type") == "pong" && PaceOf(frame) is { } pace)
        {
            line.Ping = PingOf(pace);
        }
        else if (frame.Method == FeishuFrame.Data && frame.Header("type") == "event" && line.Parts.Add(frame) is { } whole)
        {
            var began = time.GetTimestamp();
            await take(whole);
            var took = (long)time.GetElapsedTime(began).TotalMilliseconds;
            await SendAsync(line, frame with
            {
                Headers = [.. frame.Headers, ("biz_rt", took.ToString(System.Globalization.CultureInfo.InvariantCulture))],
                Payload = JsonSerializer.SerializeToUtf8Bytes(new FeishuReceipt(200), Json.FeishuReceipt),
            }, ct);
        }
    }

    private static async Task<byte[]?> ReceiveAsync(ClientWebSocket socket, CancellationToken ct)
    {
        using var frame = new MemoryStream();
        var part = new byte[8192];
        while (true)
        {
            var read = await socket.ReceiveAsync(part.AsMemory(), ct);
            frame.Write(part, 0, read.Count);
            if (read.MessageType == WebSocketMessageType.Close || frame.Length > MaxFrameBytes)
            {
                return null;
            }

            if (read.EndOfMessage)
            {
                return frame.ToArray();
            }
        }
    }

    private static Task SendAsync(Line line, FeishuFrame frame, CancellationToken ct) =>
        line.Socket.SendAsync(frame.Write(), WebSocketMessageType.Binary, endOfMessage: true, ct);

    /// <summary>Where it goes; in the open only where the calls go in the open too.</summary>
    private static Uri AddressOf(FeishuAccountConfig account, FeishuPlace place) =>
        Uri.TryCreate(place.Url, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeWss || (address.Scheme == Uri.UriSchemeWs && account.Root().StartsWith("http://", StringComparison.OrdinalIgnoreCase)))
            ? address
            : throw new HttpRequestException("Feishu names no address for a long connection");

    private static FeishuPace? PaceOf(FeishuFrame frame)
    {
        try
        {
            return frame.Payload.IsEmpty ? null : JsonSerializer.Deserialize(frame.Payload.Span, Json.FeishuPace);
        }
        catch (JsonException)
        {
            return null; // it keeps its pace
        }
    }

    private static TimeSpan PingOf(FeishuPace? pace) => TimeSpan.FromSeconds(Math.Clamp(pace?.PingInterval ?? UsualPing, 1, LongestPing));

    private double Chance()
    {
        lock (random)
        {
            return random.NextDouble();
        }
    }

    /// <summary>A connection that stands.</summary>
    private sealed class Line(ClientWebSocket socket, int service, TimeSpan ping)
    {
        public ClientWebSocket Socket => socket;

        public int Service => service;

        public FeishuParts Parts { get; } = new();

        public TimeSpan Ping { get; set; } = ping;

        public DateTimeOffset PingAt { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(1770, LogLevel.Information, "The long connection of the Feishu account {Account} has ended, and is made anew in {Seconds:F0} s")]
        public static partial void Ended(ILogger logger, string account, double seconds);

        [LoggerMessage(1771, LogLevel.Warning, "A frame for the Feishu account {Account} cannot be read, and is passed over")]
        public static partial void NotRead(ILogger logger, string account);
    }
}
