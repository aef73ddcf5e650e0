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
            await using (host)
            {
                Greeting.Write(Console.Out, host.Started, paths);
                await using var supervisor = ServiceSupervisor.OfProcess(TimeProvider.System, environment);
                supervisor.TellReady(host.Started.Url);
                await Cancelled(ct);
                supervisor.TellStopping();
                Console.WriteLine("Stopping: no new work is taken; a second signal stops at once.");
                await host.StopAsync(CancellationToken.None);
            }

            return ExitCode.Ok;
        }
        catch (StartException e)
        {
            await Console.Error.WriteLineAsync($"chela: {e.Message}");
            return CodeOf(e.Failure);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"chela: internal fault: {e.GetType().Name}: {e.Message}");
            return ExitCode.Software;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return ExitCode.Ok;
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
            Logging = AddConsole,
        };
    }

    private static void AddConsole(ILoggingBuilder logging) => logging
        .AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.UseUtcTimestamp = true;
            console.ColorBehavior = Console.IsOutputRedirected ? LoggerColorBehavior.Disabled : LoggerColorBehavior.Default;
        });

    private static Dictionary<string, string> ReadEnvironment() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);

    private static async Task Cancelled(CancellationToken ct)
    {
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (ct.Register(signal.SetResult))
        {
            await signal.Task;
        }
    }

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
