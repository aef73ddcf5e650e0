using System.CommandLine;
using Chela.Gateway.Hosting.Desk;

namespace Chela.Cli.Config;

/// <summary><c>chela config file</c>, <c>validate</c> and <c>schema</c>: what can be said of the file without changing it.</summary>
internal static class ConfigFileCommands
{
    public static Command CreateFile()
    {
        var options = new ConfigFileOptions();
        var command = new ExampledCommand("file", "Say where the configuration file is")
        {
            Examples = ["chela config file", "chela config file --json   # also its former contents"],
        };
        options.AddTo(command);
        command.SetAction((parsed, ct) => options.RunAsync(parsed, ShowFileAsync, ct));
        return command;
    }

    public static Command CreateValidate()
    {
        var file = new Argument<string?>("FILE") { Description = "Another file than the one in force", Arity = ArgumentArity.ZeroOrOne };
        var options = new ConfigFileOptions();
        var command = new ExampledCommand("validate", "Say whether a gateway would start with the file; exit code 78 where it would not")
        {
            Examples = ["chela config validate", "chela config validate ./new.json", "chela config validate --json"],
        };
        command.Add(file);
        options.AddTo(command);
        command.SetAction((parsed, ct) => options.RunAsync(parsed, session => ValidateAsync(session, isNamed: parsed.GetValue(file) is not null, ct), ct, parsed.GetValue(file)));
        return command;
    }

    public static Command CreateSchema()
    {
        var options = new ConfigFileOptions();
        var command = new ExampledCommand("schema", "Print the JSON Schema of the configuration file")
        {
            Examples = ["chela config schema > chela.schema.json"],
        };
        options.AddTo(command);
        command.SetAction((parsed, ct) => options.RunAsync(
            parsed,
            session =>
            {
                session.Terminal.WriteJson(session.Desk.SchemaForEditors, CliJson.Default.JsonElement, indented: !session.Json);
                return Task.FromResult(ExitCode.Ok);
            },
            ct));
        return command;
    }

    private static Task<int> ShowFileAsync(ConfigSession session)
    {
        var (desk, terminal, json, _) = session;
        if (json)
        {
            terminal.WriteJson(new ConfigFileReport(desk.Path, File.Exists(desk.Path), desk.Backups.All), CliJson.Default.ConfigFileReport, indented: false);
        }
        else
        {
            terminal.WriteLine(desk.Path);
        }

        return Task.FromResult(ExitCode.Ok);
    }

    private static async Task<int> ValidateAsync(ConfigSession session, bool isNamed, CancellationToken ct)
    {
        var (desk, terminal, json, _) = session;
        var text = await desk.ReadAsync(ct);
        if (text is null && isNamed)
        {
            return new Failure(ExitCode.Failed, $"there is no {desk.Path}").Tell(terminal, json);
        }

        var faults = await desk.CheckAsync(text, ct);
        if (json)
        {
            terminal.WriteJson(ConfigVerdict.Of(faults), CliJson.Default.ConfigVerdict, indented: false);
        }
        else if (faults.Count == 0)
        {
            terminal.WriteLine(text is null ? $"There is no {desk.Path}: the defaults hold" : $"Good: {desk.Path}");
        }
        else
        {
            terminal.Say(string.Join('\n', faults));
        }

        return faults.Count == 0 ? ExitCode.Ok : ExitCode.Config;
    }
}

/// <summary>Where the configuration file is, and what it held before.</summary>
internal sealed record ConfigFileReport(string Path, bool Exists, IReadOnlyList<ConfigBackup> Backups);
