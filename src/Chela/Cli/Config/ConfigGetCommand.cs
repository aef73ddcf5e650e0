using System.CommandLine;
using System.Text.Json;

namespace Chela.Cli.Config;

/// <summary><c>chela config get</c>.</summary>
internal static class ConfigGetCommand
{
    public static Command Create()
    {
        var key = new Argument<string?>("KEY") { Description = "The setting, for example agents.list[0].model; all without it", Arity = ArgumentArity.ZeroOrOne };
        var fileOnly = new Option<bool>("--file-only") { Description = "What the file says; else what a gateway makes of it with its defaults and the environment" };
        var secrets = new Option<bool>("--show-secrets") { Description = "Print secrets instead of __OPENCLAW_REDACTED__" };
        var options = new ConfigFileOptions();
        var command = new ExampledCommand("get", "Show a setting; exit code 1 where it is not set")
        {
            Examples = ["chela config get", "chela config get session.mainKey", "chela config get gateway.auth --file-only --show-secrets"],
        };
        command.Add(key);
        command.Add(fileOnly);
        command.Add(secrets);
        options.AddTo(command);
        command.SetAction((parsed, ct) => options.RunAsync(
            parsed, session => ShowAsync(session, parsed.GetValue(key), parsed.GetValue(fileOnly), parsed.GetValue(secrets), ct), ct));
        return command;
    }

    private static async Task<int> ShowAsync(ConfigSession session, string? key, bool fileOnly, bool secrets, CancellationToken ct)
    {
        if (await session.Desk.GetAsync(key, fileOnly, secrets, ct) is not { } value)
        {
            return new Failure(ExitCode.Failed, $"{key} is not set").Tell(session.Terminal, session.Json);
        }

        if (value.ValueKind == JsonValueKind.String && !session.Json)
        {
            session.Terminal.WriteLine(value.GetString()!);
        }
        else
        {
            session.Terminal.WriteJson(value, CliJson.Default.JsonElement, indented: !session.Json);
        }

        return ExitCode.Ok;
    }
}
