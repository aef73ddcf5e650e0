using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Chela.Gateway.Hosting;
using Chela.Service;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Chela;

/// <summary>Runs the gateway in this process until it is told to stop.</summary>
internal static class GatewayRun
{
    /// <summary>Runs until <paramref name="ct"/> is cancelled; the result is the exit code.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The last stop: a fault becomes one line and its own exit code, not a core dump.")]
    public static async Task<int> ExecuteAsync(GatewayRunOptions options, CancellationToken ct)
    {
        var environment = ReadEnvironment();
        var paths = StatePaths.Resolve(options.StateDirectory, environment.GetValueOrDefault);
        try
        {
            var host = await GatewayHost.StartAsync(HostOptions(options, paths, environment), ct);
            Greeting.Write(Console.Out, host.Started, paths);
            await ServeAsync(host, environment, ct);
            return ExitCode.Ok;
        }
        catch (StartException e)
        {
            await Console.Error.WriteLineAsync($"chela: {e.Message}");
            return CodeOf(e.Failure);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await Console.Error.WriteLineAsync(FaultLine.Of(e, options.Token));
            return ExitCode.Software;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }
    }

    /// <summary>Until it is to stop, and through every restart.</summary>
    private static async Task ServeAsync(GatewayHost host, Dictionary<string, string> environment, CancellationToken ct)
    {
        await using var supervisor = ServiceSupervisor.OfProcess(TimeProvider.System, environment);
        using var signal = new RestartSignal(() => host.AskToRestart("SIGUSR2"));
        try
        {
            supervisor.TellReady(host.Started.Url);
            while (await EndOfAsync(host, ct) == GatewayEnd.Restart)
            {
                supervisor.TellReloading();
                Console.WriteLine("Restarting: no new work is taken until then.");
                host = await host.RestartAsync(ct);
                Greeting.WriteAgain(Console.Out, host.Started);
                supervisor.TellReady(host.Started.Url);
            }

            supervisor.TellStopping();
            Console.WriteLine("Stopping: no new work is taken; a second signal stops at once.");
            await host.StopAsync(CancellationToken.None);
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    private static async Task<GatewayEnd> EndOfAsync(GatewayHost host, CancellationToken ct)
    {
        try
        {
            return await host.Asked.WaitAsync(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return GatewayEnd.Stop;
        }
    }

    private static GatewayOptions HostOptions(GatewayRunOptions options, StatePaths paths, Dictionary<string, string> environment)
    {
        var settings = new List<(string Option, string Key, string Value)>();
        if (options.Port is { } port)
        {
            settings.Add(("--port", "gateway.port", port.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }

        if (options.Bind is { } bind)
        {
            settings.Add(("--bind", "gateway.bind", bind));
        }

        if ((options.Token ?? environment.GetValueOrDefault("CHELA_TOKEN")) is { } token)
        {
            settings.Add((options.Token is null ? "CHELA_TOKEN" : "--token", "gateway.auth.token", token));
        }

        if (options.Verbose)
        {
            settings.Add(("--verbose", "logging.level", "debug"));
        }

        return new GatewayOptions(paths)
        {
            ConfigFile = options.ConfigFile,
            Environment = environment,
            Settings = settings,
            SafeMode = options.SafeMode,
            Logging = AddConsole,
        };
    }

    private static void AddConsole(ILoggingBuilder logging) => logging
        .AddGatewayConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.UseUtcTimestamp = true;
            console.ColorBehavior = Console.IsOutputRedirected ? LoggerColorBehavior.Disabled : LoggerColorBehavior.Default;
        });

    /// <summary>The environment of this process.</summary>
    public static Dictionary<string, string> ReadEnvironment() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);

    /// <summary>What the shell gets where a gateway does not start.</summary>
    public static int CodeOf(StartFailure failure) => failure switch
    {
        StartFailure.Configuration or StartFailure.AlreadyRunning => ExitCode.Config,
        StartFailure.AddressUnavailable => ExitCode.Unavailable,
        StartFailure.NotWritable => ExitCode.CannotCreate,
        StartFailure.DamagedState => ExitCode.DataError,
        _ => ExitCode.Software,
    };
}
