using System.Globalization;

namespace Chela.Cli.Chat;

/// <summary>One message, its reply on the output, the exit code.</summary>
internal sealed class OneShot(GatewaySession gateway, TimeSpan? timeout)
{
    /// <summary>Sends and prints; with JSON wanted, one object at the end, else the text as it comes.</summary>
    public async Task<int> RunAsync(string sessionKey, string message, CancellationToken interrupted)
    {
        using var late = new CancellationTokenSource(timeout ?? Timeout.InfiniteTimeSpan, TimeProvider.System);
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(late.Token, interrupted);
        var terminal = gateway.Terminal;
        Action<string> print = gateway.Json ? _ => { } : terminal.Write;
        var turn = new ChatTurn(gateway.Client, TimeProvider.System);
        var outcome = await turn.RunAsync(sessionKey, message, print, abort.Token);
        if (gateway.Json)
        {
            terminal.WriteJson(outcome, CliJson.Default.ChatOutcome, indented: false);
        }
        else if (outcome.Text.Length > 0 && !outcome.Text.EndsWith('\n'))
        {
            terminal.WriteLine();
        }

        return Judge(outcome, interrupted.IsCancellationRequested, late.IsCancellationRequested);
    }

    private int Judge(ChatOutcome outcome, bool interrupted, bool late)
    {
        switch (outcome.Status)
        {
            case "ok":
                return ExitCode.Ok;
            case "aborted" when interrupted:
                gateway.Terminal.Say("aborted");
                return ExitCode.Interrupted;
            case "aborted" when late:
                var seconds = timeout?.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
                gateway.Terminal.Say($"no whole reply within {seconds} s; the run was aborted");
                return ExitCode.TimedOut;
            case "aborted":
                gateway.Terminal.Say("the run was aborted");
                return ExitCode.Failed;
            default:
                gateway.Terminal.Say($"error: {outcome.Error}");
                return ExitCode.Failed;
        }
    }
}
