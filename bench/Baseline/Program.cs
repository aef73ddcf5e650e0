using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

// Kestrel without logging, routing, configuration and JSON. Takes the gateway's arguments and reads only --port, so that the
// benchmark starts both programs the same way.
var port = int.Parse(args[Array.IndexOf(args, "--port") + 1], provider: null);

var builder = WebApplication.CreateEmptyBuilder(new());
builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
await using var app = builder.Build();
app.UseWebSockets();
app.Run(context => context.WebSockets.IsWebSocketRequest ? EchoAsync(context) : context.Response.WriteAsync("ok", context.RequestAborted));
await app.RunAsync();

static async Task EchoAsync(HttpContext context)
{
    using var socket = await context.WebSockets.AcceptWebSocketAsync();
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
