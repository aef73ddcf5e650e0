using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Tests.Client;

/// <summary>A gateway of a few lines: a real server on a real socket that plays the script it is given to every client.</summary>
internal sealed class ScriptedGateway : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedGateway(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public Uri Url => new(_app.Urls.Single().Replace("http:", "ws:", StringComparison.Ordinal));

    /// <summary>Completes when a script has run to its end, fails when one did.</summary>
    public TaskCompletionSource Played { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts with a script that begins after the hello.</summary>
    public static Task<ScriptedGateway> StartAsync(Func<ScriptedConnection, Task> afterHello) =>
        StartRawAsync(async connection =>
        {
            await connection.GreetAsync();
            await afterHello(connection);
        });

    /// <summary>Starts with a script that has the connection from its first frame.</summary>
    public static async Task<ScriptedGateway> StartRawAsync(Func<ScriptedConnection, Task> script)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var gateway = new ScriptedGateway(app);
        app.UseWebSockets();
        app.Run(context => gateway.PlayAsync(context, script));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return gateway;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task PlayAsync(HttpContext context, Func<ScriptedConnection, Task> script)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var connection = new ScriptedConnection(socket, context.RequestAborted);
        try
        {
            await script(connection);
            Played.TrySetResult();
            await connection.SwallowAsync();
        }
        catch (Exception e)
        {
            Played.TrySetException(e);
        }
    }
}
