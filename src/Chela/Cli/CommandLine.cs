using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Chela.Cli.Channels;
using Chela.Cli.Chat;
using Chela.Cli.Config;
using Chela.Cli.Devices;
using Chela.Cli.Doctor;
using Chela.Cli.Migrate;
using Chela.Cli.Secrets;
using Chela.Cli.Security;

namespace Chela.Cli;

/// <summary>All commands of <c>chela</c>, and what happens to a command line that is wrong.</summary>
internal static class CommandLine
{
    /// <summary>Parses and runs; the result is the exit code.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The last stop: a fault becomes one line and its own exit code, not a core dump.")]
    public static async Task<int> InvokeAsync(IReadOnlyList<string> args, Interrupts interrupts)
    {
        try
        {
            // A word that begins with @ is a word: reading a file of that name into the command line would surprise.
            var parsed = Create(interrupts).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });

            // Signals are ours: a chat wants to abort its run, not to be torn down after two seconds.
            var how = new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false };
            return parsed.Action is ParseErrorAction mistake ? Refuse(parsed, mistake) : await parsed.InvokeAsync(how, interrupts.Token);
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(FaultLine.Of(e));
            return ExitCode.Software;
        }
    }

    public static RootCommand Create(Interrupts interrupts)
    {
        var gateway = new ExampledCommand("gateway", "Run the gateway, or ask a running one")
        {
            Examples = ["chela gateway run", "chela gateway status", "chela gateway call sessions.list"],
            Subcommands =
            {
                GatewayRunCommand.Create(),
                GatewayStatusCommand.Create(),
                GatewaySchemaCommand.Create(),
                GatewayCallCommand.Create(),
            },
        };
        foreach (var service in ServiceCommands.All.Concat(GatewayEndCommands.All))
        {
            gateway.Add(service);
        }

        var root = new RootCommand("A self-hosted gateway for AI assistants.")
        {
            gateway,
            ChatCommand.Create(interrupts),
            ConfigCommand.Create(interrupts),
            SecretsCommand.Create(),
            DoctorCommand.Create(),
            SecurityCommand.Create(),
            DevicesCommand.Create(),
            ChannelsCommand.Create(),
            PairingCommand.Create(),
            UsageCommand.Create(),
            LogsCommand.Create(),
            MigrateCommand.Create(),
            AuditCommand.Create(),
        };
        foreach (var option in root.Options)
        {
            option.Action = option switch
            {
                HelpOption => new ExampledHelp(),
                VersionOption => new PrintVersion(),
                _ => option.Action,
            };
        }

        return root;
    }

    private static int Refuse(ParseResult parsed, ParseErrorAction mistake)
    {
        var command = parsed.CommandResult.Command;
        mistake.ShowHelp = command.Subcommands.Count > 0 && parsed.UnmatchedTokens.Count == 0;
        parsed.Invoke(new InvocationConfiguration { Output = Console.Error, EnableDefaultExceptionHandler = false });
        if (!mistake.ShowHelp)
        {
            Console.Error.WriteLine($"Try: {Path(parsed.CommandResult.Command)} --help");
        }

        return ExitCode.Usage;
    }

    private static string Path(Command command) => command switch
    {
        RootCommand => "chela",
        _ => $"{Path(command.Parents.OfType<Command>().First())} {command.Name}",
    };

    private sealed class PrintVersion : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine($"chela {ProgramVersion.Text}");
            return ExitCode.Ok;
        }
    }
}

/// <summary>The version of this program.</summary>
internal static class ProgramVersion
{
    /// <summary>For example <c>0.1.0</c>, without the build's commit.</summary>
    public static string Text => typeof(ProgramVersion).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
}
