using System.CommandLine;

namespace Chela.Cli.Config;

/// <summary><c>chela config migrate</c>.</summary>
internal static class ConfigMigrateCommand
{
    public static Command Create()
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be done" };
        var options = new ConfigFileOptions();
        var command = new ExampledCommand("migrate", "Bring a file of an older form into the present one, as a start of the gateway does; the former content is kept")
        {
            Examples = ["chela config migrate --dry-run", "chela config migrate"],
        };
        command.Add(dryRun);
        options.AddTo(command);
        command.SetAction((parsed, ct) => options.RunAsync(parsed, session => MigrateAsync(session, parsed.GetValue(dryRun), ct), ct));
        return command;
    }

    private static async Task<int> MigrateAsync(ConfigSession session, bool dryRun, CancellationToken ct)
    {
        var (notes, change) = await session.Desk.MigrateAsync(dryRun, ct);
        if (session.Json)
        {
            session.Terminal.WriteJson(new MigrationReport(change.Path, change.Written, notes), CliJson.Default.MigrationReport, indented: false);
            return ExitCode.Ok;
        }

        foreach (var note in notes)
        {
            session.Terminal.WriteLine(note);
        }

        session.Terminal.WriteLine(change.Written ? $"Written: {change.Path}" : notes.Count == 0 ? $"{change.Path} has the present form" : "Nothing was written");
        return ExitCode.Ok;
    }
}

/// <summary>What was or would be done to a configuration file.</summary>
internal sealed record MigrationReport(string Path, bool Written, IReadOnlyList<string> Notes);
