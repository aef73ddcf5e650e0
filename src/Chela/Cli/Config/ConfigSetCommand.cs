using System.CommandLine;
using Chela.Gateway.Hosting.Desk;

namespace Chela.Cli.Config;

/// <summary><c>chela config set</c> and <c>chela config unset</c>.</summary>
internal static class ConfigSetCommand
{
    /// <summary>Stands for a value that is read from standard input, where nobody else on the machine sees it.</summary>
    private const string FromInput = "-";

    private const int LongestInput = 1024 * 1024;

    public static Command CreateSet()
    {
        var key = Key("The setting: session.mainKey, agents.list[0].model, agents.list[] for one more, or with quotes gateway.auth.identityScopes[\"anna@example.org\"]");
        var value = new Argument<string>("VALUE") { Description = "Text where the key holds text, a number where it holds numbers, JSON for lists and objects; - reads it from standard input" };
        var asJson = new Option<bool>("--json-value") { Description = "The value is JSON, whatever the key holds" };
        var asText = new Option<bool>("--string") { Description = "The value is text, whatever it looks like" };
        var options = new ConfigFileOptions();
        var command = new ExampledCommand("set", "Give a setting a value; comments stay, and the former file is kept")
        {
            Examples =
            [
                "chela config set agents.defaults.model openai/gpt-5-mini",
                "chela config set gateway.port 18790",
                "chela config set tools.allow fs.read,http.fetch",
                "chela config set agents.list[] '{\"id\":\"cook\",\"model\":\"openai/gpt-5\"}'",
                "chela config set models.providers.openai.apiKey - < key.txt",
            ],
        };
        command.Add(key);
        command.Add(value);
        command.Add(asJson);
        command.Add(asText);
        options.AddTo(command);
        command.SetAction((parsed, ct) => options.RunAsync(
            parsed,
            async session => Changes.Tell(await session.Desk.SetAsync(
                parsed.GetRequiredValue(key), await ReadAsync(parsed.GetRequiredValue(value), ct), Form(parsed.GetValue(asJson), parsed.GetValue(asText)), ct), session),
            ct));
        return command;
    }

    public static Command CreateUnset()
    {
        var key = Key("The setting, or one that holds others");
        var options = new ConfigFileOptions();
        var command = new ExampledCommand("unset", "Take a setting out of the file; the default holds again")
        {
            Examples = ["chela config unset session.mainKey", "chela config unset agents.list[1]"],
        };
        command.Add(key);
        options.AddTo(command);
        command.SetAction((parsed, ct) => options.RunAsync(
            parsed, async session => Changes.Tell(await session.Desk.UnsetAsync(parsed.GetRequiredValue(key), ct), session), ct));
        return command;
    }

    private static Argument<string> Key(string description) => new("KEY") { Description = description };

    private static ValueForm Form(bool asJson, bool asText) => (asJson, asText) switch
    {
        (true, true) => throw new UsageException("--json-value and --string exclude each other"),
        (true, _) => ValueForm.Json,
        (_, true) => ValueForm.Text,
        _ => ValueForm.AsKeySays,
    };

    private static async Task<string> ReadAsync(string value, CancellationToken ct)
    {
        if (value != FromInput)
        {
            return value;
        }

        var buffer = new char[LongestInput];
        var length = await Console.In.ReadBlockAsync(buffer, ct);
        return length < LongestInput ? new string(buffer, 0, length).TrimEnd('\r', '\n') : throw new UsageException("the value on standard input is too long");
    }
}
