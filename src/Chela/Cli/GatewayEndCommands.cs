using System.CommandLine;
using System.Text.Json;

namespace Chela.Cli;

/// <summary>
/// <c>chela gateway stop</c> and <c>chela gateway restart</c>: of the service where there is one and no other gateway is named, else by a method
/// of the gateway that runs.
/// </summary>
internal static class GatewayEndCommands
{
    public static IEnumerable<Command> All =>
    [
        Create("stop", "Stop the gateway, once its runs have ended (30 s at most)", [], StopAsync),
        Restart(),
    ];

    private static ExampledCommand Restart()
    {
        var now = new Option<bool>("--now") { Description = "Do not wait for runs; they get 30 s to end" };
        return Create("restart", "Restart the gateway, once its runs have ended (5 min at most)", [now], (session, parsed, ct) => RestartAsync(session, parsed.GetValue(now), ct));
    }

    private static ExampledCommand Create(string name, string description, Option[] own, Func<GatewaySession, ParseResult, CancellationToken, Task<int>> ask)
    {
        var connection = new ConnectionOptions("Longest wait for the answer (default 30)");
        var command = new ExampledCommand(name, description) { Examples = [$"chela gateway {name}", $"chela gateway {name} --state-dir /srv/chela"] };
        foreach (var option in own)
        {
            command.Add(option);
        }

        connection.AddTo(command);
        command.SetAction((parsed, ct) => connection.Read(parsed) is { Url: null, StateDirectory: null } settings && !settings.Json && ServiceCommands.IsInstalled
            ? ServiceCommands.TellAsync(ct => name == "restart" ? ServiceCommands.RestartAsync(settings, ct) : ServiceCommands.SystemctlAsync(name, ct), ct)
            : GatewaySession.RunAsync(connection.Read(parsed), session => ask(session, parsed, ct), ct));
        return command;
    }

    private static async Task<int> StopAsync(GatewaySession session, ParseResult parsed, CancellationToken ct)
    {
        var answer = await session.Client.CallAsync("gateway.stop", ct: ct);
        return Tell(session, answer, $"The gateway stops (process {answer.GetProperty("pid")}).");
    }

    private static async Task<int> RestartAsync(GatewaySession session, bool now, CancellationToken ct)
    {
        var answer = await session.Client.CallAsync(
            "gateway.restart.request", JsonSerializer.SerializeToElement(new RestartRequest(now), CliJson.Default.RestartRequest), ct: ct);
        var wait = TimeSpan.FromMilliseconds(answer.GetProperty("restart").GetProperty("delayMs").GetInt64());
        var runs = answer.GetProperty("status").GetString() == "deferred" ? $", once this has ended: {answer.GetProperty("preflight").GetProperty("summary")}" : "";
        return Tell(session, answer, $"The gateway restarts {(wait.TotalSeconds >= 1 ? $"in {wait.TotalSeconds:0} s" : "now")}{runs}.");
    }

    private static int Tell(GatewaySession session, JsonElement answer, string sentence)
    {
        if (session.Json)
        {
            session.Terminal.WriteJson(answer, CliJson.Default.JsonElement, indented: false);
        }
        else
        {
            session.Terminal.WriteLine(sentence);
        }

        return ExitCode.Ok;
    }
}

/// <summary>Parameters of <c>gateway.restart.request</c>.</summary>
internal sealed record RestartRequest(bool SkipDeferral);
