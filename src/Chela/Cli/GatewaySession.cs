using Chela.Client;

namespace Chela.Cli;

/// <summary>What a command has in hand while it runs: a connection, and where to print.</summary>
internal sealed record GatewaySession(GatewayClient Client, GatewayTarget Target, Terminal Terminal, bool Json)
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Connects, runs the command, and turns every way it can fail into one clear line and an exit code.</summary>
    /// <param name="settings">The command's connection options.</param>
    /// <param name="command">The command proper.</param>
    /// <param name="interrupted">Ctrl-C.</param>
    /// <param name="reconnect">Whether a lost connection is made again.</param>
    /// <param name="unanswered">What to do instead where no gateway answers; null to say so.</param>
    public static async Task<int> RunAsync(
        ConnectionSettings settings,
        Func<GatewaySession, Task<int>> command,
        CancellationToken interrupted,
        bool reconnect = false,
        Func<Terminal, int>? unanswered = null)
    {
        var terminal = Terminal.OfProcess(Environment.GetEnvironmentVariable);
        GatewayTarget? target = null;
        var connected = false;
        try
        {
            target = GatewayTarget.Resolve(settings, Environment.GetEnvironmentVariable);
            await using var client = await GatewayClient.ConnectAsync(Options(target, settings) with { Reconnect = reconnect }, interrupted);
            connected = true;
            return await command(new GatewaySession(client, target, terminal, settings.Json));
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (GatewayUnreachableException) when (!connected && unanswered is not null)
        {
            return unanswered(terminal);
        }
        catch (Exception e) when (Failure.Of(e, target, connected) is { } failure)
        {
            return failure.Tell(terminal, settings.Json);
        }
    }

    /// <summary>Connects and asks something, without telling anybody of a failure.</summary>
    /// <returns>The answer, or why there is none, and where was asked.</returns>
    public static async Task<(T? Answer, Failure? Failure, string? Url)> TryAsync<T>(ConnectionSettings settings, Func<GatewaySession, Task<T>> ask, CancellationToken interrupted)
        where T : class
    {
        GatewayTarget? target = null;
        var connected = false;
        try
        {
            target = GatewayTarget.Resolve(settings, Environment.GetEnvironmentVariable);
            await using var client = await GatewayClient.ConnectAsync(Options(target, settings), interrupted);
            connected = true;
            return (await ask(new GatewaySession(client, target, Terminal.OfProcess(Environment.GetEnvironmentVariable), settings.Json)), null, target.DisplayUrl);
        }
        catch (Exception e) when (Failure.Of(e, target, connected) is { } failure)
        {
            return (null, failure, target?.DisplayUrl);
        }
    }

    private static GatewayClientOptions Options(GatewayTarget target, ConnectionSettings settings) => new()
    {
        Url = target.Url,
        Token = target.Token,
        TlsFingerprint = target.TlsFingerprint,
        ClientVersion = ProgramVersion.Text,
        ConnectTimeout = Shorter(settings.Timeout, TimeSpan.FromSeconds(10)),
        CallTimeout = settings.Timeout ?? DefaultTimeout,
    };

    private static TimeSpan Shorter(TimeSpan? given, TimeSpan usual) => given < usual ? given.Value : usual;
}
