using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

namespace Chela.Load;

/// <summary>Opens the WebSockets of crowds: bare sockets with the framework's framing on top, a fraction of a ClientWebSocket each.</summary>
internal static class CrowdSocket
{
    private const int MaxHead = 4096;

    /// <summary>Opens one.</summary>
    /// <param name="plan">Where to, from where.</param>
    /// <param name="index">The number of the connection in its crowd.</param>
    /// <param name="receiveBytes">How much the system may take in that nobody reads; null leaves it to the system.</param>
    /// <exception cref="IOException">The other side answered with something else than a WebSocket.</exception>
    public static async Task<WebSocket> OpenAsync(LoadPlan plan, int index, int? receiveBytes, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.ReceiveBufferSize = receiveBytes ?? socket.ReceiveBufferSize;
            if (plan.Addresses > 1)
            {
                socket.Bind(new IPEndPoint(AddressOf(index % plan.Addresses), 0));
            }

            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, plan.Target.Port), ct);
            await socket.SendAsync(Upgrade(plan), ct);
            await ReadHeadAsync(socket, ct);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var options = new WebSocketCreationOptions { KeepAliveInterval = TimeSpan.Zero };
        return WebSocket.CreateFromStream(new NetworkStream(socket, ownsSocket: true), options);
    }

    private static IPAddress AddressOf(int number) => new([127, 1, (byte)(number / 250), (byte)(1 + (number % 250))]);

    private static byte[] Upgrade(LoadPlan plan)
    {
        var head = new StringBuilder()
            .Append(null, $"GET {plan.Target.PathAndQuery} HTTP/1.1\r\nHost: {plan.Target.Authority}\r\n")
            .Append("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n")
            .Append(null, $"Sec-WebSocket-Key: {Convert.ToBase64String(RandomNumberGenerator.GetBytes(16))}\r\n");
        if (!plan.SpeaksOpenClaw && plan.Token is { } token)
        {
            head.Append(null, $"Authorization: Bearer {token}\r\n");
        }

        return Encoding.ASCII.GetBytes(head.Append("\r\n").ToString());
    }

    /// <summary>Takes the head of the answer and not a byte more: the first frame may follow in the same packet.</summary>
    private static async Task ReadHeadAsync(Socket socket, CancellationToken ct)
    {
        var head = new byte[MaxHead];
        var length = 0;
        while (true)
        {
            var seen = await socket.ReceiveAsync(head.AsMemory(length), SocketFlags.Peek, ct);
            if (seen == 0)
            {
                throw new IOException(length == 0 ? "closed without an answer" : "closed in the middle of the answer");
            }

            var end = head.AsSpan(0, length + seen).IndexOf("\r\n\r\n"u8);
            var taken = end < 0 ? seen : end + 4 - length;
            length += await socket.ReceiveAsync(head.AsMemory(length, taken), SocketFlags.None, ct);
            if (end >= 0)
            {
                break;
            }
        }

        if (!head.AsSpan(0, length).StartsWith("HTTP/1.1 101 "u8))
        {
            throw new IOException(Encoding.ASCII.GetString(head, 0, head.AsSpan(0, length).IndexOf("\r\n"u8)));
        }
    }
}
