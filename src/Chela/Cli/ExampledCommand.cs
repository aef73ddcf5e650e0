using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Chela.Cli;

/// <summary>A command whose help ends with examples.</summary>
internal sealed class ExampledCommand(string name, string description) : Command(name, description)
{
    /// <summary>Whole command lines that work as they stand.</summary>
    public required IReadOnlyList<string> Examples { get; init; }
}

/// <summary>The usual help, then the examples of the command, or for the root the exit codes.</summary>
internal sealed class ExampledHelp : SynchronousCommandLineAction
{
    private const string RootNotes = """
        Examples:
          chela gateway run
          chela chat "What is on my list today?"
          echo hi | chela chat
          chela gateway status --json

        Exit codes:
          0    done
          1    the gateway answered with an error, the run failed, there is no such setting or backup, or a check found something
          64   the command line is wrong
          69   no gateway answers, or the connection broke
          70   a fault of this program
          73   a file cannot be written
          75   no answer in time
          77   the gateway refused the credential
          78   the configuration is wrong
          130  interrupted by Ctrl-C

        """;

    private readonly HelpAction _usual = new();

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        _usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        switch (parseResult.CommandResult.Command)
        {
            case RootCommand:
                output.WriteLine(RootNotes);
                break;
            case ExampledCommand { Examples: var examples }:
                output.WriteLine("Examples:");
                foreach (var example in examples)
                {
                    output.WriteLine($"  {example}");
                }

                output.WriteLine();
                break;
            default:
                break;
        }

        return ExitCode.Ok;
    }
}
