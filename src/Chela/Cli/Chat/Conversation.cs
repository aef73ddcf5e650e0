namespace Chela.Cli.Chat;

/// <summary>
/// A conversation on a terminal: a line is a message, the reply is printed as it comes. Ctrl-C aborts the run under way, at the prompt
/// it leaves.
/// </summary>
internal sealed class Conversation(
    GatewaySession gateway, TextReader input, string sessionKey, Interrupts interrupts, TimeSpan? timeout)
{
    private const string Help = "/help shows the commands, /quit leaves; Ctrl-C aborts a reply, at the prompt it leaves.";

    private readonly OneShot _oneShot = new(gateway, timeout);

    /// <summary>Runs until the person leaves or the connection ends.</summary>
    public async Task<int> RunAsync()
    {
        gateway.Terminal.Say($"{gateway.Target.DisplayUrl}, session {sessionKey}. {Help}");
        while (await ReadLineAsync() is { } line)
        {
            switch (line.Trim())
            {
                case "":
                    break;
                case "/quit" or "/exit":
                    return ExitCode.Ok;
                default:
                    await SpeakAsync(line);
                    break;
            }
        }

        return ExitCode.Ok;
    }

    private async Task SpeakAsync(string message)
    {
        try
        {
            await _oneShot.RunAsync(sessionKey, message, interrupts.Token);
        }
        catch (Client.GatewayCallException e)
        {
            // The gateway refused this message; the next may do better.
            gateway.Terminal.Say($"{e.Code}: {e.Message}");
        }

        interrupts.Rearm();
    }

    /// <summary>The next line; null at the end of the input and at Ctrl-C. A connection that ends meanwhile ends the wait.</summary>
    private async Task<string?> ReadLineAsync()
    {
        Prompt();

        // A read of the terminal cannot be cancelled. It is left behind on its own thread, which does not keep the process alive.
        var line = Task.Run(input.ReadLine, CancellationToken.None);
        var left = Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, interrupts.Token);
        var first = await Task.WhenAny(line, left, gateway.Client.Closed);
        if (first == line)
        {
            return await line;
        }

        gateway.Terminal.Say("");
        return first == left ? null : throw await gateway.Client.Closed;
    }

    private void Prompt()
    {
        if (gateway.Terminal.IsTerminal)
        {
            gateway.Terminal.Output.Write(gateway.Terminal.Colour ? "\e[1;36m›\e[0m " : "> ");
            gateway.Terminal.Output.Flush();
        }
    }
}
