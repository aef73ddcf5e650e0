using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Chela.Gateway.Hosting.Desk;

namespace Chela.Cli.Config;

/// <summary><c>chela config diff</c>: what the file says otherwise than it did, or than a running gateway has in force.</summary>
internal static class ConfigDiffCommand
{
    private const string Running = "running";
    private const string Red = "\e[31m";
    private const string Green = "\e[32m";
    private const string Plain = "\e[0m";

    public static Command Create()
    {
        var against = new Argument<string>("AGAINST")
        {
            Description = "last-good (what a gateway last started with or took in; the default), the number of a backup, or running",
            DefaultValueFactory = _ => ConfigBackups.LastGood,
        };
        var options = new ConfigFileOptions();
        var command = new ExampledCommand("diff", "Show what changed in the file; secrets are not shown")
        {
            Examples = ["chela config diff", "chela config diff 1", "chela config diff running   # what the gateway has in force, against what a start would"],
        };
        command.Add(against);
        options.AddTo(command);
        command.SetAction((parsed, ct) => options.RunAsync(parsed, session => CompareAsync(session, parsed.GetRequiredValue(against), ct), ct));
        return command;
    }

    private static async Task<int> CompareAsync(ConfigSession session, string against, CancellationToken ct) => against == Running
        ? await GatewaySession.RunAsync(
            new ConnectionSettings(null, null, session.StateDirectory, session.Json, null),
            async gateway =>
            {
                var view = await gateway.Client.CallAsync("config.get", ct: ct);
                return Show(session, await session.Desk.DifferencesAsync(view.GetProperty("config"), ct));
            },
            ct)
        : Show(session, await session.Desk.DifferencesAsync(against, ct));

    private static int Show(ConfigSession session, IReadOnlyList<ConfigDifference> differences)
    {
        if (session.Json)
        {
            session.Terminal.WriteJson(differences, CliJson.Default.IReadOnlyListConfigDifference, indented: false);
            return ExitCode.Ok;
        }

        foreach (var (key, before, after) in differences)
        {
            Print(session.Terminal, Red, "-", key, before);
            Print(session.Terminal, Green, "+", key, after);
        }

        return ExitCode.Ok;
    }

    private static void Print(Terminal terminal, string colour, string sign, string key, JsonElement? value)
    {
        if (value is not { } given)
        {
            return;
        }

        terminal.Output.Write(terminal.Colour ? colour : "");
        terminal.WriteLine($"{sign} {key} = {Line(given)}");
        terminal.Output.Write(terminal.Colour ? Plain : "");
    }

    private static string Line(JsonElement value)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            value.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
