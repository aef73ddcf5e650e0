namespace Chela;

/// <summary>Runs the gateway in this process until it is told to stop.</summary>
internal static class GatewayRun
{
    /// <summary>Runs until <paramref name="ct"/> is cancelled; the result is the exit code.</summary>
    public static Task<int> ExecuteAsync(GatewayRunOptions options, CancellationToken ct)
    {
        _ = (options, ct);
        Console.Error.WriteLine("not wired yet");
        return Task.FromResult(ExitCode.Software);
    }
}
