using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Chela.Load;

/// <summary>
/// Connections that log in, call as often as the plan's depth says, and never read. Prints its state when all are logged in, and again
/// for each line of the standard input; the end of that is the end of the crowd.
/// </summary>
internal sealed class DeafCrowd(LoadPlan plan)
{
    /// <summary>Small, so that the system does not swallow for a client what it does not read.</summary>
    private const int ReceiveBytes = 4096;

    private readonly List<WebSocket> _sockets = [];
    private int _ended;
    private long _calls;

    /// <summary>Runs until the standard input ends.</summary>
    public async Task<int> RunAsync()
    {
        for (var index = 0; index < plan.Connections; index++)
        {
            var socket = await CrowdSocket.OpenAsync(plan, index, ReceiveBytes, CancellationToken.None);
            await OpenClawHandshake.RunAsync(socket, new FrameReader(socket), plan.Token, CancellationToken.None);
            _sockets.Add(socket);
        }

        _sockets.ForEach(socket => _ = Task.Run(() => CallAsync(socket))); // each ends with its socket
        Print();
        while (Console.ReadLine() is not null)
        {
            Print();
        }

        return 0;
    }

    /// <summary>Calls, held up when the other side takes no more, until it has called enough or the connection is ended.</summary>
    private async Task CallAsync(WebSocket socket)
    {
        var call = Encoding.UTF8.GetBytes($$"""{"type":"req","id":"1","method":"{{plan.Method}}"}""");
        try
        {
            for (var sent = 0; sent < plan.Depth; sent++)
            {
                await socket.SendAsync(call, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
                Interlocked.Increment(ref _calls);
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException)
        {
            Interlocked.Increment(ref _ended);
        }
    }

    private void Print()
    {
        var state = new DeafState(_sockets.Count, Volatile.Read(ref _ended), Interlocked.Read(ref _calls));
        Console.WriteLine(JsonSerializer.Serialize(state, LoadJson.Default.DeafState));
    }
}
