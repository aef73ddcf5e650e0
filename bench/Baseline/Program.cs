using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using Baseline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

// Kestrel without logging, routing, configuration and JSON. Takes the gateway's arguments and reads only --port, so that the
// benchmark starts both programs the same way.
var port = int.Parse(args[Array.IndexOf(args, "--port") + 1], provider: null);
var sockets = new ConcurrentDictionary<WebSocket, bool>();

var builder = WebApplication.CreateEmptyBuilder(new());
builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
await using var app = builder.Build();
app.UseWebSockets();
app.Run(context =>
    context.WebSockets.IsWebSocketRequest ? EchoAsync(context)
    : InstantModel.IsAsked(context.Request) ? InstantModel.AnswerAsync(context)
    : context.Request.Method == HttpMethods.Post ? BroadcastAsync(context)
    : context.Response.WriteAsync("ok", context.RequestAborted));
await app.RunAsync();

async Task EchoAsync(HttpContext context)
{
    using var socket = await context.WebSockets.AcceptWebSocketAsync();
    sockets.TryAdd(socket, true);
    try
    {
        var buffer = new byte[4096];
        while (true)
        {
            var frame = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
            if (frame.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, frame.Count), frame.MessageType, frame.EndOfMessage, context.RequestAborted);
        }
    }
    finally
    {
        sockets.TryRemove(socket, out _);
    }
}

// POST /NAME?count=N&bytes=B: N frames of about B bytes to every socket, one socket after the other.
async Task BroadcastAsync(HttpContext context)
{
    var count = int.Parse(context.Request.Query["count"]!, provider: null);
    var padding = new string(' ', int.Parse(context.Request.Query["bytes"]!, provider: null));
    for (var sent = 0; sent < count; sent++)
    {
        var stamp = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var frame = Encoding.ASCII.GetBytes($$"""{"event":"{{context.Request.Path.Value![1..]}}","ts":{{stamp}}{{padding}}}""");
        foreach (var socket in sockets.Keys)
        {
            await socket.SendAsync(frame.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted);
        }
    }
}
