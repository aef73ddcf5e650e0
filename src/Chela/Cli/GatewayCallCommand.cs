using System.CommandLine;
using System.Text.Json;

namespace Chela.Cli;

/// <summary><c>chela gateway call</c>: any method of a running gateway, its answer as JSON.</summary>
internal static class GatewayCallCommand
{
    public static Command Create()
    {
        var method = new Argument<string>("METHOD") { Description = "For example health or sessions.list" };
        var parameters = new Option<string?>("--params") { Description = "Parameters: a JSON object", HelpName = "JSON" };
        var connection = new ConnectionOptions("Longest wait for the answer (default 30)");
        var command = new ExampledCommand("call", "Call a method of a running gateway")
        {
            Examples =
            [
                "chela gateway call health",
                "chela gateway call sessions.list --params '{\"limit\":5}'",
                "chela gateway call status --url wss://gateway.example --json",
            ],
        };
        command.Add(method);
        command.Add(parameters);
        connection.AddTo(command);
        command.SetAction((parsed, ct) => GatewaySession.RunAsync(
            connection.Read(parsed),
            session => CallAsync(session, parsed.GetRequiredValue(method), parsed.GetValue(parameters), ct),
            ct));
        parameters.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !IsJson(text))
            {
                result.AddError("--params is not JSON.");
            }
        });
        return command;
    }

    private static async Task<int> CallAsync(GatewaySession session, string method, string? parameters, CancellationToken ct)
    {
        JsonElement? json = parameters is null ? null : JsonElement.Parse(parameters);
        var answer = await session.Client.CallAsync(method, json, ct);
        session.Terminal.WriteJson(answer, CliJson.Default.JsonElement, indented: !session.Json);
        return ExitCode.Ok;
    }

    private static bool IsJson(string text)
    {
        try
        {
            JsonElement.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
