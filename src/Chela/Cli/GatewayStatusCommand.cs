using System.CommandLine;

namespace Chela.Cli;

/// <summary><c>chela gateway status</c>: is it there, which version, how long, how many sessions, which model.</summary>
internal static class GatewayStatusCommand
{
    public static Command Create()
    {
        var connection = new ConnectionOptions("Longest wait for each answer (default 30)");
        var command = new ExampledCommand("status", "Show whether a gateway is running and how it is")
        {
            Examples =
            [
                "chela gateway status",
                "chela gateway status --json",
                "chela gateway status --url wss://gateway.example --timeout 5",
            ],
        };
        connection.AddTo(command);
        command.SetAction((parsed, ct) => GatewaySession.RunAsync(connection.Read(parsed), session => ShowAsync(session, ct), ct));
        return command;
    }

    private static async Task<int> ShowAsync(GatewaySession session, CancellationToken ct)
    {
        var health = session.Client.CallAsync("health", ct: ct);
        var status = session.Client.CallAsync("status", ct: ct);
        var report = new GatewayReport(await health, await status);
        if (session.Json)
        {
            session.Terminal.WriteJson(report, CliJson.Default.GatewayReport, indented: false);
            return ExitCode.Ok;
        }

        var facts = StatusFacts.Of(session.Client.Hello, session.Target.DisplayUrl, report);
        if (session.Terminal.Colour)
        {
            StatusTable.Print(session.Terminal.Output, facts);
            return ExitCode.Ok;
        }

        foreach (var (name, value) in facts)
        {
            session.Terminal.WriteLine($"{name,-10}{value}");
        }

        return ExitCode.Ok;
    }
}
