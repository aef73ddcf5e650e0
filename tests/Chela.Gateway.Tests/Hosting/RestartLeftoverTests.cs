using System.Runtime.CompilerServices;
using Chela.Gateway.Hosting;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Tests.Hosting;

/// <summary>Restarts within the process, again and again.</summary>
[Trait("Requirement", "K9")]
public sealed class RestartLeftoverTests
{
    private const int Restarts = 6;

    [Fact]
    public async Task Of_a_gateway_that_has_restarted_nothing_stays_in_memory()
    {
        using var folder = new TempFolder();
        var former = await RestartAsync(folder);

        await Patience.UntilAsync(_ => Task.FromResult(AliveOf(former) == 0), "whoever held a part of a former gateway has let go");
    }

    /// <summary>Every part of a gateway that logs holds this.</summary>
    private static async Task<IReadOnlyList<WeakReference>> RestartAsync(TempFolder folder)
    {
        var logs = new List<WeakReference>();
        var options = new GatewayOptions(new StatePaths(folder.File("state")))
        {
            Settings = [("--port", "gateway.port", "0")],
            Logging = logging => logging.AddProvider(Remembered(logs)),
        };
        var host = await GatewayHost.StartAsync(options, TestContext.Current.CancellationToken);
        for (var restart = 0; restart < Restarts; restart++)
        {
            host = await host.RestartAsync(TestContext.Current.CancellationToken);
        }

        await host.StopAsync(TestContext.Current.CancellationToken);
        await host.DisposeAsync();
        Assert.Equal(Restarts + 1, logs.Count);
        return logs;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static RememberedLog Remembered(List<WeakReference> logs)
    {
        var log = new RememberedLog();
        logs.Add(new WeakReference(log));
        return log;
    }

    private static int AliveOf(IEnumerable<WeakReference> logs)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return logs.Count(log => log.IsAlive);
    }

    private sealed class RememberedLog : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
        }

        public void Dispose()
        {
        }
    }
}
