using System.CommandLine;
using Chela.Cli.Config;
using Chela.Gateway.Hosting;
using Chela.Gateway.Hosting.Desk;
using Chela.Gateway.Hosting.OpenClaw;

namespace Chela.Cli.Migrate;

/// <summary><c>chela migrate openclaw</c>: takes an installation of OpenClaw over.</summary>
internal static class MigrateCommand
{
    public static Command Create() => new ExampledCommand("migrate", "Take over what another program keeps")
    {
        Examples = ["chela migrate openclaw --dry-run", "chela migrate openclaw"],
        Subcommands = { OpenClaw() },
    };

    private static ExampledCommand OpenClaw()
    {
        var from = new Option<string?>("--from") { Description = "State directory of OpenClaw (else OPENCLAW_STATE_DIR, else ~/.openclaw)", HelpName = "DIR" };
        var stateDir = new Option<string?>("--state-dir") { Description = "State directory (else CHELA_STATE_DIR, else ~/.chela)", HelpName = "DIR" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be done" };
        var force = new Option<bool>("--force") { Description = "Put the settings in the place of those that are here; the former file is kept" };
        var json = new Option<bool>("--json") { Description = "Print one JSON value, for programs" };
        var command = new ExampledCommand("openclaw", "Take over settings, keys, agents with their folders, and conversations; OpenClaw's own files stay as they are")
        {
            Examples = ["chela migrate openclaw --dry-run", "chela migrate openclaw --from /srv/openclaw --json"],
            Options = { from, stateDir, dryRun, force, json },
        };
        command.SetAction((parsed, ct) => RunAsync(
            new MigrateWish(parsed.GetValue(from), parsed.GetValue(stateDir), parsed.GetValue(dryRun), parsed.GetValue(force), parsed.GetValue(json)), ct));
        return command;
    }

    private static async Task<int> RunAsync(MigrateWish wish, CancellationToken ct)
    {
        var terminal = Terminal.OfProcess(Environment.GetEnvironmentVariable);
        var home = Environment.GetEnvironmentVariable("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var source = Path.GetFullPath(wish.From ?? Environment.GetEnvironmentVariable("OPENCLAW_STATE_DIR") ?? Path.Combine(home, ".openclaw"));
        var options = new OpenClawMigrationOptions(source, StatePaths.Resolve(wish.StateDirectory, Environment.GetEnvironmentVariable), ConfigFileOptions.Variables())
        {
            DryRun = wish.DryRun,
            Force = wish.Force,
            Home = home,
        };
        try
        {
            return Tell(await OpenClawMigration.RunAsync(options, ct), wish, source, terminal);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (ConfigRefusedException refused)
        {
            return Refusals.Tell(refused, terminal, wish.Json);
        }
        catch (StartException refused)
        {
            return new Failure(GatewayRun.CodeOf(refused.Failure), refused.Message).Tell(terminal, wish.Json);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Failure(ExitCode.CannotCreate, e.Message).Tell(terminal, wish.Json);
        }
    }

    private static int Tell(IReadOnlyList<MigrationLine> lines, MigrateWish wish, string source, Terminal terminal)
    {
        if (wish.Json)
        {
            OpenClawReportLine[] told = [.. lines.Select(line => new OpenClawReportLine(Word(line.Outcome, dryRun: false), line.Subject, line.Remark))];
            terminal.WriteJson(new OpenClawReport(source, wish.DryRun, told), CliJson.Default.OpenClawReport, indented: false);
            return ExitCode.Ok;
        }

        foreach (var line in lines)
        {
            terminal.WriteLine($"{Word(line.Outcome, wish.DryRun),-12}{line.Subject}{(line.Remark is null ? "" : $": {line.Remark}")}");
        }

        terminal.WriteLine($"{Count(MigrationOutcome.Taken)} taken over, {Count(MigrationOutcome.Present)} here before, {Count(MigrationOutcome.Left)} left behind{(wish.DryRun ? "; nothing was written" : "")}");
        return ExitCode.Ok;

        int Count(MigrationOutcome outcome) => lines.Count(line => line.Outcome == outcome);
    }

    private static string Word(MigrationOutcome outcome, bool dryRun) => outcome switch
    {
        MigrationOutcome.Taken => dryRun ? "would take" : "taken",
        MigrationOutcome.Present => "here",
        _ => "left",
    };
}

/// <summary>What the command line asks for.</summary>
internal sealed record MigrateWish(string? From, string? StateDirectory, bool DryRun, bool Force, bool Json);

/// <summary>What became of everything in an installation of OpenClaw.</summary>
internal sealed record OpenClawReport(string Source, bool DryRun, IReadOnlyList<OpenClawReportLine> Lines);

/// <summary>What became of one thing.</summary>
/// <param name="Outcome"><c>taken</c>, <c>here</c> (it was before) or <c>left</c>.</param>
internal sealed record OpenClawReportLine(string Outcome, string Subject, string? Remark);
